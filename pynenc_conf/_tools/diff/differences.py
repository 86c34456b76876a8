"""The settings whose values differ between two configurations, of all classes."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, NamedTuple

from pynenc_conf._core.report.differences import find_differences

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pynenc_conf._core.report.snapshot import SettingSnapshot
    from pynenc_conf._tools.diff.values import Values


class Difference(NamedTuple):
    """A field or member with two values, and the classes that have these values."""

    field: str
    a: SettingSnapshot
    b: SettingSnapshot
    classes: list[str]

    def as_dict(self) -> dict[str, Any]:
        """Return the difference as plain data."""
        sides = {
            name: {"value": side.value, "origin": side.origin}
            for name, side in (("a", self.a), ("b", self.b))
        }
        return {"field": self.field, "classes": self.classes, **sides}


def compare(a_values: Sequence[Values], b_values: Sequence[Values]) -> list[Difference]:
    """Return the differences of the classes and fields that both sides have."""
    found: dict[str, Difference] = {}
    by_name: dict[str, list[Values]] = {}
    for values in b_values:
        by_name.setdefault(values.name, []).append(values)
    for first in a_values:
        for second in by_name.get(first.name, ()):
            workers = "; ".join(filter(None, (first.worker, second.worker)))
            label = f"{first.name} ({workers})" if workers else first.name
            for name, a, b in find_differences(first.settings, second.settings):
                if a is not None and b is not None:
                    key = json.dumps([name, a.json, a.origin, b.json, b.origin])
                    difference = Difference(name, a, b, [])
                    found.setdefault(key, difference).classes.append(label)
    return list(found.values())
