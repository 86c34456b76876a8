"""A copy of an instance with other members: what the class makes, and what stays."""

from __future__ import annotations

from copy import copy
from typing import TYPE_CHECKING, Any

from pynenc_conf._core.types.unset import UNSET

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    Make = Callable[..., Any]


def exchange(
    make: Make,
    instance: Any,
    given: Mapping[str, Any],
    attributes: Mapping[str, str | None],
) -> Any:
    """Return a copy of an instance with the `given` arguments of its class.

    The class makes the copy, so that it checks and computes its members together. It
    gets the members of the instance a second time, though, and may convert a second
    time. A member that is not given therefore stays as it is, unless the class, called
    with the members of the instance alone, computes the same value again.

    - `make(instance, **given)` calls the class with the members of the instance, and
      those that are given instead.
    - `attributes`: the attributes of the instance, each with its argument; None if
      only the class sets it.
    """
    kept = {name: getattr(instance, name, UNSET) for name in attributes}
    arguments = set(attributes.values())
    not_stored = {name: given[name] for name in given if name not in arguments}
    try:
        made = make(instance, **given)
    except Exception:
        if _try_to_make(make, instance, not_stored) is not UNSET:
            raise  # because of the members that are given
        made = copy(instance)
        for name, argument in attributes.items():
            if argument is not None and argument in given:
                object.__setattr__(made, name, given[argument])
        return made
    # What the class computes may depend on an argument that it does not store.
    others = [
        name
        for name, argument in attributes.items()
        if argument not in given and (argument is not None or not not_stored)
    ]
    changed = [name for name in others if getattr(made, name, UNSET) is not kept[name]]
    again = _try_to_make(make, instance, not_stored) if changed else UNSET
    for name in changed:
        is_same = unknown = attributes[name] is None
        if again is not UNSET:
            found = getattr(again, name, UNSET)
            is_same = _is_same(found, kept[name], unknown=unknown)
        if not is_same and kept[name] is not UNSET:
            object.__setattr__(made, name, kept[name])
    return made


def _try_to_make(make: Make, instance: Any, given: Mapping[str, Any]) -> Any:
    """Return what the class makes of the members of an instance; UNSET if it raises."""
    try:
        return make(instance, **given)
    except Exception:  # noqa: BLE001 - whatever the class raises
        return UNSET


def _is_same(first: object, second: object, *, unknown: bool) -> bool:
    """Whether two values are equal; `unknown` if they cannot be compared."""
    if first is second:
        return True
    if type(first) is not type(second):
        return False
    if type(first).__eq__ is object.__eq__:
        return unknown
    try:
        return bool(first == second)
    except Exception:  # noqa: BLE001 - values of any class
        return unknown
