"""Which config classes there are, and which of them a person means by a name."""

from __future__ import annotations

import sys
from difflib import get_close_matches
from importlib import import_module
from importlib.metadata import entry_points
from types import ModuleType
from typing import TYPE_CHECKING, TypeGuard

from pynenc_conf._core.declare.metaclass import section_name
from pynenc_conf.config_base import ConfigBase, ConfigPynencBase

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

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
PLUGINS = "pynenc_conf.classes"
"""Entry points of this group name a config class, or a module that has some."""


class UnknownClassError(LookupError):
    """Raised when no config class has the given name, or it cannot be imported."""


def catalogue() -> dict[str, type[ConfigBase]]:
    """Return every class of the catalogue, by name."""
    classes = {}
    for name in CATALOGUE:
        module = import_module(f"pynenc_conf.{name}")
        for item in vars(module).values():
            if _is_config(item) and item.__module__ == module.__name__:
                classes[item.__name__] = item
    return classes


def known_classes(apps: Sequence[str] = ()) -> list[type[ConfigBase]]:
    """Return the classes of the catalogue, of plug-ins and of the modules `apps`.

    An application's are those that its module has, and those of its whole package
    that importing it has made. Raises UnknownClassError.
    """
    found = list(catalogue().values())
    found += plugins()
    for name in apps:
        found += _classes_of(_module(name))
    return list(dict.fromkeys(found))


def plugins() -> list[type[ConfigBase]]:
    """Return the classes of all plug-ins. Raises UnknownClassError."""
    found: list[type[ConfigBase]] = []
    for entry in entry_points(group=PLUGINS):
        try:
            item = entry.load()
        except (Exception, SystemExit) as error:
            msg = f"cannot load plug-in {entry.name!r} ({entry.value}): {_said(error)}"
            raise UnknownClassError(msg) from error
        if isinstance(item, ModuleType):
            found += _classes_of(item)
        elif _is_config(item):
            found.append(item)
        else:
            msg = f"plug-in {entry.name!r} ({entry.value}) is no config class"
            raise UnknownClassError(msg)
    return found


def find_class(name: str) -> type[ConfigBase]:
    """Return the class that `name` means.

    `name` is a class of the catalogue or of a plug-in (`ConfigOrchestratorRedis`),
    its section's name (`orchestratorredis`), either in any case, or `module:Class`,
    which is imported. Raises UnknownClassError.
    """
    if ":" in name:
        return _imported(name)
    known = _by_name(list(catalogue().values()))
    found = known.get(name.lower())
    if found is None:
        known |= _by_name(plugins())
        found = known.get(name.lower())
    if found is None:
        names = {cls.__name__: cls for cls in known.values()}
        raise UnknownClassError(_unknown(name, names))
    return found


def _by_name(classes: Sequence[type[ConfigBase]]) -> dict[str, type[ConfigBase]]:
    known = {}
    for cls in classes:
        known[cls.__name__.lower()] = known[section_name(cls, cls)] = cls
    return known


def _imported(name: str) -> type[ConfigBase]:
    module_name, _, class_name = name.partition(":")
    module = _module(module_name)
    item = getattr(module, class_name, None)
    if not _is_config(item):
        names = {key: value for key, value in vars(module).items() if _is_config(value)}
        raise UnknownClassError(_unknown(class_name, names))
    return item


def _module(name: str) -> ModuleType:
    if "" not in sys.path:
        # As `python -m` does: an application is usually run from its own folder.
        sys.path.insert(0, "")
    try:
        return import_module(name)
    # A module may raise anything, and a script that is imported may exit.
    except (Exception, SystemExit) as error:
        msg = f"cannot import module {name!r}: {_said(error)}"
        raise UnknownClassError(msg) from error


def _said(error: BaseException) -> str:
    return str(error) or type(error).__name__


def _classes_of(module: ModuleType) -> list[type[ConfigBase]]:
    """Return the classes a module has, and those of its package that exist."""
    package = module.__name__.partition(".")[0]
    made = [cls for cls in _descendants(ConfigBase) if _package(cls) == package]
    has = [item for item in vars(module).values() if _is_config(item)]
    return [cls for cls in [*has, *made] if cls not in {ConfigBase, ConfigPynencBase}]


def _descendants(cls: type[ConfigBase]) -> Iterator[type[ConfigBase]]:
    for child in cls.__subclasses__():
        yield child
        yield from _descendants(child)


def _package(cls: type) -> str:
    return cls.__module__.partition(".")[0]


def _is_config(item: object) -> TypeGuard[type[ConfigBase]]:
    return isinstance(item, type) and issubclass(item, ConfigBase)


def _unknown(name: str, known: Mapping[str, object]) -> str:
    near = get_close_matches(name, known, 1, 0.5)
    listed = f"known: {', '.join(known) or 'none'}"
    hint = f"did you mean {near[0]}?" if near else listed
    return f"no config class {name!r}; {hint}"
