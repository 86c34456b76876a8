"""The option `--pynenc`: the commands with the classes of the installed pynenc."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from importlib.metadata import PackageNotFoundError
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from pynenc_conf import dropin
from tests._tools.running import run
from tests.dropin.conftest import TIMEOUT, Environment, surroundings

Command = Callable[..., subprocess.CompletedProcess[str]]

NEWEST = ("pynenc>=0.4", "pynenc-redis", "click", "rich")
COMMANDS = (
    ("check",),
    ("explain", "redis"),
    ("env", "redis"),
    ("schema",),
    ("template",),
    ("diff", "defaults", "defaults"),
)
needs_newest = pytest.mark.skipif(
    sys.version_info < (3, 12), reason="this version needs Python 3.12"
)


def execute(
    python: str, *arguments: str, **env: str
) -> subprocess.CompletedProcess[str]:
    """Run `pynenc-conf` in another process."""
    return subprocess.run(
        [python, "-m", "pynenc_conf", *arguments],
        env=surroundings(python, env),
        capture_output=True,
        text=True,
        check=False,
        timeout=TIMEOUT,
    )


@pytest.fixture
def command(environment: Environment) -> Command:
    """Return a function that runs a command with the newest pynenc installed."""
    python = environment("command-line", *NEWEST, engine=True)

    def call(
        name: str, *arguments: str, **env: str
    ) -> subprocess.CompletedProcess[str]:
        return execute(python, name, "--pynenc", *arguments, **env)

    return call


def write(name: str, data: Any) -> str:
    """Write a file that only its owner can read, and return its name."""
    Path(name).write_text(yaml.safe_dump(data), encoding="utf-8")
    Path(name).chmod(0o600)
    return name


SETTINGS = {
    "client_data_store_cls": "RedisClientDataStore",
    "sqlite": {"sqlite_db_path": "shop.db"},
    "redis": {"redis_password": "hunter2"},
    "task": {"shop.pay": {"max_retries": 2}},
}


@needs_newest
def test_check(command: Command) -> None:
    """`check` knows the fields and sections of the installed classes."""
    path = write("a.yaml", SETTINGS)
    done = command("check", path)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("a.yaml: no problems found (")
    assert "unknown section 'sqlite'" in run("check", path).stdout
    wrong = write("b.yaml", {"redis": {"queue_timeout_sec": 1}, "sqlight": {}})
    found = json.loads(command("check", wrong, "--json").stdout)["findings"]
    assert [(item["code"], item["key"], item["suggestion"]) for item in found] == [
        ("unread", "redis.queue_timeout_sec", "broker.queue_timeout_sec"),
        ("unknown", "sqlight", "sqlite"),
    ]


@needs_newest
def test_variables_of_tasks(command: Command) -> None:
    """`check` knows the only spelling that pynenc reads."""
    name = "PYNENC__CONFIGTASK__SHOP{}PAY__MAX_RETRIES"
    done = command("check", "--json", **{name.format("__"): "2"})
    (finding,) = json.loads(done.stdout)["findings"]
    assert (finding["code"], finding["suggestion"]) == ("unread", name.format("#"))
    done = command("check", "--json", **{name.format("#"): "x"})
    findings = json.loads(done.stdout)["findings"]
    assert [item["code"] for item in findings] == ["value", "unexportable"]
    assert findings[1]["suggestion"] is None
    done = command("check", "--json", **{name.format(".CART#"): "2"})
    (finding,) = json.loads(done.stdout)["findings"]
    assert finding["code"] == "unexportable"
    done = command("env", "ConfigTask", "--task", "shop.pay")
    assert name.format("#") in done.stdout
    assert name.format("__") not in done.stdout


@needs_newest
def test_secrets(command: Command) -> None:
    """What is a secret in the catalogue is masked in the installed classes too."""
    Path("mine.py").write_text(
        "from cistell import ConfigField\n"
        "from pynenc_redis.conf.config_redis import ConfigRedis\n"
        "class ConfigMine(ConfigRedis):\n    size = ConfigField(1)\n",
        encoding="utf-8",
    )
    path = write("a.yaml", SETTINGS)
    for arguments in (
        ("explain", "brokerredis", "--file", path),
        ("explain", "mine:ConfigMine", "--file", path, "--json"),
        ("env", "redis", "--file", path),
        ("diff", "defaults", path, "--app", "mine"),
    ):
        output = command(*arguments).stdout
        assert "***" in output
        assert "hunter2" not in output
    Path("password").write_text("hunter2", encoding="utf-8")
    done = command("env", "redis", PYNENC__REDIS_PASSWORD_FILE="password")
    assert "> PYNENC__REDIS_PASSWORD_FILE = *** " in done.stdout
    done = command("check", PYNENC__REDIS_HOST_FILE="password")
    assert "only a secret can be read from a file" in done.stdout


@needs_newest
def test_explain(command: Command) -> None:
    """`explain` shows one task's values, and what the constructor rejects."""
    path = write("a.yaml", SETTINGS)
    done = command(
        "explain", "task", "max_retries", "--task", "shop.pay", "--file", path
    )
    assert "2  " in done.stdout
    assert 'task."shop.pay".max_retries' in done.stdout
    assert command("explain", "task", "--set", "queue=a b").returncode == 1
    done = command("explain", "task", "--set", "queue=a b", "--json")
    assert json.loads(done.stdout)["error"].startswith("ConfigTask: Invalid queue name")


@needs_newest
def test_template_and_schema(command: Command) -> None:
    """Both list the sections of the installed classes, with the fields they set."""
    template = json.loads(command("template", "--json").stdout)["classes"]
    names = {item["class"]: {f["field"] for f in item["fields"]} for item in template}
    assert names["ConfigSQLite"] == {"sqlite_db_path"}
    assert "ConfigBrokerRedis" in names
    assert "ConfigPynencBase" not in names
    schema = json.loads(command("schema").stdout)
    valid = jsonschema.Draft202012Validator(schema).is_valid
    assert valid(SETTINGS)
    assert valid({"redis": {"queue_timeout_sec": "x"}})  # the loader ignores the key
    assert not valid({"brokerredis": {"queue_timeout_sec": "x"}})
    assert not valid({"sqlite": {"sqlite_db_path": []}})


@needs_newest
def test_completion(environment: Environment) -> None:
    """The shell completes the names of the installed classes."""
    python = environment("command-line", *NEWEST, engine=True)
    done = execute(
        python,
        _PYNENC_CONF_COMPLETE="bash_complete",
        COMP_WORDS="pynenc-conf explain --pynenc ConfigSQ",
        COMP_CWORD="3",
    )
    assert done.stdout == "plain,ConfigSQLite\n"


@needs_newest
def test_broken_plugin(command: Command) -> None:
    """A plug-in that cannot be imported is an error with the name of the module."""
    folder = Path("broken-1.0.dist-info")
    folder.mkdir()
    (folder / "METADATA").write_text("Name: broken\nVersion: 1.0\n", encoding="utf-8")
    points = "[pynenc.plugins]\nbroken = broken_plugin\n"
    (folder / "entry_points.txt").write_text(points, encoding="utf-8")
    Path("broken_plugin.py").write_text("1 / 0\n", encoding="utf-8")
    done = command("check", PYTHONPATH=str(Path.cwd()))
    assert done.returncode == 2
    assert "cannot import module 'broken_plugin': ZeroDivisionError" in done.stderr


@pytest.mark.parametrize("arguments", COMMANDS, ids=lambda arguments: arguments[0])
def test_with_the_same_catalogue(arguments: tuple[str, ...]) -> None:
    """With pynenc 0.0.24, the classes are those of the catalogue."""
    name, *rest = arguments
    done = execute(sys.executable, name, "--pynenc", *rest)
    expected = execute(sys.executable, name, *rest).stdout
    # The drop-in makes both libraries use one class.
    expected = expected.replace("pynenc_conf.exceptions.", "pynenc.exceptions.")
    assert (done.returncode, done.stdout) == (0, expected)


@pytest.mark.parametrize("arguments", COMMANDS, ids=lambda arguments: arguments[0])
def test_without_pynenc(
    arguments: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without pynenc, the commands report what to install, and exit with 2."""

    def version(package: str) -> str:
        raise PackageNotFoundError(package)

    monkeypatch.setattr(dropin, "version", version)
    done = run(*arguments, "--pynenc")
    assert done.exit_code == 2
    assert "Error: pynenc is not installed; install pynenc 0.0.21" in done.stderr
    assert done.stdout == ""


def test_unsupported_version(monkeypatch: pytest.MonkeyPatch) -> None:
    """With an unsupported pynenc, the commands report the version, and exit with 2."""
    monkeypatch.setattr(dropin, "version", lambda _: "0.0.20")
    done = run("explain", "redis", "--pynenc")
    assert done.exit_code == 2
    assert "the installed pynenc 0.0.20 is not supported" in done.stderr
