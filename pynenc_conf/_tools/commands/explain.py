"""`pynenc-conf explain`: which values are in force, and where they come from."""

from __future__ import annotations

from inspect import signature
from typing import TYPE_CHECKING, Any

import click
from rich import box
from rich.padding import Padding
from rich.table import Table

from pynenc_conf._tools import options
from pynenc_conf._tools.examples import sample
from pynenc_conf._tools.output import (
    fail,
    is_terminal,
    print_json,
    show,
    text,
    warnings_shown,
)
from pynenc_conf.config_task import ConfigTask
from pynenc_conf.exceptions import ConfigError, UnknownFieldError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.console import RenderableType

    from pynenc_conf._core.report.explain import FieldInfo
    from pynenc_conf.config_base import ConfigBase


@click.command()
@options.class_argument
@options.field_argument
@options.file_option
@click.option(
    "--set",
    "settings",
    metavar="KEY=VALUE",
    multiple=True,
    help="A value of config_values; KEY is a field or section.field. Repeatable.",
)
@options.task_option
@options.json_option
def explain(  # noqa: PLR0913, PLR0917 - one parameter for each option
    cls: type[ConfigBase],
    field: str | None,
    path: str | None,
    settings: Sequence[str],
    task: str | None,
    as_json: bool,  # noqa: FBT001 - click passes it by name
) -> None:
    """Say which values CLASS has here and now, and where each comes from.

    CLASS is a class of the catalogue (orchestratorredis, ConfigOrchestratorRedis) or
    module:Class. With FIELD, show every value given for it and why one wins.

    \b
    Examples:
      pynenc-conf explain orchestratorredis --file pynenc.yaml
      pynenc-conf explain ConfigRedis redis_host
      pynenc-conf explain myapp.conf:ConfigMine --set mine.size=3 --json
    """  # noqa: D301 - click reads the backspace
    try:
        config = instance_of(cls, options.values_of(settings), path, task)
    except ConfigError as error:
        fail(error, as_json=as_json)
    try:
        names = config.all_fields if field is None else [field]
        infos = [config.field_info(name) for name in names]
    except UnknownFieldError as error:
        raise click.UsageError(str(error)) from error
    if as_json:
        fields = [info.as_dict() for info in infos]
        print_json({"class": cls.__name__, "fields": fields})
    elif not is_terminal():
        show(text(config.explain(field)))
    elif field is None:
        show(table_of(cls.__name__, infos))
    else:
        show(*ladder_of(cls.__name__, infos[0]))


def instance_of(
    cls: type[ConfigBase],
    values: dict[str, Any] | None,
    path: str | None,
    task: str | None,
) -> ConfigBase:
    """Make an instance as an application does. Raises ConfigError."""
    if task is not None and not issubclass(cls, ConfigTask):
        msg = f"--task is for ConfigTask; {cls.__name__} has no tasks"
        raise click.UsageError(msg)
    with warnings_shown():
        if issubclass(cls, ConfigTask):
            return cls(task or "", values, path)
        try:
            signature(cls).bind()
        except TypeError:  # only the application knows what else to give
            return sample(cls, path, values=values)
        return cls(values, path)


def table_of(class_name: str, infos: Sequence[FieldInfo]) -> Table:
    """Return a table of field, value and origin; what nobody set is faint."""
    table = Table(
        box=box.SIMPLE_HEAD,
        show_edge=False,
        padding=(0, 1, 0, 0),
        title=class_name,
        title_justify="left",
        title_style="heading",
    )
    # A field's name is never broken: it is what a reader looks for.
    table.add_column("Field", no_wrap=True)
    table.add_column("Value", overflow="fold")
    table.add_column("Origin", overflow="fold")
    for info in infos:
        style = "faint" if info.is_default else ""
        table.add_row(
            text(info.name, style or "name"),
            text(info.display_value, style),
            text(info.source, style),
        )
    return table


def ladder_of(class_name: str, info: FieldInfo) -> list[RenderableType]:
    """Return the chain of a field, the winner on the top rung."""
    heading = text(f"{class_name}.{info.name} = ", "heading")
    heading.append_text(text(info.display_value, "winner"))
    rungs = Table.grid(padding=(0, 2, 0, 0))
    rungs.add_column(no_wrap=True)
    rungs.add_column(overflow="fold")
    rungs.add_column(overflow="fold")
    for candidate in info.chain:
        style = "" if candidate.overridden else "winner"
        where = text(candidate.origin, style)
        if candidate.overridden:
            where.append_text(text(f"\noverridden: {candidate.overridden}", "faint"))
        mark = "|" if candidate.overridden else ">"
        rungs.add_row(text(mark, style), text(info.display(candidate), style), where)
    doc = [Padding(text(info.doc), (0, 0, 0, 2))] if info.doc else []
    return [heading, *doc, Padding(rungs, (0, 0, 0, 2))]
