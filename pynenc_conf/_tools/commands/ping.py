"""`pynenc-conf ping`: whether Redis can be used as configured."""

from __future__ import annotations

import sys
from functools import partial
from typing import TYPE_CHECKING

import click

from pynenc_conf._core.masking import type_name
from pynenc_conf._tools import options
from pynenc_conf._tools.classes import find_class
from pynenc_conf._tools.container import require_connection
from pynenc_conf._tools.instances import create_instance_or_exit
from pynenc_conf._tools.output import exit_with_error, exits_with_error, print_json
from pynenc_conf._tools.parameters import argument, command
from pynenc_conf._tools.sources import source_options
from pynenc_conf.config_redis import ConfigRedis

if TYPE_CHECKING:
    from pynenc_conf._tools.sources import Sources


@command()
@argument(
    "class_name",
    metavar="[CLASS]",
    about="Class with the settings of the connection: ConfigRedis, or a class that "
    "inherits from it (orchestratorredis).  [default: ConfigRedis]",
    default="ConfigRedis",
    required=False,
    shell_complete=partial(options.complete_class, parent=ConfigRedis),
)
@source_options()
@click.option(
    "--workers",
    type=click.IntRange(min=1),
    metavar="N",
    default=1,
    show_default=True,
    help="Number of worker processes, each with its own connection pool.",
)
@options.json_option
@exits_with_error
def ping(
    class_name: str,
    sources: Sources,
    workers: int,
    as_json: bool,  # noqa: FBT001 - click passes it by name
) -> None:
    """Test the connection to Redis.

    Connects with the settings of CLASS and reports the result. Exits with 1 if Redis
    cannot be used as configured, or if it has fewer free connections than the pools of
    N workers can open (N times `redis_pool_max_connections`).

    \b
    Examples:
      pynenc-conf ping
      pynenc-conf ping orchestratorredis --file pynenc.yaml --workers 8
      pynenc-conf ping --no-env --env-file production.env --json
    """  # noqa: D301 - click reads the backspace
    # Importing redis-py takes longer than running any other command.
    from pynenc_conf._tools.redis.report import Report  # noqa: PLC0415

    cls = find_class(class_name, sources.apps)
    if not issubclass(cls, ConfigRedis):
        msg = f"{type_name(cls)} has no Redis settings: it does not inherit ConfigRedis"
        raise click.UsageError(msg)
    conf, error = create_instance_or_exit(cls, sources, None, as_json=as_json)
    if error is not None:
        exit_with_error(error, as_json=as_json)
    assert isinstance(conf, ConfigRedis)  # noqa: S101 - as its class
    require_connection(conf)
    report = Report.create(conf, workers)
    if as_json:
        print_json(report.as_dict())
    else:
        report.show()
    sys.exit(1 if report.failures else 0)
