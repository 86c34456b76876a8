"""Puts this library in the place of an installed pynenc's own configuration.

Call `install()` before the first import of pynenc, in the application's module:

    from pynenc_conf import dropin

    dropin.install()

    from pynenc import Pynenc

`python -m pynenc_conf.dropin --app ...` is the command `pynenc --app ...` with it.

Of pynenc 0.0.21 to 0.0.24 the catalogue and the engine are replaced: `pynenc.conf` and
`cistell`. From pynenc 0.1 on it is the engine alone, for the catalogue is another.
"""

from __future__ import annotations

import re
import sys
from importlib import import_module
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder
from importlib.metadata import PackageNotFoundError, entry_points, version
from importlib.util import find_spec
from multiprocessing import spawn

from pynenc_conf import exceptions
from pynenc_conf.config_task import ConfigTask
from pynenc_conf.exceptions import ConfigError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from types import ModuleType
    from typing import Any

__all__ = ["DropInError", "install", "uninstall"]

CATALOGUE = "pynenc.conf"
ENGINE = "cistell"

# The engine's modules; what each of their names is, as "module:name" of this library.
_ENGINE_NAMES = {
    "cistell": {
        "ConfigBase": "pynenc_conf.config_base:ConfigBase",
        "ConfigField": "pynenc_conf.field:ConfigField",
        "ConfigRoot": "pynenc_conf.config_base:ConfigBase",
        "FieldProvenance": "pynenc_conf._core.report.explain:FieldInfo",
    },
    "cistell.base": {
        "ConfigBase": "pynenc_conf.config_base:ConfigBase",
        "ConfigRoot": "pynenc_conf.config_base:ConfigBase",
    },
    "cistell.field": {
        "ConfigField": "pynenc_conf.field:ConfigField",
        "default_config_field_mapper": "pynenc_conf.field:default_config_field_mapper",
    },
    "cistell.root": {
        "ConfigField": "pynenc_conf.field:ConfigField",
        "ConfigRoot": "pynenc_conf.config_base:ConfigBase",
        "get_config_fields": "pynenc_conf._core.declare.metaclass:own_fields",
    },
}
_ENGINE_MODULES = {"cistell.exceptions": "pynenc_conf.exceptions"}

_told_anyway = spawn.get_preparation_data

_FIRST, _LAST = (0, 0, 21), (0, 0, 24)
_ENGINE_ONLY = (0, 1, 0)
_KNOWN = "pynenc 0.0.21 to 0.0.24, and pynenc from 0.1 on with cistell 0.1"


class DropInError(ConfigError, ImportError):
    """Raised when this library cannot take the place of pynenc's configuration."""


class _Alias(Loader):
    """Gives a module of ours under a name of theirs: one module, two names."""

    def __init__(self, ours: str) -> None:
        self._ours = ours

    def exec_module(self, module: ModuleType) -> None:
        """Replace the new module: the import system hands out what is found here."""
        sys.modules[module.__name__] = import_module(self._ours)


class _Names(Loader):
    """Fills a module of the engine's name with what we have for its names."""

    def exec_module(self, module: ModuleType) -> None:
        """Put our objects into the new module."""
        for name, place in _ENGINE_NAMES[module.__name__].items():
            home, _, attribute = place.partition(":")
            setattr(module, name, getattr(import_module(home), attribute))


class _Finder(MetaPathFinder):
    """Answers imports of the names that are replaced, and of no others."""

    def __init__(self, *, catalogue: bool) -> None:
        self._catalogue = catalogue

    def find_spec(
        self,
        fullname: str,
        path: Sequence[str] | None = None,
        target: ModuleType | None = None,
    ) -> ModuleSpec | None:
        """Say how to load a module that is replaced; None for any other."""
        del path, target
        if fullname in _ENGINE_NAMES:
            spec = ModuleSpec(fullname, _Names(), is_package=fullname == ENGINE)
            if fullname == ENGINE:
                # What we have no counterpart of, such as `util_files`, stays theirs.
                theirs = PathFinder.find_spec(ENGINE)
                found = theirs and theirs.submodule_search_locations
                spec.submodule_search_locations = list(found or ())
            return spec
        ours = _ENGINE_MODULES.get(fullname)
        if self._catalogue and f"{fullname}.".startswith(f"{CATALOGUE}."):
            ours = f"pynenc_conf{fullname.removeprefix(CATALOGUE)}"
        if ours is None or find_spec(ours) is None:
            return None
        return ModuleSpec(fullname, _Alias(ours))


class _InChild:
    """Installs the drop-in in a spawned process, where it is unpickled.

    That is before anything of pynenc is: a child may import it before the module
    of the application, which calls `install()`.
    """

    def __init__(self, path: list[str]) -> None:
        self._path = path

    def __reduce__(self) -> tuple[object, tuple[str]]:
        # This library may be found on the parent's path only, which comes later.
        code = (
            f"import sys; sys.path[:] = {self._path!r}; "
            f"from pynenc_conf.dropin import install; install()"
        )
        return exec, (code,)


def _preparation_data(name: str) -> dict[str, Any]:
    """Tell a process that is spawned to use the drop-in, and all it is told anyway."""
    data = _told_anyway(name)
    data["pynenc_conf"] = _InChild(data.get("sys_path", sys.path))
    return data


class _Installation:
    """What was put in place, and what it takes to undo it."""

    def __init__(self, *, catalogue: bool) -> None:
        self._catalogue = catalogue
        self._finder = _Finder(catalogue=catalogue)
        self._retry_error = exceptions.RetryError

    def begin(self) -> None:
        """Answer imports from now on, and make the two libraries' errors agree."""
        sys.meta_path.insert(0, self._finder)
        spawn.get_preparation_data = _preparation_data
        # Imported here, for one who takes our RetryError next must get the shared one.
        theirs = import_module("pynenc.exceptions")
        _share_retry_error(theirs.RetryError)
        if self._catalogue:
            # There, nothing raises these two: the engine has errors of its own.
            for name in ("ConfigError", "ConfigMultiInheritanceError"):
                setattr(theirs, name, getattr(exceptions, name))

    def end(self) -> None:
        """Forget all that was imported with this library in place."""
        if self._finder in sys.meta_path:
            sys.meta_path.remove(self._finder)
        spawn.get_preparation_data = _told_anyway
        for name in _loaded({"pynenc", "pynmon", ENGINE, *_plugins()}):
            del sys.modules[name]
        _share_retry_error(self._retry_error)


# At most one: the installation of this process.
_installed: list[_Installation] = []


def install() -> None:
    """Make the installed pynenc, its plug-ins and all later imports use this library.

    Imports pynenc. Once is enough; calling it again does nothing. Raises DropInError
    if pynenc or its engine was imported before, or is of a version not known here.
    """
    if _installed:
        return
    catalogue = _replaces_catalogue()
    for package in ("pynenc", ENGINE):
        if _loaded({package}):
            msg = (
                f"{package} was imported before pynenc_conf.dropin.install() was "
                f"called; call it first, at the top of the application's module, and "
                f"run 'python -m pynenc_conf.dropin' in place of the command 'pynenc'"
            )
            raise DropInError(msg)
    installation = _Installation(catalogue=catalogue)
    _installed.append(installation)
    try:
        installation.begin()
    except BaseException:
        uninstall()
        raise


def uninstall() -> None:
    """Undo `install()`, for tests: the next import of pynenc is of its own modules.

    Modules that have names of pynenc in hand, as the application's, keep what they
    have; import them afresh. Does nothing where nothing is installed.
    """
    if _installed:
        _installed.pop().end()


def main() -> None:
    """Run pynenc's own command with this library in place."""
    install()
    sys.argv[0] = "pynenc"
    import_module("pynenc.__main__").main()


def _replaces_catalogue() -> bool:
    """Say whether the catalogue of the installed pynenc is ours, or just the engine.

    Raises DropInError for a pynenc, or an engine, that is not known.
    """
    found = _version_of("pynenc")
    if _FIRST <= found <= _LAST:
        return True
    if found >= _ENGINE_ONLY and _version_of(ENGINE)[:2] == _ENGINE_ONLY[:2]:
        return False
    engine = f" with {ENGINE} {version(ENGINE)}" if found >= _ENGINE_ONLY else ""
    msg = (
        f"the installed pynenc {version('pynenc')}{engine} is not known; known are "
        f"{_KNOWN}; install one of them, or a newer pynenc_conf"
    )
    raise DropInError(msg)


def _version_of(package: str) -> tuple[int, ...]:
    try:
        text = version(package)
    except PackageNotFoundError as error:
        msg = f"{package} is not installed; install one of {_KNOWN}"
        raise DropInError(msg) from error
    release = re.match(r"\d+(\.\d+)*", text)
    numbers = [int(number) for number in release[0].split(".")] if release else []
    return (*numbers, 0, 0, 0)[:3]


def _loaded(packages: Iterable[str]) -> list[str]:
    """Name the modules of packages that are imported."""
    packages = set(packages)
    return sorted(
        name for name in list(sys.modules) if name.partition(".")[0] in packages
    )


def _plugins() -> set[str]:
    """Name the packages of pynenc's plug-ins."""
    return {
        point.module.partition(".")[0] for point in entry_points(group="pynenc.plugins")
    }


def _share_retry_error(error: type[Exception]) -> None:
    """Make one class the RetryError of this library."""
    for name in ("pynenc_conf", "pynenc_conf.exceptions", "pynenc_conf.config_task"):
        vars(import_module(name))["RetryError"] = error
    # The metaclass makes it the new default of the field.
    setattr(ConfigTask, "retry_for", (error,))  # noqa: B010 - no type checker knows


if __name__ in {"__main__", "__mp_main__"}:
    # This is a copy of the module, also in processes that a runner spawns.
    from pynenc_conf import dropin  # noqa: PLW0406 - the one that others import

    if __name__ == "__main__":
        dropin.main()
    else:
        dropin.install()
