"""Lines as most programs read them, for files whose reader is not known.

Quotes, `export` and comments have the meaning that they have in a shell, nothing is
expanded, and text without quotes may contain spaces.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from pynenc_conf._core.problems import UnreadableFile
from pynenc_conf._tools.dialects.assignment import Assignment

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pynenc_conf._tools.dialects.assignment import Lookup

_LINE = re.compile(r"\s*+(?:export\s++)?+([^\s=\"'`$]++)\s*+=(.*+)", re.DOTALL)
_COMMENT = re.compile(r"(?:^|(?<=\s))#")
# A part of a value with quotes: '...', "...", an escaped character, or plain text.
_PART = re.compile(
    r"""'([^']*+)'|"((?:[^"\\]|\\.)*+)"|\\(.)|([^\s'"\\#]++)""", re.DOTALL
)
# A name and a value in quotes, which may have several lines.
_QUOTED = re.compile(
    r"""[ \t]*+(?:export[ \t]++)?+[^\s=\"'`$#]++[ \t]*+=[ \t]*+(?=['"])"""
    r"""(?:'[^']*+'|"(?:[^"\\]|\\.)*+"|\\[^\n]|[^\s'"\\#]++)++""",
    re.DOTALL,
)

_MAX_WASTED = 1_000_000
"""Characters that are read for values of several lines that turn out not to be."""


def read(text: str, lookup: Lookup) -> Iterator[Assignment | UnreadableFile]:
    """Yield the variables and the errors of a file."""
    del lookup
    for number, each in _split_lines(text):
        line = each.removesuffix("\r")
        if line.strip() and not line.lstrip().startswith("#"):
            yield _read_line(number, line)


def _split_lines(text: str) -> Iterator[tuple[int, str]]:
    """Yield the number and text of each line; a quoted value may have several lines."""
    # Not splitlines(): a shell knows one line break, and Windows adds "\\r".
    number, start, wasted = 1, 0, 0
    while start <= len(text):
        end = _find_line_end(text, start)
        quoted = _QUOTED.match(text, start) if wasted < _MAX_WASTED else None
        if quoted is not None and quoted.end() > end:
            last = _find_line_end(text, quoted.end())
            rest = text[quoted.end() : last].strip()
            # Otherwise the quote is not closed, and the line alone is an error.
            if not rest or rest.startswith("#"):
                end = last
            else:
                wasted += last - end
        yield number, text[start:end]
        number += text.count("\n", start, end) + 1
        start = end + 1


def _find_line_end(text: str, start: int) -> int:
    end = text.find("\n", start)
    return len(text) if end < 0 else end


def _read_line(number: int, line: str) -> Assignment | UnreadableFile:
    match = _LINE.fullmatch(line)
    if match is None:
        message = "expected NAME=value"
        if line.strip().isidentifier():
            message += "; --env-dialect docker or compose reads a name alone"
        return UnreadableFile(message, number, 1)
    value = _unquote(match[2].strip())
    if value is None:
        message = "a quote is never closed, or text follows it"
        return UnreadableFile(message, number, match.start(2) + 1)
    return Assignment(match[1], value, number)


def _unquote(text: str) -> str | None:
    """Return the value without quotes, None if the quotes are wrong."""
    if text[:1] not in {"'", '"'}:
        return _COMMENT.split(text, maxsplit=1)[0].rstrip()
    parts = []
    end = 0
    while (match := _PART.match(text, end)) is not None:
        single, double, escaped, plain = match.groups(default="")
        # Between double quotes a backslash is one, except before these two.
        parts.append(single + re.sub(r'\\(["\\])', r"\1", double) + escaped + plain)
        end = match.end()
    rest = text[end:].lstrip()
    return None if rest and not rest.startswith("#") else "".join(parts)
