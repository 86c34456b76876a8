"""The fields whose values differ between two configurations."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from pynenc_conf._tools.diff.values import Side, Values


class Difference(NamedTuple):
    """A field or member with two values, and the classes that have these values."""

    field: str
    a: Side
    b: Side
    classes: list[str]

    def as_dict(self) -> dict[str, Any]:
        """Return the difference as plain data."""
        sides = {
            name: {"value": side.data, "origin": side.origin}
            for name, side in (("a", self.a), ("b", self.b))
        }
        return {"field": self.field, "classes": self.classes, **sides}


def find_differences(a_values: Values, b_values: Values) -> list[Difference]:
    """Return the differences of the classes and fields that both sides have."""
    found: dict[str, Difference] = {}
    for class_name, fields in a_values.items():
        compared: set[str] = set()
        for field, a in fields.items():
            b = b_values.get(class_name, {}).get(field)
            holder = field.rpartition(".")[0]
            if holder in compared:
                compared.add(field)  # as a part of the whole structure
                continue
            if b is None or (a.is_split and b.is_split):
                continue
            compared.add(field)
            if _is_same(a, b):
                continue
            key = json.dumps([field, a.data, a.origin, b.data, b.origin])
            difference = found.setdefault(key, Difference(field, a, b, []))
            difference.classes.append(class_name)
    return list(found.values())


def _is_same(a: Side, b: Side) -> bool:
    if a.is_exact and b.is_exact:
        try:
            return bool(a.value == b.value)
        except Exception:  # noqa: BLE001 - an application's types raise anything
            return bool(a.data == b.data)
    return bool(a.data == b.data)
