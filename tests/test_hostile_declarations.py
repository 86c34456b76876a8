"""Declarations with objects whose own methods raise."""

from __future__ import annotations

import dataclasses
import enum
import typing
from collections.abc import Callable
from typing import Any, Literal

import pytest

from pynenc_conf import ConfigBase, ConfigError, ConfigField, ConfigTypeError

HUGE = 10**5000
SECRET = "hunter-7305918246735"


def raise_error(*_: Any) -> Any:
    """Raise in a method."""
    message = f"raised, {SECRET}"
    raise ValueError(message)


def broken_type(method: str) -> Any:
    """Return a class of whose metaclass one method raises."""
    kind = type("Kind", (type,), {method: raise_error, "__hash__": type.__hash__})
    if method == "__hash__":
        kind = type("Kind", (type,), {method: raise_error})
    return kind("Broken", (), {})


def broken_object(method: str, value: Any = raise_error) -> Any:
    """Return an object of whose class one method raises."""
    return type("Broken", (), {method: value})()


def declare(default: Any = None, declared: Any = None, **options: Any) -> Any:
    """Create a class with one field, `x`."""
    namespace: dict[str, Any] = {"x": ConfigField(default, **options)}
    if declared is not None:
        namespace["__annotations__"] = {"x": ConfigField[declared]}
    return type(ConfigBase)("ConfigX", (ConfigBase,), namespace)


def use(cls: Any) -> None:
    """Use a class in every way."""
    conf = cls()
    conf.explain("x")
    conf.field_info("x").as_dict()
    repr(conf)


class Answers(type):
    """A metaclass that has an answer for one name."""

    def __getattr__(cls, name: str) -> Any:
        """Answer as no dataclass does."""
        if name == "__dataclass_fields__":
            return None
        raise AttributeError(name)


class Fields(tuple[Any, ...]):
    """Looks like a NamedTuple."""

    __slots__ = ()
    _fields = ("a",)
    _field_defaults = 5


class Keys(dict[str, Any]):
    """Looks like a TypedDict."""

    __required_keys__ = 5


class Parent(ConfigBase):
    """A class with a field that others redefine."""

    x = ConfigField("x")


class SecretParent(ConfigBase):
    """A class with a secret field."""

    x = ConfigField("x", secret=True)


HugeEnum = enum.Enum("HugeEnum", {"A": HUGE, "B": 1})
BrokenEnum = enum.Enum("BrokenEnum", {"A": broken_object("__str__"), "B": 1})
Numbered = typing.TypedDict("Numbered", {1: int})  # type: ignore[misc] # as Python allows
Described = dataclasses.make_dataclass(
    "Described",
    [
        (
            "a",
            int,
            dataclasses.field(default=1, metadata={"doc": broken_object("__bool__")}),
        )
    ],
)

DECLARATIONS: dict[str, Callable[[], Any]] = {
    "an Enum with a huge number": lambda: declare(HugeEnum.B),
    "an Enum with a value without text": lambda: declare(BrokenEnum.B),
    "a Literal with a huge number": lambda: declare(1, Literal[HUGE, 1]),
    "a huge bound": lambda: declare(HUGE + 1, int, ge=HUGE),
    "choices that raise": lambda: declare(1, choices=broken_object("__iter__")),
    "a TypedDict with a number as key": lambda: declare(None, Numbered),
    "a default's class without a hash": lambda: declare(broken_type("__hash__")()),
    "a default's class without equality": lambda: declare(broken_type("__eq__")()),
    "a type without attributes": lambda: declare(None, broken_type("__getattr__")),
    "a default's class without attributes": lambda: declare(
        broken_type("__getattr__")()
    ),
    "a type with strange fields": lambda: declare(None, Answers("C", (), {})),
    "a default without a class": lambda: declare(
        broken_object("__class__", property(raise_error))
    ),
    "an attribute without a class": lambda: type(ConfigBase)(
        "ConfigX", (Parent,), {"y": broken_object("__class__", property(raise_error))}
    ),
    "a default with strange members": lambda: declare(
        broken_object("__members__", ["a"])
    ),
    "a tuple with strange defaults": lambda: declare(None, Fields),
    "a dict with strange keys": lambda: declare(None, Keys),
    "a member with a strange description": lambda: declare(Described()),
    "a description that is not text": lambda: declare(1, doc=5),
    "a new default without attributes": lambda: type(ConfigBase)(
        "ConfigX", (Parent,), {"x": broken_type("__getattr__")()}
    ),
    "an assigned default without attributes": lambda: setattr(
        type("ConfigX", (Parent,), {}), "x", broken_type("__getattr__")()
    ),
}
# The others can be used.
REJECTED = DECLARATIONS.keys() - {
    "a default without a class",
    "an attribute without a class",
    "a default with strange members",
    "a member with a strange description",
}


@pytest.mark.parametrize("name", DECLARATIONS)
def test_a_declaration_is_usable_or_a_config_error(name: str) -> None:
    """A class with strange objects is usable, or the error is a ConfigTypeError."""
    try:
        use(DECLARATIONS[name]())
    except ConfigTypeError as error:
        message = str(error)
    else:
        message = ""
    assert bool(message) == (name in REJECTED)


def test_the_error_names_the_field_and_keeps_the_cause() -> None:
    """The error names class and field, and its cause is the exception."""
    with pytest.raises(
        ConfigTypeError,
        match=r"^ConfigX\.x: the declaration cannot be read \(ValueError",
    ) as caught:
        declare(None, broken_type("__getattr__"))
    assert isinstance(caught.value.__cause__, ValueError)


@pytest.mark.parametrize(
    "make",
    [
        lambda: use(declare(broken_type("__eq__")(), secret=True)),
        lambda: type(ConfigBase)(
            "ConfigX", (SecretParent,), {"x": broken_type("__getattr__")()}
        ),
    ],
    ids=["field", "redefined"],
)
def test_the_error_of_a_secret_field_has_no_cause(make: Callable[[], Any]) -> None:
    """What an exception says about a secret field is not shown."""
    with pytest.raises(ConfigError, match="cannot be read") as caught:
        make()
    assert SECRET not in str(caught.value)
    assert caught.value.__cause__ is None
    assert caught.value.__context__ is None
