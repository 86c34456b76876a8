"""The fields whose values differ between two configurations."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

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


def find_differences(
    a_values: Sequence[Values], b_values: Sequence[Values]
) -> list[Difference]:
    """Return the differences of the classes and fields that both sides have."""
    found: dict[str, Difference] = {}
    by_name: dict[str, list[Values]] = {}
    for values in b_values:
        by_name.setdefault(values.name, []).append(values)
    for a in a_values:
        for b in by_name.get(a.name, ()):
            workers = "; ".join(filter(None, (a.worker, b.worker)))
            label = f"{a.name} ({workers})" if workers else a.name
            for field in _find_different_fields(a, b):
                side_a, side_b = a.fields[field], b.fields[field]
                key = json.dumps(
                    [field, side_a.data, side_a.origin, side_b.data, side_b.origin]
                )
                difference = Difference(field, side_a, side_b, [])
                found.setdefault(key, difference).classes.append(label)
    return list(found.values())


def _find_different_fields(a_values: Values, b_values: Values) -> Iterator[str]:
    compared: set[str] = set()
    for field, a in a_values.fields.items():
        b = b_values.fields.get(field)
        holder = field.rpartition(".")[0]
        if holder in compared:
            compared.add(field)  # as a part of the whole structure
            continue
        if b is None or (a.is_split and b.is_split):
            continue
        compared.add(field)
        if not _is_same(a, b):
            yield field


def _is_same(a: Side, b: Side) -> bool:
    if a.is_exact and b.is_exact:
        try:
            return bool(a.value == b.value)
        except Exception:  # noqa: BLE001 - an application's types raise anything
            return bool(a.data == b.data)
    return bool(a.data == b.data)
