"""A layer: the converted values that one source gives at one scope."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from pynenc_conf._core.resolve.precedence import Rank
    from pynenc_conf.origin import Origin


class Layer:
    """Converted values by field name, all of one rank, each with its origin.

    Origins are created when they are asked for: most are never read.
    """

    __slots__ = ("_origins", "rank", "values")

    def __init__(
        self,
        rank: Rank,
        values: dict[str, Any],
        origins: Callable[[str], Origin] | dict[str, Origin],
    ) -> None:
        self.rank = rank
        self.values = values
        self._origins = origins

    def origin(self, name: str) -> Origin:
        """Return the origin of the value of a field."""
        origins = self._origins
        return origins[name] if isinstance(origins, dict) else origins(name)

    def __deepcopy__(self, memo: object) -> Layer:
        # A layer never changes once it is made.
        return self

    def __reduce__(self) -> tuple[Any, ...]:
        origins = {name: self.origin(name) for name in self.values}
        return Layer, (self.rank, self.values, origins)
