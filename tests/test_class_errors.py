"""A declaration that cannot work is an error when its class is created."""

from __future__ import annotations

import datetime as dt
import operator
import re
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Annotated, Any, ClassVar, NamedTuple, NewType

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pynenc_conf import ConfigBase, ConfigField, ConfigTask, ConfigTypeError

MAKE = type(ConfigBase)


def declare(name: str, field: Any, annotation: Any = None) -> type[Any]:
    """Make a class ConfigShop with one attribute."""
    namespace = {"__module__": __name__, name: field}
    if annotation is not None:
        namespace["__annotations__"] = {name: annotation}
    return MAKE("ConfigShop", (ConfigBase,), namespace)


def assign(name: str, field: Any) -> None:
    """Set an attribute of an existing class ConfigShop."""
    setattr(MAKE("ConfigShop", (ConfigBase,), {}), name, field)


WAYS: list[Callable[[str, Any], object]] = [declare, assign]


def rejected(
    name: str, field: Any, words: str, way: Callable[[str, Any], object] = declare
) -> None:
    """Check that a class cannot have a field; the error names both."""
    with pytest.raises(ConfigTypeError) as caught:
        way(name, field)
    assert str(caught.value).startswith(f"ConfigShop.{name}: ")
    assert words in str(caught.value)


class NotComparable:
    """A bound that cannot be compared."""


class Hostile:
    """A bound whose methods raise."""

    def __le__(self, other: object) -> bool:
        raise LookupError

    def __repr__(self) -> str:
        raise LookupError


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize(
    "secret", ["URL", "Url", "true", "hunter2", "", 1, 0, None, [], {}, b"url"]
)
def test_secret(secret: Any, way: Callable[[str, Any], object]) -> None:
    """`secret=` is False, True or "url"; any other value is an error."""
    field = ConfigField("", secret=secret)
    rejected("token", field, "secret= must be True (masks", way)
    with pytest.raises(ConfigTypeError) as caught:
        way("token", field)
    assert "hunter2" not in str(caught.value)


@pytest.mark.parametrize("parent", [False, True, "url"])
def test_secret_of_a_redefined_field(parent: Any) -> None:
    """An invalid `secret=` is an error even if the parent's field is secret."""
    base = declare("token", ConfigField("", secret=parent))
    field: ConfigField[str] = ConfigField("", secret="URL")  # type: ignore[arg-type] # pyright: ignore[reportArgumentType]
    with pytest.raises(ConfigTypeError, match=r"^ConfigChild\.token: secret="):
        MAKE("ConfigChild", (base,), {"token": field})


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize(
    "name",
    sorted(
        {name for cls in ConfigBase.__mro__ for name in vars(cls)}
        | {"_layers", "_assigned", "__private", "__own__"}
    ),
)
def test_reserved_names(name: str, way: Callable[[str, Any], object]) -> None:
    """A field cannot have a name that ConfigBase uses, such as a method or a hook."""
    if name in {"__annotate__", "__annotate_func__", "__annotations__"}:
        pytest.skip("the class statement itself reads it")
    rejected(name, ConfigField(1), "ConfigBase uses this name", way)


@pytest.mark.parametrize("way", WAYS)
def test_a_name_with_a_dot(way: Callable[[str, Any], object]) -> None:
    """A field has no dot in its name, because a member's name has one."""
    rejected("smtp.port", ConfigField(1), "a dot in a name separates a member", way)


@pytest.mark.parametrize("name", [1, 1.5, None, b"port", ("port",)])
def test_a_name_that_is_not_text(name: Any) -> None:
    """A namespace that a program has made may have no other names than text."""
    message = r"^ConfigChild: the name of a field must be text, got "
    with pytest.raises(ConfigTypeError, match=message):
        MAKE("ConfigChild", (ConfigBase,), {name: ConfigField(1), "port": 1})


class Unprintable:
    """A choice whose repr raises."""

    def __repr__(self) -> str:
        raise RuntimeError


def test_choices_without_a_repr() -> None:
    """The repr of a choice that raises is replaced by the name of its class."""
    choice = Unprintable()
    field = ConfigField(choice, choices=[choice])
    assert isinstance(declare("kind", field)().kind, Unprintable)
    rejected("kind", ConfigField(1, choices=[choice]), "one of <Unprintable>, got 1")


def test_names_that_are_reserved() -> None:
    """Among the reserved names are methods, hooks and the names of a namespace."""
    for name in (
        *("all_fields", "explain", "override", "field_info", "safe_dict"),
        *("get_extra_qualifiers", "get_extra_env_keys", "get_env_key"),
        *("ENV_PREFIX", "ENV_SEP", "_derived", "__init__", "__dict__"),
    ):
        rejected(name, ConfigField(1), "give the field another name")


@pytest.mark.parametrize(
    "name", ["_token", "register", "mro", "fields", "_", "task_id"]
)
def test_other_names(name: str) -> None:
    """Any other name is allowed, also with one underscore in front."""
    conf = declare(name, ConfigField(1))({name: "2"})
    assert getattr(conf, name) == 2


def test_names_overridden_without_a_field() -> None:
    """A class may override ConfigBase's names with values and methods."""

    class ConfigShop(ConfigBase):
        ENV_PREFIX = "SHOP"
        size = ConfigField(1)

        def get_extra_qualifiers(self, config_cls: object) -> None:
            del config_cls

    class ConfigCounted(ConfigShop):
        @property
        def size(self) -> int:
            return 7

    assert ConfigShop.get_env_key("size") == "SHOP__SIZE"
    assert (ConfigShop().size, ConfigCounted().size) == (1, 7)


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize(
    ("limits", "words"),
    [
        ({"ge": 10, "le": 1}, "no value can be within ge=10 and le=1"),
        ({"gt": 5, "lt": 5}, "no value can be within gt=5 and lt=5"),
        ({"ge": 5, "lt": 5}, "no value can be within ge=5 and lt=5"),
        ({"gt": 5, "le": 5}, "no value can be within gt=5 and le=5"),
        ({"ge": 5, "gt": 1}, "ge= and gt= are both set; remove one"),
        ({"le": 5, "lt": 9}, "le= and lt= are both set; remove one"),
        ({"ge": 5, "gt": ...}, "no value can be compared with gt=Ellipsis"),
        ({"ge": 1, "le": "9"}, "ge=1 and le='9' cannot be compared with each other"),
        ({"ge": float("nan")}, "no value can be compared with ge=nan"),
        ({"le": Decimal("NaN")}, "no value can be compared with le=Decimal('NaN')"),
        ({"lt": Decimal("sNaN")}, "no value can be compared with lt="),
        ({"gt": 1j}, "no value can be compared with gt=1j"),
        ({"gt": NotComparable()}, "no value can be compared with gt="),
        ({"gt": Hostile()}, "no value can be compared with gt=<Hostile>"),
        ({"choices": ()}, "choices= is empty"),
        ({"choices": (1, 2), "ge": 3}, "none of the choices is within the bounds"),
    ],
)
def test_contradictory_limits(
    limits: dict[str, Any], words: str, way: Callable[[str, Any], object]
) -> None:
    """Limits that no value can satisfy are an error, with and without a default."""
    rejected("size", ConfigField(**limits), words, way)
    rejected("size", ConfigField(1, **limits), words, way)


@pytest.mark.parametrize(
    ("default", "limits"),
    [
        (5, {"ge": 5, "le": 5}),
        (dt.date(2024, 1, 1), {"ge": dt.date(2023, 1, 1)}),
        (None, {"ge": 1, "le": 2}),
        (1, {"choices": (1, 9), "le": 3}),
        (Decimal(1), {"gt": 0, "lt": 1.5}),
    ],
)
def test_limits_that_some_value_satisfies(default: Any, limits: Any) -> None:
    """Limits of any types are fine if they can be compared and leave a value."""
    assert declare("size", ConfigField(default, **limits))().size == default


LOWER = {"ge": operator.ge, "gt": operator.gt}
UPPER = {"le": operator.le, "lt": operator.lt}


@given(
    st.sampled_from([*LOWER]),
    st.sampled_from([*UPPER]),
    st.integers(-2, 2),
    st.integers(-2, 2),
)
def test_a_class_is_created_if_a_value_is_possible(
    lower: str, upper: str, low: int, high: int
) -> None:
    """A class with bounds is created exactly if some float is within the bounds."""
    limits: dict[str, Any] = {lower: low, upper: high}
    field: ConfigField[float] = ConfigField(**limits)
    possible = any(
        LOWER[lower](half / 2, low) and UPPER[upper](half / 2, high)
        for half in range(-8, 9)
    )
    if possible:
        assert declare("size", field, "ConfigField[float]").config_fields() == ["size"]
    else:
        rejected("size", field, "no value can be within")


def test_default_outside_the_limits() -> None:
    """The error for a default outside the limits shows limits and default."""
    words = "the default must be within the limits: expected a value at least 1, got 0"
    for way in WAYS:
        rejected("size", ConfigField(0, ge=1), words, way)
    base = declare("size", ConfigField(1, ge=1))
    with pytest.raises(ConfigTypeError, match=rf"^ConfigChild\.size: {words}$"):
        MAKE("ConfigChild", (base,), {"size": 0})


def test_secret_default_outside_the_limits() -> None:
    """The error for a secret default does not show it, also if the parent is secret."""
    base = declare("token", ConfigField("", secret=True))
    with pytest.raises(ConfigTypeError, match=r"got \*\*\*$"):
        MAKE("ConfigChild", (base,), {"token": ConfigField("hunter2", choices=("a",))})


class Getting(ConfigField[int]):
    """A field that computes its value on access."""

    def __get__(self, instance: object, owner: object) -> int:
        return 1


Setting = type("Setting", (ConfigField,), {"__set__": lambda *_: None})
Deleting = type("Deleting", (ConfigField,), {"__delete__": lambda *_: None})


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize(
    ("kind", "method"),
    [(Getting, "__get__"), (Setting, "__set__"), (Deleting, "__delete__")],
)
def test_bypassed_methods(
    kind: Any, method: str, way: Callable[[str, Any], object]
) -> None:
    """A subclass of ConfigField with a method that is never called is an error."""
    words = f"{kind.__name__}.{method} would not be called"
    rejected("size", kind(1), words, way)
    rejected("size", kind(1), "pass mapper=", way)


def test_other_subclasses_of_fields() -> None:
    """A subclass of ConfigField may have a converter and methods of its own."""

    class Described(ConfigField[int]):
        def describe(self) -> str:
            return self.doc.upper()

    field = Described(1, doc="size")
    assert declare("size", field)({"size": "2"}).size == 2
    assert field.describe() == "SIZE"


class ConfigSmtp(ConfigBase):
    """A class that others try to use as a type."""

    port = ConfigField(25)


SmtpAlias = NewType("SmtpAlias", ConfigSmtp)


@dataclass
class Holder:
    """A structure with a member that cannot be one."""

    smtp: ConfigSmtp | None = None


class Pair(NamedTuple):
    """A structure with a structure that has such a member."""

    number: int
    holder: list[Holder]


HINT = (
    "the config class ConfigSmtp cannot be the type of a field; use a dataclass as the "
    "type, or inherit from ConfigSmtp"
)
TYPES: dict[str, Any] = {
    "ConfigField[ConfigSmtp]": ConfigField[ConfigSmtp],
    "ConfigField[ConfigSmtp | None]": ConfigField[ConfigSmtp | None],
    "ConfigField[list[ConfigSmtp]]": ConfigField[list[ConfigSmtp]],
    "ConfigField[dict[str, tuple[ConfigSmtp, ...]]]": ConfigField[
        dict[str, tuple[ConfigSmtp, ...]]
    ],
    "ConfigField[Annotated[ConfigSmtp, 'x']]": ConfigField[Annotated[ConfigSmtp, "x"]],
    "ConfigField[SmtpAlias]": ConfigField[SmtpAlias],
    "ClassVar[ConfigField[ConfigSmtp]]": ClassVar[ConfigField[ConfigSmtp]],
}


@pytest.mark.parametrize("declared", TYPES.values(), ids=TYPES)
def test_config_class_as_a_type(declared: Any) -> None:
    """A config class anywhere in a declared type is an error of the class statement."""
    with pytest.raises(ConfigTypeError, match=rf"^ConfigShop\.smtp: {HINT}$"):
        declare("smtp", ConfigField(None), declared)


@pytest.mark.parametrize(
    "declared",
    [
        *TYPES,
        "ConfigField[Holder]",
        "ConfigField[Pair | None]",
        "ConfigField[list[Pair]]",
    ],
)
def test_config_class_in_text(declared: str) -> None:
    """In an annotation that is text, or in a structure, it is found by an instance."""
    cls = declare("smtp", ConfigField(None), declared)
    with pytest.raises(ConfigTypeError, match=rf"^ConfigShop\.smtp: {HINT}$"):
        cls()


@pytest.mark.parametrize("way", WAYS)
def test_config_instance_as_a_default(way: Callable[[str, Any], object]) -> None:
    """A default that is an instance of a config class is an error."""
    rejected("smtp", ConfigField(ConfigSmtp()), HINT, way)


def test_config_classes_as_values() -> None:
    """A field may hold a config class itself, or what a mapper makes of a value."""
    cls = declare("kind", ConfigField(ConfigSmtp), ConfigField[type[ConfigSmtp]])
    assert cls().kind is ConfigSmtp

    def send(_: ConfigSmtp) -> None: ...

    annotation = ConfigField[Callable[[ConfigSmtp], None] | None]
    assert declare("kind", ConfigField(send), annotation)().kind is send

    def make(value: Any, _: object) -> ConfigSmtp:
        return ConfigSmtp(value)

    mapped = declare("smtp", ConfigField(None, make), ConfigField[ConfigSmtp])
    assert mapped({"smtp": {"port": "26"}}).smtp.port == 26


def test_the_class_is_unchanged_if_an_attribute_is_rejected() -> None:
    """An attribute that is rejected later leaves the class as it was."""
    cls = declare("size", ConfigField(1))
    for field in (ConfigField(0, ge=1), ConfigField("", secret="URL")):  # type: ignore[arg-type] # pyright: ignore[reportArgumentType]
        with pytest.raises(ConfigTypeError):
            cls.size = field
    assert cls({"size": "-5"}).size == -5


def test_required_fields_are_declared_without_a_default() -> None:
    """A required field is `ConfigField()`; an Ellipsis is an error that says so."""
    words = re.escape("write ConfigField() if it is required")
    with pytest.raises(ConfigTypeError, match=words):
        ConfigField(...)
    key = declare("api_key", ConfigField(), "ConfigField[str]")({"api_key": "k"})
    assert key.api_key == "k"


def test_a_task_class_keeps_its_rules() -> None:
    """A subclass of a catalogue class is checked like any other class."""
    with pytest.raises(ConfigTypeError, match=r"^ConfigMine\.max_retries: .*got -1$"):
        MAKE("ConfigMine", (ConfigTask,), {"max_retries": -1})
