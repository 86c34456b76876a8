"""Values in the syntax of configuration files: `1m30s`, `debug`, `[a, b]`.

Explanations, commands and templates all write values with these functions, so a shown
value can be copied into a file.
"""

from __future__ import annotations

from pynenc_conf._core.masking import (
    MASK,
    UnreadSecret,
    format_value,
    has_few_parts,
    mask_value,
    sorted_elements,
    type_name,
)
from pynenc_conf._core.types.unset import UNSET
from pynenc_conf.origin import escape_line

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import timedelta
    from enum import Enum
    from typing import Any

    from pynenc_conf._core.masking import Secrecy

PLAIN_TYPES = {bool, int, float, str, type(None)}
# Words that YAML 1.1 does not read as text.
_WORDS = {"true", "false", "yes", "no", "on", "off", "null", "y", "n"}
_UNITS = (
    (86_400_000_000, "d"),
    (3_600_000_000, "h"),
    (60_000_000, "m"),
    (1_000_000, "s"),
    (1000, "ms"),
    (1, "us"),
)
_ESCAPES = {"\n": "\\n", "\r": "\\r", "\t": "\\t"}
_LONGEST = 120
_MAX_NUMBER = 10**4000


def show_value(value: object, secret: Secrecy, longest: int = _LONGEST) -> str:
    """Return one line of text for a value, masked if it is a secret.

    The line has at most `longest` characters, and is a YAML value if it is not cut.
    """
    shown = mask_value(value, secret)
    if shown is MASK:
        return MASK
    if type(shown) is UnreadSecret:
        return escape_line(shown)
    try:
        if not has_few_parts(shown):
            return format_value(shown, secret=False, longest=longest)
        text = to_text(to_data(shown))
    except Exception:  # noqa: BLE001 - an application's own method, or a huge integer
        text = f"<{type_name(type(shown))}>"
    text = escape_line(text)
    return text if len(text) <= longest else f"{text[: longest - 3]}..."


def to_data(value: Any) -> Any:
    """Return a value as a file contains it: text, numbers, lists and tables."""
    if type(value) in PLAIN_TYPES:
        return value
    from enum import Enum  # noqa: PLC0415 - most values are plain

    if isinstance(value, Enum):
        return _enum_data(value)
    from collections import UserList, deque  # noqa: PLC0415
    from collections.abc import Mapping  # noqa: PLC0415

    value = _members_of(value)
    if isinstance(value, Mapping):
        return {_key(key): to_data(item) for key, item in value.items()}
    if isinstance(value, (set, frozenset)):
        return _sorted_data([to_data(item) for item in sorted_elements(value)])
    # A field of bytes accepts numbers, and no text.
    if isinstance(value, (list, tuple, deque, UserList, bytes, bytearray)):
        return [to_data(item) for item in value]
    return _scalar_data(value)


def _sorted_data(items: list[Any]) -> list[Any]:
    """Return the elements of a set in an order that depends on nothing but them."""
    try:
        return sorted(items)
    except TypeError:  # dicts, or elements of several kinds
        return sorted(items, key=to_text)


def _scalar_data(value: Any) -> Any:
    from datetime import timedelta  # noqa: PLC0415 - most values are plain

    if isinstance(value, type):
        return f"{value.__module__}.{value.__qualname__}"
    if isinstance(value, timedelta):
        return _duration(value)
    # The methods of str, int and float, because a subclass's own may raise or lie.
    if isinstance(value, str):
        return str.__str__(value)
    if isinstance(value, int):
        return int.__pos__(value)
    return float.__pos__(value) if isinstance(value, float) else _object_text(value)


def _object_text(value: object) -> str:
    text = str(value)
    # The path `~` of an application is not the home folder, as it is in a file.
    if text.startswith("~") and hasattr(value, "expanduser"):
        return f"./{text}"
    own: object = type(value).__str__
    if own is not object.__str__:
        return text
    import re  # noqa: PLC0415 - rare

    # The address of an object differs in each process.
    return re.sub(r" at 0x[0-9a-fA-F]+", "", text)


def to_json_value(value: Any) -> Any:
    """Return a value as plain data for JSON; its text if JSON has no form of it."""
    try:
        if has_few_parts(value):
            return _reduce(to_data(value))
    except Exception:  # noqa: BLE001, S110 - a list in itself, or a value's own method
        pass
    return show_value(value, secret=False)


def _reduce(data: Any) -> Any:
    if isinstance(data, dict):
        return {key: _reduce(item) for key, item in data.items()}
    if isinstance(data, list):
        return [_reduce(item) for item in data]
    # JSON has no infinity and no "not a number", and Python writes no longer integers.
    is_number = isinstance(data, (int, float))
    return str(data) if is_number and not abs(data) < _MAX_NUMBER else data


def to_text(data: Any) -> str:
    """Return plain data as a YAML value on one line."""
    if isinstance(data, str):
        return _quote(data)
    if isinstance(data, dict):
        pairs = (f"{to_text(key)}: {to_text(item)}" for key, item in data.items())
        return f"{{{', '.join(pairs)}}}"
    if isinstance(data, list):
        return f"[{', '.join(map(to_text, data))}]"
    if isinstance(data, float):
        return _float(data)
    return "null" if data is None else str(data).lower()


def _key(key: Any) -> str:
    data = to_data(key)
    if isinstance(data, str):
        return data
    return repr(data) if isinstance(data, float) else to_text(data)


def _members_of(value: Any) -> Any:
    """Return the members of a structure as a dict, and any other value unchanged."""
    from pynenc_conf._core.types.structures import structure_of  # noqa: PLC0415

    structure = structure_of(type(value))
    if structure is None or structure.is_tuple:
        return value
    members = {name: structure.get(value, name) for name in structure.members}
    return {name: item for name, item in members.items() if item is not UNSET}


def _enum_data(member: Enum) -> Any:
    """Return the first form of a member that is read as the member.

    The forms are the names of flags (`READ|WRITE`), the text that the member has as its
    value, and its name, as errors list it.
    """
    from enum import Flag  # noqa: PLC0415 - few values are members

    from pynenc_conf._core.types.classes import of_class  # noqa: PLC0415

    convert, _ = of_class(type(member), (), lambda _: (_unchanged, "any value"))
    forms: Iterable[Any] = [member.name.lower(), member.name] if member.name else []
    if isinstance(member, Flag):
        forms = [member.name] if member.name else []
    elif all(isinstance(each.value, str) for each in type(member)):
        forms = [member.value, *forms]
    for form in forms:
        try:
            if convert(form) is member:
                return form
        except Exception:  # noqa: BLE001, S112 - not read, or the class's own methods
            continue
    return to_data(member.value)


def _unchanged(raw: Any) -> Any:
    return raw


def _duration(value: timedelta) -> str:
    """Return a duration in units from days to microseconds, exactly."""
    rest = (value.days * 86_400 + value.seconds) * 1_000_000 + value.microseconds
    sign, rest = ("-", -rest) if rest < 0 else ("", rest)
    text = ""
    for size, unit in _UNITS:
        number, rest = divmod(rest, size)
        text += f"{number}{unit}" if number else ""
    return f"{sign}{text or '0s'}"


def _float(value: float) -> str:
    text = repr(value)
    if text.lstrip("-") in ("inf", "nan"):
        return text.replace("inf", ".inf").replace("nan", ".nan")
    # YAML 1.1 reads an exponent only after a decimal point.
    return text if "." in text else text.replace("e", ".0e")


def _quote(text: str) -> str:
    """Return text as a YAML scalar, in quotes if YAML could read it differently."""
    if _is_plain(text):
        return text
    if text.isprintable():
        doubled = text.replace("'", "''")
        return f"'{doubled}'"
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{"".join(map(_escape, escaped))}"'


def _escape(char: str) -> str:
    if char.isprintable():
        return char
    if char in _ESCAPES:
        return _ESCAPES[char]
    code = ord(char)
    if code <= 0xFF:  # noqa: PLR2004 - the last number of two digits
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}"  # noqa: PLR2004


def _is_plain(text: str) -> bool:
    """Whether YAML reads text without quotes as this text, alone and in a list."""
    if not text or text.lower() in _WORDS or text != text.strip():
        return False
    if not all(char.isalnum() or char in "_-./\\+@%~$*|:= " for char in text):
        return False
    if text.endswith(":") or ": " in text:
        return False
    first = text[0]
    if first.isalpha() or first in "_/" or text.startswith(("./", "../", "~/")):
        return True
    return _is_no_number(text.removeprefix("-"))


def _is_no_number(text: str) -> bool:
    """Whether text begins with a digit, and YAML reads neither a number nor a date."""
    if not text[:1].isdigit():
        return False
    rest = text.lstrip("0123456789")
    # `1m30s`, `3rd`; but `0x1`, `1e5` and `1_000` are numbers, or resemble them.
    return rest[:1].isalpha() and rest[0].lower() not in "xobe" or text.count(".") > 2  # noqa: PLR2004, RUF021
