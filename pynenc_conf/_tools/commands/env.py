"""`pynenc-conf env`: the variables that a class reads."""

from __future__ import annotations

import os
from operator import itemgetter
from typing import TYPE_CHECKING, Any

import click
from rich.padding import Padding
from rich.text import Text

from pynenc_conf._core.declare.plan import plan_of
from pynenc_conf._core.declare.variables import Variable
from pynenc_conf._core.masking import mask_value
from pynenc_conf._core.report.explain import to_json_value
from pynenc_conf._core.resolve.precedence import (
    EXTRA_VARIABLE,
    FROM_ENVIRONMENT,
    variable_rank,
)
from pynenc_conf._tools import options
from pynenc_conf._tools.commands.explain import instance_of
from pynenc_conf._tools.output import fail, print_json, show, text
from pynenc_conf.exceptions import ConfigError
from pynenc_conf.origin import ENVIRONMENT

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rich.console import RenderableType

    from pynenc_conf._core.report.explain import FieldInfo
    from pynenc_conf._core.resolve.chain import Candidate
    from pynenc_conf._core.resolve.precedence import Rank
    from pynenc_conf.config_base import ConfigBase


@click.command()
@options.class_argument
@options.file_option
@options.task_option
@options.json_option
def env(
    cls: type[ConfigBase],
    path: str | None,
    task: str | None,
    as_json: bool,  # noqa: FBT001 - click passes it by name
) -> None:
    """List the environment variables that CLASS reads, and what is in force now.

    Each field has its variables, the strongest first; the one that sets the value is
    marked with ">". A value comes from elsewhere if none is marked.

    \b
    Examples:
      pynenc-conf env redis
      pynenc-conf env ConfigTask --task shop.send_mail --file pynenc.yaml
      pynenc-conf env myapp.conf:ConfigMine --json
    """  # noqa: D301 - click reads the backspace
    try:
        config = instance_of(cls, None, path, task)
    except ConfigError as error:
        fail(error, as_json=as_json)
    by_field = variables_of(config, task)
    infos = [config.field_info(name) for name in config.all_fields]
    files = file_variables(cls)
    if as_json:
        fields = [_field_dict(info, by_field[info.name]) for info in infos]
        named = [{"variable": name, "value": os.environ.get(name)} for name in files]
        print_json({"class": cls.__name__, "fields": fields, "files": named})
        return
    parts: list[RenderableType] = [text(cls.__name__, "heading")]
    for info in infos:
        parts += _field_lines(info, by_field[info.name])
    parts += ["", text("Files that variables name", "heading")]
    parts += [_line(name, _file_value(name), wins=False) for name in files]
    show(*parts)


def variables_of(config: ConfigBase, task: str | None) -> dict[str, list[Variable]]:
    """Return each field's variables, the strongest first.

    Those of a single task are left out where no `task` is meant.
    """
    plan = plan_of(type(config))
    ranked = [(variable_rank(variable), variable) for variable in plan.variables]
    if task is not None:
        ranked += _extra_variables(config)
    ranked.sort(key=itemgetter(0), reverse=True)
    found: dict[str, list[Variable]] = {name: [] for name in plan.settings}
    for _, variable in ranked:
        found[variable.field].append(variable)
    return found


def _extra_variables(config: ConfigBase) -> Iterator[tuple[Rank, Variable]]:
    for scope, fields in plan_of(type(config)).scope_fields:
        for field in fields:
            names = config.get_extra_env_keys(field, scope.cls) or ()
            for depth, name in enumerate(names, EXTRA_VARIABLE):
                rank = (scope.index, FROM_ENVIRONMENT, depth)
                yield (
                    rank,
                    Variable(name, field, scope.index, general=False, holds_path=False),
                )


def file_variables(cls: type[ConfigBase]) -> list[str]:
    """Return the variables that name files for a class, the strongest first."""
    return [variable.name for variable in reversed(plan_of(cls).file_variables)]


def _said(info: FieldInfo) -> dict[str | None, Candidate]:
    """Return what the variables that are set say about a field, by name."""
    return {
        candidate.origin.variable: candidate
        for candidate in info.chain
        if candidate.origin.source == ENVIRONMENT
    }


def _field_lines(
    info: FieldInfo, variables: list[Variable]
) -> Iterator[RenderableType]:
    yield ""
    heading = text(info.name, "name")
    heading.append_text(text(f" = {info.display_value}"))
    if info.origin.source != ENVIRONMENT:
        heading.append_text(text(f"  {info.source}", "faint"))
    yield heading
    said = _said(info)
    for variable in variables:
        candidate = said.get(variable.name)
        if candidate is None:
            yield _line(variable.name, "", wins=False)
            continue
        value = f" = {info.display(candidate)}"
        if candidate.origin.path is not None:
            value += f"  (the file {candidate.origin.path})"
        yield _line(variable.name, value, wins=candidate.overridden is None)


def _line(name: str, value: str, *, wins: bool) -> RenderableType:
    line = Text(f"{'>' if wins else ' '} ", "winner" if wins else "")
    # What is not set stays in the background.
    line.append_text(text(name, "winner" if wins else "" if value else "faint"))
    line.append_text(text(value))
    return Padding(line, (0, 0, 0, 2))


def _file_value(name: str) -> str:
    value = os.environ.get(name)
    return "" if value is None else f" = {value!r}"


def _field_dict(info: FieldInfo, variables: list[Variable]) -> dict[str, Any]:
    said = _said(info)
    rows = []
    for variable in variables:
        candidate = said.get(variable.name)
        value = None if candidate is None else mask_value(candidate.value, info.secret)
        rows.append(
            {
                "variable": variable.name,
                "holds": "path" if variable.holds_path else "value",
                "set": candidate is not None,
                "value": to_json_value(value),
                "wins": candidate is not None and candidate.overridden is None,
            }
        )
    return {
        "field": info.name,
        "value": to_json_value(mask_value(info.value, info.secret)),
        "origin": info.source,
        "secret": info.is_secret,
        "variables": rows,
    }
