"""Redis clients built from a `ConfigRedis`.

redis-py opens the connections and raises the errors. This module decides how many
connections there are, which options they have, and when to retry a failed attempt.
"""

# pyright: standard
# Much of redis-py's pools is untyped, which strict mode reports at every use.

from __future__ import annotations

import asyncio
import contextlib
import functools
import hashlib
import math
import os
import secrets
import threading
import weakref
from typing import TYPE_CHECKING, Any

import redis.asyncio.connection
import redis.asyncio.retry
import redis.connection
from redis import exceptions
from redis.backoff import EqualJitterBackoff, NoBackoff
from redis.retry import Retry

from pynenc_conf._core.frames import clearing
from pynenc_conf.redis_retry import (
    MAX_TIMEOUT,
    TRANSIENT,
    raise_permanent,
    raise_permanent_async,
    redis_retry,
    with_redis_retry,
)
from pynenc_conf.redis_url import url_options

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

NO_LIMIT: int = 2**31  # connections; the default of redis-py 5


class PoolExhaustedError(exceptions.MaxConnectionsError):
    """Raised when no connection of a pool becomes free before the timeout."""


def get_redis_client(conf: ConfigRedis) -> redis.Redis:
    """Return a client for the server that `conf` describes.

    Clients with equal connection settings share one pool across config classes,
    threads and calls. A forked or spawned process has its own pools. The client
    connects when it runs its first command; it raises the errors of redis-py and
    PoolExhaustedError. Raises ConfigTypeError for an invalid `redis_url`.
    """
    with clearing:
        pool = _registry.pool(_Pool, conf, redis.connection)
        return redis.Redis(connection_pool=pool)


def get_async_redis_client(conf: ConfigRedis) -> redis.asyncio.Redis:
    """Return an asyncio client that otherwise works like `get_redis_client`.

    The pool belongs to the running event loop. A client that is created outside an
    event loop belongs to the loop that uses it. Call `await aclose_redis_pools()`
    before the loop ends.
    """
    with clearing:
        pool = _registry.pool(_AsyncPool, conf, redis.asyncio.connection)
        return redis.asyncio.Redis(connection_pool=pool)


def close_redis_pools() -> None:
    """Close every connection of this process's pools, and remove the pools.

    An existing client can still be used; it opens new connections. The pools of
    asyncio clients stay open, because only their event loop can close them.
    """
    for pool in _registry.pop_pools(_Pool):
        pool.disconnect()


async def aclose_redis_pools() -> None:
    """Close every connection of the running loop's pools, and remove the pools."""
    for pool in _registry.pop_pools(_AsyncPool, asyncio.get_running_loop()):
        await pool.disconnect()


def connection_options(
    conf: ConfigRedis, module: ModuleType = redis.connection
) -> dict[str, Any]:
    """Return the options of a redis-py connection pool for the settings of `conf`.

    `redis_url` replaces host, port, db, username and password. An option in its query
    (`?socket_timeout=2`) replaces the setting with the same meaning. The shorter of
    the two health check intervals applies. `module` has redis-py's connection classes:
    `redis.connection` or `redis.asyncio.connection`.
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
    if conf.redis_url:
        options |= url_options(conf, module)
    else:
        options |= {
            "host": conf.redis_host,
            "port": conf.redis_port,
            "db": conf.redis_db,
            "username": conf.redis_username or None,
            "password": conf.redis_password or None,
        }
    for name in ("socket_timeout", "socket_connect_timeout"):
        # 0 means no limit, but a socket with timeout 0 does not wait at all.
        options[name] = min(options[name], MAX_TIMEOUT) or None
    options["max_connections"] = options["max_connections"] or NO_LIMIT
    kind = options.setdefault("connection_class", module.Connection)
    if not issubclass(kind, module.UnixDomainSocketConnection):
        options.setdefault("socket_keepalive", True)
    if issubclass(kind, module.SSLConnection):
        # The default of redis-py 6. Older versions accept a certificate of any host.
        verified = options.get("ssl_cert_reqs", "required") != "none"
        options.setdefault("ssl_check_hostname", verified)
    return options


def _health_check_interval(conf: ConfigRedis) -> float:
    # 0 and infinity disable a check. Every connection here is pooled, so the shorter
    # interval satisfies both settings.
    intervals = (conf.health_check_interval, conf.redis_pool_health_check_interval)
    return min((each for each in intervals if 0 < each < math.inf), default=0)


# redis-py's BlockingConnectionPool does not replace these pools. It allocates an entry
# for each allowed connection, so it cannot be unlimited. It repeats the wait for a free
# connection with each attempt to connect. It reports a full pool as a ConnectionError,
# which a caller cannot distinguish from a failed connection.


class _PoolMixin:
    """Limits the connections of a pool and the attempts to open one.

    A caller waits for a free connection as long as it would wait for a new one, so a
    burst of threads causes a delay instead of an error.
    """

    max_connections: int
    loop: asyncio.AbstractEventLoop | None = None
    # Connections in use, and a semaphore with a slot for each allowed connection.
    _in_use: set[Any]
    _slots: Any
    _retry_class: Any

    def __init__(self, attempts: int, **options: Any) -> None:
        self.wait_timeout: float | None = options["socket_connect_timeout"]
        host = f"{options.get('host', 'localhost')}:{options.get('port', 6379)}"
        self.address = f"{options.get('path', host)} db={options.get('db', 0)}"
        # A connection never resends a failed command, which may have taken effect.
        options["retry"] = self._retry_class(NoBackoff(), 0, TRANSIENT)
        super().__init__(**options)
        backoff = EqualJitterBackoff(cap=1.0, base=0.05)
        self.connect_retry = self._retry_class(backoff, attempts - 1, TRANSIENT)

    def _release_slot(self, connection: Any) -> None:
        # redis-py also releases connections that no caller has received.
        if connection in self._in_use:
            self._in_use.discard(connection)
            self._slots.release()

    def _exhausted(self) -> PoolExhaustedError:
        return PoolExhaustedError(
            f"all {self.max_connections} connections of the pool were in use for "
            f"{self.wait_timeout:g} s (socket_connect_timeout); increase "
            "redis_pool_max_connections or use fewer concurrent threads or tasks"
        )

    def __repr__(self) -> str:
        # The repr of redis-py shows the password in some versions.
        return f"<{type(self).__name__} {self.address}>"


class _Pool(_PoolMixin, redis.ConnectionPool):
    """A connection pool for threads."""

    _retry_class = Retry

    def reset(self) -> None:
        """Start without connections, in a new pool or in a forked child."""
        # Another thread may have held the lock when the process was forked.
        self._lock = threading.RLock()
        self._slots = threading.BoundedSemaphore(self.max_connections)
        self._in_use = set()
        super().reset()

    def after_fork(self) -> None:
        """Discard the connections of the parent process."""
        self._fork_lock = threading.RLock()
        self.reset()

    def get_connection(self, *args: Any, **options: Any) -> Any:
        """Return a working connection. Raises PoolExhaustedError."""
        self._checkpid()
        slots = self._slots
        if not slots.acquire(timeout=self.wait_timeout):
            raise self._exhausted()
        try:
            connect = functools.partial(self._connect, *args, **options)
            connection = self.connect_retry.call_with_retry(connect, raise_permanent)
        except BaseException:
            slots.release()
            raise
        self._in_use.add(connection)
        return connection

    def _connect(self, *args: Any, **options: Any) -> Any:
        connection: Any = super().get_connection(*args, **options)
        try:
            try:
                connection.check_health()
            except TRANSIENT:
                connection.disconnect()
                connection.connect()
        except BaseException:
            self.release(connection)
            raise
        return connection

    def release(self, connection: Any) -> None:
        """Return a connection to the pool."""
        try:
            super().release(connection)
        finally:
            self._release_slot(connection)


class _AsyncPool(_PoolMixin, redis.asyncio.ConnectionPool):
    """A connection pool for the tasks of one event loop."""

    _retry_class = redis.asyncio.retry.Retry

    def reset(self) -> None:
        """Start without connections, in a new event loop."""
        self._lock = asyncio.Lock()
        self._slots = asyncio.Semaphore(self.max_connections)
        self._in_use = set()
        super().reset()  # type: ignore[no-untyped-call]

    def _bind_to_running_loop(self) -> None:
        """Make the pool belong to the running loop; connections work in one loop only.

        Raises RuntimeError if another loop is using the pool.
        """
        loop = asyncio.get_running_loop()
        if self.loop is loop:
            return
        if self.loop is not None and self._in_use and not self.loop.is_closed():
            msg = "another event loop uses this client; create a client in each"
            raise RuntimeError(msg)
        self.reset()
        self.loop = loop

    async def get_connection(self, *args: Any, **options: Any) -> Any:
        """Return a working connection. Raises PoolExhaustedError."""
        self._bind_to_running_loop()
        try:
            async with asyncio.timeout(self.wait_timeout):
                await self._slots.acquire()
        except TimeoutError:
            raise self._exhausted() from None
        try:
            connect = functools.partial(self._connect, *args, **options)
            connection = await self.connect_retry.call_with_retry(
                connect, raise_permanent_async()
            )
        except BaseException:
            self._slots.release()
            raise
        self._in_use.add(connection)
        return connection

    async def _connect(self, *args: Any, **options: Any) -> Any:
        connection: Any = await super().get_connection(  # type: ignore[no-untyped-call]
            *args, **options
        )
        try:
            try:
                await connection.check_health()
            except TRANSIENT:
                await connection.disconnect()
                await connection.connect()
        except BaseException:
            await self.release(connection)
            raise
        return connection

    async def release(self, connection: Any) -> None:
        """Return a connection to the pool."""
        try:
            await super().release(connection)
        finally:
            self._release_slot(connection)


class _Registry:
    """The pools of this process, one for each distinct set of settings.

    The key of a pool is a keyed digest of its settings. A different password selects a
    different pool, but a printed key reveals nothing about the password. The key of an
    asyncio pool includes its event loop.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._secret = secrets.token_bytes(32)
        self._pools: dict[tuple[type, bytes, Any], Any] = {}
        self._all: weakref.WeakSet[Any] = weakref.WeakSet()

    def pool(self, kind: type, conf: ConfigRedis, module: ModuleType) -> Any:
        """Return the pool for the settings of `conf`; create it if necessary."""
        attempts = max(conf.max_connection_attempts, 1)
        options = connection_options(conf, module)
        text = repr((attempts, sorted(options.items())))
        digest = hashlib.blake2b(text.encode(), key=self._secret).digest()
        loop = _running_loop() if kind is _AsyncPool else None
        with self._lock:
            for key in [key for key in self._pools if key[2] and key[2].is_closed()]:
                del self._pools[key]
            pool = self._pools.get((kind, digest, loop))
            if pool is None:
                pool = self._pools[kind, digest, loop] = kind(attempts, **options)
                self._all.add(pool)
        return pool

    def pop_pools(self, kind: type, loop: Any = None) -> list[Any]:
        """Remove and return the pools of a class that have this loop or no loop."""
        with self._lock:
            keys = [k for k in self._pools if k[0] is kind and k[2] in {None, loop}]
            removed = {self._pools.pop(key) for key in keys}
            # A client can still use a pool that was removed before.
            return [*removed.union(p for p in self._all if loop and p.loop is loop)]

    def after_fork(self) -> None:
        """Reset the pools in a forked child, which must not use inherited sockets."""
        self._lock = threading.Lock()
        for pool in self._pools.values():
            if isinstance(pool, _Pool):
                pool.after_fork()


def _running_loop() -> asyncio.AbstractEventLoop | None:
    with contextlib.suppress(RuntimeError):
        return asyncio.get_running_loop()
    return None


_registry = _Registry()
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_registry.after_fork)
