"""`explain` and `env` of structures, and of classes that miss required settings."""

from __future__ import annotations

import json
from dataclasses import dataclass

import pytest

from pynenc_conf import ConfigBase, ConfigField
from pynenc_conf._tools.instances import create_incomplete_instance
from tests._tools.running import run, run_json, write
from tests._tools.shop import CANARY, REQUIRED, Labels

SHOP = "tests._tools.shop:ConfigShop"


@dataclass
class Named:
    """A structure with a member `name`, which all objects of some kinds have."""

    name: str


WAYS_TO_SET = (
    "set one of: key relay.host, key shop.relay.host, "
    "variable CONFIG__CONFIGSHOP__RELAY__HOST, variable CONFIG__RELAY__HOST"
)


def rows(text: str) -> dict[str, list[str]]:
    """Return value and origin in each line of an explanation, by name."""
    cells = [line.split("  ") for line in text.splitlines()[1:]]
    stripped = [[cell.strip() for cell in row if cell.strip()] for row in cells]
    return {name: rest for name, *rest in stripped}


def complete_file() -> str:
    """Write a file with what is required and one more member; return its name."""
    values = {**REQUIRED, "smtp": {"port": 5}}
    return write("shop.json", json.dumps(values))


def test_members_are_settings() -> None:
    """Each member has a line of its own, with its value and origin."""
    done = run("explain", SHOP, "--file", complete_file())
    assert done.exit_code == 0
    found = rows(done.stdout)
    assert found["smtp.host"] == ["localhost", "default of ConfigShop"]
    assert found["smtp.port"][0] == "5"
    assert found["smtp.port"][1].startswith("shop.json:1:")
    assert found["relay.retry.count"] == ["3", "default of Smtp"]
    assert found["backup"] == ["null", "default of ConfigShop"]
    assert found["labels.color"] == ["not set", "default of Labels"]
    assert not found.keys() & {"smtp", "backup.host"}


def test_one_structure_and_one_member() -> None:
    """FIELD may be a structure, or a member by its dotted name."""
    path = complete_file()
    found = rows(run("explain", SHOP, "smtp", "--file", path).stdout)
    assert list(found)[:3] == ["Mail server.", "smtp.host", "smtp.port"]
    lines = run("explain", SHOP, "smtp.port", "--file", path).stdout.splitlines()
    assert lines[:2] == ["ConfigShop.smtp.port = 5", "  TCP port of the server."]
    assert lines[3:] == [
        "    25  default of ConfigShop",
        "      overridden: defaults have the lowest precedence",
    ]
    done = run("explain", SHOP, "smtp.prot", "--file", path)
    assert done.exit_code == 2
    assert "did you mean 'smtp.port'?" in done.stderr


def test_members_in_json() -> None:
    """--json has the members of a field; its value has the members that are set."""
    path = complete_file()
    smtp, *_, labels, _ = run_json("explain", SHOP, "--file", path)["fields"][2:]
    assert smtp["value"]["port"] == 5
    assert smtp["value"]["retry"] == {"count": 3, "delays": [0.1, 0.5]}
    names = [member["field"] for member in smtp["members"]]
    assert names == ["smtp.host", "smtp.port", "smtp.retry", "smtp.sender"]
    assert labels["value"] == {"team": "a"}
    assert [member["value"] for member in labels["members"]] == ["a", None]


def test_missing_settings() -> None:
    """Without its required settings a class is explained; the exit code is 1."""
    done = run("explain", SHOP, "--set", "relay.port=7")
    assert done.exit_code == 1
    found = rows(done.stdout)
    assert found["api_key"] == ["missing", "required by ConfigShop"]
    assert found["relay.host"] == ["missing", "required by Smtp"]
    assert found["relay.port"] == ["7", "config_values relay.port"]
    assert found["relay.retry.count"] == ["3", "default of Smtp"]
    assert found["size"] == ["1", "default of ConfigShop"]
    assert f"relay.host: missing required member; {WAYS_TO_SET}" in done.stderr
    assert "api_key: missing required setting; set one of: " in done.stderr
    assert done.stderr.startswith("ConfigShop: 2 invalid settings\n")


def test_missing_members_of_an_optional_structure() -> None:
    """A structure that is None by default is missing members once one is set."""
    done = run("explain", SHOP, "backup", "--set", "backup.port=7")
    found = rows(done.stdout)
    assert found["backup.host"] == ["missing", "required by Smtp"]
    assert found["backup.port"] == ["7", "config_values backup.port"]
    one = run("explain", SHOP, "backup.host").stdout.splitlines()
    assert one[0] == "ConfigShop.backup.host = not set"


def test_one_missing_setting() -> None:
    """A missing setting has no other candidates; the ways to set it are on stderr."""
    done = run("explain", SHOP, "api_key")
    assert done.exit_code == 1
    assert done.stdout.splitlines() == [
        "ConfigShop.api_key = missing",
        "  Key of the interface.",
        "  > missing  required by ConfigShop",
    ]
    assert "variable CONFIG__CONFIGSHOP__API_KEY_FILE" in done.stderr


def test_missing_settings_in_json() -> None:
    """--json has the fields and the problems in one object."""
    done = run("explain", SHOP, "--json", "--set", "relay.port=7")
    assert (done.exit_code, done.stderr) == (1, "")
    data = json.loads(done.stdout)
    fields = {field["field"]: field for field in data["fields"]}
    key, relay = fields["api_key"], fields["relay"]
    assert (key["value"], key["required"], key["chain"]) == (None, True, [])
    assert relay["value"]["port"] == 7
    assert "host" not in relay["value"]
    assert [problem["field"] for problem in data["problems"]] == [
        "relay.host",
        "api_key",
    ]


def test_other_problems_come_first() -> None:
    """If a value is invalid too, all problems are listed and nothing is explained."""
    done = run("explain", SHOP, "--set", "size=-1")
    assert (done.exit_code, done.stdout) == (1, "")
    assert done.stderr.startswith("ConfigShop: 3 invalid settings\n")


@pytest.mark.parametrize("command", ["explain", "env"])
@pytest.mark.parametrize("options", [(), ("--json",)], ids=["text", "json"])
@pytest.mark.parametrize("is_complete", [True, False])
def test_members_of_secrets_are_masked(
    command: str,
    options: tuple[str, ...],
    is_complete: bool,  # noqa: FBT001 - by name
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """No output has the value of a member of a secret structure."""
    monkeypatch.setenv("CONFIG__TOKEN__USER", f"{CANARY}-user")
    values = REQUIRED if is_complete else {}
    path = write("shop.json", json.dumps({"token": {"password": CANARY}} | values))
    done = run(command, SHOP, "--file", path, *options)
    assert done.exit_code == (0 if is_complete else 1)
    assert CANARY not in done.output
    assert "token.user" in done.stdout


def test_a_terminal_shows_members(monkeypatch: pytest.MonkeyPatch) -> None:
    """On a terminal, a structure is a table of its members."""
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setenv("TERM", "xterm-256color")
    whole = run("explain", SHOP).stdout
    assert "smtp.port" in whole
    assert "missing" in whole
    lines = run("explain", SHOP, "smtp").stdout.splitlines()
    assert lines[0].startswith("ConfigShop.smtp = {host: ")
    assert "Field" in "".join(lines)
    one = run("explain", SHOP, "api_key").stdout
    assert ">  missing  required by ConfigShop" in one


def test_completion_of_members(monkeypatch: pytest.MonkeyPatch) -> None:
    """Shell completion offers the members of structures."""
    monkeypatch.setenv("_PYNENC_CONF_COMPLETE", "bash_complete")
    monkeypatch.setenv("COMP_WORDS", f"pynenc-conf explain {SHOP} smtp.")
    monkeypatch.setenv("COMP_CWORD", "3")
    names = [line.split(",")[1] for line in run().stdout.splitlines()]
    assert names[:3] == ["smtp.host", "smtp.port", "smtp.retry"]


def test_env_lists_the_variables_of_members(monkeypatch: pytest.MonkeyPatch) -> None:
    """`env` has the variables of each member, and marks what is required."""
    monkeypatch.setenv("CONFIG__SMTP__PORT", "7")
    done = run("env", SHOP, "--file", complete_file())
    assert done.exit_code == 0
    blocks = dict(
        block.split("\n", 1) for block in done.stdout.split("\n\n")[1:] if "\n" in block
    )
    assert blocks["smtp.port = 7"].splitlines() == [
        "    CONFIG__CONFIGSHOP__SMTP__PORT",
        "  > CONFIG__SMTP__PORT = 7",
    ]
    assert any(
        heading.startswith("relay.host = relay.internal")
        and heading.endswith("(required)")
        for heading in blocks
    )
    variables = [
        "    CONFIG__CONFIGSHOP__TOKEN__USER",
        "    CONFIG__CONFIGSHOP__TOKEN__USER_FILE",
        "    CONFIG__TOKEN__USER",
        "    CONFIG__TOKEN__USER_FILE",
    ]
    user = "token.user = ***  default of ConfigShop"
    assert blocks[user].splitlines() == variables


def test_env_of_missing_settings() -> None:
    """`env` lists the variables also if settings are missing, and exits with 1."""
    done = run("env", SHOP)
    assert done.exit_code == 1
    assert "api_key = missing  required by ConfigShop\n" in done.stdout
    assert WAYS_TO_SET in done.stderr
    done = run("env", SHOP, "--json")
    data = json.loads(done.stdout)
    fields = {field["field"]: field for field in data["fields"]}
    assert (done.exit_code, len(data["problems"])) == (1, 2)
    assert (fields["api_key"]["required"], fields["api_key"]["value"]) == (True, None)
    assert fields["smtp.port"]["value"] == 25
    assert not fields["smtp.port"]["required"]


def test_env_lists_the_variables_of_a_task() -> None:
    """With --task, the variables of a task include those of members."""
    code = (
        "from typing import NamedTuple\n"
        "from pynenc_conf import ConfigField, ConfigTask\n"
        "class Size(NamedTuple):\n    width: int = 1\n"
        "class ConfigSized(ConfigTask):\n    size = ConfigField(Size())\n"
    )
    write("sized_of_test.py", code)
    data = run_json("env", "sized_of_test:ConfigSized", "--task", "shop.pay")
    (width,) = (item for item in data["fields"] if item["field"] == "size.width")
    assert [item["variable"] for item in width["variables"]] == [
        "PYNENC__CONFIGSIZED__SHOP#PAY__SIZE__WIDTH",
        "PYNENC__CONFIGSIZED__SHOP__PAY__SIZE__WIDTH",
        "PYNENC__CONFIGSIZED__SIZE__WIDTH",
        "PYNENC__SIZE__WIDTH",
    ]


def test_a_member_that_is_left_out_is_not_set() -> None:
    """A key that a TypedDict leaves out has no value; None that is given is a value."""

    class ConfigLabels(ConfigBase):
        labels: ConfigField[Labels] = ConfigField({"team": "a"})

    config = ConfigLabels()
    info = config.field_info("labels.color")
    assert (info.value, info.display_value, info.is_required) == (
        None,
        "not set",
        False,
    )
    assert info.as_dict()["value"] is None
    assert "labels.color  not set" in config.explain()
    config.labels = {"team": "b"}
    assert config.field_info("labels.color").display_value == "not set"
    config.labels = {"team": "b", "color": "red"}
    assert config.field_info("labels.color").display_value == "red"
    assert config.field_info("labels").as_dict()["value"] == config.labels


def test_a_member_named_like_an_attribute_of_marks() -> None:
    """A missing structure has no members, whatever their names are."""

    class ConfigNamed(ConfigBase):
        person: ConfigField[Named] = ConfigField()

    config, error = create_incomplete_instance(ConfigNamed)
    assert error is not None
    assert config.field_info("person.name").display_value == "missing"
    assert config.field_info("person").value is None
