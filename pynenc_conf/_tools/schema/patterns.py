"""Regular expressions for text that the loader reads as numbers and words.

They are valid in Python and in ECMAScript, which JSON Schema requires. A fragment
matches text without surrounding white space; `match_whole` joins fragments to a
pattern.
"""

from __future__ import annotations

_SPECIAL = frozenset(r"\^$.*+?()[]{}|/")
# As in Python, a single underscore is allowed between two digits.
_DIGITS = "[0-9](?:_?[0-9])*"
_ZEROS = "0(?:_?0)*"


def match_whole(*fragments: str) -> str:
    """Return the pattern of text that matches one of the fragments."""
    return rf"^\s*(?:{'|'.join(fragments)})\s*$"


def match_exactly(text: str) -> str:
    """Return the fragment for the text itself."""
    return "".join(f"\\{char}" if char in _SPECIAL else char for char in text)


def match_any_case(text: str) -> str:
    """Return the fragment for the text in any case."""
    return "".join(
        f"[{char.lower()}{char.upper()}]"
        if char.isascii() and char.isalpha()
        else match_exactly(char)
        for char in text
    )


def match_integer(low: int | None, high: int | None) -> str:
    """Return the fragment for integers from `low` to `high`; None means no limit."""
    if low is None and high is None:
        return f"[+-]?{_DIGITS}"
    signed = []
    if high is None or high >= 0:
        start = max(low or 0, 0)
        signed.append(rf"\+?{_match_unsigned(start, high)}")
    if low is None or low <= 0:
        start = 0 if high is None else max(-high, 0)
        signed.append(f"-{_match_unsigned(start, None if low is None else -low)}")
    return "|".join(signed)


def match_float(*, negative: bool, infinite: bool) -> str:
    """Return the fragment for floats; negative zero is always included."""
    exponent = f"(?:[eE][+-]?{_DIGITS})?"
    infinity = f"{match_any_case('inf')}(?:{match_any_case('inity')})?"
    size = rf"(?:{_DIGITS}(?:\.(?:{_DIGITS})?)?|\.{_DIGITS}){exponent}"
    if infinite:
        size = f"(?:{size}|{infinity})"
    if negative:
        return f"[+-]?{size}"
    zero = rf"(?:{_ZEROS}(?:\.(?:{_ZEROS})?)?|\.{_ZEROS}){exponent}"
    return rf"\+?{size}|-{zero}"


def _match_unsigned(low: int, high: int | None) -> str:
    """Return the fragment for integers without a sign, with any leading zeros."""
    bodies = ["0"] if low == 0 else []
    first = str(max(low, 1))
    if high is None:
        bodies += [
            _match_same_length(first, "9" * len(first)),
            f"[1-9]{_match_digits(len(first))}",
        ]
    elif high > 0:
        last = str(high)
        if len(first) == len(last):
            bodies.append(_match_same_length(first, last))
        else:
            bodies.append(_match_same_length(first, "9" * len(first)))
            if len(last) - len(first) > 1:
                bodies.append(f"[1-9]{_match_digits(len(first), len(last) - 2)}")
            bodies.append(_match_same_length(f"1{'0' * (len(last) - 1)}", last))
    return f"(?:0_?)*(?:{'|'.join(bodies)})"


def _match_same_length(first: str, last: str) -> str:
    """Return the fragment for integers from `first` to `last`, of equal length."""
    head, top, low, high = first[0], last[0], first[1:], last[1:]
    zeros, nines = "0" * len(low), "9" * len(low)
    if low == zeros and high == nines:
        digit = head if head == top else f"[{head}-{top}]"
        return digit + (_match_digits(len(low), len(low)) if low else "")
    if head == top:
        return f"{head}_?{_match_same_length(low, high)}"
    parts = [f"{head}_?{_match_same_length(low, nines)}"]
    if int(head) + 1 < int(top):
        between = _match_same_length(
            f"{int(head) + 1}{zeros}", f"{int(top) - 1}{nines}"
        )
        parts.append(between)
    parts.append(f"{top}_?{_match_same_length(zeros, high)}")
    return f"(?:{'|'.join(parts)})"


def _match_digits(minimum: int, maximum: int | None = None) -> str:
    """Return the fragment for further digits; None means no maximum."""
    limits = f"{minimum},{'' if maximum is None else maximum}"
    count = minimum if maximum == minimum else limits
    return f"(?:_?[0-9]){{{count}}}"
