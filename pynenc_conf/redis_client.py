"""Clients of a real Redis, made from a config alone.

redis-py opens the connections and raises the errors; this module says how many, with
which settings, and when to try again.
"""

# pyright: standard
# redis-py leaves much of its pools untyped, which strict mode reports at every step.

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
from redis.backoff import AbstractBackoff, EqualJitterBackoff, NoBackoff
from redis.retry import Retry

from pynenc_conf.redis_retry import (
    LONGEST,
    TRANSIENT,
    agive_up,
    give_up,
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

NO_LIMIT = 2**31  # connections; what redis-py 5 takes for "any number"


class PoolExhaustedError(exceptions.MaxConnectionsError):
    """Raised when all connections of a pool stay in use while a caller waits."""


def get_redis_client(conf: ConfigRedis) -> redis.Redis:
    """Return a client for the server that `conf` describes.

    Clients of equal connection settings share one pool, also across config classes,
    threads and calls; a process that was forked or spawned has pools of its own.
    Nothing is connected before the first command. The client raises what redis-py
    raises, and PoolExhaustedError. Raises ConfigTypeError for a `redis_url` that is
    no such URL.
    """
    pool = _registry.pool(_Pool, conf, redis.connection)
    return redis.Redis(connection_pool=pool)


def get_async_redis_client(conf: ConfigRedis) -> redis.asyncio.Redis:
    """Return a client for asyncio, with the contract of `get_redis_client`.

    Its pool belongs to the event loop that runs now, or, made outside of one, to the
    loop that uses it. `await aclose_redis_pools()` before that loop ends.
    """
    pool = _registry.pool(_AsyncPool, conf, redis.asyncio.connection)
    return redis.asyncio.Redis(connection_pool=pool)


def close_redis_pools() -> None:
    """Close every connection of this process's pools, and forget the pools.

    A client that is used again opens connections of its own. Pools of asyncio are
    not touched: only their event loop can close them.
    """
    for pool in _registry.take(_Pool):
        pool.disconnect()


async def aclose_redis_pools() -> None:
    """Close every connection of the running loop's pools, and forget the pools."""
    for pool in _registry.take(_AsyncPool, asyncio.get_running_loop()):
        await pool.disconnect()


def connection_options(
    conf: ConfigRedis, module: ModuleType = redis.connection
) -> dict[str, Any]:
    """Return what redis-py's pools of `module` are told: the settings in effect.

    Where two settings speak of one thing: `redis_url` replaces host, port, db,
    username and password, and an option in its query (`?socket_timeout=2`) the
    setting of that meaning; of the two health check intervals the shorter holds.
    """
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
        # 0 means no limit; to a socket it would mean not to wait at all.
        options[name] = min(options[name], LONGEST) or None
    options["max_connections"] = options["max_connections"] or NO_LIMIT
    kind = options.setdefault("connection_class", module.Connection)
    if not issubclass(kind, module.UnixDomainSocketConnection):
        options.setdefault("socket_keepalive", True)
    if issubclass(kind, module.SSLConnection):
        # As redis-py 6 and newer do; before that a certificate of any host would do.
        verified = options.get("ssl_cert_reqs", "required") != "none"
        options.setdefault("ssl_check_hostname", verified)
    return options


def _health_check_interval(conf: ConfigRedis) -> float:
    # 0 and infinity switch a check off. All connections are pooled ones here, so
    # that the shorter interval keeps the promise of both settings.
    intervals = (conf.health_check_interval, conf.redis_pool_health_check_interval)
    return min((each for each in intervals if 0 < each < math.inf), default=0)


class _Limits:
    """How many connections a pool may have, and how often it tries to open one.

    The mixin of both pools, which wait for a free connection for as long as they may
    wait for a new one: a burst of threads is then a delay, not an error.
    """

    max_connections: int
    loop: asyncio.AbstractEventLoop | None = None
    _held: set[Any]
    _slots: Any

    def __init__(self, attempts: int, **options: Any) -> None:
        self.wait: float | None = options["socket_connect_timeout"]
        port = f"{options.get('host', 'localhost')}:{options.get('port', 6379)}"
        self.place = f"{options.get('path', port)} db={options.get('db', 0)}"
        # Failing commands are not sent twice, so that none takes effect twice.
        options["retry"] = self._retry(NoBackoff(), 0)
        super().__init__(**options)
        delay = EqualJitterBackoff(cap=1.0, base=0.05)
        self.attempts = self._retry(delay, attempts - 1)

    def _retry(self, backoff: AbstractBackoff, retries: int) -> Any:
        return Retry(backoff, retries, TRANSIENT)

    def _free_slot(self, connection: Any) -> None:
        # redis-py also releases connections that nobody was given yet.
        if connection in self._held:
            self._held.discard(connection)
            self._slots.release()

    def _exhausted(self) -> PoolExhaustedError:
        return PoolExhaustedError(
            f"all {self.max_connections} connections of the pool were in use for "
            f"{self.wait:g} s (socket_connect_timeout): raise "
            "redis_pool_max_connections, or use fewer threads or tasks at a time"
        )

    def __repr__(self) -> str:
        # redis-py's own shows the password in some versions.
        return f"<{type(self).__name__} {self.place}>"


class _Pool(_Limits, redis.ConnectionPool):
    """A pool for threads."""

    def reset(self) -> None:
        """Begin without connections: a new pool, or one in a forked child."""
        # Another thread may have held the lock when the process was forked.
        self._lock = threading.RLock()
        self._slots = threading.BoundedSemaphore(self.max_connections)
        self._held = set()
        super().reset()

    def after_fork(self) -> None:
        """Let go of the parent's connections."""
        self._fork_lock = threading.RLock()
        self.reset()

    def get_connection(
        self, command_name: Any = None, *keys: Any, **options: Any
    ) -> Any:
        """Return a connection that works. Raises PoolExhaustedError."""
        self._checkpid()
        slots = self._slots
        if not slots.acquire(timeout=self.wait):
            raise self._exhausted()
        # redis-py 5 insists on the arguments that later versions warn about.
        args = () if command_name is None else (command_name, *keys)
        try:
            connect = functools.partial(self._connected, *args, **options)
            connection = self.attempts.call_with_retry(connect, give_up)
        except BaseException:
            slots.release()
            raise
        self._held.add(connection)
        return connection

    def _connected(self, *args: Any, **options: Any) -> Any:
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
        """Take a connection back."""
        try:
            super().release(connection)
        finally:
            self._free_slot(connection)


class _AsyncPool(_Limits, redis.asyncio.ConnectionPool):
    """A pool for the tasks of one event loop."""

    def __init__(self, attempts: int, **options: Any) -> None:
        super().__init__(attempts, **options)
        self._begin()

    def _begin(self) -> None:
        self._slots = asyncio.Semaphore(self.max_connections)
        self._held = set()

    def _retry(self, backoff: AbstractBackoff, retries: int) -> Any:
        return redis.asyncio.retry.Retry(backoff, retries, TRANSIENT)

    def _settle(self) -> None:
        """Belong to the running loop. Raises RuntimeError if another one is using it.

        A connection works in the loop that opened it only.
        """
        loop = asyncio.get_running_loop()
        if self.loop is loop:
            return
        if self.loop is not None:
            if self._held and not self.loop.is_closed():
                msg = "this client is in use in another event loop; make one in each"
                raise RuntimeError(msg)
            self._lock = asyncio.Lock()
            self.reset()  # type: ignore[no-untyped-call]
            self._begin()
        self.loop = loop

    async def get_connection(
        self, command_name: Any = None, *keys: Any, **options: Any
    ) -> Any:
        """Return a connection that works. Raises PoolExhaustedError."""
        self._settle()
        try:
            async with asyncio.timeout(self.wait):
                await self._slots.acquire()
        except TimeoutError:
            raise self._exhausted() from None
        args = () if command_name is None else (command_name, *keys)
        try:
            connect = functools.partial(self._connected, *args, **options)
            connection = await self.attempts.call_with_retry(connect, agive_up())
        except BaseException:
            self._slots.release()
            raise
        self._held.add(connection)
        return connection

    async def _connected(self, *args: Any, **options: Any) -> Any:
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
        """Take a connection back."""
        try:
            await super().release(connection)
        finally:
            self._free_slot(connection)


class _Registry:
    """The pools of this process, one for each distinct set of settings.

    A pool is found by a keyed digest of its settings: whoever prints the keys learns
    nothing about a password, and another password is another pool. A pool of asyncio
    is found by its event loop too.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._secret = secrets.token_bytes(32)
        self._pools: dict[tuple[type, bytes, Any], Any] = {}
        self._all: weakref.WeakSet[Any] = weakref.WeakSet()

    def pool(self, kind: type, conf: ConfigRedis, module: ModuleType) -> Any:
        """Return the pool of a config's settings."""
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

    def take(self, kind: type, loop: Any = None) -> list[Any]:
        """Forget the pools of a kind, of a loop or of none yet, and return them."""
        with self._lock:
            keys = [k for k in self._pools if k[0] is kind and k[2] in {None, loop}]
            taken = {self._pools.pop(key) for key in keys}
            # A client may go on using a pool that was forgotten.
            return [*taken.union(p for p in self._all if loop and p.loop is loop)]

    def after_fork(self) -> None:
        """Begin anew in a forked child, which must not use its parent's sockets."""
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
