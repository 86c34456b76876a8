"""Snapshots, fingerprints and differences of configurations."""

from __future__ import annotations

import copy
import dataclasses
import json
import os
import pickle
import subprocess
import sys
import traceback
from dataclasses import dataclass, field
from datetime import timedelta
from enum import Enum, Flag
from pathlib import Path, PurePosixPath
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import pynenc_conf
from pynenc_conf import (
    ConfigBase,
    ConfigField,
    ConfigOrchestratorRedis,
    ConfigRedis,
    ConfigTypeError,
    Difference,
    Snapshot,
    diff,
)
from tests.test_secrets import CANARY

KEY = b"key of the operators"


class Level(Enum):
    """A choice."""

    LOW = 1
    HIGH = 2


class Right(Flag):
    """Choices that can be combined."""

    READ = 1
    WRITE = 2


@dataclass
class Smtp:
    """A structure."""

    host: str = "localhost"
    port: int = 25
    tags: list[str] = field(default_factory=list)


class ConfigAll(ConfigBase):
    """A class with settings of many types."""

    number = ConfigField(1)
    ratio = ConfigField(1.5)
    text = ConfigField("a")
    level: ConfigField[Level] = ConfigField(Level.LOW)
    rights: ConfigField[Right] = ConfigField(Right.READ)
    path: ConfigField[PurePosixPath] = ConfigField(PurePosixPath("/a"))
    timeout: ConfigField[timedelta] = ConfigField(timedelta(seconds=90))
    names: ConfigField[set[str]] = ConfigField({"a", "b", "c"})
    table: ConfigField[dict[str, int]] = ConfigField({"a": 1, "b": 2})
    smtp: ConfigField[Smtp] = ConfigField(Smtp())
    backup: ConfigField[Smtp | None] = ConfigField(None)
    token = ConfigField("", secret=True)
    url = ConfigField("", secret="url")
    anything: ConfigField[Any] = ConfigField(None)


def names_of(differences: list[Difference]) -> list[str]:
    """Return the names of the settings that differ."""
    return [difference.name for difference in differences]


def test_snapshot(tmp_path: Any) -> None:
    """A snapshot has class, version, values in file syntax, and their origins."""
    path = tmp_path / "a.yaml"
    path.write_text("smtp: {port: 587}\ntimeout: 30\n")
    found = ConfigAll({"level": "high"}, path).snapshot()
    assert (found.class_name, found.version) == ("ConfigAll", pynenc_conf.__version__)
    settings = {each.name: each for each in found.settings}
    assert list(settings)[8:14] == [
        *("table", "smtp", "smtp.host", "smtp.port", "smtp.tags", "backup")
    ]
    assert settings["level"].value == "high"
    assert settings["level"].origin == "config_values level"
    assert settings["timeout"].text == "30s"
    assert settings["timeout"].default_text == "1m30s"
    assert settings["timeout"].origin == f"{path}:2:10  timeout"
    assert settings["smtp.port"].value == 587
    assert settings["smtp.port"].origin == f"{path}:1:14  smtp.port"
    assert settings["smtp"].has_members
    assert not settings["smtp.port"].is_default
    assert settings["smtp.host"].is_default
    assert not settings["backup"].has_members


def test_snapshot_is_data() -> None:
    """A snapshot is JSON, pickles, compares by value, and cannot be changed."""
    found = ConfigAll({"names": "x,y"}).snapshot(KEY)
    data = json.loads(json.dumps(found.as_dict()))
    assert data == found.as_dict()
    assert data["fingerprint"] == found.fingerprint
    assert [each["name"] for each in data["settings"]] == [
        each.name for each in found.settings
    ]
    for copied in (pickle.loads(pickle.dumps(found)), copy.deepcopy(found)):
        assert copied == found
        assert hash(copied) == hash(found)
    with pytest.raises(dataclasses.FrozenInstanceError):
        found.fingerprint = "0"  # type: ignore[misc]
    assert repr(found) == f"<Snapshot ConfigAll {found.fingerprint}>"


def test_snapshot_of_a_moment() -> None:
    """A snapshot keeps the values of its moment; assignments are in later ones."""
    conf = ConfigAll()
    before = conf.snapshot()
    conf.smtp.tags.append("new")
    conf.number = 2
    after = conf.snapshot()
    assert names_of(diff(before, after)) == ["number", "smtp.tags"]
    assert {each.name: each.origin for each in after.settings}["number"] == "assignment"
    assert before == ConfigAll().snapshot()


FINGERPRINT = "47f7150f8851c081"


def test_fingerprint_is_the_same_everywhere() -> None:
    """A fingerprint is the same on all machines and versions of Python."""
    assert ConfigAll().fingerprint() == FINGERPRINT


@pytest.mark.parametrize("seed", ["0", "1", "2"])
def test_fingerprint_is_independent_of_the_hash_seed(seed: str) -> None:
    """A fingerprint is the same for every hash seed and process."""
    code = (
        "from pynenc_conf import ConfigBase, ConfigField\n"
        "from dataclasses import dataclass\n"
        "class Thing: pass\n"
        "@dataclass(frozen=True)\n"
        "class Rule:\n"
        "    tags: frozenset[str]\n"
        "rules = [Rule(frozenset(tags)) for tags in ('abc', 'bcd', 'cde')]\n"
        "class ConfigSeed(ConfigBase):\n"
        "    names = ConfigField({'a', 'b', 'c', 'd', 'e'})\n"
        "    call = ConfigField(len)\n"
        "    thing = ConfigField(Thing())\n"
        "    rules: ConfigField[frozenset[Rule]] = ConfigField(frozenset(rules))\n"
        "    pairs = ConfigField(frozenset({('a', 1), ('b', 2), ('c', 3)}))\n"
        "print(ConfigSeed().fingerprint())\n"
    )
    prints = {
        subprocess.run(
            [sys.executable, "-c", code],
            env={**os.environ, "PYTHONHASHSEED": each},
            cwd=Path(pynenc_conf.__file__).parents[1],
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for each in (seed, "99")
    }
    assert len(prints) == 1


VALUES = st.fixed_dictionaries(
    {},
    optional={
        "number": st.integers(),
        # 0.0 and -0.0 are equal, but have different texts.
        "ratio": st.floats(allow_nan=False, allow_infinity=False).map(
            lambda x: x + 0.0
        ),
        "text": st.text(),
        "level": st.sampled_from(Level),
        "rights": st.sampled_from([Right.READ, Right.WRITE, Right.READ | Right.WRITE]),
        "path": st.sampled_from(["/a", "b/c"]),
        "timeout": st.timedeltas(),
        "names": st.sets(st.text(max_size=3), max_size=4),
        "table": st.dictionaries(st.text(max_size=3), st.integers(), max_size=4),
        "smtp": st.fixed_dictionaries(
            {}, optional={"host": st.text(), "port": st.integers()}
        ),
        "backup": st.none() | st.fixed_dictionaries({}, optional={"host": st.text()}),
        "token": st.text(),
    },
)


@given(a=VALUES, b=VALUES)
def test_equal_configurations(a: dict[str, Any], b: dict[str, Any]) -> None:
    """Equal configurations have equal fingerprints, and no others have."""
    first, second = ConfigAll(a), ConfigAll(b)
    is_equal = all(
        getattr(first, name) == getattr(second, name) for name in first.all_fields
    )
    assert (first.fingerprint(KEY) == second.fingerprint(KEY)) is is_equal
    assert (diff(first, second) == []) is is_equal
    assert (diff(first.snapshot(KEY), second.snapshot(KEY)) == []) is is_equal
    # However the values were given.
    again = ConfigAll()
    for name in first.all_fields:
        setattr(again, name, getattr(first, name))
    assert again.fingerprint(KEY) == first.fingerprint(KEY)


@given(st.text(min_size=1), st.text(min_size=1))
def test_secrets(a: str, b: str) -> None:
    """A secret counts as set or not set; with a key, its digest counts too."""
    unset, first, second = ConfigAll(), ConfigAll({"token": a}), ConfigAll({"token": b})
    assert first.fingerprint() == second.fingerprint() != unset.fingerprint()
    assert (first.fingerprint(KEY) == second.fingerprint(KEY)) is (a == b)
    assert first.fingerprint(KEY) != first.fingerprint(b"other")
    assert diff(first.snapshot(), second.snapshot()) == []
    assert names_of(diff(first.snapshot(KEY), second.snapshot(KEY))) == (
        [] if a == b else ["token"]
    )
    assert names_of(diff(first, second)) == ([] if a == b else ["token"])


def test_secrets_are_not_in_a_snapshot() -> None:
    """No snapshot or difference has a secret, or the key of its digest."""
    values = {"token": CANARY, "url": f"redis://me:{CANARY}@host/0?password={CANARY}"}
    conf = ConfigAll(values)
    snapshots = [conf.snapshot(), conf.snapshot(KEY)]
    differences = [*diff(conf, ConfigAll()), *diff(ConfigAll(), snapshots[1])]
    assert names_of(differences) == ["token", "url", "token", "url"]
    for shown in (*snapshots, *differences):
        texts = [repr(shown), json.dumps(shown.as_dict()), str(pickle.dumps(shown))]
        assert not any(CANARY in text or KEY.decode() in text for text in texts)
    url = next(each for each in snapshots[0].settings if each.name == "url")
    assert url.value == "redis://me:***@host/0?***"
    assert snapshots[0].settings != snapshots[1].settings
    assert ConfigAll(values).snapshot() == snapshots[0]


def test_host_of_a_url() -> None:
    """The parts of a URL that are not secret count without a key too."""
    prints = {
        ConfigRedis({"redis_url": url}).fingerprint()
        for url in ("redis://:a@one", "redis://:b@one", "redis://:a@two", "redis://one")
    }
    assert len(prints) == 3


@pytest.mark.parametrize("key", ["text", b"", 1, bytearray(b"a")])
def test_invalid_keys(key: Any) -> None:
    """A key that is not bytes, or empty, is an error that does not show it."""
    for call in (ConfigAll().snapshot, ConfigAll().fingerprint):
        with pytest.raises(ConfigTypeError, match="must be bytes, and not empty") as e:
            call(key)
        found = traceback.TracebackException.from_exception(
            e.value, capture_locals=True
        )
        for each in found.stack[1:]:
            assert (each.locals or {}).get("key", "None") == "None"


def test_diff() -> None:
    """A difference has the name of a setting, and both values with their origins."""
    a = ConfigAll({"number": 2, "smtp": {"port": 1, "host": "x"}})
    b = ConfigAll({"smtp": {"port": 2, "host": "x"}, "backup": {}})
    found = diff(a, b)
    assert names_of(found) == ["number", "smtp.port", "backup"]
    number, port, backup = found
    assert number.a is not None
    assert number.b is not None
    assert (number.a.value, number.b.value) == (2, 1)
    assert number.b.origin == "default of ConfigAll"
    assert port.a is not None
    assert port.a.origin == "config_values smtp.port"
    assert backup.b is not None
    assert backup.b.value == {"host": "localhost", "port": 25, "tags": []}
    assert names_of(diff(b, a)) == names_of(found)
    assert diff(a, a.snapshot()) == diff(a.snapshot(), a) == []
    assert json.loads(json.dumps(number.as_dict()))["a"]["value"] == 2


def test_diff_of_different_classes() -> None:
    """A setting that only one of two classes has is a difference with one side."""
    found = diff(ConfigRedis(), ConfigOrchestratorRedis())
    assert found
    assert all(each.a is None and each.b is not None for each in found)
    assert {"cycle_control", "blocking_control"} <= set(names_of(found))
    assert diff(ConfigRedis(), ConfigRedis()) == []


def test_other_classes_have_other_fingerprints() -> None:
    """The name of the class is a part of the fingerprint."""

    class ConfigOne(ConfigBase):
        value = ConfigField(1)

    class ConfigTwo(ConfigBase):
        value = ConfigField(1)

    class ConfigThree(ConfigTwo):
        pass

    prints = {cls().fingerprint() for cls in (ConfigOne, ConfigTwo, ConfigThree)}
    assert len(prints) == 3


def test_default_fingerprint() -> None:
    """The fingerprint of the defaults tells two versions of a class apart."""

    def declare(default: int) -> type[ConfigBase]:
        class ConfigOne(ConfigBase):
            value = ConfigField(default)

        return ConfigOne

    old, new = declare(1)({"value": 5}).snapshot(), declare(2)({"value": 5}).snapshot()
    assert old.fingerprint == new.fingerprint
    assert old.default_fingerprint != new.default_fingerprint
    assert isinstance(old, Snapshot)


class Hostile:
    """A value whose methods raise."""

    def __repr__(self) -> str:
        raise ValueError(CANARY)

    __str__ = __eq__ = __hash__ = __repr__  # type: ignore[assignment]


def test_values_that_raise() -> None:
    """A value whose own methods raise has a snapshot too."""
    conf = ConfigAll()
    conf.smtp.tags.append(conf.smtp.tags)  # type: ignore[arg-type]
    assert json.dumps(conf.snapshot().as_dict())
    for value in (Hostile(), float("nan"), 10**5000, "\ud800", object()):
        conf = ConfigAll({"anything": value})
        assert json.dumps(conf.snapshot().as_dict())
        assert diff(conf, conf) == []
        assert conf.fingerprint() == conf.fingerprint()
