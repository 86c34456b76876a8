"""The constraints of a field: bounds (`ge`, `gt`, `le`, `lt`) and `choices`."""

from __future__ import annotations

import sys

from pynenc_conf._core.formats.yaml_scalar import Scalar, read_plain
from pynenc_conf._core.masking import format_value
from pynenc_conf._core.types.invalid import InvalidValue

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from typing import Any

    from pynenc_conf._core.types.scalars import Converter

_BOUND_WORDS = {"ge": "at least", "gt": "above", "le": "at most", "lt": "below"}
_INF = float("inf")
_NAN = float("nan")


def with_limits(
    inner: Converter, limits: Mapping[str, Any], choices: Sequence[object] | None
) -> Converter:
    """Add the constraints of a field to a conversion.

    `limits` maps `ge`, `gt`, `le` and `lt` to their bounds.
    """
    if not limits and choices is None:
        return inner
    convert, words = inner
    if choices is not None:
        shown = [format_value(choice, secret=False) for choice in choices]
        words = f"one of {', '.join(shown)}"
    bounds = " and ".join(f"{_BOUND_WORDS[key]} {limits[key]}" for key in limits)
    expected = f"{words} {bounds}" if bounds else words
    is_within = _limit_check(limits)

    def convert_limited(raw: Any) -> Any:
        try:
            value = convert(raw)
        except InvalidValue as invalid:
            if choices is not None and not invalid.steps:
                invalid.expected = expected
            raise
        try:
            valid = value is None or is_within(value)
            is_choice = choices is None or value in choices
        except Exception:  # noqa: BLE001 - a value that cannot be compared
            valid = is_choice = False
        if not valid:
            raise InvalidValue(expected, value)
        if not is_choice:
            raise InvalidValue(expected, value, choices=_texts(choices or ()))
        return value

    return convert_limited, expected


def _texts(choices: Sequence[object]) -> list[str]:
    """Return the texts that mean choices; none if a choice has no text."""
    try:
        return [str(choice) for choice in choices]
    except Exception:  # noqa: BLE001 - the choice's own methods raise
        return []


def _limit_check(limits: Mapping[str, Any]) -> Callable[[Any], bool]:
    """Return a function that checks a value against the limits of `with_limits`.

    The most frequent limits take one comparison, because every value is checked.
    """
    low, high = limits.get("ge"), limits.get("le")
    names = tuple(limits)
    if names == ("ge",):
        return lambda value: value >= low
    if names == ("ge", "le"):
        return lambda value: low <= value <= high
    import operator  # noqa: PLC0415 - few fields have other limits

    # `operator` has functions of the same names as the limits.
    checks = [(getattr(operator, key), bound) for key, bound in limits.items()]
    return lambda value: all(holds(value, bound) for holds, bound in checks)


def with_shortcut(
    complete: Converter, declared: object, limits: Mapping[str, Any], *, allow_inf: bool
) -> Converter:
    """Return a conversion that gives the same results as `complete`, in less time.

    `declared`, `limits` and `allow_inf` are those that `complete` was made for. The
    shortcut accepts numbers, and their text, within bounds: with `complete` they take
    three calls, half of the time of an assignment. All else is left to `complete`.
    """
    convert, words = complete
    if declared is not int and declared is not float:
        return complete
    # Other bounds are rare, or of a class whose own methods may raise.
    if not limits.keys() <= {"ge", "le"}:
        return complete
    if not all(type(bound) in {int, float} for bound in limits.values()):
        return complete
    largest = sys.float_info.max if declared is float and not allow_inf else _INF
    low, high = limits.get("ge", -largest), min(limits.get("le", largest), largest)
    kind: type[int | float] = declared

    def convert_number(raw: Any) -> Any:
        number: Any
        if type(raw) is kind:
            number = raw
        elif type(raw) is str:
            try:
                number = kind(raw) or _NAN  # 0 may be a number that is rounded
            except ValueError:
                number = _NAN
        else:
            number = read_plain(raw) if type(raw) is Scalar else None
            if type(number) is not kind:
                return convert(raw)
        # False for nan, whatever the bounds.
        return number if low <= number <= high else convert(raw)

    return convert_number, words
