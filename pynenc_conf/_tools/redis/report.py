"""What `pynenc-conf ping` says: whether Redis can be reached, and what it is like."""

from __future__ import annotations

import statistics
import sys
import time
from contextlib import suppress
from textwrap import fill
from typing import TYPE_CHECKING, Any, NamedTuple

import redis.connection
from redis import exceptions as errors

from pynenc_conf import redis_client
from pynenc_conf._tools import output
from pynenc_conf._tools.output import show, text
from pynenc_conf._tools.redis.diagnosis import (
    WHERE,
    Finding,
    address_of,
    diagnosis,
    uses_tls,
)
from pynenc_conf.config_redis import ConfigRedis
from pynenc_conf.exceptions import ConfigError

if TYPE_CHECKING:
    from collections.abc import Iterator


# What `redis_url` replaces.
_REPLACED = ("redis_username", "redis_password", "redis_host", "redis_port", "redis_db")
_PINGS = 5
_WIDTH = 80


class _Report(NamedTuple):
    """What the server says about itself."""

    info: dict[str, Any]
    milliseconds: list[float]
    maxclients: int | None


def report(cls: type[ConfigRedis], path: str | None, workers: int) -> None:
    """Connect as `cls` says, print how it went, and exit with 1 if it did not."""
    try:
        conf = cls(None, path)
        place = _place(redis_client.connection_options(conf))
    except ConfigError as error:
        output.fail(error, as_json=False)
    _show_settings(conf)
    try:
        answer = _ask(conf)
        found = _findings(conf, answer, workers)
    except Exception as error:  # noqa: BLE001 - what is no Redis answers anything
        found = [diagnosis(redis_client.connection_options(conf), error)]
        show(text(place))
    else:
        show(text(place), *(text(line) for line in _lines(conf, answer, workers)))
    finally:
        redis_client.close_redis_pools()
    for finding in found:
        _show_finding(conf, finding)
    if found:
        sys.exit(1)
    show(text("ok"))


def _show_settings(conf: ConfigRedis) -> None:
    names = [name for name in conf.all_fields if name in ConfigRedis.config_fields()]
    if conf.redis_url:
        names = [name for name in names if name not in _REPLACED]
    infos = [conf.field_info(name) for name in names]
    show(text(type(conf).__name__, "heading"))
    for info in infos:
        if not info.is_default:
            setting = f"  {info.name} = {info.display_value}"
            fits = len(setting) + 2 + len(info.source) <= _WIDTH
            gap = "  " if fits else "\n    --> "
            show(text(f"{setting}{gap}{info.source}"))
    if conf.redis_url:
        show(text("  (redis_url replaces host, port, db, username and password)"))
    # A name and its value stay on one line.
    rest = [
        f"{info.name}\xa0=\xa0{info.display_value}" for info in infos if info.is_default
    ]
    words = fill(
        ", ".join(rest), _WIDTH, initial_indent="    ", subsequent_indent="    "
    )
    show(text(f"  defaults:\n{words}".replace("\xa0", " "), "faint"))


def _place(opts: dict[str, Any]) -> str:
    tls = " with TLS" if uses_tls(opts) else ""
    return f"Redis at {address_of(opts)}, database {opts.get('db') or 0}{tls}"


def _ask(conf: ConfigRedis) -> _Report:
    """Ask the server about itself. Raises whatever redis-py raises."""
    client: Any = redis_client.get_redis_client(conf)
    client.ping()
    milliseconds = []
    for _ in range(_PINGS):
        start = time.perf_counter()
        client.ping()
        milliseconds.append((time.perf_counter() - start) * 1000)
    info: dict[str, Any] = {}
    # A user may be allowed to use Redis but not to look at it.
    with suppress(errors.ResponseError):
        info = client.info()
    most = info.get("maxclients")
    if most is None:
        with suppress(errors.ResponseError):
            most = client.config_get("maxclients").get("maxclients")
    return _Report(info, milliseconds, None if most is None else int(most))


def _lines(conf: ConfigRedis, report: _Report, workers: int) -> Iterator[str]:
    info = report.info
    low, high = min(report.milliseconds), max(report.milliseconds)
    middle = statistics.median(report.milliseconds)
    name = info.get("server_name", "redis")
    version = info.get(f"{name}_version", info.get("redis_version", "unknown"))
    role = {"slave": "replica"}.get(info.get("role", "role unknown"), info.get("role"))
    if info:
        mode = info.get("redis_mode") or info.get("server_mode", "mode unknown")
        yield f"  server   {name} {version}, {mode}, {role}"
    else:
        yield "  server   unknown: this user may not run INFO"
    yield (
        f"  latency  {low:.2f} / {middle:.2f} / {high:.2f} ms "
        f"(min / median / max of {_PINGS} pings)"
    )
    if info:
        most = info.get("maxmemory_human") if info.get("maxmemory") else "no limit"
        policy = info.get("maxmemory_policy", "unknown")
        yield f"  memory   {info.get('used_memory_human')} of {most}, policy {policy}"
        if policy not in {"noeviction", "unknown"}:
            yield f"  warning  {policy} deletes data when memory is full: noeviction is"
            yield "           the policy that loses no invocations"
    limit = "unknown" if report.maxclients is None else report.maxclients
    yield f"  clients  {info.get('connected_clients', 'unknown')} of {limit}"
    yield f"  pool     {_need(conf, report, workers)}"


def _need(conf: ConfigRedis, report: _Report, workers: int) -> str:
    size = _pool_size(conf)
    if not size:
        return f"no limit of connections for each of {workers} workers"
    need = f"{size} x {workers} workers = {size * workers} connections"
    free = _free(report)
    if free is None:
        return f"{need}; how many are free is unknown"
    fits = "fit" if size * workers <= free else "do not fit"
    return f"{need}; {free} are free: they {fits}"


def _pool_size(conf: ConfigRedis) -> int:
    size: int = redis_client.connection_options(conf)["max_connections"]
    return size if size < redis_client.NO_LIMIT else 0


def _free(report: _Report) -> int | None:
    connected: int | None = report.info.get("connected_clients")
    if report.maxclients is None or connected is None:
        return None
    # One of the clients is this command.
    return max(report.maxclients - connected + 1, 0)


def _findings(conf: ConfigRedis, report: _Report, workers: int) -> list[Finding]:
    found = []
    if report.info.get("role") == "slave" and report.info.get("slave_read_only"):
        what = "the server is a read-only replica: pynenc must write, to the primary"
        found.append(Finding(what, WHERE))
    free = _free(report)
    if free is not None and _pool_size(conf) * workers > free:
        what = f"the pools of {workers} workers do not fit into the server's maxclients"
        found.append(Finding(what, ("redis_pool_max_connections",)))
    return found


def _show_finding(conf: ConfigRedis, finding: Finding) -> None:
    show(text(f"failed: {finding.what}", "error"))
    parse: Any = redis.connection.parse_url
    in_url = parse(conf.redis_url) if conf.redis_url else {}
    fields = dict.fromkeys(
        "redis_url" if name in _REPLACED and conf.redis_url else _named(name, in_url)
        for name in finding.fields
        if name != "redis_url" or conf.redis_url
    )
    for name in fields:
        info = conf.field_info(name)
        show(
            text(f"  look at {name} = {info.display_value}"),
            text(f"    --> {info.source}", "faint"),
        )


def _named(field: str, in_url: dict[str, Any]) -> str:
    # An option in the URL's query has replaced the setting of that meaning.
    return "redis_url" if field.replace("redis_pool_", "") in in_url else field
