"""The names that any config class reads, whichever class an instance has.

An application may have many classes that read the same sources, so what one class does
not know is looked up here, in names that are collected once for all classes.
"""

from __future__ import annotations

from pynenc_conf._core.declare import metaclass
from pynenc_conf._core.declare.metaclass import (
    descendants,
    is_root,
    own_fields,
    section_name,
)
from pynenc_conf._core.declare.plan import plan_without_warnings
from pynenc_conf._core.masking import type_name

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from typing import Any

    from pynenc_conf._core.declare.plan import Plan

# By the root of the classes: the number of changes of classes, and the names then.
_collected: dict[type[Any], tuple[int, AllNames]] = {}


class KnownNames:
    """The names of a set of classes, of their sections and of their fields."""

    def __init__(self, classes: Iterable[type[Any]]) -> None:
        self.fields: set[str] = set()
        self.classes: dict[str, str] = {}
        for cls in classes:
            try:
                section = section_name(cls, cls)
            except Exception:  # noqa: BLE001, S112 - a hook: it has no instances either
                continue
            self.fields.update(own_fields(cls))
            self.classes[type_name(cls).upper()] = section
        self.sections = set(self.classes.values())
        self._in_capitals = {name.upper() for name in self.fields}

    def has_key(self, key: object) -> bool:
        """Whether this is the name of a field or section."""
        return key in self.fields or key in self.sections

    def has_variable(self, parts: Sequence[str]) -> bool:
        """Whether these are the parts of a field's variable, after the prefix."""
        is_field = parts[-1] in self._in_capitals
        return is_field and (len(parts) == 1 or parts[0] in self.classes)


class AllNames(KnownNames):
    """The names of all classes that exist, and those that each class reads."""

    def __init__(self, classes: Sequence[type[Any]]) -> None:
        super().__init__(classes)
        self._members = classes
        self._plans: dict[str, list[Plan]] | None = None
        self._variables: set[str] = set()

    def plans_of(self, section: str) -> Sequence[Plan]:
        """Return the plans of the classes that read a section."""
        return self._by_section().get(section, ())

    def is_variable(self, name: str) -> bool:
        """Whether a class reads a variable of this name."""
        self._by_section()
        return name in self._variables

    def _by_section(self) -> dict[str, list[Plan]]:
        # Only a name that is probably misspelled needs the plans of all classes.
        found = self._plans
        if found is None:
            found = {}
            for plan in _plans(self._members):
                self._variables |= plan.variable_names
                for section in plan.sections:
                    found.setdefault(section, []).append(plan)
            self._plans = found
        return found


def names_of_all(leaf: type[Any]) -> AllNames:
    """Return the names of all classes that have the root of a class."""
    root = next(filter(is_root, leaf.__mro__))
    changes, names = _collected.get(root, (-1, None))
    if names is None or changes != metaclass.changes:
        changes = metaclass.changes  # before looking: a thread may add another class
        names = AllNames(_scopes_below(root))
        _collected[root] = (changes, names)
    return names


def _plans(classes: Iterable[type[Any]]) -> Iterator[Plan]:
    for cls in classes:
        try:
            plan = plan_without_warnings(cls)
        except Exception:  # noqa: BLE001, S112 - then it has no instances either
            continue
        yield plan


def _scopes_below(root: type[Any]) -> list[type[Any]]:
    """Return the classes below the base class, except those that name a namespace."""
    return [
        cls
        for cls in descendants(root)
        if own_fields(cls) or not any(map(is_root, cls.__bases__))
    ]
