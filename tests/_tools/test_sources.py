"""The options that name the sources, which all commands share."""

from __future__ import annotations

from pathlib import Path

import pytest

from pynenc_conf._tools import classes
from pynenc_conf._tools.classes import UnknownClassError
from tests._tools.running import findings, only, run, run_json, write
from tests.redis.conftest import free_port

CLASS = {"explain": ("redis",), "env": ("redis",), "ping": ("redis",)}
APP = """\
from pynenc_conf import ConfigBase, ConfigField, ConfigRedis


class ConfigOwn(ConfigRedis):
    size: ConfigField[int] = ConfigField(1)
"""
OPTIONS = ("--file", "--env-file", "--env-dialect", "--no-env", "--app", "--set")


@pytest.mark.parametrize(
    "command", ["explain", "env", "check", "compat", "ping", "fleet"]
)
def test_all_commands_have_the_options(command: str) -> None:
    """Every command that reads a configuration has the options of all sources."""
    text = run(command, "--help").output
    for option in (*OPTIONS, "--service"):
        assert option in text


@pytest.mark.parametrize("command", ["explain", "env", "ping"])
def test_two_files_of_an_instance(command: str) -> None:
    """An instance reads one file, so a second --file is wrong usage."""
    first, second = write("a.yaml", "{}"), write("b.yaml", "{}")
    done = run(command, "redis", "--file", first, "--file", second)
    assert done.exit_code == 2
    assert "--file is given more than once" in done.stderr
    assert "PYNENC__FILEPATH" in done.stderr


def test_two_files_of_a_deployment() -> None:
    """check and compat read every --file and every FILE."""
    first, second = write("a.yaml", "redis_db: x\n"), write("b.yaml", "redis_db: y\n")
    third = write("c.yaml", "redis_db: z\n")
    found = findings(first, "--file", second, "--file", third)
    assert [item["path"] for item in found] == ["a.yaml", "b.yaml", "c.yaml"]
    text = "cycle_control: 'no'\n"
    first, second = write("a.yaml", text), write("b.yaml", text)
    found = run_json("compat", first, "--file", second)
    assert {item["path"] for item in found} == {"a.yaml", "b.yaml"}


@pytest.mark.parametrize(
    "option",
    [
        ("--file", "a.yaml"),
        ("--env-file", "a.env"),
        ("--env-dialect", "docker"),
        ("--service", "web"),
        ("--no-env",),
        ("--set", "redis_db=1"),
    ],
)
def test_options_without_meaning_for_diff(option: tuple[str, ...]) -> None:
    """diff compares two files alone: it rejects other sources, as its help says."""
    done = run("diff", "defaults", write("b.yaml", "{}"), *option)
    assert option[0] not in run("diff", "--help").output
    assert done.exit_code == 2
    assert f"{option[0]} has no meaning" in done.stderr


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (("--env-dialect", "docker"), "--env-dialect requires an --env-file"),
        (("--service", "web"), "--service requires an --env-file"),
        (("--env-file", "a.env", "--service", "web"), "--service requires"),
        (("--env-file", "a.yaml", "--env-dialect", "shell"), "--env-dialect requires"),
        (("--set", "redis_db"), "--set requires KEY=VALUE"),
    ],
)
def test_options_that_need_another(options: tuple[str, ...], message: str) -> None:
    """An option that nothing can use is wrong usage."""
    write("a.env", "A=1\n")
    write("a.yaml", "kind: ConfigMap\ndata: {A: x}\n")
    done = run("check", *options)
    assert done.exit_code == 2
    assert message in done.stderr


@pytest.mark.parametrize("command", ["explain", "env"])
def test_variables_of_files(command: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A variable of a file overrides this process's, and its origin is the file."""
    monkeypatch.setenv("PYNENC__REDIS_DB", "1")
    monkeypatch.setenv("PYNENC__REDIS_HOST", "process")
    path = write("a.env", "\nPYNENC__REDIS_DB=2\n")
    output = run(command, "redis", "--env-file", path).output
    assert "process" in output
    assert "a.env:2" in output
    output = run(command, "redis", "--env-file", path, "--no-env").output
    assert "process" not in output
    data = run_json("explain", "redis", "redis_db", "--env-file", path)
    winner = data["fields"][0]["chain"][0]
    assert (winner["value"], winner["path"], winner["line"]) == (2, "a.env", 2)
    assert winner["variable"] == "PYNENC__REDIS_DB"


@pytest.mark.parametrize("command", ["explain", "env", "ping"])
@pytest.mark.parametrize(
    ("text", "place"),
    [("\noops\n", "a.env:2:1"), ("PYNENC__REDIS_DB=x\n", "a.env:1  PYNENC__REDIS_DB")],
)
def test_errors_in_files_of_variables(command: str, text: str, place: str) -> None:
    """A line that cannot be read, or an invalid value, is an error with its place."""
    done = run(command, "redis", "--env-file", write("a.env", text))
    assert done.exit_code == 1
    assert f"    --> {place}\n" in done.stderr


def test_set_for_all_commands() -> None:
    """--set is config_values, and check reports its mistakes as those of a file."""
    option = ("--set", "redis.redis_db=2", "--set", "redis.redis_prt=1", "--no-env")
    found = only(*option)
    assert (found["code"], found["key"]) == ("unknown", "redis.redis_prt")
    assert found["suggestion"] == "redis_port"
    assert only("--set", "redis_db=x")["key"] == "redis_db"
    values = run_json("env", "redis", *option[:2])["fields"]
    assert [item["value"] for item in values if item["field"] == "redis_db"] == [2]
    items = run_json("compat", "--set", "redis_url=0", "--set", "cycle_control=false")
    assert [item["origin"] for item in items] == ["config_values cycle_control"]
    option = ("--set", 'task."shop.pay".max_retries=x')
    assert only(*option)["key"] == 'task."shop.pay".max_retries'


@pytest.mark.parametrize(
    "command",
    [
        ("explain",),
        ("explain", "redis"),
        ("env", "redis"),
        ("ping", "--set", "socket_timeout=1"),
        ("fleet", "--set", "socket_timeout=1"),
        ("compat",),
    ],
    ids=" ".join,
)
@pytest.mark.parametrize(
    ("setting", "warning", "key"),
    [
        (
            "nope=3",
            "unknown setting 'nope'; --app names the module of a class that reads it",
            " nope",
        ),
        (
            "redis.redis_hots=3",
            "unknown setting 'redis.redis_hots'; did you mean 'redis.redis_host'?",
            " redis.redis_hots",
        ),
        ("redis=3", "section 'redis' must be a table; ignored", " redis"),
        (
            "hunter 2=x",
            "unknown setting (its name is not shown, because it may be a value)",
            "",
        ),
    ],
)
def test_unknown_names_of_set(
    command: tuple[str, ...], setting: str, warning: str, key: str
) -> None:
    """Each command warns once about a name in --set that no known class reads."""
    options = ("--set", f"redis_port={free_port()}", "--set", setting)
    text = f"warning: {warning}\n  --> config_values{key}\n"
    assert run(*command, *options).stderr.count(text) == 1


def test_names_of_set_that_other_classes_read() -> None:
    """A setting of another class than CLASS is known."""
    settings = ("--set", "cycle_control=no", "--set", "broker.queue_timeout_sec=1")
    assert run("explain", "redis", *settings).stderr == ""


def test_a_broken_plug_in_and_set(monkeypatch: pytest.MonkeyPatch) -> None:
    """A plug-in that cannot be loaded does not hide an unknown name."""

    def fail() -> None:
        message = "broken"
        raise UnknownClassError(message)

    monkeypatch.setattr(classes, "plugin_classes", fail)
    done = run("explain", "redis", "--set", "nope=3")
    assert done.exit_code == 0
    assert "unknown setting 'nope'" in done.stderr


@pytest.mark.parametrize("command", ["explain", "env", "ping"])
def test_classes_of_an_application(
    command: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With --app, CLASS is a class of the application by its name or section."""
    monkeypatch.syspath_prepend(Path.cwd())
    name = f"app_of_{command}"
    write(f"{name}.py", APP.replace("ConfigOwn", f"ConfigOwn{command}"))
    options = ("--set", f"redis_port={free_port()}", "--set", "socket_timeout=1")
    done = run(command, f"own{command}", "--app", name, *options)
    assert done.exit_code == (1 if command == "ping" else 0), done.output
    assert f"ConfigOwn{command}\n" in done.output


@pytest.mark.parametrize(
    "arguments",
    [
        ("check", ""),
        ("check", "--file", ""),
        ("check", "--env-file", ""),
        ("compat", ""),
        ("diff", "defaults", ""),
        ("explain", "--report", ""),
    ],
)
def test_empty_paths(arguments: tuple[str, ...]) -> None:
    """An empty path, as of an unset shell variable, is wrong usage and not ignored."""
    done = run(*arguments)
    assert done.exit_code == 2
    assert "the path is empty" in done.stderr
