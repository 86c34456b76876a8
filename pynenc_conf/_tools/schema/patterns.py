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
    """Return the fragment for integers without a sign, with any leading zeros.

    The range is split into blocks that differ in one digit, followed by any digits:
    1 to 250 is [1-9], [1-9] and one digit, 1 and two digits, 2[0-4] and one digit, 250.
    """
    blocks = ["0"] if low == 0 else []
    low = max(low, 1)
    end = 10 ** len(str(low)) if high is None else high + 1
    while low < end:
        size = 1
        while low % (size * 10) == 0 and low + size * 10 <= end:
            size *= 10
        first = low // size % 10
        last = min(9, first + (end - low) // size - 1)
        head = "".join(f"{digit}_?" for digit in str(low // size)[:-1])
        digit = str(first) if first == last else f"[{first}-{last}]"
        zeros = len(str(size)) - 1
        blocks.append(head + digit + (f"(?:_?[0-9]){{{zeros}}}" if zeros else ""))
        low += (last - first + 1) * size
    if high is None:
        blocks.append(f"[1-9](?:_?[0-9]){{{len(str(end)) - 1},}}")
    return f"(?:0_?)*(?:{'|'.join(blocks)})"


_AMOUNT = r"(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)"
_UNITS = "|".join(
    match_any_case(unit) for unit in ("ms", "us", "w", "d", "h", "m", "s")
)
_CLOCK = r"[0-9]+:[0-5][0-9]:[0-5][0-9](?:\.[0-9]+)?"
_DAYS = rf"[+-]?[0-9]+ {match_any_case('day')}[sS]?,\s*{_CLOCK}"
_ISO_AMOUNT = r"[0-9]+(?:[.,][0-9]+)?"
_ISO_DAYS, _ISO_TIMES = (
    "".join(f"(?:{_ISO_AMOUNT}{match_any_case(unit)})?" for unit in units)
    for units in ("wd", "hms")
)
_ISO = rf"[pP](?=[0-9]|[tT][0-9]){_ISO_DAYS}(?:[tT](?=[0-9]){_ISO_TIMES})?"
_UNITS_SUM = rf"(?:{_AMOUNT}\s*(?:{_UNITS})\s*)+"
DURATION = rf"{_DAYS}|-?\+?(?:{_AMOUNT}|{_UNITS_SUM}|{_CLOCK}|{_ISO})"
