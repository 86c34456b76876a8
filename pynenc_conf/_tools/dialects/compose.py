"""Lines as Docker Compose reads an `env_file`.

A value in single quotes is literal. All others are interpolated, and escapes count in
double quotes, which may contain line breaks. A comment needs a space before it. A name
alone inherits the variable, and `NAME: value` is the same as `NAME=value`.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from pynenc_conf._core.problems import UnreadableFile
from pynenc_conf._tools.dialects.assignment import SPACES, Assignment, Budget
from pynenc_conf._tools.dialects.interpolation import interpolate

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pynenc_conf._tools.dialects.assignment import Lookup

_SPACE = r"[\t\v\f\r \x85\xa0]"
_SKIPPED = re.compile(rf"(?:[{SPACES}]|#[^\n]*+)*+")
_EXPORT = re.compile(rf"export(?=[\t\n\f\r ]){_SPACE}*+")
_NAME = re.compile(rf"((?:[\w.\-\[\]]|{_SPACE})*+)([=:\n]|\Z)({_SPACE}*+)")
_QUOTED = {
    quote: re.compile(rf"{quote}((?:[^{quote}\\]|\\.)*+){quote}", re.DOTALL)
    for quote in "'\""
}
_ESCAPE = re.compile(r'\\([abcfnrtv$"\\]|0[0-9]{0,3})')
_ESCAPED = dict(zip('abfnrtv\\"', '\a\b\f\n\r\t\v\\"', strict=True)) | {"$": "$$"}
_OCTAL = re.compile(r"0([0-3][0-7]{2})")


def read(text: str, lookup: Lookup) -> Iterator[Assignment | UnreadableFile]:
    """Yield the variables and the errors of a file.

    Compose rejects a file with an error; here the next line is read.
    """
    values: dict[str, str] = {}
    budget = Budget()

    def find_value(name: str) -> str | None:
        value = lookup(name)
        return budget.spend(values.get(name) if value is None else value)

    line, counted, end = 1, 0, 0
    while (start := _end_of(_SKIPPED, text, end)) < len(text):
        line += text.count("\n", counted, start)
        counted = start
        try:
            name, value, end = _read_statement(text, start, find_value)
        except UnreadableFile as error:
            yield UnreadableFile(error.message, line, 1)
            end = (text.find("\n", start) + 1) or len(text)
            continue
        if value is not None:
            values[name] = value
            yield Assignment(name, value, line)


def _end_of(pattern: re.Pattern[str], text: str, start: int) -> int:
    match = pattern.match(text, start)
    return start if match is None else match.end()


def _read_statement(
    text: str, start: int, lookup: Lookup
) -> tuple[str, str | None, int]:
    """Return name and value of a statement, and its end. Raises UnreadableFile."""
    match = _NAME.match(text, _end_of(_EXPORT, text, start))
    if match is None:
        message = "Compose rejects this name; write NAME=value"
        raise UnreadableFile(message)
    name, separator = match[1].rstrip(SPACES), match[2]
    if " " in name or not (name or separator == "\n"):
        message = "Compose requires a name without spaces; write NAME=value"
        raise UnreadableFile(message)
    if separator == "\n":
        return name, lookup(name), match.end(2)
    if not separator:
        return name, None, len(text)  # a name alone, which no line break ends
    end = match.end()
    quoted = _QUOTED.get(text[end : end + 1])
    if quoted is None:
        return name, *_read_plain(text, end, lookup)
    match = quoted.match(text, end)
    if match is None:
        message = "a quote is never closed"
        raise UnreadableFile(message)
    quote = match[0][0]
    value = match[1].replace(f"\\{quote}", quote) if quote == "'" else match[1]
    if quote == '"':
        value = interpolate(_ESCAPE.sub(_unescape, value), lookup)
    return name, value, match.end()


def _read_plain(text: str, start: int, lookup: Lookup) -> tuple[str, int]:
    """Return a value without quotes, and the end of its line."""
    end = text.find("\n", start)
    end = len(text) if end < 0 else end
    value = text[start:end].partition(" #")[0].rstrip(SPACES)
    return interpolate(value, lookup), end


def _unescape(match: re.Match[str]) -> str:
    escape = match[1]
    octal = _OCTAL.fullmatch(escape)
    if octal is not None:
        return chr(int(octal[1], 8))
    if escape.startswith("0"):
        return f"\\{escape[1:]}"
    return _ESCAPED.get(escape, match[0])
