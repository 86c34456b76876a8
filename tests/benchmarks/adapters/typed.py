"""typed-settings with attrs classes, which reads TOML and converts while loading."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import attrs
import typed_settings as ts
from typed_settings.loaders import DictLoader

from tests.benchmarks.sample import CATALOGUE, Spec

IMPORT = "import typed_settings; typed_settings.load_settings"
DISTRIBUTIONS = ("typed-settings", "attrs")
SKIPPED = {"assign-text", "yaml-cold", "yaml-warm"}


def _made(specs: tuple[Spec, ...]) -> list[type]:
    made: list[type] = []
    for spec in specs:
        bases = tuple(made[index] for index in spec.bases) or (object,)
        fields = {
            name: attrs.field(default=value, type=type(value))
            for name, value in spec.fields.items()
        }
        made.append(attrs.make_class(spec.name, fields, bases))
    return made


def classes(specs: tuple[Spec, ...]) -> list[Callable[[], Any]]:
    """Return a function for each class that makes an instance."""
    made = _made(specs)
    return [lambda cls=cls: _load(cls, {}, None) for cls in made]  # type: ignore[misc]


_catalogue = _made(CATALOGUE)[-1]


def maker(values: dict[str, Any] | None, path: str | None) -> Callable[[], Any]:
    """Return a function that makes an instance of the class with 19 fields."""
    return lambda: _load(_catalogue, values or {}, path)


def _load(cls: type, values: dict[str, Any], path: str | None) -> Any:
    loaders: list[Any] = [DictLoader(values)] if values else []
    if path is not None:
        formats: Any = {"*.toml": ts.TomlFormat(None)}
        loaders.append(ts.FileLoader(formats, [path]))
    loaders.append(ts.EnvLoader("PYNENC__"))
    return ts.load_settings(cls, loaders)
