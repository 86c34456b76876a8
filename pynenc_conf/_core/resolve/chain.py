"""The chain of a setting: all values that its sources give, and why one is in force."""

from __future__ import annotations

from pynenc_conf._core.masking import type_name
from pynenc_conf._core.resolve.precedence import explain_precedence
from pynenc_conf._core.types.unset import REQUIRED, UNSET, Mark
from pynenc_conf.origin import ASSIGNMENT, DEFAULT, Origin

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from typing import Any

    from pynenc_conf._core.declare.setting import Setting
    from pynenc_conf._core.resolve.layer import Layer


class Candidate:
    """One value given for a setting, whether it is in force or overridden.

    `overridden` is the rule of precedence by which another value is in force instead,
    None for the value in force.
    """

    __slots__ = ("origin", "overridden", "value")

    def __init__(self, value: Any, origin: Origin, overridden: str | None) -> None:
        self.value: Any = value
        self.origin: Origin = origin
        self.overridden: str | None = overridden

    def __repr__(self) -> str:
        # Without the value, which may be a secret.
        return f"<Candidate from {self.origin}>"


def chain(
    setting: Setting,
    layers: Sequence[Layer],
    scopes: int,
    current: Any,
    assigned: Collection[str] = (),
) -> list[Candidate]:
    """Return all candidates for a setting, highest precedence first, the default last.

    - `scopes`: the number of the class's scopes.
    - `current`: the value in force; a list, say, may have changed since it was set.
      UNSET if there is none; REQUIRED if the layers alone have it, because a required
      value is missing.
    - `assigned`: the names of the fields that were assigned.
    """
    is_assigned = setting.name.partition(".")[0] in assigned
    candidates: list[Candidate] = []
    if is_assigned:
        candidates.append(Candidate(_plain(current), Origin(ASSIGNMENT), None))
    winner: Layer | None = None
    for layer in reversed(layers):
        value, overridden = value_in(layer, setting), None
        if value is UNSET:
            continue
        if is_assigned:
            overridden = "a value was assigned to the instance"
        elif winner is not None:
            overridden = explain_precedence(layer.rank, winner.rank, scopes)
        else:
            winner = layer
            value = _plain(value if current is REQUIRED else current)
        candidates.append(Candidate(value, layer.origin(setting.name), overridden))
    default = setting.field.default_value
    if candidates and type(default) is Mark:
        return candidates
    origin = Origin(DEFAULT, owner=type_name(setting.owner))
    overridden = "defaults have the lowest precedence" if candidates else None
    value = default if overridden or current is REQUIRED else current
    candidates.append(Candidate(_plain(value), origin, overridden))
    return candidates


def _plain(value: Any) -> Any:
    """Return a value, and None for a mark in its place."""
    # The type decides, because a value's own methods may raise or lie.
    return None if type(value) is Mark else value


def value_in(layer: Layer, setting: Setting) -> Any:
    """Return what a layer sets a field or member to; UNSET if it does not.

    A layer with a structure sets its members; a layer with members alone sets a part of
    the structure, which is returned as a mapping.
    """
    found = _whole_in(layer, setting)
    if found is not UNSET or not setting.members:
        return found
    parts = {key: value_in(layer, member) for key, member in setting.members.items()}
    return {key: part for key, part in parts.items() if part is not UNSET} or UNSET


def _whole_in(layer: Layer, setting: Setting) -> Any:
    if setting.name in layer.values:
        return layer.values[setting.name]
    if setting.parent is None:
        return UNSET
    whole = _whole_in(layer, setting.parent)
    return UNSET if whole is UNSET else setting.member_of(whole, None)
