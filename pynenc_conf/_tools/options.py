"""Arguments and options that several commands share."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any

import click
from click.shell_completion import CompletionItem

from pynenc_conf._core.declare.metaclass import section_name
from pynenc_conf._core.declare.plan import plan_of
from pynenc_conf._core.imports import without_imports
from pynenc_conf._core.masking import type_name
from pynenc_conf._tools.classes import (
    UnknownClassError,
    application_classes,
    base_classes,
    find_class,
    replace_catalogue,
)
from pynenc_conf._tools.installed import find_installed_classes
from pynenc_conf._tools.parameters import argument, path_type, source_option
from pynenc_conf._tools.settings import summarize

if TYPE_CHECKING:
    from collections.abc import Callable

    from pynenc_conf.config_base import ConfigBase

    Decorator = Callable[[Callable[..., Any]], Callable[..., Any]]


def complete_class(
    context: click.Context,
    _: click.Parameter,
    incomplete: str,
    parent: type = object,
) -> list[CompletionItem]:
    """Return the names of classes or, for another beginning, of their sections.

    Only `parent` and the classes that inherit from it are completed.
    """
    with context.scope(cleanup=False):
        classes = base_classes()
    # An application that cannot be imported is reported when the command runs.
    with suppress(UnknownClassError):
        classes = [*classes, *application_classes(context.params.get("apps") or ())]
    found = []
    for cls in dict.fromkeys(each for each in classes if issubclass(each, parent)):
        for name in (type_name(cls), section_name(cls, cls)):
            if name.lower().startswith(incomplete.lower()):
                found.append(CompletionItem(name, help=summarize(cls)))
                break
    return found


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
    settings = plan_of(cls).all_settings if isinstance(cls, type) else {}
    return [
        CompletionItem(name, help=setting.field.doc)
        for name, setting in settings.items()
        if name.startswith(incomplete)
    ]


def _find_class(
    context: click.Context, _: click.Parameter, name: str
) -> type[ConfigBase]:
    return find_class(name, context.params.get("apps", ()))


_ABOUT_CLASS = (
    "Class of pynenc_conf, of a plug-in or of --app: its name (ConfigRedis) or its "
    "section (redis), in any case. Or MODULE:CLASS, which is imported."
)

class_argument: Decorator = argument(
    "cls",
    metavar="CLASS",
    about=_ABOUT_CLASS,
    callback=_find_class,
    shell_complete=complete_class,
)
optional_class_argument: Decorator = argument(
    "cls",
    metavar="[CLASS]",
    about=f"{_ABOUT_CLASS} By default every class for which a source sets a setting.",
    required=False,
    # The class of a report need not be importable here.
    callback=lambda context, _, name: (
        name
        if name is None or context.params.get("report")
        else _find_class(context, _, name)
    ),
    shell_complete=complete_class,
)
classes_argument: Decorator = argument(
    "classes",
    metavar="[CLASS]...",
    about=f"{_ABOUT_CLASS} By default every known class.",
    nargs=-1,
    callback=lambda context, _, names: [_find_class(context, _, n) for n in names],
    shell_complete=complete_class,
)
field_argument: Decorator = argument(
    "field",
    about="Field of CLASS, or a member of its structure (smtp.port).",
    required=False,
    shell_complete=_complete_field,
)
files_argument: Decorator = argument(
    "paths",
    metavar="[FILE]...",
    about="Configuration file, the same as --file. Several can be given.",
    nargs=-1,
    type=path_type,
)
task_option: Decorator = click.option(
    "--task",
    metavar="ID",
    help="Task whose settings to use, as module.task; for ConfigTask.",
)
app_option: Decorator = source_option(
    "--app",
    "apps",
    metavar="MODULE",
    multiple=True,
    # Before CLASS, which may be a name of one of these classes.
    is_eager=True,
    help="Module of an application, which is imported for the config classes in it and "
    "in its package. Repeatable.",
)
import_option: Decorator = click.option(
    "--import",
    is_flag=True,
    expose_value=False,
    callback=_import_modules,
    help="Import the modules of the exception classes in retry_for, which runs their "
    "code.",
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
