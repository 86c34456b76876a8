"""The classes whose instances have the settings of one task, and the ids of tasks."""

from __future__ import annotations

import sys
from importlib import import_module
from typing import Any

from pynenc_conf.config_task import ConfigTask


def is_for_tasks(cls: type) -> bool:
    """Whether instances of a class have the settings of one task."""
    module = sys.modules.get("pynenc.conf.config_task")
    return issubclass(cls, (ConfigTask, getattr(module, "ConfigTask", ConfigTask)))


def create_task_id(cls: type, task: str | None) -> Any:
    """Return the id of a task as instances of a class need it; None for any task.

    ConfigTask of pynenc 0.1 and later needs an object instead of text.
    """
    if issubclass(cls, ConfigTask):
        return task or ""
    module, _, name = (task or "").rpartition(".")
    return import_module("pynenc.identifiers.task_id").TaskId(module, name)
