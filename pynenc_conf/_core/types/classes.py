"""Conversions to classes: Enum, Path, and an application's own classes."""

from __future__ import annotations

import sys
from collections import Counter, UserString
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from contextlib import suppress
from datetime import date, datetime, time, timedelta
from enum import Enum, Flag
from functools import partial, reduce
from numbers import Number
from operator import or_
from pathlib import Path, PurePath
from typing import TYPE_CHECKING, Any

from pynenc_conf._core.formats.yaml_scalar import NUMBER, Scalar
from pynenc_conf._core.masking import type_name
from pynenc_conf._core.types.containers import build, keep_or_build, mapping, sequence
from pynenc_conf._core.types.durations import DURATION, to_timedelta
from pynenc_conf._core.types.invalid import InvalidValue
from pynenc_conf._core.types.members import to_structure
from pynenc_conf._core.types.scalars import (
    is_rounded_to_zero,
    is_truth,
    read_scalar,
    to_any,
    to_str,
)
from pynenc_conf._core.types.structures import structure_of

if TYPE_CHECKING:
    from pynenc_conf._core.types.scalars import Convert, Converter, ConvertTo

PATH = "path"
_TEXTS = (str, bytes, bytearray, UserString)
_BUILTIN = {dict, list, tuple, set, frozenset}
_CONTAINERS = (Mapping, Sequence, AbstractSet)
_DAYS_AND_TIMES = (date, datetime, time)
_MAX_EXPONENT_DIGITS = 4


def of_class(cls: type, arguments: tuple[Any, ...], convert_to: ConvertTo) -> Converter:
    """Return the conversion to a class, and the class in words.

    `arguments` are the types of a container's items; `convert_to` converts to those.
    """
    if issubclass(cls, Enum):
        return enum_converter(cls)
    structure = structure_of(cls, arguments)
    if structure is not None:
        return to_structure(structure, arguments, convert_to)
    if issubclass(cls, _TEXTS) or not issubclass(cls, _CONTAINERS):
        return _scalar_class(cls, convert_to)
    if not arguments and cls not in _BUILTIN:
        return keep_or_build(cls, convert_to)
    if issubclass(cls, Mapping):
        if len(arguments) == 1:  # of other classes, the argument has any meaning
            arguments = (*arguments, int) if issubclass(cls, Counter) else (Any, Any)
        return mapping(cls, arguments, convert_to)
    return sequence(cls, arguments, convert_to)


def _scalar_class(cls: type, convert_to: ConvertTo) -> Converter:
    if issubclass(cls, PurePath):
        return _path(cls), PATH
    if issubclass(cls, timedelta):
        return to_timedelta, DURATION
    for base in (str, int, float):
        if cls.__new__ is base.__new__:  # else the class reads values in its own way
            return _derived(cls, convert_to(base)[0])
    return _other(cls)


def _derived(cls: type, convert_base: Convert) -> Converter:
    expected = type_name(cls)

    def convert(raw: Any) -> Any:
        if isinstance(raw, cls):
            return raw
        return build(cls, convert_base(raw), expected, raw)

    return convert, expected


def is_instance(value: object, cls: type) -> bool:
    """Whether a value is of a class; a bool is not a number, a datetime not a date."""
    if not isinstance(value, cls):
        return False
    if issubclass(cls, Number) and is_truth(value):
        return issubclass(cls, bool)
    is_day = issubclass(cls, date) and not issubclass(cls, datetime)
    return not (is_day and isinstance(value, datetime))


def enum_converter(cls: type[Enum]) -> Converter:
    """Return the conversion from a member, its value, or its name in any case."""
    members = cls.__members__
    by_text = {str(m.value): m for m in reversed(list(members.values()))}
    by_text = {name.lower(): member for name, member in members.items()} | by_text
    choices = list(map(member_word, cls))
    expected = f"one of {', '.join(map(repr, choices))}"
    find = partial(_find_member, by_text)
    if issubclass(cls, Flag):
        find = partial(_find_flags, cls, by_text)
        expected += ", or several joined by '|'"

    def convert(raw: Any) -> Any:
        if isinstance(raw, cls):
            return raw
        candidates = [raw]
        if type(raw) is Scalar:
            value = read_scalar(raw, expected)
            candidates = [raw.text, value]
            if not value and is_rounded_to_zero(raw):
                candidates.pop()
        for candidate in candidates:
            try:
                return cls(candidate)
            except Exception:  # noqa: BLE001, S110 - an Enum may define _missing_
                pass
            if isinstance(candidate, str):
                found = find(candidate)
                if found is not None:
                    return found
        raise InvalidValue(expected, raw, choices=choices)

    return convert, expected


def member_word(member: Enum) -> str:
    """Return the word for a member: its value if all values are text, or its name."""
    has_texts = all(isinstance(each.value, str) for each in type(member))
    return str(member.value) if has_texts else member.name.lower()


def _find_member(by_text: dict[str, Any], text: str) -> Any:
    text = text.strip()
    return by_text.get(text, by_text.get(text.lower()))


def _find_flags(cls: type[Flag], by_text: dict[str, Any], text: str) -> Any:
    """Return the flags of `read|write`, or of a number as text."""
    found = [_find_member(by_text, part) for part in text.split("|")]
    if None not in found:
        return reduce(or_, found)
    try:
        return cls(int(text))
    except Exception:  # noqa: BLE001 - not a number, or not of this class
        return None


def _path(cls: type[PurePath]) -> Convert:
    def convert(raw: Any) -> Any:
        if isinstance(raw, cls):
            return raw
        is_text = isinstance(raw, str) or (
            type(raw) is Scalar
            and raw.tag != NUMBER
            and read_scalar(raw, PATH) is not None
        )
        if is_text or isinstance(raw, PurePath):
            text = to_str(raw)
            if "\0" not in text:
                path = cls(text)
                # A path in code is final. pathlib has removed the dot from `./~`.
                has_home = is_text and text[:1] == "~"
                return _expand_home(path, raw) if has_home else path
        raise InvalidValue(PATH, raw)

    return convert


def _expand_home(path: Any, raw: Any) -> Any:
    """Replace `~` or `~user` at the beginning of a path; a PurePath has no home."""
    if not isinstance(path, Path):
        return path
    try:
        return path.expanduser()
    except Exception as error:  # noqa: BLE001 - RuntimeError if there is no such home
        cause = error
    raise InvalidValue(PATH, raw, cause=cause)


def _has_long_exponent(raw: Any) -> bool:
    """Whether text is a number with an exponent that takes minutes to compute."""
    text = raw.text if type(raw) is Scalar else raw
    if not isinstance(text, str):
        return False
    _, _, exponent = text.lower().partition("e")
    return len(exponent.strip().lstrip("+-0_")) > _MAX_EXPONENT_DIGITS


def _other(cls: type) -> Converter:
    """Return the conversion to any other class: an instance, or a call of the class."""
    expected = type_name(cls)
    # Dates and times have a method for text.
    from_text = getattr(cls, "fromisoformat", cls)
    is_day_or_time = issubclass(cls, (date, time))
    kinds = [each for each in _DAYS_AND_TIMES if issubclass(cls, each)]
    # The module of a declared type is imported already.
    fractions: Any = sys.modules.get("fractions")
    is_fraction = fractions is not None and issubclass(cls, fractions.Fraction)

    def convert(raw: Any) -> Any:
        if is_fraction and _has_long_exponent(raw):
            raise InvalidValue(expected, raw)
        value = read_scalar(raw, expected) if type(raw) is Scalar else to_any(raw)
        if is_instance(value, cls):
            return value
        if _is_mistake(value, cls):
            raise InvalidValue(expected, raw)
        if any(is_instance(value, kind) for kind in kinds):
            # The dates of TOML are not text; a value means the same in each format.
            return build(lambda each: from_text(each.isoformat()), value, expected, raw)
        # A time of 10 may be an hour or a second. To YAML, 1:30:00 is a number.
        is_clock = type(raw) is Scalar and ":" in raw.text
        if is_day_or_time and isinstance(value, (int, float)) and not is_clock:
            raise InvalidValue(expected, raw)
        if type(raw) is Scalar and value is not None:
            # First the text as written, for Decimal, then the value.
            with suppress(InvalidValue):
                return build(from_text, raw.text, expected, raw)
        if cls in _DAYS_AND_TIMES and not isinstance(value, str):
            # Their constructors expect several numbers, as their exceptions would say.
            raise InvalidValue(expected, raw)
        constructor: Any = from_text if isinstance(value, str) else cls
        return build(constructor, value, expected, raw)

    return convert, expected


def _is_mistake(value: object, cls: type) -> bool:
    """Whether a class would accept a value that means something else."""
    # type(x) is the class of x, Decimal(True) is 1, and bytes(5) is five zeros:
    # bytes(5_000_000_000) would use all memory. The bytes of a mapping are its keys.
    is_other = isinstance(value, (Mapping, AbstractSet)) or hasattr(value, "__index__")
    no_bytes = issubclass(cls, (bytes, bytearray)) and is_other
    # An address of `yes` in a file would be 0.0.0.1; all addresses have this attribute.
    is_number = issubclass(cls, Number) or hasattr(cls, "max_prefixlen")
    truth = is_number and is_truth(value)
    return cls is type or no_bytes or truth
