"""Rows in columns that break no word: what is too wide hangs on lines of its own."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from pynenc_conf._tools.output import create_console, text
from pynenc_conf.origin import escape_line

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from rich.console import Console
    from rich.text import Text

    # The text of a cell, and its style.
    Cell = tuple[str, str]

_GAP = 2
_MIN_WIDTH = 16


def arrange(rows: Sequence[Sequence[Cell]], margin: int = 0) -> Iterator[Text]:
    """Yield the lines of rows, which have the same number of cells.

    A cell that is too wide for its column is on lines of its own, which begin at the
    column, or further to the left if a word would not fit otherwise.
    """
    console = create_console()
    rows = [[(escape_line(value), style) for value, style in row] for row in rows]
    starts = _find_starts(rows, margin, console)
    for row in rows:
        yield from _arrange_row(row, starts, console)


def _find_starts(
    rows: Sequence[Sequence[Cell]], margin: int, console: Console
) -> list[int]:
    """Return where each column starts; only the first is as wide as its widest cell."""
    starts = [margin]
    for cells in list(zip(*rows, strict=True))[:-1]:
        widest = max(_MIN_WIDTH, (console.width - starts[-1]) // 2)
        widths = [_width(value) for value, _ in cells]
        if len(starts) > 1:
            widths = [width for width in widths if width <= widest]
        starts.append(starts[-1] + max(widths, default=0) + _GAP)
    return starts


def _arrange_row(
    row: Sequence[Cell], starts: Sequence[int], console: Console
) -> Iterator[Text]:
    line = text("")
    ends = [start - _GAP for start in starts[1:]] + [console.width]
    for (value, style), start, end in zip(row, starts, ends, strict=True):
        is_wide = start + _width(value) > end
        for part in _split(value, console.width - start) if is_wide else [value]:
            # A line is begun if the part is too long for the rest of this one.
            place = max(min(start, _GAP), min(start, console.width - _width(part)))
            if line.plain.strip() and line.cell_len > place - 1:
                yield line
                line = text("")
            if part:
                line.append(" " * (place - line.cell_len)).append(part, style)
    yield line


def _split(value: str, width: int) -> Iterator[str]:
    """Yield a cell in parts that fit a width, or have only one word."""
    part = ""
    for word in re.split("(?<=[^ ])(?= )", value):
        if part and _width(part + word) > width:
            yield part
            part = word.lstrip()
        else:
            part += word
    yield part


def _width(value: str) -> int:
    from rich.cells import cell_len  # noqa: PLC0415 - slow to import

    return cell_len(value)
