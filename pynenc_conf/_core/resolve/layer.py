"""A layer: the converted values that one source gives at one scope."""

from __future__ import annotations

from pynenc_conf._core.declare.checks import ASSIGNED, LAYERS
from pynenc_conf._core.types.unset import HELD

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence
    from typing import Any

    from pynenc_conf._core.resolve.precedence import Rank
    from pynenc_conf.origin import Origin


class Layer:
    """Converted values by field name, all of one rank, each with its origin.

    Origins are created when they are asked for: most are never read. A value that only
    the instance has is HELD.
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

    def take_values(self, values: Mapping[str, Any]) -> Layer:
        """Return the layer with its values, before the instance's values change."""
        if next(iter(self.values.values()), None) is not HELD:
            return self
        own = {name: values.get(name) for name in self.values}
        return Layer(self.rank, own, self._origins)

    def __deepcopy__(self, memo: object) -> Layer:
        # A layer never changes once its instance is made.
        return self

    def __getstate__(self) -> tuple[None, dict[str, Any]]:
        # Attributes, which pickle sets without a frame that would hold the values.
        origins: dict[str, Origin] = {}
        for name in self.values:
            # Also of the structures that hold a member: each has a place of its own.
            holder = name
            while holder and holder not in origins:
                origins[holder] = self.origin(holder)
                holder = holder.rpartition(".")[0]
        return None, {"rank": self.rank, "values": self.values, "_origins": origins}


def merge(values: dict[str, Any], layers: Sequence[Layer]) -> dict[str, Any]:
    """Update `values` with the layers, in order: the last that has a field wins."""
    for layer in layers:
        values.update(layer.values)
    return values


_MAX_KEPT = 1000
_held: dict[tuple[str, ...], dict[str, Any]] = {}


def leave_values(layers: Sequence[Layer]) -> None:
    """Let the instance alone keep the values of `config_values` that are in force.

    Their layer keeps the names, in a dict that all layers of the same names share: this
    saves a third of an instance's memory. Layers of files and variables are shared
    already, with their values.
    """
    for index, layer in enumerate(layers):
        if layer.rank[1] != 0:  # neither of `config_values` nor of override()
            continue
        names = tuple(layer.values)
        for higher in layers[index + 1 :]:
            if not higher.values.keys().isdisjoint(names):
                break
        else:
            held = _held.get(names)
            if held is None:
                if len(_held) >= _MAX_KEPT:
                    _held.clear()
                held = _held[names] = dict.fromkeys(names, HELD)
            layer.values = held


def note_first_assignment(values: dict[str, Any], name: str) -> None:
    """Record in an instance's values that a setting is assigned, before it is.

    The layers get the values that only the instance has, one of which is replaced now.
    In one step: another thread may be doing the same, and is then the first.
    """
    layers = tuple(layer.take_values(values) for layer in values.get(LAYERS, ()))
    values.setdefault(ASSIGNED, {LAYERS: layers})[name] = True


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
