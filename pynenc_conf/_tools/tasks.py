"""The tasks that files and environment variables configure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pynenc_conf._core.masking import type_name
from pynenc_conf._tools.task_ids import is_for_tasks
from pynenc_conf.config_task import ConfigTask

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from pynenc_conf._core.declare.plan import Plan
    from pynenc_conf._tools.config_files import SettingsTable

_MIN_PARTS = 3  # class, task id, field


def find_tasks(
    plan: Plan, tables: Sequence[SettingsTable], variables: Iterable[str]
) -> list[str | None]:
    """Return the task ids to create instances of a class for.

    The first item is None, for any task without settings of its own.
    """
    if not is_for_tasks(plan.leaf):
        return [None]
    tasks = {task.upper(): task for table in tables for task in table.task_ids()}
    for name in variables:
        parts = split_task_variable(plan, name)
        if parts is not None:
            task = ".".join(parts[1:-1]).replace("#", ".")
            tasks.setdefault(task, task.lower())
    return [None, *tasks.values()]


def split_task_variable(plan: Plan, name: str) -> tuple[str, ...] | None:
    """Return class, parts of the task id, and setting of a variable of one task.

    The setting may be a member (`smtp.port`). None if the class does not read such a
    variable.
    """
    leaf = plan.leaf
    if not is_for_tasks(leaf):
        return None
    prefix, _, rest = name.partition("__")
    parts = tuple(rest.split("__"))
    class_name = type_name(leaf).upper()
    is_of_class = prefix == ConfigTask.ENV_PREFIX and parts[0] == class_name
    if not is_of_class or len(parts) < _MIN_PARTS or not all(parts):
        return None
    # The longest name, because a task id may end with the name of a field.
    for first in range(2, len(parts)):
        setting = ".".join(parts[first:])
        if setting.isupper() and setting.lower() in plan.all_settings:
            if not issubclass(leaf, ConfigTask) and not _is_pynenc_task(parts[1:first]):
                return None
            return (*parts[:first], setting.lower())
    return None


def _is_pynenc_task(parts: tuple[str, ...]) -> bool:
    """Whether pynenc 0.1 and later reads variables of a task with this spelling."""
    return len(parts) == 1 and parts[0].count("#") == 1
