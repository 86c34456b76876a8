"""The files and variables of a deployment, as both libraries read them."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from pynenc_conf._core.declare.plan import plan_of
from pynenc_conf._core.problems import UnreadableFile
from pynenc_conf._core.report.suggestions import report_unknown_names
from pynenc_conf._core.resolve.layer import Layer
from pynenc_conf._core.resolve.precedence import variable_rank
from pynenc_conf._core.sources.collect import ClassSources, collect_layers
from pynenc_conf._core.sources.documents import expand_home, load
from pynenc_conf._core.sources.request import Request
from pynenc_conf._tools.compat import original
from pynenc_conf._tools.compat.given import Given
from pynenc_conf._tools.config_files import ValuesTable, read_settings_tables
from pynenc_conf._tools.env_files import use_environment
from pynenc_conf._tools.instances import allocate_instance, ignore_unknown_settings
from pynenc_conf._tools.tasks import find_tasks
from pynenc_conf.config_task import ConfigTask
from pynenc_conf.exceptions import ConfigError
from pynenc_conf.origin import ENVIRONMENT, Origin

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from pynenc_conf._core.declare.plan import Plan
    from pynenc_conf._core.resolve.precedence import Rank
    from pynenc_conf.exceptions import Problem

SECRET_FILE = object()
"""The raw value of a secret in a file, which often exists on another machine only."""


class Deployment:
    """The variables of a deployment, and the files that its instances can read.

    `rejected` has the paths of files that one of the libraries cannot read. The
    comparison treats these files as empty.
    """

    def __init__(self, variables: Mapping[str, str], rejected: set[str]) -> None:
        self.variables = dict(variables)
        self.rejected = rejected
        self._tables: dict[tuple[str, str], Mapping[str, Any]] = {}
        self._sources: dict[Plan, ClassSources] = {}

    def read_as_pynenc(self, path: str, config_id: str) -> Mapping[str, Any]:
        """Return the settings that pynenc finds in a file."""
        if path in self.rejected:
            return {}
        key = path, config_id
        if key not in self._tables:
            try:
                self._tables[key] = original.read_file(path, config_id)
            except Exception:  # noqa: BLE001 - `[tool.pynenc]` of another class's name
                self._tables[key] = {}
        return self._tables[key]

    def sources_of(self, plan: Plan) -> ClassSources:
        """Return the sources of a class, which search each file only once.

        They are not those of other instances, whose layers have converted values.
        """
        if plan not in self._sources:
            self._sources[plan] = ClassSources(plan)
        return self._sources[plan]

    def origin_in_file(
        self, kind: str, path: str, keys: tuple[str, ...], variable: str | None
    ) -> Origin:
        """Return the origin of a value that pynenc finds in a file."""
        try:
            document = load(path)
        except UnreadableFile:
            return Origin(kind, keys=keys, path=path, variable=variable)
        return Origin(kind, keys=keys, document=document, variable=variable)

    def list_paths(self, plans: Sequence[Plan]) -> dict[str, str]:
        """Return the files that variables name, each with the first variable."""
        paths: dict[str, str] = {}
        for name in _file_variables(plans):
            if self.variables.get(name):
                paths.setdefault(self.variables[name], name)
        return paths

    def ignore_missing_files(self, plans: Sequence[Plan]) -> None:
        """Remove the variables that name files that do not exist on this machine."""
        for name in _file_variables(plans):
            path = self.variables.get(name)
            if path and not os.path.exists(expand_home(path)):
                del self.variables[name]

    def find_tasks(
        self, plan: Plan, paths: Sequence[str], values: Mapping[str, Any]
    ) -> list[str | None]:
        """Return the tasks to compare instances of a class for."""
        tables = read_settings_tables(paths, [plan], self.variables)
        tables.append(ValuesTable(values, [plan]))
        tasks = dict.fromkeys(find_tasks(plan, tables, self.variables))
        if issubclass(plan.leaf, ConfigTask):
            for path in [*paths, *self.list_paths([plan])]:
                table = self.read_as_pynenc(path, plan.leaf.TOML_CONFIG_ID)
                for section in plan.sections:
                    inner = table.get(section)
                    keys = inner if isinstance(inner, dict) else ()
                    named = (key for key in keys if isinstance(key, str))
                    tasks |= dict.fromkeys(k for k in named if k not in plan.settings)
        return list(tasks)


def _file_variables(plans: Sequence[Plan]) -> list[str]:
    names = [variable.name for plan in plans for variable in plan.file_variables]
    return list(dict.fromkeys(names))


def read_as_pynenc_conf(
    plan: Plan,
    task: str | None,
    path: str | None,
    values: Mapping[str, Any],
    deployment: Deployment,
) -> tuple[list[Given], list[Problem]]:
    """Return the values that this library finds, lowest precedence first.

    The problems are the unknown names, if the class is strict.
    """
    variables = dict(deployment.variables)
    layers: list[Layer] = []
    for variable in plan.variables:
        if variable.holds_path and variables.pop(variable.name, ""):
            secret = {variable.field: SECRET_FILE}
            origin = Origin(ENVIRONMENT, variable=variable.name)
            origins = dict.fromkeys(secret, origin)
            layers.append(Layer(variable_rank(variable), secret, origins))
    with use_environment(variables), ignore_unknown_settings():
        request = _RawRequest(plan, allocate_instance(plan.leaf, task), values, path)
        layers += collect_layers(deployment.sources_of(plan), request)
        unknown = request.unknown if plan.is_strict else []
        problems = report_unknown_names(plan, unknown)
    layers.sort(key=lambda layer: layer.rank)
    given = [
        Given(name, raw, layer.origin(name))
        for layer in layers
        for name, raw in layer.values.items()
    ]
    return [each for each in given if each.place[0] not in deployment.rejected], [
        problem
        for problem in problems
        if problem.origin is None or problem.origin.path not in deployment.rejected
    ]


class _RawRequest(Request):
    """A request whose layers have raw values."""

    def convert(
        self, rank: Rank, raw: Mapping[str, Any], origin: Callable[[str], Origin]
    ) -> list[Layer]:
        """Return the raw values as a layer."""
        return [Layer(rank, dict(raw), origin)] if raw else []

    def are_reusable(self, layers: Sequence[Layer], problems: int) -> bool:
        """Return False: other instances need converted values."""
        del layers, problems
        return False


def make_plans(classes: Sequence[type[Any]]) -> Iterator[Plan]:
    """Yield the plans of the classes that both libraries can instantiate."""
    for cls in classes:
        try:
            yield plan_of(cls)
        except ConfigError:
            continue
