"""The configuration files of a deployment, and the classes that read each table."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from pynenc_conf._core.formats.yaml_scalar import Scalar
from pynenc_conf._core.problems import UnreadableFile
from pynenc_conf._core.sources.documents import load
from pynenc_conf._core.sources.files import PYPROJECT_FILE
from pynenc_conf._core.sources.table import find_unknown_keys
from pynenc_conf._tools.place import Place
from pynenc_conf._tools.settings import section_settings
from pynenc_conf.origin import join_keys

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pynenc_conf._core.declare.plan import Plan
    from pynenc_conf._core.declare.setting import Setting
    from pynenc_conf._core.sources.documents import Document

    Keys = tuple[str, ...]
    Settings = dict[str, Setting]
    Table = Mapping[str, Any]


class KnownSettings:
    """The settings that classes read from the tables of one file.

    - `fields`: the settings of general keys; `sections`: the same for each section.
    - `task_sections`: the sections that can contain sections of tasks.
    - `secrets`: all secret settings, by name.

    Only `section` is read, if it is not None.
    """

    def __init__(self, plans: Sequence[Plan], section: str | None = None) -> None:
        self.section = section
        self.fields: Settings = {}
        self.sections: dict[str, Settings] = {}
        self.task_sections: set[str] = set()
        self.secrets: Settings = {}
        for plan in plans:
            self.fields = plan.settings | self.fields
            for name, settings in section_settings(plan).items():
                if section is None or name == section:
                    self.sections[name] = settings | self.sections.get(name, {})
                    self.task_sections.update({name} if plan.has_qualifiers else ())
            for setting in plan.settings.values():
                if setting.secret:
                    self.secrets[setting.name] = setting

    def tables(self, *roots: Any) -> Iterator[tuple[Keys, Settings, list[Table]]]:
        """Yield path and settings of each table, and the table in each of the roots.

        A missing table is empty.
        """
        yield (), self.fields, [find_table(root, ()) for root in roots]
        for section, settings in self.sections.items():
            tables = [find_table(root, (section,)) for root in roots]
            yield (section,), settings, tables
            if section in self.task_sections:
                tasks = dict.fromkeys(str(key) for table in tables for key in table)
                for task in tasks:
                    inner = [find_table(table, (task,)) for table in tables]
                    yield (section, task), settings, inner


class SettingsTable(KnownSettings):
    """A table of settings in a file; `prefix` has the keys that lead to the table."""

    def __init__(
        self,
        document: Document,
        prefix: Keys,
        plans: Sequence[Plan],
        section: str | None,
    ) -> None:
        super().__init__(plans, section)
        self.document = document
        self.prefix = prefix
        self.root = find_table(document.root, prefix)

    def place_of(self, *keys: str) -> Place:
        """Return the place of a key."""
        path = (*self.prefix, *keys)
        line, column = self.document.position(path) or (None, None)
        return Place(self.document.path, line, column, join_keys(path))

    def place_of_key(self, *keys: str) -> Place:
        """Return the place of the key of a table."""
        path = (*self.prefix, *keys)
        line, column = self.document.key_position(path) or (None, None)
        return Place(self.document.path, line, column, join_keys(path))

    def unknown_keys(self) -> Iterator[tuple[Keys, Any]]:
        """Yield path and value of the keys that no class reads."""
        return find_unknown_keys(
            self.root, self.fields, self.sections, self.task_sections
        )

    def invalid_sections(self) -> Iterator[str]:
        """Yield the sections whose value is neither a table nor null."""
        for name, value in self.root.items():
            is_null = value is None or (
                isinstance(value, Scalar) and value.tag == "null"
            )
            is_section = name in self.sections and name not in self.fields
            if is_section and not is_null and not isinstance(value, Mapping):
                yield name

    def task_ids(self) -> list[str]:
        """Return the tasks that have settings."""
        return [
            keys[1]
            for keys, settings, (table,) in self.tables(self.root)
            if keys[1:] and table and keys[1] not in settings
        ]

    def secret_values(self) -> Iterator[tuple[Keys, Setting, Any]]:
        """Yield path, setting and value of each secret setting."""
        for keys, _, (table,) in self.tables(self.root):
            for name in self.secrets.keys() & table.keys():
                yield (*keys, name), self.secrets[name], table[name]


class ValuesTable(SettingsTable):
    """The settings in `config_values`, which are not in a file."""

    def __init__(self, values: Table, plans: Sequence[Plan]) -> None:
        KnownSettings.__init__(self, plans)
        self.root = values

    def place_of(self, *keys: str) -> Place:
        """Return the place of a key."""
        return Place(key=join_keys(keys))

    place_of_key = place_of


def find_table(table: Any, keys: Keys) -> Table:
    """Return the table at a path of keys, an empty one if there is none."""
    for key in keys:
        table = table.get(key) if isinstance(table, Mapping) else None
    return table if isinstance(table, Mapping) else {}


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
            scope = variable.scope
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
    if not is_pyproject(path):
        yield SettingsTable(document, (), plans, section)
        return
    for name in {plan.leaf.TOML_CONFIG_ID for plan in plans}:
        readers = [plan for plan in plans if name == plan.leaf.TOML_CONFIG_ID]
        yield SettingsTable(document, ("tool", name), readers, section)


def is_pyproject(path: str) -> bool:
    """Whether the settings of a file are in `[tool.pynenc]`."""
    return os.path.basename(path).lower() == PYPROJECT_FILE
