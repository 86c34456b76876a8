"""The original: pynenc 0.0.24 on cistell 0.0.7."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from cistell import ConfigField
from pynenc.conf.config_base import ConfigPynencBase
from pynenc.conf.config_orchestrator import ConfigOrchestratorRedis
from pynenc.conf.config_task import ConfigTask

from tests.benchmarks.sample import Spec

IMPORT = "import pynenc.conf.config_orchestrator"
PROCESS = (
    "from pynenc.conf.config_orchestrator import ConfigOrchestratorRedis as Config\n"
    "Config(None, 'pynenc.yaml')"
)
DISTRIBUTIONS = ("pynenc", "cistell")
# Each item parses the whole file again.
TASKS_AT_MOST = 2


def classes(specs: tuple[Spec, ...]) -> list[type]:
    """Make config classes."""
    made: list[type] = []
    for spec in specs:
        bases = tuple(made[index] for index in spec.bases) or (ConfigPynencBase,)
        fields = {name: ConfigField(value) for name, value in spec.fields.items()}
        made.append(type(ConfigPynencBase)(spec.name, bases, fields))
    return made


def maker(values: dict[str, Any] | None, path: str | None) -> Callable[[], Any]:
    """Return a function that makes an instance of the class with 19 fields."""
    return lambda: ConfigOrchestratorRedis(values, path)


def task(task_id: str, path: str) -> Any:
    """Make the settings of a task."""
    return ConfigTask(task_id, {}, path)
