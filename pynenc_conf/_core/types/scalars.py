"""Conversions to bool, int, float and str; text is never guessed at.

A conversion takes a raw value and returns a value of its type, or raises InvalidValue
and nothing else.
"""

from __future__ import annotations

from pynenc_conf._core.formats.yaml_scalar import KeyText, Scalar, to_plain
from pynenc_conf._core.types.invalid import InvalidValue

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    Convert = Callable[[Any], Any]
    # A conversion, and the type in words.
    Converter = tuple[Convert, str]

ANY = "a value that YAML can read"
BOOL = "bool (true/false, yes/no, on/off, 1/0)"
INT = "int"
FLOAT = "float"
FINITE = "finite float"
STR = "str"

# Texts that mean true and false, compared without case. Empty text is False because
# applications of the original switch flags off by setting a variable to nothing.
BOOLEAN_TEXT = {
    "true": True,
    "yes": True,
    "on": True,
    "1": True,
    "false": False,
    "no": False,
    "off": False,
    "0": False,
    "": False,
}

_INF = float("inf")
# Python would take them for numbers; a setting that is one of them is a mistake.
_NO_NUMBERS = (bool, bytes, bytearray)


def to_any(raw: Any) -> Any:
    """Take any value, as YAML reads it where the file is YAML."""
    try:
        return to_plain(raw)
    except ValueError:
        pass
    raise InvalidValue(ANY, raw)


def to_bool(raw: Any) -> bool:
    """Read a truth value; see `BOOLEAN_TEXT` for the texts."""
    if raw is True or raw is False:
        return raw
    value = read_scalar(raw, BOOL)
    if isinstance(value, str):
        found = BOOLEAN_TEXT.get(value.strip().lower())
        if found is not None:
            return found
        raise InvalidValue(BOOL, value, choices=[text for text in BOOLEAN_TEXT if text])
    if isinstance(value, (bool, int, float)) and value in {0, 1}:
        return bool(value)
    raise InvalidValue(BOOL, value)


def to_int(raw: Any) -> int:
    """Read a whole number; decimal text may hold `_` as Python's own does."""
    if type(raw) is int:
        return raw
    value = raw if type(raw) is str else read_scalar(raw, INT)
    if not isinstance(value, _NO_NUMBERS):
        try:
            # Decimal("1e999999999") has no text in the way, but as many digits.
            if not isinstance(value, (str, int)) and abs(float(value)) == _INF:
                raise InvalidValue(INT, value)
            number = int(value)
            # Numbers of other kinds (6379.0, Decimal(1)) must not lose anything.
            if isinstance(value, str) or number == value:
                return number
        except (TypeError, ValueError, OverflowError):
            pass
    raise InvalidValue(INT, value)


def to_float(raw: Any) -> float:
    """Read a number; neither nan nor inf."""
    number = to_float_or_inf(raw)
    if abs(number) == _INF:
        raise InvalidValue(FINITE, raw)
    return number


def to_float_or_inf(raw: Any) -> float:
    """Read a number, for fields that allow inf; never nan."""
    value = raw if type(raw) is str else read_scalar(raw, FLOAT)
    if not isinstance(value, _NO_NUMBERS):
        try:
            number = float(value)
        except (TypeError, ValueError, OverflowError):
            pass
        else:
            if number == number:  # noqa: PLR0124 - nan differs from itself
                return number
    raise InvalidValue(FLOAT, value)


def to_str(raw: Any) -> str:
    """Read text; from YAML it is the text as written (`no`, `0123`, `2024-01-01`)."""
    kind = type(raw)
    if kind is str:
        return raw  # type: ignore[no-any-return] # type(raw) is str
    if kind is Scalar:
        if raw.tag != "null":
            return raw.text  # type: ignore[no-any-return] # Scalar.text is str
    elif kind is KeyText:
        return str(raw)
    elif isinstance(raw, str):
        return raw
    elif _has_text(raw):
        try:
            return str(raw)
        except ValueError:  # an int of more digits than Python writes
            pass
    raise InvalidValue(STR, raw)


def _has_text(raw: object) -> bool:
    """Whether `str(raw)` is what a person would write: numbers, dates, paths."""
    if isinstance(raw, (int, float)):
        return not isinstance(raw, bool)
    from datetime import date, time  # noqa: PLC0415 - rare, and not cheap to import
    from decimal import Decimal  # noqa: PLC0415
    from os import PathLike  # noqa: PLC0415

    return isinstance(raw, (date, time, Decimal, PathLike))


def read_scalar(raw: Any, expected: str) -> Any:
    """Give the value that YAML reads in a scalar, anything else unchanged."""
    if type(raw) not in (Scalar, KeyText):
        return raw
    try:
        return raw.value
    except ValueError:
        pass
    raise InvalidValue(expected, raw)
