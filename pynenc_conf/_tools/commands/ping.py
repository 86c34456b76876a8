"""`pynenc-conf ping`: whether Redis can be reached, and if not, what to look at."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from pynenc_conf._tools import options
from pynenc_conf.config_redis import ConfigRedis

if TYPE_CHECKING:
    from pynenc_conf.config_base import ConfigBase


@click.command()
@click.argument("class_name", metavar="[CLASS]", default="ConfigRedis", required=False)
@options.file_option
@click.option(
    "--workers",
    type=click.IntRange(min=1),
    metavar="N",
    default=1,
    help="Processes that will each have a pool; the default is 1.",
)
def ping(class_name: str, path: str | None, workers: int) -> None:
    r"""Connect to Redis with the settings of CLASS, and say how it went.

    CLASS is ConfigRedis or a class that inherits it (orchestratorredis). Exits with 1
    if Redis cannot be used as configured, or its `maxclients` is too small for
    `redis_pool_max_connections` in each of N workers.

    \b
    Examples:
      pynenc-conf ping
      pynenc-conf ping orchestratorredis --file pynenc.yaml --workers 8
    """
    # redis-py takes longer to import than the other commands take altogether.
    from pynenc_conf._tools.redis.report import report  # noqa: PLC0415

    report(_redis_class(options.class_named(class_name)), path, workers)


def _redis_class(cls: type[ConfigBase]) -> type[ConfigRedis]:
    if not issubclass(cls, ConfigRedis):
        msg = f"{cls.__name__} has no Redis settings: it does not inherit ConfigRedis"
        raise click.UsageError(msg)
    return cls
