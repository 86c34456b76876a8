"""Workers that announce their configurations, and the report of all of them."""

from __future__ import annotations

import asyncio
import json
import logging
import os
import signal
import subprocess
import sys
import textwrap
import traceback
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
import redis
import redis.asyncio
from hypothesis import given
from hypothesis import strategies as st

import pynenc_conf
from pynenc_conf import (
    ConfigBase,
    ConfigBrokerRedis,
    ConfigField,
    ConfigOrchestratorRedis,
    ConfigRedis,
    ConfigTypeError,
)
from pynenc_conf.fleet import Member, announce, announce_async, members, report
from pynenc_conf.fleet._record import key_pattern, record_key, worker_of
from pynenc_conf.redis_client import get_redis_client
from tests.redis.conftest import HOST, Server, eventually
from tests.test_secrets import CANARY

PACKAGE = str(Path(pynenc_conf.__file__).parent)
KEY = b"key of the operators"


def read(server: Server, app_id: str = "shop", **options: Any) -> list[Member]:
    """Return the workers of an application by name."""
    with server.client(**options) as client:
        return sorted(members(client, app_id), key=lambda member: member.worker)


def has_workers(server: Server, *names: str, app_id: str = "shop") -> bool:
    """Whether exactly these workers become visible."""
    return eventually(
        lambda: [member.worker for member in read(server, app_id)] == list(names)
    )


def start(
    stack: ExitStack, server: Server, worker: str, *configs: Any, **options: Any
) -> Any:
    """Announce configurations until the stack is closed."""
    client = stack.enter_context(server.client())
    options = {"app_id": "shop", "worker": worker, **options}
    return stack.enter_context(announce(client, configs, **options))


def test_report(server: Server) -> None:
    """Workers are grouped by configuration, with all that differs from the majority."""
    usual = [ConfigOrchestratorRedis({"redis_host": "prod"}), ConfigBrokerRedis()]
    wrong = [ConfigOrchestratorRedis({"redis_db": 3}), ConfigBrokerRedis()]
    with ExitStack() as stack:
        for name in ("a", "b", "c"):
            start(stack, server, name, *usual)
        start(stack, server, "d", *wrong)
        assert has_workers(server, "a", "b", "c", "d")
        found = report(read(server))
    assert not found.agrees
    majority, other = found.groups
    assert (majority.workers, majority.classes) == (("a", "b", "c"), ())
    assert other.workers == ("d",)
    (difference,) = other.classes
    assert (difference.class_name, difference.reason) == ("ConfigOrchestratorRedis", "")
    host, db = difference.differences
    assert (host.name, host.b) == ("redis_host", None)
    assert (host.a.value, host.a.default_text) == ("prod", "localhost")  # type: ignore[union-attr]
    assert host.a.origin == "config_values redis_host"  # type: ignore[union-attr]
    assert (db.name, db.a, db.b.value) == ("redis_db", None, 3)  # type: ignore[union-attr]
    assert json.loads(json.dumps(found.as_dict()))["groups"][1]["workers"] == ["d"]


def test_workers_that_agree(server: Server) -> None:
    """Workers with the same configuration are one group, wherever it comes from."""
    first = ConfigRedis({"redis_host": "prod"})
    second = ConfigRedis()
    second.redis_host = "prod"
    with ExitStack() as stack:
        start(stack, server, "a", first)
        start(stack, server, "b", second)
        assert has_workers(server, "a", "b")
        found = report(read(server))
    assert found.agrees
    assert [group.workers for group in found.groups] == [("a", "b")]
    assert report([]).agrees


def test_removal(server: Server) -> None:
    """A worker that ends its block has no record any more."""
    with ExitStack() as stack:
        start(stack, server, "a", ConfigRedis())
        assert has_workers(server, "a")
        assert server.client().pttl(record_key("shop", "a")) <= 60_000
    assert server.client().keys() == []


def test_successor_of_a_killed_worker(server: Server) -> None:
    """A record has nothing of an earlier worker with the same name."""
    with ExitStack() as stack:
        start(stack, server, "a", ConfigRedis(), ConfigBrokerRedis())
        assert has_workers(server, "a")
        killed = server.client().dump(record_key("shop", "a"))
    server.client().restore(record_key("shop", "a"), 60_000, killed)
    server.client().set(record_key("shop", "b"), "no hash")
    with ExitStack() as stack:
        start(stack, server, "a", ConfigRedis())
        start(stack, server, "b", ConfigRedis())
        assert eventually(lambda: report(read(server)).agrees)
        assert has_workers(server, "a", "b")
        assert len(read(server)[0].configs) == 1


def test_members(server: Server) -> None:
    """A member has the name, host and process of a worker, and its configurations."""
    conf = ConfigRedis({"redis_port": 1234})
    with server.client() as client, announce(client, conf, app_id="shop", ttl=30):
        assert eventually(lambda: read(server) != [])
        (member,) = read(server)
    assert member.worker == f"{member.host}:{os.getpid()}"
    assert member.pid == os.getpid()
    assert member.ttl == 30
    assert 0 <= member.age < 30
    assert not member.is_silent
    (snapshot,) = member.configs
    whole = conf.snapshot()
    assert snapshot.fingerprint == whole.fingerprint
    assert snapshot.default_fingerprint == whole.default_fingerprint
    assert [(each.name, each.value) for each in snapshot.settings] == [
        ("redis_port", 1234)
    ]
    assert (
        json.loads(json.dumps(member.as_dict()))["configs"][0]["class"] == "ConfigRedis"
    )


def test_values_of_the_moment(server: Server) -> None:
    """A refresh announces the values that are in force then."""

    class ConfigList(ConfigBase):
        names = ConfigField(["a"])
        number = ConfigField(1)

    conf = ConfigList()
    with ExitStack() as stack:
        start(stack, server, "a", conf, ttl=1)
        assert has_workers(server, "a")
        conf.number = 2
        conf.names.append("b")
        assert eventually(
            lambda: (
                [each.value for m in read(server) for each in m.configs[0].settings]
                == [["a", "b"], 2]
            )
        )


@pytest.mark.parametrize("decode", [True, False])
def test_clients(server: Server, decode: bool) -> None:  # noqa: FBT001
    """Any client works, whether it decodes replies or not, and with a pool's limits."""
    conf = ConfigRedis(server.values(redis_pool_max_connections=1))
    with (
        server.client(decode_responses=decode) as client,
        announce(client, conf, app_id="shop", worker="a"),
        announce(get_redis_client(conf), conf, app_id="shop", worker="b"),
    ):
        assert has_workers(server, "a", "b")
        found = read(server, decode_responses=decode)
        assert [member.worker for member in found] == ["a", "b"]
        assert found[0].fingerprint == found[1].fingerprint
        assert len(list(members(get_redis_client(conf), "shop"))) == 2


def test_asyncio(server: Server) -> None:
    """`announce_async` does the same with a task of the event loop."""

    async def work() -> None:
        client = redis.asyncio.Redis(host=HOST, port=server.port)
        async with (
            client,
            announce_async(client, ConfigRedis(), app_id="shop", worker="a"),
        ):
            found = asyncio.to_thread(has_workers, server, "a")
            assert await found
        assert server.client().keys() == []

    asyncio.run(work())


NAMES = st.text(min_size=1, max_size=20)


@given(NAMES, NAMES, NAMES, NAMES)
def test_keys(app: str, worker: str, other_app: str, other_worker: str) -> None:
    """Any names give distinct keys, from which the worker's name can be read."""
    key, other = record_key(app, worker), record_key(other_app, other_worker)
    assert (key == other) is ((app, worker) == (other_app, other_worker))
    if not any("\ud800" <= char <= "\udfff" for char in worker):
        assert worker_of(key) == worker
    prefix = key_pattern(app).removesuffix("*")
    assert key.startswith(prefix)
    assert other.startswith(prefix) is (app == other_app)
    assert not set(prefix) & set("*?[]\\^")


def test_two_applications(server: Server) -> None:
    """Two applications in one database do not see each other's workers."""
    with ExitStack() as stack:
        for app_id in ("shop", "shop:eu", "sho*", "*"):
            start(stack, server, f"w of {app_id}", ConfigRedis(), app_id=app_id)
        for app_id in ("shop", "shop:eu", "sho*", "*"):
            assert has_workers(server, f"w of {app_id}", app_id=app_id)


def test_secrets(server: Server) -> None:
    """No key or value of the server, no log and no report has a secret."""
    url = f"redis://me:{CANARY}@{HOST}:{server.port}/0?password={CANARY}"
    configs = [
        ConfigRedis({"redis_url": url, "redis_password": CANARY}),
        ConfigBrokerRedis({"redis_password": CANARY}),
    ]
    with ExitStack() as stack:
        start(stack, server, "a", *configs)
        start(stack, server, "b", *configs, key=KEY)
        assert has_workers(server, "a", "b")
        client = server.client()
        dump = [client.keys(), *(client.hgetall(key) for key in client.scan_iter())]
        found = read(server)
        shown = [dump, found, [member.as_dict() for member in found], report(found)]
        assert not any(CANARY in repr(each) for each in shown)
        assert KEY.decode() not in repr(dump)
        assert "redis_password" in repr(dump)


def test_secrets_that_differ(server: Server) -> None:
    """With a key, the report shows which secret differs; without one, which is set."""

    def differing(key: bytes | None, *passwords: str) -> list[str]:
        with ExitStack() as stack:
            for number, password in enumerate(passwords):
                conf = ConfigRedis({"redis_password": password})
                start(stack, server, str(number), conf, key=key)
            assert has_workers(server, *map(str, range(len(passwords))))
            groups = report(read(server)).groups
        return [
            each.name
            for group in groups
            for found in group.classes
            for each in found.differences
        ]

    assert differing(KEY, "a", "b") == ["redis_password"]
    assert differing(KEY, "a", "a") == []
    assert differing(None, "a", "b") == []
    assert differing(None, "a", "") == ["redis_password"]


def test_read_only_user(server: Server) -> None:
    """A user of the server that may only read can read the workers."""
    client = server.client()
    client.execute_command(
        *("ACL", "SETUSER", "reader", "on", ">pw", "~pynenc_conf:fleet:*"),
        *("+scan", "+hgetall", "+pttl"),
    )
    with ExitStack() as stack:
        start(stack, server, "a", ConfigRedis())
        assert has_workers(server, "a")
        found = read(server, username="reader", password="pw")
        assert [member.worker for member in found] == ["a"]


HOSTILE = [
    {},
    {"ttl": "x", "pid": "nan", "started": "1e999", "host": "\x1b[31m\n"},
    {"ttl": "1e300", "pid": "-1", "class:A": "x"},
    {"class:A": "{}"},
    {"class:A": "[]"},
    {"class:A": "[1, 2, 3, 4]"},
    {"class:A": '["1", "2", "3", [["a"]]]'},
    {"class:A": '["1", "2", "3", [["a", 1, 2, 3, 4, 5, 6]]]'},
    {"class:A": '["1", "2", "3", [[["a"], "1", "2", "3", "4", true, null]]]'},
    {"class:A": '["1", "2", "3", [["a", "{", "2", "3", "4", true, null]]]'},
    {"class:A": "[" * 50_000},
    {b"\xff": b"\xff", b"class:\xff": b"\xff"},
    *(
        {"class:A": json.dumps(["1", "2", "3", [["a", value, "", "", "", 0, None]]])}
        for value in ("NaN", "[-Infinity]", "1e999", '"\\ud800"', "[" * 900 + "]" * 900)
    ),
    {"class:" + "A" * 100_000: '["1", "2", "3", []]'},
]


@pytest.mark.parametrize("record", HOSTILE, ids=range(len(HOSTILE)))
def test_records_that_others_wrote(server: Server, record: dict[Any, Any]) -> None:
    """A record that is not of this library, or broken, does no harm."""
    client = server.client()
    client.set(b"pynenc_conf:fleet:shop:\xff", "")
    client.hset(record_key("shop", "x"), mapping={"other": "field", **record})
    client.set(record_key("shop", "y"), "no hash")
    with ExitStack() as stack:
        start(stack, server, "a", ConfigRedis())
        assert has_workers(server, "a", "x")
        found = report(read(server))
        assert json.dumps(found.as_dict(), indent=2, allow_nan=False)
        assert sum(len(group.workers) for group in found.groups) == 2
        assert report(read(server, decode_responses=True)) == found


def test_unreadable_records(server: Server) -> None:
    """Workers whose records are not readable do not agree, and the reason says so."""

    def reasons() -> list[str]:
        found = report(read(server))
        assert not found.agrees
        return [each.reason for group in found.groups for each in group.classes]

    for name in ("x", "y"):
        fields = {"ttl": "60", "class:ConfigRedis": "a newer format"}
        server.client().hset(record_key("shop", name), mapping=fields)
    assert reasons() == []
    with ExitStack() as stack:
        for names in (("a",), ("b", "c")):
            for name in names:
                start(stack, server, name, ConfigRedis())
                assert eventually(lambda name=name: name in str(read(server)))
            who = "these workers" if "c" in names else "the largest group"
            assert reasons() == [f"the records of {who} are not readable"]


def messages(caplog: pytest.LogCaptureFixture) -> list[tuple[str, str]]:
    """Return the levels and messages of the logger of this library."""
    return [
        (record.levelname, record.getMessage())
        for record in caplog.records
        if record.name == "pynenc_conf"
    ]


def test_server_that_is_restarted(
    server: Server, caplog: pytest.LogCaptureFixture
) -> None:
    """A dead server is logged once; after its restart the workers announce again."""
    caplog.set_level(logging.INFO, "pynenc_conf")
    with ExitStack() as stack:
        start(stack, server, "a", ConfigRedis(), ttl=1)
        assert has_workers(server, "a")
        server.kill()
        assert eventually(lambda: len(messages(caplog)) == 1)
        server.start()
        assert has_workers(server, "a")
        assert eventually(lambda: len(messages(caplog)) == 2)
    (warning, problem), (info, end) = messages(caplog)
    assert (warning, info) == ("WARNING", "INFO")
    assert problem.startswith("the configuration cannot be announced in Redis")
    assert "ConnectionError" in problem
    assert "; the worker is silent or missing in `pynenc-conf fleet`" in problem
    assert end == "the configuration is announced again in Redis"


def test_server_that_hangs(server: Server, caplog: pytest.LogCaptureFixture) -> None:
    """A server that does not answer delays neither the beginning nor the end."""
    caplog.set_level(logging.INFO, "pynenc_conf")
    assert server.process is not None
    server.process.send_signal(signal.SIGSTOP)
    try:
        with ExitStack() as stack:
            client = stack.enter_context(server.client(socket_timeout=0.1))
            stack.enter_context(
                announce(client, ConfigRedis(), app_id="shop", worker="a", ttl=1)
            )
            assert eventually(lambda: len(messages(caplog)) == 1)
        # Without a timeout of the client, the thread is left behind.
        with announce(server.client(), ConfigRedis(), app_id="shop", worker="b"):
            pass
    finally:
        server.process.send_signal(signal.SIGCONT)
    assert [level for level, _ in messages(caplog)] == ["WARNING"]


def test_server_without_memory(
    run_server: Callable[..., Server], caplog: pytest.LogCaptureFixture
) -> None:
    """A full server is logged; when it has memory again, so is the end of it."""
    caplog.set_level(logging.INFO, "pynenc_conf")
    server = run_server("--maxmemory", "1", "--maxmemory-policy", "noeviction")
    with ExitStack() as stack:
        start(stack, server, "a", ConfigRedis(), ttl=1)
        assert eventually(lambda: len(messages(caplog)) == 1)
        server.client().config_set("maxmemory", 0)
        assert has_workers(server, "a")
        assert eventually(lambda: len(messages(caplog)) == 2)
    assert [level for level, _ in messages(caplog)] == ["WARNING", "INFO"]


def test_password_that_changes(
    server: Server, caplog: pytest.LogCaptureFixture
) -> None:
    """A password that is changed is logged once, without any password."""
    caplog.set_level(logging.INFO, "pynenc_conf")
    with ExitStack() as stack:
        client = server.client(password=CANARY)
        server.client().config_set("requirepass", CANARY)
        stack.enter_context(
            announce(client, ConfigRedis(), app_id="shop", worker="a", ttl=1)
        )
        assert eventually(lambda: read(server, password=CANARY) != [])
        admin = server.client(password=CANARY)
        admin.config_set("requirepass", "other")
        admin.client_kill_filter(skipme=True, _type="normal")
        assert eventually(lambda: len(messages(caplog)) == 1)
        admin.config_set("requirepass", CANARY)
        assert eventually(lambda: len(messages(caplog)) == 2)
    assert CANARY not in caplog.text


def test_server_that_quotes_a_password(
    run_server: Callable[..., Server], caplog: pytest.LogCaptureFixture
) -> None:
    """An error of the server may quote the login, and is not logged as it is."""
    server = run_server("--rename-command", "HELLO", "", "--rename-command", "AUTH", "")
    client = server.client(password=CANARY)
    with announce(client, ConfigRedis(), app_id="shop", worker="a", ttl=1):
        assert eventually(lambda: messages(caplog) != [])
    assert "the configuration cannot be announced" in caplog.text
    assert CANARY not in caplog.text


class Broken(logging.Handler):
    """A handler of an application that raises."""

    def emit(self, record: logging.LogRecord) -> None:
        """Raise."""
        raise ValueError(record)


def test_logging_that_fails(run_server: Callable[..., Server]) -> None:
    """A handler that raises does not end the announcement."""
    server = run_server("--maxmemory", "1", "--maxmemory-policy", "noeviction")
    logger, handler = logging.getLogger("pynenc_conf"), Broken()
    logger.addHandler(handler)
    try:
        with ExitStack() as stack:
            start(stack, server, "a", ConfigRedis(), ttl=1)
            client = server.client()
            assert eventually(lambda: client.info("errorstats") != {})
            client.config_set("maxmemory", 0)
            assert has_workers(server, "a")
    finally:
        logger.removeHandler(handler)


def test_changes_in_place(server: Server) -> None:
    """A default that has changed in place is a difference, however long it is."""

    class ConfigHosts(ConfigBase):
        hosts = ConfigField([f"host-{number}" for number in range(60)])
        flag: ConfigField[Any] = ConfigField(0)

    changed = ConfigHosts()
    with ExitStack() as stack:
        for name in ("a", "b"):
            start(stack, server, name, ConfigHosts(), ttl=1)
        start(stack, server, "c", changed, ttl=1)
        assert has_workers(server, "a", "b", "c")
        changed.hosts.append("evil")
        changed.flag = False

        def differing() -> list[str]:
            return [
                each.name
                for group in report(read(server)).groups
                for found in group.classes
                for each in found.differences
            ]

        assert eventually(lambda: differing() == ["hosts", "flag"])


def test_clocks_that_differ(server: Server) -> None:
    """Whether a worker is silent depends on no clock but the server's."""
    with ExitStack() as stack:
        start(stack, server, "a", ConfigRedis(), ttl=3600)
        assert has_workers(server, "a")
        client = server.client()
        for started in (0, 9_999_999_999):
            client.hset(record_key("shop", "a"), "started", started)
            (member,) = read(server)
            assert (member.started, member.is_silent) == (started, False)
        client.pexpire(record_key("shop", "a"), 1_000_000)
        (member,) = read(server)
        assert member.is_silent
        assert report([member]).silent == ("a",)


WORKER = """
    import os, sys, time
    import redis
    from pynenc_conf import ConfigRedis
    from pynenc_conf.fleet import announce

    client = redis.Redis(host=sys.argv[1], port=int(sys.argv[2]))
    with announce(client, ConfigRedis(), app_id="shop", worker=sys.argv[3], ttl=1):
        if sys.argv[4] == "fork" and os.fork() == 0:
            sys.exit(0)  # leaves the block in the child
        print("ready", flush=True)
        sys.stdin.read()
"""


def run_worker(server: Server, name: str, mode: str) -> subprocess.Popen[str]:
    """Start a process that announces its configuration until its stdin is closed."""
    return subprocess.Popen(
        [
            *(sys.executable, "-W", "ignore::DeprecationWarning"),
            *("-c", textwrap.dedent(WORKER), HOST, str(server.port), name, mode),
        ],
        cwd=Path(pynenc_conf.__file__).parents[1],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def test_worker_that_is_killed(server: Server) -> None:
    """A worker killed with SIGKILL disappears after its ttl."""
    with run_worker(server, "a", "wait") as process:
        assert has_workers(server, "a")
        process.kill()
    assert has_workers(server)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
def test_worker_that_forks(server: Server) -> None:
    """A forked child announces nothing, and leaves the record of its parent alone."""
    with run_worker(server, "a", "fork") as process:
        assert process.stdout is not None
        assert process.stdin is not None
        assert process.stdout.readline() == "ready\n"
        assert has_workers(server, "a")
        (member,) = read(server)
        assert member.pid == process.pid
        process.stdin.close()
        assert process.wait() == 0
    assert read(server) == []


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"configs": []}, "configs must be"),
        ({"configs": [1]}, "configs must be"),
        ({"configs": [ConfigRedis(), ConfigRedis()]}, "different classes"),
        ({"app_id": ""}, "app_id must be text"),
        ({"app_id": 1}, "app_id must be text"),
        ({"worker": ""}, "worker must be text"),
        ({"ttl": 0}, "ttl must be a number of seconds from 1 to 86,400"),
        ({"ttl": float("nan")}, "ttl must be"),
        ({"ttl": True}, "ttl must be"),
        ({"ttl": "60"}, "ttl must be"),
        ({"key": "text"}, "key of a snapshot must be bytes"),
    ],
)
@pytest.mark.parametrize("function", [announce, announce_async])
def test_invalid_arguments(function: Any, changes: Any, message: str) -> None:
    """Wrong arguments are errors at the call, not in the background."""
    arguments = {"configs": ConfigRedis(), "app_id": "shop", **changes}
    with pytest.raises(ConfigTypeError, match=message):
        function(redis.Redis(), **arguments)


@pytest.mark.parametrize("function", [announce, announce_async])
def test_key_in_a_traceback(function: Any) -> None:
    """An error at the call has the key in no frame of this library."""
    for changes in ({"ttl": 0}, {"configs": []}, {"key": bytearray(CANARY.encode())}):
        arguments: Any = {"configs": ConfigRedis(), "key": CANARY.encode(), **changes}
        with pytest.raises(ConfigTypeError) as e:
            function(redis.Redis(), app_id="shop", **arguments)
        found = traceback.TracebackException.from_exception(
            e.value, capture_locals=True
        )
        frames = [each for each in found.stack if PACKAGE in each.filename]
        assert frames
        assert not any(CANARY in repr(each.locals) for each in frames)


def test_second_use(server: Server) -> None:
    """An announcement can be used once."""
    announcement = announce(server.client(), ConfigRedis(), app_id="shop")
    with announcement:
        pass
    with pytest.raises(RuntimeError, match="can be used once"), announcement:
        pass


def test_versions_of_a_class(server: Server) -> None:
    """Workers with other defaults of a class differ, also if they set the same."""

    def declare(default: int) -> type[ConfigBase]:
        class ConfigOne(ConfigBase):
            value = ConfigField(default)

        return ConfigOne

    with ExitStack() as stack:
        start(stack, server, "a", declare(1)())
        start(stack, server, "b", declare(1)())
        start(stack, server, "c", declare(2)(), ConfigRedis())
        assert has_workers(server, "a", "b", "c")
        groups = report(read(server)).groups
    reasons = [found.reason for group in groups for found in group.classes]
    assert reasons == [
        "the defaults of the class differ, as in another version of it",
        "only these workers use the class",
    ]


def test_long_values(server: Server) -> None:
    """A long value is announced by its digest, and differs from another."""

    class ConfigLong(ConfigBase):
        text = ConfigField("")

    with ExitStack() as stack:
        for name, end in (("a", "1"), ("b", "2"), ("c", "2")):
            start(stack, server, name, ConfigLong({"text": "x" * 100_000 + end}))
        assert has_workers(server, "a", "b", "c")
        assert server.client().memory_usage(record_key("shop", "a")) < 2_000
        found = report(read(server))
    assert [group.workers for group in found.groups] == [("b", "c"), ("a",)]
    ((difference,),) = [each.differences for each in found.groups[1].classes]
    assert difference.name == "text"
