"""The report of `pynenc-conf ping`: settings, server and problems."""

from __future__ import annotations

from textwrap import fill
from typing import TYPE_CHECKING

from pynenc_conf import redis_client
from pynenc_conf._core.masking import type_name
from pynenc_conf._tools.output import show, text
from pynenc_conf._tools.redis.diagnosis import diagnose
from pynenc_conf._tools.redis.probe import address_of, uses_tls
from pynenc_conf._tools.redis.server import Server
from pynenc_conf.config_redis import ConfigRedis
from pynenc_conf.redis_url import REPLACED_SETTINGS, replaced_settings

if TYPE_CHECKING:
    from pynenc_conf._tools.redis.diagnosis import Failure

_WIDTH = 80


def report_connection(cls: type[ConfigRedis], path: str | None, workers: int) -> bool:
    """Connect with the settings of a class and print the result.

    Returns whether Redis can be used as configured. Raises ConfigError.
    """
    conf = cls(None, path)
    options = redis_client.connection_options(conf)
    tls = " with TLS" if uses_tls(options) else ""
    server_line = (
        f"Redis at {address_of(options)}, database {options.get('db') or 0}{tls}"
    )
    _show_settings(conf)
    try:
        server = Server.query(conf)
        failures = list(server.find_failures(conf, workers))
    except Exception as error:  # noqa: BLE001 - other servers cause any error
        failures = [diagnose(options, error)]
        show(text(server_line))
    else:
        show(text(server_line), *map(text, server.describe(conf, workers)))
    finally:
        redis_client.close_redis_pools()
    for failure in failures:
        _show_failure(conf, failure)
    if not failures:
        show(text("ok"))
    return not failures


def _show_settings(conf: ConfigRedis) -> None:
    infos = [
        conf.field_info(name)
        for name in conf.all_fields
        if name in ConfigRedis.config_fields()
        and not (conf.redis_url and name in REPLACED_SETTINGS)
    ]
    show(text(type_name(type(conf)), "heading"))
    for info in infos:
        if not info.is_default:
            setting = f"  {info.name} = {info.display_value}"
            fits = len(setting) + 2 + len(info.source) <= _WIDTH
            gap = "  " if fits else "\n    --> "
            show(text(f"{setting}{gap}{info.source}"))
    if conf.redis_url:
        show(text("  (redis_url overrides host, port, db, username and password)"))
    # No-break spaces keep a name and its value on one line.
    defaults = [
        f"{info.name}\xa0=\xa0{info.display_value}" for info in infos if info.is_default
    ]
    lines = fill(
        ", ".join(defaults), _WIDTH, initial_indent="    ", subsequent_indent="    "
    )
    show(text(f"  defaults:\n{lines}".replace("\xa0", " "), "faint"))


def _show_failure(conf: ConfigRedis, failure: Failure) -> None:
    show(text(f"failed: {failure.reason}", "error"))
    replaced = replaced_settings(conf)
    fields = []
    for name in failure.fields:
        if name in replaced:
            fields.append("redis_url")
        elif conf.redis_url or name != "redis_url":
            fields.append(name)
    for name in dict.fromkeys(fields):
        info = conf.field_info(name)
        show(
            text(f"  check {name} = {info.display_value}"),
            text(f"    --> {info.source}", "faint"),
        )
