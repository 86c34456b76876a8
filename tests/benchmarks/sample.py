"""The classes and settings that every library is measured with."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Spec:
    """A config class that a library creates: name, indices of its bases, fields."""

    name: str
    bases: tuple[int, ...] = ()
    fields: dict[str, Any] = field(default_factory=dict)


# The three classes behind pynenc's ConfigOrchestratorRedis: 19 fields.
CATALOGUE = (
    Spec(
        "ConfigOrchestrator",
        (),
        {
            "cycle_control": True,
            "blocking_control": True,
            "auto_final_invocation_purge_hours": 24.0,
        },
    ),
    Spec(
        "ConfigRedis",
        (),
        {
            "redis_username": "",
            "redis_password": "",
            "redis_host": "localhost",
            "redis_port": 6379,
            "redis_db": 0,
            "redis_url": "",
            "socket_timeout": 5.0,
            "socket_connect_timeout": 5.0,
            "health_check_interval": 30,
            "max_connection_attempts": 3,
            "redis_pool_max_connections": 100,
            "redis_pool_health_check_interval": 30.0,
        },
    ),
    Spec(
        "ConfigOrchestratorRedis",
        (0, 1),
        {
            "max_pending_resolution_threads": 50,
            "redis_retry_max_attempts": 3,
            "redis_retry_base_delay_sec": 0.1,
            "redis_retry_max_delay_sec": 1.0,
        },
    ),
)
DEFAULTS: dict[str, Any] = {
    name: value for spec in CATALOGUE for name, value in spec.fields.items()
}
# Limits of the numbers, similar to those of the catalogue.
LIMITS: dict[str, Any] = {
    name: {"ge": 0} for name, value in DEFAULTS.items() if type(value) in {int, float}
} | {"redis_port": {"ge": 1, "le": 65535}}
TASK_DEFAULTS = {
    "parallel_batch_size": 100,
    "max_retries": 0,
    "on_diff_non_key_args_raise": False,
    "call_result_cache": False,
    "force_new_workflow": False,
}

EIGHT: dict[str, Any] = {
    "redis_username": "someone",
    "redis_host": "cache.internal",
    "redis_port": 6380,
    "redis_db": 2,
    "socket_timeout": 2.5,
    "health_check_interval": 60,
    "max_pending_resolution_threads": 8,
    "redis_retry_base_delay_sec": 0.5,
}

# Every source has a value here, at scopes of different precedence.
ALL_VALUES: dict[str, Any] = {
    "redis_db": 1,
    "orchestrator": {"blocking_control": False},
}
ALL_PYPROJECT = """
[tool.pynenc]
redis_username = "general"
[tool.pynenc.redis]
redis_db = 3
"""
ALL_FILE = """
redis_host: file
redis:
  socket_timeout: 1.5
  redis_host: section
"""
ALL_ENV_FILE = """
redis_retry_max_attempts = 7
[orchestratorredis]
health_check_interval = 9
"""
ALL_VARIABLES = {
    "PYNENC__FILEPATH": "environment.toml",
    "PYNENC__MAX_CONNECTION_ATTEMPTS": "4",
    "PYNENC__CONFIGREDIS__REDIS_URL": "redis://localhost",
}
ALL_EXPECTED: dict[str, Any] = DEFAULTS | {
    "redis_db": 3,
    "blocking_control": False,
    "redis_username": "general",
    "redis_host": "section",
    "socket_timeout": 1.5,
    "redis_retry_max_attempts": 7,
    "health_check_interval": 9,
    "max_connection_attempts": 4,
    "redis_url": "redis://localhost",
}


def variables(values: dict[str, Any]) -> dict[str, str]:
    """Return the general variables for these values."""
    return {f"PYNENC__{name.upper()}": str(value) for name, value in values.items()}


def yaml_text(values: dict[str, Any]) -> str:
    """Return flat settings as YAML."""
    return "".join(f"{name}: {value}\n" for name, value in values.items())


def toml_text(values: dict[str, Any]) -> str:
    """Return flat settings as TOML."""
    lines = (f"{name} = {_toml(value)}\n" for name, value in values.items())
    return "".join(lines)


def _toml(value: Any) -> str:
    return f'"{value}"' if isinstance(value, str) else str(value)


def unrelated_pyproject() -> str:
    """Return a pyproject.toml of 2.7 kB without settings for this library."""
    names = [f"dependency-{number}>={number}.0" for number in range(90)]
    listed = "".join(f'    "{name}",\n' for name in names)
    return f'[project]\nname = "shop"\ndependencies = [\n{listed}]\n'


def task_id(number: int) -> str:
    """Return the id of a task."""
    return f"shop.tasks.task_{number}"


def tasks_text(count: int) -> str:
    """Return a YAML file with two settings for each of many tasks."""
    tasks = (
        f"  {task_id(number)}:\n    max_retries: {number % 7}\n"
        f"    call_result_cache: true\n"
        for number in range(count)
    )
    return f"task:\n  parallel_batch_size: 5\n{''.join(tasks)}"


def task_values(number: int) -> dict[str, Any]:
    """Return the values of one task in `tasks_text`."""
    common = {"parallel_batch_size": 5, "call_result_cache": True}
    return TASK_DEFAULTS | common | {"max_retries": number % 7}


def big_text(size: int) -> str:
    """Return a YAML file of `size` bytes, mostly settings of other programs."""
    line = "    option_{}: some text of a middling length that says nothing\n"
    parts, length, number = [yaml_text(EIGHT), "other:\n"], 0, 0
    while length < size:
        if number % 50 == 0:
            parts.append(f"  program_{number}:\n")
        parts.append(line.format(number))
        length += len(parts[-1])
        number += 1
    return "".join(parts)


def wide(count: int) -> tuple[Spec, ...]:
    """Return one class of many fields."""
    return (Spec("ConfigWide", (), {f"field_{n}": n for n in range(count)}),)


def deep(classes: int, count: int = 64) -> tuple[Spec, ...]:
    """Return a chain of classes that have `count` fields in total."""
    each = count // classes
    return tuple(
        Spec(
            f"ConfigLevel{level}",
            (level - 1,) if level else (),
            {f"field_{level * each + n}": level * each + n for n in range(each)},
        )
        for level in range(classes)
    )
