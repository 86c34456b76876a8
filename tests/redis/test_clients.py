"""Clients of a real server, built from a config."""

from __future__ import annotations

import asyncio
import gc
import pickle
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
import redis

from pynenc_conf import ConfigBrokerRedis, ConfigOrchestratorRedis, ConfigRedis
from pynenc_conf.exceptions import ConfigTypeError
from pynenc_conf.redis_client import (
    aclose_redis_pools,
    close_redis_pools,
    connection_options,
    get_async_redis_client,
    get_redis_client,
)
from tests.redis.conftest import HOST, Certificate, Server, free_port

PASSWORD = "s3cret:/?#@% ü"
QUOTED = "s3cret%3A%2F%3F%23%40%25%20%C3%BC"


def pool_of(conf: ConfigRedis) -> Any:
    """Return the pool of a client."""
    return get_redis_client(conf).connection_pool


def ping_async(conf: ConfigRedis) -> object:
    """Ping with an asyncio client, and close its pools."""

    async def run() -> object:
        try:
            return await get_async_redis_client(conf).ping()
        finally:
            await aclose_redis_pools()

    return asyncio.run(run())


def both(conf: ConfigRedis) -> None:
    """Ping with a synchronous and an asyncio client."""
    assert get_redis_client(conf).ping() is True
    assert ping_async(conf) is True


def test_host_and_port(server: Server) -> None:
    """redis_host and redis_port select the server."""
    both(ConfigRedis(server.values()))


def test_database(server: Server) -> None:
    """redis_db selects the database."""
    one, two = (ConfigRedis(server.values(redis_db=number)) for number in (1, 2))
    get_redis_client(one).set("key", "one")
    assert get_redis_client(two).get("key") is None
    assert get_redis_client(one).get("key") == b"one"


def test_password(run_server: Callable[..., Server]) -> None:
    """redis_password authenticates the default user; other passwords fail."""
    server = run_server("--requirepass", PASSWORD)
    both(ConfigRedis(server.values(redis_password=PASSWORD)))
    for password in ("", "wrong"):
        conf = ConfigRedis(server.values(redis_password=password))
        with pytest.raises(redis.exceptions.AuthenticationError):
            get_redis_client(conf).ping()
        with pytest.raises(redis.exceptions.ConnectionError):
            ping_async(conf)


def test_user(run_server: Callable[..., Server]) -> None:
    """redis_username and redis_password authenticate a user of the ACL."""
    server = run_server("--user", "worker", "on", ">pw", "~*", "+@all")
    conf = ConfigRedis(server.values(redis_username="worker", redis_password="pw"))
    both(conf)
    assert get_redis_client(conf).execute_command("ACL", "WHOAMI") == b"worker"


def test_user_without_password(run_server: Callable[..., Server]) -> None:
    """A user of the ACL without a password needs only a name."""
    server = run_server("--user", "guest", "on", "nopass", "~*", "+@all")
    both(ConfigRedis(server.values(redis_username="guest")))


def test_url_replaces_five_settings(run_server: Callable[..., Server]) -> None:
    """redis_url replaces host, port, db, username and password, even if it has none."""
    server = run_server("--requirepass", PASSWORD)
    wrong = {
        "redis_host": "host.invalid",
        "redis_port": 1,
        "redis_db": 99,
        "redis_username": "nobody",
        "redis_password": "wrong",
    }
    url = f"redis://:{QUOTED}@{HOST}:{server.port}"
    conf = ConfigRedis({**wrong, "redis_url": f"{url}/3"})
    both(conf)
    assert get_redis_client(conf).client_info()["db"] == 3
    conf = ConfigRedis({**wrong, "redis_url": url})
    assert get_redis_client(conf).client_info()["db"] == 0
    anyone = ConfigRedis({**wrong, "redis_url": f"redis://{HOST}:{server.port}"})
    with pytest.raises(redis.exceptions.AuthenticationError):
        get_redis_client(anyone).ping()


def test_unix_socket(run_server: Callable[..., Server]) -> None:
    """A unix:// URL connects to a Unix socket."""
    server = run_server("--requirepass", PASSWORD, "--unixsocketperm", "700")
    conf = ConfigRedis({"redis_url": f"unix://:{QUOTED}@{server.socket}?db=2"})
    both(conf)
    info = get_redis_client(conf).client_info()
    assert (info["db"], server.socket in info["addr"]) == (2, True)


def test_tls(tls_port: int, certificate: Certificate) -> None:
    """A rediss:// URL connects with TLS and verifies the certificate."""
    url = f"rediss://{HOST}:{tls_port}/1"
    both(ConfigRedis({"redis_url": f"{url}?ssl_ca_certs={certificate.path}"}))
    both(ConfigRedis({"redis_url": f"{url}?ssl_cert_reqs=none"}))
    with pytest.raises(redis.exceptions.ConnectionError, match=r"(?i)certificate"):
        get_redis_client(ConfigRedis({"redis_url": url})).ping()


def test_tls_verifies_the_host(tls_port: int, certificate: Certificate) -> None:
    """A trusted certificate of another host is rejected by every redis-py."""
    url = f"rediss://localhost:{tls_port}?ssl_ca_certs={certificate.path}"
    with pytest.raises(redis.exceptions.ConnectionError, match=r"(?i)certificate"):
        get_redis_client(ConfigRedis({"redis_url": url})).ping()


@pytest.mark.parametrize(
    "url",
    [
        "http://user:hunter2@host",
        "hunter2",
        "redis://:hunter2/x@host",
        "redis://host:hunter2",
        "redis://:hunter2@host?socket_timeout=soon",
        "redis://:hunter2@host?no_such_option=1",
    ],
)
def test_invalid_url(url: str) -> None:
    """An invalid URL or option raises an error that does not show the URL."""
    for get in (get_redis_client, get_async_redis_client):
        with pytest.raises(ConfigTypeError, match="config_values redis_url") as caught:
            get(ConfigRedis({"redis_url": url}))
        assert [problem.field for problem in caught.value.problems] == ["redis_url"]
        assert "hunter2" not in str(caught.value)
        assert caught.value.__context__ is None


def test_options_of_the_url_override_settings() -> None:
    """An option in the URL's query replaces the setting with the same meaning."""
    values = {"socket_timeout": 5, "redis_pool_max_connections": 5}
    url = "redis://h?socket_timeout=2&max_connections=3&health_check_interval=7"
    options = connection_options(ConfigRedis({**values, "redis_url": url}))
    assert options["socket_timeout"] == 2
    assert options["max_connections"] == 3
    assert options["health_check_interval"] == 7


@pytest.mark.parametrize(
    ("one", "pool", "effective"),
    [
        (30, 30.0, 30),
        (10, 30.0, 10),
        (30, 2.5, 2.5),
        (0, 20.0, 20),
        (20, 0, 20),
        (20, float("inf"), 20),
        (0, float("inf"), 0),
        (0, 0, 0),
    ],
)
def test_shorter_health_check_interval_applies(
    one: int, pool: float, effective: float
) -> None:
    """The shorter of the two health check intervals applies; 0 and inf disable one."""
    values = {"health_check_interval": one, "redis_pool_health_check_interval": pool}
    options = connection_options(ConfigRedis(values))
    assert options["health_check_interval"] == effective


HUGE = 10**5000  # more digits than Python converts to text


@pytest.mark.parametrize(
    "values",
    [
        {"health_check_interval": HUGE, "redis_pool_health_check_interval": 0},
        {"health_check_interval": 10**400},
        {"max_connection_attempts": HUGE},
        {"redis_pool_max_connections": HUGE},
        {"url": f"?health_check_interval={'9' * 400}&max_connections={'9' * 400}"},
    ],
    ids="-".join,
)
def test_huge_numbers_work(server: Server, values: dict[str, Any]) -> None:
    """A number that exceeds what redis-py can use has the effect of its maximum."""
    if "url" in values:
        values = {"redis_url": f"redis://{HOST}:{server.port}{values['url']}"}
    both(ConfigRedis(server.values(**values)))


@pytest.mark.parametrize("number", [10**18, HUGE], ids=["19 digits", "huge"])
def test_database_that_no_server_has(number: int) -> None:
    """A number of a database that no server can read is an error before connecting."""
    conf = ConfigRedis({"redis_db": number})
    for get in (get_redis_client, get_async_redis_client):
        with pytest.raises(ConfigTypeError, match="at most 18 digits") as caught:
            get(conf)
        assert [problem.field for problem in caught.value.problems] == ["redis_db"]
    assert get_redis_client(ConfigRedis({"redis_db": 10**18 - 1}))


@pytest.mark.parametrize("attempts", [1, 1024, 10**6])
def test_delay_between_attempts(attempts: int) -> None:
    """The delay between two attempts to connect is at most a second."""
    backoff = pool_of(ConfigRedis()).connect_retry._backoff  # noqa: SLF001
    assert 0 <= backoff.compute(attempts) <= 1


def test_health_check_replaces_a_dead_connection(server: Server) -> None:
    """A pooled connection that was idle for the interval is checked before use."""
    values = server.values(
        redis_pool_health_check_interval=0.001, max_connection_attempts=1
    )
    client = get_redis_client(ConfigRedis(values))
    client.ping()
    before = server.client().info("commandstats")["cmdstat_ping"]["calls"]
    time.sleep(0.05)
    client.get("key")
    after = server.client().info("commandstats")["cmdstat_ping"]["calls"]
    assert after > before


@pytest.mark.parametrize("name", ["socket_timeout", "socket_connect_timeout"])
@pytest.mark.parametrize(
    ("value", "effective"), [(0, None), (2.5, 2.5), (1e300, 2_000_000)]
)
def test_timeouts(name: str, value: float, effective: float | None) -> None:
    """A timeout of 0 means no limit; a timeout above a socket's maximum is reduced."""
    assert connection_options(ConfigRedis({name: value}))[name] == effective


def test_extreme_timeouts_work(server: Server) -> None:
    """A client works with every timeout that the config accepts."""
    for value in (0, 1e300):
        values = {"socket_timeout": value, "socket_connect_timeout": value}
        both(ConfigRedis(server.values(**values)))


def test_no_limit(server: Server) -> None:
    """redis_pool_max_connections = 0 means no limit."""
    conf = ConfigRedis(server.values(redis_pool_max_connections=0))
    both(conf)
    with ExitStack() as stack:
        for _ in range(150):
            # A pipeline that watches a key keeps its connection.
            stack.enter_context(get_redis_client(conf).pipeline()).watch("key")
        assert server.clients() == 150


def test_clients_of_equal_settings_share_a_pool() -> None:
    """Equal settings share one pool, whatever their class and source."""
    pool = pool_of(ConfigRedis({"redis_port": 7000}))
    assert pool_of(ConfigOrchestratorRedis({"redis": {"redis_port": "7000"}})) is pool
    assert pool_of(ConfigBrokerRedis({"redis_port": 7000})) is pool


@pytest.mark.parametrize(
    "other",
    [
        {"redis_username": "u"},
        {"redis_password": "other"},
        {"redis_host": "h"},
        {"redis_port": 1},
        {"redis_db": 1},
        {"redis_url": "redis://u:pw@h"},
        {"redis_url": "redis://u:other@h"},
        {"socket_timeout": 1},
        {"socket_connect_timeout": 1},
        {"health_check_interval": 1},
        {"max_connection_attempts": 1},
        {"redis_pool_max_connections": 1},
        {"redis_pool_health_check_interval": 1},
    ],
)
def test_every_setting_selects_the_pool(other: dict[str, Any]) -> None:
    """Configs that differ in any setting have different pools."""
    base = {"redis_password": "pw"}
    assert pool_of(ConfigRedis(base)) is not pool_of(ConfigRedis(base | other))


def test_a_changed_password_is_another_pool(run_server: Callable[..., Server]) -> None:
    """A changed password never reuses connections of the old password."""
    server = run_server("--requirepass", "old")
    conf = ConfigRedis(server.values(redis_password="old"))
    assert get_redis_client(conf).ping() is True
    conf.redis_password = "new"
    with pytest.raises(redis.exceptions.AuthenticationError):
        get_redis_client(conf).ping()
    server.client(password="old").config_set("requirepass", "new")
    assert get_redis_client(conf).ping() is True


def test_nothing_connects_before_the_first_command() -> None:
    """Creating a client does not use the network."""
    get_redis_client(ConfigRedis({"redis_host": "host.invalid"}))


def test_secrets_are_not_shown() -> None:
    """The repr of a client, a pool or the registry contains no password."""
    from pynenc_conf import redis_client  # noqa: PLC0415

    for values in ({"redis_password": "hunter2"}, {"redis_url": "redis://:hunter2@h"}):
        conf = ConfigRedis({"redis_username": "ada", **values})
        client, waiting = get_redis_client(conf), get_async_redis_client(conf)
        for item in (client, client.connection_pool, waiting, waiting.connection_pool):
            assert "hunter2" not in f"{item!r} {item}"
    state = f"{vars(redis_client._registry)}"  # noqa: SLF001
    assert "hunter2" not in state


def test_close(server: Server) -> None:
    """close_redis_pools closes every connection; later clients open new ones."""
    conf = ConfigRedis(server.values())
    before = server.clients()
    client = get_redis_client(conf)
    pool = client.connection_pool
    client.ping()
    assert server.clients() == before + 1
    close_redis_pools()
    assert server.settles_at(before)
    assert pool_of(conf) is not pool
    assert get_redis_client(conf).ping() is True
    assert client.ping() is True
    client.connection_pool.disconnect()


def test_threads(server: Server) -> None:
    """Threads share the pool, and release all their connections."""
    conf = ConfigRedis(server.values(redis_pool_max_connections=8))
    before = server.clients()

    def work(_: int) -> object:
        client = get_redis_client(conf)
        return [client.incr("count") for _ in range(50)][-1]

    with ThreadPoolExecutor(16) as threads:
        list(threads.map(work, range(16)))
    assert get_redis_client(conf).get("count") == b"800"
    assert server.clients() <= before + 8
    close_redis_pools()
    assert server.settles_at(before)


def test_async_clients_share_a_pool_in_one_loop(server: Server) -> None:
    """In one event loop, equal settings share a pool; closing it closes everything."""
    conf = ConfigRedis(server.values(redis_pool_max_connections=4))
    before = server.clients()

    async def work() -> None:
        clients = [get_async_redis_client(conf) for _ in range(20)]
        assert len({id(client.connection_pool) for client in clients}) == 1
        await asyncio.gather(*(client.incr("count") for client in clients))
        assert await clients[0].get("count") == b"20"
        assert server.clients() <= before + 4
        await aclose_redis_pools()

    for _ in range(2):  # each loop has its own
        asyncio.run(work())
        server.client().delete("count")
    assert server.settles_at(before)


def test_async_client_made_outside_a_loop(server: Server) -> None:
    """A client created outside an event loop works in the loop that uses it."""
    client = get_async_redis_client(ConfigRedis(server.values()))

    async def work() -> None:
        assert await client.ping() is True
        await aclose_redis_pools()

    for _ in range(2):
        asyncio.run(work())
    gc.collect()


def test_spawned_children_get_the_config(server: Server) -> None:
    """A client of a pickled config connects to the same server."""
    conf = pickle.loads(pickle.dumps(ConfigRedis(server.values())))
    assert get_redis_client(conf).ping() is True


def test_settings_from_a_file(server: Server) -> None:
    """A client can be configured by a file alone."""
    Path("pynenc.yaml").write_text(f"redis:\n  redis_port: {server.port}\n")
    conf = ConfigOrchestratorRedis(None, "pynenc.yaml")
    assert get_redis_client(conf).ping() is True


def test_connection_refused() -> None:
    """If no server listens, redis-py's error is raised after all attempts."""
    conf = ConfigRedis({"redis_host": HOST, "redis_port": free_port()})
    with pytest.raises(redis.exceptions.ConnectionError):
        get_redis_client(conf).ping()
    with pytest.raises(redis.exceptions.ConnectionError):
        ping_async(conf)
