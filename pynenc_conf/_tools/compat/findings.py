"""The differences that `pynenc-conf compat` reports."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from pynenc_conf.origin import Origin


class Finding(NamedTuple):
    """One thing that pynenc and pynenc_conf read differently.

    `id` is the name of a difference in `reference/differences.md`, or "".
    `cls` is the name of the class if the difference is not one of the value itself.
    """

    id: str
    origin: Origin
    message: str
    field: str | None = None
    cls: str | None = None

    def lines(self) -> list[str]:
        """Return the two lines of text."""
        row = f"  [{self.id}]" if self.id else ""
        return [self.sentence, f"  --> {self.origin}{row}"]

    @property
    def sentence(self) -> str:
        """The message with the names of the field and of the class."""
        field = "" if self.field is None else f"`{self.field}`"
        name = " of ".join(filter(None, (field, self.cls)))
        return f"{name}: {self.message}" if name else self.message

    def as_dict(self) -> dict[str, Any]:
        """Return the finding as plain data."""
        return {
            "id": self.id,
            "field": self.field,
            "class": self.cls,
            "message": self.sentence,
            "origin": str(self.origin),
            "path": self.origin.path,
            "line": self.origin.line,
            "column": self.origin.column,
        }
