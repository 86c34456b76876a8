"""The environment of a deployment: this process's variables, a file's, or both."""

from __future__ import annotations

import os
import re
from contextlib import contextmanager
from typing import TYPE_CHECKING

from pynenc_conf._core.problems import UnreadableFile
from pynenc_conf._core.sources.documents import MAX_FILE_BYTES, read_regular_file

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_LINE = re.compile(r"\s*+(?:export\s++)?+([^\s=\"'`$]++)\s*+=(.*+)", re.DOTALL)
_COMMENT = re.compile(r"(?:^|(?<=\s))#")
# A part of a value with quotes: '...', "...", an escaped character, or plain text.
_PART = re.compile(
    r"""'([^']*+)'|"((?:[^"\\]|\\.)*+)"|\\(.)|([^\s'"\\#]++)""", re.DOTALL
)


class Environment:
    """The variables of a deployment, and the lines of a file that set them.

    - `values`: name to value; `lines`: name to line in the file at `path`.
    - `unreadable`: the errors in the file, with their positions.
    - `repeated`: name, first line and later line of each variable that is set again.
    """

    def __init__(self, path: str | None = None, *, inherit: bool = True) -> None:
        """Read the file at `path`, on top of this process's variables if inherited."""
        self.path = path
        self.lines: dict[str, int] = {}
        self.unreadable: list[UnreadableFile] = []
        self.repeated: list[tuple[str, int, int]] = []
        self.values: dict[str, str] = dict(os.environ) if inherit else {}
        if path is None:
            return
        try:
            text = read_regular_file(path, MAX_FILE_BYTES).decode("utf-8-sig")
        except UnreadableFile as error:
            self.unreadable.append(error)
        except UnicodeDecodeError:
            message = "is not UTF-8 text; save it as UTF-8"
            self.unreadable.append(UnreadableFile(message))
        else:
            # Not splitlines(): a shell knows one line break, and Windows adds "\\r".
            for number, line in enumerate(text.split("\n"), 1):
                if line.strip() and not line.lstrip().startswith("#"):
                    self._add_line(number, line.removesuffix("\r"))

    def _add_line(self, number: int, line: str) -> None:
        match = _LINE.fullmatch(line)
        if match is None or "\0" in line:
            self.unreadable.append(UnreadableFile("expected NAME=value", number, 1))
            return
        name = match[1]
        value = _unquote(match[2].strip())
        if value is None:
            message = "a quote is never closed, or text follows it"
            column = match.start(2) + 1
            self.unreadable.append(UnreadableFile(message, number, column))
            return
        if name in self.lines:
            self.repeated.append((name, self.lines[name], number))
        self.lines[name] = number
        self.values[name] = value


def _unquote(text: str) -> str | None:
    """Return the value that a shell assigns, None if the quotes are wrong.

    Nothing is expanded. Unquoted text may contain spaces, as in Docker.
    """
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


@contextmanager
def use_environment(values: Mapping[str, str]) -> Iterator[None]:
    """Replace this process's environment variables while the block runs."""
    before = os.environ
    os.environ = values  # type: ignore[assignment] # noqa: B003 - not the process's own
    try:
        yield
    finally:
        os.environ = before  # noqa: B003
