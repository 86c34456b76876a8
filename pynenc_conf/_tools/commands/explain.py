"""`pynenc-conf explain`: the values of a class, and their origins."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from pynenc_conf._core.masking import type_name
from pynenc_conf._tools import options
from pynenc_conf._tools.explain.tables import create_field_table, layout_field
from pynenc_conf._tools.instances import create_instance_or_exit
from pynenc_conf._tools.output import (
    error_data,
    exit_with_error,
    is_terminal,
    print_json,
    show,
    text,
)
from pynenc_conf._tools.sources import source_options
from pynenc_conf.exceptions import UnknownFieldError

if TYPE_CHECKING:
    from pynenc_conf._tools.sources import Sources
    from pynenc_conf.config_base import ConfigBase


@click.command()
@options.class_argument
@options.field_argument
@source_options()
@options.task_option
@options.import_option
@options.pynenc_option
@options.json_option
def explain(
    cls: type[ConfigBase],
    field: str | None,
    sources: Sources,
    task: str | None,
    as_json: bool,  # noqa: FBT001 - click passes it by name
) -> None:
    """Show the current values of CLASS and their origins.

    CLASS is a class of the catalogue (orchestratorredis, ConfigOrchestratorRedis) or
    module:Class. With FIELD, shows every value given for the field, and why one of them
    takes precedence. FIELD may be a member of a structure (smtp.port). If required
    settings are missing, shows all others, reports what is missing, and exits with 1.

    \b
    Examples:
      pynenc-conf explain orchestratorredis --file pynenc.yaml
      pynenc-conf explain ConfigRedis redis_host
      pynenc-conf explain myapp.conf:ConfigMine --set mine.size=3 --json
    """  # noqa: D301 - click reads the backspace
    config, error = create_instance_or_exit(cls, sources, task, as_json=as_json)
    try:
        names = config.all_fields if field is None else [field]
        infos = [config.field_info(name) for name in names]
    except UnknownFieldError as unknown:
        raise click.UsageError(str(unknown)) from unknown
    if as_json:
        fields = [info.as_dict() for info in infos]
        errors = {} if error is None else error_data(error)
        print_json({"class": type_name(cls), "fields": fields, **errors})
    elif not is_terminal():
        show(text(config.explain(field)))
    elif field is None:
        show(create_field_table(type_name(cls), infos))
    else:
        show(*layout_field(type_name(cls), infos[0]))
    if error is not None:
        if as_json:
            sys.exit(1)
        exit_with_error(error, as_json=False)
