"""The raw values that a library finds for the fields of an instance."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from pynenc_conf.origin import ENVIRONMENT

if TYPE_CHECKING:
    from pynenc_conf.origin import Origin

    # A path and a dotted key, or no path and a variable.
    Place = tuple[str | None, str | None]


class Given(NamedTuple):
    """A raw value for a setting; `name` is "" if the value belongs to no setting."""

    name: str
    raw: Any
    origin: Origin

    @property
    def place(self) -> Place:
        """The place of the value, the same for both libraries."""
        origin = self.origin
        if origin.source == ENVIRONMENT:
            return None, origin.variable
        return origin.path, origin.key
