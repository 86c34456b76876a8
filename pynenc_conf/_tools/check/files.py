"""Which files a deployment reads, and which classes read which part of them."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from pynenc_conf._core.problems import UnreadableFile
from pynenc_conf._core.sources.documents import load
from pynenc_conf._core.sources.files import PYPROJECT_FILE
from pynenc_conf._core.sources.unknown import find_unknown_keys
from pynenc_conf._tools.check.findings import Place
from pynenc_conf.config_task import ConfigTask
from pynenc_conf.origin import join_keys

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pynenc_conf._core.declare.plan import Plan
    from pynenc_conf._core.sources.documents import Document

    Keys = tuple[str, ...]
    Table = Mapping[str, Any]


class Reading:
    """A table of settings in a file, and the classes that read it.

    `fields` are the general keys that some class reads, `sections` has those of each
    section. Of the file of one class only its `section` is read. `prefix` leads to
    the table inside of its file.
    """

    def __init__(
        self,
        document: Document,
        prefix: Keys,
        table: Table,
        plans: Sequence[Plan],
        section: str | None,
    ) -> None:
        self.document = document
        self.prefix = prefix
        self.table = table
        self.section = section
        self.fields: set[str] = set()
        self.sections: dict[str, set[str]] = {}
        self.nested: set[str] = set()
        self.secrets: dict[str, Any] = {}
        for plan in plans:
            self.fields.update(plan.settings)
            for name in plan.sections:
                if section is None or name == section:
                    self.sections.setdefault(name, set()).update(plan.settings)
                    self.nested.update({name} if plan.has_qualifiers else ())
            for setting in plan.settings.values():
                if setting.secret:
                    self.secrets[setting.name] = setting.secret

    def place(self, *keys: str) -> Place:
        """Return where a key stands."""
        path = (*self.prefix, *keys)
        line, column = self.document.position(path) or (None, None)
        return Place(self.document.path, line, column, join_keys(path))

    def find_unknown_keys(self) -> Iterator[tuple[Keys, Any]]:
        """Yield the keys that no class reads."""
        return find_unknown_keys(self.table, self.fields, self.sections, self.nested)

    def tasks(self) -> list[str]:
        """Return the tasks that have a section of their own."""
        found = []
        for name in self.nested:
            inside = self.table.get(name)
            if isinstance(inside, Mapping):
                known = self.sections[name]
                found += [
                    key
                    for key, value in inside.items()
                    if isinstance(value, Mapping) and key not in known
                ]
        return found

    def secret_values(self) -> Iterator[tuple[Keys, str, Any]]:
        """Yield the path, the name and the value of each secret setting."""
        yield from self._secrets_in((), self.table)
        for name in self.sections:
            inside = self.table.get(name)
            if isinstance(inside, Mapping):
                yield from self._secrets_in((name,), inside)
                for key, value in inside.items():
                    if name in self.nested and isinstance(value, Mapping):
                        yield from self._secrets_in((name, key), value)

    def _secrets_in(self, keys: Keys, table: Table) -> Iterator[tuple[Keys, str, Any]]:
        for name in self.secrets.keys() & table.keys():
            yield (*keys, name), name, table[name]


def readings(
    paths: Sequence[str], plans: Sequence[Plan], values: Mapping[str, str]
) -> list[Reading]:
    """Return what is read of the files given, and of those that `values` name.

    What cannot be read is left out: instances complain of it.
    """
    found: list[Reading] = []
    if os.path.isfile(PYPROJECT_FILE):
        found += _readings_of(PYPROJECT_FILE, plans, None)
    for path in paths:
        found += _readings_of(path, plans, None)
    named: dict[tuple[str, str | None], list[Plan]] = {}
    for plan in plans:
        for variable in plan.file_variables:
            path = values.get(variable.name, "")
            scope = variable.scope
            section = None if scope is None else scope.section
            if path:
                named.setdefault((path, section), []).append(plan)
    for (path, section), readers in named.items():
        found += _readings_of(path, readers, section)
    return found


def _readings_of(
    path: str, plans: Sequence[Plan], section: str | None
) -> Iterator[Reading]:
    try:
        document = load(path)
    except UnreadableFile:
        return
    if os.path.basename(path).lower() != PYPROJECT_FILE:
        yield Reading(document, (), document.root, plans, section)
        return
    for name in {plan.leaf.TOML_CONFIG_ID for plan in plans}:
        tool = document.root.get("tool")
        table = tool.get(name) if isinstance(tool, Mapping) else None
        if isinstance(table, Mapping):
            readers = [plan for plan in plans if name == plan.leaf.TOML_CONFIG_ID]
            yield Reading(document, ("tool", name), table, readers, section)


def tasks_of(
    plan: Plan, found: Sequence[Reading], values: Mapping[str, str]
) -> list[str | None]:
    """Return the tasks that a class for tasks is set up for; None is any other one."""
    if not issubclass(plan.leaf, ConfigTask):
        return [None]
    tasks = {task.upper(): task for reading in found for task in reading.tasks()}
    for name in values:
        parts = task_variable(plan, name)
        if parts is not None:
            task = ".".join(parts[1:-1]).replace("#", ".")
            tasks.setdefault(task, task.lower())
    return [None, *tasks.values()]


def task_variable(plan: Plan, name: str) -> Keys | None:
    """Return the parts of a variable of one task: class, parts of the id, field."""
    leaf = plan.leaf
    if not issubclass(leaf, ConfigTask):
        return None
    prefix, _, rest = name.partition("__")
    parts = tuple(rest.split("__"))
    fits = prefix == ConfigTask.ENV_PREFIX and parts[0] == leaf.__name__.upper()
    known = parts[-1].lower() in plan.settings and parts[-1].isupper()
    return parts if fits and known and len(parts) > 2 and all(parts) else None  # noqa: PLR2004 - class, id, field
