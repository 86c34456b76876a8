"""A layer: the converted values that one source gives at one scope."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Collection
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
        if isinstance(origins, dict):
            return find_origin(name, origins, origins.__getitem__)
        return origins(name)

    def __deepcopy__(self, memo: object) -> Layer:
        # A layer never changes once it is made.
        return self

    def __getstate__(self) -> tuple[None, dict[str, Any]]:
        # Attributes, which pickle sets without a frame that would hold the values.
        origins = {name: self.origin(name) for name in self.values}
        return None, {"rank": self.rank, "values": self.values, "_origins": origins}


def find_origin(
    name: str, given: Collection[str], origin: Callable[[str], Origin]
) -> Origin:
    """Return the origin of a setting, of which `origin` knows only those `given`.

    A member is found in the structure that holds it, a structure in its first member.
    """
    holder = name
    while holder and holder not in given:
        holder = holder.rpartition(".")[0]
    if not holder:
        return origin(next(each for each in given if each.startswith(f"{name}.")))
    found = origin(holder)
    return (
        found if holder == name else found.inside(*name[len(holder) + 1 :].split("."))
    )
