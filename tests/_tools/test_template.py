"""The command `pynenc-conf template`: a sample of every setting."""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from datetime import timedelta
from enum import Flag
from pathlib import Path

import pytest

from pynenc_conf import ConfigBase, ConfigField, ConfigRedis, ConfigTask
from pynenc_conf._core.declare.plan import plan_of
from pynenc_conf._tools.classes import catalogue
from pynenc_conf._tools.env_files import Environment
from pynenc_conf._tools.template.text import create_sample
from tests._tools.running import run, run_json

CLASSES = list(catalogue().values())


def create(cls: type[ConfigBase], path: str | None = None) -> ConfigBase:
    """Create an instance of any class of the catalogue."""
    return cls("a.b", None, path) if issubclass(cls, ConfigTask) else cls(None, path)


def uncommented(text: str) -> str:
    """Remove the `#` from the lines with settings."""
    return re.sub(r"^(\s*)#(?=\S)", r"\1", text, flags=re.MULTILINE)


@pytest.mark.parametrize("kind", ["yaml", "toml"])
def test_uncommented_sample_sets_the_defaults(kind: str) -> None:
    """The uncommented sample sets every setting of every class to its default."""
    text = run("template", "--format", kind).stdout
    Path(f"sample.{kind}").write_text(uncommented(text), encoding="utf-8")
    for cls in CLASSES:
        config, default = create(cls, f"sample.{kind}"), create(cls)
        assert config == default
        for name in config.all_fields:
            assert not config.field_info(name).is_default
            assert type(getattr(config, name)) is type(getattr(default, name))


@pytest.mark.parametrize("kind", ["yaml", "toml"])
def test_printed_sample_sets_nothing(kind: str) -> None:
    """Loading the sample as printed changes nothing."""
    text = run("template", "--format", kind).stdout
    Path(f"sample.{kind}").write_text(text, encoding="utf-8")
    for cls in CLASSES:
        config = create(cls, f"sample.{kind}")
        assert all(config.field_info(name).is_default for name in config.all_fields)


def assert_sets_defaults(values: dict[str, str], patch: pytest.MonkeyPatch) -> None:
    """Check that variables set every field to its default."""
    for name, value in values.items():
        patch.setenv(name, value)
    for cls in CLASSES:
        config = create(cls)
        sources = {config.field_info(name).origin.source for name in config.all_fields}
        assert sources <= {"environment variable"}
        fields = plan_of(cls).settings.items()
        assert {name: getattr(config, name) for name, _ in fields} == {
            name: setting.field.default_value for name, setting in fields
        }


def test_variables_set_the_defaults(monkeypatch: pytest.MonkeyPatch) -> None:
    """The variables set the defaults, as read by `check --env-file`."""
    text = run("template", "--format", "env").stdout
    Path("sample.env").write_text(uncommented(text), encoding="utf-8")
    environment = Environment("sample.env", inherit=False)
    assert not environment.unreadable
    assert_sets_defaults(environment.values, monkeypatch)


@pytest.mark.skipif(shutil.which("sh") is None, reason="no shell on this machine")
def test_a_shell_reads_the_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    """A POSIX shell reads the variables of the sample."""
    text = run("template", "--format", "env").stdout
    Path("sample.env").write_text(uncommented(text), encoding="utf-8")
    done = subprocess.run(
        ["sh", "-euc", "set -a; . ./sample.env; env -0"],  # noqa: S607 - any shell
        capture_output=True,
        text=True,
        check=True,
    )
    pairs = [pair.split("=", 1) for pair in done.stdout.split("\0") if pair]
    values = {pair[0]: pair[1] for pair in pairs if pair[0].startswith("PYNENC__")}
    assert_sets_defaults(values, monkeypatch)


class ConfigTemplateSample(ConfigBase):
    """Fields whose defaults need quotes or conversion."""

    quoted = ConfigField('it\'s "so" # not a comment', doc="Text with quotes.")
    odd = ConfigField("no", doc="Text that YAML reads as a bool.")
    wait = ConfigField(timedelta(minutes=5))
    path = ConfigField(Path("a b"))
    names: ConfigField[set[str]] = ConfigField({"b", "a"})
    sizes: ConfigField[dict[str, int]] = ConfigField({"a": 1})
    endless = ConfigField(float("inf"))
    token = ConfigField("hunter2", secret=True, doc="A secret with a default.")


@pytest.mark.parametrize("kind", ["yaml", "toml", "env"])
def test_unusual_defaults(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Text of any kind and values of other types are the same after loading."""
    text = uncommented(create_sample(kind, [ConfigTemplateSample]))
    path = f"unusual.{kind}"
    Path(path).write_text(text, encoding="utf-8")
    if kind == "env":
        for name, value in Environment(path, inherit=False).values.items():
            monkeypatch.setenv(name, value)
        config = ConfigTemplateSample()
    else:
        config = ConfigTemplateSample(None, path)
    assert config == ConfigTemplateSample()
    defaults = [n for n in config.all_fields if config.field_info(n).is_default]
    assert defaults == ["token"]


@pytest.mark.parametrize("kind", ["yaml", "toml", "env"])
def test_secrets_are_not_shown(kind: str) -> None:
    """The default of a secret is replaced by a comment."""
    text = create_sample(kind, [ConfigTemplateSample])
    assert "hunter2" not in text
    assert "# The default cannot be shown." in text


def test_descriptions() -> None:
    """The description, type and limits of each setting are printed above it."""
    text = run("template", "redis").stdout
    assert (
        "  # TCP port of the server.\n"
        "  # int at least 1 and at most 65535\n"
        "  #redis_port: 6379\n"
    ) in text


def test_chosen_classes() -> None:
    """With CLASS, the sample has the sections of the class and its ancestors."""
    text = run("template", "orchestratorredis").stdout
    sections = re.findall(r"^(\w+):$", text, re.MULTILINE)
    assert sections == ["orchestrator", "redis", "orchestratorredis"]


def test_json() -> None:
    """--json prints classes, their ancestors and the fields that they define."""
    (redis,) = run_json("template", "redis")["classes"]
    assert (redis["class"], redis["section"]) == ("ConfigRedis", "redis")
    port = next(field for field in redis["fields"] if field["field"] == "redis_port")
    assert port == {
        "field": "redis_port",
        "type": "int at least 1 and at most 65535",
        "default": 6379,
        "doc": "TCP port of the server.",
        "secret": False,
        "required": False,
        "variable": "PYNENC__CONFIGREDIS__REDIS_PORT",
    }
    names = [field["field"] for field in redis["fields"]]
    assert names == ConfigRedis.config_fields()
    ancestors = run_json("template", "brokerredis")["classes"][-1]["ancestors"]
    assert ancestors == ["ConfigBroker", "ConfigRedis"]


class Access(Flag):
    """An enum whose members combine."""

    READ = 1
    WRITE = 2


class ConfigFlags(ConfigBase):
    """Settings of an application with an enum whose members combine."""

    one = ConfigField(Access.READ)
    both = ConfigField(Access.READ | Access.WRITE)
    none = ConfigField(Access(0))
    several: ConfigField[list[Access]] = ConfigField([Access.READ | Access.WRITE])


@pytest.mark.parametrize("kind", ["yaml", "toml"])
def test_flags(kind: str) -> None:
    """Combined flags are written as their names, and read back as the same flags."""
    text = create_sample(kind, [ConfigFlags])
    assert "READ|WRITE" in text
    Path(f"sample.{kind}").write_text(uncommented(text), encoding="utf-8")
    config = ConfigFlags(None, f"sample.{kind}")
    assert config == ConfigFlags()
    assert not any(config.field_info(name).is_default for name in config.all_fields)


def test_flags_of_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    """Combined flags in variables are names, and in a list JSON text."""
    for line in uncommented(create_sample("env", [ConfigFlags])).splitlines():
        if line.startswith("CONFIG__"):
            name, _, value = line.partition("=")
            monkeypatch.setenv(name, shlex.split(value)[0])
    assert os.environ["CONFIG__CONFIGFLAGS__BOTH"] == "READ|WRITE"
    config = ConfigFlags()
    for name in config.all_fields:
        assert not config.field_info(name).is_default
        assert getattr(config, name) == getattr(ConfigFlags, name)


HOSTILE = """
from typing import Any
from pynenc_conf import ConfigBase, ConfigField

class Raising:
    def __repr__(self):
        raise ValueError

itself = []
itself.append(itself)
deep = []
for _ in range(50_000):
    deep = [deep]

class ConfigHostile(ConfigBase):
    itself: ConfigField[Any] = ConfigField(itself)
    deep: ConfigField[Any] = ConfigField(deep)
    raising: ConfigField[Any] = ConfigField(Raising())
    secret: ConfigField[Any] = ConfigField(Raising(), secret=True)
    plain = ConfigField(1)
"""


@pytest.mark.parametrize(
    "command",
    [
        *(("template", "--format", name) for name in ("yaml", "toml", "env")),
        ("template", "--json"),
        ("explain",),
        ("env",),
    ],
    ids=" ".join,
)
def test_defaults_without_text(
    command: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A default in itself, too deep, or whose methods raise is not written."""
    Path("hostile_defaults.py").write_text(HOSTILE, encoding="utf-8")
    monkeypatch.syspath_prepend(str(Path.cwd()))
    monkeypatch.delitem(sys.modules, "hostile_defaults", raising=False)
    name, *options = command
    done = run(name, "hostile_defaults:ConfigHostile", *options)
    assert done.exit_code == 0, done.output
    assert "plain" in done.stdout.lower()
    done = run("schema", "--app", "hostile_defaults")
    assert done.exit_code == 0, done.output
    properties = json.loads(done.stdout)["properties"]["hostile"]["properties"]
    assert properties["plain"]["default"] == 1
    assert "default" not in properties["itself"]
    del sys.modules["hostile_defaults"]
