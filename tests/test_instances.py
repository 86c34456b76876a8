"""Instances: attributes, copies, pickles, equality, other processes and threads."""

from __future__ import annotations

import copy
import multiprocessing
import os
import pickle
import subprocess
import sys
from collections import defaultdict
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pynenc_conf import (
    ConfigArgCacheRedis,
    ConfigBase,
    ConfigField,
    ConfigOrchestratorRedis,
    ConfigPynenc,
    ConfigPynencBase,
    ConfigRedis,
    ConfigTask,
    ConfigTrigger,
    ConfigTypeError,
    Origin,
)
from pynenc_conf._core.declare.checks import ASSIGNED, LAYERS
from pynenc_conf._core.resolve.layer import Layer
from pynenc_conf.origin import CONFIG_VALUES
from tests.threads import run_together


class ConfigLists(ConfigPynencBase):
    """Settings whose values can be changed in place."""

    names: ConfigField[list[str]] = ConfigField(["a"])
    table: ConfigField[dict[str, list[int]]] = ConfigField({"x": [1]})


class ConfigOwnState(ConfigPynencBase):
    """A class with an attribute other than its field."""

    size = ConfigField(1)

    def __init__(self, label: str, **kwds: Any) -> None:
        self.label = label
        super().__init__(**kwds)
        self.later = [label]


@pytest.fixture
def conf(monkeypatch: pytest.MonkeyPatch) -> ConfigOrchestratorRedis:
    """Make an instance with a value from each kind of source, then remove them."""
    Path("pynenc.yaml").write_text("redis:\n  redis_port: 7\n", encoding="utf-8")
    Path("orchestrator.toml").write_text("redis_db = 3\n", encoding="utf-8")
    with monkeypatch.context() as patch:
        patch.setenv("PYNENC__REDIS_HOST", "cache-1")
        patch.setenv("PYNENC__FILEPATH", "orchestrator.toml")
        made = ConfigOrchestratorRedis({"cycle_control": False}, "pynenc.yaml")
    made.redis_username = "someone"
    Path("pynenc.yaml").unlink()
    Path("orchestrator.toml").unlink()
    return made


PROTOCOLS = range(pickle.HIGHEST_PROTOCOL + 1)


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_pickle_keeps_values_and_origins(
    conf: ConfigOrchestratorRedis, protocol: int
) -> None:
    """Every protocol keeps all values and origins; unpickling reads no source."""
    loaded = pickle.loads(pickle.dumps(conf, protocol))
    assert loaded == conf
    assert loaded.explain() == conf.explain()
    assert "pynenc.yaml:2:15  redis.redis_port" in loaded.explain()
    assert "orchestrator.toml:1  redis_db (file named by" in loaded.explain()
    for name in conf.all_fields:
        assert loaded.explain(name) == conf.explain(name)
    again = pickle.loads(pickle.dumps(loaded, protocol))
    assert again.explain() == conf.explain()


def test_pickle_keeps_overridden_values() -> None:
    """A pickle keeps the override that was active when its instance was created."""
    with ConfigRedis.override(redis_port=1) as conf:
        pass
    loaded = pickle.loads(pickle.dumps(conf))
    assert loaded.explain("redis_port") == conf.explain("redis_port")
    assert "override of ConfigRedis" in loaded.explain("redis_port")


def test_pickle_has_only_the_values_of_its_fields() -> None:
    """A pickle has the values of its fields and no other text of the file."""
    text = "redis_port: 7\nelsewhere: {password: hunter2}\n"
    Path("pynenc.yaml").write_text(text, encoding="utf-8")
    assert b"hunter2" not in pickle.dumps(ConfigRedis(None, "pynenc.yaml"))


@pytest.mark.parametrize("duplicate", [copy.copy, copy.deepcopy])
def test_copies_are_equal_and_independent(
    conf: ConfigOrchestratorRedis, duplicate: Any
) -> None:
    """A copy has the same values and origins; assigning to one leaves the other."""
    other = duplicate(conf)
    assert other == conf
    assert other.explain() == conf.explain()
    other.redis_host = "elsewhere"
    assert conf.redis_host == "cache-1"
    assert conf.field_info("redis_host").origin.source == "environment variable"
    assert other != conf


@pytest.mark.parametrize(
    "duplicate",
    [lambda conf: conf, copy.deepcopy, lambda conf: pickle.loads(pickle.dumps(conf))],
)
def test_instances_of_the_same_names_have_their_own_values(duplicate: Any) -> None:
    """Instances of equal names share them, and each explains its own values."""
    given: dict[str, Any] = {"redis_port": 1, "redis_host": "a"}
    first = ConfigRedis(given)
    given |= {"redis_port": 2}
    second = duplicate(ConfigRedis(given))
    assert first.field_info("redis_port").value == 1
    second.redis_port = 3
    second.redis_port = 4
    second = duplicate(second)
    for conf, values in ((first, [1, 6379]), (second, [4, 2, 6379])):
        assert [c.value for c in conf.field_info("redis_port").chain] == values
        assert conf.field_info("redis_host").value == "a"


def test_values_of_a_dict_are_explained_when_others_override_them(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The chain has every value, also of a section and of an override."""
    monkeypatch.setenv("PYNENC__REDIS_DB", "5")
    given = {"redis_port": 1, "redis_db": 2, "redis": {"redis_port": 3}}
    with ConfigRedis.override(redis_db=7):
        conf = ConfigRedis(given)
    conf.redis_port = 4
    found = {
        name: [candidate.value for candidate in conf.field_info(name).chain]
        for name in ("redis_port", "redis_db")
    }
    assert found == {"redis_port": [4, 3, 1, 6379], "redis_db": [7, 5, 2, 0]}


def test_an_instance_whose_layers_have_all_values_is_loaded() -> None:
    """A pickle whose layers and assignments have the older form still loads."""
    origins = {"redis_port": Origin(CONFIG_VALUES, keys=("redis_port",))}
    layer = Layer((0, 0, 0), {"redis_port": 1}, origins)
    state = vars(ConfigRedis()) | {"redis_port": 2}
    conf = ConfigRedis.__new__(ConfigRedis)
    vars(conf).update(state | {LAYERS: (layer,), ASSIGNED: {"redis_port": True}})
    loaded = pickle.loads(pickle.dumps(conf))
    for config in (conf, loaded):
        config.redis_host = "a"
        chain = config.field_info("redis_port").chain
        assert [candidate.value for candidate in chain] == [2, 1, 6379]


def test_threads_that_assign_first_are_both_recorded() -> None:
    """Threads that make the first assignments of an instance lose no value."""
    for _ in range(50):
        conf = ConfigRedis({"redis_port": 1, "redis_db": 1})
        names = ("redis_port", "redis_db")
        run_together([partial(setattr, conf, name, 2) for name in names])
        for name in names:
            chain = conf.field_info(name).chain
            assert [candidate.value for candidate in chain][:2] == [2, 1]


def test_own_attributes_survive() -> None:
    """A subclass keeps own attributes, set before or after its parent's __init__."""
    made = ConfigOwnState("x", config_values={"size": 2})
    assert (made.label, made.later, made.size) == ("x", ["x"], 2)
    loaded = pickle.loads(pickle.dumps(made))
    assert (loaded.label, loaded.later, loaded.size) == ("x", ["x"], 2)
    task = pickle.loads(pickle.dumps(ConfigTask("mod.func", None, None, {"a": 1})))
    assert (task.task_id, task.task_options) == ("mod.func", {"a": 1})


def test_a_dict_of_another_class_is_replaced() -> None:
    """An instance keeps its values in a dict, whatever a subclass has put there."""

    class ConfigCounted(ConfigPynencBase):
        size = ConfigField(1)

        def __init__(self) -> None:
            self.__dict__ = defaultdict(int, note=2)
            super().__init__()

    conf = ConfigCounted()
    conf.size = 3
    assert type(vars(conf)) is dict
    assert (conf.size, vars(conf)["note"]) == (3, 2)


def test_initialising_again_reads_the_sources_again(
    conf: ConfigOrchestratorRedis,
) -> None:
    """Calling __init__ again discards old values and assignments."""
    conf.__init__({"redis_port": 1})  # type: ignore[misc] # on purpose
    assert (conf.redis_port, conf.redis_username) == (1, "")
    assert conf.field_info("redis_username").is_default


# Run as a program, because only a process without threads may be forked.
PARENT = """
import multiprocessing, pickle, sys

def describe(conf):
    return repr(conf), conf.explain()

if __name__ == "__main__":
    method = sys.argv[1] if len(sys.argv) > 1 else None
    with open("conf.pickle", "rb") as file:
        conf = pickle.load(file)
    with multiprocessing.get_context(method).Pool(1) as pool:
        assert pool.apply(describe, (conf,)) == describe(conf)
    print(*describe(conf), sep="\\n")
"""


@pytest.mark.parametrize("method", [None, "spawn", "forkserver", "fork"])
def test_processes(conf: ConfigOrchestratorRedis, method: str | None) -> None:
    """A child process gets every value and origin, whatever its start method.

    None is the default start method of this Python version.
    """
    if method not in {None, *multiprocessing.get_all_start_methods()}:
        pytest.skip(f"this system has no {method}")
    Path("parent.py").write_text(PARENT, encoding="utf-8")
    Path("conf.pickle").write_bytes(pickle.dumps(conf))
    done = subprocess.run(
        [sys.executable, "-W", "error", "parent.py", *filter(None, [method])],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.stdout == f"{conf!r}\n{conf.explain()}\n", done.stderr


def test_equality_is_by_class_and_values(conf: ConfigOrchestratorRedis) -> None:
    """Instances are equal if their classes and values are, whatever the origins."""
    assert ConfigRedis({"redis_port": 6379}) == ConfigRedis()
    assert ConfigRedis({"redis_port": 1}) != ConfigRedis()
    assert ConfigRedis() != conf
    assert ConfigRedis() != "redis"


@given(
    st.fixed_dictionaries({}, optional={"redis_port": st.integers(1, 3)}),
    st.fixed_dictionaries({}, optional={"redis_port": st.integers(1, 3)}),
)
def test_hash_agrees_with_equality(one: dict[str, int], two: dict[str, int]) -> None:
    """Equal instances have equal hashes."""
    first, second = ConfigRedis(one), ConfigRedis({"redis": two})
    assert (first == second) == (one.get("redis_port") == two.get("redis_port"))
    if first == second:
        assert hash(first) == hash(second)


def test_hash_depends_on_class_and_values() -> None:
    """Instances of different classes or with different values rarely share a hash."""
    hashes = {hash(ConfigRedis({"redis_port": port})) for port in range(1, 50)}
    hashes |= {hash(cls()) for cls in (ConfigRedis, ConfigArgCacheRedis, ConfigTrigger)}
    assert len(hashes) == 49 + 3


def test_unhashable_values_do_not_prevent_hashing() -> None:
    """An instance with lists and dicts is hashable."""
    assert len({ConfigLists(), ConfigLists(), ConfigLists({"names": "b"})}) == 2


def test_mutable_defaults_are_copied() -> None:
    """Changing a list in one instance does not change other instances or defaults."""
    one, two = ConfigLists(), ConfigLists()
    one.names.append("b")
    one.table["x"].append(2)
    assert (two.names, two.table) == (["a"], {"x": [1]})
    assert ConfigLists.names == ["a"]
    assert ConfigLists().table == {"x": [1]}


def test_given_containers_are_copied() -> None:
    """An instance has copies of the lists of the caller and the file."""
    given_names = ["x"]
    Path("lists.yaml").write_text("table: {y: [5]}\n", encoding="utf-8")
    one = ConfigLists({"names": given_names}, "lists.yaml")
    two = ConfigLists({"names": given_names}, "lists.yaml")
    one.names.append("y")
    one.table["y"].append(6)
    assert (given_names, two.names, two.table) == (["x"], ["x"], {"y": [5]})


def test_assignment_converts() -> None:
    """Assignment converts and validates; an invalid value leaves the old one."""
    conf = ConfigRedis()
    conf.redis_port = "6380"  # type: ignore[assignment] # sources contain text
    assert conf.redis_port == 6380
    with pytest.raises(ConfigTypeError, match="redis_port: expected int, got 'six'"):
        conf.redis_port = "six"  # type: ignore[assignment] # on purpose
    assert conf.redis_port == 6380
    conf.anything = object()  # type: ignore[attr-defined] # as in the original


def test_assignment_to_a_field_that_its_mapper_deletes() -> None:
    """An invalid value is the same error if the class changes meanwhile."""

    def convert(_: object, __: object) -> int:
        del ConfigFading.level
        raise ValueError

    class ConfigFading(ConfigPynencBase):
        level = ConfigField(1, mapper=convert)

    conf = ConfigFading()
    with pytest.raises(ConfigTypeError, match="level: expected what convert accepts"):
        conf.level = 2
    assert vars(conf)["level"] == 1


def test_settings_cannot_be_deleted() -> None:
    """A setting cannot be deleted, other attributes can."""
    conf = ConfigRedis()
    with pytest.raises(AttributeError, match="redis_port"):
        del conf.redis_port
    conf.note = 1  # type: ignore[attr-defined] # an own attribute
    del conf.note  # type: ignore[attr-defined] # deleted again
    assert not hasattr(conf, "note")


def test_values_are_in_the_instances_dict() -> None:
    """The value is in the instance's __dict__ under the field's name."""
    conf = ConfigRedis({"redis_port": 1})
    assert vars(conf)["redis_port"] == 1
    assert not hasattr(type(vars(ConfigRedis)["redis_port"]), "__set__")


def test_repr_of_a_class_with_conflicting_parents() -> None:
    """If two parents conflict, the repr is the default one with the class name."""

    class ConfigOne(ConfigBase):
        size = ConfigField(1)

    class ConfigTwo(ConfigBase):
        size = ConfigField(2)

    class ConfigBoth(ConfigOne, ConfigTwo):
        """A class that cannot be instantiated."""

    conf = ConfigBoth.__new__(ConfigBoth)
    assert repr(conf) == object.__repr__(conf)


def test_repr_is_in_declaration_order() -> None:
    """repr shows every field in the order of declaration."""
    text = repr(ConfigPynenc())
    places = [text.index(f"{name}=") for name in ConfigPynenc.config_fields()]
    assert places == sorted(places)
    assert text.startswith("ConfigPynenc(app_id='pynenc', orchestrator_cls='Mem")
