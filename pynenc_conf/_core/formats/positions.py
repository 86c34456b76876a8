"""Positions of values in the text of a file."""

from __future__ import annotations


class Position:
    """The position of a value, and of the values inside it.

    `children` has the positions of a mapping's values, by key, and of a list's
    elements, by number from "0"; None for other values. `key` is the line and column of
    the key of a mapping in YAML, whose values may begin on another line.
    """

    __slots__ = ("children", "column", "key", "line")

    def __init__(
        self, line: int, column: int | None, children: dict[str, Position] | None
    ) -> None:
        self.line = line
        self.column = column
        self.children = children
        self.key: tuple[int, int] | None = None


def position_of(text: str, offset: int) -> tuple[int, int]:
    """Return the line and column, counted from 1, of an offset in the text."""
    return text.count("\n", 0, offset) + 1, offset - text.rfind("\n", 0, offset)
