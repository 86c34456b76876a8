"""The scopes of a class: the ancestors and the class itself, lowest precedence first.

The ancestors come depth first, parents before children, left to right, then the class
itself. A value addressed to a later scope takes precedence over a value addressed to an
earlier one, whatever the source. The order is the original's; the page on precedence
explains it.
"""

from __future__ import annotations

from pynenc_conf._core.declare.metaclass import (
    config_bases,
    is_root,
    own_fields,
    section_name,
)
from pynenc_conf._core.masking import type_name
from pynenc_conf.exceptions import ConfigMultiInheritanceError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


class Scope:
    """A class that values are addressed to, with its place in the order.

    `section` is the name of the class's section in mappings and files.
    """

    def __init__(self, index: int, cls: type[Any], section: str) -> None:
        self.index = index
        self.cls = cls
        self.section = section


def list_scopes(leaf: type[Any]) -> tuple[Scope, ...]:
    """Return the scopes of a class, lowest precedence first.

    In the original's order, the top of a diamond comes once for each path to it. Only
    the first and the last place of a class matter: its section counts at the first, its
    variables at the last. The others are left out: their number may double with each
    diamond.
    """
    sizes: dict[type[Any], int] = {}
    first: dict[type[Any], int] = {}
    last: dict[type[Any], int] = {}

    def size(cls: type[Any]) -> int:
        """Return how many places a class and its ancestors take."""
        if cls not in sizes:
            sizes[cls] = 1 + sum(map(size, _scope_bases(cls)))
        return sizes[cls]

    def find_first(cls: type[Any], start: int) -> None:
        if cls not in first:
            for base in _scope_bases(cls):
                find_first(base, start)
                start += size(base)
            first[cls] = start

    def find_last(cls: type[Any], place: int) -> None:
        if cls not in last:
            last[cls] = place
            for base in reversed(_scope_bases(cls)):
                find_last(base, place - 1)
                place -= size(base)

    find_first(leaf, 0)
    find_last(leaf, size(leaf) - 1)
    places = {place: cls for found in (first, last) for cls, place in found.items()}
    return tuple(
        Scope(index, places[place], section_name(leaf, places[place]))
        for index, place in enumerate(sorted(places))
    )


def _scope_bases(cls: type[Any]) -> list[type[Any]]:
    """Return the direct bases that are scopes.

    A class that only names a namespace (ConfigPynencBase) is none.
    """
    return [
        base
        for base in config_bases(cls)
        if own_fields(base) or not any(map(is_root, base.__bases__))
    ]


def list_fields(
    cls: type, known: dict[type, dict[str, None]] | None = None
) -> list[str]:
    """Return the names of the fields of a class, its ancestors' first, each once.

    `known` has the names of the classes that were listed before.
    """
    found = {} if known is None else known

    def visit(visited: type) -> dict[str, None]:
        if visited not in found:
            names: dict[str, None] = {}
            for base in config_bases(visited):
                names |= visit(base)
            found[visited] = names | dict.fromkeys(own_fields(visited))
        return found[visited]

    return list(visit(cls))


def check_conflicts(cls: type) -> None:
    """Raise ConfigMultiInheritanceError if two parents define one field.

    The rule is the original's: from left to right, a field that a base *defines* must
    not be known yet, a field that it *inherits* may be (so that a diamond is allowed).
    """
    _inherited_fields(cls, {})


def _inherited_fields(
    cls: type, checked: dict[type, dict[str, type]]
) -> dict[str, type]:
    """Return the owners of the fields that a class inherits; raises at a conflict."""
    if cls in checked:
        return checked[cls]
    owners: dict[str, type] = {}
    for base in config_bases(cls):
        for name in own_fields(base):
            if name in owners:
                child, one, other = map(type_name, (cls, owners[name], base))
                msg = (
                    f"{child}: field {name!r} is defined by two parents, "
                    f"{one} and {other}; define it in one of them only, or in an "
                    f"ancestor of both (redefining it in {child} does not help)"
                )
                raise ConfigMultiInheritanceError(msg)
            owners[name] = base
        owners.update(_inherited_fields(base, checked))
    checked[cls] = owners
    return owners
