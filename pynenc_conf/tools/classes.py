"""Finding a config class by the name that a person types."""

from __future__ import annotations

import sys
from difflib import get_close_matches
from importlib import import_module
from typing import TYPE_CHECKING, TypeGuard

from pynenc_conf.config_base import ConfigBase

if TYPE_CHECKING:
    from collections.abc import Mapping

CATALOGUE = (
    "config_arg_cache",
    "config_broker",
    "config_orchestrator",
    "config_pynenc",
    "config_redis",
    "config_runner",
    "config_state_backend",
    "config_task",
    "config_trigger",
)


class UnknownClassError(LookupError):
    """Raised when no config class has the given name."""


def catalogue() -> dict[str, type[ConfigBase]]:
    """Return every class of the catalogue, by name."""
    classes = {}
    for name in CATALOGUE:
        module = import_module(f"pynenc_conf.{name}")
        for item in vars(module).values():
            if _is_config(item) and item.__module__ == module.__name__:
                classes[item.__name__] = item
    return classes


def find_class(name: str) -> type[ConfigBase]:
    """Return the class that `name` means.

    `name` is a class of the catalogue (`ConfigOrchestratorRedis`), its section's name
    (`orchestratorredis`), either in any case, or `module:Class`, which is imported.
    Raises UnknownClassError.
    """
    if ":" in name:
        return _imported(name)
    classes = catalogue()
    known: dict[str, type[ConfigBase]] = {}
    for cls in classes.values():
        known[cls.__name__.lower()] = known[cls.get_config_id(cls)] = cls
    found = known.get(name.lower())
    if found is None:
        raise UnknownClassError(_unknown(name, {cls: cls for cls in classes}))
    return found


def _imported(name: str) -> type[ConfigBase]:
    module_name, _, class_name = name.partition(":")
    if "" not in sys.path:
        # As `python -m` does: an application is usually run from its own folder.
        sys.path.insert(0, "")
    try:
        module = import_module(module_name)
    except (ImportError, ValueError) as error:
        msg = f"cannot import module {module_name!r}: {error}"
        raise UnknownClassError(msg) from error
    item = getattr(module, class_name, None)
    if not _is_config(item):
        names = {key: value for key, value in vars(module).items() if _is_config(value)}
        raise UnknownClassError(_unknown(class_name, names))
    return item


def _is_config(item: object) -> TypeGuard[type[ConfigBase]]:
    return isinstance(item, type) and issubclass(item, ConfigBase)


def _unknown(name: str, known: Mapping[str, object]) -> str:
    near = get_close_matches(name, known, 1, 0.5)
    listed = f"known: {', '.join(known) or 'none'}"
    hint = f"did you mean {near[0]}?" if near else listed
    return f"no config class {name!r}; {hint}"
