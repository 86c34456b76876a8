"""The config classes of the installed pynenc and of its plug-ins, for `--pynenc`."""

from __future__ import annotations

import pkgutil
from importlib.util import find_spec
from typing import TYPE_CHECKING

import click

import pynenc_conf
from pynenc_conf._tools.classes import catalogue, config_classes_in, import_or_fail

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pynenc_conf.config_base import ConfigBase


def find_installed_classes() -> list[type[ConfigBase]]:
    """Install the drop-in, and return the classes of pynenc and of its plug-ins.

    The classes are those in the `conf` package of pynenc and of each plug-in. Raises
    UsageError if the drop-in does not support the installed pynenc, and
    UnknownClassError if a module cannot be imported.
    """
    # Importing the drop-in takes time that other commands save.
    from pynenc_conf import dropin  # noqa: PLC0415

    try:
        dropin.install()
    except dropin.DropInError as error:
        raise click.UsageError(str(error)) from error
    except (Exception, SystemExit) as error:
        msg = f"cannot import pynenc: {str(error) or type(error).__name__}"
        raise click.UsageError(msg) from error
    found: list[type[ConfigBase]] = []
    for package in ("pynenc", *sorted(dropin.plugin_packages())):
        found += _classes_of(package)
    return list(dict.fromkeys(found))


def _classes_of(package: str) -> Iterator[type[ConfigBase]]:
    """Yield the config classes that the `conf` package of a package defines."""
    is_package = hasattr(import_or_fail(package), "__path__")
    if not is_package or find_spec(f"{package}.conf") is None:
        return
    conf = import_or_fail(f"{package}.conf")
    if conf is pynenc_conf:
        yield from catalogue().values()
        return
    names = [
        f"{conf.__name__}.{module.name}"
        for module in pkgutil.iter_modules(getattr(conf, "__path__", ()))
    ]
    for name in (conf.__name__, *names):
        module = import_or_fail(name)
        yield from (c for c in config_classes_in(module) if c.__module__ == name)
