"""What a value means: the declared type decides, and text is never guessed at.

`converter(declared)` gives a function from a raw value to the declared type, and the
words for that type in an error. A converter raises `Refused` and nothing else.
"""

from __future__ import annotations

from pynenc_conf._core.formats.yaml_scalar import KeyText, Scalar, to_plain

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from typing import Any

    Convert = Callable[[Any], Any]
    Converter = tuple[Convert, str]

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
_BOUND_WORDS = {"ge": "at least", "gt": "above", "le": "at most", "lt": "below"}
_HOLDS: dict[str, Callable[[Any, Any], bool]] = {
    "ge": lambda value, bound: value >= bound,
    "gt": lambda value, bound: value > bound,
    "le": lambda value, bound: value <= bound,
    "lt": lambda value, bound: value < bound,
}


class InvalidValue(Exception):  # noqa: N818 - a finding, never shown under this name
    """Raised when a value does not fit.

    `raw` is what was refused and `at` which part of the whole value that is; neither
    may be shown for a secret. `cause` is the exception of a mapper.
    """

    def __init__(
        self,
        expected: str,
        raw: object,
        *,
        at: str = "",
        choices: Sequence[str] = (),
        cause: BaseException | None = None,
    ) -> None:
        super().__init__(expected)
        self.expected = expected
        self.raw = _readable(raw)
        self.at = at
        self.choices = choices
        self.cause = cause


def _readable(raw: object) -> object:
    """Give a refused value in the form that an error shows."""
    try:
        return to_plain(raw)
    # A scalar that YAML itself cannot read; a list that contains itself; a value
    # whose own methods raise.
    except Exception:  # noqa: BLE001
        return raw.text if type(raw) is Scalar else type(raw).__name__


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


ANY = "a value that YAML can read"
BOOL = "bool (true/false, yes/no, on/off, 1/0)"
INT = "int"
FLOAT = "float"
FINITE = "finite float"
STR = "str"

_SIMPLE: dict[object, Converter] = {
    bool: (to_bool, BOOL),
    int: (to_int, INT),
    float: (to_float, FLOAT),
    str: (to_str, STR),
}


def read_scalar(raw: Any, expected: str) -> Any:
    """Give the value that YAML reads in a scalar, anything else unchanged."""
    if type(raw) not in (Scalar, KeyText):
        return raw
    try:
        return raw.value
    except ValueError:
        pass
    raise InvalidValue(expected, raw)


def converter(declared: Any, *, allow_inf: bool = False) -> Converter:
    """Return what reads a raw value as `declared`, and the words for that type.

    `declared` is a class or a typing form: the ones in the table of the docs are
    known (containers, unions, Literal, Enum, Path, timedelta); a value of any other
    class is accepted as it is, or else handed to the class. `allow_inf` holds for
    every float in it.
    """
    if declared is float and allow_inf:
        return to_float_or_inf, FLOAT
    simple = _SIMPLE.get(declared) if isinstance(declared, type) else None
    if simple is not None:
        return simple
    # Everything below is imported only by classes that declare such types.
    from pynenc_conf._core.types import typing_forms  # noqa: PLC0415

    return typing_forms.converter(declared, allow_inf=allow_inf)


def with_limits(
    inner: Converter, limits: Mapping[str, Any], choices: Sequence[object] | None
) -> Converter:
    """Add a field's constraints to a converter.

    `limits` maps `ge`, `gt`, `le` and `lt` to their bounds.
    """
    if not limits and choices is None:
        return inner
    convert, words = inner
    if choices is not None:
        words = f"one of {', '.join(map(repr, choices))}"
    bounds = " and ".join(f"{_BOUND_WORDS[key]} {limits[key]}" for key in limits)
    expected = f"{words} {bounds}" if bounds else words
    within = limit_check(limits)

    def convert_limited(raw: Any) -> Any:
        try:
            value = convert(raw)
        except InvalidValue as refused:
            if choices is not None and not refused.at:
                refused.expected = expected
            raise
        if not is_within(value, within):
            raise InvalidValue(expected, value)
        if choices is not None and value not in choices:
            raise InvalidValue(
                expected, value, choices=[str(choice) for choice in choices]
            )
        return value

    return convert_limited, expected


def is_within(value: Any, within: Callable[[Any], bool]) -> bool:
    """Whether a value keeps its limits; None, where it is a value at all, has none."""
    try:
        return value is None or within(value)
    except Exception:  # noqa: BLE001 - what cannot be compared is not within
        return False


def limit_check(limits: Mapping[str, Any]) -> Callable[[Any], bool]:
    """Return what tells whether a value is within the limits of `limited`.

    One comparison for the limits of most fields, for every value is checked.
    """
    low, high = limits.get("ge"), limits.get("le")
    names = tuple(limits)
    if names == ("ge",):
        return lambda value: value >= low
    if names == ("ge", "le"):
        return lambda value: low <= value <= high
    checks = [(_HOLDS[key], bound) for key, bound in limits.items()]
    return lambda value: all(holds(value, bound) for holds, bound in checks)


def from_mapper(mapper: Callable[[Any, Any], Any], default: object) -> Converter:
    """Wrap a field's own mapper: `mapper(value, type(default))`, as in the original.

    Whatever exception it raises becomes a refusal that carries it.
    """
    expected_type: Any = type(default)
    expected = f"what {getattr(mapper, '__name__', 'its mapper')} accepts"

    def convert(raw: Any) -> Any:
        cause = None
        value = to_any(raw)
        try:
            return mapper(value, expected_type)
        except Exception as error:  # noqa: BLE001 - whatever the user's code raises
            cause = error
        raise InvalidValue(expected, raw, cause=cause)

    return convert, expected
