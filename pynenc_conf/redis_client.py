"""Redis clients built from a `ConfigRedis`.

redis-py opens the connections and raises the errors. This module decides how many
connections there are, which options they have, and when to retry a failed attempt.
"""

# pyright: standard
# Much of redis-py's pools is untyped, which strict mode reports at every use.

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import math
import os
import secrets
import threading
import weakref
from typing import TYPE_CHECKING, Any

import redis.asyncio.connection
import redis.connection

from pynenc_conf._core.frames import clearing
from pynenc_conf._redis_connection import CLASSES
from pynenc_conf._redis_pool import NO_LIMIT, AsyncPool, Pool, PoolExhaustedError
from pynenc_conf.redis_retry import MAX_TIMEOUT, redis_retry, with_redis_retry
from pynenc_conf.redis_url import address_options

if TYPE_CHECKING:
    from types import ModuleType

    from pynenc_conf.config_redis import ConfigRedis

__all__ = [
    "PoolExhaustedError",
    "aclose_redis_pools",
    "close_redis_pools",
    "get_async_redis_client",
    "get_redis_client",
    "redis_retry",
    "with_redis_retry",
]


def get_redis_client(conf: ConfigRedis) -> redis.Redis:
    """Return a client for the server that `conf` describes.

    Clients with equal connection settings share one pool across config classes,
    threads and calls. A forked or spawned process has its own pools. The client
    connects when it runs its first command; it raises the errors of redis-py and
    PoolExhaustedError. Raises ConfigTypeError for an invalid `redis_url`.
    """
    with clearing:
        pool = _registry.pool(Pool, conf, redis.connection)
        return redis.Redis(connection_pool=pool)


def get_async_redis_client(conf: ConfigRedis) -> redis.asyncio.Redis:
    """Return an asyncio client that otherwise works like `get_redis_client`.

    The pool belongs to the running event loop. A client that is created outside an
    event loop belongs to the loop that uses it. Call `await aclose_redis_pools()`
    before the loop ends.
    """
    with clearing:
        pool = _registry.pool(AsyncPool, conf, redis.asyncio.connection)
        return redis.asyncio.Redis(connection_pool=pool)


def close_redis_pools() -> None:
    """Close every connection of this process's pools, and remove the pools.

    A thread that is using a connection gets a ConnectionError of redis-py. An existing
    client can still be used; it opens new connections. The pools of asyncio clients
    stay open, because only their event loop can close them. A signal handler may call
    this function.
    """
    for pool in _registry.pop_pools(Pool):
        pool.disconnect()


async def aclose_redis_pools() -> None:
    """Close every connection of the running loop's pools, and remove the pools."""
    for pool in _registry.pop_pools(AsyncPool, asyncio.get_running_loop()):
        await pool.disconnect()


def connection_options(
    conf: ConfigRedis, module: ModuleType = redis.connection
) -> dict[str, Any]:
    """Return the options of a redis-py connection pool for the settings of `conf`.

    `redis_url` replaces host, port, db, username and password. An option in its query
    (`?socket_timeout=2`) replaces the setting with the same meaning. The shorter of
    the two health check intervals applies. `module` is `redis.connection` or
    `redis.asyncio.connection`. Raises ConfigTypeError for an invalid address.
    """
    with clearing:
        return _connection_options(conf, module)


def _connection_options(conf: ConfigRedis, module: ModuleType) -> dict[str, Any]:
    options: dict[str, Any] = {
        "socket_timeout": conf.socket_timeout,
        "socket_connect_timeout": conf.socket_connect_timeout,
        "health_check_interval": _health_check_interval(conf),
        "max_connections": conf.redis_pool_max_connections,
    }
    options |= address_options(conf)
    for name in ("socket_timeout", "socket_connect_timeout"):
        # 0 means no limit, but a socket with timeout 0 does not wait at all.
        options[name] = min(options[name], MAX_TIMEOUT) or None
    # redis-py adds the interval to a float.
    options["health_check_interval"] = min(
        options["health_check_interval"], MAX_TIMEOUT
    )
    options["max_connections"] = min(options["max_connections"] or NO_LIMIT, NO_LIMIT)
    scheme = options.pop("scheme")
    options["connection_class"] = CLASSES[module][scheme]
    if scheme != "unix":
        options.setdefault("socket_keepalive", True)
    if scheme == "rediss":
        # The default of redis-py 6. Older versions accept a certificate of any host.
        verified = options.get("ssl_cert_reqs", "required") != "none"
        options.setdefault("ssl_check_hostname", verified)
    return options


def _health_check_interval(conf: ConfigRedis) -> float:
    # 0 and infinity disable a check. Every connection here is pooled, so the shorter
    # interval satisfies both settings.
    intervals = (conf.health_check_interval, conf.redis_pool_health_check_interval)
    return min((each for each in intervals if 0 < each < math.inf), default=0)


class _Registry:
    """The pools of this process, one for each distinct set of settings.

    The key of a pool is a keyed digest of its settings. A different password selects a
    different pool, but a printed key reveals nothing about the password. The key of an
    asyncio pool includes its event loop.

    A signal handler or a destructor can call a method while the same thread is in one.
    So the lock is reentrant, and no loop runs over a mapping that can change.
    """

    def __init__(self) -> None:
        self._lock = threading.RLock()
        self._secret = secrets.token_bytes(32)
        self._pools: dict[tuple[type, bytes, Any], Any] = {}
        # Every pool that still exists, because a client can use a removed pool.
        self._all: weakref.WeakValueDictionary[int, Any] = weakref.WeakValueDictionary()

    def pool(self, kind: type, conf: ConfigRedis, module: ModuleType) -> Any:
        """Return the pool for the settings of `conf`; create it if necessary."""
        # More attempts than NO_LIMIT would take years.
        attempts = min(max(conf.max_connection_attempts, 1), NO_LIMIT)
        options = connection_options(conf, module)
        text = repr((attempts, sorted(options.items())))
        digest = hashlib.blake2b(text.encode(), key=self._secret).digest()
        loop = _running_loop() if kind is AsyncPool else None
        with self._lock:
            for key in list(self._pools):
                if key[2] and key[2].is_closed():
                    self._pools.pop(key, None)
            pool = self._pools.get((kind, digest, loop))
            if pool is None:
                pool = kind(attempts, **options)
                self._all[id(pool)] = pool
                self._pools[kind, digest, loop] = pool
        return pool

    def pop_pools(self, kind: Any, loop: Any = None) -> list[Any]:
        """Remove the pools of a class that have this loop or no loop.

        Return those of this loop, and the pools that were removed before but still
        exist.
        """
        with self._lock:
            # A pool that no loop has used has nothing to close.
            pools = [p for p in self._existing() if type(p) is kind and p.loop is loop]
            for key in list(self._pools):
                if key[0] is kind and key[2] in {None, loop}:
                    self._pools.pop(key, None)
        return pools

    def _existing(self) -> list[Any]:
        pools = [reference() for reference in self._all.valuerefs()]
        return [pool for pool in pools if pool is not None]

    def after_fork(self) -> None:
        """Reset the pools in a forked child, which must not use inherited sockets."""
        self._lock = threading.RLock()
        for key in list(self._pools):
            if key[2] is not None:
                del self._pools[key]
        for pool in self._existing():
            pool.after_fork()


def _running_loop() -> asyncio.AbstractEventLoop | None:
    with contextlib.suppress(RuntimeError):
        return asyncio.get_running_loop()
    return None


_registry = _Registry()
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_registry.after_fork)
