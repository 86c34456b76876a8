"""The configuration files of a deployment, and the classes that read each table."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from pynenc_conf._core.report.suggestions import find_unknown_keys
from pynenc_conf._core.sources.documents import UnreadableFile, load
from pynenc_conf._core.sources.files import PYPROJECT_FILE
from pynenc_conf._tools.place import Place
from pynenc_conf.origin import join_keys

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pynenc_conf._core.declare.plan import Plan
    from pynenc_conf._core.masking import Secrecy
    from pynenc_conf._core.sources.documents import Document

    Keys = tuple[str, ...]
    Table = Mapping[str, Any]


class SettingsTable:
    """A table of settings in a file, and the classes that read the table.

    - `prefix`: the keys that lead to the table.
    - `section`: the only section that is read, in the file of one class; else None.
    - `fields`: the general keys that a class reads; `sections`: the same for each
      section; `task_sections`: the sections that can contain sections of tasks.
    - `secrets`: the secret settings.
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
        self.task_sections: set[str] = set()
        self.secrets: dict[str, Secrecy] = {}
        for plan in plans:
            self.fields.update(plan.settings)
            for name in plan.sections:
                if section is None or name == section:
                    self.sections.setdefault(name, set()).update(plan.settings)
                    self.task_sections.update({name} if plan.has_qualifiers else ())
            for setting in plan.settings.values():
                if setting.secret:
                    self.secrets[setting.name] = setting.secret

    def place_of(self, *keys: str) -> Place:
        """Return the place of a key."""
        path = (*self.prefix, *keys)
        line, column = self.document.position(path) or (None, None)
        return Place(self.document.path, line, column, join_keys(path))

    def unknown_keys(self) -> Iterator[tuple[Keys, Any]]:
        """Yield path and value of the keys that no class reads."""
        return find_unknown_keys(
            self.table, self.fields, self.sections, self.task_sections
        )

    def task_ids(self) -> list[str]:
        """Return the tasks that have a section."""
        return [
            task
            for section, task, _ in self._task_tables()
            if task not in self.sections[section]
        ]

    def secret_values(self) -> Iterator[tuple[Keys, str, Any]]:
        """Yield path, name and value of each secret setting."""
        tables: list[tuple[Keys, Table]] = [((), self.table)]
        for section in self.sections:
            inner = self.table.get(section)
            if isinstance(inner, Mapping):
                tables.append(((section,), inner))
        tables += [
            ((section, task), table) for section, task, table in self._task_tables()
        ]
        for keys, table in tables:
            for name in self.secrets.keys() & table.keys():
                yield (*keys, name), name, table[name]

    def _task_tables(self) -> Iterator[tuple[str, str, Table]]:
        """Yield section, key and table of each table in a section with tasks."""
        for section in self.task_sections:
            inner = self.table.get(section)
            if isinstance(inner, Mapping):
                for key, value in inner.items():
                    if isinstance(value, Mapping):
                        yield section, key, value


def read_settings_tables(
    paths: Sequence[str], plans: Sequence[Plan], variables: Mapping[str, str]
) -> list[SettingsTable]:
    """Return the tables in the given files and in the files that variables name.

    Unreadable files are omitted, because instances report them.
    """
    tables: list[SettingsTable] = []
    pyproject = [PYPROJECT_FILE] if os.path.isfile(PYPROJECT_FILE) else []
    for path in (*pyproject, *paths):
        tables += _read_tables(path, plans, None)
    readers: dict[tuple[str, str | None], list[Plan]] = {}
    for plan in plans:
        for variable in plan.file_variables:
            path = variables.get(variable.name, "")
            scope = plan.class_files.get(variable)
            section = None if scope is None else scope.section
            if path:
                readers.setdefault((path, section), []).append(plan)
    for (path, section), plans_of_file in readers.items():
        tables += _read_tables(path, plans_of_file, section)
    return tables


def _read_tables(
    path: str, plans: Sequence[Plan], section: str | None
) -> Iterator[SettingsTable]:
    try:
        document = load(path)
    except UnreadableFile:
        return
    if os.path.basename(path).lower() != PYPROJECT_FILE:
        yield SettingsTable(document, (), document.root, plans, section)
        return
    for name in {plan.leaf.TOML_CONFIG_ID for plan in plans}:
        tool = document.root.get("tool")
        table = tool.get(name) if isinstance(tool, Mapping) else None
        if isinstance(table, Mapping):
            readers = [plan for plan in plans if name == plan.leaf.TOML_CONFIG_ID]
            yield SettingsTable(document, ("tool", name), table, readers, section)
