"""The command `pynenc-conf env`: the variables that a class reads."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from pynenc_conf import ConfigBase, ConfigField, ConfigRedis
from pynenc_conf._core.declare.plan import plan_of
from pynenc_conf._tools.classes import catalogue
from tests._tools.running import run, run_json, write

HOST = ["CONFIGORCHESTRATORREDIS__REDIS_HOST", "REDIS_HOST", "CONFIGREDIS__REDIS_HOST"]


def test_variables_are_listed_highest_first() -> None:
    """A field has all of its variables, highest precedence first."""
    fields = run_json("env", "orchestratorredis")["fields"]
    host = next(field for field in fields if field["field"] == "redis_host")
    names = [row["variable"] for row in host["variables"]]
    assert names == [f"PYNENC__{name}" for name in HOST]


@pytest.mark.parametrize("first", range(3))
def test_order_is_the_precedence(first: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """The first of the set variables takes precedence."""
    for name in HOST[first:]:
        monkeypatch.setenv(f"PYNENC__{name}", name)
    fields = run_json("env", "orchestratorredis")["fields"]
    host = next(field for field in fields if field["field"] == "redis_host")
    assert host["value"] == HOST[first]
    wins = [row["variable"] for row in host["variables"] if row["wins"]]
    assert wins == [f"PYNENC__{HOST[first]}"]
    assert [row["set"] for row in host["variables"]] == [i >= first for i in range(3)]


@pytest.mark.parametrize("name", sorted(catalogue()))
def test_every_variable_of_every_class(name: str) -> None:
    """All variables that the class reads are listed, and no others."""
    data = run_json("env", name)
    listed = {row["variable"] for item in data["fields"] for row in item["variables"]}
    plan = plan_of(catalogue()[name])
    assert listed == {variable.name for variable in plan.variables}
    files = {item["variable"] for item in data["files"]}
    assert files == {variable.name for variable in plan.file_variables}


def test_text(monkeypatch: pytest.MonkeyPatch) -> None:
    """The value of a field follows its name, the value of a variable its name."""
    monkeypatch.setenv("PYNENC__CONFIGREDIS__REDIS_DB", "1")
    monkeypatch.setenv("PYNENC__REDIS_DB", "2")
    Path("pynenc.yaml").write_text("redis_port: 7\n", encoding="utf-8")
    monkeypatch.setenv("PYNENC__FILEPATH", "pynenc.yaml")
    text = run("env", "redis").stdout
    assert text.startswith(
        "ConfigRedis\n\nredis_username = ''  default of ConfigRedis\n"
    )
    assert (
        "\nredis_db = 1\n"
        "  > PYNENC__CONFIGREDIS__REDIS_DB = 1\n"
        "    PYNENC__REDIS_DB = 2\n"
    ) in text
    assert "\nredis_port = 7  pynenc.yaml:1:13  redis_port (file named by " in text
    assert text.endswith(
        "\nVariables that name files\n"
        "    PYNENC__CONFIGREDIS__FILEPATH\n"
        "    PYNENC__FILEPATH = pynenc.yaml\n"
    )


def test_number_too_long_for_json(monkeypatch: pytest.MonkeyPatch) -> None:
    """A number that JSON cannot represent is text, as in `explain`."""
    monkeypatch.setattr(ConfigRedis, "redis_db", 10**5000)
    for command in ("env", "explain"):
        fields = run_json(command, "redis")["fields"]
        (db,) = (item for item in fields if item["field"] == "redis_db")
        assert isinstance(db["value"], str)


def test_secrets_are_masked(monkeypatch: pytest.MonkeyPatch) -> None:
    """Secrets are masked, both in variables and in files that variables name."""
    monkeypatch.setenv("PYNENC__REDIS_PASSWORD", "hunter2")
    Path("secret").write_text("hunter3", encoding="utf-8")
    monkeypatch.setenv("PYNENC__CONFIGREDIS__REDIS_PASSWORD_FILE", "secret")
    for extra in ([], ["--json"]):
        text = run("env", "redis", *extra).output
        assert "hunter" not in text
        assert "***" in text
    listed = run("env", "redis").stdout
    assert (
        "  > PYNENC__CONFIGREDIS__REDIS_PASSWORD_FILE = ***  (the file secret)"
        in listed
    )


def test_variables_of_a_task() -> None:
    """--task adds both forms of the variables of that task."""
    text = run("env", "task", "--task", "shop.mail").stdout
    field = text.partition("\nmax_retries = 0")[2].partition("\n\n")[0]
    assert [line.strip() for line in field.splitlines()[1:]] == [
        "PYNENC__CONFIGTASK__SHOP#MAIL__MAX_RETRIES",
        "PYNENC__CONFIGTASK__SHOP__MAIL__MAX_RETRIES",
        "PYNENC__CONFIGTASK__MAX_RETRIES",
        "PYNENC__MAX_RETRIES",
    ]
    assert "#" not in run("env", "task").stdout


def test_exit_codes(monkeypatch: pytest.MonkeyPatch) -> None:
    """An invalid configuration exits with 1, an unknown class with 2."""
    assert run("env", "redis").exit_code == 0
    assert run("env", "nothing").exit_code == 2
    monkeypatch.setenv("PYNENC__REDIS_PORT", "six")
    done = run("env", "redis")
    assert done.exit_code == 1
    assert "redis_port: expected int, got 'six'" in done.stderr
    assert os.environ["PYNENC__REDIS_PORT"] == "six"


class ConfigNamed(ConfigBase):
    """A class whose hook names one variable for all scopes."""

    size = ConfigField(1)

    def get_extra_env_keys(self, field_name: str, config_cls: object) -> list[str]:
        """Name the variable of existing deployments."""
        del config_cls
        return [f"NAMED_{field_name}".upper()]


class ConfigNamedChild(ConfigNamed):
    """A class with two scopes."""


def test_variables_of_a_hook(monkeypatch: pytest.MonkeyPatch) -> None:
    """The variables that a hook names are listed, each once."""
    monkeypatch.setenv("NAMED_SIZE", "3")
    fields = run_json("env", f"{__name__}:ConfigNamedChild")["fields"]
    rows = [(row["variable"], row["wins"]) for row in fields[0]["variables"]]
    assert rows == [
        ("NAMED_SIZE", True),
        ("CONFIG__CONFIGNAMEDCHILD__SIZE", False),
        ("CONFIG__SIZE", False),
        ("CONFIG__CONFIGNAMED__SIZE", False),
    ]


NEEDED = """
from pynenc_conf import ConfigBase, ConfigField

class ConfigNeeded(ConfigBase):
    size = ConfigField(1)
    first: ConfigField[int] = ConfigField()
    second: ConfigField[int] = ConfigField()

    def get_extra_env_keys(self, field_name, config_cls):
        return [f"NAMED_{field_name}".upper()]

class ConfigUnready(ConfigBase):
    unready = ConfigField(1)

    def get_extra_env_keys(self, field_name, config_cls):
        return [f"{self.branch}_{field_name}"]
"""


def test_variables_of_a_hook_if_settings_are_missing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A variable that a hook names sets its setting also while others are missing."""
    # A module of its own, because --app means all classes of its package.
    write("needed_app.py", NEEDED)
    monkeypatch.syspath_prepend(str(Path.cwd()))
    monkeypatch.setenv("NAMED_FIRST", "3")
    fields = run_json("env", "needed_app:ConfigNeeded")["fields"]
    values = {field["field"]: field["value"] for field in fields}
    assert values == {"size": 1, "first": 3, "second": None}
    checked = run("check", "--app", "needed_app")
    assert "second: missing required setting" in checked.stdout
    assert "first: missing required setting" not in checked.stdout
    assert "unready" not in checked.stdout
