"""`pynenc-conf fleet`: the workers whose configuration differs from the others'."""

from __future__ import annotations

import sys
import time
from typing import TYPE_CHECKING

import click
from redis.exceptions import RedisError

from pynenc_conf._tools import options
from pynenc_conf._tools.instances import create_instance_or_exit
from pynenc_conf._tools.output import (
    create_console,
    exit_with_error,
    exits_with_usage_error,
    is_terminal,
    print_json,
    show,
)
from pynenc_conf._tools.sources import source_options
from pynenc_conf.config_pynenc import ConfigPynenc
from pynenc_conf.config_redis import ConfigRedis
from pynenc_conf.exceptions import ConfigError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pynenc_conf._tools.sources import Sources
    from pynenc_conf.fleet import Report

_INTERVAL = 2.0


@click.command()
@source_options()
@click.option(
    "--app-id",
    metavar="ID",
    help="Application whose workers to show; by default the setting app_id.",
)
@click.option("--watch", is_flag=True, help="Show changes until Ctrl-C.")
@options.json_option
@exits_with_usage_error
def fleet(
    sources: Sources,
    app_id: str | None,
    watch: bool,  # noqa: FBT001 - click passes it by name
    as_json: bool,  # noqa: FBT001 - as above
) -> None:
    """Show the workers whose configuration differs.

    Reads what the workers of an application announce in Redis (see pynenc_conf.fleet),
    with the settings of ConfigRedis. Workers with the same configuration are one group,
    the largest first. Of each other group, every setting that differs is shown with its
    value and origin (-), and with those of the largest group (+). Exits with 1 if there
    is more than one group, and with 2 if Redis cannot be read.

    \b
    Examples:
      pynenc-conf fleet --file pynenc.yaml
      pynenc-conf fleet --app-id shop --watch
      pynenc-conf fleet --no-env --env-file production.env --json
    """  # noqa: D301 - click reads the backspace
    if watch and as_json:
        msg = "--watch shows a table; use --json without it"
        raise click.UsageError(msg)
    reports = _read_reports(
        _create_redis(sources, as_json=as_json),
        _find_app(sources, app_id, as_json=as_json),
    )
    if watch:
        _watch(reports)
    found = next(reports)
    if as_json:
        print_json(found.as_dict())
    else:
        from pynenc_conf._tools.fleet.layout import layout_report  # noqa: PLC0415

        show(*layout_report(found))
    sys.exit(0 if found.agrees else 1)


def _create_redis(sources: Sources, *, as_json: bool) -> ConfigRedis:
    config, missing = create_instance_or_exit(
        ConfigRedis, sources, None, as_json=as_json
    )
    if missing is not None:
        exit_with_error(missing, as_json=as_json)
    assert isinstance(config, ConfigRedis)  # noqa: S101 - as its class
    return config


def _find_app(sources: Sources, app_id: str | None, *, as_json: bool) -> str:
    if app_id is not None:
        return app_id
    config, _ = create_instance_or_exit(ConfigPynenc, sources, None, as_json=as_json)
    found: str = config.field_info("app_id").value
    return found


def _read_reports(conf: ConfigRedis, app_id: str) -> Iterator[Report]:
    """Yield the present report each time. Raises ConfigError."""
    # Importing redis-py takes longer than running any other command.
    from pynenc_conf.fleet import members, report  # noqa: PLC0415
    from pynenc_conf.redis_client import get_redis_client  # noqa: PLC0415

    client = get_redis_client(conf)
    while True:
        try:
            found = report(members(client, app_id))
        except (RedisError, OSError, UnicodeError) as error:
            message = (
                f"the workers cannot be read: {type(error).__name__}: {error}; "
                f"`pynenc-conf ping` tests the connection"
            )
            raise ConfigError(message) from None
        yield found


def _watch(reports: Iterator[Report]) -> None:
    """Redraw the report on a terminal until Ctrl-C, with changes highlighted."""
    from rich.console import Group  # noqa: PLC0415 - slow to import
    from rich.live import Live  # noqa: PLC0415

    from pynenc_conf._tools.fleet.layout import layout_report  # noqa: PLC0415

    if not is_terminal():
        msg = "--watch needs a terminal"
        raise click.UsageError(msg)
    before: dict[str, tuple[tuple[str, str], ...]] | None = None
    with Live(console=create_console(), screen=True, auto_refresh=False) as live:
        try:
            for found in reports:
                now = {
                    worker: group.fingerprint
                    for group in found.groups
                    for worker in group.workers
                }
                known = now if before is None else before
                changed = {each for each in now if known.get(each) != now[each]}
                live.update(Group(*layout_report(found, changed)), refresh=True)
                before = now
                time.sleep(_INTERVAL)
        except KeyboardInterrupt:
            pass
    sys.exit(0)
