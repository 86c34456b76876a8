"""From layers to values and chains: pure functions of their arguments."""

from __future__ import annotations

from pynenc_conf._core.resolve.precedence import why_lost
from pynenc_conf.origin import ASSIGNMENT, DEFAULT, Origin

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from typing import Any

    from pynenc_conf._core.declare.plan import Setting
    from pynenc_conf._core.sources.collect import Layer


class Candidate:
    """One value given for a field: what, where, and why it lost (None: it won)."""

    __slots__ = ("lost", "origin", "value")

    def __init__(self, value: Any, origin: Origin, lost: str | None) -> None:
        self.value = value
        self.origin = origin
        self.lost = lost

    def __repr__(self) -> str:
        # Without the value, which may be a secret.
        return f"<Candidate from {self.origin}>"


def merge(values: dict[str, Any], layers: Sequence[Layer]) -> dict[str, Any]:
    """Lay the layers over `values`, in order: the last that has a field wins."""
    for layer in layers:
        values.update(layer.values)
    return values


def chain(
    setting: Setting,
    layers: Sequence[Layer],
    scopes: int,
    current: Any,
    assigned: Collection[str] = (),
) -> list[Candidate]:
    """Return all that was said about a field, the winner first, the default last.

    `scopes` is the number of the class's scopes, `current` the value in force, which
    may have been changed inside since (a list, say), `assigned` the fields assigned.
    """
    name = setting.name
    candidates: list[Candidate] = []
    if name in assigned:
        candidates.append(Candidate(current, Origin(ASSIGNMENT), None))
    winner: Layer | None = None
    for layer in reversed(layers):
        if name not in layer.values:
            continue
        value, lost = layer.values[name], None
        if name in assigned:
            lost = "a value was assigned to the instance"
        elif winner is not None:
            lost = why_lost(layer.rank, winner.rank, scopes)
        else:
            winner, value = layer, current
        candidates.append(Candidate(value, layer.origin(name), lost))
    origin = Origin(DEFAULT, owner=setting.owner.__name__)
    lost = "a default gives way to any value" if candidates else None
    value = current if lost is None else setting.field.default_value
    candidates.append(Candidate(value, origin, lost))
    return candidates
