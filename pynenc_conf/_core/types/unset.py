"""Marks in the place of a value."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


class Mark:
    """A mark is one object, also after it was copied or pickled."""

    def __init__(self, name: str) -> None:
        self.name = name

    def __repr__(self) -> str:
        return self.name

    def __reduce__(self) -> str:
        return self.name


REQUIRED: Any = Mark("REQUIRED")
"""The default of a field or member that has to be set."""

HELD: Any = Mark("HELD")
"""In a layer: the instance has the value, and it is in force."""

UNSET: Any = Mark("UNSET")
"""A value that is not set; the default of a key that a TypedDict may leave out."""
