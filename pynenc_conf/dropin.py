"""Replaces the configuration of an installed pynenc by this library.

Call `install()` in the application's module, before the first import of pynenc:

    from pynenc_conf import dropin

    dropin.install()

    from pynenc import Pynenc

`python -m pynenc_conf.dropin --app ...` runs the command `pynenc --app ...` with this
library installed.

For pynenc 0.0.21 to 0.0.24, this library replaces the catalogue, `pynenc.conf`, and the
engine, `cistell`. For pynenc 0.1 and later, which have a different catalogue, this
library replaces only the engine.
"""

from __future__ import annotations

import re
import sys
from importlib import import_module
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder
from importlib.metadata import PackageNotFoundError, entry_points, version
from importlib.util import find_spec, module_from_spec
from multiprocessing import spawn
from threading import RLock

from pynenc_conf import exceptions
from pynenc_conf._core.declare.metaclass import own_fields
from pynenc_conf._core.problems import shared_errors
from pynenc_conf.config_base import ConfigBase
from pynenc_conf.config_redis import ConfigRedis
from pynenc_conf.config_task import ConfigTask
from pynenc_conf.exceptions import ConfigError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from types import ModuleType
    from typing import Any

    from pynenc_conf._core.masking import Secrecy

__all__ = ["DropInError", "install", "uninstall"]

_CATALOGUE = "pynenc.conf"
_ENGINE = "cistell"
_BASE = "pynenc_conf.config_base:ConfigBase"
_FIELD = "pynenc_conf.field:ConfigField"

# The modules and names of the engine, with their replacements as "module:name".
_ENGINE_NAMES = {
    "cistell": {
        "ConfigBase": _BASE,
        "ConfigField": _FIELD,
        "ConfigRoot": _BASE,
        "FieldProvenance": "pynenc_conf:FieldInfo",
    },
    "cistell.base": {"ConfigBase": _BASE, "ConfigRoot": _BASE},
    "cistell.field": {
        "ConfigField": _FIELD,
        "default_config_field_mapper": "pynenc_conf.field:default_config_field_mapper",
    },
    "cistell.root": {
        "ConfigField": _FIELD,
        "ConfigRoot": _BASE,
        "get_config_fields": "pynenc_conf._core.declare.metaclass:own_fields",
    },
}
_ENGINE_MODULES = {"cistell.exceptions": "pynenc_conf.exceptions"}

# The fields that the catalogue declares as secrets; all of them are in this class.
_SECRETS: dict[str, Secrecy] = {
    name: vars(ConfigRedis)[name].secret
    for name in own_fields(ConfigRedis)
    if vars(ConfigRedis)[name].secret
}

# The versions of pynenc whose catalogue is replaced, and the first with another one.
_FIRST, _LAST = (0, 0, 21), (0, 0, 24)
_FIRST_ENGINE_ONLY = (0, 1, 0)
_SUPPORTED = "pynenc 0.0.21 to 0.0.24, or pynenc 0.1 or later with cistell 0.1"


class DropInError(ConfigError, ImportError):
    """Raised when this library cannot replace the configuration of pynenc."""


class _AliasLoader(Loader):
    """Loads a module of this library under another name."""

    def __init__(self, name: str) -> None:
        self._name = name

    def exec_module(self, module: ModuleType) -> None:
        """Replace the new module; the import system returns the replacement."""
        sys.modules[module.__name__] = import_module(self._name)


class EngineBase(ConfigBase):
    """Replaces the base class of the engine of pynenc 0.1 and later.

    Its sections and general keys set fields of the class that they are addressed to.
    Fields with the names of the catalogue's secrets are secrets, because pynenc itself
    does not mark any.
    """

    _SETS_OWN_FIELDS_ONLY: bool = True

    def __init_subclass__(cls, **options: Any) -> None:
        super().__init_subclass__(**options)
        for name in _SECRETS.keys() & own_fields(cls):
            field = vars(cls)[name]
            field.secret = field.secret or _SECRETS[name]


class _EngineLoader(Loader):
    """Loads a module of the engine, with objects of this library.

    Names that have no replacement are those of the installed module, which is loaded
    when such a name is asked for.
    """

    def __init__(self, *, catalogue: bool) -> None:
        self._catalogue = catalogue

    def exec_module(self, module: ModuleType) -> None:
        """Set the names of the new module, and load the submodules of the package."""
        for name, replacement in _ENGINE_NAMES[module.__name__].items():
            home, _, attribute = replacement.partition(":")
            found = getattr(import_module(home), attribute)
            if found is ConfigBase and not self._catalogue:
                found = EngineBase
            setattr(module, name, found)
        vars(module)["__getattr__"] = _installed_names(module.__name__)
        if module.__name__ == _ENGINE:
            for submodule in (*_ENGINE_NAMES, *_ENGINE_MODULES):
                import_module(submodule)


def _installed_names(name: str) -> Callable[[str], object]:
    """Return a function that finds the other names of an installed module."""

    def find(attribute: str) -> object:
        spec = None
        if not attribute.startswith("__"):
            package, _, submodule = name.partition(".")
            spec = PathFinder.find_spec(package)
            if submodule and spec is not None:
                spec = PathFinder.find_spec(name, spec.submodule_search_locations)
        if spec is not None and spec.loader is not None:
            installed = module_from_spec(spec)
            spec.loader.exec_module(installed)
            if attribute in vars(installed):
                return vars(installed)[attribute]
        message = f"module {name!r} has no attribute {attribute!r}"
        raise AttributeError(message)

    return find


class _Finder(MetaPathFinder):
    """Finds the modules that this library replaces."""

    def __init__(self, *, catalogue: bool) -> None:
        self._catalogue = catalogue

    def find_spec(
        self,
        fullname: str,
        path: Sequence[str] | None = None,
        target: ModuleType | None = None,
    ) -> ModuleSpec | None:
        """Return the spec of a module that is replaced, or None."""
        del path, target
        if fullname in _ENGINE_NAMES:
            is_package = fullname == _ENGINE
            loader = _EngineLoader(catalogue=self._catalogue)
            spec = ModuleSpec(fullname, loader, is_package=is_package)
            if is_package:
                # Other submodules, such as `util_files`, are the installed engine's.
                installed = PathFinder.find_spec(_ENGINE)
                found = installed and installed.submodule_search_locations
                spec.submodule_search_locations = list(found or ())
            return spec
        replacement = _ENGINE_MODULES.get(fullname)
        if self._catalogue and f"{fullname}.".startswith(f"{_CATALOGUE}."):
            replacement = f"pynenc_conf{fullname.removeprefix(_CATALOGUE)}"
        if replacement is None or find_spec(replacement) is None:
            return None
        return ModuleSpec(fullname, _AliasLoader(replacement))


class _InstallInChild:
    """Calls `install()` in a spawned process, when the process unpickles this object.

    A spawned process can unpickle objects of pynenc, and so import pynenc, before it
    imports the module of the application, which calls `install()`.
    """

    def __init__(self, path: list[str]) -> None:
        self._path = path

    def __reduce__(self) -> tuple[object, tuple[str]]:
        # The parent's path, which may be needed to find this library, is set later.
        code = (
            f"import sys; sys.path[:] = {self._path!r}; "
            f"from pynenc_conf.dropin import install; install()"
        )
        return exec, (code,)


class _Installation:
    """The replacements in this process, and the state to restore afterwards."""

    def __init__(self, *, catalogue: bool) -> None:
        self._catalogue = catalogue
        self._finder = _Finder(catalogue=catalogue)
        self._retry_error = exceptions.RetryError
        self._preparation_data = spawn.get_preparation_data

    def activate(self) -> None:
        """Replace modules from now on, and share exceptions between the libraries."""
        sys.meta_path.insert(0, self._finder)
        spawn.get_preparation_data = self._prepare
        # Imported now, so that later imports of our RetryError get the shared class.
        pynenc_exceptions = import_module("pynenc.exceptions")
        _share_retry_error(pynenc_exceptions.RetryError)
        if self._catalogue:
            # pynenc itself does not raise these; its engine has separate exceptions.
            for name in ("ConfigError", "ConfigMultiInheritanceError"):
                setattr(pynenc_exceptions, name, getattr(exceptions, name))
        else:
            # Its mappers raise this class, and its handlers expect it.
            shared_errors.append(pynenc_exceptions.ConfigError)

    def deactivate(self) -> None:
        """Undo `activate()`, and remove the modules that were imported since then."""
        if self._finder in sys.meta_path:
            sys.meta_path.remove(self._finder)
        spawn.get_preparation_data = self._preparation_data
        packages = {"pynenc", "pynmon", _ENGINE, *plugin_packages()}
        for name in _imported_modules(packages):
            del sys.modules[name]
        _share_retry_error(self._retry_error)
        shared_errors.clear()

    def _prepare(self, name: str) -> dict[str, Any]:
        """Return the data for a spawned process, which makes it call `install()`."""
        data = self._preparation_data(name)
        data["pynenc_conf"] = _InstallInChild(data.get("sys_path", sys.path))
        return data


# At most one object: the installation in this process. Reloading this module keeps it,
# and the lock that guards it.
_installed: list[_Installation] = globals().get("_installed", [])
_lock = globals().get("_lock", RLock())


def install() -> None:
    """Make the installed pynenc, its plug-ins and all later imports use this library.

    Imports pynenc. A second call does nothing. Raises DropInError if pynenc or its
    engine is already imported, is not installed, or has an unsupported version.
    """
    with _lock:
        if not _installed:
            _install()


def _install() -> None:
    catalogue = _replaces_catalogue()
    for package in ("pynenc", _ENGINE):
        if _imported_modules({package}):
            msg = (
                f"{package} was imported before pynenc_conf.dropin.install() was "
                f"called; call install() at the top of the application's module, and "
                f"run 'python -m pynenc_conf.dropin' instead of the command 'pynenc'"
            )
            raise DropInError(msg)
    installation = _Installation(catalogue=catalogue)
    _installed.append(installation)
    try:
        installation.activate()
    except BaseException:
        uninstall()
        raise


def uninstall() -> None:
    """Undo `install()`, for tests: the next import of pynenc gets its own modules.

    Modules that imported names of pynenc, such as the application's, keep the replaced
    objects until they are imported again. Does nothing without an `install()`.
    """
    with _lock:
        if _installed:
            _installed.pop().deactivate()


def main() -> None:
    """Run the command `pynenc` with this library installed."""
    install()
    sys.argv[0] = "pynenc"
    import_module("pynenc.__main__").main()


def _replaces_catalogue() -> bool:
    """Whether to replace the catalogue and the engine, or only the engine.

    Raises DropInError if this library does not support the installed versions.
    """
    found = _installed_version("pynenc")
    if _FIRST <= found <= _LAST:
        return True
    engine = ""
    if found >= _FIRST_ENGINE_ONLY:
        if _installed_version(_ENGINE)[:2] == _FIRST_ENGINE_ONLY[:2]:
            return False
        engine = f" with {_ENGINE} {version(_ENGINE)}"
    msg = (
        f"the installed pynenc {version('pynenc')}{engine} is not supported; install "
        f"{_SUPPORTED}, or install a newer pynenc_conf"
    )
    raise DropInError(msg)


def _installed_version(package: str) -> tuple[int, ...]:
    try:
        text = version(package)
    except PackageNotFoundError as error:
        msg = f"{package} is not installed; install {_SUPPORTED}"
        raise DropInError(msg) from error
    release = re.match(r"\d+(\.\d+)*", text)
    numbers = [int(number) for number in release[0].split(".")] if release else []
    return (*numbers, 0, 0, 0)[:3]


def _imported_modules(packages: Iterable[str]) -> list[str]:
    """Return the names of the imported modules of these packages."""
    packages = set(packages)
    return sorted(
        name for name in list(sys.modules) if name.partition(".")[0] in packages
    )


def plugin_packages() -> set[str]:
    """Return the names of the packages that contain plug-ins of pynenc."""
    return {
        point.module.partition(".")[0] for point in entry_points(group="pynenc.plugins")
    }


def _share_retry_error(error: type[Exception]) -> None:
    """Make `error` the RetryError of this library."""
    for name in ("pynenc_conf", "pynenc_conf.exceptions", "pynenc_conf.config_task"):
        vars(import_module(name))["RetryError"] = error
    # The metaclass makes the value the new default of the field.
    setattr(ConfigTask, "retry_for", (error,))  # noqa: B010 - a type error otherwise


if __name__ in {"__main__", "__mp_main__"}:
    # This module is a copy, also in processes that a runner spawns.
    from pynenc_conf import dropin  # noqa: PLW0406 - the module that others import

    if __name__ == "__main__":
        dropin.main()
    else:
        dropin.install()
