"""Writes one reference page for each public module, from its classes and functions.

The page of a module with config classes has tables of their fields: type, default,
limits, description, section and variables. All of it is read from the classes, so the
pages always agree with the code.
"""

from __future__ import annotations

import inspect
import re
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules
from typing import TYPE_CHECKING, Any

import pynenc_conf
from pynenc_conf import config_base, constants
from pynenc_conf._core.declare.plan import plan_of
from pynenc_conf._core.masking import format_value
from pynenc_conf._core.resolve.precedence import variable_rank
from pynenc_conf.config_base import ConfigBase

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from types import ModuleType

    from sphinx.application import Sphinx

    from pynenc_conf._core.declare.plan import Setting

FOLDER = "reference/api"
# Public names that can be imported from the package only, not from a public module.
PACKAGE_NAMES = (
    "FieldInfo",
    "Candidate",
    "Snapshot",
    "SettingSnapshot",
    "Difference",
    "diff",
)
BOUNDS = {"ge": "at least", "gt": "above", "le": "at most", "lt": "below"}


def setup(app: Sphinx) -> dict[str, Any]:
    """Write the pages before Sphinx collects its source files."""
    app.connect("builder-inited", write_pages)
    app.connect("autodoc-process-docstring", separate_code)
    return {"parallel_read_safe": True}


def separate_code(*arguments: Any) -> None:
    """Allow letters directly after code in a docstring (`field`s), as in Markdown."""
    lines: list[str] = arguments[-1]
    lines[:] = [re.sub(r"(?<!`)(`[^`]+`)(?=\w)", r"\1\\ ", line) for line in lines]


def write_pages(app: Sphinx) -> None:
    """Write the pages that changed, and remove the pages of deleted modules."""
    folder = Path(app.srcdir) / FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    names = [item.name for item in iter_modules(pynenc_conf.__path__)]
    modules = {"pynenc_conf": pynenc_conf} | {
        name: import_module(f"{pynenc_conf.__name__}.{name}")
        for name in names
        if not name.startswith("_")
    }
    pages = {
        folder / f"{name}.md": "\n".join(page(module)) + "\n"
        for name, module in modules.items()
    }
    for path in set(folder.glob("*.md")) - set(pages):
        path.unlink()
    for path, text in pages.items():
        # Sphinx rebuilds a page whose file is newer than the last build.
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            path.write_text(text, encoding="utf-8")


def page(module: ModuleType) -> Iterator[str]:
    """Yield the lines of the page of a module."""
    yield f"# `{module.__name__}`"
    yield ""
    yield from fenced("{eval-rst}", [f".. py:module:: {module.__name__}"])
    yield inspect.getdoc(module) or ""
    yield ""
    for name, item in public(module):
        if isinstance(item, type) and issubclass(item, ConfigBase):
            if item is ConfigBase:
                yield from automatic("autoclass", public_name(item), item)
            else:
                yield from config_class(item)
        elif isinstance(item, type):
            yield from automatic("autoclass", f"{module.__name__}.{name}", item)
        elif callable(item):
            yield from automatic("autofunction", f"{module.__name__}.{name}")
        elif module is constants:
            yield f"`{name} = {item!r}`"
            yield ""


def public(module: ModuleType) -> Iterator[tuple[str, Any]]:
    """Yield the public names of a module: in `__all__`, or defined there."""
    if module is pynenc_conf:
        yield from ((name, getattr(module, name)) for name in PACKAGE_NAMES)
        return
    listed = getattr(module, "__all__", ())
    for name, item in vars(module).items():
        home = getattr(item, "__module__", module.__name__)
        mine = home == module.__name__ and not inspect.ismodule(item)
        if name in listed or (mine and not name.startswith("_") and not listed):
            yield name, item


def public_name(cls: type) -> str:
    """Return the public name of a config class, with its module."""
    module = config_base if cls is ConfigBase else import_module(cls.__module__)
    return f"{module.__name__}.{cls.__name__}"


def automatic(directive: str, name: str, item: object = None) -> Iterator[str]:
    """Yield a directive of autodoc, which inserts a docstring."""
    lines = [f".. {directive}:: {name}"]
    if isinstance(item, type):
        lines.append("   :members:")
        # The built-in base classes of an exception determine how it can be caught.
        if issubclass(item, BaseException):
            lines.append("   :show-inheritance:")
    yield from fenced("{eval-rst}", lines)


def config_class(cls: type[ConfigBase]) -> Iterator[str]:
    """Yield the section of a config class: description, fields and variables."""
    plan = plan_of(cls)
    bases = ", ".join(f"{{py:class}}`~{public_name(base)}`" for base in cls.__bases__)
    parameters = inspect.signature(cls.__init__).parameters
    signature = ", ".join(
        name if item.default is item.empty else f"{name}={item.default!r}"
        for name, item in list(parameters.items())[1:]
    )
    yield f"## {cls.__name__}"
    yield ""
    yield from fenced(f"{{py:class}} {cls.__name__}({signature})", [f"Bases: {bases}"])
    # The table below replaces the lines that the metaclass adds to a docstring.
    yield inspect.cleandoc((cls.__doc__ or "").partition(":cvar ")[0])
    yield ""
    if not plan.settings:
        return
    section = plan.scopes[-1].section
    file_variable = cls.get_env_key(cls.ENV_FILEPATH, cls)
    yield f"Section `{section}` of a file or mapping. The variable `{file_variable}`"
    yield "names a file for this class only."
    yield ""
    own = [plan.settings[name] for name in cls.config_fields()]
    if own:
        yield from table(
            ("Field", "Type", "Default", "Limits", "Description"), map(field_row, own)
        )
    inherited: dict[type, list[str]] = {}
    for setting in plan.settings.values():
        if setting not in own:
            inherited.setdefault(setting.owner, []).append(code(setting.name))
    for owner, names in inherited.items():
        target = public_name(owner)
        yield f"Inherited from {{py:class}}`~{target}`: {', '.join(names)}."
        yield ""
    variables: dict[str, list[str]] = {name: [] for name in plan.settings}
    for variable in sorted(plan.variables, key=variable_rank, reverse=True):
        variables[variable.field].append(code(variable.name))
    yield from table(
        ("Field", "Environment variables, highest precedence first"),
        ((code(name), "<br>".join(names)) for name, names in variables.items()),
    )


def field_row(setting: Setting) -> tuple[str, ...]:
    """Return the cells of a field: name, type, default, limits, description."""
    field = setting.field
    declared = setting.declared
    simple = isinstance(declared, type) and not hasattr(declared, "__origin__")
    default = "a secret" if field.secret else code(shown_default(field.default_value))
    limits = [f"{BOUNDS[name]} {bound}" for name, bound in field.limits.items()]
    if field.choices is not None:
        limits.append("one of " + ", ".join(code(repr(item)) for item in field.choices))
    if field.allow_inf:
        limits.append("may be infinite")
    return (
        code(setting.name),
        code(declared.__name__ if simple else str(declared)),
        default,
        ", ".join(limits),
        field.doc,
    )


def shown_default(value: object) -> str:
    """Return a default as Python source text, with the names of classes and members."""
    if isinstance(value, tuple) and any(isinstance(item, type) for item in value):
        names = [getattr(item, "__name__", repr(item)) for item in value]
        return f"({', '.join(names)}{',' if len(names) == 1 else ''})"
    member = getattr(value, "name", None)
    return (
        f"{type(value).__name__}.{member}"
        if member
        else format_value(value, secret=False)
    )


def code(text: str) -> str:
    """Return text as code in the cell of a table."""
    return f"`{text}`".replace("|", r"\|")


def table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> Iterator[str]:
    """Yield a table in Markdown."""
    for cells in (head, ("---",) * len(head), *rows):
        yield f"| {' | '.join(cells)} |"
    yield ""


def fenced(directive: str, lines: Iterable[str]) -> Iterator[str]:
    """Yield a directive with its content."""
    yield f"````{directive}"
    yield from lines
    yield "````"
    yield ""
