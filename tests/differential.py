"""Random settings for both the original and this library."""

from __future__ import annotations

import contextlib
import json
import os
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

FIELDS = ("alpha", "beta", "gamma", "delta")
# Names that are equal as section names but not as variables, and the reverse.
CLASS_NAMES = (
    "ConfigTop",
    "ConfigLeft",
    "ConfigRight",
    "Config",
    "MyConfigThing",
    "ConfigLeaf",
    "LeafConfig",
    "plain",
)
DEFAULTS: tuple[Any, ...] = (1, 2.5, "text")


@dataclass
class ClassSpec:
    """A class for either engine: name, indices of bases, own fields."""

    name: str
    bases: tuple[int, ...]
    fields: dict[str, Any]


@dataclass
class World:
    """All sources that an instance may read."""

    classes: list[ClassSpec]
    values: dict[str, Any] | None = None
    files: dict[str, Any] = field(default_factory=dict)
    config_file: str | None = None
    variables: dict[str, str] = field(default_factory=dict)


def build(classes: list[ClassSpec], base: type, make_field: Any) -> list[type]:
    """Make the classes for one engine; raises TypeError if Python finds no MRO."""
    made: list[type] = []
    for spec in classes:
        bases = tuple(made[index] for index in spec.bases) or (base,)
        namespace = {name: make_field(value) for name, value in spec.fields.items()}
        namespace["__module__"] = __name__
        made.append(type(base)(spec.name, bases, namespace))
    return made


def write_toml(data: dict[str, Any], prefix: tuple[str, ...] = ()) -> str:
    """Write nested tables as TOML, values first."""
    lines = [f"[{'.'.join(map(json.dumps, prefix))}]"] if prefix else []
    lines += [
        f"{json.dumps(key)} = {json.dumps(value)}"
        for key, value in data.items()
        if not isinstance(value, dict)
    ]
    for key, value in data.items():
        if isinstance(value, dict):
            lines.append(write_toml(value, (*prefix, key)))
    return "\n".join(lines)


def write_file(path: Path, data: dict[str, Any]) -> None:
    """Write settings in the format of the file extension."""
    if path.name == "pyproject.toml":
        text = write_toml({"tool": {"config": data, "pynenc": data}})
    elif path.suffix == ".toml":
        text = write_toml(data)
    elif path.suffix == ".json":
        text = json.dumps(data)
    else:
        text = yaml.safe_dump(data, default_flow_style=False)
    path.write_text(text, encoding="utf-8")


@contextlib.contextmanager
def create_world(world: World) -> Iterator[None]:
    """Create the files in a separate directory, and set the variables."""
    before = Path.cwd()
    with tempfile.TemporaryDirectory() as directory:
        os.chdir(directory)
        os.environ.update(world.variables)
        try:
            for name, data in world.files.items():
                write_file(Path(name), data)
            yield
        finally:
            for name in world.variables:
                del os.environ[name]
            os.chdir(before)
