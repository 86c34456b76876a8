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
from pynenc_conf.exceptions import ConfigMultiInheritanceError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
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
    """Return the scopes of a class, lowest precedence first."""
    return tuple(
        Scope(index, cls, section_name(leaf, cls))
        for index, cls in enumerate(_visit(leaf))
    )


def _visit(cls: type[Any]) -> Iterator[type[Any]]:
    """Yield the classes in order; the top of a diamond comes twice."""
    for base in config_bases(cls):
        # A class that only names a namespace (ConfigPynencBase) is not a scope.
        if own_fields(base) or not any(map(is_root, base.__bases__)):
            yield from _visit(base)
    yield cls


def list_fields(cls: type) -> list[str]:
    """Return the names of the fields of a class, its ancestors' first, each once."""
    inherited = [name for base in config_bases(cls) for name in list_fields(base)]
    return list(dict.fromkeys(inherited + own_fields(cls)))


def check_conflicts(cls: type) -> dict[str, type]:
    """Raise ConfigMultiInheritanceError if two parents define one field.

    Returns the owners of the inherited fields. The rule is the original's: from left to
    right, a field that a base *defines* must not be known yet, a field that it
    *inherits* may be (so that a diamond is allowed).
    """
    owners: dict[str, type] = {}
    for base in config_bases(cls):
        for name in own_fields(base):
            if name in owners:
                msg = (
                    f"{cls.__name__}: field {name!r} is defined by two parents, "
                    f"{owners[name].__name__} and {base.__name__}; define it in one "
                    f"of them only, or in an ancestor of both (redefining it in "
                    f"{cls.__name__} does not help)"
                )
                raise ConfigMultiInheritanceError(msg)
            owners[name] = base
        owners.update(check_conflicts(base))
    return owners
