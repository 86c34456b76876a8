"""All known differences from the original, as data.

The tables of the docs are made of these rows: run
`python -m pynenc_conf._tools.compat.differences` after changing one. The command
`pynenc-conf compat` finds them in what a deployment has written.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pynenc_conf._tools.compat.differences.engine import ENGINE
from pynenc_conf._tools.compat.differences.instances import INSTANCES
from pynenc_conf._tools.compat.differences.places import PLACES
from pynenc_conf._tools.compat.differences.values import VALUES

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pynenc_conf._tools.compat.differences.row import (
        Difference,
        FileCase,
        ValueCase,
    )

__all__ = ["ENGINE", "ROWS", "row_of", "seen_in_file", "seen_in_value", "table"]

ROWS = (*VALUES, *PLACES, *INSTANCES)
"""The differences from `pynenc.conf` of pynenc 0.0.x, on cistell 0.0.7."""


def row_of(name: str) -> Difference:
    """Return the row of a name."""
    return next(row for row in ROWS if row.id == name)


def seen_in_value(case: ValueCase) -> Difference | None:
    """Return the row that explains why a value is read differently."""
    return next((row for row in ROWS if row.value and row.value(case)), None)


def seen_in_file(case: FileCase) -> Difference | None:
    """Return the row that explains why a file is refused by one of the two."""
    return next((row for row in ROWS if row.file and row.file(case)), None)


def table(rows: Iterable[Difference]) -> str:
    """Write rows as a table in Markdown."""
    lines = ["| id | there | here | reason |", "|---|---|---|---|"]
    lines += [
        f"| `{row.id}` | {row.there} | {row.here} | {row.reason} |" for row in rows
    ]
    return "".join(f"{line}\n" for line in lines)
