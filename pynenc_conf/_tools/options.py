"""Arguments and options that several commands share."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import click
from click.shell_completion import CompletionItem

from pynenc_conf._core.declare.plan import plan_of
from pynenc_conf._core.imports import without_imports
from pynenc_conf._core.masking import type_name
from pynenc_conf._tools.classes import base_classes, find_class, replace_catalogue
from pynenc_conf._tools.installed import find_installed_classes
from pynenc_conf._tools.settings import summarize

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    Decorator = Callable[[Callable[..., Any]], Callable[..., Any]]

# One key of a dotted path: bare, or in quotes if the key contains dots.
_KEY = re.compile(r'"([^"]*)"|([^."]+)')


def parse_settings(settings: Sequence[str]) -> dict[str, Any]:
    """Return config_values from `a.b=value` arguments. Raises UsageError."""
    values: dict[str, Any] = {}
    for setting in settings:
        key, equals, value = setting.partition("=")
        keys = [quoted or bare for quoted, bare in _KEY.findall(key)]
        if not equals or not keys:
            msg = "--set requires KEY=VALUE, such as redis.redis_port=6380"
            raise click.UsageError(msg)
        table = values
        for name in keys[:-1]:
            table = table.setdefault(name, {})
            if not isinstance(table, dict):
                msg = f"--set {key}: {name!r} is already set to a value"
                raise click.UsageError(msg)
        table[keys[-1]] = value
    return values


def _complete_class(
    context: click.Context, _: click.Parameter, incomplete: str
) -> list[CompletionItem]:
    with context.scope(cleanup=False):
        classes = base_classes()
    return [
        CompletionItem(type_name(cls), help=summarize(cls))
        for cls in classes
        if type_name(cls).lower().startswith(incomplete.lower())
    ]


def _use_installed_classes(
    context: click.Context,
    _: click.Parameter,
    is_set: bool,  # noqa: FBT001 - click passes it by position
) -> None:
    if is_set:
        replace_catalogue(context, find_installed_classes())


def _import_modules(
    context: click.Context,
    _: click.Parameter,
    is_set: bool,  # noqa: FBT001 - click passes it by position
) -> None:
    if not is_set:
        context.with_resource(without_imports())


def _complete_field(
    context: click.Context, _: click.Parameter, incomplete: str
) -> list[CompletionItem]:
    cls = context.params.get("cls")
    settings = plan_of(cls).all_settings if cls is not None else {}
    return [
        CompletionItem(name, help=setting.field.doc)
        for name, setting in settings.items()
        if name.startswith(incomplete)
    ]


class_argument: Decorator = click.argument(
    "cls",
    metavar="CLASS",
    callback=lambda _, __, name: find_class(name),
    shell_complete=_complete_class,
)
classes_argument: Decorator = click.argument(
    "classes",
    metavar="[CLASS]...",
    nargs=-1,
    callback=lambda _, __, names: [find_class(name) for name in names],
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
    "--task", metavar="ID", help="Task for ConfigTask, as module.task."
)
app_option: Decorator = click.option(
    "--app",
    "apps",
    metavar="MODULE",
    multiple=True,
    help="Module of an application, imported for its config classes. Repeatable.",
)
import_option: Decorator = click.option(
    "--import",
    is_flag=True,
    expose_value=False,
    callback=_import_modules,
    help="Import the modules that retry_for names, which runs their code.",
)
pynenc_option: Decorator = click.option(
    "--pynenc",
    is_flag=True,
    # Before CLASS, which is a name of one of these classes.
    is_eager=True,
    expose_value=False,
    callback=_use_installed_classes,
    help="Use the classes of the installed pynenc and its plug-ins.",
)
json_option: Decorator = click.option(
    "--json", "as_json", is_flag=True, help="Print JSON."
)
