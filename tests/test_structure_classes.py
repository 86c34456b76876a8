"""Structures as their classes declare them: inherited, generic, Enum, InitVar."""

import sys
import warnings
from collections import Counter
from dataclasses import InitVar, dataclass, field
from enum import Enum
from pathlib import Path
from types import MappingProxyType, ModuleType
from typing import (
    Annotated,
    Any,
    Final,
    Generic,
    Protocol,
    TypedDict,
    TypeVar,
    TypeVarTuple,
)

import attrs
import pytest
import typing_extensions
from jsonschema import Draft202012Validator

from pynenc_conf import ConfigBase, ConfigField, ConfigTypeError
from pynenc_conf._core.declare.plan import plan_of
from pynenc_conf._tools.schema.document import create_schema
from tests.test_structures import Tls, config, problems_of

T = TypeVar("T")


@dataclass
class Relay:
    """Gives its member a default that differs from the member's class."""

    host: str = "h"
    tls: Tls = field(default_factory=lambda: Tls(Path("special")))
    tags: list[str] = field(default_factory=list)


@pytest.mark.parametrize("declared", [Relay, Relay | None])
def test_a_member_keeps_the_default_of_the_class_that_has_it(declared: Any) -> None:
    """Of a structure without a default, members have the defaults that it gives."""
    default = None if declared != Relay else ...
    cls = config(declared, default)
    one, other = (cls({"value": {"tls": {"verify": False}}}) for _ in range(2))
    assert one.value == Relay(tls=Tls(Path("special"), verify=False))
    assert one.field_info("value.tls.ca").default == one.value.tls.ca
    one.value.tls.ca = Path("changed")
    assert other.value.tls.ca == cls({"value": {}}).value.tls.ca == Path("special")


@pytest.mark.parametrize("raw", [{}, MappingProxyType({}), "{}", " {} "])
def test_every_empty_mapping_means_a_structure(
    raw: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """For an optional structure `{}` means one with all defaults, in any form."""
    cls = config(Tls | None, None)
    assert cls({"value": raw}).value == Tls()
    if isinstance(raw, str):
        monkeypatch.setenv("CONFIG__VALUE", raw)
        assert cls().value == Tls()
        assert cls().field_info("value").origin.variable == "CONFIG__VALUE"


def test_a_required_optional_structure_has_to_be_set() -> None:
    """A field without a default is required, also if it could be None."""
    cls = config(Tls | None, ...)
    ((name, message, _),) = problems_of(cls)
    assert name == "value"
    assert message.startswith("missing required setting; set one of: key value, ")
    assert cls({"value": None}).value is None
    assert cls({"value": {"verify": "no"}}).value == Tls(verify=False)


@dataclass(frozen=True)
class Point:
    """The data of the members of an Enum."""

    x: int
    y: int


class Place(Point, Enum):
    """An Enum whose members have members."""

    HOME = 1, 2
    WORK = 3, 4


def test_an_enum_of_structures_is_an_enum() -> None:
    """An Enum is one value, whatever its members are made of."""
    conf = config(Place, Place.HOME)({"value": "work"})
    assert conf.value is Place.WORK
    assert conf.field_info("value").members == ()


class Incomparable:
    """A value whose comparison raises, as that of arrays does."""

    __hash__ = None  # type: ignore[assignment] # not needed

    def __eq__(self, other: object) -> bool:
        raise RuntimeError


@dataclass
class Holder:
    """Holds any value."""

    item: Any = None
    number: int = 1


def test_values_are_not_compared() -> None:
    """A member may hold a value that cannot be compared."""
    item = Incomparable()
    conf = config(Holder, Holder())({"value": {"item": item, "number": "2"}})
    assert conf.value.item is item
    assert conf.value.number == 2


@dataclass
class Cell(Generic[T]):
    """A generic structure."""

    value: T


@dataclass
class Numbers(Cell[int]):
    """Gives its generic ancestor an argument."""

    more: Final[int] = 0


U = TypeVar("U")
Bound = TypeVar("Bound", bound=int)
Either = TypeVar("Either", int, float)


@dataclass
class Pair(Cell[U], Generic[U, T]):
    """Renames the variable of its ancestor, and has one of the same name."""

    other: T


class Keys(TypedDict, Generic[T]):
    """A generic TypedDict."""

    key: T


class IntKeys(Keys[int]):
    """Gives its generic ancestor an argument."""


@dataclass
class Limited(Generic[Bound, Either]):
    """Generic, of certain types only."""

    bound: Bound
    either: Either


@pytest.mark.parametrize(
    ("declared", "raw", "expected"),
    [
        (Numbers, {"value": "5", "more": "6"}, Numbers(5, 6)),
        (Pair[int, float], {"value": "5", "other": "6"}, Pair(5, 6.0)),
        (list[Pair[float, int]], [{"value": "5", "other": "6"}], [Pair(5.0, 6)]),
        (IntKeys, {"key": "5"}, {"key": 5}),
        (Limited, {"bound": "5", "either": "1.5"}, Limited(5, 1.5)),
    ],
)
def test_a_type_variable_has_a_type(declared: Any, raw: Any, expected: Any) -> None:
    """Generic ancestors have their arguments, other variables their bound."""
    value = config(declared, ...)({"value": raw}).value
    assert value == expected
    assert repr(value) == repr(expected)


@dataclass
class Seeded:
    """Has members that are passed and not stored, one without a type."""

    a: int = 0
    z: InitVar[int] = 1
    b: int = 0
    y: InitVar = 2  # type: ignore[type-arg] # as Python allows
    x: InitVar[int] = 3

    def __post_init__(self, z: int, y: Any, x: int) -> None:
        """Keep what is passed."""
        self.passed = (z, y, x)


def test_members_come_in_order_of_declaration() -> None:
    """Members that are not stored have the place where they are declared."""
    cls = config(Seeded, ...)
    assert cls({"value": {"z": "4", "y": "5"}}).value.passed == (4, "5", 3)
    members = [member.name for member in cls().field_info("value").members]
    assert members == ["value.a", "value.z", "value.b", "value.y", "value.x"]


@attrs.define
class Old:
    """An attrs class without annotations."""

    port = attrs.field(type=int, default=5)
    other = attrs.field(
        type=int, default=attrs.Factory(lambda self: self.port + 1, takes_self=True)
    )


def test_attrs_may_have_types_without_annotations() -> None:
    """The type of an attribute may be an argument."""
    conf = config(Old, ...)({"value": {"port": "7", "other": "3"}})
    assert (conf.value.port, conf.value.other) == (7, 3)


def test_a_default_that_needs_the_instance_is_not_explained() -> None:
    """A factory that takes the instance gives the class no default to show."""
    conf = config(Old, ...)({"value": {"other": "3"}})
    assert [each.value for each in conf.field_info("value.other").chain] == [3]
    assert config(Old, ...)().field_info("value.other").value == 6


class Extended(typing_extensions.TypedDict):
    """A TypedDict of typing_extensions."""

    a: int


class Named(Protocol):
    """A Protocol that does not know its instances."""

    name: str


def test_classes_without_instances_may_be_in_unions() -> None:
    """A union tries its other types if one of them cannot know its instances."""
    assert config(Extended | list[int], 3)({"value": {"a": "7"}}).value == {"a": 7}
    assert config(Extended | list[int], 3)({"value": "5,6"}).value == [5, 6]
    assert config(Named | int, 3)({"value": 4}).value == 4


def test_a_member_that_is_not_a_name_is_not_shown() -> None:
    """Of unknown members only those are shown that are names: others may be values."""
    for declared in (Tls, list[Tls], Tls | None):
        raw: Any = {"hunter2 !": 1}
        cls = config(declared, ...)
        with pytest.raises(ConfigTypeError, match="unknown member") as caught:
            cls({"value": [raw] if declared == list[Tls] else raw})
        assert "hunter2" not in str(caught.value)


def declare_mutual(count: int) -> Any:
    """Return the first of some dataclasses, each of which may hold all of them."""
    names: dict[str, Any] = {"dataclass": dataclass, "__name__": __name__}
    for number in range(count):
        members = [f"    m{index}: 'M{index} | None' = None" for index in range(count)]
        exec("\n".join([f"@dataclass\nclass M{number}:", *members]), names)  # noqa: S102 - many classes
    for number in range(count):
        names[f"M{number}"].__annotations__ = {
            f"m{index}": names[f"M{index}"] | None for index in range(count)
        }
    return names["M0"]


def test_the_number_of_members_is_limited() -> None:
    """Classes that may hold each other have members at the first levels only."""
    cls = config(declare_mutual(12) | None, None)
    conf = cls({"value": {"m1": {"m2": {"m3": {"m4": {"m5": {"m6": {}}}}}}}})
    assert conf.value.m1.m2.m3.m4.m5.m6.m1 is None
    assert 1000 < len(plan_of(cls).members) < 1100
    assert conf.field_info("value.m1.m2").members


class Unreadable:
    """Reading an attribute raises, say because a connection is not open."""

    def __get__(self, instance: object, owner: type) -> int:
        raise OSError

    def __set__(self, instance: object, value: int) -> None:
        """Accept any value."""


@dataclass
class Remote:
    """Has a member that cannot be read."""

    host: str = "h"
    state: int = field(default=0)


Remote.state = Unreadable()  # type: ignore[assignment] # as a property would be


def test_a_member_that_cannot_be_read_has_no_value() -> None:
    """An exception of a property of the application's does not leave the library."""
    cls = config(Remote, Remote())
    conf = cls()
    assert conf.field_info("value.state").value is None
    assert "value.host" in conf.explain()
    with pytest.raises(ConfigTypeError, match="OSError"):
        cls({"value": {"host": "other"}})


@dataclass
class Cases:
    """Has two members whose variables have one name."""

    a: int = 0
    A: int = 0


def test_a_variable_sets_all_members_of_its_name(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Two members that differ in case have one variable, as two fields have."""
    monkeypatch.setenv("CONFIG__VALUE__A", "9")
    assert config(Cases, Cases())().value == Cases(9, 9)


@dataclass
class Cache:
    """A structure in a field that has the name of a section."""

    size: int = 1
    ttl: int = 1


class ConfigCache(ConfigBase):
    """The section of this class has the name of its field."""

    cache: ConfigField[Cache] = ConfigField(Cache())
    limit = ConfigField(1)


@pytest.mark.parametrize(
    ("table", "expected"),
    [
        ({"size": 5}, (Cache(5), 1)),
        ({"cache": {"size": 5}}, (Cache(5), 1)),
        ({"cache": {"size": 5}, "size": 4, "ttl": 3}, (Cache(5, 3), 1)),
        ({"limit": 5}, (Cache(), 5)),
        ({"limit": 5, "ttl": 3}, (Cache(ttl=3), 5)),
        ({}, (Cache(), 1)),
    ],
)
def test_a_section_may_have_the_name_of_a_structure(table: Any, expected: Any) -> None:
    """In a table with both names, a key sets the member or the field of its name."""
    conf = ConfigCache({"cache": table})
    assert (conf.cache, conf.limit) == expected
    accepts = Draft202012Validator(create_schema([ConfigCache])).is_valid
    assert accepts({"cache": table})
    wrong = {"cache": {**table, "sise": 1}}
    assert problems_of(lambda: ConfigCache(wrong)) == [
        ("cache.sise", "unknown member", "size")
    ]


def test_members_that_are_not_stored_are_explained() -> None:
    """The value of an InitVar is the one that the source has, not the class's."""
    conf = config(Seeded, Seeded())({"value": {"z": "4"}})
    found = [conf.field_info(f"value.{name}") for name in ("z", "x")]
    assert [(each.value, each.is_default) for each in found] == [(4, False), (3, True)]
    assert "value.z  4  config_values value.z" in conf.explain()


class Metadata:
    """Metadata of an annotation, without a hash."""

    __hash__ = None  # type: ignore[assignment] # as dataclasses have none


Small = Annotated[int, Metadata()]


@dataclass
class Noted:
    """Has annotations with metadata."""

    one: Small = 0
    many: list[Small] = field(default_factory=list)
    by_name: dict[str, Small] = field(default_factory=dict)
    passed: InitVar[Small] = 0
    tls: Annotated[Tls, []] = field(default_factory=Tls)


def test_metadata_of_annotations_needs_no_hash() -> None:
    """Metadata in Annotated does not matter, whatever it is."""
    raw = {"one": "1", "many": "2,3", "by_name": {"a": "4"}, "tls": {"verify": "no"}}
    expected = Noted(1, [2, 3], {"a": 4}, tls=Tls(verify=False))
    assert config(Noted, Noted())({"value": raw}).value == expected
    assert config(list[Noted], [])({"value": [raw]}).value == [expected]
    assert create_schema([config(Noted, Noted())])


class Registry(dict[str, Any], Generic[T]):
    """A mapping with one type parameter."""


def test_a_mapping_may_have_one_type_parameter() -> None:
    """The values of a Counter are numbers, those of an unknown mapping anything."""
    counted = config(Counter[str], Counter())({"value": {"a": "2"}}).value
    assert counted == Counter(a=2)
    assert type(counted) is Counter
    found = config(Registry[int], Registry())({"value": {"a": "2"}}).value
    assert (type(found), found) == (Registry, {"a": "2"})


Ts = TypeVarTuple("Ts")


@dataclass
class Row(Generic[T, *Ts, U]):
    """A structure with any number of type parameters."""

    first: T
    items: tuple[*Ts]
    last: U


@dataclass
class NamedRow(Row[int, float, int, str]):
    """Gives its ancestor its arguments."""

    name: str = ""


def test_a_structure_may_have_any_number_of_type_parameters() -> None:
    """`*Ts` stands for all arguments that the variables around it do not have."""
    raw = {"first": "1", "items": "2,3", "last": "4"}
    found = config(Row[int, float, int, str], ...)({"value": raw}).value
    assert repr(found) == "Row(first=1, items=(2.0, 3), last='4')"
    assert config(Row[int, str], ...)({"value": {**raw, "items": ""}}).value.items == ()
    assert config(NamedRow, ...)({"value": raw}).value.items == (2.0, 3)
    raw["items"] = "2"
    ((name, message, _),) = problems_of(
        lambda: config(Row[int, float, int, str], ...)({"value": raw})
    )
    assert name == "value.items"
    assert "exactly 2" in message


CHAIN = """
@dataclass
class Chain[T]:
    value: T
    rest: "Chain[T] | None" = None
    growing: "Chain[list[T]] | None" = None
"""


@pytest.mark.skipif(sys.version_info < (3, 12), reason="`class Chain[T]` is newer")
def test_text_in_a_class_with_type_parameters() -> None:
    """Text may use the type parameters of its class."""
    names: dict[str, Any] = {"dataclass": dataclass, "__name__": "chain"}
    module = ModuleType("chain")
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(sys.modules, "chain", module)
        exec(CHAIN, names)  # noqa: S102 - a syntax error up to Python 3.11
        vars(module).update(names)
        chain = names["Chain"]
        raw = {"value": "1", "rest": {"value": "2"}, "growing": {"value": "3,4"}}
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            found = config(chain[int], ...)({"value": raw}).value
    assert found == chain(1, chain(2), chain([3, 4]))
