"""Arguments and options that several commands have."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import click
from click.shell_completion import CompletionItem

from pynenc_conf._core.declare.plan import plan_of
from pynenc_conf._tools.classes import (
    UnknownClassError,
    catalogue,
    find_class,
    known_classes,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from pynenc_conf.config_base import ConfigBase

    Decorator = Callable[[Callable[..., Any]], Callable[..., Any]]

# One key of a dotted path: bare, or in quotes where it has dots of its own.
_KEY = re.compile(r'"([^"]*)"|([^."]+)')


def class_named(name: str) -> type[ConfigBase]:
    """Return the class that an argument names; anything else is misuse."""
    try:
        return find_class(name)
    except UnknownClassError as error:
        raise click.UsageError(str(error)) from error


def all_classes(apps: Sequence[str]) -> list[type[ConfigBase]]:
    """Return every class that is known; a module that cannot be imported is misuse."""
    try:
        return known_classes(apps)
    except UnknownClassError as error:
        raise click.UsageError(str(error)) from error


def _to_class(_: click.Context, __: click.Parameter, name: str) -> type[ConfigBase]:
    return class_named(name)


def _to_classes(
    _: click.Context, __: click.Parameter, names: Sequence[str]
) -> list[type[ConfigBase]]:
    return [class_named(name) for name in names]


def _complete_class(
    _: click.Context, __: click.Parameter, incomplete: str
) -> list[CompletionItem]:
    return [
        CompletionItem(name, help=(cls.__doc__ or "").split("\n", 1)[0])
        for name, cls in catalogue().items()
        if name.lower().startswith(incomplete.lower())
    ]


def _complete_field(
    context: click.Context, _: click.Parameter, incomplete: str
) -> list[CompletionItem]:
    cls = context.params.get("cls")
    if cls is None:
        return []
    return [
        CompletionItem(name, help=setting.field.doc)
        for name, setting in plan_of(cls).settings.items()
        if name.startswith(incomplete)
    ]


class_argument: Decorator = click.argument(
    "cls", metavar="CLASS", callback=_to_class, shell_complete=_complete_class
)
classes_argument: Decorator = click.argument(
    "classes",
    metavar="[CLASS]...",
    nargs=-1,
    callback=_to_classes,
    shell_complete=_complete_class,
)
field_argument: Decorator = click.argument(
    "field", required=False, shell_complete=_complete_field
)
file_option: Decorator = click.option(
    "--file",
    "path",
    metavar="F",
    type=click.Path(),
    help="Configuration file to read.",
)
task_option: Decorator = click.option(
    "--task", metavar="ID", help="For ConfigTask: the task, module.task."
)
app_option: Decorator = click.option(
    "--app",
    "apps",
    metavar="MODULE",
    multiple=True,
    help="Module of an application to import, for its classes. Repeatable.",
)
json_option: Decorator = click.option(
    "--json", "as_json", is_flag=True, help="Print JSON."
)


def values_of(settings: Sequence[str]) -> dict[str, Any]:
    """Build config_values out of `a.b=value` arguments."""
    values: dict[str, Any] = {}
    for setting in settings:
        key, equals, value = setting.partition("=")
        keys = [quoted or bare for quoted, bare in _KEY.findall(key)]
        if not equals or not keys:
            msg = "--set wants KEY=VALUE, such as redis.redis_port=6380"
            raise click.UsageError(msg)
        table = values
        for name in keys[:-1]:
            table = table.setdefault(name, {})
            if not isinstance(table, dict):
                msg = f"--set {key}: {name!r} has been set to a value already"
                raise click.UsageError(msg)
        table[keys[-1]] = value
    return values
