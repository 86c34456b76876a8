"""The origin of every value, and the reason why each other candidate is overridden."""

from __future__ import annotations

from pathlib import Path
from types import MappingProxyType
from typing import Any

import pytest

from pynenc_conf import (
    ArgumentPrintMode,
    ConfigBase,
    ConfigField,
    ConfigOrchestrator,
    ConfigOrchestratorRedis,
    ConfigRedis,
    ConfigStateBackend,
    UnknownFieldError,
)


@pytest.fixture
def conf(monkeypatch: pytest.MonkeyPatch) -> ConfigOrchestratorRedis:
    """Make an instance with a value from each kind of source."""
    Path("pyproject.toml").write_text("[tool.pynenc]\nredis_db = 1\n", encoding="utf-8")
    text = "cycle_control: no\nredis:\n  redis_host: file\n  redis_port: 7\n"
    Path("pynenc.yaml").write_text(text, encoding="utf-8")
    Path("named.json").write_text('{"redis_url": "redis://u:pw@h"}', encoding="utf-8")
    Path("class.toml").write_text("\n[redis]\nsocket_timeout = 2\n", encoding="utf-8")
    Path("secret").write_text("hunter2\n", encoding="utf-8")
    monkeypatch.setenv("PYNENC__FILEPATH", "named.json")
    monkeypatch.setenv("PYNENC__CONFIGREDIS__FILEPATH", "class.toml")
    monkeypatch.setenv("PYNENC__REDIS_HOST", "cache-1")
    monkeypatch.setenv("PYNENC__REDIS_PASSWORD_FILE", "secret")
    values = {"redis": {"redis_host": "dict"}, "redis_username": "me"}
    return ConfigOrchestratorRedis(values, "pynenc.yaml")


def test_explain_has_one_line_for_each_field(conf: ConfigOrchestratorRedis) -> None:
    """explain() shows name, value and origin of every field, with secrets masked."""
    lines = conf.explain().splitlines()
    assert lines[0] == "ConfigOrchestratorRedis"
    rows = {line.split()[0]: line.split(maxsplit=2)[1:] for line in lines[1:]}
    assert list(rows) == conf.all_fields
    assert rows["cycle_control"] == ["false", "pynenc.yaml:1:16  cycle_control"]
    assert rows["blocking_control"] == ["true", "default of ConfigOrchestrator"]
    assert rows["redis_username"] == ["me", "config_values redis_username"]
    assert rows["redis_host"] == [
        "cache-1",
        "environment variable PYNENC__REDIS_HOST",
    ]
    assert rows["redis_port"] == ["7", "pynenc.yaml:4:15  redis.redis_port"]
    assert rows["redis_db"] == ["1", "pyproject.toml:2  tool.pynenc.redis_db"]
    assert rows["redis_password"] == [
        "***",
        "environment variable PYNENC__REDIS_PASSWORD_FILE (the file secret)",
    ]
    assert rows["redis_url"] == [
        "redis://u:***@h",
        "named.json:1:15  redis_url (file named by PYNENC__FILEPATH)",
    ]
    value, origin = rows["socket_timeout"]
    assert value == "2.0"
    named = "(file named by PYNENC__CONFIGREDIS__FILEPATH)"
    assert origin == f"class.toml:3  redis.socket_timeout {named}"


def test_explaining_one_field_shows_the_chain(conf: ConfigOrchestratorRedis) -> None:
    """explain(field) shows the effective value and why others are overridden."""
    assert conf.explain("redis_host") == (
        "ConfigOrchestratorRedis.redis_host = cache-1\n"
        "  Name or address of the server.\n"
        "  > cache-1  environment variable PYNENC__REDIS_HOST\n"
        "    file  pynenc.yaml:3:15  redis.redis_host\n"
        "      overridden: general variables override all values except the "
        "class's own variables\n"
        "    dict  config_values redis.redis_host\n"
        "      overridden: general variables override all values except the "
        "class's own variables\n"
        "    localhost  default of ConfigRedis\n"
        "      overridden: defaults have the lowest precedence"
    )


def test_assignment_shows_in_the_chain(conf: ConfigOrchestratorRedis) -> None:
    """After an assignment, the chain begins with the assignment and keeps the rest."""
    before = conf.field_info("redis_host").chain
    conf.redis_host = "assigned"
    info = conf.field_info("redis_host")
    assert (info.value, str(info.origin)) == ("assigned", "assignment")
    assert [c.value for c in info.chain[1:]] == [c.value for c in before]
    assert all(candidate.overridden for candidate in info.chain[1:])


def test_reasons(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each overridden candidate names the rule of precedence that decided."""
    monkeypatch.setenv("PYNENC__CONFIGREDIS__REDIS_PORT", "1")
    monkeypatch.setenv("PYNENC__CONFIGORCHESTRATORREDIS__REDIS_DB", "1")
    monkeypatch.setenv("PYNENC__REDIS_DB", "2")
    Path("pynenc.yaml").write_text("redis: {redis_port: 3}\n", encoding="utf-8")
    values = {
        "redis_port": 4,
        "redis_host": "general",
        "redis": {"redis_port": 5, "redis_host": "redis"},
        "orchestratorredis": {"redis_port": 6},
        "orchestrator": {"redis_username": "section"},
        "redis_username": "general",
    }
    with ConfigRedis.override(socket_timeout=9):
        conf = ConfigOrchestratorRedis(values, "pynenc.yaml")

    def overridden(field: str) -> list[str | None]:
        return [candidate.overridden for candidate in conf.field_info(field).chain]

    derived = "the winning value is addressed to a more derived class"
    general = f"general keys are addressed to the first ancestor; {derived}"
    default = "defaults have the lowest precedence"
    assert overridden("redis_port") == [
        None,
        derived,
        derived,
        derived,
        general,
        default,
    ]
    assert overridden("redis_host") == [None, general, default]
    assert overridden("redis_db") == [
        None,
        "the winning variable is more specific",
        default,
    ]
    specific = "the winning section is more specific"
    assert overridden("redis_username") == [None, specific, default]
    assert overridden("socket_timeout") == [None, default]
    conf = ConfigOrchestratorRedis({"redis": {"redis_port": 5}}, "pynenc.yaml")
    monkeypatch.delenv("PYNENC__CONFIGREDIS__REDIS_PORT")
    conf = ConfigOrchestratorRedis({"redis": {"redis_port": 5}}, "pynenc.yaml")
    source = "the winning source has a higher precedence"
    assert overridden("redis_port")[1] == source
    # Both have the same scope, so the order of the sources decides.
    Path("pyproject.toml").write_text("[tool.pynenc]\nredis_db = 1\n", encoding="utf-8")
    monkeypatch.delenv("PYNENC__REDIS_DB")
    conf = ConfigRedis({"redis_db": 2})  # type: ignore[assignment]
    assert overridden("redis_db") == [None, source, default]
    assert overridden("redis_host") == [None]
    conf.redis_db = 3
    assigned = "a value was assigned to the instance"
    assert overridden("redis_db") == [None, assigned, assigned, default]


def test_field_info(conf: ConfigOrchestratorRedis) -> None:
    """field_info has the value, default, type, doc, owner, origin and chain."""
    info = conf.field_info("redis_port")
    assert (info.name, info.value, info.default) == ("redis_port", 7, 6379)
    assert info.expected.startswith("int")
    assert (info.owner, info.doc) == ("ConfigRedis", "TCP port of the server.")
    assert not info.is_default
    assert not info.is_secret
    origin = info.origin
    assert (origin.path, origin.line, origin.column) == ("pynenc.yaml", 4, 15)
    assert (origin.key, origin.variable) == ("redis.redis_port", None)
    secret = conf.field_info("redis_password")
    assert secret.is_secret
    assert (secret.value, secret.display_value) == ("hunter2", "***")
    assert conf.field_info("blocking_control").is_default


def test_origins_of_different_places_differ(conf: ConfigOrchestratorRedis) -> None:
    """Origins are equal, with equal hashes, if they refer to the same place."""
    origins = [conf.field_info(name).origin for name in conf.all_fields]
    again = [conf.field_info(name).origin for name in conf.all_fields]
    assert origins == again
    assert list(map(hash, origins)) == list(map(hash, again))
    items = {str(origin) for origin in origins}
    assert len(set(origins)) == len(set(map(hash, origins))) == len(items)


def test_overrides_in_the_chain() -> None:
    """The chain lists what an override overrides, including outer overrides."""
    with (
        ConfigRedis.override(redis_port=1),
        ConfigRedis.override(redis_port=2) as conf,
    ):
        chain = conf.field_info("redis_port").chain
    items = [(item.value, str(item.origin), item.overridden) for item in chain]
    assert items == [
        (2, "override of ConfigRedis", None),
        (1, "override of ConfigRedis", "override() takes precedence over every source"),
        (6379, "default of ConfigRedis", "defaults have the lowest precedence"),
    ]


def test_explained_as_data(conf: ConfigOrchestratorRedis) -> None:
    """as_dict has the same content as plain data for JSON, with secrets masked."""
    there = {"path": None, "line": None, "column": None}
    there |= {"key": None, "variable": None, "owner": None}
    variable = "PYNENC__REDIS_PASSWORD_FILE"
    assert conf.field_info("redis_password").as_dict() == {
        "field": "redis_password",
        "value": "***",
        "default": "",
        "type": "str",
        "doc": conf.field_info("redis_password").doc,
        "secret": True,
        "required": False,
        "chain": [
            {
                **there,
                "value": "***",
                "overridden": None,
                "origin": f"environment variable {variable} (the file secret)",
                "source": "environment variable",
                "path": "secret",
                "variable": variable,
            },
            {
                **there,
                "value": "",
                "overridden": "defaults have the lowest precedence",
                "origin": "default of ConfigRedis",
                "source": "default",
                "owner": "ConfigRedis",
            },
        ],
    }
    data = conf.field_info("redis_port").as_dict()
    assert (data["value"], data["default"], data["secret"]) == (7, 6379, False)
    assert data["chain"][0] == {
        **there,
        "value": 7,
        "overridden": None,
        "origin": "pynenc.yaml:4:15  redis.redis_port",
        "source": "config_filepath",
        "path": "pynenc.yaml",
        "line": 4,
        "column": 15,
        "key": "redis.redis_port",
    }


def test_values_as_data() -> None:
    """A value that JSON cannot represent becomes text; containers keep their shape."""

    class ConfigData(ConfigBase):
        ratio = ConfigField(0.5)
        endless = ConfigField(float("-inf"))
        place = ConfigField(Path("a"))
        nested: ConfigField[Any] = ConfigField({1: [(2, Path("b"))], "c": None})
        level = ConfigField(ArgumentPrintMode.FULL)

    conf = ConfigData()
    items = {name: conf.field_info(name).as_dict()["value"] for name in conf.all_fields}
    assert items == {
        "ratio": 0.5,
        "endless": "-inf",
        "place": "a",
        "nested": {"1": [[2, "b"]], "c": None},
        "level": "full",
    }
    assert type(items["level"]) is str


def test_values_that_are_not_data() -> None:
    """A recursive list is shown as its type, a number too long for JSON as text."""
    itself: list[object] = []
    itself.append(itself)

    class ConfigOdd(ConfigBase):
        itself_ = ConfigField(itself)
        long = ConfigField(10**4000 - 1)
        longer = ConfigField(10**4000)

    conf = ConfigOdd()
    items = [conf.field_info(name).as_dict()["value"] for name in conf.all_fields]
    assert items == ["<list>", 10**4000 - 1, str(10**4000)]


@pytest.mark.parametrize(("length", "cut"), [(60, False), (61, True)])
def test_long_values_are_cut(length: int, cut: bool) -> None:  # noqa: FBT001
    """The table of all fields shows at most 60 characters of a value."""
    text = "x" * length
    (line,) = [
        line
        for line in ConfigRedis({"redis_host": text}).explain().splitlines()
        if line.startswith("  redis_host ")
    ]
    assert line.split()[1] == (f"{'x' * 57}..." if cut else text)
    assert text in ConfigRedis({"redis_host": text}).explain("redis_host")


def test_a_class_without_fields_is_explained_too() -> None:
    """The explanation of a class without fields is the name of the class."""
    assert ConfigStateBackend().explain() == "ConfigStateBackend"


def test_an_instance_that_was_not_initialised() -> None:
    """Before __init__ runs, an instance reports the defaults as its values."""
    conf = ConfigRedis.__new__(ConfigRedis)
    info = conf.field_info("redis_port")
    assert (info.value, info.source) == (6379, "default of ConfigRedis")
    conf.redis_port = 1
    info = conf.field_info("redis_port")
    assert (info.value, info.source, len(info.chain)) == (1, "assignment", 2)


def test_unknown_fields_are_rejected_with_a_suggestion() -> None:
    """Requesting an unknown field raises an error with a suggestion."""
    conf = ConfigOrchestrator()
    for ask in (conf.field_info, conf.explain):
        with pytest.raises(UnknownFieldError) as caught:
            ask("cycle_controll")
        words = "has no field 'cycle_controll'; did you mean 'cycle_control'?"
        assert str(caught.value) == f"ConfigOrchestrator {words}"
        with pytest.raises(UnknownFieldError) as caught:
            ask("zzz")
        assert str(caught.value) == "ConfigOrchestrator has no field 'zzz'"
        with pytest.raises(KeyError):
            ask("redis_host")


def test_safe_dict(conf: ConfigOrchestratorRedis) -> None:
    """safe_dict is a read-only mapping of all values, with secrets masked."""
    safe = conf.safe_dict()
    assert isinstance(safe, MappingProxyType)
    assert list(safe) == conf.all_fields
    assert (safe["redis_port"], safe["redis_password"]) == (7, "***")
    assert safe["redis_url"] == "redis://u:***@h"


def test_values_changed_in_place_are_shown() -> None:
    """explain shows the current content of a list that was changed in place."""
    from tests.test_instances import ConfigLists  # noqa: PLC0415 - one shared class

    conf = ConfigLists({"names": "x,y"})
    conf.names.append("z")
    info = conf.field_info("names")
    assert info.value == ["x", "y", "z"]
    assert str(info.origin) == "config_values names"
    conf = ConfigLists()
    conf.names.append("z")
    assert conf.field_info("names").value == ["a", "z"]
    assert conf.field_info("names").source == "default of ConfigLists"


def test_positions_refer_to_the_parsed_text(
    conf: ConfigOrchestratorRedis,
) -> None:
    """A later change to a file does not change the explanation of an instance."""
    Path("pynenc.yaml").write_text("# all gone\n", encoding="utf-8")
    assert "pynenc.yaml:4:15  redis.redis_port" in conf.explain()
