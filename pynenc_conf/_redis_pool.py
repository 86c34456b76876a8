"""Pools of connections, which limit their number and the attempts to connect."""

# pyright: standard
# Much of redis-py's pools is untyped, which strict mode reports at every use.

from __future__ import annotations

import asyncio
import contextlib
import functools
import queue
import threading
from typing import Any

import redis
import redis.asyncio
import redis.asyncio.retry
from redis import exceptions
from redis.backoff import EqualJitterBackoff, NoBackoff
from redis.retry import Retry

from pynenc_conf.redis_retry import TRANSIENT, raise_permanent, raise_permanent_async

__all__ = ["NO_LIMIT", "AsyncPool", "Pool", "PoolExhaustedError"]

NO_LIMIT: int = 2**31  # connections; the default of redis-py 5


class PoolExhaustedError(exceptions.MaxConnectionsError):
    """Raised when no connection of a pool becomes free before the timeout."""


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
    # Connections in use, and a slot for each connection that may be in use.
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
        try:
            self._in_use.remove(connection)
        except KeyError:
            return
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


class _Slots:
    """Counts the connections in use, without a lock.

    A signal handler or a destructor can use the pool while the same thread acquires or
    releases a slot. A semaphore would deadlock then.
    """

    def __init__(self, limit: int) -> None:
        self._unused = iter(range(limit))
        self._free: queue.SimpleQueue[None] = queue.SimpleQueue()

    def acquire(self, timeout: float | None) -> bool:
        """Take a slot; return False if none is free before the timeout."""
        try:
            self._free.get_nowait()
        except queue.Empty:
            if next(self._unused, None) is None:
                with contextlib.suppress(queue.Empty):
                    self._free.get(timeout=timeout)
                    return True
                return False
        return True

    def release(self) -> None:
        """Give a slot back."""
        self._free.put(None)


class Pool(_PoolMixin, redis.ConnectionPool):
    """A connection pool for threads."""

    _retry_class = Retry

    def reset(self) -> None:
        """Start without connections, in a new pool or in a forked child."""
        # Another thread may have held the lock when the process was forked.
        self._lock = threading.RLock()
        self._slots = _Slots(self.max_connections)
        self._in_use = set()
        super().reset()
        # redis-py 5 makes a lock that is not reentrant, as signal handlers need it.
        self._lock = threading.RLock()

    def after_fork(self) -> None:
        """Discard the connections of the parent process."""
        for connection in [*self._available_connections, *self._in_use_connections]:
            connection.forget()
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
        generation = self.generation
        connection: Any = super().get_connection(*args, **options)
        try:
            connection.generation = generation
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
        """Return a connection to the pool, unconnected unless it can be reused."""
        try:
            if connection in self._in_use_connections:
                if not connection.is_reusable(self.generation):
                    connection.is_ready = False
                    connection.disconnect()
                super().release(connection)
        finally:
            self._release_slot(connection)

    def disconnect(self, inuse_connections: bool = True) -> None:  # noqa: FBT001, FBT002
        """Close the idle connections, and end those that are in use."""
        self._checkpid()
        with self._lock:
            self.generation += 1
            for connection in list(self._available_connections):
                connection.disconnect()
            if inuse_connections:
                for connection in list(self._in_use_connections):
                    connection.interrupt()


class AsyncPool(_PoolMixin, redis.asyncio.ConnectionPool):
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
        except BaseException:
            self._slots.release()
            raise
        self._in_use.add(connection)
        return connection

    async def _connect(self, *args: Any, **options: Any) -> Any:
        generation = self.generation
        connection: Any = await super().get_connection(  # type: ignore[no-untyped-call]
            *args, **options
        )
        try:
            connection.generation = generation
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
        """Return a connection to the pool, unconnected unless it can be reused."""
        try:
            if connection in self._in_use_connections:
                if not connection.is_reusable(self.generation):
                    connection.is_ready = False
                    await connection.disconnect(nowait=True)
                await super().release(connection)
        finally:
            self._release_slot(connection)

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
