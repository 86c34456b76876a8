"""Describes config classes in reStructuredText: one block for each field."""

from __future__ import annotations

import inspect
import re
from enum import Enum
from typing import TYPE_CHECKING, Any

from pynenc_conf._core.declare.field import is_field
from pynenc_conf._core.declare.plan import plan_of
from pynenc_conf._core.masking import format_value
from pynenc_conf._core.resolve.precedence import variable_rank
from pynenc_conf._core.types.unset import REQUIRED
from pynenc_conf.config_base import ConfigBase

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from pynenc_conf._core.declare.setting import Setting

BASE = "pynenc_conf.config_base.ConfigBase"
BOUNDS = {"ge": "at least", "gt": "more than", "le": "at most", "lt": "less than"}


def describe_class(cls: type[ConfigBase]) -> Iterator[str]:
    """Yield the description of a config class, in reStructuredText."""
    plan = plan_of(cls)
    yield f".. py:class:: {cls.__name__}{signature_of(cls)}"
    yield ""
    yield from indent(class_text(cls))
    for name in cls.config_fields():
        yield from indent(describe_field(cls, plan.settings[name]))
    previous = None
    for owner, settings in inherited(cls):
        if owner is not previous:
            yield from indent([f".. rubric:: Inherited from {owner.__name__}", ""])
        yield from indent(describe_inherited(cls, owner, settings))
        previous = owner
    for name, item in vars(cls).items():
        if inspect.isroutine(item) and not (is_field(item) or name.startswith("_")):
            yield from indent([f".. automethod:: {public_name(cls)}.{name}", ""])


def class_text(cls: type[ConfigBase]) -> Iterator[str]:
    """Yield bases, description, initialization and section of a class."""
    bases = ", ".join(link("class", public_name(base)) for base in cls.__bases__)
    yield f"Bases: {bases}"
    yield ""
    # The blocks of the fields replace the lines that the metaclass adds.
    yield from inspect.cleandoc((cls.__doc__ or "").partition(":cvar ")[0]).splitlines()
    yield ""
    if "__init__" not in vars(cls):
        yield f":Initialization: The parameters are those of {link('class', BASE)}."
    if plan_of(cls).settings:
        section = plan_of(cls).scopes[-1].section
        variable = cls.get_env_key(cls.ENV_FILEPATH, cls)
        yield f":Section: ``{section}``, in files and in ``config_values``."
        yield f":File: The variable ``{variable}`` names a file for this class only."
    yield ""


def describe_field(cls: type[ConfigBase], setting: Setting) -> Iterator[str]:
    """Yield the block of a field: type, default, meaning, range, keys, variables."""
    field = setting.field
    yield f".. py:attribute:: {setting.name}"
    yield f"   :type: {type_text(setting.declared)}"
    if field.default_value is not REQUIRED:
        yield f"   :value: {default_text(field.default_value, setting)}"
    yield ""
    text = [escape(field.doc), ""]
    values = values_text(setting)
    if values:
        text.append(f":Values: {values}")
    if setting.secret:
        masked = "The value" if setting.secret is True else "Its password"
        text.append(f":Secret: {masked} is masked in all output.")
    text.append(f":Keys: {codes(keys_of(cls, setting))}")
    text.append(f":Variables: {codes(variables_of(cls, setting))}")
    yield from indent([*text, ""])


def inherited(cls: type[ConfigBase]) -> Iterator[tuple[type, list[Setting]]]:
    """Yield the inherited fields, in groups with one owner and the same sections.

    The groups of one owner follow each other.
    """
    groups: dict[tuple[Any, ...], list[Setting]] = {}
    for setting in plan_of(cls).settings.values():
        if setting.owner is not cls:
            sections = [key.rpartition(".")[0] for key in keys_of(cls, setting)]
            groups.setdefault((setting.owner, *sections), []).append(setting)
    owners = list(dict.fromkeys(owner for owner, *_ in groups))
    for (owner, *_), settings in sorted(
        groups.items(), key=lambda group: owners.index(group[0][0])
    ):
        yield owner, settings


def describe_inherited(
    cls: type[ConfigBase], owner: type, settings: list[Setting]
) -> Iterator[str]:
    """Yield the fields inherited from a class, with links, and what sets them."""
    for setting in settings:
        default = default_text(setting.field.default_value, setting)
        yield f"- {link('attr', f'{public_name(owner)}.{setting.name}')}: ``{default}``"
    yield ""
    if len(settings) > 1:
        first = settings[0].name
        yield f"Their keys and variables have the form of those for ``{first}``:"
        yield ""
    yield f":Keys: {codes(keys_of(cls, settings[0]))}"
    yield f":Variables: {codes(variables_of(cls, settings[0]))}"
    yield ""


def signature_of(cls: type) -> str:
    """Return the parameters of a class, with their types as the source has them."""
    parts = []
    for name, item in list(inspect.signature(cls.__init__).parameters.items())[1:]:
        default = "" if item.default is item.empty else f" = {item.default!r}"
        parts.append(f"{name}: {item.annotation}{default}")
    return f"({', '.join(parts)})"


def keys_of(cls: type[ConfigBase], setting: Setting) -> list[str]:
    """Return the keys of files and mappings for a field, highest precedence first."""
    scopes = [
        scope for scope, fields in plan_of(cls).scope_fields if setting.name in fields
    ]
    sections = dict.fromkeys(scope.section for scope in reversed(scopes))
    return [*(f"{section}.{setting.name}" for section in sections), setting.name]


def variables_of(cls: type[ConfigBase], setting: Setting) -> list[str]:
    """Return the variables that set a field, highest precedence first."""
    ordered = sorted(plan_of(cls).variables, key=variable_rank, reverse=True)
    return [each.name for each in ordered if each.field == setting.name]


def type_text(declared: Any) -> str:
    """Return a declared type as Python source text."""
    is_class = isinstance(declared, type) and not hasattr(declared, "__origin__")
    return declared.__name__ if is_class else str(declared)


def default_text(value: object, setting: Setting) -> str:
    """Return a default as Python source text, with the names of classes and members."""
    if isinstance(value, Enum):
        return f"{type(value).__name__}.{value.name}"
    if isinstance(value, tuple) and any(isinstance(item, type) for item in value):
        names = [getattr(item, "__name__", repr(item)) for item in value]
        return f"({', '.join(names)}{',' if len(names) == 1 else ''})"
    return format_value(value, setting.secret)


def values_text(setting: Setting) -> str:
    """Return which values a field accepts, "" if its type alone decides."""
    field, declared = setting.field, setting.declared
    parts = [f"{BOUNDS[name]} {bound}" for name, bound in field.limits.items()]
    if field.choices is not None:
        parts.append("one of " + codes(map(repr, field.choices)))
    if isinstance(declared, type) and issubclass(declared, Enum):
        parts.append("one of " + codes(str(member.value) for member in declared))
    if field.allow_inf:
        parts.append("may be infinite (``inf``)")
    return ", ".join(parts)


def public_name(cls: type) -> str:
    """Return the public name of a config class, with its module."""
    return BASE if cls is ConfigBase else f"{cls.__module__}.{cls.__name__}"


def link(role: str, name: str) -> str:
    """Return a link to a class or field, which shows the last part of its name."""
    return f":py:{role}:`~{name}`"


def codes(texts: Iterable[str]) -> str:
    """Return several texts as code, separated by commas."""
    return ", ".join(f"``{text}``" for text in texts)


def escape(text: str) -> str:
    """Return plain text as reStructuredText; code in backticks stays code."""
    return re.sub(r"[\\*|]|_\b", r"\\\g<0>", text)


def indent(lines: Iterable[str]) -> Iterator[str]:
    """Yield the lines as the content of a directive."""
    return (f"   {line}" if line else "" for line in lines)
