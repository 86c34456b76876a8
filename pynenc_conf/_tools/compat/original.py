"""How pynenc 0.0.24 on cistell 0.0.7 reads files and values.

This module reproduces the behaviour, so that pynenc need not be installed. Rejected
values raise the same exception classes as in pynenc.
"""

from __future__ import annotations

import json
import os
import tomllib
from typing import TYPE_CHECKING, Any

import yaml

from pynenc_conf._core.masking import type_name
from pynenc_conf._core.sources.files import PYPROJECT_FILE
from pynenc_conf._tools.compat.given import Given
from pynenc_conf.config_task import ConfigTask, exception_config_mapper
from pynenc_conf.constants import ENV_PREFIX, ENV_SEPARATOR, TOML_CONFIG_ID
from pynenc_conf.origin import (
    CLASS_FILE,
    CONFIG_FILE,
    CONFIG_VALUES,
    ENV_FILE,
    ENVIRONMENT,
    PYPROJECT,
    Origin,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from typing import Protocol

    from pynenc_conf._core.declare.plan import Plan
    from pynenc_conf._core.declare.scopes import Scope
    from pynenc_conf._core.declare.setting import Setting

    class Deployment(Protocol):
        """The files and variables that an instance can read."""

        variables: dict[str, str]

        def read_as_pynenc(self, path: str, config_id: str, /) -> Mapping[str, Any]: ...
        def origin_in_file(
            self, kind: str, path: str, keys: tuple[str, ...], variable: str | None, /
        ) -> Origin: ...


def read_file(path: str, config_id: str = TOML_CONFIG_ID) -> dict[str, Any]:
    """Return the settings that pynenc finds in a file. Raises the same as pynenc.

    pynenc opens files with the encoding of the locale, and reads `[tool.pynenc]` if
    the path contains `pyproject.toml`. `config_id` is the name of that table.
    """
    lower = path.lower()
    with open(path, encoding="locale") as file:
        if lower.endswith((".yaml", ".yml")):
            data: Any = yaml.load(file, Loader=yaml.SafeLoader)
        elif lower.endswith(".json"):
            data = json.load(file)
        elif lower.endswith(".toml"):
            data = tomllib.loads(file.read())
            for key in table_keys(path, config_id):
                data = data.get(key, {})
            data.get  # noqa: B018 - AttributeError if not a table
        else:
            msg = f"unsupported extension: {path}"
            raise ValueError(msg)
    return data if isinstance(data, dict) else {}


def table_keys(path: str, config_id: str) -> tuple[str, ...]:
    """Return the keys that lead to the table of settings in a file."""
    lower = path.lower()
    is_pyproject = "pyproject.toml" in lower and lower.endswith(".toml")
    return ("tool", config_id) if is_pyproject else ()


def read_sources(
    plan: Plan,
    task: str | None,
    path: str | None,
    values: Mapping[str, Any],
    deployment: Deployment,
) -> list[Given]:
    """Return the values that pynenc writes to an instance, in order.

    The last value of a field is the value of the instance. pynenc converts each value
    that it writes.
    """
    reader = _Reader(plan, task or "", deployment)
    for scope, fields in plan.scope_fields:
        reader.read_mapping(scope, CONFIG_VALUES, values, _origin_in_values)
        reader.read_files(scope, path)
        reader.read_variables(scope, fields)
    return reader.given


def _origin_in_values(*keys: str) -> Origin:
    return Origin(CONFIG_VALUES, keys=keys)


class _Reader:
    """Follows pynenc through the sources of one instance.

    pynenc visits the ancestors of a class before the class. At each class, it writes
    the fields that the files contain and then those that variables set. A key is
    written only once for each kind of file, a variable at each class.
    """

    def __init__(self, plan: Plan, task: str, deployment: Deployment) -> None:
        self.given: list[Given] = []
        self._plan = plan
        self._task = task
        self._is_task = issubclass(plan.leaf, ConfigTask)
        self._deployment = deployment
        self._written: set[tuple[str, ...]] = set()

    def read_files(self, scope: Scope, path: str | None) -> None:
        """Write the fields in all files, at the visit to one class."""
        leaf = self._plan.leaf
        if os.path.isfile(PYPROJECT_FILE):
            self._read_file(scope, PYPROJECT, PYPROJECT_FILE, None)
        if path:
            self._read_file(scope, CONFIG_FILE, path, None)
        for kind, cls in ((ENV_FILE, None), (CLASS_FILE, scope.cls)):
            variable = leaf.get_env_key(leaf.ENV_FILEPATH, cls)
            named = self._deployment.variables.get(variable)
            if named:
                self._read_file(scope, kind, named, variable)

    def read_variables(self, scope: Scope, fields: Sequence[str]) -> None:
        """Write the fields that variables set, at the visit to one class."""
        leaf = self._plan.leaf
        variables = self._deployment.variables
        for field in fields:
            own = leaf.get_env_key(field, scope.cls)
            # The general variable is not read if the class's own variable is set.
            name = own if own in variables else leaf.get_env_key(field)
            self._add_variable(name, field)
        if self._is_task:
            spelling = self._task.upper().replace(".", "#")
            names = [ENV_PREFIX, type_name(leaf).upper(), spelling]
            for field in fields:
                self._add_variable(ENV_SEPARATOR.join([*names, field.upper()]), field)

    def _read_file(
        self, scope: Scope, kind: str, path: str, variable: str | None
    ) -> None:
        config_id = self._plan.leaf.TOML_CONFIG_ID
        table = self._deployment.read_as_pynenc(path, config_id)
        prefix = table_keys(path, config_id)

        def origin(*keys: str) -> Origin:
            return self._deployment.origin_in_file(
                kind, path, (*prefix, *keys), variable
            )

        self.read_mapping(scope, kind, table, origin)

    def read_mapping(
        self,
        scope: Scope,
        kind: str,
        table: Mapping[str, Any],
        origin: Callable[..., Origin],
    ) -> None:
        """Write the fields in the tables of one source, at the visit to one class."""
        section = scope.section
        self._read_table(table, (kind,), origin)
        inner = table.get(section)
        if not isinstance(inner, dict):
            return
        self._read_table(inner, (kind, section), lambda name: origin(section, name))
        if self._is_task and self._task in inner:
            task, innermost = self._task, inner[self._task]
            if isinstance(innermost, dict):
                self._read_table(
                    innermost,
                    (kind, section, task),
                    lambda name: origin(section, task, name),
                )
            elif self._is_rejected(innermost):
                self.given.append(Given("", innermost, origin(section, task)))

    def _read_table(
        self,
        table: Mapping[str, Any],
        label: tuple[str, ...],
        origin: Callable[[str], Origin],
    ) -> None:
        for field in self._plan.settings:
            if field in table and (*label, field) not in self._written:
                self._written.add((*label, field))
                self.given.append(Given(field, table[field], origin(field)))

    def _is_rejected(self, innermost: Any) -> bool:
        """Whether searching a section of a task that is not a table fails."""
        try:
            return any(field in innermost for field in self._plan.settings)
        except TypeError:
            return True

    def _add_variable(self, name: str, field: str) -> None:
        text = self._deployment.variables.get(name)
        if text is not None:
            self.given.append(Given(field, text, Origin(ENVIRONMENT, variable=name)))


def read_value(setting: Setting, raw: Any) -> Any:
    """Return the value that pynenc reads. Raises the same as pynenc.

    A raw value that has the type of the default is kept. Any other raw value is
    passed to that type.
    """
    field = setting.field
    kind = type(field.default_value)
    if field.mapper is exception_config_mapper and isinstance(raw, str):
        # pynenc iterates over the letters, and no letter is "module.Name".
        if raw:
            msg = "a letter is not the name of an exception"
            raise ValueError(msg)
        return ()
    if field.mapper is not None:
        return field.mapper(raw, kind)
    return raw if isinstance(raw, kind) else kind(raw)
