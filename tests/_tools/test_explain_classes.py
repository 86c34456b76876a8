"""The command `pynenc-conf explain` without a class, and with --changed and --app."""

from __future__ import annotations

from pathlib import Path

import pytest

from pynenc_conf import ConfigOrchestratorRedis
from tests._tools.running import run, run_json, write

REDIS = [
    "ConfigArgCacheRedis",
    "ConfigBrokerRedis",
    "ConfigOrchestratorRedis",
    "ConfigRedis",
    "ConfigStateBackendRedis",
    "ConfigTriggerRedis",
]
APP = """\
from pynenc_conf import ConfigBase, ConfigField

class ConfigPier(ConfigBase):
    TOML_CONFIG_ID = "pier"
    ENV_PREFIX = "PIER"
    length = ConfigField(1)
    token: ConfigField[str] = ConfigField("", secret=True)
"""


@pytest.fixture
def app() -> str:
    """Write the module of an application."""
    Path("pier_of_test.py").write_text(APP, encoding="utf-8")
    return "pier_of_test"


def test_all_classes_that_the_sources_affect() -> None:
    """Without CLASS, the classes with a changed setting are explained as with CLASS."""
    path = write("pynenc.yaml", "redis: {redis_port: 7}\n")
    done = run("explain", "--file", path)
    assert done.exit_code == 0
    blocks = done.stdout.removesuffix("\n").split("\n\n")
    assert [block.split("\n")[0] for block in blocks] == REDIS
    assert blocks[2] == ConfigOrchestratorRedis(None, path).explain()


def test_no_class_is_affected() -> None:
    """If no source sets a setting, one line says so."""
    done = run("explain")
    counted = "(17 classes known; --app adds those of a module)"
    expected = f"no source sets a setting of any class {counted}\n"
    assert (done.exit_code, done.stdout) == (0, expected)


def test_only_changed_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    """--changed leaves out the settings that no source sets, also for one class."""
    monkeypatch.setenv("PYNENC__CONFIGTRIGGERREDIS__REDIS_DB", "3")
    path = write("pynenc.yaml", "orchestrator: {cycle_control: no}\n")
    assert run("explain", "--changed", "--file", path).stdout == (
        "ConfigOrchestrator\n"
        "  cycle_control  false  pynenc.yaml:1:31  orchestrator.cycle_control\n"
        "\n"
        "ConfigOrchestratorRedis\n"
        "  cycle_control  false  pynenc.yaml:1:31  orchestrator.cycle_control\n"
        "\n"
        "ConfigTriggerRedis\n"
        "  redis_db  3  environment variable PYNENC__CONFIGTRIGGERREDIS__REDIS_DB\n"
    )
    assert run("explain", "triggerredis", "--changed").stdout == (
        "ConfigTriggerRedis\n"
        "  redis_db  3  environment variable PYNENC__CONFIGTRIGGERREDIS__REDIS_DB\n"
    )
    assert run("explain", "trigger", "--changed").stdout == (
        "ConfigTrigger: no source sets a setting\n"
    )
    assert run("explain", "redis", "redis_db", "--changed").exit_code == 2


def test_tasks_with_settings() -> None:
    """A task with settings of its own is explained by itself; --task chooses one."""
    text = "task:\n  shop.pay: {max_retries: 2}\n  shop.ship: {max_retries: 3}\n"
    path = write("tasks.yaml", text)
    assert run("explain", "--changed", "--file", path).stdout == (
        "ConfigTask shop.pay\n"
        '  max_retries  2  tasks.yaml:2:27  task."shop.pay".max_retries\n'
        "\n"
        "ConfigTask shop.ship\n"
        '  max_retries  3  tasks.yaml:3:28  task."shop.ship".max_retries\n'
    )
    done = run("explain", "--changed", "--file", path, "--task", "shop.ship")
    assert done.stdout.startswith("ConfigTask shop.ship\n")


def test_classes_of_an_application(app: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A class of --app is named by its class name or section, in any case."""
    monkeypatch.setenv("PIER__LENGTH", "5")
    monkeypatch.setenv("PIER__TOKEN", "hunter2")
    expected = (
        "ConfigPier\n"
        "  length  5    environment variable PIER__LENGTH\n"
        "  token   ***  environment variable PIER__TOKEN\n"
    )
    for name in ("pier", "ConfigPier", "CONFIGPIER", f"{app}:ConfigPier"):
        assert run("explain", name, "--app", app).stdout == expected
        assert run("explain", "--app", app, name).stdout == expected
    assert run("explain", "--app", app).stdout == expected
    assert run("explain", "pier").exit_code == 2
    assert run("template", "pier", "--app", app).exit_code == 0


def test_errors_do_not_hide_other_classes() -> None:
    """The problems of an invalid class follow the valid classes; the exit code is 1."""
    text = "orchestrator: {cycle_control: no}\nredis: {redis_port: six}\n"
    done = run("explain", "--changed", "--file", write("pynenc.yaml", text))
    assert done.exit_code == 1
    assert done.stdout.startswith("ConfigOrchestrator\n  cycle_control  false")
    assert done.stderr == (
        "1 problem\n"
        "  redis_port: expected int, got 'six'\n"
        "    --> pynenc.yaml:2:21  redis.redis_port\n"
        f"    in {', '.join(sorted(REDIS))}\n"
    )


@pytest.mark.parametrize(
    ("name", "text", "problem"),
    [
        ("missing.yaml", None, "no such file in {folder}\n    --> missing.yaml\n"),
        ("a.yaml", "a: [1\n", "\n    --> a.yaml:2:1\n"),
    ],
)
def test_a_file_that_cannot_be_read(name: str, text: str | None, problem: str) -> None:
    """A file that cannot be read is one problem, without the names of all classes."""
    if text is not None:
        write(name, text)
    done = run("explain", "--file", name)
    assert done.exit_code == 1
    assert done.stderr.startswith("1 problem\n  ")
    assert done.stderr.endswith(problem.format(folder=Path.cwd()))


def test_a_setting_that_is_set_to_its_default() -> None:
    """--changed shows what a source sets, also if the value is that of the default."""
    path = write("a.yaml", "trigger: {max_events_batch_size: 100}\n")
    done = run("explain", "trigger", "--changed", "--file", path)
    assert done.stdout == (
        "ConfigTrigger\n"
        "  max_events_batch_size  100  a.yaml:1:34  trigger.max_events_batch_size\n"
    )
    assert run("explain", "--changed", "--file", path).stdout.startswith(done.stdout)
    text = " ".join(run("explain", "--help").output.split())
    assert "also those set to their default" in text


def test_each_problem_is_printed_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """A problem of several classes is printed once, with the names of the classes."""
    monkeypatch.setenv("PYNENC__REDIS_PORT", "six")
    monkeypatch.setenv("PYNENC__CONFIGBROKER__QUEUE_TIMEOUT_SEC", "long")
    done = run("explain", "--changed")
    assert done.stderr == (
        "2 problems\n"
        "  redis_port: expected int, got 'six'\n"
        "    --> environment variable PYNENC__REDIS_PORT\n"
        f"    in {', '.join(sorted(REDIS))}\n"
        "  queue_timeout_sec: expected float, got 'long'\n"
        "    --> environment variable PYNENC__CONFIGBROKER__QUEUE_TIMEOUT_SEC\n"
        "    in ConfigBroker, ConfigBrokerRedis\n"
    )
    (problem,) = [
        problem
        for item in run_json("explain", "--changed")["classes"]
        if item["class"] == "ConfigRedis"
        for problem in item["problems"]
    ]
    assert problem["field"] == "redis_port"


def test_json(app: str) -> None:
    """--json prints a list of classes, with the problems of the invalid ones."""
    text = "orchestrator: {cycle_control: no}\ntrigger: {x: 1}\nlength: six\n"
    path = write("pynenc.yaml", text)
    data = run_json("explain", "--changed", "--file", path, "--app", app)
    classes = {item["class"]: item for item in data["classes"]}
    assert list(classes) == [
        "ConfigOrchestrator",
        "ConfigOrchestratorRedis",
        "ConfigPier",
    ]
    (field,) = classes["ConfigOrchestrator"]["fields"]
    assert (field["field"], field["value"]) == ("cycle_control", False)
    assert classes["ConfigPier"]["problems"][0]["field"] == "length"
    whole = run_json("explain", "redis")
    assert len(run_json("explain", "redis", "--changed")["fields"]) == 0
    assert len(whole["fields"]) == 12
