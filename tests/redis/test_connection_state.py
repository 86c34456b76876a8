"""Commands that change the state of a connection, and the commands after them."""

from __future__ import annotations

import asyncio
import enum
import gc
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest
import redis
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from pynenc_conf import ConfigRedis
from pynenc_conf.redis_client import (
    aclose_redis_pools,
    get_async_redis_client,
    get_redis_client,
)
from tests.redis.conftest import Server


class Name(str, enum.Enum):  # noqa: UP042 - not a StrEnum
    """Names of commands, whose str() is not the name."""

    SELECT = "SELECT"


# redis-py does not know every reply.
ERRORS = (redis.RedisError, AttributeError, TypeError, ValueError)
CHANGES: list[tuple[Any, ...]] = [
    ("SELECT", 5),
    ("select 5",),
    (" Select  5",),
    (b"select", b"5"),
    (memoryview(b"SELECT"), 5),
    (Name.SELECT, "5"),
    ("AUTH", "user", "pw"),
    ("HELLO", 2),
    ("RESET",),
    ("QUIT",),
    ("MULTI",),
    ("multi",),
    ("WATCH", "key"),
    ("CLIENT", "NO-TOUCH", "ON"),
    ("CLIENT NO-EVICT", "ON"),
    ("client", b"setname", "a"),
    ("CLIENT", "TRACKING", "ON"),
    ("SCRIPT", "DEBUG", "YES"),
]
UNCHANGED: list[tuple[Any, ...]] = [
    ("GET", "key"),
    ("client", "getname"),
    ("CLIENT INFO",),
    ("CLIENT", "LIST"),
    ("SCRIPT", "EXISTS", "0" * 40),
    ("EVAL", "return redis.call('SELECT', 5)", 0),
    ("UNWATCH",),
]


@pytest.fixture
def conf(run_server: Callable[..., Server]) -> ConfigRedis:
    """Start a server with a password and a user, and configure its database 1."""
    server = run_server("--requirepass", "pw")
    with server.client(password="pw", db=1) as client:
        client.set("db", 1)
        client.execute_command("ACL SETUSER", "user", "on", ">pw", "+auth")
    return ConfigRedis(server.values(redis_password="pw", redis_db=1))


def run(client: Any, *command: Any) -> None:
    """Run a command, which can fail."""
    with suppress(*ERRORS):
        client.execute_command(*command)


@pytest.mark.parametrize("command", CHANGES, ids=range(len(CHANGES)))
def test_a_changed_connection_is_not_reused(
    conf: ConfigRedis, command: tuple[Any, ...]
) -> None:
    """A command that changes the state of its connection affects no later command."""
    client: Any = get_redis_client(conf)
    number = client.client_id()
    run(client, *command)
    assert client.get("db") == b"1"
    assert client.client_id() != number
    with suppress(*ERRORS), client.pipeline(False) as pipeline:
        pipeline.execute_command(*command).ping().execute()
    assert client.get("db") == b"1"

    async def work() -> None:
        client: Any = get_async_redis_client(conf)
        number = await client.client_id()
        with suppress(*ERRORS):
            await client.execute_command(*command)
        assert await client.get("db") == b"1"
        assert await client.client_id() != number
        await aclose_redis_pools()

    asyncio.run(work())


@pytest.mark.parametrize("command", UNCHANGED, ids=range(len(UNCHANGED)))
def test_an_unchanged_connection_is_reused(
    conf: ConfigRedis, command: tuple[Any, ...]
) -> None:
    """Every other command leaves the connection to the next one."""
    client: Any = get_redis_client(conf)
    number = client.client_id()
    run(client, *command)
    assert client.client_id() == number


@pytest.mark.parametrize("end", ["EXEC", "DISCARD"])
def test_an_ended_transaction_keeps_the_connection(conf: ConfigRedis, end: str) -> None:
    """A connection is reused after the command that ends a transaction."""
    client: Any = get_redis_client(conf)
    number = client.client_id()
    with client.pipeline(transaction=False) as pipeline:
        for command in ("WATCH key", "MULTI", "UNWATCH", end):
            pipeline.execute_command(command)
        pipeline.execute()
    with client.pipeline() as pipeline:
        pipeline.watch("key")
        pipeline.unwatch()
    assert client.client_id() == number


@pytest.mark.parametrize("end", ["EXEC", "DISCARD"])
def test_the_end_of_no_transaction(conf: ConfigRedis, end: str) -> None:
    """EXEC and DISCARD without MULTI are errors, after which WATCH is in effect."""
    client: Any = get_redis_client(conf)
    with client.client() as single:
        single.execute_command("WATCH", "key")
        with pytest.raises(redis.ResponseError, match="without MULTI"):
            single.execute_command(end)
        number = single.client_id()
    assert client.client_id() != number
    client.set("key", "changed")
    with client.pipeline() as pipeline:
        assert pipeline.get("db").execute() == [b"1"]


def test_select_holds_while_one_user_has_the_connection(conf: ConfigRedis) -> None:
    """A client with a connection of its own can select another database."""
    with get_redis_client(conf).client() as single:
        single.select(5)
        assert single.get("db") is None
    assert get_redis_client(conf).get("db") == b"1"


# A server that debugs a script runs in a process of its own.
COMMANDS = st.sampled_from(
    [*CHANGES[:-1], *UNCHANGED, ("EXEC",), ("DISCARD",), ("SET", "key", "1"), ("NONE",)]
)


# A connection that a pipeline loses in an error is closed by the garbage collector.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@settings(
    max_examples=50,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    deadline=None,
)
@example(steps=[[("WATCH", "key"), ("AUTH", "user", "pw")]])  # UNWATCH is not allowed
@given(steps=st.lists(st.lists(COMMANDS, min_size=1, max_size=5), max_size=4))
def test_no_state_reaches_the_next_command(
    conf: ConfigRedis, steps: list[list[tuple[Any, ...]]]
) -> None:
    """After any pipelines, no command belongs to their transactions or databases."""
    client: Any = get_redis_client(conf)
    for commands in steps:
        with suppress(*ERRORS), client.pipeline(transaction=False) as pipeline:
            for command in commands:
                pipeline.command_stack.append((command, {}))
            pipeline.execute()
        assert client.get("db") == b"1"
        client.set("key", "changed")  # which ends a transaction that watches it
        with client.pipeline() as pipeline:
            assert pipeline.get("db").execute() == [b"1"]
    del client
    gc.collect()
