"""The environment that a deployment will have: this one, a file's, or both."""

from __future__ import annotations

import os
import re
import shlex
from contextlib import contextmanager
from typing import TYPE_CHECKING

from pynenc_conf._core.problems import UnreadableFile
from pynenc_conf._core.sources.documents import MAX_FILE_BYTES, read_regular_file

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_LINE = re.compile(r"\s*(?:export\s+)?([^\s=\"'`$]+)\s*=(.*)")


class Environment:
    """The variables of a deployment, and where a file sets them.

    `lines` has the line of each variable of the file at `path`; `broken` the lines
    that cannot be read, each with the reason, and `repeated` those that are set again.
    """

    def __init__(self, path: str | None = None, *, inherit: bool = True) -> None:
        """Read the file, over the variables of this process if they are inherited."""
        self.path = path
        self.lines: dict[str, int] = {}
        self.broken: list[UnreadableFile] = []
        self.repeated: list[tuple[str, int, int]] = []
        self.values: dict[str, str] = dict(os.environ) if inherit else {}
        if path is not None:
            self._read(path)

    def _read(self, path: str) -> None:
        try:
            data = read_regular_file(path, MAX_FILE_BYTES)
            words = data.decode("utf-8-sig")
        except UnreadableFile as error:
            self.broken.append(error)
            return
        except UnicodeDecodeError:
            words = None
        if words is None:
            self.broken.append(UnreadableFile("is not UTF-8 text; save it as UTF-8"))
            return
        for number, line in enumerate(words.splitlines(), 1):
            if line.strip() and not line.lstrip().startswith("#"):
                self._add(number, line)

    def _add(self, number: int, line: str) -> None:
        found = _LINE.fullmatch(line)
        if found is None or "\0" in line:
            self.broken.append(UnreadableFile("expected NAME=value", number, 1))
            return
        name, raw = found.groups()
        value = _value(raw.strip())
        if value is None:
            message = "a quote is never closed, or text follows it"
            self.broken.append(UnreadableFile(message, number, found.start(2) + 1))
            return
        if name in self.lines:
            self.repeated.append((name, self.lines[name], number))
        self.lines[name] = number
        self.values[name] = value


def _value(raw: str) -> str | None:
    """Return what a shell makes of the text behind the `=`, None if it is broken.

    Nothing is expanded; text without quotes may have spaces, as Docker takes it.
    """
    if raw[:1] not in {"'", '"'}:
        return re.split(r"(?:^|\s+)#", raw, maxsplit=1)[0]
    try:
        words = shlex.split(raw, comments=True)
    except ValueError:
        return None
    return words[0] if len(words) == 1 else None


@contextmanager
def in_force(values: Mapping[str, str]) -> Iterator[None]:
    """Put these variables in the place of the process's own for a while."""
    before = os.environ
    os.environ = values  # type: ignore[assignment] # noqa: B003 - not the process's own
    try:
        yield
    finally:
        os.environ = before  # noqa: B003
