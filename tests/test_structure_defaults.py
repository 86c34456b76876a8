"""The members of a default structure of which a source sets others."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import InitVar, dataclass, field, fields
from datetime import date
from typing import Any, NamedTuple, TypedDict

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pynenc_conf import ConfigBase, ConfigField, ConfigTypeError


def config(default: Any) -> type[Any]:
    """Return a class with one field, `value`, that has this default."""

    class ConfigStructure(ConfigBase):
        value: ConfigField[Any] = ConfigField(default)
        # The annotation is evaluated now: the type is not known to the module.
        __annotations__ = {"value": ConfigField[type(default)]}

    return ConfigStructure


@attrs.define
class Scaled:
    """An attrs class whose converters give other values the second time."""

    q: str = "q"
    _c: int = attrs.field(default=4, converter=lambda value: int(value) * 10)
    twice: int = attrs.field(init=False)

    def __attrs_post_init__(self) -> None:
        """Compute a member from another one."""
        self.twice = len(self.q) * 2


@attrs.frozen
class Dated:
    """An attrs class whose converter does not accept what it returns."""

    q: str = "q"
    since: Any = attrs.field(default="2024-01-01", converter=date.fromisoformat)


@dataclass
class Prefixed:
    """Changes its own members."""

    url: str = "h"
    port: int = 1
    items: list[str] = field(default_factory=lambda: ["a"])

    def __post_init__(self) -> None:
        """Complete the URL, and add to the list."""
        self.url = "https://" + self.url
        self.items = [*self.items, "b"]


@dataclass(frozen=True, slots=True)
class Size:
    """A frozen class that checks and computes."""

    low: int = 1
    high: int = 3
    width: int = field(init=False, default=0)
    names: list[str] = field(init=False, default_factory=list)

    def __post_init__(self) -> None:
        """Check two members, and compute a third."""
        if self.low > self.high:
            message = f"{self.low} is above {self.high}"
            raise ValueError(message)
        object.__setattr__(self, "width", self.high - self.low)


@dataclass
class Seeded:
    """Has an argument that is not stored."""

    a: int = 1
    seed: InitVar[int] = 3
    s: int = field(init=False, default=0)

    def __post_init__(self, seed: int) -> None:
        """Keep the argument."""
        self.s = seed


@dataclass
class Mirror:
    """Computes a member that an argument could set, whatever the argument is."""

    host: str = "h"
    url: str = ""

    def __post_init__(self) -> None:
        """Compute the URL."""
        self.url = f"http://{self.host}"


class Connection:
    """A value that equals nothing but itself."""

    def __init__(self, host: str) -> None:
        self.host = host


@dataclass
class Connected:
    """Computes a value that cannot be compared."""

    host: str = "h"
    port: int = 1
    connection: Connection = field(init=False)

    def __post_init__(self) -> None:
        """Connect."""
        self.connection = Connection(self.host)


@dataclass
class Picky:
    """Does not accept the values that it keeps."""

    name: str = "h"
    port: int = 1

    def __post_init__(self) -> None:
        """Complete a name that is not complete."""
        if self.name.endswith("."):
            raise ValueError(self.name)
        self.name += "."


class Point(NamedTuple):
    """A NamedTuple."""

    a: int
    b: str = "x"


class Keys(TypedDict, total=False):
    """A TypedDict."""

    a: int
    b: str


def grown() -> Size:
    """Return an instance that was changed after it was made."""
    size = Size()
    size.names.append("x")
    return size


@pytest.mark.parametrize(
    ("default", "raw", "expected"),
    [
        (Scaled(), {"q": "ww"}, "Scaled(q='ww', _c=40, twice=4)"),
        (Scaled(c=5), {"q": "w"}, "Scaled(q='w', _c=50, twice=2)"),
        (Dated(), {"q": "w"}, f"Dated(q='w', since={date(2024, 1, 1)!r})"),
        (
            Prefixed(),
            {"port": 2},
            "Prefixed(url='https://h', port=2, items=['a', 'b'])",
        ),
        (grown(), {"high": 9}, "Size(low=1, high=9, width=8, names=['x'])"),
        (Size(), {"low": 2}, "Size(low=2, high=3, width=1, names=[])"),
        (Seeded(1, 5), {"a": 2}, "Seeded(a=2, s=5)"),
        (Seeded(1, 5), {"seed": 7}, "Seeded(a=1, s=7)"),
        (Seeded(1, 5), {"a": 2, "seed": 7}, "Seeded(a=2, s=7)"),
        (Mirror(), {"host": "w"}, "Mirror(host='w', url='http://w')"),
        (Picky(), {"port": 2}, "Picky(name='h.', port=2)"),
        (Point(1, "y"), {"a": 2}, "Point(a=2, b='y')"),
    ],
    ids=str,
)
def test_a_member_that_no_source_sets_keeps_the_default(
    default: Any, raw: Any, expected: str
) -> None:
    """A converter or __post_init__ does not change a member that no source sets.

    What the class computes from other members, it computes from their new values.
    """
    before = repr(default)
    found = config(default)({"value": raw}).value
    assert repr(found) == expected
    assert repr(default) == before


def test_a_typed_dict_keeps_the_keys_of_the_default() -> None:
    """A key that no source sets has the value of the default."""

    class ConfigKeys(ConfigBase):
        value: ConfigField[Keys] = ConfigField({"a": 1, "b": "y"})

    assert ConfigKeys({"value": {"a": "2"}}).value == {"a": 2, "b": "y"}


def test_the_class_checks_members_together() -> None:
    """A class sees the members that a source sets beside those of the default."""
    with pytest.raises(ConfigTypeError, match="ValueError: 4 is above 3"):
        config(Size())({"value": {"low": 4}})


def test_a_computed_value_that_cannot_be_compared_is_new() -> None:
    """A class computes a value without equality from the members of the instance."""
    value = config(Connected())({"value": {"host": "w"}}).value
    assert value.connection.host == "w"


MADE = {
    Scaled: Scaled(q="x", c=7),
    Prefixed: Prefixed("w", 7, ["z"]),
    Size: grown(),
    Picky: Picky("w", 7),
    Point: Point(7, "z"),
}
VALUES: dict[str, Any] = {
    "q": "new",
    "c": 8,
    "url": "new",
    "port": 8,
    "items": ["new"],
    "low": 2,
    "high": 8,
    "name": "new",
    "a": 8,
    "b": "new",
}


def stored(value: Any) -> dict[str, Any]:
    """Return the members that an argument sets, by name."""
    if isinstance(value, Scaled):
        return {"q": value.q, "c": value._c}  # noqa: SLF001 - a name with alias
    if isinstance(value, Point):
        return value._asdict()
    return {each.name: getattr(value, each.name) for each in fields(value) if each.init}


@given(st.sampled_from(list(MADE)), st.sets(st.sampled_from(sorted(VALUES))))
def test_any_members_leave_the_others(kind: type[Any], chosen: set[str]) -> None:
    """Whichever members are set, the others are those of the default."""
    default = deepcopy(MADE[kind])
    raw = {name: VALUES[name] for name in sorted(chosen & set(stored(default)))}
    found = stored(config(default)({"value": raw}).value)
    own = stored(default)
    assert {name: found[name] for name in found if name not in raw} == {
        name: own[name] for name in own if name not in raw
    }
