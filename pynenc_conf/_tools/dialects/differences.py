"""The variables of a file that programs read differently."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from pynenc_conf._tools.dialects import common, compose, docker, shell
from pynenc_conf._tools.dialects.assignment import Assignment

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from pynenc_conf._core.problems import UnreadableFile
    from pynenc_conf._tools.dialects.assignment import Lookup

    Reader = Callable[[str, Lookup], Iterator[Assignment | UnreadableFile]]

DIALECTS: dict[str, Reader] = {
    "docker": docker.read,
    "shell": shell.read,
    "compose": compose.read,
}


class Difference(NamedTuple):
    """A variable, its line, and the value of each dialect; None if it sets none."""

    name: str
    line: int | None
    values: dict[str, str | None]


def read_lines(
    dialect: str | None, text: str, lookup: Lookup
) -> Iterator[Assignment | UnreadableFile]:
    """Yield the variables and the errors of a file, as one dialect reads it."""
    read = common.read if dialect is None else DIALECTS[dialect]
    return read(text, lookup)


def find_differences(text: str, lookup: Lookup) -> Iterator[Difference]:
    """Yield the variables that the dialects read differently."""
    values: dict[str, dict[str, str | None]] = {}
    lines: dict[str, int | None] = {}
    for dialect, read in DIALECTS.items():
        for item in read(text, lookup):
            if isinstance(item, Assignment):
                lines[item.name] = item.line
                unset: dict[str, str | None] = dict.fromkeys(DIALECTS)
                values.setdefault(item.name, unset)[dialect] = item.value
    for name, by_dialect in values.items():
        if len(set(by_dialect.values())) > 1:
            yield Difference(name, lines[name], by_dialect)
