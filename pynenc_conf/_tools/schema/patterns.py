"""Regular expressions for the texts that the loader reads as numbers and words.

They hold for Python and for ECMAScript, as JSON Schema asks. A fragment matches a
text less the white space around it; `whole` makes a pattern of fragments.
"""

from __future__ import annotations

_SPECIAL = frozenset(r"\^$.*+?()[]{}|/")
# Digits as Python reads them: single underscores may stand between two.
DIGITS = "[0-9](?:_?[0-9])*"
ZEROS = "0(?:_?0)*"


def whole(*fragments: str) -> str:
    """Return the pattern of a text that is one of the fragments."""
    return rf"^\s*(?:{'|'.join(fragments)})\s*$"


def exactly(text: str) -> str:
    """Return the fragment for a text as it is."""
    return "".join(f"\\{char}" if char in _SPECIAL else char for char in text)


def any_case(text: str) -> str:
    """Return the fragment for a text in any case."""
    return "".join(
        f"[{char.lower()}{char.upper()}]"
        if char.isascii() and char.isalpha()
        else exactly(char)
        for char in text
    )


def integer(low: int | None, high: int | None) -> str:
    """Return the fragment for whole numbers from `low` to `high`, None for no end."""
    if low is None and high is None:
        return f"[+-]?{DIGITS}"
    signed = []
    if high is None or high >= 0:
        start = max(low or 0, 0)
        signed.append(rf"\+?{_between(start, high)}")
    if low is None or low <= 0:
        start = 0 if high is None else max(-high, 0)
        signed.append(f"-{_between(start, None if low is None else -low)}")
    return "|".join(signed)


def number(*, negative: bool, infinite: bool) -> str:
    """Return the fragment for numbers; of negative ones, zero is always one."""
    exponent = f"(?:[eE][+-]?{DIGITS})?"
    infinity = f"{any_case('inf')}(?:{any_case('inity')})?"
    size = rf"(?:{DIGITS}(?:\.(?:{DIGITS})?)?|\.{DIGITS}){exponent}"
    if infinite:
        size = f"(?:{size}|{infinity})"
    if negative:
        return f"[+-]?{size}"
    zero = rf"(?:{ZEROS}(?:\.(?:{ZEROS})?)?|\.{ZEROS}){exponent}"
    return rf"\+?{size}|-{zero}"


def _between(low: int, high: int | None) -> str:
    """Return the fragment for numbers without a sign, leading zeros allowed."""
    bodies = ["0"] if low == 0 else []
    first = str(max(low, 1))
    if high is None:
        bodies += [_same_length(first, "9" * len(first)), f"[1-9]{_more(len(first))}"]
    elif high > 0:
        last = str(high)
        if len(first) == len(last):
            bodies.append(_same_length(first, last))
        else:
            bodies.append(_same_length(first, "9" * len(first)))
            if len(last) - len(first) > 1:
                bodies.append(f"[1-9]{_more(len(first), len(last) - 2)}")
            bodies.append(_same_length(f"1{'0' * (len(last) - 1)}", last))
    return f"(?:0_?)*(?:{'|'.join(bodies)})"


def _same_length(first: str, last: str) -> str:
    """Return the fragment for numbers of one length, from `first` to `last`."""
    head, top, low, high = first[0], last[0], first[1:], last[1:]
    none, all_ = "0" * len(low), "9" * len(low)
    if low == none and high == all_:
        digit = head if head == top else f"[{head}-{top}]"
        return digit + (_more(len(low), len(low)) if low else "")
    if head == top:
        return f"{head}_?{_same_length(low, high)}"
    parts = [f"{head}_?{_same_length(low, all_)}"]
    if int(head) + 1 < int(top):
        between = _same_length(f"{int(head) + 1}{none}", f"{int(top) - 1}{all_}")
        parts.append(between)
    parts.append(f"{top}_?{_same_length(none, high)}")
    return f"(?:{'|'.join(parts)})"


def _more(fewest: int, most: int | None = None) -> str:
    """Return the fragment for further digits."""
    count = fewest if most == fewest else f"{fewest},{'' if most is None else most}"
    return f"(?:_?[0-9]){{{count}}}"
