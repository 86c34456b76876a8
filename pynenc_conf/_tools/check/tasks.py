"""Sections and variables of tasks that no task reads, because of their spelling.

The id of a task is `module.task`. It is one key of a file, and each dot is `__` in the
name of a variable.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from pynenc_conf.config_task import ConfigTask
from pynenc_conf.origin import join_keys

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence

    from pynenc_conf._core.declare.plan import Plan
    from pynenc_conf._tools.check.findings import Findings
    from pynenc_conf._tools.config_files import SettingsTable

    Keys = tuple[str, ...]

_SEPARATOR = re.compile(r"[.#]")


class TaskIds:
    """The ids of the tasks that files and variables name."""

    def __init__(self, ids: Iterable[str]) -> None:
        self._by_name: dict[str, list[str]] = {}
        self._by_variable: dict[str, list[str]] = {}
        for each in ids:
            if "." in each:
                variable = each.upper().replace(".", "_")
                self._by_name.setdefault(each.rpartition(".")[2], []).append(each)
                self._by_variable.setdefault(variable, []).append(each)

    def find_by_name(self, name: str) -> str | None:
        """Return the only id whose task has this name."""
        return _only(self._by_name.get(name, []))

    def find_by_variable(self, text: str) -> str | None:
        """Return the only id that is this text if its dots are underscores."""
        return _only(self._by_variable.get(text, []))


def _only(ids: Sequence[str]) -> str | None:
    return ids[0] if len(ids) == 1 else None


def find_task_sections(plans: Sequence[Plan]) -> set[str]:
    """Return the sections that contain the sections of tasks."""
    tasks = [plan for plan in plans if issubclass(plan.leaf, ConfigTask)]
    return {section for plan in tasks for section in plan.sections}


def check_task_sections(
    table: SettingsTable,
    sections: Collection[str],
    task_ids: TaskIds,
    findings: Findings,
) -> set[Keys]:
    """Report the sections of tasks in a file that no task reads.

    Returns their keys, and those of the tables that hold them.
    """
    reported: set[Keys] = set()
    for section in table.task_sections & set(sections):
        fields = table.sections[section]
        for keys in _find_tables((), table.root.get(section), fields):
            path = section, *keys
            if not keys or (len(keys) == 1 and "." in keys[0]):
                continue
            spelling: str | None = ".".join(keys)
            if len(keys) == 1:
                spelling = task_ids.find_by_name(keys[0])
            message = (
                f"section {join_keys(path)} is ignored: the section of a task is one "
                f"key, {join_keys((section, 'MODULE.TASK'))}"
            )
            suggestion = join_keys((section, spelling)) if spelling else None
            place = table.place_of_key(*path)
            findings.warn("unread", message, place, suggestion)
            reported.update(path[:end] for end in range(1, len(path) + 1))
    return reported


def _find_tables(keys: Keys, table: Any, fields: Collection[str]) -> Iterator[Keys]:
    """Yield the paths of the tables with fields in a section."""
    if not isinstance(table, Mapping):
        return
    if any(key in fields for key in table):
        yield keys
    for key, value in table.items():
        if key not in fields:
            yield from _find_tables((*keys, str(key)), value, fields)


def respell_task_variable(
    parts: Sequence[str], task_ids: TaskIds
) -> tuple[bool, list[str] | None]:
    """Return whether a task reads a variable, and the parts that a task would read.

    `parts` are those between the class and the field.
    """
    names = [name for part in parts for name in _SEPARATOR.split(part)]
    if len(parts) == 1 and "#" in parts[0] and "." not in parts[0]:
        return True, None
    if len(names) > 1:
        return names == list(parts), names if all(names) else None
    known = task_ids.find_by_variable(names[0])
    if known is not None:
        return False, known.upper().split(".")
    halves = names[0].split("_")
    is_clear = len(halves) == 2 and all(halves)  # noqa: PLR2004 - module and task
    return False, halves if is_clear else None
