"""Pools of connections, which limit their number and the attempts to connect."""

# pyright: standard
# Much of redis-py's pools is untyped, which strict mode reports at every use.

from __future__ import annotations

import asyncio
import contextlib
import functools
import gc
import math
import queue
import threading
import time
import weakref
from typing import Any

import redis
import redis.asyncio
import redis.asyncio.retry
from redis import exceptions
from redis.backoff import EqualJitterBackoff, NoBackoff
from redis.retry import Retry

from pynenc_conf._core.frames import clear_frames
from pynenc_conf.redis_retry import TRANSIENT, raise_permanent, raise_permanent_async

__all__ = ["NO_LIMIT", "AsyncPool", "Pool", "PoolExhaustedError"]

NO_LIMIT: int = 2**31  # connections; the default of redis-py 5


class PoolExhaustedError(exceptions.MaxConnectionsError):
    """Raised when no connection of a pool becomes free before the timeout."""


class _PoolFullError(Exception):
    """Raised when all connections of a pool are in use."""


class _Backoff(EqualJitterBackoff):
    """The backoff of redis-py, for any number of failures."""

    def compute(self, failures: int) -> float:
        # 2**1024 is too large for a float.
        return super().compute(min(failures, 1000))


# Maximum time between two looks for a free connection, in seconds. An interruption can
# prevent the message that a connection is free.
_PATIENCE = 0.1

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
    # The number of times that the pool was closed.
    generation: int = 0
    _retry_class: Any

    def __init__(self, attempts: int, **options: Any) -> None:
        self.wait_timeout: float | None = options["socket_connect_timeout"]
        host = f"{options.get('host', 'localhost')}:{options.get('port', 6379)}"
        self.address = f"{options.get('path', host)} db={options.get('db', 0)}"
        # A connection never resends a failed command, which may have taken effect.
        options["retry"] = self._retry_class(NoBackoff(), 0, TRANSIENT)
        super().__init__(**options)
        backoff = _Backoff(cap=1.0, base=0.05)
        self.connect_retry = self._retry_class(backoff, attempts - 1, TRANSIENT)

    def _exhausted(self) -> PoolExhaustedError:
        return PoolExhaustedError(
            f"all {self.max_connections} connections of the pool were in use for "
            f"{self.wait_timeout:g} s (socket_connect_timeout); increase "
            "redis_pool_max_connections or use fewer concurrent threads or tasks"
        )

    def __repr__(self) -> str:
        # The repr of redis-py shows the password in some versions.
        return f"<{type(self).__name__} {self.address}>"


class Pool(_PoolMixin, redis.ConnectionPool):
    """A connection pool for threads."""

    _retry_class = Retry
    # An interruption can take a connection from its user at any point. It leaves this
    # set then, because the set has weak references. No counter could be correct.
    _in_use_connections: Any

    def reset(self) -> None:
        """Start without connections, in a new pool or in a forked child."""
        # Another thread may have held the lock when the process was forked.
        self._lock = threading.RLock()
        # An element means that a connection may be free. A signal handler can use the
        # queue while the same thread does; a condition would deadlock then.
        self._freed: queue.SimpleQueue[None] = queue.SimpleQueue()
        super().reset()
        self._in_use_connections = weakref.WeakSet()
        # redis-py 5 makes a lock that is not reentrant, as signal handlers need it.
        self._lock = threading.RLock()

    def after_fork(self) -> None:
        """Discard the connections of the parent process."""
        for connection in [*self._available_connections, *self._connections_in_use()]:
            connection.forget()
        self._fork_lock = threading.RLock()
        self.reset()

    def _connections_in_use(self) -> list[Any]:
        while True:
            # A signal handler or another thread can change the set meanwhile.
            with contextlib.suppress(RuntimeError):
                return list(self._in_use_connections)

    def get_connection(self, *args: Any, **options: Any) -> Any:
        """Return a working connection. Raises PoolExhaustedError."""
        timeout = math.inf if self.wait_timeout is None else self.wait_timeout
        connect = functools.partial(
            self._connect, time.monotonic() + timeout, *args, **options
        )
        try:
            return self.connect_retry.call_with_retry(connect, raise_permanent)
        except _PoolFullError:
            raise self._exhausted() from None
        except BaseException as error:
            clear_frames(error)  # some have the password
            raise

    def _connect(self, deadline: float, *args: Any, **options: Any) -> Any:
        generation = self.generation
        connection = self._wait(deadline, *args, **options)
        try:
            try:
                connection.check_health()
            except TRANSIENT:
                connection.disconnect()
                connection.connect()
            connection.generation = generation
        except BaseException:
            self.release(connection)
            raise
        return connection

    def _wait(self, deadline: float, *args: Any, **options: Any) -> Any:
        """Return a connection as soon as the limit allows. Raises _PoolFullError."""
        has_waited = has_collected = False
        while True:
            try:
                connection = super().get_connection(*args, **options)
            except _PoolFullError:
                if has_collected:
                    raise
                seconds = min(deadline - time.monotonic(), _PATIENCE)
                if seconds > 0:
                    has_waited = True
                    with contextlib.suppress(queue.Empty):
                        self._freed.get(timeout=seconds)
                else:
                    # Interrupted users leave connections in reference cycles of
                    # redis-py. Before the error, because it can take long.
                    has_collected = True
                    gc.collect()
            else:
                if has_waited:  # there can be more, and one element for all of them
                    self._wake_one()
                return connection

    def _wake_one(self) -> None:
        if self._freed.empty():
            self._freed.put(None)

    def make_connection(self) -> Any:
        """Create a connection; redis-py calls this method if none is idle."""
        if len(self._in_use_connections) >= self.max_connections:
            raise _PoolFullError
        self._created_connections = 0  # redis-py's own counter
        return super().make_connection()

    def release(self, connection: Any) -> None:
        """Return a connection to the pool, unconnected unless it can be reused."""
        if connection in self._in_use_connections:
            if not connection.is_reusable(self.generation):
                connection.is_ready = False
                connection.disconnect()
            super().release(connection)
            self._wake_one()

    def disconnect(self, inuse_connections: bool = True) -> None:  # noqa: FBT001, FBT002
        """Close the idle connections, and end those that are in use."""
        self._checkpid()
        with self._lock:
            self.generation += 1
            for connection in list(self._available_connections):
                connection.disconnect()
            if inuse_connections:
                for connection in self._connections_in_use():
                    connection.interrupt()


class AsyncPool(_PoolMixin, redis.asyncio.ConnectionPool):
    """A connection pool for the tasks of one event loop."""

    _retry_class = redis.asyncio.retry.Retry
    # Connections in use, each of which has a slot.
    _in_use: set[Any]

    def reset(self) -> None:
        """Start without connections, in a new event loop."""
        self._lock = asyncio.Lock()
        self._slots = asyncio.Semaphore(self.max_connections)
        self._in_use = set()
        super().reset()  # type: ignore[no-untyped-call]

    def _bind_to_running_loop(self) -> None:
        """Make the pool belong to the running loop; connections work in one loop only.

        Raises RuntimeError if another loop is using the pool, or if the loop is that of
        the parent process: both would use the same epoll object.
        """
        loop = asyncio.get_running_loop()
        if self.loop is loop:
            return
        if any(loop is each for each in _inherited_loops):
            msg = "this event loop belongs to the parent process; create a new loop"
            raise RuntimeError(msg)
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
        except BaseException as error:
            self._slots.release()
            clear_frames(error)  # some have the password
            raise
        self._in_use.add(connection)
        return connection

    async def _connect(self, *args: Any, **options: Any) -> Any:
        generation = self.generation
        connection: Any = await super().get_connection(  # type: ignore[no-untyped-call]
            *args, **options
        )
        try:
            try:
                await connection.check_health()
            except TRANSIENT:
                await connection.disconnect()
                await connection.connect()
            connection.generation = generation
        except BaseException:
            await self.release(connection)
            raise
        return connection

    async def release(self, connection: Any) -> None:
        """Return a connection to the pool, unconnected unless it can be reused."""
        try:
            if connection in self._in_use_connections:
                if not connection.is_reusable(self.generation):
                    connection.is_ready = False
                    await connection.disconnect(nowait=True)
                await super().release(connection)
        finally:
            # redis-py also releases connections that no caller has received.
            if connection in self._in_use:
                self._in_use.remove(connection)
                self._slots.release()

    async def disconnect(self, inuse_connections: bool = True) -> None:  # noqa: FBT001, FBT002
        """Close the idle connections, and end those that are in use."""
        self.generation += 1
        idle, self._available_connections = self._available_connections, []
        used: list[Any] = list(self._in_use_connections) if inuse_connections else []
        closing = [each.disconnect() for each in idle]
        await asyncio.gather(*closing, *(each.interrupt() for each in used))

    def after_fork(self) -> None:
        """Discard the connections of the parent process, and its event loop."""
        loop, self.loop = self.loop, None
        if loop is not None and not loop.is_closed():
            connections: list[Any] = [*self._available_connections]
            connections += self._in_use_connections
            _keep_forever([loop, *(each.forget() for each in connections)])
            _inherited_loops.append(loop)
        self.reset()


# In a forked child: the event loops of the parent process, and what belongs to them.
_inherited_loops: list[asyncio.AbstractEventLoop] = []
_inherited: list[Any] = []


def _keep_forever(objects: list[Any]) -> None:
    """Keep objects as long as the process exists, also while Python is finalized."""
    _inherited.append(objects)
    with contextlib.suppress(ImportError):  # Python can be built without ctypes
        import ctypes  # noqa: PLC0415 - rare

        ctypes.pythonapi.Py_IncRef(ctypes.py_object(objects))
