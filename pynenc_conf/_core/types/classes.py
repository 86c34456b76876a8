"""Converters for classes: containers, Enum, Path, timedelta, an application's own."""

from __future__ import annotations

import json
import typing
from collections import UserString
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from contextlib import suppress
from datetime import timedelta
from enum import Enum
from numbers import Number
from pathlib import PurePath
from typing import TYPE_CHECKING, Any

from pynenc_conf._core.formats.json import BRACKET
from pynenc_conf._core.formats.limits import UnreadableFile, check_nesting
from pynenc_conf._core.formats.yaml_scalar import Scalar
from pynenc_conf._core.masking import sorted_elements
from pynenc_conf._core.types.converter import InvalidValue, read_scalar, to_any, to_str

if TYPE_CHECKING:
    from collections.abc import Callable

    from pynenc_conf._core.types.converter import Convert, Converter

    ConvertTo = Callable[[Any], Converter]

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


def of_class(cls: type, arguments: tuple[Any, ...], convert_to: ConvertTo) -> Converter:
    """Return what reads a raw value as an instance of a class.

    `arguments` are the types of a container's elements; `convert_to` reads those.
    """
    if typing.is_typeddict(cls):
        return _mapping(dict, (), convert_to)
    if issubclass(cls, Enum):
        return _enum(cls)
    if not arguments and cls not in _BUILTIN and issubclass(cls, _CONTAINERS):
        return _kept(cls, convert_to)
    if issubclass(cls, Mapping):
        return _mapping(cls, arguments, convert_to)
    if issubclass(cls, (Sequence, AbstractSet)) and not issubclass(cls, _TEXTS):
        return _sequence(cls, arguments, convert_to)
    return _scalar_class(cls)


_TEXTS = (str, bytes, bytearray, UserString)
_BUILTIN = {dict, list, tuple, set, frozenset}
_CONTAINERS = (Mapping, Sequence, AbstractSet)


def _kept(cls: type, convert_to: ConvertTo) -> Converter:
    """Keep an instance of a special container; read another value as a plain one."""
    plain_cls = dict if issubclass(cls, Mapping) else list
    if issubclass(cls, _TEXTS):
        return _scalar_class(cls)
    convert_plain, _ = convert_to(plain_cls)
    expected = cls.__name__

    def convert(raw: Any) -> Any:
        if isinstance(raw, cls):
            return raw
        # A NamedTuple takes its elements one by one; its _make takes them all.
        return _build(getattr(cls, "_make", cls), convert_plain(raw), expected, raw)

    return convert, expected


def _scalar_class(cls: type) -> Converter:
    if issubclass(cls, PurePath):
        return _path(cls), PATH
    if issubclass(cls, timedelta):
        return _to_timedelta, DURATION
    return _other(cls)


def _enum(cls: type[Enum]) -> Converter:
    """Read a member, its value, or its name in any case."""
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


def _sequence(
    cls: type, arguments: tuple[Any, ...], convert_to: ConvertTo
) -> Converter:
    """Read a sequence, or text as a JSON array or comma-separated."""
    fixed = issubclass(cls, tuple) and arguments and arguments[-1] is not Ellipsis
    if fixed:
        elements = [convert_to(argument) for argument in arguments]
    else:
        elements = [convert_to(arguments[0] if arguments else Any)]
    words = ", ".join(word for _, word in elements)
    expected = cls.__name__
    if arguments:
        expected += f" of ({words})" if fixed else f" of {words}"

    def convert(raw: Any) -> Any:
        items = _items(raw, expected)
        if fixed and len(items) != len(elements):
            exactly = f"{expected}, exactly {len(elements)}"
            raise InvalidValue(exactly, raw)
        pairs = zip(items, elements if fixed else elements * len(items), strict=True)
        values = []
        for number, (item, (convert_item, _)) in enumerate(pairs, 1):
            with _Part(f"element {number}"):
                values.append(convert_item(item))
        return _build(cls, values, expected, raw)

    return convert, expected


def _items(raw: Any, expected: str) -> Sequence[Any]:
    value = read_scalar(raw, expected) if type(raw) is Scalar else raw
    if type(raw) is Scalar and value is not None:
        value = raw.text  # one number written where a list is meant: `ports: 80`
    if isinstance(value, str):
        text = value.strip()
        if text.startswith("["):
            value = _from_json(text, f"{expected}, as a JSON array or comma-separated")
        elif text:
            # One comma at the end is a habit, not an empty element.
            value = [part.strip() for part in text.removesuffix(",").split(",")]
        else:
            value = []
    taken = isinstance(value, (Sequence, AbstractSet))
    if taken and not isinstance(value, (bytes, bytearray)):
        return sorted_elements(value)
    raise InvalidValue(expected, raw)


def _mapping(cls: type, arguments: tuple[Any, ...], convert_to: ConvertTo) -> Converter:
    """Read a mapping, or text as a JSON object."""
    key_type, value_type = arguments or (Any, Any)
    convert_key, key_words = convert_to(key_type)
    convert_value, value_words = convert_to(value_type)
    expected = "mapping"
    if arguments:
        expected += f" of {key_words} to {value_words}"

    def convert(raw: Any) -> Any:
        value = raw
        if isinstance(raw, str):
            value = _from_json(raw.strip() or "{}", f"{expected}, as a JSON object")
        if not isinstance(value, Mapping):
            raise InvalidValue(expected, raw)
        result = {}
        for key, item in dict(value).items():
            with _Part(f"key {str(key)!r}"):
                new_key = convert_key(key)
                if new_key in result:
                    distinct = f"{expected}, each key once"
                    raise InvalidValue(distinct, raw)
                result[new_key] = convert_value(item)
        return result if issubclass(dict, cls) else _build(cls, result, expected, raw)

    return convert, expected


def _from_json(text: str, expected: str) -> Any:
    value: Any = InvalidValue
    # What nests deeper than a file may, nobody could copy or show.
    with suppress(ValueError, UnreadableFile):
        check_nesting(text, BRACKET)
        value = json.loads(text)
    if value is InvalidValue:
        raise InvalidValue(expected, text)
    return value


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
    """Read a duration: a timedelta, seconds, or numbers with units (`1h30m`)."""
    value = read_scalar(raw, DURATION)
    if isinstance(raw, Scalar) and isinstance(value, (int, float)):
        value = raw.text if ":" not in raw.text else value
    if isinstance(value, timedelta):
        return value
    seconds: float | None = None
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        seconds = value
    elif isinstance(value, str):
        seconds = _seconds(value)
    try:
        if seconds is not None:
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
    """Accept an instance of the class, or hand the value to the class, once."""
    expected = cls.__name__
    # Dates and times cannot be called with text; they have a method for it.
    from_text = getattr(cls, "fromisoformat", cls)

    def convert(raw: Any) -> Any:
        value = read_scalar(raw, expected) if type(raw) is Scalar else to_any(raw)
        if isinstance(value, cls):
            return value
        # type(x) would give the class of x, Decimal(True) is 1, and bytes(5) is five
        # zeros: of 5e9, all memory.
        zeros = issubclass(cls, (bytes, bytearray)) and isinstance(value, int)
        truth = issubclass(cls, Number) and isinstance(value, bool)
        if cls is type or zeros or truth:
            raise InvalidValue(expected, raw)
        if type(raw) is Scalar and value is not None:
            # The text as written, for Decimal; the value for classes that want it.
            with suppress(InvalidValue):
                return _build(from_text, raw.text, expected, raw)
        build = from_text if isinstance(value, str) else cls
        return _build(build, value, expected, raw)

    return convert, expected


def _build(cls: Callable[[Any], Any], value: object, expected: str, raw: Any) -> Any:
    cause = None
    try:
        return cls(value)
    except Exception as error:  # noqa: BLE001 - whatever the user's class raises
        cause = error
    raise InvalidValue(expected, raw, cause=cause)


class _Part:
    """Adds to a refusal which part of the whole value it is about."""

    def __init__(self, part: str) -> None:
        self.part = part

    def __enter__(self) -> None:
        """Begin the part."""

    def __exit__(self, kind: object, error: BaseException | None, _: object) -> None:
        if isinstance(error, InvalidValue):
            error.at = f"{self.part}, {error.at}" if error.at else self.part
