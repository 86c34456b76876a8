"""`pynenc-conf fleet`: the workers whose configuration differs from the others'."""

from __future__ import annotations

import sys
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click
from redis.exceptions import RedisError

from pynenc_conf._core.masking import MASK
from pynenc_conf._tools import options
from pynenc_conf._tools.container import require_connection
from pynenc_conf._tools.instances import create_instance_or_exit
from pynenc_conf._tools.output import (
    create_console,
    exit_with_error,
    exits_with_usage_error,
    is_terminal,
    labelled_text,
    print_json,
    show,
)
from pynenc_conf._tools.parameters import command
from pynenc_conf._tools.sources import source_options
from pynenc_conf.config_pynenc import ConfigPynenc
from pynenc_conf.config_redis import ConfigRedis
from pynenc_conf.exceptions import ConfigError

if TYPE_CHECKING:
    from collections.abc import Iterator

    import redis

    from pynenc_conf._tools.fleet.layout import Layout
    from pynenc_conf._tools.sources import Sources
    from pynenc_conf.fleet import Report

_INTERVAL = 2.0


@command()
@source_options()
@click.option(
    "--app-id",
    metavar="ID",
    help="Application whose workers to show; by default the setting app_id.",
)
@click.option(
    "--expect",
    "expected",
    type=click.IntRange(min=1),
    metavar="N",
    help="Expected number of workers.",
)
@click.option("--watch", is_flag=True, help="Show changes until Ctrl-C.")
@options.json_option
@exits_with_usage_error
def fleet(
    sources: Sources,
    app_id: str | None,
    expected: int | None,
    watch: bool,  # noqa: FBT001 - click passes it by name
    as_json: bool,  # noqa: FBT001 - as above
) -> None:
    """Show the workers whose configuration differs.

    Reads the configurations that the workers of an application announce in Redis with
    pynenc_conf.fleet.announce, and connects with the settings of ConfigRedis. Workers
    with the same configuration are one group, the largest first. Of each other group,
    every setting that differs is shown with its value and origin (-), and with those of
    the largest group (+). A worker that announces itself in another Redis is missing.
    Exits with 1 if there is more than one group, a record that is not readable, or not
    the expected number of workers, and with 2 if Redis cannot be read.

    \b
    Examples:
      pynenc-conf fleet --file pynenc.yaml --expect 100
      pynenc-conf fleet --app-id shop --watch
      pynenc-conf fleet --no-env --env-file production.env --json
    """  # noqa: D301 - click reads the backspace
    if watch and as_json:
        msg = "--watch shows a table; use --json without it"
        raise click.UsageError(msg)
    if watch and not is_terminal():
        msg = "--watch needs a terminal"
        raise click.UsageError(msg)
    from pynenc_conf._tools.fleet.layout import Layout  # noqa: PLC0415 - slow to import
    from pynenc_conf.redis_client import get_redis_client  # noqa: PLC0415

    is_secret = False
    if not app_id:
        app_id, is_secret = _find_app(sources, as_json=as_json)
    config = _create_redis(sources, as_json=as_json)
    client = get_redis_client(config)
    reports = _read_reports(client, config, app_id)
    subject = MASK if is_secret else repr(app_id)
    place = _describe_place(client, config)
    layout = Layout(f"{subject} in Redis at {place}", expected)
    found = next(reports)
    if not found.groups:
        with _redis_errors(config):
            _note_apps(client, app_id, is_secret=is_secret)
    if watch:
        _watch(reports, layout)
    if as_json:
        print_json(found.as_dict())
    else:
        show(*layout.report(found))
    is_complete = expected in {None, found.count}
    sys.exit(0 if found.agrees and is_complete else 1)


def _create_redis(sources: Sources, *, as_json: bool) -> ConfigRedis:
    config, missing = create_instance_or_exit(
        ConfigRedis, sources, None, as_json=as_json, exit_code=2
    )
    if missing is not None:
        exit_with_error(missing, as_json=as_json, exit_code=2)
    assert isinstance(config, ConfigRedis)  # noqa: S101 - as its class
    require_connection(config)
    return config


def _describe_place(client: redis.Redis, config: ConfigRedis) -> str:
    """Return the address of a server, without what a file declares as a secret."""
    from pynenc_conf._tools.redis.report import (  # noqa: PLC0415 - slow to import
        hide_address,
        shown_database,
    )

    address = str(getattr(client.connection_pool, "address", "")).rpartition(" db=")[0]
    return f"{hide_address(config, address)} db={shown_database(config)}"


def _find_app(sources: Sources, *, as_json: bool) -> tuple[str, bool]:
    """Return the setting app_id, and whether a file declares it as a secret."""
    config, _ = create_instance_or_exit(
        ConfigPynenc, sources, None, as_json=as_json, exit_code=2
    )
    info = config.field_info("app_id")
    return info.value, bool(info.secret)


def _read_reports(
    client: redis.Redis, config: ConfigRedis, app_id: str
) -> Iterator[Report]:
    """Yield the present report each time. Raises ConfigError."""
    from pynenc_conf.fleet import members, report  # noqa: PLC0415 - slow to import

    while True:
        with _redis_errors(config):
            found = report(members(client, app_id))
        yield found


def _note_apps(client: redis.Redis, app_id: str, *, is_secret: bool) -> None:
    """Print on stderr which applications have workers. Raises those of redis-py."""
    from pynenc_conf._tools.fleet.layout import describe_apps  # noqa: PLC0415 - as above
    from pynenc_conf.fleet._member import find_apps  # noqa: PLC0415

    # A worker may have announced itself by now.
    apps = [each for each in find_apps(client) if each != app_id]
    # A name that resembles a secret would show most of it.
    sentence = describe_apps("" if is_secret else app_id, apps)
    show(labelled_text("note", sentence, "note"), stderr=True)


@contextmanager
def _redis_errors(config: ConfigRedis) -> Iterator[None]:
    """Convert the errors of a server. Raises ConfigError."""
    from pynenc_conf._tools.redis.report import hide_address  # noqa: PLC0415
    from pynenc_conf.fleet._announcement import describe_error  # noqa: PLC0415

    try:
        yield
    except (RedisError, OSError, UnicodeError) as error:
        reason = hide_address(config, describe_error(error).rstrip("."))
        message = (
            f"the workers cannot be read: {reason}; "
            f"test the connection with `pynenc-conf ping`"
        )
        raise ConfigError(message) from None


def _watch(reports: Iterator[Report], layout: Layout) -> None:
    """Redraw the report on a terminal until Ctrl-C, with changes highlighted."""
    from rich.console import Group  # noqa: PLC0415 - slow to import
    from rich.live import Live  # noqa: PLC0415

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
                live.update(Group(*layout.report(found, changed)), refresh=True)
                before = now
                time.sleep(_INTERVAL)
        except KeyboardInterrupt:
            pass
    sys.exit(0)
