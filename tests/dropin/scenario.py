"""One configuration of the shop, given by each kind of source, and its effects."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import yaml

from tests.conftest import toml

SOURCES = ("dict", "yaml", "toml", "variables")

# Some values are text that the original converts incorrectly.
SETTINGS: dict[str, Any] = {
    "app_id": "shop",
    "logging_level": "critical",
    "runner_cls": "ThreadRunner",
    "orchestrator": {
        "auto_final_invocation_purge_hours": "0",
        "blocking_control": "off",
    },
    "task": {
        "shop.flaky": {"max_retries": "2"},
        "shop.single": {"registration_concurrency": "task"},
    },
    "persistentprocessrunner": {"num_processes": 2},
    "multithreadrunner": {"max_processes": 2},
}
POOL_SIZE = 77

# The report of `drive.py` with these settings.
TAKEN_UP = {
    "registered_once": True,
    "blocking": 0,
    "add": 3,
    "flaky": 2,
    "failed": "RetryError",
    "order": 7,
    "left": 0,
}

# With a runner in another process, which is there from the start, registration is
# unpredictable, and nothing is purged.
BY_ANOTHER = {
    name: item
    for name, item in TAKEN_UP.items()
    if name not in {"registered_once", "left"}
}

NO_WORKFLOW = "no-workflow"
"""Makes `drive.py` skip the task that waits for others."""


def without_workflow(expected: dict[str, Any]) -> dict[str, Any]:
    """Return the report that is expected with NO_WORKFLOW."""
    return {name: item for name, item in expected.items() if name != "order"}


def on_redis(port: int, *components: str) -> dict[str, Any]:
    """Return settings for components that use Redis, and for its address."""
    classes = {
        f"{name}_cls": f"Redis{name.title().replace('_', '')}" for name in components
    }
    connection = {
        "redis_host": "127.0.0.1",
        "redis_port": port,
        "redis_pool_max_connections": POOL_SIZE,
    }
    return {**classes, "redis": connection}


def write_settings(source: str, settings: dict[str, Any]) -> dict[str, str]:
    """Write settings to a kind of source; return the environment that selects it."""
    if source == "dict":
        return {"SHOP_VALUES": json.dumps(settings)}
    if source == "variables":
        return variables(settings)
    path = Path(f"shop.{source}").absolute()
    if source == "yaml":
        path.write_text(yaml.safe_dump(settings), encoding="utf-8")
    else:
        lines = (f"{name} = {toml(item)}\n" for name, item in settings.items())
        path.write_text("".join(lines), encoding="utf-8")
    return {"SHOP_FILE": str(path)}


def variables(settings: dict[str, Any], *sections: str) -> dict[str, str]:
    """Return settings as environment variables."""
    found = {}
    for name, item in settings.items():
        if isinstance(item, dict):
            # The section of a class is its name without "Config", in lower case.
            section = name.replace(".", "#") if sections else f"CONFIG{name}"
            found |= variables(item, *sections, section)
        else:
            found["__".join(["PYNENC", *sections, name]).upper()] = str(item)
    return found
