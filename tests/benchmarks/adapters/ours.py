"""This library."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from pynenc_conf import ConfigField, ConfigPynencBase, ConfigTask
from pynenc_conf.config_orchestrator import ConfigOrchestratorRedis
from tests.benchmarks.sample import LIMITS, Spec

IMPORT = "import pynenc_conf.config_orchestrator"
PROCESS = (
    "from pynenc_conf.config_orchestrator import ConfigOrchestratorRedis as Config\n"
    "Config(None, 'pynenc.yaml')"
)
DISTRIBUTIONS = ("pyyaml", "tomli")


def classes(specs: tuple[Spec, ...]) -> list[type]:
    """Make config classes."""
    made: list[type] = []
    for spec in specs:
        bases = tuple(made[index] for index in spec.bases) or (ConfigPynencBase,)
        fields = {
            name: ConfigField(value, **LIMITS.get(name, {}))
            for name, value in spec.fields.items()
        }
        made.append(type(ConfigPynencBase)(spec.name, bases, fields))
    return made


def maker(values: dict[str, Any] | None, path: str | None) -> Callable[[], Any]:
    """Return a function that makes an instance of the class with 19 fields."""
    return lambda: ConfigOrchestratorRedis(values, path)


def explain(config: Any) -> str:
    """Return where the values of an instance come from."""
    return config.explain()  # type: ignore[no-any-return] # a str


def task(task_id: str, path: str) -> Any:
    """Make the settings of a task."""
    return ConfigTask(task_id, None, path)
