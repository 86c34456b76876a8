"""Lines as a POSIX shell reads them with `set -a; . ./file`.

Only assignments and `export` are read. Everything that a shell would run as a command
is an error, and so is an expansion that depends on more than variables.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from pynenc_conf._core.problems import UnreadableFile
from pynenc_conf._tools.dialects.assignment import (
    Assignment,
    Budget,
    missing_variable,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pynenc_conf._tools.dialects.assignment import Lookup

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_BLANKS = re.compile(r"(?:[ \t]|\\\n)*+")
_SEPARATORS = re.compile(r"(?:[ \t\n]|\\\n)*+(?:#[^\n]*+)?")
_ASSIGNMENT = re.compile(r"([A-Za-z_][A-Za-z0-9_]*)=")
_EXPORT = re.compile(r"export(?=[ \t\n;]|\Z)")
_EXPORTED = re.compile(r"([A-Za-z_][A-Za-z0-9_]*)(?=[ \t\n;]|\Z)")
_PLAIN = re.compile(r"[^ \t\n'\"\\$`;&|<>(){}~:]+")
_PLAIN_QUOTED = re.compile(r"[^\"\\$`}]+")
_TILDE = re.compile(r"~(?=[/: \t\n;]|\Z)")
_OPERATOR = re.compile(r"(:?)([-=+?])")
_SPECIAL = set("0123456789@*#?$!-")
_MAX_DEPTH = 20

_COMMAND = "a shell runs a command here; only NAME=value is read"


def read(text: str, lookup: Lookup) -> Iterator[Assignment | UnreadableFile]:
    """Yield the variables and the errors of a file."""
    script = _Script(text, lookup)
    line, counted = 1, 0
    while (start := script.find_command()) < len(text):
        line += text.count("\n", counted, start)
        counted = start
        try:
            for name, value in script.read_command():
                yield Assignment(name, value, line)
        except UnreadableFile as error:
            yield UnreadableFile(error.message, line, 1)
            script.skip_line()


class _Script:
    """A position in a text, and the variables that are set before it."""

    def __init__(self, text: str, lookup: Lookup) -> None:
        self._text = text
        self._lookup = lookup
        self._values: dict[str, str] = {}
        self._budget = Budget()
        self._end = 0

    def find_command(self) -> int:
        """Move to the next command, and return its position."""
        while self._skip(_SEPARATORS):
            pass
        return self._end

    def skip_line(self) -> None:
        """Move to the next line."""
        self._end = (self._text.find("\n", self._end) + 1) or len(self._text)

    def read_command(self) -> list[tuple[str, str]]:
        """Return names and values of one command. Raises UnreadableFile."""
        found: list[tuple[str, str]] = []
        start = self._end
        names = 0
        is_export = self._skip(_EXPORT)
        while True:
            self._skip(_BLANKS)
            is_end = self._next() in {"", "\n", "#"}
            if is_end or (self._next() == ";" and self._end > start):
                if is_export and not names:
                    raise UnreadableFile(_COMMAND)
                self._end += not is_end
                return found
            names += 1
            match = _ASSIGNMENT.match(self._text, self._end)
            if match is not None:
                self._end = match.end()
                value = self._read_word("", is_quoted=False, depth=0)
                self._values[match[1]] = value
                found.append((match[1], value))
            elif not is_export or not self._skip(_EXPORTED):
                raise UnreadableFile(_COMMAND)

    def _next(self) -> str:
        return self._text[self._end : self._end + 1]

    def _skip(self, pattern: re.Pattern[str]) -> str:
        """Move past a pattern, and return its text, "" if it does not follow."""
        match = pattern.match(self._text, self._end)
        if match is None:
            return ""
        self._end = match.end()
        return match[0]

    def _read_word(self, closing: str, *, is_quoted: bool, depth: int) -> str:
        """Return the value of a word up to, and without, the closing character.

        Without a closing character, the word ends before a blank or separator.
        """
        parts: list[str] = []
        may_be_home = not is_quoted and not closing
        while (char := self._next()) != closing or not char:
            if not char:
                if closing:
                    message = f"{closing!r} is missing: it is never closed"
                    raise UnreadableFile(message)
                break
            if not closing and char in " \t\n;":
                break
            if char == "~" and may_be_home:
                parts.append(self._read_home())
            else:
                parts.append(self._read_part(char, is_quoted=is_quoted, depth=depth))
            if char != "\\" or parts[-1]:  # not the continuation of a line
                may_be_home = char == ":" and not is_quoted and not closing
        return "".join(parts)

    def _read_part(self, char: str, *, is_quoted: bool, depth: int) -> str:
        plain = self._skip(_PLAIN_QUOTED if is_quoted else _PLAIN)
        if plain:
            return plain
        self._end += 1
        if char == "\\":
            return self._read_escape(is_quoted=is_quoted)
        if char == "$":
            return self._read_variable(is_quoted=is_quoted, depth=depth)
        if char == "`" or (not is_quoted and not depth and char in "&|<>()"):
            raise UnreadableFile(_COMMAND)
        if is_quoted and char == '"':
            message = "double quotes inside of an expansion are not supported"
            raise UnreadableFile(message)
        if char == "'":
            end = self._text.find("'", self._end)
            if end < 0:
                message = "a quote is never closed"
                raise UnreadableFile(message)
            quoted, self._end = self._text[self._end : end], end + 1
            return quoted
        if char == '"':
            value = self._read_word('"', is_quoted=True, depth=depth)
            self._end += 1
            return value
        return char

    def _read_escape(self, *, is_quoted: bool) -> str:
        char = self._next()
        self._end += 1
        if char == "\n":
            return ""
        if not char or (is_quoted and char not in '$`"\\'):
            return f"\\{char}"
        return char

    def _read_home(self) -> str:
        if not self._skip(_TILDE):
            message = "'~' with the name of a user is not supported; write the path"
            raise UnreadableFile(message)
        home = self._find("HOME")
        return "~" if home is None else home

    def _find(self, name: str) -> str | None:
        is_set = name in self._values
        return self._budget.spend(self._values[name] if is_set else self._lookup(name))

    def _read_variable(self, *, is_quoted: bool, depth: int) -> str:
        """Return the value of what follows a dollar sign."""
        name = self._skip(_NAME)
        char = self._next()
        is_continued = self._text.startswith("\\\n", self._end)
        if name and not is_continued:
            return self._find(name) or ""
        if char == "{":
            self._end += 1
            return self._read_braces(is_quoted=is_quoted, depth=depth + 1)
        if char == "(":
            raise UnreadableFile(_COMMAND)
        is_special = is_continued or (char and char in _SPECIAL)
        if is_special or (not is_quoted and char in {"'", '"'}):
            message = "shells read this expansion differently; write the value"
            raise UnreadableFile(message)
        return "$"

    def _read_braces(self, *, is_quoted: bool, depth: int) -> str:
        """Return the value of what follows `${`."""
        name = self._skip(_NAME)
        match = _OPERATOR.match(self._text, self._end)
        if depth > _MAX_DEPTH or not name or (match is None and self._next() != "}"):
            message = "this expansion is not supported; write the value"
            raise UnreadableFile(message)
        colon, operator = ("", "") if match is None else match.groups()
        self._end = self._end if match is None else match.end()
        start = self._end
        text = self._read_word("}", is_quoted=is_quoted, depth=depth)
        written = self._text[start : self._end]
        self._end += 1
        value = self._find(name)
        is_given = bool(value) if colon else value is not None
        if operator == "+":
            return text if is_given else ""
        if is_given or not operator:
            return value or ""
        if operator == "?":
            raise missing_variable(name, written)
        if operator == "=":
            self._values[name] = text
        return text
