"""Classes that settings name, and whether their modules may be imported."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from importlib import import_module

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

# Commands look at the settings of applications, and must not run what a file names.
_is_allowed: ContextVar[bool] = ContextVar("_is_allowed", default=True)


class _NotImportedError(Exception):
    """Base of the classes that stand for exception classes that are not imported."""


@contextmanager
def without_imports() -> Iterator[None]:
    """Import no module that a setting names while the block runs.

    A class of a module that is not imported yet is a stand-in with the same name.
    """
    token = _is_allowed.set(False)
    try:
        yield
    finally:
        _is_allowed.reset(token)


def load_class(module_name: str, class_name: str) -> Any:
    """Return a class of a module, or whatever the module has under the name."""
    if not _is_allowed.get() and module_name not in sys.modules:
        return _stand_in(module_name, class_name)
    return getattr(import_module(module_name), class_name)


@cache
def _stand_in(module_name: str, class_name: str) -> type[Exception]:
    return type(class_name, (_NotImportedError,), {"__module__": module_name})


def not_imported(value: object) -> list[str]:
    """Return the names of the classes in a value that are stand-ins."""
    items = value if isinstance(value, tuple) else ()
    return [
        f"{item.__module__}.{item.__name__}"
        for item in items
        if isinstance(item, type) and issubclass(item, _NotImportedError)
    ]
