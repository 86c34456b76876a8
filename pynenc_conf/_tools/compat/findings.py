"""The differences that `pynenc-conf compat` reports."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from pynenc_conf.origin import Origin


class Finding(NamedTuple):
    """One thing that pynenc and pynenc_conf read differently.

    `id` is a row of the table in `docs/differences.md`, or "" if no row applies.
    """

    id: str
    origin: Origin
    message: str
    field: str | None = None

    def __str__(self) -> str:
        row = f"  [{self.id}]" if self.id else ""
        return f"{self.message}\n  --> {self.origin}{row}"

    def as_dict(self) -> dict[str, Any]:
        """Return the finding as plain data."""
        return {
            "id": self.id,
            "field": self.field,
            "message": self.message,
            "origin": str(self.origin),
            "path": self.origin.path,
            "line": self.origin.line,
            "column": self.origin.column,
        }
