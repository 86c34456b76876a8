"""Positions of values in the text of a file."""

from __future__ import annotations


class Position:
    """Where a value is written, and where the values inside it are.

    ``inside`` is None for what is no mapping.
    """

    __slots__ = ("column", "inside", "line")

    def __init__(
        self, line: int, column: int | None, inside: dict[str, Position] | None
    ) -> None:
        """Take a 1-based line and column."""
        self.line = line
        self.column = column
        self.inside = inside


def position_of(text: str, offset: int) -> tuple[int, int]:
    """Give the line and column, 1-based, of an offset in the text."""
    return text.count("\n", 0, offset) + 1, offset - text.rfind("\n", 0, offset)
