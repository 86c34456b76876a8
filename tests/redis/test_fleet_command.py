"""`pynenc-conf fleet`, with real workers and a real server."""

from __future__ import annotations

import json
import os
import pty
import select
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

import pynenc_conf
from pynenc_conf import (
    ConfigBase,
    ConfigBrokerRedis,
    ConfigField,
    ConfigOrchestratorRedis,
    ConfigRedis,
)
from pynenc_conf._tools.cli import cli
from pynenc_conf.fleet import announce, members
from pynenc_conf.fleet._record import record_key
from tests.redis.conftest import HOST, PATIENCE, Server, eventually, free_port
from tests.test_secrets import CANARY

ROOT = Path(__file__).parents[2]


def run(server: Server, *arguments: str) -> Result:
    """Run the command for a server."""
    settings = [f"redis_host={HOST}", f"redis_port={server.port}"]
    options = [part for setting in settings for part in ("--set", setting)]
    command = ["fleet", *options, *arguments]
    return CliRunner().invoke(cli, command, prog_name="pynenc-conf")


@pytest.fixture
def workers(server: Server) -> Iterator[dict[str, ConfigBase]]:
    """Run four workers of the application `shop`, one with another host."""
    found = {
        name: ConfigOrchestratorRedis({"redis_host": host, "redis_password": CANARY})
        for name, host in (("a", "prod"), ("b", "prod"), ("c", "prod"), ("d", "local"))
    }
    with ExitStack() as stack:
        client = stack.enter_context(server.client())
        for name, conf in found.items():
            stack.enter_context(announce(client, conf, app_id="shop", worker=name))
        assert eventually(lambda: len(list(members(client, "shop"))) == len(found))
        yield found


def test_text(server: Server, workers: dict[str, ConfigBase]) -> None:
    """The report shows the majority, and each other group with what differs."""
    done = run(server, "--app-id", "shop")
    usual, other = workers["a"].fingerprint(), workers["d"].fingerprint()
    assert usual != other
    assert done.stdout == (
        "3 workers  a, b, c\n"
        f"  ConfigOrchestratorRedis {usual}\n"
        "\n"
        "1 worker  d\n"
        "  ConfigOrchestratorRedis\n"
        "    redis_host\n"
        "      -  local  config_values redis_host\n"
        "      +  prod   config_values redis_host\n"
        "\n"
        "4 workers, 2 different configurations\n"
    )
    assert done.exit_code == 1
    assert CANARY not in done.output


def test_output_on_the_page(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    """The output in docs/how-to/find-the-wrong-worker.md is real."""
    page = (ROOT / "docs/how-to/find-the-wrong-worker.md").read_text(encoding="utf-8")
    shown = page.partition("<!-- fleet output -->\n```text\n")[2].partition("```")[0]
    command, _, output = shown.partition("\n")
    with ExitStack() as stack:
        for number in range(1, 5):
            host = "localhost" if number == 3 else "tasks.internal"
            monkeypatch.setenv("PYNENC__CONFIGBROKERREDIS__REDIS_HOST", host)
            configs = [ConfigOrchestratorRedis(), ConfigBrokerRedis()]
            worker = f"worker-{number}"
            stack.enter_context(
                announce(server.client(), configs, app_id="shop", worker=worker)
            )
        monkeypatch.delenv("PYNENC__CONFIGBROKERREDIS__REDIS_HOST")
        assert eventually(lambda: len(list(members(server.client(), "shop"))) == 4)
        lines = [f"{name}: {value}\n" for name, value in server.values().items()]
        Path("pynenc.yaml").write_text("".join(lines), encoding="utf-8")
        arguments = command.removeprefix("$ pynenc-conf ").split()
        done = CliRunner().invoke(cli, arguments, prog_name="pynenc-conf")
    assert done.stdout == output


def test_json(server: Server, workers: dict[str, ConfigBase]) -> None:
    """With --json the report is data."""
    done = run(server, "--app-id", "shop", "--json")
    data = json.loads(done.stdout)
    assert [group["workers"] for group in data["groups"]] == [["a", "b", "c"], ["d"]]
    assert data["groups"][0]["fingerprint"] == {
        "ConfigOrchestratorRedis": workers["a"].fingerprint()
    }
    assert (data["agrees"], done.exit_code) == (False, 1)
    assert CANARY not in done.output


def test_agreement(server: Server, workers: dict[str, ConfigBase]) -> None:
    """Workers that agree are one group, and the exit code is 0."""
    server.client().delete(record_key("shop", "d"))
    done = run(server, "--app-id", "shop")
    assert done.exit_code == 0
    assert done.stdout.endswith("\n\n3 workers, one configuration\n")
    assert len(workers) == 4


def test_app_of_the_settings(server: Server, workers: dict[str, ConfigBase]) -> None:
    """Without --app-id, the setting app_id selects the application."""
    assert run(server, "--set", "app_id=shop").exit_code == 1
    done = run(server)
    nothing = f"no workers of 'pynenc' in Redis at {HOST}:{server.port} db=0\n"
    assert (done.stdout, done.exit_code) == (nothing, 0)
    assert workers


@pytest.mark.parametrize("option", [(), ("--json",)])
def test_other_applications(
    server: Server, workers: dict[str, ConfigBase], option: tuple[str, ...]
) -> None:
    """If an application has no workers, a note lists those that have, on stderr."""
    conf = workers["a"]
    with announce(server.client(), conf, app_id="mail: 2", worker="a"):
        assert eventually(lambda: list(members(server.client(), "mail: 2")))
        done = run(server, "--app-id", "shpo", *option)
        assert done.exit_code == 0
        hint = "this Redis has workers of 'mail: 2', 'shop'"
        assert done.stderr == f"note: {hint}; did you mean 'shop'?\n"
        assert run(server, "--app-id", "x", *option).stderr == f"note: {hint}\n"


def test_no_applications(server: Server) -> None:
    """In a Redis without any workers, the note says so."""
    note = "note: this Redis has no workers of any application\n"
    assert run(server, "--app-id", "shop").stderr == note


def test_an_application_that_is_there_by_now(server: Server) -> None:
    """The note does not name the application whose workers the command did not find."""
    for name in ("shop", "mail"):
        server.client().set(record_key(name, "a"), "")
    note = "note: this Redis has workers of 'mail'\n"
    assert run(server, "--app-id", "shop").stderr == note


def test_secrets_of_a_manifest(server: Server) -> None:
    """An address or application that a Secret has is masked, as in all commands."""
    server.client().set(record_key("canary-shop", "a"), "")
    server.client().set(record_key("canari-shop", "a"), "")
    values = {
        "PYNENC__REDIS_HOST": HOST,
        "PYNENC__REDIS_PORT": str(server.port),
        "PYNENC__APP_ID": "canary-shop",
    }
    secret = {"kind": "Secret", "metadata": {"name": "a"}, "stringData": values}
    Path("secret.json").write_text(json.dumps(secret), encoding="utf-8")
    command = ["fleet", "--no-env", "--env-file", "secret.json"]
    done = CliRunner().invoke(cli, command, prog_name="pynenc-conf")
    assert done.stdout == "no workers of *** in Redis at *** db=0\n"
    assert done.stderr == "note: this Redis has workers of 'canari-shop'\n"
    server.stop()
    done = CliRunner().invoke(cli, command, prog_name="pynenc-conf")
    assert done.exit_code == 2
    assert "connecting to ***. Connection refused; test" in done.stderr
    assert not any(value in done.output for value in values.values())


def test_keys_of_other_programs(server: Server) -> None:
    """Any key in the namespace of the records is a possible name, and is escaped."""
    for number in range(9):
        server.client().set(f"pynenc_conf:fleet:{number}%1b%ff:a:b", "")
    server.client().set(b"pynenc_conf:fleet:\xff:b", "")
    done = run(server, "--app-id", "shop")
    assert (done.exit_code, done.stderr.count("\n")) == (0, 1)
    assert "'0\\x1b\ufffd', " in done.stderr
    assert done.stderr.endswith(" and 5 more\n")


def test_expected_workers(server: Server, workers: dict[str, ConfigBase]) -> None:
    """Another number of workers than the expected one is a finding."""
    server.client().delete(record_key("shop", "d"))
    assert run(server, "--app-id", "shop", "--expect", "3").exit_code == 0
    done = run(server, "--app-id", "shop", "--expect", "4")
    assert done.exit_code == 1
    assert "expected 4 workers, found 3\n" in done.stdout
    assert run(server, "--app-id", "none", "--expect", "1").exit_code == 1
    assert workers


def test_invalid_settings(server: Server) -> None:
    """An invalid configuration of the command exits with 2, not with 1."""
    assert run(server, "--set", "redis_db=x").exit_code == 2
    assert run(server, "--file", "none.yaml").exit_code == 2


def test_silent_worker(server: Server, workers: dict[str, ConfigBase]) -> None:
    """A worker that has missed its refreshes is listed as silent."""
    server.client().pexpire(record_key("shop", "b"), 5_000)
    done = run(server, "--app-id", "shop")
    assert "silent: b\n" in done.stdout
    assert workers


def test_default_of_one_side(server: Server) -> None:
    """A setting at its default is shown with the default."""

    class ConfigShop(ConfigBase):
        timeout = ConfigField(1.5)
        token = ConfigField("", secret=True)

    with ExitStack() as stack:
        for name, values in (("a", {}), ("b", {}), ("c", {"timeout": 3, "token": "x"})):
            conf = ConfigShop(values)
            stack.enter_context(
                announce(server.client(), conf, app_id="shop", worker=name)
            )
        assert eventually(lambda: len(list(members(server.client(), "shop"))) == 3)
        lines = run(server, "--app-id", "shop").stdout.splitlines()
    assert "      -  3.0  config_values timeout" in lines
    assert "      +  1.5  default" in lines
    assert "      -  ***  config_values token" in lines


def test_hostile_records(server: Server) -> None:
    """Text in records starts no line, and sends no command to the terminal."""
    record = [
        "1",
        "2\n",
        "3",
        [["a\n", '"x\\ny"', "\x1b[31mx\ny", "d\r", "o\n", 0, None]],
    ]
    client = server.client()
    names = ["a\nforged line", "b\x1b[2J"]
    for number, name in enumerate(names):
        fields = {"ttl": "60", f"class:X\n{number}": json.dumps(record)}
        client.hset(record_key("shop", name), mapping=fields)
        client.expire(record_key("shop", name), 60)
    done = run(server, "--app-id", "shop")
    assert "\x1b" not in done.stdout
    assert "\nforged" not in done.stdout
    assert "\ny" not in done.stdout
    assert done.exit_code == 1
    assert json.loads(run(server, "--app-id", "shop", "--json").stdout)


def test_unreadable_record(server: Server) -> None:
    """Workers whose records are not readable do not agree."""
    server.client().hset(record_key("shop", "x"), mapping={"class:ConfigRedis": "?"})
    done = run(server, "--app-id", "shop")
    assert done.exit_code == 1
    assert done.stdout == (
        "1 worker  x\n  a record that is not readable\n\nsilent: x\n"
        "1 worker, no readable record\n"
    )


def test_many_classes(server: Server) -> None:
    """A report of many classes fits on about one screen."""
    record = '["1", "2", "3", []]'
    fields = {f"class:{'C' * 500}{number}": record for number in range(1_000)}
    client = server.client()
    client.hset(record_key("shop", "a"), mapping=fields)
    done = run(server, "--app-id", "shop")
    assert len(done.stdout) < 2_000
    assert " and 990 more\n" in done.stdout
    for name in ("b", "c"):
        client.hset(record_key("shop", name), mapping={"class:A": record})
    done = run(server, "--app-id", "shop")
    assert len(done.stdout) < 2_500
    assert "\n  and 991 more classes\n" in done.stdout


def test_many_workers(server: Server) -> None:
    """A report of many workers and groups fits on about one screen."""
    client = server.client()
    pipeline = client.pipeline()
    for number in range(2_000):
        value = min(number, 30)
        setting = ["value", str(value), str(value), "0", "here", False, None]
        text = json.dumps(["0", f"print{value}", "0", [setting]])
        key = record_key("shop", f"worker-{number:04}")
        pipeline.hset(key, mapping={"ttl": "60", "class:ConfigShop": text})
        pipeline.expire(key, 60)
    pipeline.execute()
    lines = run(server, "--app-id", "shop").stdout.splitlines()
    assert len(lines) < 80
    assert lines[0].startswith("1970 workers  worker-0030, worker-0031,")
    assert "21 more groups with 21 workers; --json shows all" in lines
    assert lines[-1] == "2,000 workers, 31 different configurations"


@pytest.mark.parametrize("as_json", [False, True])
def test_server_that_is_down(as_json: bool) -> None:  # noqa: FBT001
    """A server that cannot be read is an error with the exit code 2."""
    server = Server()
    server.port = free_port()
    done = run(server, "--app-id", "shop", *(["--json"] if as_json else []))
    assert done.exit_code == 2
    assert "the workers cannot be read: ConnectionError" in done.output
    assert "refused; test the connection with `pynenc-conf ping`" in done.output


def test_wrong_usage(server: Server) -> None:
    """--watch requires a terminal, and excludes --json."""
    done = run(server, "--watch")
    assert (done.exit_code, "--watch needs a terminal" in done.output) == (2, True)
    done = run(server, "--watch", "--json")
    assert (done.exit_code, "use --json without it" in done.output) == (2, True)


class Terminal:
    """The command on a terminal."""

    def __init__(self, server: Server, *arguments: str) -> None:
        self.fd, other = pty.openpty()
        self.shown = ""
        # A process that was started in the background ignores SIGINT, and its children
        # do too.
        before = signal.signal(signal.SIGINT, signal.default_int_handler)
        self.process = subprocess.Popen(
            [
                *(sys.executable, "-m", "pynenc_conf", "fleet", *arguments),
                *("--set", f"redis_host={HOST}", "--set", f"redis_port={server.port}"),
            ],
            stdin=other,
            stdout=other,
            stderr=other,
            cwd=Path(pynenc_conf.__file__).parents[1],
            env={**os.environ, "TERM": "xterm", "COLUMNS": "100", "LINES": "40"},
        )
        signal.signal(signal.SIGINT, before)
        os.close(other)

    def shows(self, text: str) -> bool:
        """Whether new output with a text appears; it is then old output."""
        deadline = time.monotonic() + PATIENCE
        while text not in self.shown:
            if time.monotonic() > deadline:
                return False
            ready, _, _ = select.select([self.fd], [], [], PATIENCE)
            if not ready:
                return False
            try:
                self.shown += os.read(self.fd, 65536).decode(errors="replace")
            except OSError:  # closed by the process
                return False
        self.shown = self.shown.partition(text)[2]
        return True


def test_watch(server: Server) -> None:
    """--watch redraws the report when a worker changes, until Ctrl-C."""
    conf = ConfigRedis({"redis_db": 1})
    with ExitStack() as stack:
        for name in ("a", "b", "c"):
            changing: Any = conf if name == "c" else ConfigRedis({"redis_db": 1})
            stack.enter_context(
                announce(server.client(), changing, app_id="shop", worker=name, ttl=1)
            )
        assert eventually(lambda: len(list(members(server.client(), "shop"))) == 3)
        terminal = Terminal(server, "--app-id", "shop", "--watch")
        try:
            assert terminal.shows("3 workers, one configuration"), terminal.shown
            conf.redis_db = 7
            assert terminal.shows("3 workers, 2 different configurations")
            assert terminal.shows("redis_db")
            terminal.process.send_signal(signal.SIGINT)
            terminal.shows("no such text")  # until the process ends
            assert terminal.process.wait(PATIENCE) == 0
        finally:
            terminal.process.kill()
            terminal.process.wait()
            os.close(terminal.fd)
