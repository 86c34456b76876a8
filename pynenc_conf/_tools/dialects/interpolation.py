"""The variables in a text, replaced as Docker Compose does: `$NAME`, `${NAME:-text}`.

The rules are those of the Compose specification: `$$` is a dollar sign, and a `$` that
begins nothing is an error.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from pynenc_conf._core.problems import UnreadableFile
from pynenc_conf._tools.dialects.assignment import missing_variable

if TYPE_CHECKING:
    from pynenc_conf._tools.dialects.assignment import Lookup

_NAME = r"[_a-zA-Z][_a-zA-Z0-9]*"
_START = re.compile(rf"\$(?:(\$)|({_NAME})|(\{{))")
_BRACED = re.compile(rf"({_NAME})(?:(:?)([-+?])(.*))?")
_BRACE = re.compile(r"[{}]")
_MAX_DEPTH = 20


def interpolate(text: str, lookup: Lookup, depth: int = 0) -> str:
    """Return the text with the values of its variables. Raises UnreadableFile."""
    if depth > _MAX_DEPTH:
        message = f"more than {_MAX_DEPTH} defaults inside of each other"
        raise UnreadableFile(message)
    parts = []
    end = 0
    while (dollar := text.find("$", end)) >= 0:
        parts.append(text[end:dollar])
        match = _START.match(text, dollar)
        if match is None:
            message = "'$' begins no variable; write '$$' for a dollar sign"
            raise UnreadableFile(message)
        end = match.end()
        if match[1]:
            parts.append("$")
        elif match[2]:
            parts.append(lookup(match[2]) or "")
        else:
            closing = _find_closing_brace(text, end)
            parts.append(_expand(text[end:closing], lookup, depth))
            end = closing + 1
    return "".join([*parts, text[end:]])


def _find_closing_brace(text: str, start: int) -> int:
    depth = 1
    for match in _BRACE.finditer(text, start):
        depth += 1 if match[0] == "{" else -1
        if not depth:
            return match.start()
    message = "'${' is never closed"
    raise UnreadableFile(message)


def _expand(expression: str, lookup: Lookup, depth: int) -> str:
    """Return the value of an expression between `${` and `}`."""
    match = _BRACED.fullmatch(expression)
    if match is None:
        message = "'${' must be followed by a name, and by '}', ':-', '-', ':+' or '?'"
        raise UnreadableFile(message)
    name, colon, operator, text = match.groups(default="")
    value = lookup(name)
    is_given = bool(value) if colon else value is not None
    if operator == "+":
        return interpolate(text, lookup, depth + 1) if is_given else ""
    if is_given or not operator:
        return value or ""
    if operator == "?":
        raise missing_variable(name, text)
    return interpolate(text, lookup, depth + 1)
