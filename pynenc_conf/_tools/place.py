"""A place in a deployment: in a file, at a key, or a variable."""

from __future__ import annotations

from typing import NamedTuple


class Place(NamedTuple):
    """A file with line and column, the dotted key at that position, or a variable."""

    path: str | None = None
    line: int | None = None
    column: int | None = None
    key: str | None = None
    variable: str | None = None

    def __str__(self) -> str:
        position = ":".join(str(part) for part in self[:3] if part is not None)
        name = f"variable {self.variable}" if self.variable is not None else self.key
        return "  ".join(filter(None, (position, name)))
