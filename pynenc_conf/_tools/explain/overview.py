"""The classes of a deployment, and the settings that its sources set."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from pynenc_conf._core.declare.plan import plan_of
from pynenc_conf._core.masking import type_name
from pynenc_conf._tools.config_files import ValuesTable, read_settings_tables
from pynenc_conf._tools.instances import (
    concrete_classes,
    create_incomplete_instance,
    locate_variables,
)
from pynenc_conf._tools.progress import track
from pynenc_conf._tools.tasks import find_tasks
from pynenc_conf.exceptions import ConfigError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from pynenc_conf._core.report.explain import FieldInfo
    from pynenc_conf._tools.sources import Sources
    from pynenc_conf.config_base import ConfigBase


class Explained(NamedTuple):
    """A class, or a class for one task, with its fields and its error if any."""

    name: str
    infos: list[FieldInfo]
    error: ConfigError | None

    def settings(self, *, changed: bool) -> list[FieldInfo]:
        """Return the settings, or those that a source sets and those missing."""
        found = [each for info in self.infos for each in info.settings()]
        return list(filter(is_changed, found)) if changed else found

    @property
    def is_affected(self) -> bool:
        """Whether a source sets a setting of the class, or the class is invalid."""
        return self.error is not None or bool(self.settings(changed=True))

    def as_dict(self, *, changed: bool) -> dict[str, Any]:
        """Return the class as plain data, secrets masked."""
        infos = [
            info
            for info in self.infos
            if not changed or any(map(is_changed, info.settings()))
        ]
        return {"class": self.name, "fields": [info.as_dict() for info in infos]}


def is_changed(info: FieldInfo) -> bool:
    """Whether a source sets a setting, perhaps to its default, or it is missing."""
    return not info.is_default or info.is_missing


def explain_all_classes(
    classes: Sequence[type[ConfigBase]], sources: Sources, task: str | None
) -> Iterator[Explained]:
    """Yield each class that can have instances, whether or not a source affects it.

    A class for tasks is explained once for any task, and for each task with settings.
    Raises ConfigError if a file of variables cannot be read.
    """
    plans = []
    for cls in concrete_classes(classes):
        try:
            plans.append(plan_of(cls))
        except ConfigError as error:
            yield Explained(type_name(cls), [], error)
    variables = sources.environment.values
    with sources.use(*classes):
        tables = read_settings_tables(sources.files, plans, variables)
        given = ValuesTable(sources.values, plans)
        for plan in plans:
            tasks = find_tasks(plan, [*tables, given], variables)
            if task is not None and tasks != [None]:
                tasks = [task]
            for name in track(tasks, f"explaining {type_name(plan.leaf)}"):
                yield _explain(plan.leaf, sources, name)


def _explain(cls: type[ConfigBase], sources: Sources, task: str | None) -> Explained:
    name = " ".join(filter(None, (type_name(cls), task)))
    try:
        config, error = create_incomplete_instance(
            cls, sources.file, task, sources.values
        )
    except ConfigError as invalid:
        for problem in invalid.problems:
            sources.environment.locate(problem.origin)
        return Explained(name, [], invalid)
    locate_variables(config, sources)
    return Explained(name, list(map(config.field_info, config.all_fields)), error)
