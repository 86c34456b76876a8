"""Conversions to bool, int, float and str; text is never guessed at.

A conversion takes a raw value and returns a value of its type, or raises InvalidValue
and nothing else.
"""

from __future__ import annotations

from pynenc_conf._core.formats.yaml_scalar import KeyText, Scalar, read_plain, to_plain
from pynenc_conf._core.masking import has_few_parts
from pynenc_conf._core.types.invalid import InvalidValue

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    Convert = Callable[[Any], Any]
    # A conversion, and the type in words.
    Converter = tuple[Convert, str]
    # From a declared type to its conversion, for the types inside a type.
    ConvertTo = Callable[[Any], Converter]

ANY = "a value that YAML can read"
BOOL = "bool (true/false, yes/no, on/off, 1/0)"
INT = "int"
FLOAT = "float"
FINITE = "finite float"
NOT_TOO_SMALL = "float, 0 or at least 5e-324 in size"
STR = "str"

# Texts that mean true and false, compared without case. Empty text is False because
# applications of the original switch flags off by setting a variable to nothing.
BOOLEAN_TEXT = {
    **dict.fromkeys(("true", "yes", "on", "1"), True),
    **dict.fromkeys(("false", "no", "off", "0", ""), False),
}

_INF = float("inf")


def _may_be_number(value: object) -> bool:
    """Whether to ask Python for the number: bytes and bools would be accepted too."""
    return not isinstance(value, (bytes, bytearray)) and not is_truth(value)


def is_truth(value: object) -> bool:
    """Whether a value is a bool, also one of an array library, which is not a bool."""
    if isinstance(value, bool):
        return True
    # numpy.bool_, numpy.array(True), pandas and torch: all name the type of the data.
    try:
        return "bool" in str(getattr(value, "dtype", ""))
    except Exception:  # noqa: BLE001 - the value's own methods raise
        return False


def to_any(raw: Any) -> Any:
    """Accept any value; a scalar of a file has the value that its format reads."""
    expected = ANY
    try:
        if has_few_parts(raw):
            return to_plain(raw)
        expected = f"{ANY}, with at most 1,000,000 parts"
    except (ValueError, RecursionError):
        pass
    raise InvalidValue(expected, raw)


def to_bool(raw: Any) -> bool:
    """Convert to bool. `BOOLEAN_TEXT` has the accepted texts."""
    if raw is True or raw is False:
        return raw
    if type(raw) is Scalar and raw.tag == "bool":
        plain = read_plain(raw)  # in half of the time of its value
        if plain is True or plain is False:
            return plain
    value = read_scalar(raw, BOOL)
    if isinstance(value, str):
        found = BOOLEAN_TEXT.get(value.strip().lower())
        if found is not None:
            return found
        raise InvalidValue(BOOL, value, choices=[text for text in BOOLEAN_TEXT if text])
    is_number = isinstance(value, (bool, int, float)) and value in {0, 1}
    if is_number and (value or not is_rounded_to_zero(raw)):
        return bool(value)
    raise InvalidValue(BOOL, value)


def to_int(raw: Any) -> int:
    """Convert to int. Decimal text may contain `_`, as in Python, and spaces around it.

    int() itself strips the control characters of str.isspace() only from other than
    ASCII text.
    """
    kind = type(raw)
    if kind is int:
        return raw  # type: ignore[no-any-return] # type(raw) is int
    value = raw if kind is str else read_scalar(raw, INT)
    if kind is str or _may_be_number(value):
        try:
            # Decimal("1e999999999") is short, but its integer has as many digits.
            if not isinstance(value, (str, int)) and abs(float(value)) == _INF:
                raise InvalidValue(INT, value)
            number = int(value.strip() if isinstance(value, str) else value)
            # Numbers of other kinds (6379.0, Decimal(1)) must be integral.
            is_integral = isinstance(value, str) or number == value
            if is_integral and (number or not is_rounded_to_zero(raw)):
                return number
        except (TypeError, ValueError, OverflowError):
            pass
    raise InvalidValue(INT, value)


def to_float(raw: Any) -> float:
    """Convert to a float that is neither nan nor infinite."""
    number = to_float_or_inf(raw)
    if abs(number) == _INF:
        raise InvalidValue(FINITE, raw)
    return number


def to_float_or_inf(raw: Any) -> float:
    """Convert to a float that is not nan, for fields that allow infinity."""
    kind = type(raw)
    value = raw if kind is str or kind is float else read_scalar(raw, FLOAT)
    if kind is str or kind is float or _may_be_number(value):
        try:
            number = float(value.strip() if isinstance(value, str) else value)
        except (TypeError, ValueError, OverflowError):
            pass
        else:
            # 0 may have a meaning of its own, other than a small number.
            if not number and is_rounded_to_zero(raw):
                raise InvalidValue(NOT_TOO_SMALL, getattr(raw, "text", raw))
            if number == number:  # noqa: PLR0124 - nan differs from itself
                return number
    raise InvalidValue(FLOAT, value)


def is_rounded_to_zero(raw: Any) -> bool:
    """Whether text, or a number of a file, that is read as 0 is another number."""
    text = raw.text if type(raw) is Scalar else raw
    if not isinstance(text, str):
        return False
    # float() accepts the digits of all scripts.
    digits = filter(str.isdecimal, text.lower().partition("e")[0])
    return any(int(digit) for digit in digits)


def to_str(raw: Any) -> str:
    """Convert to str. A YAML scalar is the text as written (`no`, `0123`, `1e3`)."""
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
        except ValueError:  # an int with more digits than Python converts
            pass
    raise InvalidValue(STR, raw)


def _has_text(raw: object) -> bool:
    """Whether `str(raw)` is the usual text of the value: numbers, dates, paths."""
    if isinstance(raw, (int, float)):
        return not isinstance(raw, bool)
    from datetime import date, time  # noqa: PLC0415 - rare, and not cheap to import
    from decimal import Decimal  # noqa: PLC0415
    from os import PathLike  # noqa: PLC0415

    return isinstance(raw, (date, time, Decimal, PathLike))


def read_scalar(raw: Any, expected: str) -> Any:
    """Return the YAML 1.1 value of a scalar, any other value unchanged."""
    if type(raw) not in (Scalar, KeyText):
        return raw
    try:
        return raw.value
    except ValueError:
        pass
    raise InvalidValue(expected, raw)
