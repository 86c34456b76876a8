"""`pynenc-conf ping`, with real Redis servers and with other servers."""

from __future__ import annotations

import json
import re
import socket
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from pynenc_conf._tools.cli import cli
from tests.redis.conftest import HOST, Certificate, Listener, Server, free_port

QUICK = "socket_timeout: 0.5\nsocket_connect_timeout: 0.5\nmax_connection_attempts: 1\n"


def run(*args: str, **settings: Any) -> Result:
    """Run the command with a file that has these settings."""
    lines = "".join(f"{name}: {value}\n" for name, value in settings.items())
    Path("pynenc.yaml").write_text(QUICK + lines, encoding="utf-8")
    command = ["ping", *args, "--file", "pynenc.yaml"]
    return CliRunner().invoke(cli, command, prog_name="pynenc-conf")


def failure(**settings: Any) -> tuple[str, list[str]]:
    """Return the failure, and the settings to check with their origins."""
    done = run(**settings)
    assert done.exit_code == 1, done.output
    lines = done.output.splitlines()
    start = next(i for i, line in enumerate(lines) if line.startswith("failed: "))
    # Remove the column.
    places = [
        re.sub(r"(yaml:\d+):\d+", r"\1", line.strip()) for line in lines[start + 1 :]
    ]
    assert len(lines) <= 24
    return lines[start].removeprefix("failed: "), places


def settings_of(server: Server, **settings: Any) -> dict[str, Any]:
    """Return the settings that select a server."""
    return server.values(**settings)


def test_success(server: Server) -> None:
    """One screen shows settings, origins, version, role, latency, memory, clients."""
    done = run("--workers", "4", **settings_of(server, redis_db=2))
    assert done.exit_code == 0, done.output
    lines = done.output.splitlines()
    assert len(lines) <= 24
    assert max(len(line) for line in lines) <= 80
    for part in (
        f"  redis_port = {server.port}  pynenc.yaml:5:",
        "  defaults:\n    redis_username = '', redis_password = '',",
        f"Redis at {HOST}:{server.port}, database 2",
        "standalone, master",
        "min / median / max of 5 pings",
        "of no limit, policy noeviction",
        "100 x 4 workers = 400 connections; 10000 are free: they fit",
    ):
        assert part in done.output, part
    assert lines[-1] == "ok"
    assert server.settles_at(0)


def test_any_class_with_redis_settings(server: Server) -> None:
    """CLASS is any subclass of ConfigRedis; the sections of the class count."""
    Path("own.yaml").write_text(f"orchestratorredis:\n  redis_port: {server.port}\n")
    command = ["ping", "orchestratorredis", "--file", "own.yaml"]
    done = CliRunner().invoke(cli, command)
    assert done.exit_code == 0, done.output
    assert "own.yaml:2:" in done.output


def test_too_many_workers(run_server: Callable[..., Server]) -> None:
    """Pools that need more connections than maxclients allows are a failure."""
    server = run_server("--maxclients", "150")
    assert run("--workers", "1", **settings_of(server)).exit_code == 0
    done = run("--workers", "2", **settings_of(server))
    assert done.exit_code == 1
    assert (
        "100 x 2 workers = 200 connections; 150 are free: they do not fit"
        in done.output
    )
    assert "check redis_pool_max_connections = 100" in done.output
    limitless = run(**settings_of(server, redis_pool_max_connections=0))
    assert limitless.exit_code == 0
    assert "no limit of connections" in limitless.output


def test_memory_policy_that_loses_data(run_server: Callable[..., Server]) -> None:
    """A memory policy that deletes data causes a warning."""
    server = run_server("--maxmemory", "100mb", "--maxmemory-policy", "allkeys-lru")
    done = run(**settings_of(server))
    assert done.exit_code == 0
    assert "of 100.00M, policy allkeys-lru" in done.output
    assert "warning  allkeys-lru deletes data" in done.output


def test_user_who_may_only_ping(run_server: Callable[..., Server]) -> None:
    """Information that the user has no permission to read is reported as unknown."""
    server = run_server("--user", "poor", "on", ">pw", "+ping", "+client")
    done = run(**settings_of(server, redis_username="poor", redis_password="pw"))
    assert done.exit_code == 0, done.output
    assert "this user may not run INFO" in done.output


def test_json(server: Server) -> None:
    """--json prints the settings, what the server reports, and no failures."""
    done = run("--workers", "2", "--json", **settings_of(server, redis_db=2))
    assert done.exit_code == 0, done.output
    data = json.loads(done.stdout)
    assert (data["ok"], data["failures"], data["workers"]) == (True, [], 2)
    address = f"{HOST}:{server.port}"
    assert (data["address"], data["database"], data["tls"]) == (address, 2, False)
    assert data["class"] == "ConfigRedis"
    settings = {item["field"]: item for item in data["settings"]}
    assert settings["redis_db"]["value"] == 2
    assert settings["redis_db"]["origin"].startswith("pynenc.yaml:")
    found = data["server"]
    assert (found["mode"], found["role"]) == ("standalone", "master")
    assert len(found["latencies_ms"]) == 5
    assert found["max_clients"] == 10_000
    assert found["pool_size"] == 100


def test_json_of_a_failure() -> None:
    """With --json, a failure has its reason and the settings to check."""
    done = run("--json", redis_port=free_port(), redis_password="hunter2")
    assert done.exit_code == 1
    data = json.loads(done.stdout)
    assert (data["ok"], data["server"]) == (False, None)
    (found,) = data["failures"]
    assert found["reason"].startswith("connection refused")
    names = [item["field"] for item in found["settings"]]
    assert names == ["redis_host", "redis_port"]
    assert "hunter2" not in done.output
    done = run("--json", redis_port="six")
    assert done.exit_code == 1
    assert json.loads(done.stdout)["problems"][0]["field"] == "redis_port"


def test_misuse() -> None:
    """An unknown class, a class without Redis settings, or no workers: exit code 2."""
    assert run("NoSuchClass").exit_code == 2
    assert run("ConfigTask").exit_code == 2
    assert run("--workers", "0").exit_code == 2


def test_invalid_settings() -> None:
    """Invalid settings are listed as in other errors, with exit code 1."""
    done = run(redis_port="six")
    assert done.exit_code == 1
    assert "redis_port: expected int" in done.stderr
    done = run(redis_url="http://:hunter2@h")
    assert done.exit_code == 1
    assert "--> pynenc.yaml:4:" in done.stderr
    assert "hunter2" not in done.output


def test_name_that_does_not_resolve(monkeypatch: pytest.MonkeyPatch) -> None:
    """A host name that does not resolve is reported."""

    def unknown(*_: object, **__: object) -> None:
        # The error of the system's resolver, without a network request.
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    what, places = failure(redis_host="redis.invalid")
    assert what.startswith("the name redis.invalid does not resolve")
    assert places == [
        "check redis_host = redis.invalid",
        "--> pynenc.yaml:4  redis_host",
    ]


def test_connection_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """A port without a listener is reported with the variable that set the port."""
    port = free_port()
    monkeypatch.setenv("PYNENC__REDIS_PORT", str(port))
    what, places = failure(redis_host=HOST)
    assert what == f"connection refused: nothing listens at {HOST}:{port}"
    assert places[2:] == [
        f"check redis_port = {port}",
        "--> environment variable PYNENC__REDIS_PORT",
    ]


def test_timed_out_while_connecting() -> None:
    """A host that does not accept connections is reported."""
    with socket.socket() as sock:
        sock.bind((HOST, 0))
        sock.listen(0)
        port = sock.getsockname()[1]
        full = []
        try:
            # The kernel does not answer once its queue is full.
            for _ in range(4):
                full.append(socket.socket())
                full[-1].setblocking(False)
                full[-1].connect_ex((HOST, port))
            what, places = failure(redis_host=HOST, redis_port=port)
        finally:
            for each in full:
                each.close()
    assert what == f"timed out: {HOST}:{port} did not accept a connection in 0.5 s"
    assert "check socket_connect_timeout = 0.5" in places


def test_timed_out_while_waiting(listen: Callable[..., Listener]) -> None:
    """A server that accepts connections and never responds is reported."""
    port = listen().port
    what, places = failure(redis_host=HOST, redis_port=port)
    assert what == f"timed out: {HOST}:{port} accepts connections, but does not answer"
    assert places[4:] == [
        "check socket_timeout = 0.5",
        "--> pynenc.yaml:1  socket_timeout",
    ]


def test_wrong_password(run_server: Callable[..., Server]) -> None:
    """A rejected password is reported and not shown."""
    server = run_server("--requirepass", "right")
    settings = settings_of(server, redis_password="hunter2")
    what, places = failure(**settings)
    assert what.endswith("(WRONGPASS)")
    assert "check redis_password = ***" in places
    assert "--> pynenc.yaml:6  redis_password" in places
    assert "hunter2" not in run(**settings).output
    what, places = failure(redis_url=f"redis://u:hunter2@{HOST}:{server.port}")
    assert what.endswith("(WRONGPASS)")
    assert places[0] == f"check redis_url = redis://u:***@{HOST}:{server.port}"


def test_missing_password(run_server: Callable[..., Server]) -> None:
    """A server that requires a password while none is set is reported."""
    server = run_server("--requirepass", "right")
    what, places = failure(**settings_of(server))
    assert what.endswith("(NOAUTH)")
    assert places == ["check redis_password = ''", "--> default of ConfigRedis"]


def test_tls_expected(server: Server, tls_port: int, certificate: Certificate) -> None:
    """A TLS mismatch is reported in both directions."""
    what, places = failure(redis_host=HOST, redis_port=tls_port)
    assert what.startswith("TLS mismatch: the server expects TLS")
    assert f"check redis_port = {tls_port}" in places
    url = f"rediss://{HOST}:{server.port}"
    what, places = failure(redis_url=url)
    assert what.startswith("TLS mismatch: the server does not use TLS")
    assert places == [
        f"check redis_url = {url}",
        "--> pynenc.yaml:4  redis_url",
    ]
    what, places = failure(redis_url=f"rediss://{HOST}:{tls_port}")
    assert what.startswith("the server's certificate is not trusted: self")
    good = f"rediss://{HOST}:{tls_port}?ssl_ca_certs={certificate.path}"
    assert run(redis_url=good).exit_code == 0
    what, places = failure(
        redis_url=f"rediss://{HOST}:{tls_port}?ssl_ca_certs=none.pem"
    )
    assert what.endswith("no such file or directory")


def test_database_out_of_range(server: Server) -> None:
    """A database that the server does not have is reported."""
    what, places = failure(**settings_of(server, redis_db=99))
    assert what.startswith("database 99 is out of range")
    assert places == ["check redis_db = 99", "--> pynenc.yaml:6  redis_db"]


def test_loading(run_server: Callable[..., Server]) -> None:
    """A server that is still loading its data is reported."""
    server = run_server("--dbfilename", "dump.rdb")
    client = server.client()
    with client.pipeline(transaction=False) as pipeline:
        for index in range(20000):
            pipeline.set(f"key:{index}", "x" * 100)
        pipeline.execute()
    client.save()
    client.close()
    server.kill()
    slow = (
        "--key-load-delay",
        "2000",
        "--loading-process-events-interval-bytes",
        "1024",
    )
    server.options = (*server.options, *slow)
    server.start(ready=False)
    for _ in range(600):
        done = run(**settings_of(server))
        if "connection refused" not in done.output:
            break
        time.sleep(0.05)
    assert done.exit_code == 1, done.output
    assert "failed: the server is still loading its data (LOADING)" in done.output


def test_read_only(server: Server, run_server: Callable[..., Server]) -> None:
    """A replica, which accepts no writes, is reported."""
    replica = run_server("--replicaof", HOST, str(server.port))
    done = run(**settings_of(replica))
    assert done.exit_code == 1
    assert "standalone, replica" in done.output
    assert "failed: the server is a read-only replica" in done.output
    assert f"check redis_port = {replica.port}" in done.output


@pytest.mark.parametrize(
    "banner", [b"HTTP/1.1 400 Bad Request\r\n\r\n", b"SSH-2.0-x\x1b[2J\r\n", b""]
)
def test_not_redis(listen: Callable[..., Listener], banner: bytes) -> None:
    """A server that sends other data, or none, is not a Redis server."""

    def serve(connection: socket.socket) -> None:
        connection.recv(1024)
        connection.sendall(banner)

    what, places = failure(redis_host=HOST, redis_port=listen(serve).port)
    assert what.startswith("not a Redis server")
    assert "\x1b" not in what
    assert places[0] == f"check redis_host = {HOST}"


def test_echo_is_not_redis(listen: Callable[..., Listener]) -> None:
    """The password is not shown if the server sends back its input."""

    def serve(connection: socket.socket) -> None:
        while data := connection.recv(1024):
            connection.sendall(data)

    port = listen(serve).port
    done = run(redis_host=HOST, redis_port=port, redis_password="hunter2")
    assert done.exit_code == 1
    assert "hunter2" not in done.output


INFO = dict(
    each.split(":")
    for each in (
        *("server_name:other", "other_version:9.1", "redis_mode:standalone"),
        *("role:master", "used_memory:1", "used_memory_human:1B"),
        *("maxmemory:1", "maxmemory_human:1B", "maxmemory_policy:noeviction"),
        *("connected_clients:1", "maxclients:1000", "slave_read_only:1"),
    )
)


@pytest.mark.parametrize("name", INFO)
@pytest.mark.parametrize(
    "value", ["", "x", "5.5", "-5", "a=b,c=d", "\x1b[2J", "9" * 5000]
)
def test_unusual_info(listen: Callable[..., Listener], name: str, value: str) -> None:
    """A program that answers as Redis can have any value in INFO."""
    text = "".join(f"{key}:{item}\r\n" for key, item in {**INFO, name: value}.items())
    answers = {"PING": "+PONG\r\n", "INFO": f"${len(text)}\r\n{text}\r\n"}
    answers["CONFIG"] = "*2\r\n$10\r\nmaxclients\r\n$1\r\n?\r\n"

    def serve(connection: socket.socket) -> None:
        lines = connection.makefile("r", newline="\r\n")
        while count := lines.readline():
            words = [lines.readline() for _ in range(2 * int(count[1:]))]
            answer = answers.get(words[1].strip(), "+OK\r\n")
            connection.sendall(answer.encode())

    url = f"redis://{HOST}:{listen(serve).port}?protocol=2"
    done = run(redis_url=url)
    assert (done.exception is None) is (done.exit_code == 0)
    assert "\x1b" not in done.output
    assert "clients  " in done.output
    data = json.loads(run("--json", redis_url=url).stdout)
    assert data["ok"] is (done.exit_code == 0)
    assert set(data["server"]) > {"name", "role"}


def test_unix_socket(server: Server) -> None:
    """A Unix socket can be used, and a missing one is reported."""
    done = run(redis_url=f"unix://{server.socket}?db=1")
    assert done.exit_code == 0
    assert f"Redis at the socket {server.socket}, database 1" in done.output
    what, places = failure(redis_url="unix:///none/redis.sock")
    assert what == "the socket /none/redis.sock: no such file or directory"
    assert places[0] == "check redis_url = unix:///none/redis.sock"


def test_option_of_the_url(listen: Callable[..., Listener]) -> None:
    """If an option of the URL replaces a setting, the URL is the setting to check."""
    url = f"redis://{HOST}:{listen().port}?socket_timeout=0.3"
    _, places = failure(redis_url=url)
    assert places[1:] == ["--> pynenc.yaml:4  redis_url"]


def test_maxclients_reached(run_server: Callable[..., Server]) -> None:
    """A server that accepts no more clients is reported."""
    server = run_server("--maxclients", "1")
    with server.client() as client, client.pubsub() as one:
        one.subscribe("channel")
        what, places = failure(**settings_of(server))
    assert what.endswith("number of clients (maxclients)")
    assert places[0] == "check redis_pool_max_connections = 100"
