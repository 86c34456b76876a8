"""Finds config classes: of the catalogue, of plug-ins and of applications."""

from __future__ import annotations

import os
import sys
from contextlib import redirect_stdout
from difflib import get_close_matches
from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING, TypeGuard

import click

from pynenc_conf._core.declare.metaclass import descendants, is_root, section_name
from pynenc_conf._core.declare.plan import plan_of
from pynenc_conf._core.masking import type_name
from pynenc_conf._core.types.invalid import describe_cause
from pynenc_conf.config_base import ConfigBase, ConfigPynencBase
from pynenc_conf.exceptions import ConfigError
from pynenc_conf.origin import escape_line

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

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
"""Entry points of this group name a config class, or a module with config classes."""

_REPLACEMENT = "pynenc_conf.classes"


class UnknownClassError(click.UsageError):
    """Raised when a config class does not exist or cannot be imported."""


def catalogue() -> dict[str, type[ConfigBase]]:
    """Return every class of the catalogue, by name."""
    modules = [import_module(f"pynenc_conf.{name}") for name in CATALOGUE]
    return {
        type_name(cls): cls
        for module in modules
        for cls in config_classes_in(module)
        if cls.__module__ == module.__name__
    }


def replace_catalogue(context: click.Context, classes: list[type[ConfigBase]]) -> None:
    """Make a command use the classes of the installed pynenc, not the catalogue."""
    context.meta[_REPLACEMENT] = classes


def base_classes() -> list[type[ConfigBase]]:
    """Return the classes of the catalogue or, with `--pynenc`, those of pynenc."""
    replacement = _replacement()
    return list(catalogue().values()) if replacement is None else replacement


def _replacement() -> list[type[ConfigBase]] | None:
    context = click.get_current_context(silent=True)
    return None if context is None else context.meta.get(_REPLACEMENT)


def known_classes(apps: Sequence[str] = ()) -> list[type[ConfigBase]]:
    """Return the classes of the catalogue, of plug-ins and of the modules `apps`.

    A module of `apps` stands for the classes in it and the classes that its package
    defines when the module is imported. Raises UnknownClassError.
    """
    found = [*base_classes(), *plugin_classes(), *application_classes(apps)]
    return _check_hooks(dict.fromkeys(found))


def application_classes(apps: Sequence[str]) -> list[type[ConfigBase]]:
    """Return the classes of the modules `apps`. Raises UnknownClassError."""
    found = [cls for app in apps for cls in _application_classes(import_or_fail(app))]
    return _check_hooks(found)


def plugin_classes() -> list[type[ConfigBase]]:
    """Return the classes of all plug-ins. Raises UnknownClassError."""
    # Most commands that name a class do not need it.
    from pynenc_conf._tools.entry_points import find_entry_points  # noqa: PLC0415

    found: list[type[ConfigBase]] = []
    for entry in find_entry_points(PLUGINS):
        plugin = f"plug-in {entry.name!r} ({entry.value})"
        try:
            item = entry.load()
        except (Exception, SystemExit) as error:
            msg = f"cannot load {plugin}: {_describe(error)}"
            raise UnknownClassError(msg) from error
        if isinstance(item, ModuleType):
            found += _application_classes(item)
        elif _is_config_class(item):
            found.append(item)
        else:
            msg = f"{plugin} is not a config class"
            raise UnknownClassError(msg)
    return found


def find_class(name: str, apps: Sequence[str] = ()) -> type[ConfigBase]:
    """Return the class with a name.

    `name` is a class of the catalogue, of a plug-in or of the modules `apps`
    (`ConfigOrchestratorRedis`), or its section (`orchestratorredis`), in any case; or
    `module:Class`, which is imported. Raises UnknownClassError.
    """
    of_apps = application_classes(apps)
    module_name, colon, class_name = name.partition(":")
    if colon:
        module = import_or_fail(module_name)
        item = getattr(module, class_name, None)
        if _is_config_class(item):
            return _check_hooks([item])[0]
        raise _unknown_class(class_name, config_classes_in(module), module_name)
    classes = [*base_classes(), *of_apps]
    found = _by_name(classes).get(name.lower())
    if found is None:
        # Loaded only if needed: a broken plug-in must not break the catalogue.
        classes = [*classes, *_check_hooks(plugin_classes())]
        found = _by_name(classes).get(name.lower())
    if found is None:
        raise _unknown_class(name, classes)
    return found


def _check_hooks(classes: Iterable[type[ConfigBase]]) -> list[type[ConfigBase]]:
    """Return classes whose names of sections and variables can be found.

    Conflicting parents are for the command to report. Raises UnknownClassError for what
    a hook of a class raises.
    """
    found = list(classes)
    for cls in found:
        try:
            section_name(cls, cls)
            plan_of(cls)
        except ConfigError:
            continue
        except Exception as error:
            name = type_name(cls)
            msg = f"cannot list the settings of {name}: {describe_cause(error)}"
            raise UnknownClassError(msg) from error
    return found


def _by_name(classes: Sequence[type[ConfigBase]]) -> dict[str, type[ConfigBase]]:
    by_section = {section_name(cls, cls): cls for cls in classes}
    return by_section | {type_name(cls).lower(): cls for cls in classes}


def import_or_fail(name: str) -> ModuleType:
    """Import a module. Raises UnknownClassError.

    What the module prints goes to stderr: stdout may be JSON, or be read by a shell.
    """
    if "" not in sys.path:
        # As `python -m` does: applications usually run in their own folder.
        sys.path.insert(0, "")
    try:
        with redirect_stdout(sys.stderr):
            return import_module(name)
    except ModuleNotFoundError as error:
        msg = f"cannot import module {name!r}: {_describe_missing(name, error)}"
        raise UnknownClassError(msg) from error
    # A module may raise anything, and an imported script may exit.
    except (Exception, SystemExit) as error:
        msg = f"cannot import module {name!r}: {_describe(error)}"
        raise UnknownClassError(msg) from error


def _describe_missing(name: str, error: ModuleNotFoundError) -> str:
    """Return a text for a module that does not exist, or that imports such a module."""
    if error.name is None or not f"{name}.".startswith(f"{error.name}."):
        return _describe(error)
    if name.endswith(".py"):
        module = name.removesuffix(".py").replace("/", ".")
        return f"a module is named without '.py'; did you mean {module!r}?"
    return "no such module; run the command in the folder that contains it"


def _describe(error: BaseException) -> str:
    """Return class and text of an exception, and its place in an application."""
    text = escape_line(error.msg if isinstance(error, SyntaxError) else str(error))
    name = type_name(type(error))
    place = _find_place(error)
    return f"{name}: {text}{place}" if text else f"{name}{place}"


def _find_place(error: BaseException) -> str:
    """Return file and line of an exception, in an application if possible."""
    # Imported only for an error, because it takes time.
    from sysconfig import get_paths  # noqa: PLC0415
    from traceback import extract_tb  # noqa: PLC0415

    frames = [(f.filename, f.lineno) for f in extract_tb(error.__traceback__)]
    if isinstance(error, SyntaxError) and error.filename:
        frames.append((error.filename, error.lineno))
    paths = get_paths()
    ours = os.path.dirname(os.path.dirname(__file__))
    found = [each for each in frames if os.path.isfile(each[0])]
    # The last frame that is not in a library, or at least not in Python itself.
    for folders in (
        (ours, paths["stdlib"], paths["purelib"], paths["platlib"]),
        (ours, paths["stdlib"]),
    ):
        outside = [
            (filename, line)
            for filename, line in found
            if not filename.startswith(tuple(f"{each}{os.sep}" for each in folders))
        ]
        if outside:
            filename, line = outside[-1]
            name = os.path.relpath(filename) if _is_below_here(filename) else filename
            return f" ({name}:{line})"
    return ""


def _is_below_here(filename: str) -> bool:
    return os.path.abspath(filename).startswith(os.path.join(os.getcwd(), ""))


def _application_classes(module: ModuleType) -> list[type[ConfigBase]]:
    """Return the classes in a module, and the existing classes of its package."""
    package = _package_name(module.__name__)
    of_package = [
        cls
        for cls in descendants(ConfigBase)
        if _package_name(cls.__module__) == package and not _is_base(cls)
    ]
    return [*config_classes_in(module), *of_package]


def config_classes_in(module: ModuleType) -> list[type[ConfigBase]]:
    """Return the config classes in a module, without the base classes of all others."""
    classes = [item for item in vars(module).values() if _is_config_class(item)]
    return [cls for cls in classes if not _is_base(cls)]


def _is_base(cls: type[ConfigBase]) -> bool:
    """Whether this is ConfigBase or ConfigPynencBase, of this library or of pynenc."""
    return is_root(cls) or type_name(cls) == ConfigPynencBase.__name__


def _package_name(module_name: str) -> str:
    return module_name.partition(".")[0]


def _is_config_class(item: object) -> TypeGuard[type[ConfigBase]]:
    return isinstance(item, type) and issubclass(item, ConfigBase)


def _unknown_class(
    name: str, classes: Sequence[type[ConfigBase]], module: str = ""
) -> UnknownClassError:
    """Return the error for a name, which belongs to a module or to a known class."""
    if module and not classes:
        return UnknownClassError(f"module {module!r} has no config classes")
    names = list(dict.fromkeys(type_name(cls) for cls in classes))
    # All names begin with this word, which says nothing about their resemblance.
    by_end = {each.lower().removeprefix("config"): each for each in names}
    close = get_close_matches(name.lower().removeprefix("config"), by_end, 1)
    known = f"known classes: {', '.join(names)}"
    own = "" if module else "write a class of your own as MODULE:CLASS; "
    hint = f"did you mean {by_end[close[0]]}?" if close else f"{own}{known}"
    return UnknownClassError(f"unknown config class {name!r}; {hint}")
