"""Unusual classes, values, environments and times do not break the library."""

from __future__ import annotations

import copy
import os
import pickle
import threading
from collections import defaultdict
from pathlib import Path
from types import MappingProxyType
from typing import Any, ClassVar, TypeVar
from unittest import mock

import pytest

from pynenc_conf import (
    ConfigBase,
    ConfigError,
    ConfigField,
    ConfigFileNotFoundError,
    ConfigRedis,
    ConfigTask,
    ConfigTypeError,
    UnknownFieldError,
    UnknownSettingWarning,
)
from pynenc_conf.origin import Origin

T = TypeVar("T", bound=int)
V = TypeVar("V")


class Special(ConfigField[V]):
    """A field class of an application."""


def test_class_first_used_while_the_environment_is_replaced(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A class first used under another os.environ reads the real one afterwards."""

    class ConfigFresh(ConfigBase):
        size = ConfigField(1)

    with mock.patch("os.environ", {"CONFIG__SIZE": "2"}):
        assert ConfigFresh().size == 2
    assert ConfigFresh().size == 1
    monkeypatch.setenv("CONFIG__SIZE", "3")
    assert ConfigFresh().size == 3


@pytest.mark.parametrize("swapped", [{"redis_password": "hunter2"}, ["hunter2"]])
def test_settings_in_the_place_of_a_path_are_not_shown(swapped: Any) -> None:
    """Settings passed in place of a path are not printed."""
    with pytest.raises(ConfigError, match="a path is expected here") as caught:
        ConfigRedis(None, swapped)
    assert "hunter2" not in repr((str(caught.value), caught.value.problems))


@pytest.mark.parametrize(
    "nested",
    [
        {"redis_password": "hunter2"},
        MappingProxyType({"redis_password": "hunter2"}),
        ({"redis_password": "hunter2"},),
    ],
)
def test_nested_settings_are_not_shown(nested: Any) -> None:
    """A table that is indented one level too deep is not printed with its content."""
    with pytest.raises(ConfigTypeError) as caught:
        ConfigRedis({"redis_host": nested})
    assert "hunter2" not in str(caught.value)
    with pytest.raises(ConfigTypeError) as caught:
        ConfigTask("a.b", {"retry_for": [nested]})
    assert "hunter2" not in str(caught.value)


def test_mapper_runs_for_each_instance(monkeypatch: pytest.MonkeyPatch) -> None:
    """The result of a mapper is not cached; it may depend on more than the value."""

    def under_home(value: Any, _: type) -> str:
        return os.environ.get("HOMEX", "none") + str(value)

    class ConfigMapped(ConfigBase):
        path = ConfigField("", mapper=under_home)

    Path("mapped.json").write_text('{"path": "/a"}', encoding="utf-8")
    assert ConfigMapped(None, "mapped.json").path == "none/a"
    monkeypatch.setenv("HOMEX", "home")
    assert ConfigMapped(None, "mapped.json").path == "home/a"
    monkeypatch.setenv("CONFIG__PATH", "/b")
    assert ConfigMapped().path == "home/b"
    monkeypatch.setenv("HOMEX", "away")
    assert ConfigMapped().path == "away/b"


def test_section_name_by_a_method_of_instances() -> None:
    """`get_config_id` may be an ordinary method, as in the original."""

    class ConfigNamed(ConfigBase):
        size = ConfigField(1)

        def get_config_id(self, config_cls: type[ConfigBase]) -> str:  # type: ignore[override]
            if config_cls.ENV_PREFIX != self.ENV_PREFIX:
                return "theirs"
            return "mine"

    assert ConfigNamed({"mine": {"size": 5}}).size == 5
    # Code that visits all existing classes must support this class.
    with pytest.warns(UnknownSettingWarning, match="did you mean 'size'"):
        assert ConfigNamed({"mine": {"sizee": 5}}).size == 1


def test_pyproject_that_is_removed_is_not_an_error() -> None:
    """The default ./pyproject.toml may disappear at any time without an error."""
    stop = threading.Event()

    def blink() -> None:
        while not stop.is_set():
            Path("pyproject.toml").write_text("", encoding="utf-8")
            Path("pyproject.toml").unlink()

    thread = threading.Thread(target=blink)
    thread.start()
    try:
        for _ in range(2000):
            assert ConfigRedis().redis_port == 6379
    finally:
        stop.set()
        thread.join()


def test_defaults_that_cannot_be_copied_are_shared() -> None:
    """Instances share a default that cannot be copied: a lock, proxy or sentinel."""
    one, two, three = object(), threading.Lock(), MappingProxyType({"a": 1})

    class ConfigOdd(ConfigBase):
        sentinel: ConfigField[Any] = ConfigField(one)
        lock: ConfigField[Any] = ConfigField(two)
        proxy: ConfigField[Any] = ConfigField(three)

        names = ConfigField(["a"])

    conf = ConfigOdd()
    conf.names.append("b")
    assert ConfigOdd().names == ["a"]
    conf.names.pop()
    assert conf.sentinel is one
    assert conf.lock is two
    assert conf.proxy is three
    assert conf == ConfigOdd()


class ConfigSlots(ConfigBase):
    """A class with an additional slot."""

    __slots__ = ("extra",)

    size = ConfigField(1)


def test_slots_are_copied_and_pickled() -> None:
    """The slots of a subclass are copied and pickled."""
    conf = ConfigSlots({"size": 2})
    conf.extra = 5
    for other in (
        copy.copy(conf),
        copy.deepcopy(conf),
        pickle.loads(pickle.dumps(conf)),
    ):
        assert (other.extra, other.size) == (5, 2)


def test_types_inside_types_may_be_text() -> None:
    """A forward reference inside a type is evaluated, and a type variable is its bound.

    A type variable without a bound has the type of the default.
    """

    class ConfigForward(ConfigBase):
        sizes: ConfigField[list["int"]] = ConfigField([])  # noqa: UP037 - on purpose
        places: ConfigField[list["Path"]] = ConfigField([])  # noqa: UP037 - on purpose
        inner: ConfigField[list["Inner"]] = ConfigField([])  # noqa: UP037 - on purpose

        class Inner(str):
            """A type defined in the class body."""

            __slots__ = ()

        bound: ConfigField[T] = ConfigField(1)  # type: ignore[valid-type]
        unbound: ConfigField[V] = ConfigField(1)  # type: ignore[valid-type]
        own: Special[tuple[int, ...]] = Special(())

    raw = {"sizes": ["1"], "places": ["a"], "inner": ["b"], "bound": "2"}
    conf = ConfigForward({**raw, "unbound": "3", "own": "4,5"})
    assert (conf.sizes, conf.places, conf.bound) == ([1], [Path("a")], 2)
    assert (conf.unbound, conf.own) == (3, (4, 5))
    assert type(conf.inner[0]) is ConfigForward.Inner
    with pytest.raises(ConfigTypeError):
        ConfigForward({"bound": "abc"})


def test_annotations_by_text_and_by_class_variable() -> None:
    """Annotations work as text, inside ClassVar, and with a type defined in the class.

    A name of the class counts if the module does not define the name.
    """

    class ConfigWritten(ConfigBase):
        class Inner(str):
            """A type defined in the class body."""

            __slots__ = ()

        inner: ConfigField[Inner] = ConfigField("a")
        shared: ClassVar[ConfigField[tuple[int, ...]]] = ConfigField(())
        text: "ConfigField[tuple[int, ...]]" = ConfigField(())  # noqa: UP037 - on purpose
        part: ClassVar["ConfigField[tuple[int, ...]]"] = ConfigField(())  # noqa: UP037
        anything: ConfigField[Any] = ConfigField(1)
        undeclared = ConfigField(None)

    conf = ConfigWritten({"inner": "b", "shared": "1,2", "text": "3", "part": "4"})
    assert type(conf.inner) is ConfigWritten.Inner
    assert (conf.shared, conf.text, conf.part) == ((1, 2), (3,), (4,))
    conf.anything = conf.undeclared = {"any": "thing"}
    assert conf.anything == conf.undeclared == {"any": "thing"}


def test_values_of_a_field_can_be_assigned() -> None:
    """The value of a field can be assigned to the field, whatever its class."""

    class ConfigKinds(ConfigBase):
        counts: ConfigField[Any] = ConfigField(defaultdict(int, {"a": 1}))
        plain_counts = ConfigField(defaultdict(int, {"a": 1}))
        span = ConfigField(range(3))

    conf = ConfigKinds()
    for name in conf.all_fields:
        before = getattr(conf, name)
        setattr(conf, name, before)
        assert getattr(conf, name) == before
        assert type(getattr(conf, name)) is type(before)


def test_a_child_does_not_weaken_a_secret() -> None:
    """A child cannot show a part of a value that an ancestor masks completely."""

    class ConfigHidden(ConfigBase):
        token = ConfigField("", secret=True)

    class ConfigChild(ConfigHidden):
        token = ConfigField("", secret="url")

    conf = ConfigChild({"token": "redis://user:x@host/abc"})
    assert conf.safe_dict()["token"] == "***"


def test_origins_are_one_printable_line(monkeypatch: pytest.MonkeyPatch) -> None:
    """A path with line breaks or invalid bytes is shown escaped, on one line."""
    name = os.fsdecode(b"a\n\xff.yaml")
    Path(name).write_text("redis_port: 7\n", encoding="utf-8")
    monkeypatch.setenv("PYNENC__FILEPATH", name)
    source = ConfigRedis().field_info("redis_port").source
    assert source.isprintable()
    assert source.encode("utf-8").startswith(b"a\\n\\udcff.yaml:1:13")


def test_origins_are_as_they_are_written(monkeypatch: pytest.MonkeyPatch) -> None:
    """A path is shown unchanged in any language, and a very long path is cut."""
    Path("caf\u00e9.yaml").write_text("redis_port: 7\n", encoding="utf-8")
    monkeypatch.setenv("PYNENC__FILEPATH", "caf\u00e9.yaml")
    source = ConfigRedis().field_info("redis_port").source
    assert source.startswith("caf\u00e9.yaml:1:13")
    for length, ending in ((10_000, "xxx"), (10_001, "...")):
        origin = Origin("config_values", keys=["x" * (length - 14)])
        assert len(str(origin)) == 10_000
        assert str(origin).endswith(ending)


def test_overrides_may_end_in_any_order() -> None:
    """An override that ends removes only its own values."""
    first, second = ConfigRedis.override(redis_db=1), ConfigRedis.override(redis_port=2)
    first.__enter__()
    second.__enter__()
    first.__exit__()
    conf = ConfigRedis()
    assert (conf.redis_db, conf.redis_port) == (0, 2)
    second.__exit__()
    assert ConfigRedis() == ConfigRedis({})


def test_override_of_a_field_called_cls() -> None:
    """A field may have the name of a parameter of the library's methods."""

    class ConfigNames(ConfigBase):
        cls = ConfigField(1)
        self = ConfigField(1)

    with ConfigNames.override(cls=2, self=3) as conf:
        assert (conf.cls, conf.self) == (2, 3)


def test_override_of_a_class_whose_constructor_has_parameters() -> None:
    """`with` gives an instance created without the class's own constructor."""

    class ConfigAsks(ConfigBase):
        size = ConfigField(1)

        def __init__(self, name: str) -> None:
            self.name = name
            super().__init__()

    with ConfigAsks.override(size=2) as conf:
        assert (conf.size, ConfigAsks("x").size) == (2, 2)
    with pytest.raises(ConfigTypeError):
        ConfigAsks.override(size="x").__enter__()


class UnprintableError(Exception):
    """An error whose text cannot be read."""

    def __str__(self) -> str:
        raise RuntimeError


def test_mapper_whose_error_has_no_text() -> None:
    """An exception without readable text becomes a ConfigTypeError."""

    def reject(_: Any, __: type) -> int:
        raise UnprintableError

    class ConfigMapped(ConfigBase):
        size = ConfigField(1, mapper=reject)

    with pytest.raises(ConfigTypeError, match="UnprintableError"):
        ConfigMapped({"size": 2})


def test_long_messages_of_mappers_are_cut() -> None:
    """The message of a mapper is cut at a maximum length."""

    def reject(_: Any, __: type) -> int:
        raise ValueError("x" * 100_000)

    class ConfigMapped(ConfigBase):
        size = ConfigField(1, mapper=reject)

    with pytest.raises(ConfigTypeError) as caught:
        ConfigMapped({"size": 2})
    assert len(str(caught.value)) < 1000


@pytest.mark.parametrize("task_id", ["\ud800.x", "", ".", "a\0b"])
def test_unusual_ids_of_tasks(task_id: str) -> None:
    """A task id may be any text; an id that no variable can name has no variable."""
    assert ConfigTask(task_id).max_retries == 0


def test_unhashable_field_names() -> None:
    """Requesting an unhashable field name is an UnknownFieldError."""
    with pytest.raises(UnknownFieldError):
        ConfigRedis().field_info([])  # type: ignore[arg-type] # on purpose


def test_missing_file_errors_keep_errno_and_filename() -> None:
    """errno and filename are the same as for FileNotFoundError, also after pickling."""
    with pytest.raises(ConfigFileNotFoundError) as caught:
        ConfigRedis(None, "nope.yaml")
    for error in (caught.value, pickle.loads(pickle.dumps(caught.value))):
        assert (error.errno, error.filename) == (2, "nope.yaml")


@pytest.mark.parametrize(
    ("given", "suggestion"),
    [("n", "no"), ("flase", "false"), ("ture", "true"), ("TRU", "true"), ("xyz", None)],
)
def test_suggestions_are_not_the_opposite(given: str, suggestion: str | None) -> None:
    """A suggestion is made only for a similar name, regardless of case."""

    class ConfigFlag(ConfigBase):
        flag = ConfigField(True)

    with pytest.raises(ConfigTypeError) as caught:
        ConfigFlag({"flag": given})
    assert caught.value.problems[0].suggestion == suggestion


def test_hashes_of_equal_values_of_different_types() -> None:
    """Equal instances have equal hashes, even if equal values have different hashes."""

    class ConfigAny(ConfigBase):
        value: ConfigField[Any] = ConfigField(None)

    one, two = ConfigAny({"value": {1}}), ConfigAny({"value": frozenset({1})})
    assert one == two
    assert hash(one) == hash(two)


def test_plain_default_keeps_the_class_of_the_field() -> None:
    """A new default in a subclass keeps the parent's custom field class."""

    class ConfigParent(ConfigBase):
        size = Special(1, ge=1)

    class ConfigChild(ConfigParent):
        size = 2

    assert type(vars(ConfigChild)["size"]) is Special
    assert ConfigChild().size == 2


def test_fields_of_a_class_that_is_declared_a_class() -> None:
    """A field whose values are classes rejects the name of a class."""

    class ConfigKind(ConfigBase):
        kind: ConfigField[type[Exception]] = ConfigField(ValueError)

    assert ConfigKind({"kind": KeyError}).kind is KeyError
    with pytest.raises(ConfigTypeError):
        ConfigKind({"kind": "builtins.KeyError"})
