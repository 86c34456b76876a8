"""`pynenc-conf ping`: whether Redis can be used as configured."""

from __future__ import annotations

import sys

import click

from pynenc_conf._core.masking import type_name
from pynenc_conf._tools import options
from pynenc_conf._tools.classes import find_class
from pynenc_conf._tools.output import exit_with_error
from pynenc_conf.config_redis import ConfigRedis
from pynenc_conf.exceptions import ConfigError


@click.command()
@click.argument("class_name", metavar="[CLASS]", default="ConfigRedis", required=False)
@options.file_option
@click.option(
    "--workers",
    type=click.IntRange(min=1),
    metavar="N",
    default=1,
    show_default=True,
    help="Number of worker processes, each with its own connection pool.",
)
def ping(class_name: str, path: str | None, workers: int) -> None:
    """Test the connection to Redis.

    Connects with the settings of CLASS and reports the result. CLASS is ConfigRedis or
    a class that inherits from it (orchestratorredis). Exits with 1 if Redis cannot be
    used as configured, or if its `maxclients` is less than `redis_pool_max_connections`
    for N workers.

    \b
    Examples:
      pynenc-conf ping
      pynenc-conf ping orchestratorredis --file pynenc.yaml --workers 8
    """  # noqa: D301 - click reads the backspace
    # Importing redis-py takes longer than running any other command.
    from pynenc_conf._tools.redis.report import report_connection  # noqa: PLC0415

    cls = find_class(class_name)
    if not issubclass(cls, ConfigRedis):
        msg = f"{type_name(cls)} has no Redis settings: it does not inherit ConfigRedis"
        raise click.UsageError(msg)
    try:
        if not report_connection(cls, path, workers):
            sys.exit(1)
    except ConfigError as error:
        exit_with_error(error, as_json=False)
