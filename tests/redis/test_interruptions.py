"""Exceptions and other code that run in the middle of an operation.

A trace function stops an operation before each single line of redis-py and of this
library in turn, as a signal can. So no test depends on time.
"""

from __future__ import annotations

import asyncio
import gc
import linecache
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from functools import cache
from pathlib import Path
from types import FrameType
from typing import Any, Self

import pytest
import redis

from pynenc_conf import ConfigRedis, redis_client
from pynenc_conf.redis_client import (
    aclose_redis_pools,
    close_redis_pools,
    get_async_redis_client,
    get_redis_client,
)
from tests.redis.conftest import HOST, PATIENCE, Listener, Server

# The folders whose lines are interrupted.
FOLDERS = (
    str(Path(redis.__file__).parent / "client.py"),
    str(Path(redis.__file__).parent / "connection.py"),
    str(Path(redis.__file__).parent / "asyncio" / "connection.py"),
    str(Path(redis_client.__file__).parent / "redis_"),
    str(Path(redis_client.__file__).parent / "_redis_"),
)
MAX_LINES = 20_000

# Tracing each line takes long, and the lines are the same for every Python. Earlier
# Pythons leave an import broken in which a trace function raised.
line_by_line = pytest.mark.skipif(
    sys.version_info[:2] != (3, 12), reason="runs on one version of Python"
)


class Interrupt(BaseException):
    """Raised in the middle of an operation, like KeyboardInterrupt."""


# What the caller gets; a `finally` of redis-py 5 needs a variable of its `try`.
INTERRUPTIONS = (Interrupt, UnboundLocalError)


@cache
def is_with(path: str, line: int) -> bool:
    """Whether a line of a file begins a `with` block."""
    return linecache.getline(path, line).lstrip().startswith(("with ", "async with "))


class At:
    """Calls a function before one line of a block, counted from 0."""

    def __init__(self, line: int, act: Callable[[], object]) -> None:
        self.line = line
        self.act = act
        self.seen = 0
        self.entered: set[tuple[int, int]] = set()

    def trace(self, frame: FrameType, event: str, _: object) -> Any:
        """Count a line, and act at the line."""
        if not frame.f_code.co_filename.startswith(FOLDERS):
            return None
        if event == "return":
            # Another frame may get the same id.
            self.entered = {at for at in self.entered if at[0] != id(frame)}
        if event == "line" and not self.is_exit(frame):
            self.seen += 1
            if self.seen == self.line + 1:
                sys.settrace(None)
                self.act()
        return self.trace

    def is_exit(self, frame: FrameType) -> bool:
        """Whether a line ends a `with` block.

        Python runs no signal handler between the block and its `__exit__`, but calls
        trace functions there. An exception would leave a lock locked.
        """
        if not is_with(frame.f_code.co_filename, frame.f_lineno):
            return False
        place = (id(frame), frame.f_lineno)
        if place in self.entered:
            self.entered.remove(place)
            return True
        self.entered.add(place)
        return False

    def __enter__(self) -> Self:
        self.before = sys.gettrace()
        sys.settrace(self.trace)
        return self

    def __exit__(self, *_: object) -> None:
        sys.settrace(self.before)

    @property
    def is_over(self) -> bool:
        """Whether the block had fewer lines."""
        return self.seen <= self.line


def interrupt() -> None:
    """Raise the exception."""
    raise Interrupt


def prepare(run_server: Callable[..., Server]) -> tuple[Server, ConfigRedis]:
    """Return a server with a password, and a config of its database 1."""
    server = run_server("--requirepass", "pw")
    for number in (0, 1):
        server.client(password="pw", db=number).set("db", number)
    values = {"redis_password": "pw", "redis_db": 1, "redis_pool_max_connections": 1}
    return server, ConfigRedis(server.values(**values))


def commands(client: Any) -> None:
    """Use one connection in every way that has replies."""
    client.get("db")
    with client.pipeline() as pipeline:
        pipeline.get("db").echo("a").echo("b").execute()


def make_health_check_due(client: Any) -> None:
    """Make the next command check the idle connections, without a reference to them."""
    for connection in client.connection_pool._available_connections:  # noqa: SLF001
        connection.next_health_check = -1


def free_lost(client: Any) -> None:
    """Collect a connection that has lost its user, which a command would wait for."""
    if client.connection_pool._in_use_connections:  # noqa: SLF001
        gc.collect()


# A socket that redis-py has not stored yet is closed by the garbage collector.
@line_by_line
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.parametrize("is_warm", [False, True])
def test_interrupted_operation(
    run_server: Callable[..., Server],
    is_warm: bool,  # noqa: FBT001
) -> None:
    """After an interruption at any line, commands get their own replies.

    They are authenticated, and use the database of the settings. The interruption uses
    up no connection of the pool, which has one.
    """
    _, conf = prepare(run_server)
    for line in range(MAX_LINES):
        close_redis_pools()
        client: Any = get_redis_client(conf)
        if is_warm:
            client.ping()
            make_health_check_due(client)
        with suppress(*INTERRUPTIONS), At(line, interrupt) as at:
            commands(client)
        free_lost(client)
        assert client.get("db") == b"1", line
        assert client.echo(str(line)) == str(line).encode()
        if at.is_over:
            break
    gc.collect()
    assert 100 < line < MAX_LINES - 1


@line_by_line
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.parametrize("is_broken", [False, True])
def test_interrupted_transaction(
    run_server: Callable[..., Server],
    is_broken: bool,  # noqa: FBT001
) -> None:
    """After an interruption of a transaction, no command belongs to it.

    The same is true if its connection broke, and is replaced by the next command.
    """
    server, conf = prepare(run_server)
    other = server.client(password="pw", db=1)

    def transaction(client: Any, at: At) -> None:
        with client.pipeline() as pipeline:
            pipeline.watch("key")
            if is_broken:
                pipeline.connection.disconnect()
            with at:
                pipeline.get("db")
                if not is_broken:
                    pipeline.watch("other")
                    pipeline.multi()
                    pipeline.echo("a").execute()
                pipeline.reset()

    for line in range(MAX_LINES):
        close_redis_pools()
        client: Any = get_redis_client(conf)
        client.ping()
        at = At(line, interrupt)
        with suppress(*INTERRUPTIONS):
            transaction(client, at)
        free_lost(client)
        other.set("key", line)
        with client.pipeline() as pipeline:
            assert pipeline.get("db").echo(str(line)).execute() == [
                b"1",
                str(line).encode(),
            ]
        assert client.get("db") == b"1", line
        if at.is_over:
            break
    gc.collect()
    assert 100 < line < MAX_LINES - 1


def test_lost_connection(server: Server) -> None:
    """A connection that has lost its user is replaced before a full pool is an error.

    Also if it is in a reference cycle, as redis-py's connections are.
    """
    conf = ConfigRedis(
        server.values(redis_pool_max_connections=1, socket_connect_timeout=0.5)
    )
    client: Any = get_redis_client(conf)
    monitor = client.monitor()
    monitor.connection.itself = monitor.connection
    with pytest.raises(redis_client.PoolExhaustedError):
        client.ping()
    del monitor
    assert client.ping() is True


@line_by_line
@pytest.mark.parametrize("is_warm", [False, True])
def test_cancelled_operation(
    run_server: Callable[..., Server],
    is_warm: bool,  # noqa: FBT001
) -> None:
    """The same is true for an asyncio client, and for a cancelled task."""
    _, conf = prepare(run_server)

    async def operate(client: Any, at: At) -> None:
        with at:
            await client.get("db")
            async with client.pipeline() as pipeline:
                await pipeline.get("db").echo("a").echo("b").execute()

    async def work() -> int:
        for line in range(MAX_LINES):
            await aclose_redis_pools()
            client: Any = get_async_redis_client(conf)
            if is_warm:
                await client.ping()
                make_health_check_due(client)
            at = At(line, lambda: task.cancel())  # noqa: B023, PLW0108
            task = asyncio.create_task(operate(client, at))
            with suppress(asyncio.CancelledError):
                await task
            assert await client.get("db") == b"1", line
            assert await client.echo(str(line)) == str(line).encode()
            if at.is_over:
                break
        await aclose_redis_pools()
        return line

    assert 100 < asyncio.run(work()) < MAX_LINES - 1


def test_signal_while_select_has_no_reply(
    run_server: Callable[..., Server], listen: Callable[..., Listener]
) -> None:
    """A signal before the reply to SELECT leaves no half-open connection."""
    server, _ = prepare(run_server)
    has_signal = threading.Event()

    def serve(connection: socket.socket) -> None:
        with socket.create_connection((HOST, server.port)) as inner:

            def back() -> None:
                with suppress(OSError):
                    while data := inner.recv(65536):
                        connection.sendall(data)

            thread = threading.Thread(target=back, daemon=True)
            while data := connection.recv(65536):
                if b"SELECT" in data and not has_signal.is_set():
                    has_signal.set()
                    os.kill(os.getpid(), signal.SIGUSR1)
                    continue  # no reply
                if not thread.is_alive():
                    thread.start()
                inner.sendall(data)
            inner.shutdown(socket.SHUT_RDWR)

    def handle(*_: object) -> None:
        raise Interrupt

    values = server.values(redis_password="pw", redis_db=1)
    conf = ConfigRedis({**values, "redis_port": listen(serve).port})
    client = get_redis_client(conf)
    before = signal.signal(signal.SIGUSR1, handle)
    try:
        with pytest.raises(Interrupt):
            client.get("db")
    finally:
        signal.signal(signal.SIGUSR1, before)
    assert client.get("db") == b"1"


def test_replies_that_were_read_keep_the_connection(server: Server) -> None:
    """Errors of the server and transactions do not close a connection."""
    client: Any = get_redis_client(ConfigRedis(server.values()))
    number = client.client_id()
    client.set("text", "a")
    with pytest.raises(redis.ResponseError):
        client.incr("text")
    for transaction in (True, False):
        with client.pipeline(transaction=transaction) as pipeline:
            pipeline.incr("text").ping()
            with pytest.raises(redis.ResponseError):
                pipeline.execute()
    with client.pipeline() as pipeline:
        pipeline.watch("text")
        pipeline.multi()
        pipeline.get("text")
        assert pipeline.execute() == [b"a"]
    assert client.eval("return 1", 0) == 1
    assert client.blpop(["none"], 0.01) is None
    assert client.client_id() == number


def in_thread(work: Callable[[], None]) -> None:
    """Run a function in a thread, and fail if it does not end."""
    errors: list[BaseException] = []

    def run() -> None:
        try:
            work()
        except BaseException as error:  # noqa: BLE001 - raised below
            errors.append(error)

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    thread.join(10 * PATIENCE)
    assert not thread.is_alive(), "deadlock"
    if errors:
        raise errors[0]


@line_by_line
@pytest.mark.parametrize("is_closing", [True, False])
def test_signal_handler_that_uses_the_pools(
    server: Server,
    is_closing: bool,  # noqa: FBT001
) -> None:
    """A signal handler can close the pools and use a client at any line."""
    conf = ConfigRedis(
        server.values(redis_pool_max_connections=3, max_connection_attempts=1)
    )

    def handle() -> None:
        if is_closing:
            close_redis_pools()
        else:
            assert get_redis_client(conf).ping() is True

    def work() -> None:
        for line in range(MAX_LINES):
            with At(line, handle) as at:
                # The handler ends the connection of the command.
                with suppress(redis.ConnectionError):
                    get_redis_client(conf).ping()
                close_redis_pools()
            if at.is_over:
                break
            if line % 20 == 0:
                # Pools that are removed, but not yet collected, are closed each time.
                gc.collect()
        assert 100 < line < MAX_LINES - 1

    in_thread(work)


def test_closing_under_load(server: Server) -> None:
    """While pools are closed, other threads get replies or errors of redis-py."""
    conf = ConfigRedis(server.values(redis_pool_max_connections=4))
    client: Any = get_redis_client(conf)
    stop = threading.Event()
    counts = [0] * 4
    errors: list[Exception] = []

    def work(index: int) -> None:
        while not stop.is_set():
            try:
                assert client.echo(str(index)) == str(index).encode()
                with client.pipeline() as pipeline:
                    assert pipeline.echo("a").echo("b").execute() == [b"a", b"b"]
            except redis.RedisError:
                pass
            except Exception as error:  # noqa: BLE001 - asserted below
                errors.append(error)
                return
            counts[index] += 1

    threads = [threading.Thread(target=work, args=[index]) for index in range(4)]
    for thread in threads:
        thread.start()
    try:
        while min(counts) < 50 and not errors:
            close_redis_pools()
    finally:
        stop.set()
        for thread in threads:
            thread.join(PATIENCE)
    assert errors == []
    close_redis_pools()
    assert server.settles_at(0)


def test_closing_under_load_async(server: Server) -> None:
    """While pools are closed, other tasks get replies or errors of redis-py."""
    values = server.values(redis_pool_max_connections=4, max_connection_attempts=1)
    conf = ConfigRedis(values)

    async def main() -> None:
        client: Any = get_async_redis_client(conf)
        counts = [0] * 4

        async def work(index: int) -> None:
            while counts[index] < 50:
                with suppress(redis.RedisError):
                    assert await client.echo(str(index)) == str(index).encode()
                counts[index] += 1

        async def close() -> None:
            closed_at = -1
            while min(counts) < 50:
                if sum(counts) > closed_at:
                    closed_at = sum(counts)
                    await aclose_redis_pools()
                await asyncio.sleep(0)

        await asyncio.gather(close(), *map(work, range(4)))
        await aclose_redis_pools()

    asyncio.run(main())
    assert server.settles_at(0)


# The child uses, deletes and finalizes what it inherits. The parent then needs its
# socket, and the epoll object of its loop: a lost registration would never be noticed
# by another event.
FORK = """
import asyncio, gc, os, sys, warnings
from pynenc_conf import ConfigRedis
from pynenc_conf.redis_client import (
    aclose_redis_pools, close_redis_pools, get_async_redis_client
)
conf = ConfigRedis({"redis_host": sys.argv[1], "redis_port": int(sys.argv[2])})
loop = asyncio.new_event_loop()
client = get_async_redis_client(conf)
number = loop.run_until_complete(client.client_id())
pubsub = client.pubsub()
loop.run_until_complete(pubsub.subscribe("channel"))
loop.run_until_complete(pubsub.get_message(timeout=60))
waiting = loop.create_task(client.blpop(["list"], 0))
loop.run_until_complete(client.ping())
warnings.simplefilter("ignore", DeprecationWarning)
child = os.fork()
if child == 0:
    try:
        loop.run_until_complete(client.ping())
    except RuntimeError as error:
        assert "parent process" in str(error)
    else:
        sys.exit("the parent's loop was used")

    async def own():
        assert await client.client_id() != number
        assert await get_async_redis_client(conf).ping() is True
        await aclose_redis_pools()

    asyncio.run(own())
    close_redis_pools()
    del client, loop, pubsub, waiting
    gc.collect()
    sys.exit(0)
assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0

async def check():
    assert await client.ping() is True
    await client.publish("channel", "news")
    message = await pubsub.get_message(timeout=60)
    assert message["data"] == b"news", message
    await client.rpush("list", "item")
    assert list(await waiting) == [b"list", b"item"]
    await pubsub.aclose()
    await aclose_redis_pools()

loop.run_until_complete(asyncio.wait_for(check(), 60))
loop.close()
print("done")
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork on this machine")
def test_fork_with_an_asyncio_client(server: Server) -> None:
    """A forked child does not affect the sockets and the event loop of its parent."""
    done = subprocess.run(
        [sys.executable, "-c", FORK, HOST, str(server.port)],
        capture_output=True,
        text=True,
        timeout=3 * PATIENCE,
        check=False,
    )
    assert (done.returncode, done.stdout) == (0, "done\n"), done.stderr
    assert server.settles_at(0)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork on this machine")
@pytest.mark.filterwarnings("ignore:.*multi-threaded, use of fork:DeprecationWarning")
def test_fork_with_a_connection_in_use(server: Server) -> None:
    """A subscription that a forked child inherits uses a connection of the child."""
    client: Any = get_redis_client(ConfigRedis(server.values()))
    with client.pubsub() as pubsub:
        pubsub.subscribe("channel")
        assert pubsub.get_message(timeout=PATIENCE)["type"] == "subscribe"
        child = os.fork()
        if child == 0:
            code = 1
            with suppress(BaseException):
                pubsub.subscribe("other")
                pubsub.close()
                code = 0
            os._exit(code)
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
        client.publish("channel", "news")
        assert pubsub.get_message(timeout=PATIENCE)["data"] == b"news"
