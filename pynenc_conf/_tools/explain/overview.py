"""The classes that the sources of a deployment affect, and their changed settings."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any, NamedTuple

from pynenc_conf._core.declare.plan import plan_of
from pynenc_conf._core.masking import type_name
from pynenc_conf._tools.config_files import read_settings_tables
from pynenc_conf._tools.instances import concrete_classes, create_incomplete_instance
from pynenc_conf._tools.progress import track
from pynenc_conf._tools.tasks import find_tasks
from pynenc_conf.exceptions import ConfigError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from pynenc_conf._core.report.explain import FieldInfo
    from pynenc_conf.config_base import ConfigBase

    Create = Callable[
        [type[ConfigBase], str | None], tuple[ConfigBase, ConfigError | None]
    ]


class Explained(NamedTuple):
    """A class, or a class for one task, with its fields and its error if any."""

    name: str
    infos: list[FieldInfo]
    error: ConfigError | None

    def settings(self, *, changed: bool) -> list[FieldInfo]:
        """Return the settings, or those that are not at their default."""
        found = [each for info in self.infos for each in info.settings()]
        return list(filter(is_changed, found)) if changed else found

    def as_dict(self, *, changed: bool) -> dict[str, Any]:
        """Return the class as plain data, secrets masked."""
        infos = [
            info
            for info in self.infos
            if not changed or any(map(is_changed, info.settings()))
        ]
        return {"class": self.name, "fields": [info.as_dict() for info in infos]}


def is_changed(info: FieldInfo) -> bool:
    """Whether a setting is not at its default, or is missing."""
    return not info.is_default or info.is_missing


def explain_affected(
    classes: Sequence[type[ConfigBase]],
    path: str | None,
    task: str | None,
    values: dict[str, Any] | None,
) -> Iterator[Explained]:
    """Yield the classes that have a changed or invalid setting.

    A class for tasks is explained once for any task, and for each task with settings.
    """
    classes = concrete_classes(classes)
    plans = []
    for cls in classes:
        try:
            plans.append(plan_of(cls))
        except ConfigError as error:
            yield Explained(type_name(cls), [], error)
    tables = read_settings_tables([path] if path else [], plans, os.environ)
    for plan in plans:
        tasks = find_tasks(plan, tables, os.environ)
        if task is not None and tasks != [None]:
            tasks = [task]
        for name in track(tasks, f"explaining {type_name(plan.leaf)}"):
            found = _explain(plan.leaf, path, name, values)
            if found.error is not None or found.settings(changed=True):
                yield found


def _explain(
    cls: type[ConfigBase],
    path: str | None,
    task: str | None,
    values: dict[str, Any] | None,
) -> Explained:
    name = " ".join(filter(None, (type_name(cls), task)))
    try:
        config, error = create_incomplete_instance(cls, path, task, values)
    except ConfigError as invalid:
        return Explained(name, [], invalid)
    return Explained(name, list(map(config.field_info, config.all_fields)), error)
