"""Required settings: fields without a default, `ConfigField()`."""

import pickle
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pynenc_conf import ConfigBase, ConfigField, ConfigTypeError


class ConfigApi(ConfigBase):
    """Settings of a service."""

    url: ConfigField[str] = ConfigField("http://localhost", doc="Address.")
    key: ConfigField[str] = ConfigField(secret=True, doc="Key of the service.")
    port: ConfigField[int] = ConfigField(ge=1)


class ConfigApiChild(ConfigApi):
    """Gives one required field a default."""

    port = 80


def test_missing_settings_name_every_way_to_set_them() -> None:
    """Each missing setting is one problem, with the keys and variables that set it."""
    with pytest.raises(ConfigTypeError) as caught:
        ConfigApi()
    assert str(caught.value).splitlines() == [
        "ConfigApi: 2 invalid settings",
        (
            "  key: missing required setting; set one of: key key, key api.key, "
            "variable CONFIG__CONFIGAPI__KEY, variable CONFIG__CONFIGAPI__KEY_FILE, "
            "variable CONFIG__KEY, variable CONFIG__KEY_FILE"
        ),
        (
            "  port: missing required setting; set one of: key port, key api.port, "
            "variable CONFIG__CONFIGAPI__PORT, variable CONFIG__PORT"
        ),
    ]
    assert [p.field for p in caught.value.problems] == ["key", "port"]
    assert [p.origin for p in caught.value.problems] == [None, None]


WAYS = (
    "key",
    "api.key",
    "apichild.key",
    "CONFIG__KEY",
    "CONFIG__CONFIGAPI__KEY",
    "CONFIG__CONFIGAPICHILD__KEY",
    "CONFIG__KEY_FILE",
    "CONFIG__CONFIGAPI__KEY_FILE",
    "CONFIG__CONFIGAPICHILD__KEY_FILE",
)


def test_the_ways_are_complete() -> None:
    """The error names the ways of all ancestors, and no others."""
    with pytest.raises(ConfigTypeError) as caught:
        ConfigApiChild()
    (problem,) = caught.value.problems
    _, _, ways = problem.message.partition("set one of: ")
    assert {way.split(" ")[1] for way in ways.split(", ")} == set(WAYS)


@pytest.mark.parametrize("way", WAYS)
def test_each_way_sets_it(way: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every way that the error names sets the setting."""
    values: dict[str, Any] = {}
    section, _, key = way.rpartition(".")
    if not way.startswith("CONFIG__"):
        values = {section: {key: "k"}} if section else {key: "k"}
    elif way.endswith("_FILE"):
        Path("secret").write_text("k\n")
        monkeypatch.setenv(way, "secret")
    else:
        monkeypatch.setenv(way, "k")
    assert ConfigApiChild(values).key == "k"


def test_an_invalid_value_is_not_missing_too() -> None:
    """A required setting with an invalid value is one problem, not two."""
    with pytest.raises(ConfigTypeError) as caught:
        ConfigApi({"port": 0, "key": "k"})
    assert [p.message for p in caught.value.problems] == [
        "expected int at least 1, got 0"
    ]


def test_the_class_has_no_value() -> None:
    """Reading a required setting on the class raises AttributeError."""
    with pytest.raises(AttributeError, match="required"):
        _ = ConfigApi.key
    assert not hasattr(ConfigApi, "port")
    assert ConfigApiChild.port == 80
    assert repr(vars(ConfigApi)["key"]) == "ConfigField()"


def test_a_child_may_require_what_its_parent_does_not() -> None:
    """A redefinition without a default is required."""

    class ConfigStrict(ConfigApi):
        """Requires the address."""

        url: ConfigField[str] = ConfigField()

    with pytest.raises(ConfigTypeError, match="url: missing required setting"):
        ConfigStrict({"key": "k", "port": 1})


def test_ellipsis_is_no_default() -> None:
    """`ConfigField(...)` is rejected, and the error says what to write."""
    with pytest.raises(ConfigTypeError, match=r"write ConfigField\(\)"):
        ConfigField(...)


def test_a_set_value_is_explained_without_a_default() -> None:
    """The chain of a required setting has no default; no place shows one."""
    conf = ConfigApi({"key": "hunter2", "port": 1})
    info = conf.field_info("port")
    assert (info.is_required, info.default, len(info.chain)) == (True, None, 1)
    assert not conf.field_info("url").is_required
    assert conf.explain("key").splitlines() == [
        "ConfigApi.key = ***",
        "  Key of the service.",
        "  > ***  config_values key",
    ]
    assert pickle.loads(pickle.dumps(conf)) == conf


def test_a_mapper_gets_the_declared_type() -> None:
    """Without a default the mapper of a field gets the declared type."""

    class ConfigMapped(ConfigBase):
        """A required field with a mapper."""

        value: ConfigField[int] = ConfigField(mapper=lambda raw, kind: kind(raw) + 1)

    assert ConfigMapped({"value": "4"}).value == 5


def test_override_satisfies_it() -> None:
    """A test may give a required setting with override()."""
    with ConfigApi.override(key="k", port="5") as conf:
        assert conf.port == ConfigApi().port == 5


def test_a_config_without_its_values_has_a_repr() -> None:
    """A config whose construction failed can be shown by a debugger."""
    conf = ConfigApi.__new__(ConfigApi)
    assert repr(conf).startswith("<")


@given(st.sets(st.sampled_from(["a", "b", "c"])), st.sets(st.sampled_from("abc")))
def test_exactly_the_missing_ones_are_reported(
    required: set[str], given_names: set[str]
) -> None:
    """The problems are the required settings that no source sets, in their order."""
    namespace: dict[str, Any] = {
        name: ConfigField() if name in required else ConfigField(0) for name in "abc"
    }
    namespace["__annotations__"] = dict.fromkeys("abc", ConfigField[int])
    cls = type("ConfigSample", (ConfigBase,), namespace)
    values = dict.fromkeys(given_names, 1)
    missing = [name for name in "abc" if name in required - given_names]
    if missing:
        with pytest.raises(ConfigTypeError) as caught:
            cls(values)
        assert [problem.field for problem in caught.value.problems] == missing
    else:
        assert cls(values).all_fields == ["a", "b", "c"]
