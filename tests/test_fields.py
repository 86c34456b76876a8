"""ConfigField declares a setting for a class, its subclasses and its documentation."""

import re
from abc import ABC, abstractmethod
from collections import OrderedDict
from collections.abc import Mapping
from enum import Enum
from pathlib import Path
from typing import Any, ClassVar, Generic, Optional, TypedDict, TypeVar

import pytest

from pynenc_conf import (
    ConfigBase,
    ConfigError,
    ConfigField,
    ConfigPynencBase,
    ConfigRedis,
    ConfigTypeError,
    UnknownSettingWarning,
)

# The pattern by which pynenc's command line finds the descriptions of fields.
CVAR = re.compile(r":cvar\s+(\w+\[?.*?\]?)\s+(\w+):\s*(.*?)(?=\n\s*:cvar|$)", re.DOTALL)
T = TypeVar("T")


class Color(Enum):
    """The type of a field."""

    RED = 1


class Table(TypedDict):
    """A table with known keys."""

    other: int


def declare_parent() -> type[Any]:
    """Make a class with several kinds of fields."""

    class ConfigParent(ConfigBase):
        """The parent class."""

        port = ConfigField(6379, ge=1, le=65535, doc="TCP port.")
        rate = ConfigField(0.5, ge=0, doc="Share of all,\nin one.")
        token = ConfigField("", secret=True)
        tags: ConfigField[tuple[int, ...]] = ConfigField((), doc="Tags.")
        optional: ConfigField[int | None] = ConfigField(None, doc="Maybe a number.")
        levels: ConfigField[dict[str, list[int]]] = ConfigField(
            {}, doc="Levels: by name."
        )
        color: ConfigField[Color] = ConfigField(Color.RED, doc="A colour.")
        shared: ClassVar[ConfigField[int]] = ConfigField(1, doc="Declared for a class.")
        path: "ConfigField[Path]" = ConfigField(Path("a"), doc="A path.")

    return ConfigParent


ConfigParent = declare_parent()


def child(parent: type[Any] = ConfigParent, **namespace: Any) -> type[Any]:
    """Make a subclass that replaces fields of its parent."""
    return type(ConfigBase)(
        "ConfigChild", (parent,), {"__module__": __name__, **namespace}
    )


def fresh(**fields: Any) -> type[Any]:
    """Make a config class that has only these fields."""
    return child(ConfigBase, **fields)


def test_class_access() -> None:
    """Reading a field on the class gives its default, also in a subclass."""
    assert ConfigParent.port == 6379
    assert child().port == 6379
    assert child(port=ConfigField(1)).port == 1


def test_declaration_is_kept() -> None:
    """vars(cls)[name] is the ConfigField that was declared."""
    field = ConfigField(5, doc="Five.")
    cls = fresh(five=field)
    assert vars(cls)["five"] is field
    assert (field.default_value, field.doc, repr(field)) == (
        5,
        "Five.",
        "ConfigField(5)",
    )
    assert cls.config_fields() == ["five"]


def test_own_and_all_fields() -> None:
    """config_fields() returns a class's own fields, all_fields also inherited ones."""
    cls = child(extra=ConfigField(1))
    assert cls.config_fields() == ["extra"]
    assert cls().all_fields == [*ConfigParent.config_fields(), "extra"]


@pytest.mark.parametrize(
    ("name", "default", "raw", "value"),
    [
        ("port", 6380, "6381", 6381),
        ("rate", 1, "0.25", 0.25),
        ("tags", (3,), "1,2", (1, 2)),
        ("optional", 5, "null", None),
        ("path", Path("b"), "c", Path("c")),
        ("token", "t", "u", "u"),
    ],
)
def test_plain_redefinition(name: str, default: Any, raw: str, value: Any) -> None:
    """A plain value in a subclass is a new default; the type stays the parent's."""
    cls = child(**{name: default})
    assert isinstance(vars(cls)[name], ConfigField)
    assert getattr(cls(), name) == getattr(cls, name) == default
    given = getattr(cls({name: raw}), name)
    assert (type(given), given) == (type(value), value)
    assert getattr(ConfigParent(), name) != default


def test_plain_redefinition_keeps_limits_and_secrecy() -> None:
    """A new default keeps the field's limits, secrecy and description."""
    cls = child(port=6380, token="secret")
    assert "secret" not in repr(cls())
    assert vars(cls)["port"].doc == "TCP port."
    with pytest.raises(ConfigTypeError, match="at most 65535"):
        cls({"port": 65536})


@pytest.mark.parametrize("bad", [0, 65536, "x"])
def test_plain_redefinition_is_checked(bad: Any) -> None:
    """A new default that violates the limits is an error when the class is created."""
    with pytest.raises(ConfigTypeError):
        child(port=bad)


def test_redefinition_by_a_field() -> None:
    """A field in a subclass has its own default and type, for all sources."""
    cls = child(port=ConfigField("auto"))
    assert cls().port == "auto"
    assert cls({"parent": {"port": 80}}).port == "80"


def test_property_in_a_subclass() -> None:
    """A property that replaces a field is not a setting, and no source sets it."""
    cls = child(port=property(lambda self: len(self.tags)))
    conf = cls({"port": "bad", "tags": "1,2"})
    assert conf.port == 2
    assert "port" not in conf.all_fields
    assert "port=" not in repr(conf)
    with pytest.raises(AttributeError):
        conf.port = 3


@pytest.mark.parametrize(
    ("default", "limits", "words"),
    [
        (0, {"ge": 1}, "limits: expected a value at least 1, got 0"),
        (1, {"gt": 1}, "above 1, got 1"),
        (2, {"le": 1}, "at most 1, got 2"),
        (1, {"lt": 1}, "below 1, got 1"),
        ("c", {"choices": ("a", "b")}, "one of 'a', 'b', got 'c'"),
        (1.5, {"ge": 0, "le": 1}, "at least 0 and at most 1, got 1.5"),
    ],
)
def test_default_breaks_its_limits(
    default: Any, limits: dict[str, Any], words: str
) -> None:
    """A default outside its field's limits is an error when the class is created."""
    with pytest.raises(ConfigTypeError, match=re.escape(words)) as caught:
        fresh(size=ConfigField(default, **limits))
    assert str(caught.value).startswith("ConfigChild.size: the default must be within")


def test_default_that_cannot_be_compared() -> None:
    """A default that cannot be compared with its limits is an error too."""
    with pytest.raises(ConfigTypeError):
        fresh(size=ConfigField("x", ge=1))


def test_docstring() -> None:
    """The docstring lists each described field in the form that pynenc reads."""
    doc = declare_parent().__doc__ or ""
    found = CVAR.findall(doc)
    texts = {name: (kind, " ".join(text.split())) for kind, name, text in found}
    assert texts == {
        "port": ("ConfigField[int]", "TCP port."),
        "rate": ("ConfigField[float]", "Share of all, in one."),
        "tags": ("ConfigField[tuple[int, ...]]", "Tags."),
        "optional": ("ConfigField[int | None]", "Maybe a number."),
        "levels": ("ConfigField[dict[str, list[int]]]", "Levels: by name."),
        "color": ("ConfigField[Color]", "A colour."),
        "shared": ("ConfigField[int]", "Declared for a class."),
        "path": ("ConfigField[Path]", "A path."),
    }
    assert doc.startswith("The parent class.\n")


def test_docstring_of_a_field_for_the_class() -> None:
    """A ClassVar is described by its inner type, or if it is text, by the default's."""
    field = ConfigField(1, doc="How large.")
    annotations = {"size": ClassVar[ConfigField[float]]}
    doc = child(ConfigBase, size=field, __annotations__=annotations).__doc__
    assert doc is not None
    assert ":cvar ConfigField[float] size:" in doc
    annotations = {"size": "ClassVar[ConfigField[float]]"}
    doc = child(ConfigBase, size=field, __annotations__=annotations).__doc__
    assert doc is not None
    assert ":cvar ConfigField[int] size:" in doc


def test_complete_docstring() -> None:
    """Descriptions follow a written docstring with its indentation, or stand alone."""
    fields = {"size": ConfigField(1, doc="How large."), "plain": ConfigField(1)}
    lines = "\n    :cvar ConfigField[int] size:\n        How large.\n    "
    written = child(ConfigBase, __doc__="\n    What it is.  \n    ", **fields)
    assert written.__doc__ == f"\n    What it is.\n{lines}"
    assert child(ConfigBase, **fields).__doc__ == f"\n{lines}"


def test_docstring_of_the_catalogue() -> None:
    """The docstring of ConfigRedis lists all fields with their type and a sentence."""
    found = {
        name: kind for kind, name, text in CVAR.findall(ConfigRedis.__doc__) if text
    }
    assert found == {
        name: f"ConfigField[{type(getattr(ConfigRedis, name)).__name__}]"
        for name in ConfigRedis.config_fields()
    }


def test_docstring_without_fields() -> None:
    """A class without described fields of its own keeps its docstring unchanged."""
    assert child(__doc__="Just this.").__doc__ == "Just this."
    assert child().__doc__ is None
    assert fresh(plain=ConfigField(1)).__doc__ is None


def test_fields_added_later() -> None:
    """A field that is added to a class or changed applies to later instances."""
    cls = fresh(first=ConfigField(1))
    derived = child(cls)
    old = derived()
    cls.second = ConfigField(2)
    cls.first = 10
    assert (derived().first, derived({"second": "3"}).second) == (10, 3)
    assert old.first == 1
    del cls.second
    assert derived().all_fields == ["first"]
    derived.first = 20
    assert derived({"first": "30"}).first == 30


def test_names_changed_later(monkeypatch: pytest.MonkeyPatch) -> None:
    """A change to a namespace applies to later instances."""
    cls = fresh(first=ConfigField(1))
    derived = child(cls)
    monkeypatch.setenv("OTHER__FIRST", "2")
    monkeypatch.setenv("OTHER-FIRST", "3")
    assert derived().first == 1
    cls.ENV_PREFIX = "OTHER"
    assert derived().first == 2
    cls.ENV_SEP = "-"
    assert derived().first == 3
    del cls.ENV_PREFIX, cls.ENV_SEP
    assert derived().first == 1


def test_hooks_added_later(monkeypatch: pytest.MonkeyPatch) -> None:
    """A hook that is added to a class applies to later instances."""
    cls = fresh(first=ConfigField(1))
    assert cls().first == 1
    monkeypatch.setenv("EXTRA", "5")
    cls.get_extra_env_keys = lambda _self, _field, _cls: ["EXTRA"]
    assert cls().first == 5


def test_generic_alias() -> None:
    """ConfigField[int] is an alias with an origin and an argument."""
    alias: Any = ConfigField[int]
    assert (alias.__origin__, alias.__args__) == (ConfigField, (int,))
    assert alias(5).default_value == 5


def test_generic_config() -> None:
    """A generic config class is the same class for each type argument."""

    class ConfigOf(ConfigBase, Generic[T]):
        size = ConfigField(1)

    assert ConfigOf[int]({"size": "2"}).size == 2
    assert ConfigOf[int]() == ConfigOf[str]()


def test_abstract_bases() -> None:
    """An abstract base class can be mixed in; its abstract methods must be defined."""

    class Named(ABC):
        @abstractmethod
        def name(self) -> str: ...

    class ConfigNamed(ConfigParent, Named):
        extra = ConfigField(1)

    with pytest.raises(TypeError, match="abstract"):
        ConfigNamed()  # type: ignore[abstract]
    cls = child(ConfigNamed, name=lambda self: f"port {self.port}")
    assert cls({"port": 1, "extra": "2"}).name() == "port 1"
    assert isinstance(cls(), Named)


@pytest.mark.parametrize(
    ("default", "change"),
    [
        ([1], lambda value: value.append(2)),
        ({1: [2]}, lambda value: value[1].append(3)),
        ({1}, lambda value: value.add(2)),
        (([1],), lambda value: value[0].append(2)),
        (bytearray(b"a"), lambda value: value.extend(b"b")),
    ],
)
def test_mutable_defaults(default: Any, change: Any) -> None:
    """Each instance has a deep copy of a mutable default."""
    cls = fresh(value=ConfigField(default))
    before = repr(default)
    first, second = cls(), cls()
    change(first.value)
    assert repr(first.value) != before
    assert [repr(second.value), repr(cls().value), repr(cls.value)] == [before] * 3


def test_given_containers_are_not_shared() -> None:
    """Changing an instance does not change the containers passed to it."""
    cls = fresh(value=ConfigField({"a": [1]}))
    raw = {"value": {"a": [1]}}
    conf = cls(raw)
    conf.value["a"].append(2)
    assert raw == {"value": {"a": [1]}}


def test_custom_namespace(monkeypatch: pytest.MonkeyPatch) -> None:
    """A class can set the names of its variables, files, table and sections."""

    class ShopSettings(ConfigPynencBase):
        TOML_CONFIG_ID = "shop"
        ENV_PREFIX = "SHOP"
        ENV_SEP = "_"
        ENV_FILEPATH = "CONFIG_FILE"
        IGNORE_CLASS_NAME_SUBSTR = "Settings"

        table = ConfigField("")
        section = ConfigField("")
        file = ConfigField("")
        class_file = ConfigField("")
        general = ConfigField("")
        own = ConfigField("")
        untouched = ConfigField("default")

    Path("pyproject.toml").write_text(
        '[tool.shop]\ntable = "a"\n[tool.pynenc]\nuntouched = "b"\n', encoding="utf-8"
    )
    Path("a.yaml").write_text("file: c\n", encoding="utf-8")
    Path("b.json").write_text('{"shop": {"class_file": "d"}}', encoding="utf-8")
    for name, text in {
        "SHOP_CONFIG_FILE": "a.yaml",
        "SHOP_SHOPSETTINGS_CONFIG_FILE": "b.json",
        "SHOP_GENERAL": "e",
        "SHOP_SHOPSETTINGS_OWN": "f",
        "SHOP__UNTOUCHED": "g",
        "PYNENC__UNTOUCHED": "h",
    }.items():
        monkeypatch.setenv(name, text)
    values = {"shop": {"section": "i"}, "shopsettings": {"untouched": "j"}}
    with pytest.warns(UnknownSettingWarning, match="did you mean 'shop'"):
        conf = ShopSettings(values)
    assert [getattr(conf, name) for name in conf.all_fields] == [
        *("a", "i", "c", "d", "e", "f", "default")
    ]
    assert ShopSettings.get_env_key("own", ShopSettings) == "SHOP_SHOPSETTINGS_OWN"
    assert ShopSettings.get_config_id(ShopSettings) == "shop"


def test_own_attributes() -> None:
    """A subclass may have attributes other than fields, also set before the fields."""

    class ConfigNoted(ConfigParent):
        def __init__(self, note: str) -> None:
            self.note = note
            super().__init__({"port": 1})

    conf = ConfigNoted("mine")
    assert (conf.note, conf.port) == ("mine", 1)
    conf.note = "yours"
    assert (conf.note, conf.all_fields) == ("yours", ConfigParent().all_fields)
    with pytest.raises(AttributeError, match="port is a setting"):
        del conf.port


def test_fields_and_sections_of_one_name() -> None:
    """A table named like a field and a section is the section, unless it is valid."""
    text = fresh(child=ConfigField("a"), other=ConfigField(1))
    assert text({"child": {"other": 2}}).other == 2
    assert text({"child": "b"}).child == "b"
    table: Any = fresh(child=ConfigField({}))
    assert table({"child": {"x": 2}}).child == {"x": 2}
    with pytest.raises(ConfigError):
        text({"child": ["b"]})


@pytest.mark.parametrize(
    ("declared", "takes"),
    [
        (dict, True),
        (dict[str, int], True),
        (Mapping[str, int], True),
        (OrderedDict, True),
        (Table, True),
        (dict[str, int] | None, True),
        (Optional[Table], True),  # noqa: UP045 - written so in older code
        (Any, True),
        (object, False),
        (int, False),
        (int | None, False),
        (Optional[int], False),  # noqa: UP045 - as above
        (list[int], False),
        (list[dict[str, int]], False),
        (Path, False),
    ],
)
def test_fields_that_accept_a_table(declared: Any, takes: bool) -> None:  # noqa: FBT001
    """A table for a field named like a section is a value if the type accepts it."""
    cls = fresh(
        child=ConfigField(None),
        other=ConfigField(1),
        __annotations__={"child": ConfigField[declared]},
    )
    conf: Any = cls({"child": {"other": 2}})
    assert (conf.child == {"other": 2}) is takes
    assert conf.other == 2


def test_annotated_but_not_declared() -> None:
    """An attribute annotated as a field but not declared as one is an error."""
    with pytest.raises(ConfigTypeError, match=r"ConfigBad\.port is annotated"):

        class ConfigBad(ConfigBase):
            port: ConfigField[int] = 80  # type: ignore[assignment] # on purpose

    with pytest.raises(ConfigTypeError, match=r"write size = ConfigField\(\.\.\.\)"):

        class ConfigBare(ConfigBase):
            size: "ConfigField[int]"


def test_mapper_must_be_callable() -> None:
    """A description passed in place of the mapper is an error at the declaration."""
    with pytest.raises(ConfigTypeError) as caught:
        ConfigField(1, "my doc")  # type: ignore[arg-type] # on purpose
    assert str(caught.value) == (
        "a mapper must be callable as mapper(value, type); pass a description as doc="
    )


@pytest.mark.parametrize(
    ("inherited", "own", "result"),
    [
        (True, False, True),
        (True, "url", True),
        ("url", False, "url"),
        ("url", True, True),
        (False, "url", "url"),
        (False, True, True),
        (False, False, False),
    ],
)
def test_secrecy_of_a_redeclared_field(
    inherited: Any, own: Any, result: object
) -> None:
    """A field that redeclares a secret one is at least as secret, also on the class."""
    parent = child(ConfigBase, token=ConfigField("a", secret=inherited))
    cls = child(parent, token=ConfigField("redis://me:pw@h", secret=own))
    assert vars(cls)["token"].secret is result
    assert cls().field_info("token").secret is result


def test_invalid_new_default_names_the_field() -> None:
    """The error for an invalid new default names the class and the field."""
    with pytest.raises(ConfigTypeError, match=r"^Child\.redis_port: .* got 'abc'"):
        type(ConfigRedis)("Child", (ConfigRedis,), {"redis_port": "abc"})
    with pytest.raises(ConfigTypeError, match=r"^ConfigRedis\.redis_port: "):
        ConfigRedis.redis_port = 0
    assert ConfigRedis().redis_port == 6379


# Reading past the instance


class ConfigBaseline(ConfigBase):
    """A field that methods of a subclass read with super()."""

    port = ConfigField(80)


class ConfigSuper(ConfigBaseline):
    """Overrides the default, and reads the field in every way that Python has."""

    port = 81

    def above(self) -> int:
        """Return the value that super() finds."""
        return super().port


def test_super_reads_the_value_of_the_instance() -> None:
    """super().port, and the descriptor's own __get__, give the instance's value."""
    conf = ConfigSuper({"port": "90"})
    assert conf.above() == 90
    for cls in (ConfigBaseline, ConfigSuper):
        assert vars(cls)["port"].__get__(conf, cls) == 90
    conf.port = 91
    assert conf.above() == 91
    assert vars(ConfigBaseline)["port"].__get__(None, ConfigBaseline) == 80
    assert (ConfigBaseline.port, ConfigSuper.port) == (80, 81)
