"""The original's engine in a later version, cistell 0.1.2, with the same classes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from cistell import ConfigBase, ConfigField

from tests.benchmarks.sample import CATALOGUE, EIGHT, TASK_DEFAULTS, Spec

IMPORT = "import cistell"
PROCESS = (
    "from cistell import ConfigBase, ConfigField\n"
    f"fields = {{name: ConfigField(value) for name, value in {EIGHT!r}.items()}}\n"
    "type(ConfigBase)('ConfigRedis', (ConfigBase,), fields)(None, 'pynenc.yaml')"
)
DISTRIBUTIONS = ("cistell",)
# Each item parses the whole file again.
TASKS_AT_MOST = 2


class _Base(ConfigBase):
    TOML_CONFIG_ID = "pynenc"
    ENV_PREFIX = "PYNENC"


def classes(specs: tuple[Spec, ...]) -> list[type]:
    """Make config classes."""
    made: list[type] = []
    for spec in specs:
        bases = tuple(made[index] for index in spec.bases) or (_Base,)
        fields = {name: ConfigField(value) for name, value in spec.fields.items()}
        made.append(type(_Base)(spec.name, bases, fields))
    return made


_catalogue = classes(CATALOGUE)[-1]


def maker(values: dict[str, Any] | None, path: str | None) -> Callable[[], Any]:
    """Return a function that makes an instance of the class with 19 fields."""
    return lambda: _catalogue(values, path)


class ConfigTask(*classes((Spec("ConfigTaskFields", (), TASK_DEFAULTS),))):  # type: ignore[misc]
    """Settings of one task, by the hooks that pynenc uses."""

    IGNORE_CLASS_NAME_SUBSTR = "Config"

    def __init__(self, task_id: str, path: str) -> None:
        self.task_id = task_id
        super().__init__(None, path)

    def get_extra_qualifiers(self, config_cls: type) -> list[str] | None:
        """Name the section of this task."""
        del config_cls
        return [self.task_id]

    def get_extra_env_keys(self, field_name: str, config_cls: type) -> list[str] | None:
        """Name the variable of this task."""
        name, task = config_cls.__name__.upper(), self.task_id.upper().replace(".", "#")
        return [f"PYNENC__{name}__{task}__{field_name.upper()}"]


def task(task_id: str, path: str) -> Any:
    """Make the settings of a task."""
    return ConfigTask(task_id, path)
