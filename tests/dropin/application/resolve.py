"""Resolves settings with one of two engines, as another program asks it to.

`resolve.py ours` uses this library in place of the engine, `resolve.py theirs` cistell.
The first line of output describes the config classes of pynenc and its plug-ins. Then
each line of input is a request, and each line of output its answer, all as JSON.
"""

from __future__ import annotations

import json
import os
import pkgutil
import sys
import warnings
from enum import Enum
from importlib import import_module
from importlib.metadata import entry_points
from importlib.util import find_spec
from pathlib import Path
from typing import Any

if sys.argv[1] == "ours":
    from pynenc_conf import dropin

    dropin.install()

from pynenc.identifiers.task_id import TaskId

warnings.simplefilter("ignore")
TASK = TaskId("shop.tasks", "pay")


def config_classes() -> dict[str, type[Any]]:
    """Return all config classes, by name."""
    plugins = {p.module.partition(".")[0] for p in entry_points(group="pynenc.plugins")}
    packages = ["pynenc.conf", *(f"{plugin}.conf" for plugin in sorted(plugins))]
    found: dict[str, type[Any]] = {}
    for package in filter(find_spec, packages):
        for module in pkgutil.iter_modules(import_module(package).__path__):
            items = vars(import_module(f"{package}.{module.name}")).items()
            classes = {name: item for name, item in items if isinstance(item, type)}
            found |= {n: c for n, c in classes.items() if hasattr(c, "get_env_key")}
    return dict(sorted(found.items()))


def create(cls: type[Any], *arguments: Any) -> Any:
    """Return an instance; the settings of tasks are those of one task."""
    return cls(TASK, *arguments) if "ConfigTask" in names(cls) else cls(*arguments)


def names(cls: type[Any]) -> list[str]:
    """Return the names of a class and its ancestors."""
    return [base.__name__ for base in cls.__mro__]


def describe(cls: type[Any], known: set[str]) -> dict[str, Any]:
    """Return fields, ancestors and the variables of one task."""
    conf = create(cls)
    fields = {name: getattr(conf, name) for name in sorted(conf.all_fields)}
    variables = {name: conf.get_extra_env_keys(name, cls) for name in fields}
    return {
        "fields": {n: [type(v).__name__, show(v)] for n, v in fields.items()},
        "ancestors": [name for name in names(cls) if name in known],
        "variables": {name: found for name, found in variables.items() if found},
        "tables": conf.get_extra_qualifiers(cls) or [],
    }


def show(value: Any) -> str:
    """Return a value as text that is the same for both engines."""
    if isinstance(value, Enum):
        return f"{type(value).__name__}.{value.name}"
    return repr(value)


def answer(classes: dict[str, type[Any]], request: dict[str, Any]) -> Any:
    """Return the values of one instance, or the name of its exception."""
    for name, data in request["files"].items():
        Path(name).write_text(json.dumps(data), encoding="utf-8")
    os.environ.update(request["variables"])
    try:
        cls = classes[request["class"]]
        conf = create(cls, request["values"], request["path"])
        return {name: show(getattr(conf, name)) for name in sorted(conf.all_fields)}
    except Exception as error:  # noqa: BLE001 - whatever an engine raises
        return type(error).__name__
    finally:
        for name in request["variables"]:
            del os.environ[name]
        for name in request["files"]:
            Path(name).unlink()


def main() -> None:
    """Describe the classes, then answer requests."""
    classes = config_classes()
    known = set(classes)
    described = {name: describe(cls, known) for name, cls in classes.items()}
    sys.stdout.write(json.dumps(described) + "\n")
    sys.stdout.flush()
    for line in sys.stdin:
        sys.stdout.write(json.dumps(answer(classes, json.loads(line))) + "\n")
        sys.stdout.flush()


main()
