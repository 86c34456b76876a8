"""Conversion to timedelta: seconds, amounts with units, `1:30:00`, and ISO 8601."""

from __future__ import annotations

import re
from datetime import timedelta
from numbers import Number
from typing import TYPE_CHECKING, Any

from pynenc_conf._core.formats.yaml_scalar import Scalar
from pynenc_conf._core.types.invalid import InvalidValue
from pynenc_conf._core.types.scalars import is_truth, read_scalar

if TYPE_CHECKING:
    from collections.abc import Iterable

DURATION = "duration (30s, 5m, 1h30m, 01:30:00, PT1H30M, or seconds)"

_UNITS = {
    "w": "weeks",
    "d": "days",
    "h": "hours",
    "m": "minutes",
    "s": "seconds",
    "ms": "milliseconds",
    "us": "microseconds",
}
_NUMBER = r"(?:\d+(?:\.\d*)?|\.\d+)"
_AMOUNTS = rf"(?:{_NUMBER}\s*(?:ms|us|[wdhms])\s*)+"
_AMOUNT = rf"({_NUMBER})\s*(ms|us|[wdhms])"
_CLOCK = r"(\d+):([0-5]\d):([0-5]\d(?:\.\d+)?)"
# The text of a timedelta in Python: `-1 day, 23:30:00`. The sign is that of the days.
_DAYS = rf"([+-]?\d+) days?,\s*{_CLOCK}"
_ISO_NUMBER = r"\d+(?:[.,]\d+)?"
_ISO = (
    rf"p(?=\d|t\d)(?:{_ISO_NUMBER}w)?(?:{_ISO_NUMBER}d)?"
    rf"(?:t(?=\d)(?:{_ISO_NUMBER}h)?(?:{_ISO_NUMBER}m)?(?:{_ISO_NUMBER}s)?)?"
)


def to_timedelta(raw: Any) -> timedelta:
    """Convert a timedelta, a number of seconds, or text that means a duration."""
    value = read_scalar(raw, DURATION)
    number: Any = value
    is_number = isinstance(value, Number) and not is_truth(value)
    try:
        # The text of a number decides, because to YAML 1:30:00 is an integer.
        text = raw.text if type(raw) is Scalar and is_number else value
        if isinstance(text, str):
            found = _read(text)
            if found is not None:
                return found
        if is_number and not (isinstance(text, str) and ":" in text):
            return timedelta(seconds=value if isinstance(value, int) else float(number))
    except (OverflowError, TypeError, ValueError):  # also of complex numbers
        pass
    if isinstance(value, timedelta):
        return value
    raise InvalidValue(DURATION, raw)


def _read(text: str) -> timedelta | None:
    """Return the duration that a text means, or None."""
    text = text.strip().lower()
    signed = text.removeprefix("-").removeprefix("+")
    found = None
    if days := re.fullmatch(_DAYS, text, re.ASCII):
        return _sum(zip("dhms", days.groups(), strict=True))
    if clock := re.fullmatch(_CLOCK, signed, re.ASCII):
        found = _sum(zip("hms", clock.groups(), strict=True))
    elif re.fullmatch(_NUMBER, signed, re.ASCII):
        found = _sum([("s", signed)])
    elif re.fullmatch(_AMOUNTS, signed, re.ASCII):
        amounts = re.findall(_AMOUNT, signed, re.ASCII)
        found = _sum((unit, amount) for amount, unit in amounts)
    elif re.fullmatch(_ISO, signed, re.ASCII):
        amounts = re.findall(rf"({_ISO_NUMBER})([wdhms])", signed, re.ASCII)
        found = _sum((unit, amount.replace(",", ".")) for amount, unit in amounts)
    return -found if found is not None and text.startswith("-") else found


def _sum(amounts: Iterable[tuple[str, str]]) -> timedelta:
    """Return the sum of amounts, exact if they are whole."""
    total = timedelta()
    for unit, amount in amounts:
        number = int(amount) if amount.lstrip("+-").isdigit() else float(amount)
        total += timedelta(**{_UNITS[unit]: number})
    return total
