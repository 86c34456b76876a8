"""Writes the page of each public module, and the overview of all modules."""

from __future__ import annotations

import inspect
from enum import Enum
from functools import cache
from importlib import import_module
from pkgutil import iter_modules
from typing import TYPE_CHECKING, Any

import pynenc_conf
from config_reference.fields import describe_class
from pynenc_conf._core.declare.metaclass import ConfigMeta
from pynenc_conf._core.declare.plan import plan_of
from pynenc_conf.config_base import ConfigPynencBase

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from types import ModuleType

# The groups of the overview. A module that is in no group belongs to the catalogue.
GROUPS = {
    "Settings of pynenc": (),
    "Writing config classes": ("config_base", "field", "constants"),
    "Values and their origins": ("pynenc_conf", "origin"),
    "Errors": ("exceptions",),
    "Redis": ("redis_client", "redis_retry", "redis_url"),
    "Workers, and the drop-in for pynenc": ("fleet", "dropin"),
}
CATALOGUE = next(iter(GROUPS))
INTRODUCTION = """\
# Modules

These pages describe all public classes and functions, one page for each module. They
are for looking up a name; the [tutorial](../../getting-started/tutorial.md) introduces
the library. The config classes, `ConfigField` and the exceptions of `exceptions` can
also be imported from `pynenc_conf` itself. Modules and names that begin with an
underscore are private and can change in any release.

pynenc, whose settings are a part of this library, runs functions as *tasks* on many
machines. An *invocation* is one call of a task, and a *runner* executes invocations.
"""

HOW_TO_READ = """\
A field is set by one of its *keys* in a file or in `config_values`, or by one of its
environment *variables*. The first of each list has the highest precedence.
[Precedence](../../explanation/precedence.md) has all rules.
"""


def pages() -> dict[str, str]:
    """Return the texts of all pages, in Markdown, by the name of the page."""
    texts = {name: page(module) for name, module in modules().items()}
    return texts | {"index": overview()}


@cache
def modules() -> dict[str, ModuleType]:
    """Return the public modules by their names in the package."""
    names = [item.name for item in iter_modules(pynenc_conf.__path__)]
    return {"pynenc_conf": pynenc_conf} | {
        name: import_module(f"{pynenc_conf.__name__}.{name}")
        for name in names
        if not name.startswith("_")
    }


def overview() -> str:
    """Return the page that lists all modules, in groups."""
    grouped = {name for names in GROUPS.values() for name in names}
    rest = [name for name in modules() if name not in grouped]
    lines = [INTRODUCTION]
    for group, listed in GROUPS.items():
        names = rest if group == CATALOGUE else listed
        lines += [f"## {group}", ""]
        for name in names:
            lines += [f"[`{name}`]({name}.md)"]
            lines += [f": {summary(modules()[name])}", ""]
        lines += fenced("{toctree}", [":hidden:", "", *names])
    return "\n".join(lines)


def page(module: ModuleType) -> str:
    """Return the page of a module."""
    lines = [f"# `{short_name(module)}`", ""]
    lines += fenced("{eval-rst}", [f".. py:module:: {module.__name__}"])
    lines += [inspect.getdoc(module) or "", ""]
    described = sorted(documented(module), key=lambda pair: not has_fields(pair[1]))
    own = {name for name, _ in described}
    if len(described) > 1:
        for name, item in described:
            if summary(item):
                role = "class" if isinstance(item, type) else "func"
                lines += [f"{{py:{role}}}`~{module.__name__}.{name}`"]
                lines += [f": {summary(item)}", ""]
    names = [name for name, _ in public(module)]
    also = [f"{{py:obj}}`~{homes()[name]}`" for name in names if name not in own]
    if also:
        lines += [f"Also in this module: {', '.join(also)}.", ""]
    if any(has_fields(item) for _, item in described):
        lines += [HOW_TO_READ]
    for name, item in described:
        lines += fenced("{eval-rst}", describe(module, name, item))
    return "\n".join(lines)


def describe(module: ModuleType, name: str, item: Any) -> Iterator[str]:
    """Yield the description of a public name, in reStructuredText."""
    path = f"{module.__name__}.{name}"
    if has_fields(item):
        yield from describe_class(item)
    elif isinstance(item, type):
        yield f".. autoclass:: {path}"
        yield "   :members:"
        # A reader who catches an exception needs its base classes.
        if issubclass(item, (Exception, Enum, ConfigPynencBase)):
            yield "   :show-inheritance:"
    elif callable(item):
        yield f".. autofunction:: {path}"
    else:
        yield f".. autodata:: {path}"


def has_fields(item: object) -> bool:
    """Whether this is a config class with fields."""
    return isinstance(item, ConfigMeta) and bool(plan_of(item).settings)


def short_name(module: ModuleType) -> str:
    """Return the name of a module within the package."""
    return module.__name__.rpartition(".")[2]


def public(module: ModuleType) -> list[tuple[str, Any]]:
    """Return the public names of a module: in `__all__`, or defined there."""
    if hasattr(module, "__all__"):
        return [(name, getattr(module, name)) for name in module.__all__]
    return [
        (name, item)
        for name, item in vars(module).copy().items()
        if not name.startswith("_") and is_defined_in(module, name, item)
    ]


def is_defined_in(module: ModuleType, name: str, item: object) -> bool:
    """Whether a module defines a class, function or constant that it has."""
    if name in inspect.get_annotations(module):  # a constant
        return True
    return getattr(item, "__module__", None) == module.__name__


def documented(module: ModuleType) -> list[tuple[str, Any]]:
    """Return the public names that the page of this module describes."""
    others = [other for other in modules().values() if other is not module]
    if module is pynenc_conf:
        elsewhere = {name for other in others for name, _ in public(other)}
        return [pair for pair in public(module) if pair[0] not in elsewhere]
    described = {other.__name__ for other in others}
    return [
        pair
        for pair in public(module)
        if getattr(pair[1], "__module__", None) not in described
    ]


@cache
def homes() -> dict[str, str]:
    """Return where each public name is described, by the name without its module."""
    return {
        name: f"{module.__name__}.{name}"
        for module in modules().values()
        for name, _ in documented(module)
    }


def summary(item: object) -> str:
    """Return the first sentence of a docstring; "" for a constant."""
    if not callable(item) and not inspect.ismodule(item):
        return ""
    return " ".join((inspect.getdoc(item) or "").partition("\n\n")[0].split())


def fenced(directive: str, lines: Iterable[str]) -> list[str]:
    """Return a directive with its content."""
    return [f"````{directive}", *lines, "````", ""]
