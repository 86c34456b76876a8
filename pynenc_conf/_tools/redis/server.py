"""What a Redis server reports about itself, and whether its limits suffice."""

from __future__ import annotations

import statistics
import time
from contextlib import suppress
from typing import TYPE_CHECKING, Any, NamedTuple

from redis import exceptions as errors

from pynenc_conf import redis_client
from pynenc_conf._redis_pool import NO_LIMIT
from pynenc_conf._tools.redis.diagnosis import SERVER_FIELDS, Failure

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pynenc_conf.config_redis import ConfigRedis

_PINGS = 5
_NUMBERS = {
    *("connected_clients", "maxclients", "maxmemory", "slave_read_only"),
    "used_memory",
}
"""The entries of INFO that are numbers; the others are shown as they are."""


class Server(NamedTuple):
    """The answers of a server; `info` is empty if the user may not run INFO."""

    info: dict[str, Any]
    latencies_ms: list[float]
    max_clients: int | None

    @classmethod
    def query(cls, conf: ConfigRedis) -> Server:
        """Connect and query the server. Raises the same as redis-py."""
        client: Any = redis_client.get_redis_client(conf)
        client.ping()
        latencies_ms = []
        for _ in range(_PINGS):
            start = time.perf_counter()
            client.ping()
            latencies_ms.append((time.perf_counter() - start) * 1000)
        info: dict[str, Any] = {}
        # A user may have permission to use Redis, but not for INFO or CONFIG.
        with suppress(errors.ResponseError):
            info = _read_info(client.info())
        max_clients = info.get("maxclients")
        if max_clients is None:
            with suppress(errors.ResponseError):
                found = client.config_get("maxclients").get("maxclients")
                max_clients = int(found) if str(found).isdecimal() else None
        return cls(info, latencies_ms, max_clients)

    @property
    def free_connections(self) -> int | None:
        """The number of further clients that the server accepts, None if unknown."""
        connected: int | None = self.info.get("connected_clients")
        if self.max_clients is None or connected is None:
            return None
        # This command itself is one of the clients.
        return max(self.max_clients - connected + 1, 0)

    def find_failures(self, conf: ConfigRedis, workers: int) -> Iterator[Failure]:
        """Yield the reasons why workers cannot use this server."""
        if self.info.get("role") == "slave" and self.info.get("slave_read_only"):
            reason = "the server is a read-only replica: pynenc must use the primary"
            yield Failure(reason, SERVER_FIELDS)
        free = self.free_connections
        if free is not None and _pool_size(conf) * workers > free:
            reason = f"the pools of {workers} workers exceed the server's maxclients"
            yield Failure(reason, ("redis_pool_max_connections",))

    def as_dict(self, conf: ConfigRedis) -> dict[str, Any]:
        """Return what the server reports as plain data; None if it is unknown."""
        info = self.info
        return {
            "name": info.get("server_name", "redis") if info else None,
            "version": self._version,
            "mode": info.get("redis_mode") or info.get("server_mode"),
            "role": info.get("role"),
            "latencies_ms": self.latencies_ms,
            "used_memory": info.get("used_memory"),
            "max_memory": info.get("maxmemory"),
            "maxmemory_policy": info.get("maxmemory_policy"),
            "clients": info.get("connected_clients"),
            "max_clients": self.max_clients,
            # Zero means that there is no limit.
            "pool_size": _pool_size(conf),
        }

    @property
    def _version(self) -> str | None:
        info = self.info
        name = info.get("server_name", "redis")
        return info.get(f"{name}_version", info.get("redis_version"))

    def describe(self, conf: ConfigRedis, workers: int) -> Iterator[str]:
        """Yield lines about version, latency, memory, clients and pools."""
        info = self.info
        if info:
            name = info.get("server_name", "redis")
            version = self._version or "unknown"
            mode = info.get("redis_mode") or info.get("server_mode", "mode unknown")
            role = info.get("role", "role unknown").replace("slave", "replica")
            yield f"  server   {name} {version}, {mode}, {role}"
        else:
            yield "  server   unknown: this user may not run INFO"
        low, high = min(self.latencies_ms), max(self.latencies_ms)
        yield (
            f"  latency  {low:.2f} / {statistics.median(self.latencies_ms):.2f} / "
            f"{high:.2f} ms (min / median / max of {_PINGS} pings)"
        )
        if info:
            limit = info.get("maxmemory_human") if info.get("maxmemory") else "no limit"
            policy = info.get("maxmemory_policy", "unknown")
            used = info.get("used_memory_human")
            yield f"  memory   {used} of {limit}, policy {policy}"
            if policy not in {"noeviction", "unknown"}:
                yield f"  warning  {policy} deletes data when memory is full;"
                yield "           use noeviction, so that no invocations are lost"
        maximum = "unknown" if self.max_clients is None else self.max_clients
        yield f"  clients  {info.get('connected_clients', 'unknown')} of {maximum}"
        yield f"  pool     {self._describe_pools(conf, workers)}"

    def _describe_pools(self, conf: ConfigRedis, workers: int) -> str:
        size = _pool_size(conf)
        if not size:
            return f"no limit of connections for each of {workers} workers"
        need = f"{size} x {workers} workers = {size * workers} connections"
        free = self.free_connections
        if free is None:
            return f"{need}; the number of free connections is unknown"
        fits = "fit" if size * workers <= free else "do not fit"
        return f"{need}; {free} are free: they {fits}"


def _read_info(info: dict[str, Any]) -> dict[str, Any]:
    """Return the entries that have a value of the expected type.

    redis-py converts each value by its form, and other programs have other values.
    """
    return {
        name: value if name in _NUMBERS else str(value)
        for name, value in info.items()
        if isinstance(value, int if name in _NUMBERS else (str, int, float))
    }


def _pool_size(conf: ConfigRedis) -> int:
    """Return the maximum number of connections of one worker, 0 for no limit."""
    size: int = redis_client.connection_options(conf)["max_connections"]
    return size if size < NO_LIMIT else 0
