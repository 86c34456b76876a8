"""The source `config_values`: a mapping that the caller passes."""

from __future__ import annotations

import os

from pynenc_conf._core.masking import type_name
from pynenc_conf._core.sources.table import Table, is_mapping, report_broken_mapping
from pynenc_conf.exceptions import Problem
from pynenc_conf.origin import CONFIG_VALUES

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from pynenc_conf._core.declare.plan import Plan
    from pynenc_conf._core.resolve.layer import Layer
    from pynenc_conf._core.sources.request import Request
    from pynenc_conf._core.sources.table import Data, Sections

# A mapping in code may have a table for each task. Longer tables are not searched,
# because they would be searched for each instance.
_MAX_TABLE = 1000
_MAX_NAMES = 10_000


class MappingSource:
    """Reads `config_values`, for each instance of a class."""

    names = (CONFIG_VALUES,)

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._table = Table(CONFIG_VALUES)
        self._names: frozenset[object] = plan.known_names
        # The same names and those reported before, by section (None: outside).
        self._known: dict[str | None, frozenset[object]] = {}

    def layers(self, request: Request) -> Sequence[Layer]:
        """Return the layers of the mapping; a problem if it is not a mapping."""
        values: Any = request.config_values
        if values is None or not is_provided(values):
            return ()
        table = self._table
        layers: list[Layer] = []
        try:
            if not is_mapping(values):
                kind = type_name(type(values))
                message = f"expected a mapping of settings, got {kind}"
                if isinstance(values, (str, os.PathLike)):
                    message += "; pass the path of a file as config_filepath"
                problem = Problem(message, origin=table.origin(), expected="mapping")
                request.problems.append(problem)
                return ()
            sections = table.select_sections(self._plan, values)
            layers = table.layers(request, values, sections)
            self._search(request, table, values, sections)
        except Exception as error:  # noqa: BLE001 - a mapping whose own methods raise
            report_broken_mapping(request, error, table.origin())
            return layers
        if self._plan.has_qualifiers:
            # Outside of the handler: the instance's hook may raise anything.
            layers += table.qualified_layers(request, sections)
        return layers

    def _search(
        self, request: Request, table: Table, values: Data, sections: Sections
    ) -> None:
        """Report unknown names, each once for each table unless the class is strict."""
        is_flat = type(values) is dict and not sections
        if is_flat and self._known.get(None, self._names).issuperset(values):
            return
        if self._plan.is_strict:
            request.unknown += table.find_unknown(self._plan, values, sections)
            return
        searched = [pair for pair in sections if len(pair[1]) <= _MAX_TABLE]
        tables: dict[str | None, Data] = {s.section: inner for s, inner in searched}
        outside: Any = tables.copy()
        if len(values) <= _MAX_TABLE:
            tables[None] = outside = values
        known = self._known
        for section, inner in tables.items():
            if not known.get(section, self._names).issuperset(inner):
                break
        else:
            return
        for name in table.find_unknown(self._plan, outside, searched):
            *path, key = name.keys
            if key not in known.get(path[0] if path else None, self._names):
                request.unknown.append(name)
        if sum(map(len, known.values())) > _MAX_NAMES:
            known = self._known = {}
        for section, inner in tables.items():
            names = known.get(section, self._names)
            known[section] = names.union(dict(inner))


def is_provided(argument: object) -> bool:
    """Whether an argument of the caller's is there at all."""
    try:
        return bool(argument)
    except Exception:  # noqa: BLE001 - its own method raises, and so may others
        return True
