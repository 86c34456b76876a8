"""`pynenc-conf env`: the environment variables that a class reads."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from pynenc_conf._core.masking import type_name
from pynenc_conf._core.report.syntax import to_text
from pynenc_conf._tools import options
from pynenc_conf._tools.env.variables import find_field_variables, find_file_variables
from pynenc_conf._tools.instances import create_instance_or_exit
from pynenc_conf._tools.output import (
    error_data,
    exit_with_error,
    indent,
    print_json,
    show,
    text,
)
from pynenc_conf._tools.parameters import command
from pynenc_conf._tools.sources import source_options
from pynenc_conf.origin import ENVIRONMENT

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rich.console import RenderableType

    from pynenc_conf._tools.env.variables import FieldVariables
    from pynenc_conf._tools.sources import Sources
    from pynenc_conf.config_base import ConfigBase


@command()
@options.class_argument
@source_options()
@options.task_option
@options.import_option
@options.pynenc_option
@options.json_option
def env(
    cls: type[ConfigBase],
    sources: Sources,
    task: str | None,
    as_json: bool,  # noqa: FBT001 - click passes it by name
) -> None:
    """List the environment variables that CLASS reads.

    The variables of each field, and of each member of a structure, are listed with
    their current values, highest precedence first. ">" marks the variable that sets the
    value. If no variable is marked, the value comes from another source. Settings that
    have no default are marked as required. If one is missing, exits with 1.

    \b
    Examples:
      pynenc-conf env redis
      pynenc-conf env ConfigTask --task shop.send_mail --file pynenc.yaml
      pynenc-conf env myapp.conf:ConfigMine --json
    """  # noqa: D301 - click reads the backspace
    config, error = create_instance_or_exit(cls, sources, task, as_json=as_json)
    fields = find_field_variables(config, task)
    files = find_file_variables(cls, sources.environment)
    if as_json:
        named = [{"variable": name, "value": value} for name, value in files.items()]
        rows = [field.as_dict() for field in fields]
        errors = {} if error is None else error_data(error)
        print_json({"class": type_name(cls), "fields": rows, "files": named, **errors})
        sys.exit(1 if error is not None else 0)
    show(
        text(type_name(cls), "heading"),
        *(part for field in fields for part in _layout_field(field)),
        "",
        text("Variables that name files", "heading"),
        *(
            _layout_variable(name, "" if value is None else f" = {to_text(value)}")
            for name, value in files.items()
        ),
    )
    if error is not None:
        exit_with_error(error, as_json=False)


def _layout_field(field: FieldVariables) -> Iterator[RenderableType]:
    info = field.info
    heading = text(info.name, "name")
    heading.append_text(text(f" = {info.display_value}"))
    if info.origin.source != ENVIRONMENT:
        heading.append_text(text(f"  {info.source}", "faint"))
    if info.is_required and not info.is_missing:
        heading.append_text(text("  (required)", "faint"))
    yield from ("", heading)
    for variable, candidate in field.variables:
        if candidate is None:
            yield _layout_variable(variable.name, "")
            continue
        value = f" = {info.display(candidate)}"
        origin = candidate.origin
        if origin.line is not None:
            value += f"  ({origin.path}:{origin.line})"
        elif origin.path is not None:
            value += f"  (the file {origin.path})"
        is_used = candidate.overridden is None
        yield _layout_variable(variable.name, value, is_used=is_used)


def _layout_variable(name: str, value: str, *, is_used: bool = False) -> RenderableType:
    mark, style = (">", "winner") if is_used else (" ", "" if value else "faint")
    line = text(f"{mark} ", "winner" if is_used else "")
    return indent(line.append_text(text(name, style)).append_text(text(value)))
