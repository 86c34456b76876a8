"""What an anchor (`&name`) of a YAML text names, for its aliases and merges."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    # The entries of a mapping, None for another value, and where that is written.
    Source = tuple[dict[str, Any] | None, tuple[int, int]]


class Anchor:
    """A value that aliases may repeat.

    - `start`: where it is written. `is_open`: whether it is still being read.
    - `key`: the key that it is, if it is a scalar. `is_mapping`: whether it is one.
    - `size`, `depth`: the number of its nodes, and of the collections in each other.
    - `sources`: what `<<` merges of it, lowest precedence last.
    """

    def __init__(self, start: tuple[int, int]) -> None:
        self.start = start
        self.is_open = True
        self.value: Any = None
        self.key: str | None = None
        self.is_mapping = False
        self.size = 1
        self.depth = 0
        self.sources: list[Source] = [(None, start)]
