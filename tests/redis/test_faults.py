"""The behaviour of clients when the server, the network or the pool fails."""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import re
import socket
import threading
import time
import traceback
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Any

import pytest
import redis

from pynenc_conf import ConfigRedis
from pynenc_conf.redis_client import (
    PoolExhaustedError,
    aclose_redis_pools,
    close_redis_pools,
    get_async_redis_client,
    get_redis_client,
)
from tests.redis.conftest import HOST, PATIENCE, Listener, Server, eventually, free_port

# The errors of a server that dies, and of one that never responds.
CONNECTION_ERRORS = (redis.exceptions.ConnectionError, redis.exceptions.TimeoutError)
QUICK = {
    "socket_timeout": 0.5,
    "socket_connect_timeout": 0.5,
    "max_connection_attempts": 2,
}
# Maximum duration of one operation with these settings, in seconds, on a busy machine.
BOUND = 30.0


def timed(operation: Callable[[], object], outcomes: list[Any]) -> None:
    """Run an operation, and record its outcome and its duration."""
    start = time.monotonic()
    try:
        outcome = operation()
    except CONNECTION_ERRORS as error:
        outcome = error
    outcomes.append((outcome, time.monotonic() - start))


def test_server_killed_and_restarted(server: Server) -> None:
    """While the server dies and restarts, each operation succeeds or raises in time.

    Afterwards the same client works again, and has leaked no connection.
    """
    conf = ConfigRedis(server.values(redis_pool_max_connections=4, **QUICK))
    client = get_redis_client(conf)
    outcomes: list[Any] = []
    stop = threading.Event()

    def work() -> None:
        while not stop.is_set():
            timed(lambda: client.incr("count"), outcomes)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    try:
        for _ in range(2):
            seen = len(outcomes)
            assert eventually(lambda: len(outcomes) > seen + 20)  # noqa: B023
            server.kill()
            seen = len(outcomes)
            assert eventually(lambda: len(outcomes) > seen + 8)  # noqa: B023
            server.start()
    finally:
        stop.set()
        for thread in threads:
            thread.join(PATIENCE)
    assert not any(thread.is_alive() for thread in threads)
    assert any(isinstance(outcome, CONNECTION_ERRORS) for outcome, _ in outcomes)
    assert max(seconds for _, seconds in outcomes) < BOUND
    assert client.set("key", "again") is True
    assert server.clients() <= 4
    close_redis_pools()
    assert server.settles_at(0)


def test_restart_of_an_idle_server_goes_unnoticed(server: Server) -> None:
    """A connection that died in the pool is replaced before it is used."""
    client = get_redis_client(ConfigRedis(server.values(**QUICK)))
    client.ping()
    server.kill()
    server.start()
    assert client.ping() is True


def test_server_killed_and_restarted_async(server: Server) -> None:
    """An asyncio client replaces a dead connection too."""
    conf = ConfigRedis(server.values(redis_pool_max_connections=4, **QUICK))

    async def work() -> list[object]:
        client = get_async_redis_client(conf)
        outcomes: list[object] = []
        for index in range(60):
            if index == 20:
                server.kill()
            if index == 30:
                server.start()
            try:
                outcomes.append(await asyncio.wait_for(client.incr("count"), BOUND))
            except CONNECTION_ERRORS as error:
                outcomes.append(error)
        assert await client.ping() is True
        await aclose_redis_pools()
        return outcomes

    outcomes = asyncio.run(work())
    assert any(isinstance(outcome, CONNECTION_ERRORS) for outcome in outcomes)
    assert isinstance(outcomes[-1], int)
    assert server.settles_at(0)


def test_server_that_never_answers(listen: Callable[..., Listener]) -> None:
    """Each attempt to use a server that never responds takes at most the timeouts."""
    listener = listen()
    values = {"redis_host": HOST, "redis_port": listener.port, **QUICK}
    outcomes: list[Any] = []
    timed(get_redis_client(ConfigRedis(values)).ping, outcomes)
    ((outcome, seconds),) = outcomes
    assert isinstance(outcome, CONNECTION_ERRORS)
    assert seconds < BOUND
    assert len(listener.accepted) == 2

    async def ping() -> None:
        with pytest.raises(CONNECTION_ERRORS):
            await asyncio.wait_for(
                get_async_redis_client(ConfigRedis(values)).ping(), BOUND
            )
        await aclose_redis_pools()

    asyncio.run(ping())
    assert len(listener.accepted) == 4


@pytest.mark.parametrize(("attempts", "made"), [(0, 1), (1, 1), (3, 3)])
def test_attempts_to_connect(
    listen: Callable[..., Listener], attempts: int, made: int
) -> None:
    """max_connection_attempts is the number of attempts to connect; 0 counts as 1."""
    listener = listen(lambda connection: connection.close())
    values = {"redis_host": HOST, "redis_port": listener.port}
    conf = ConfigRedis({**values, "max_connection_attempts": attempts})
    with pytest.raises(CONNECTION_ERRORS):
        get_redis_client(conf).ping()
    assert eventually(lambda: len(listener.accepted) == made)


def test_wrong_password_is_tried_once(run_server: Callable[..., Server]) -> None:
    """Rejected credentials are not retried."""
    server = run_server("--requirepass", "right")
    conf = ConfigRedis(server.values(redis_password="wrong"))
    with pytest.raises(redis.exceptions.AuthenticationError):
        get_redis_client(conf).ping()
    stats = server.client(password="right").info("errorstats")
    assert re.findall(r"\d+", str(stats["errorstat_WRONGPASS"])) == ["1"]


def frames_with(secret: str, error: BaseException) -> list[str]:
    """Return where a traceback shows a secret, except in the frames of the tests."""
    seen = traceback.TracebackException.from_exception(error, capture_locals=True)
    chained = [each for each in (seen.__cause__, seen.__context__) if each]
    return [
        f"{frame.filename}:{frame.lineno}"
        for each in (seen, *chained)
        for frame in each.stack
        if frame.filename != __file__ and secret in str(frame.locals)
    ]


def test_password_in_a_traceback(listen: Callable[..., Listener]) -> None:
    """A failed login leaves no password in a local variable, of redis-py either."""

    def serve(connection: socket.socket) -> None:
        if len(listener.accepted) % 2:
            connection.recv(4096)  # else the client may fail while it sends

    listener = listen(serve)
    url = f"redis://:hunter2@{HOST}:{listener.port}"
    conf = ConfigRedis({"redis_url": url, "max_connection_attempts": 1})

    async def ping() -> None:
        try:
            await get_async_redis_client(conf).ping()
        finally:
            await aclose_redis_pools()

    for _ in range(10):
        for run in (get_redis_client(conf).ping, lambda: asyncio.run(ping())):
            with pytest.raises(CONNECTION_ERRORS) as caught:
                run()
            assert frames_with("hunter2", caught.value) == []


def test_a_command_without_a_response_is_not_resent(server: Server) -> None:
    """A command without a timely response raises an error, and is never resent."""
    conf = ConfigRedis(server.values(**{**QUICK, "max_connection_attempts": 5}))
    client: Any = get_redis_client(conf)
    client.ping()
    with pytest.raises(redis.exceptions.TimeoutError):
        client.eval(
            "redis.call('INCR', 'count') local n = 0 "
            "while redis.call('TIME')[1] < ARGV[1] do n = n + 1 end",
            0,
            int(time.time()) + 3,
        )

    def settled() -> bool:
        with suppress(redis.exceptions.RedisError):
            return bool(server.client(socket_timeout=1).ping())
        return False

    assert eventually(settled)
    assert server.client().get("count") == b"1"


def test_more_threads_than_connections(server: Server) -> None:
    """Threads in excess of redis_pool_max_connections wait for a free connection."""
    values = server.values(
        redis_pool_max_connections=2, socket_connect_timeout=PATIENCE
    )
    client = get_redis_client(ConfigRedis(values))

    def work(_: int) -> object:
        return [client.incr("count") for _ in range(20)]

    with ThreadPoolExecutor(12) as threads:
        list(threads.map(work, range(12)))
    assert client.get("count") == b"240"
    assert server.clients() <= 2


def test_exhausted_pool(server: Server) -> None:
    """A pool without a free connection raises an error that names the setting."""
    values = server.values(redis_pool_max_connections=1, socket_connect_timeout=0.1)
    client = get_redis_client(ConfigRedis(values))
    with client.pipeline() as pipeline:
        pipeline.watch("key")
        with pytest.raises(PoolExhaustedError, match="redis_pool_max_connections"):
            client.ping()
    assert client.ping() is True
    assert issubclass(PoolExhaustedError, redis.exceptions.ConnectionError)


def test_exhausted_pool_async(server: Server) -> None:
    """Asyncio tasks wait for a free connection too, and get the same error."""
    values = server.values(redis_pool_max_connections=1, socket_connect_timeout=0.1)

    async def work() -> None:
        client = get_async_redis_client(ConfigRedis(values))
        async with client.pipeline() as pipeline:
            await pipeline.watch("key")
            with pytest.raises(PoolExhaustedError, match="redis_pool_max_connections"):
                await client.ping()
        assert await client.ping() is True
        await aclose_redis_pools()

    asyncio.run(work())


def test_failures_do_not_use_up_the_pool() -> None:
    """A failed attempt to open a connection releases its slot in the pool."""
    values = {"redis_host": HOST, "redis_port": free_port(), **QUICK}
    client = get_redis_client(ConfigRedis({**values, "redis_pool_max_connections": 2}))
    for _ in range(4):
        with pytest.raises(redis.exceptions.ConnectionError) as caught:
            client.ping()
        assert not isinstance(caught.value, PoolExhaustedError)


def test_cancelled_tasks_do_not_use_up_the_pool(server: Server) -> None:
    """A task that is cancelled while it has or awaits a connection releases it."""
    values = server.values(redis_pool_max_connections=2)

    async def work() -> None:
        client = get_async_redis_client(ConfigRedis(values))
        for _ in range(10):
            tasks = [asyncio.ensure_future(client.blpop(["no"], 0)) for _ in range(4)]
            await asyncio.sleep(0.01)
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
        assert await client.ping() is True
        await aclose_redis_pools()

    asyncio.run(work())


def in_fork(work: Callable[[], None]) -> int:
    """Run a function in a forked child, and return the exit code of the child."""
    child = os.fork()
    if child == 0:
        code = 1
        try:
            work()
            code = 0
        except BaseException:  # noqa: BLE001 - no exception may leave a forked child
            traceback.print_exc()
        finally:
            os._exit(code)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork on this machine")
@pytest.mark.filterwarnings("ignore:.*multi-threaded, use of fork:DeprecationWarning")
def test_fork_with_a_warm_pool(server: Server) -> None:
    """A forked child opens its own connections, and does not use its parent's."""
    conf = ConfigRedis(server.values())
    client: Any = get_redis_client(conf)
    parents = client.client_id()

    def work() -> None:
        assert client.client_id() != parents
        assert get_redis_client(conf).connection_pool is client.connection_pool
        close_redis_pools()

    assert in_fork(work) == 0
    assert client.client_id() == parents
    close_redis_pools()
    assert server.settles_at(0)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork on this machine")
@pytest.mark.filterwarnings("ignore:.*multi-threaded, use of fork:DeprecationWarning")
def test_fork_while_threads_are_busy(server: Server) -> None:
    """A child never waits for a lock that its parent held when it was forked."""
    conf = ConfigRedis(server.values(redis_pool_max_connections=2))
    client = get_redis_client(conf)
    stop = threading.Event()

    def busy() -> None:
        while not stop.is_set():
            get_redis_client(conf).incr("count")

    threads = [threading.Thread(target=busy) for _ in range(4)]
    for thread in threads:
        thread.start()
    try:
        for _ in range(10):
            assert in_fork(lambda: _ping_once(client, conf)) == 0
    finally:
        stop.set()
        for thread in threads:
            thread.join(PATIENCE)
    close_redis_pools()
    assert server.settles_at(0)


def _ping_once(client: Any, conf: ConfigRedis) -> None:
    # A signal ends a child that hangs, and the test fails.
    import signal  # noqa: PLC0415

    signal.alarm(int(PATIENCE))
    assert client.ping() is True
    assert get_redis_client(conf).ping() is True


def _ping_in_child(conf: ConfigRedis) -> object:
    return get_redis_client(conf).ping()


def test_spawned_child(server: Server) -> None:
    """A spawned child creates its own pool from the pickled config."""
    conf = ConfigRedis(server.values())
    get_redis_client(conf).ping()
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        assert pool.apply_async(_ping_in_child, [conf]).get(PATIENCE) is True
        pool.close()
        pool.join()


def test_loops_in_two_threads(server: Server) -> None:
    """Event loops of two threads do not share connections."""
    conf = ConfigRedis(server.values())

    async def work() -> None:
        for _ in range(50):
            assert await get_async_redis_client(conf).ping() is True
        await aclose_redis_pools()

    with ThreadPoolExecutor(4) as threads:
        for done in [threads.submit(asyncio.run, work()) for _ in range(4)]:
            done.result(PATIENCE)
    assert server.settles_at(0)
