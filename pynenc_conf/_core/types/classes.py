"""Conversions to classes: Enum, Path, timedelta, and an application's own classes."""

from __future__ import annotations

from collections import UserString
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from contextlib import suppress
from datetime import timedelta
from enum import Enum
from numbers import Number
from pathlib import PurePath
from typing import TYPE_CHECKING, Any

from pynenc_conf._core.formats.yaml_scalar import Scalar
from pynenc_conf._core.masking import type_name
from pynenc_conf._core.types.containers import build, keep_or_build, mapping, sequence
from pynenc_conf._core.types.invalid import InvalidValue
from pynenc_conf._core.types.members import to_structure
from pynenc_conf._core.types.scalars import read_scalar, to_any, to_str
from pynenc_conf._core.types.structures import structure_of

if TYPE_CHECKING:
    from pynenc_conf._core.types.scalars import Convert, Converter, ConvertTo

PATH = "path"
DURATION = "duration (30s, 5m, 1h30m, or seconds)"
_SECONDS = {
    "w": 604_800.0,
    "d": 86_400.0,
    "h": 3_600.0,
    "m": 60.0,
    "s": 1.0,
    "ms": 0.001,
    "us": 0.000_001,
}
_TEXTS = (str, bytes, bytearray, UserString)
_BUILTIN = {dict, list, tuple, set, frozenset}
_CONTAINERS = (Mapping, Sequence, AbstractSet)


def of_class(cls: type, arguments: tuple[Any, ...], convert_to: ConvertTo) -> Converter:
    """Return the conversion to a class, and the class in words.

    `arguments` are the types of a container's items; `convert_to` converts to those.
    """
    if issubclass(cls, Enum):
        return _enum(cls)
    structure = structure_of(cls, arguments)
    if structure is not None:
        return to_structure(structure, convert_to)
    if issubclass(cls, _TEXTS) or not issubclass(cls, _CONTAINERS):
        return _scalar_class(cls)
    if not arguments and cls not in _BUILTIN:
        return keep_or_build(cls, convert_to)
    if issubclass(cls, Mapping):
        return mapping(cls, arguments, convert_to)
    return sequence(cls, arguments, convert_to)


def _scalar_class(cls: type) -> Converter:
    if issubclass(cls, PurePath):
        return _path(cls), PATH
    if issubclass(cls, timedelta):
        return _to_timedelta, DURATION
    return _other(cls)


def _enum(cls: type[Enum]) -> Converter:
    """Return the conversion from a member, its value, or its name in any case."""
    members = cls.__members__
    by_text = {str(m.value): m for m in reversed(list(members.values()))}
    by_text = {name.lower(): member for name, member in members.items()} | by_text
    texts = all(isinstance(member.value, str) for member in cls)
    choices = [str(m.value) if texts else m.name.lower() for m in cls]
    expected = f"one of {', '.join(map(repr, choices))}"

    def convert(raw: Any) -> Any:
        if isinstance(raw, cls):
            return raw
        candidates = (
            (raw.text, read_scalar(raw, expected)) if type(raw) is Scalar else (raw,)
        )
        for candidate in candidates:
            try:
                return cls(candidate)
            except Exception:  # noqa: BLE001, S110 - an Enum may define _missing_
                pass
            if isinstance(candidate, str):
                text = candidate.strip()
                found = by_text.get(text, by_text.get(text.lower()))
                if found is not None:
                    return found
        raise InvalidValue(expected, raw, choices=choices)

    return convert, expected


def _path(cls: type[PurePath]) -> Convert:
    def convert(raw: Any) -> Any:
        if isinstance(raw, cls):
            return raw
        if (
            isinstance(raw, (str, Scalar, PurePath))
            and read_scalar(raw, PATH) is not None
        ):
            text = to_str(raw)
            if "\0" not in text:
                return cls(text)
        raise InvalidValue(PATH, raw)

    return convert


def _to_timedelta(raw: Any) -> timedelta:
    """Convert a timedelta, seconds, or numbers with units (`1h30m`)."""
    value = read_scalar(raw, DURATION)
    if isinstance(raw, Scalar) and isinstance(value, (int, float)):
        value = raw.text if ":" not in raw.text else value
    if isinstance(value, timedelta):
        return value
    seconds = _seconds(value) if isinstance(value, str) else value
    try:
        if isinstance(seconds, (int, float)) and not isinstance(seconds, bool):
            return timedelta(seconds=seconds)
    except (OverflowError, ValueError):
        pass
    raise InvalidValue(DURATION, raw)


def _seconds(text: str) -> float | None:
    import re  # noqa: PLC0415 - only durations need it

    text = text.strip().lower()
    sign = -1.0 if text.startswith("-") else 1.0
    text = text.removeprefix("-").removeprefix("+")
    number = r"\d+(?:\.\d*)?|\.\d+"
    if re.fullmatch(number, text, re.ASCII):
        return sign * float(text)
    if not re.fullmatch(rf"(?:(?:{number})\s*(?:ms|us|[wdhms])\s*)+", text, re.ASCII):
        return None
    parts = re.findall(rf"({number})\s*(ms|us|[wdhms])", text, re.ASCII)
    return sign * sum(float(amount) * _SECONDS[unit] for amount, unit in parts)


def _other(cls: type) -> Converter:
    """Return the conversion to any other class: an instance, or a call of the class."""
    expected = type_name(cls)
    # Dates and times have a method for text.
    from_text = getattr(cls, "fromisoformat", cls)

    def convert(raw: Any) -> Any:
        value = read_scalar(raw, expected) if type(raw) is Scalar else to_any(raw)
        if isinstance(value, cls):
            return value
        # type(x) is the class of x, Decimal(True) is 1, and bytes(5) is five zeros:
        # bytes(5_000_000_000) would use all memory.
        zeros = issubclass(cls, (bytes, bytearray)) and isinstance(value, int)
        truth = issubclass(cls, Number) and isinstance(value, bool)
        if cls is type or zeros or truth:
            raise InvalidValue(expected, raw)
        if type(raw) is Scalar and value is not None:
            # First the text as written, for Decimal, then the value.
            with suppress(InvalidValue):
                return build(from_text, raw.text, expected, raw)
        constructor = from_text if isinstance(value, str) else cls
        return build(constructor, value, expected, raw)

    return convert, expected
