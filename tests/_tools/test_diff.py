"""The command `pynenc-conf diff`: two configurations, field by field."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from pynenc_conf import ConfigRedis
from tests._tools.running import run, run_json


def write(name: str, text: str) -> str:
    """Write a file."""
    Path(name).write_text(text, encoding="utf-8")
    return name


def test_two_files() -> None:
    """Each difference contains both values, both origins, and the classes."""
    a = write("a.yaml", "redis_db: 1\nredis:\n  redis_host: one\n")
    b = write(
        "b.toml", '[broker]\nqueue_timeout_sec = 2\n[redis]\nredis_host = "two"\n'
    )
    data = run_json("diff", a, b)
    assert (data["a"], data["b"]) == ("a.yaml", "b.toml")
    found = {item["field"]: item for item in data["differences"]}
    assert set(found) == {"redis_db", "redis_host", "queue_timeout_sec"}
    host = found["redis_host"]
    assert host["a"] == {"value": "one", "origin": "a.yaml:3:15  redis.redis_host"}
    assert host["b"] == {"value": "two", "origin": "b.toml:4  redis.redis_host"}
    assert {"ConfigRedis", "ConfigBrokerRedis"} < set(host["classes"])
    assert found["redis_db"]["b"] == {"value": 0, "origin": "default of ConfigRedis"}
    assert found["queue_timeout_sec"]["classes"] == [
        "ConfigBroker",
        "ConfigBrokerRedis",
    ]
    assert run("diff", a, b).exit_code == 1


def test_text() -> None:
    """The first value follows a minus, the second value a plus."""
    path = write("a.yaml", "broker: {queue_timeout_sec: 2}\n")
    assert run("diff", "defaults", path).output == (
        "queue_timeout_sec  ConfigBroker and 1 more\n"
        "  -  0.1  default of ConfigBroker\n"
        "  +  2.0  a.yaml:1:29  broker.queue_timeout_sec\n"
        "1 difference\n"
    )


def test_the_same_values() -> None:
    """Equal values exit with 0, even if they are written differently."""
    a = write("a.yaml", "redis_host: x\n")
    b = write("b.json", '{"redis": {"redis_host": "x"}}')
    done = run("diff", a, b)
    assert done.exit_code == 0
    assert done.output == "a.yaml and b.json: no differences found\n"
    assert run_json("diff", a, b)["differences"] == []


def test_other_sources_are_ignored(monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither variables nor ./pyproject.toml change the differences."""
    a, b = write("a.yaml", "redis_db: 1\n"), write("b.yaml", "redis_port: 7\n")
    alone = run("diff", a, b).output
    write("pyproject.toml", "[tool.pynenc.brokerredis]\nredis_db = 5\n")
    monkeypatch.setenv("PYNENC__REDIS_DB", "6")
    monkeypatch.setenv("PYNENC__REDIS_PORT", "six")
    assert run("diff", a, b).output == alone


def test_snapshots(monkeypatch: pytest.MonkeyPatch) -> None:
    """The output of `explain --json` is compared with another output or a file."""
    before = write("before.json", run("explain", "redis", "--json").stdout)
    monkeypatch.setenv("PYNENC__REDIS_DB", "3")
    after = write("after.json", run("explain", "redis", "--json").stdout)
    (item,) = run_json("diff", before, after)["differences"]
    assert (item["field"], item["classes"]) == ("redis_db", ["ConfigRedis"])
    assert item["a"]["value"] == 0
    assert item["b"] == {
        "value": 3,
        "origin": "environment variable PYNENC__REDIS_DB",
    }
    (item,) = run_json("diff", after, "defaults")["differences"]
    assert (item["a"]["value"], item["b"]["value"]) == (3, 0)
    assert run("diff", before, "defaults").exit_code == 0


def test_secrets_are_compared_and_not_shown() -> None:
    """Two different secrets are a difference; their values are not shown."""
    a = write("a.yaml", "redis_password: hunter2\n")
    b = write("b.yaml", "redis_password: hunter3\n")
    for extra in ([], ["--json"]):
        done = run("diff", a, b, *extra)
        assert done.exit_code == 1
        assert "redis_password" in done.output
        assert "hunter" not in done.output
    snapshot = run("explain", "redis", "--json", "--file", a).stdout
    assert run("diff", write("s.json", snapshot), b).output.count("redis_password") == 0


def test_tasks() -> None:
    """--task compares the settings of one task."""
    path = write("a.yaml", "task:\n  shop.mail: {max_retries: 2}\n")
    (item,) = run_json("diff", "defaults", path, "--task", "shop.mail")["differences"]
    assert (item["field"], item["b"]["value"]) == ("max_retries", 2)


def test_invalid_sides() -> None:
    """A side that cannot be read exits with 2, and with its problems."""
    done = run("diff", "defaults", write("a.yaml", "redis_port: six\n"))
    assert done.exit_code == 2
    assert "redis_port: expected int, got 'six'" in done.stderr
    broken = write("s.json", '{"class": "ConfigRedis", "fields": [{}]}')
    assert run("diff", "defaults", broken).exit_code == 2
    assert run("diff", "defaults").exit_code == 2
    done = run("diff", "defaults", "none.yaml")
    assert done.stderr.startswith("diff: 1 unusable file\n  no such file")
    done = run("diff", "defaults", "none.yaml", "--json")
    assert done.exit_code == 2
    assert json.loads(done.stdout)["problems"][0]["origin"] == "none.yaml"


def test_tasks_that_a_file_names() -> None:
    """Each task with a section is compared, even without --task."""
    path = write("tasks.toml", '[task."shop.pay"]\nmax_retries = 4\n')
    data = run_json("diff", "defaults", path)
    (found,) = data["differences"]
    assert (found["field"], found["classes"]) == (
        "max_retries",
        ["ConfigTask shop.pay"],
    )
    assert found["b"]["value"] == 4
    assert run("diff", "defaults", path, "--task", "shop.other").exit_code == 0


def test_snapshot_of_a_config() -> None:
    """The data of a Snapshot can be compared too."""
    conf = ConfigRedis({"redis_db": 3, "redis_password": "x"})
    write("a.json", json.dumps(conf.snapshot().as_dict()))
    done = run("diff", "defaults", "a.json", "--json")
    differences = json.loads(done.stdout)["differences"]
    assert [each["field"] for each in differences] == ["redis_password", "redis_db"]
    assert differences[1]["b"] == {"value": 3, "origin": "config_values redis_db"}
    assert done.exit_code == 1
    assert run("diff", "a.json", "a.json").exit_code == 0
    write("b.json", json.dumps({**conf.snapshot().as_dict(), "settings": [1]}))
    assert run("diff", "defaults", "b.json").exit_code == 2


def test_the_kinds_of_files() -> None:
    """The help, and the error for another file, name all kinds of files."""
    done = run("diff", "defaults", write("worker.log", "{}\n"))
    assert done.exit_code == 2
    assert "use .yaml, .yml, .toml, .json, or .jsonl for reports" in done.stderr
    text = " ".join(run("diff", "--help").output.split())
    assert "snapshot (.json), reports of workers (.jsonl)" in text


def test_classes_that_are_not_compared() -> None:
    """A class of a snapshot that the other side lacks is a note, not silence."""
    fields = run_json("explain", "redis")["fields"]
    classes = [{"class": name, "fields": fields} for name in ("ConfigRedis", "ConfigX")]
    path = write("a.json", json.dumps({"classes": classes}))
    done = run("diff", path, "defaults")
    assert (done.exit_code, done.stdout) == (
        0,
        "a.json and defaults: no differences found\n",
    )
    assert done.stderr == (
        "note: a.json: not compared, because the other side lacks: ConfigX; "
        "--app and --pynenc add classes\n"
    )


@pytest.mark.parametrize("classes", [[], [{"class": "ConfigX", "fields": []}]])
def test_no_class_in_common(classes: list[object]) -> None:
    """Two sides without a class in common cannot be compared, so diff exits with 2."""
    path = write("a.json", json.dumps({"classes": classes}))
    done = run("diff", "defaults", path)
    assert done.exit_code == 2
    assert "defaults and a.json have no class in common" in done.stderr


def test_snapshots_of_different_classes() -> None:
    """A class for which only one of two snapshots sets a setting is compared."""
    snapshot = run("explain", "--json", "--no-env", "--set", "app_id=shop").stdout
    a = write("a.json", snapshot)
    b = write("b.json", run("explain", "--json", "--no-env").stdout)
    done = run("diff", a, b)
    assert (done.exit_code, done.stderr) == (1, "")
    assert done.stdout == (
        "app_id  ConfigPynenc\n"
        "  -  shop    config_values app_id\n"
        "  +  pynenc  default of ConfigPynenc\n"
        "1 difference\n"
    )


def test_snapshots_without_settings() -> None:
    """Two snapshots in which all settings have their defaults are equal."""
    path = write("a.json", run("explain", "--json", "--no-env").stdout)
    done = run("diff", path, path)
    assert (done.exit_code, done.stderr) == (0, "")


def test_a_task_that_one_snapshot_has() -> None:
    """A task without settings in a snapshot has the defaults there."""
    path = write("tasks.yaml", "task: {shop.pay: {max_retries: 2}}\n")
    a = write("a.json", run("explain", "--json", "--no-env", "--file", path).stdout)
    b = write("b.json", run("explain", "--json", "--no-env").stdout)
    done = run("diff", a, b)
    assert done.stdout.startswith(
        "max_retries  ConfigTask shop.pay\n  -  2  tasks.yaml"
    )
    assert (done.exit_code, done.stderr) == (1, "")


def test_tasks_of_a_snapshot() -> None:
    """A task that only a snapshot has is compared with the values of any task."""
    path = write("tasks.yaml", "task: {shop.pay: {max_retries: 2}}\n")
    snapshot = run("explain", "--json", "--file", path).stdout
    done = run("diff", "defaults", write("a.json", snapshot))
    assert done.stdout.startswith("max_retries  ConfigTask shop.pay\n  -  0  default")
