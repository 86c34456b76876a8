"""Fields that hold a structure: each of its members is a setting of its own."""

import json
import pickle
from collections import namedtuple
from collections.abc import Callable
from copy import deepcopy
from dataclasses import KW_ONLY, InitVar, asdict, dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import (
    Annotated,
    Any,
    Generic,
    NamedTuple,
    NewType,
    NotRequired,
    Required,
    TypedDict,
    TypeVar,
)

import attrs
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from pynenc_conf import ConfigBase, ConfigField, ConfigTypeError, UnknownFieldError
from tests.conftest import toml

T = TypeVar("T")


@dataclass
class Pair:
    """A structure that contains itself."""

    left: "Pair | None" = None
    right: "Pair | None" = None


@dataclass
class Tls:
    """A structure inside another one."""

    ca: Path = Path("/etc/ca.pem")
    verify: bool = True


@dataclass
class Smtp:
    """A dataclass with a required member, a default, and a structure."""

    host: str
    port: int = field(default=25, metadata={"doc": "TCP port of the server."})
    tls: Tls = field(default_factory=Tls)


class ConfigShop(ConfigBase):
    """A class with one structure."""

    smtp: ConfigField[Smtp] = ConfigField(Smtp("localhost"), doc="Mail server.")


def problems_of(make: Callable[[], object]) -> list[tuple[str | None, str, str | None]]:
    """Return field, message and suggestion of each problem."""
    with pytest.raises(ConfigTypeError) as caught:
        make()
    return [(p.field, p.message, p.suggestion) for p in caught.value.problems]


def config(declared: Any, default: Any) -> type[Any]:
    """Return a class with one field, `value`."""
    namespace = {
        "__annotations__": {"value": ConfigField[declared]},
        "value": ConfigField(default) if default is not ... else ConfigField(),
    }
    return type("ConfigSample", (ConfigBase,), namespace)


# Kinds of structures


@dataclass(frozen=True, slots=True, kw_only=True)
class Frozen:
    """A frozen dataclass with slots and keyword arguments."""

    a: int
    b: str = "x"


@dataclass
class Parent:
    """An ancestor with a member that the constructor sets itself."""

    a: int
    total: int = field(init=False, default=7)


@dataclass
class Child(Parent):
    """Inherits members, and adds a keyword-only one and one that is not stored."""

    b: str = "x"
    _: KW_ONLY
    c: timedelta = timedelta(seconds=1)
    seed: InitVar[int] = 3

    def __post_init__(self, seed: int) -> None:
        """Keep what is not stored."""
        self.total = seed


@attrs.frozen
class Account:
    """An attrs class with a private attribute and a factory that needs the rest."""

    a: int
    _b: str = "x"
    twice: int = attrs.Factory(lambda self: self.a * 2, takes_self=True)
    fixed: int = attrs.field(init=False, default=5)


class Point(NamedTuple):
    """A NamedTuple with a default."""

    a: int
    b: str = "x"


class Base(TypedDict):
    """A TypedDict whose keys are required."""

    a: int
    note: NotRequired[str]


class Partial(Base, total=False):
    """Keys that may be left out, and one that may not."""

    b: str
    c: Required[bool]


@dataclass
class Box(Generic[T]):
    """A generic dataclass."""

    items: list[T]
    first: T | None = None


Untyped = namedtuple("Untyped", ["a", "b"], defaults=[2])  # noqa: PYI024 - on purpose


@pytest.mark.parametrize(
    ("declared", "raw", "expected"),
    [
        (Frozen, {"a": "1"}, Frozen(a=1)),
        (Frozen, {"a": 1, "b": "y"}, Frozen(a=1, b="y")),
        (Child, {"a": "1", "c": "2m"}, Child(1, c=timedelta(minutes=2))),
        (Child, {"a": 1, "seed": "9"}, Child(1, seed=9)),
        (Account, {"a": "4", "b": "y"}, Account(4, "y")),
        (Account, {"a": 4, "twice": "1"}, Account(4, twice=1)),
        (Point, {"a": "1"}, Point(1)),
        (Point, ["1", "y"], Point(1, "y")),
        (Point, "1, y", Point(1, "y")),
        (Point, '["1"]', Point(1)),
        (Point, '{"a": "1"}', Point(1)),
        (Untyped, {"a": "1"}, Untyped("1")),
        (Base, {"a": "1"}, {"a": 1}),
        (Partial, {"a": "1", "c": "no"}, {"a": 1, "c": False}),
        (Partial, {"a": 1, "c": 1, "b": "x"}, {"a": 1, "b": "x", "c": True}),
        (Box[int], {"items": "1,2", "first": "3"}, Box([1, 2], 3)),
        (Box[str], {"items": "1,2"}, Box(["1", "2"])),
        (list[Frozen], [{"a": "1"}, Frozen(a=2)], [Frozen(a=1), Frozen(a=2)]),
        (list[Frozen], '[{"a": "1"}]', [Frozen(a=1)]),
        (dict[str, Frozen], {"x": {"a": "1"}}, {"x": Frozen(a=1)}),
        (dict[str, list[Point]], {"x": [{"a": "1"}]}, {"x": [Point(1)]}),
        (Frozen | None, {"a": "1"}, Frozen(a=1)),
        (Frozen | None, "null", None),
        (Annotated[Frozen | None, "note"], '{"a": 1}', Frozen(a=1)),
        (NewType("Named", Frozen), {"a": "1"}, Frozen(a=1)),
        (Frozen | Point, {"a": "1", "b": "y"}, Frozen(a=1, b="y")),
        (int | list[Point], [{"a": "1"}], [Point(1)]),
    ],
)
def test_members_are_converted_to_their_own_types(
    declared: Any, raw: Any, expected: Any
) -> None:
    """A mapping, or JSON text, sets the members, at any depth and inside containers."""
    cls = config(declared, ...)
    value = cls({"value": raw}).value
    assert value == expected
    assert type(value) is type(expected)
    Path("sample.json").write_text(json.dumps({"value": raw}, default=asdict))
    assert cls(None, "sample.json").value == expected
    conf = cls({"value": expected})
    assert conf.value == expected
    conf.value = raw
    assert conf.value == expected


def test_an_instance_is_a_value() -> None:
    """An instance, also of a subclass, is kept as it is."""

    @dataclass
    class Special(Smtp):
        """A subclass."""

        extra: int = 1

    special = Special("mail", extra=2)
    assert ConfigShop({"smtp": special}).smtp is special
    conf = ConfigShop({"smtp": special, "shop": {"smtp": {"port": 1}}})
    assert conf.smtp == Special("mail", port=1, extra=2)
    assert special.port == 25


@dataclass
class Node:
    """A structure that may hold itself."""

    name: str
    child: "Node | None" = None


def test_a_structure_may_hold_itself() -> None:
    """A recursive structure is read to any depth that its source allows."""
    raw = {"name": "a", "child": {"name": "b", "child": {"name": "c"}}}
    conf = config(Node, ...)({"value": raw})
    assert conf.value == Node("a", Node("b", Node("c")))
    wrong = {"name": "a", "child": {"name": "b", "child": {"nam": "c"}}}
    assert problems_of(lambda: config(Node, ...)({"value": wrong})) == [
        ("value.child.child.nam", "unknown member", "name"),
        ("value.child.child.name", "missing required member", None),
    ]


def test_each_instance_has_its_own_structure() -> None:
    """A mutable structure is never shared between instances."""
    Path("shop.yaml").write_text("smtp: {port: 5}")
    for make in (ConfigShop, lambda: ConfigShop(None, "shop.yaml")):
        one, other = make(), make()
        one.smtp.port = 1
        one.smtp.tls.verify = False
        assert other.smtp.port != 1
        assert other.smtp.tls.verify
    assert vars(ConfigShop)["smtp"].default_value == Smtp("localhost")


# Problems


def test_problems_of_members_are_at_their_own_places() -> None:
    """Unknown, missing and invalid members are reported where they are written."""
    Path("shop.yaml").write_text(
        "smtp:\n  prot: 587\n  port: x\n  tls: {verify: maybe, c: 1}\n"
    )
    with pytest.raises(ConfigTypeError) as caught:
        ConfigShop(None, "shop.yaml")
    assert str(caught.value).splitlines() == [
        "ConfigShop: 4 invalid settings",
        "  smtp.prot: unknown member; did you mean 'port'?",
        "    --> shop.yaml:2:9  smtp.prot",
        "  smtp.tls.c: unknown member; did you mean 'ca'?",
        "    --> shop.yaml:4:27  smtp.tls.c",
        "  smtp.port: expected int, got 'x'",
        "    --> shop.yaml:3:9  smtp.port",
        (
            "  smtp.tls.verify: expected bool (true/false, yes/no, on/off, 1/0), "
            "got 'maybe'"
        ),
        "    --> shop.yaml:4:17  smtp.tls.verify",
    ]


@pytest.mark.parametrize("name", ["shop.yaml", "shop.json", "shop.toml"])
def test_problems_inside_containers(name: str) -> None:
    """A problem inside a list names the element by the number in its key, from 0."""
    data: Any = {"value": [{"host": "a"}, {"hots": "b", "port": "x"}]}
    dump = {"yaml": yaml.safe_dump, "json": json.dumps, "toml": toml_document}
    Path(name).write_text(dump[name[-4:]](data))
    with pytest.raises(ConfigTypeError) as caught:
        config(list[Smtp], [])(None, name)
    assert [(p.field, p.message, p.suggestion) for p in caught.value.problems] == [
        ("value", "unknown member 'hots' in element [1]", "host"),
        ("value", "expected int, got 'x' in element [1], member 'port'", None),
        ("value", "missing required member 'host' in element [1]", None),
    ]
    origins = [problem.origin for problem in caught.value.problems]
    assert all(origin is not None and origin.line for origin in origins)
    assert [origin.key for origin in origins if origin is not None] == [
        "value.1.hots",
        "value.1.port",
        "value.1.host",
    ]


@pytest.mark.parametrize("depth", [0, 6])
def test_many_unknown_members(depth: int) -> None:
    """At most 100 problems of one whole value are reported: each compares names."""

    def tree(depth: int) -> dict[str, Any]:
        if depth == 0:
            return {f"hots{number}": 1 for number in range(1000)}
        return {"left": tree(depth - 1), "right": tree(depth - 1)}

    for value in ([tree(depth)], [tree(depth)] * 2):
        with pytest.raises(ConfigTypeError) as caught:
            config(list[Pair], [])({"value": value})
        messages = [problem.message for problem in caught.value.problems]
        assert len(messages) == 100
        assert messages[0].startswith("unknown member 'hots0' in element [0]")
        assert messages[99].startswith("unknown member 'hots99' in element [0]")


@pytest.mark.parametrize("source", [json.dumps, dict])
def test_many_unknown_settings_of_a_structure(source: Callable[[Any], Any]) -> None:
    """Of the unknown members of a field that holds a structure, 100 are reported."""
    members = {f"hots{number}": 1 for number in range(1000)}
    with pytest.raises(ConfigTypeError) as caught:
        config(Tls, Tls())({"value": source(members | {"verify": "maybe"})})
    fields = [problem.field for problem in caught.value.problems]
    assert fields == [*(f"value.hots{number}" for number in range(100)), "value.verify"]


def toml_document(data: dict[str, Any]) -> str:
    """Return a document as TOML."""
    return "".join(f"{key} = {toml(item)}\n" for key, item in data.items())


def test_a_missing_member_names_every_way_to_set_it() -> None:
    """A structure without its required member is one problem, where it is written."""
    cls = config(Smtp | None, None)
    Path("shop.yaml").write_text("\nvalue:\n  port: 1\n")
    with pytest.raises(ConfigTypeError) as caught:
        cls(None, "shop.yaml")
    assert str(caught.value).splitlines()[1:] == [
        (
            "  value.host: missing required member; set one of: key value.host, "
            "key sample.value.host, variable CONFIG__CONFIGSAMPLE__VALUE__HOST, "
            "variable CONFIG__VALUE__HOST"
        ),
        "    --> shop.yaml:3:3  value",
    ]
    assert cls().value is None


@pytest.mark.parametrize(
    ("raw", "message"),
    [
        (5, "expected Smtp (a mapping with host, port, tls), got 5"),
        ("x", "expected Smtp (a mapping with host, port, tls), as a JSON object"),
        ([1], "expected Smtp (a mapping with host, port, tls), got [1]"),
        ("[1]", "expected Smtp (a mapping with host, port, tls), got '[1]'"),
        (None, "expected Smtp (a mapping with host, port, tls), got None"),
    ],
)
def test_what_is_not_a_structure(raw: Any, message: str) -> None:
    """A value that is neither a mapping nor an instance is rejected."""
    ((name, found, _),) = problems_of(lambda: ConfigShop({"smtp": raw}))
    assert name == "smtp"
    assert found.startswith(message)


def test_the_class_has_the_last_word() -> None:
    """An exception of the structure's own class is a problem of the structure."""

    @dataclass
    class Range:
        """A structure with a rule of its own."""

        low: int = 0
        high: int = 1

        def __post_init__(self) -> None:
            """Reject an empty range."""
            if self.low > self.high:
                message = "low is above high"
                raise ValueError(message)

    cls = config(Range, Range())
    Path("shop.yaml").write_text("value:\n  low: 5\n")
    with pytest.raises(ConfigTypeError, match="low is above high") as caught:
        cls(None, "shop.yaml")
    assert isinstance(caught.value.__cause__, ValueError)
    assert str(caught.value.problems[0].origin) == "shop.yaml:2:3  value"
    assert cls({"value": {"low": 5, "high": 6}}).value == Range(5, 6)


def test_a_secret_structure_is_never_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    """The members of a secret structure are secrets."""

    class ConfigVault(ConfigBase):
        """A secret structure."""

        login: ConfigField[Point] = ConfigField(Point(0), secret=True)

    monkeypatch.setenv("CONFIG__LOGIN__B", "hunter2")
    conf = ConfigVault()
    assert conf.login.b == "hunter2"
    shown = [repr(conf), conf.explain(), conf.explain("login.b"), conf.safe_dict()]
    shown.append(conf.field_info("login").as_dict())
    assert "hunter2" not in str(shown)
    for raw in ('{"b": ["hunter2"]}', '{"hunter2": 1}', '{"a": "hunter2"}', "hunter2"):
        monkeypatch.setenv("CONFIG__LOGIN", raw)
        with pytest.raises(ConfigTypeError) as caught:
            ConfigVault()
        assert "hunter2" not in str(caught.value)
        assert "hunter2" not in str([vars_of(p) for p in caught.value.problems])


def vars_of(problem: Any) -> list[Any]:
    """Return the attributes of a problem."""
    names = ("message", "field", "origin", "expected", "suggestion")
    return [getattr(problem, name) for name in names]


def test_a_secret_member_may_come_from_a_file(monkeypatch: pytest.MonkeyPatch) -> None:
    """A member of a secret structure has a variable that names a file."""
    cls = type(
        "ConfigVault",
        (ConfigBase,),
        {
            "__annotations__": {"login": ConfigField[Point]},
            "login": ConfigField(Point(0), secret=True),
        },
    )
    Path("secret").write_text("hunter2\n")
    monkeypatch.setenv("CONFIG__LOGIN__B_FILE", "secret")
    conf: Any = cls()
    assert conf.login == Point(0, "hunter2")


# Precedence


class ConfigPlain(ConfigBase):
    """A plain field, to compare a member with."""

    port: ConfigField[int] = ConfigField(25)


class ConfigPlainShop(ConfigPlain):
    """A child, so that values are addressed to two classes."""


class ConfigHolder(ConfigBase):
    """A structure, whose member `port` is compared with the plain field."""

    smtp: ConfigField[Smtp] = ConfigField(Smtp("localhost"))


class ConfigHolderShop(ConfigHolder):
    """A child, so that values are addressed to two classes."""


PLACES = (
    "values",
    "values plain",
    "values plainshop",
    "file",
    "file plain",
    "file plainshop",
    "CONFIG__",
    "CONFIG__CONFIGPLAIN__",
    "CONFIG__CONFIGPLAINSHOP__",
    "override",
)


@given(st.dictionaries(st.sampled_from(PLACES), st.integers(0, 99)))
def test_a_member_has_the_precedence_of_a_plain_field(places: dict[str, int]) -> None:
    """From any sources, a member has the value and the chain of a plain field."""
    plain = chain_of(ConfigPlainShop, "port", places, lambda port: port)
    member = chain_of(ConfigHolderShop, "smtp.port", places, lambda p: {"port": p})
    assert member == plain


@given(
    st.dictionaries(st.sampled_from(PLACES), st.integers(0, 99)),
    st.sampled_from(PLACES),
)
def test_one_member_does_not_hide_another(places: dict[str, int], place: str) -> None:
    """A source that sets another member changes nothing about this one."""
    plain = chain_of(ConfigPlainShop, "port", places, lambda port: port)
    for text in (False, True):

        def raw(port: int | None, text: bool = text) -> Any:  # noqa: FBT001
            given = {"host": "h"} | ({"port": port} if port is not None else {})
            return json.dumps(given) if text else given

        mixed: dict[str, int | None] = {place: None, **places}
        member = chain_of(ConfigHolderShop, "smtp.port", mixed, raw)
        assert member == plain


def chain_of(
    cls: type[Any],
    name: str,
    places: dict[str, Any],
    raw: Callable[[Any], Any],
) -> list[tuple[int, str | None, str]]:
    """Return value, rule and kind of place of each candidate for a setting."""
    field = name.partition(".")[0]
    replaced = {"PLAIN": "HOLDER", "plain": "holder"} if cls is ConfigHolderShop else {}
    documents: dict[str, dict[str, Any]] = {"values": {}, "file": {}}
    overrides: dict[str, Any] = {}
    with pytest.MonkeyPatch.context() as patch:
        for place, port in places.items():
            for old, new in replaced.items():
                place = place.replace(old, new)  # noqa: PLW2901
            kind, _, section = place.partition(" ")
            if kind == "override":
                overrides[field] = raw(port)
            elif kind in documents:
                document = documents[kind]
                document = document.setdefault(section, {}) if section else document
                document[field] = raw(port)
            else:
                value = raw(port)
                text = value if isinstance(value, str) else json.dumps(value)
                patch.setenv(kind + field.upper(), text)
        Path("sample.json").write_text(json.dumps(documents["file"]))
        with cls.override(**overrides):
            info = cls(documents["values"], "sample.json").field_info(name)
    return [(c.value, c.overridden, c.origin.source) for c in info.chain]


def test_a_members_own_variable_overrides_the_text_of_the_structure(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """In one scope a member's variable overrides the structure's, at every depth."""
    monkeypatch.setenv("CONFIG__SMTP", '{"port": 1, "tls": {"ca": "/a", "verify": 0}}')
    assert ConfigShop().smtp == Smtp("localhost", 1, Tls(Path("/a"), verify=False))
    monkeypatch.setenv("CONFIG__SMTP__PORT", "2")
    monkeypatch.setenv("CONFIG__SMTP__TLS", '{"ca": "/b"}')
    monkeypatch.setenv("CONFIG__SMTP__TLS__VERIFY", "yes")
    assert ConfigShop().smtp == Smtp("localhost", 2, Tls(Path("/b"), verify=True))
    monkeypatch.setenv("CONFIG__CONFIGSHOP__SMTP", '{"port": 3}')
    assert ConfigShop().smtp.port == 3
    monkeypatch.setenv("CONFIG__CONFIGSHOP__SMTP__PORT", "4")
    assert ConfigShop().smtp.port == 4
    assert ConfigShop().explain("smtp.port").splitlines() == [
        "ConfigShop.smtp.port = 4",
        "  TCP port of the server.",
        "  > 4  environment variable CONFIG__CONFIGSHOP__SMTP__PORT",
        "    3  environment variable CONFIG__CONFIGSHOP__SMTP",
        "      overridden: the winning variable is more specific",
        "    2  environment variable CONFIG__SMTP__PORT",
        "      overridden: the winning variable is more specific",
        "    1  environment variable CONFIG__SMTP",
        "      overridden: the winning variable is more specific",
        "    25  default of ConfigShop",
        "      overridden: defaults have the lowest precedence",
    ]


def test_a_whole_structure_hides_what_is_below() -> None:
    """An instance or None replaces the members of lower sources, not of higher ones."""
    cls = config(Smtp | None, None)
    low = {"host": "low", "port": 1}
    assert cls({"value": low, "sample": {"value": None}}).value is None
    whole = cls({"value": low, "sample": {"value": Smtp("mail")}})
    assert whole.value == Smtp("mail", 25)
    with cls.override(value={"host": "h"}):
        assert cls({"value": Smtp("mail", 1)}).value == Smtp("h", 1)
    with cls.override(value=None):
        assert cls({"value": low}).value is None
    assert cls({"value": {"host": "x"}}).value == Smtp("x")


def test_none_hides_the_members_of_nested_structures() -> None:
    """None replaces the members of the structures in it that lower sources set, too."""
    cls = config(Smtp | None, None)
    low = {"host": "low", "tls": {"verify": False}}
    assert cls({"value": low, "sample": {"value": None}}).value is None
    with cls.override(value={"host": "high"}):
        assert cls({"value": low, "sample": {"value": None}}).value == Smtp("high")


def test_an_empty_mapping_makes_an_optional_structure() -> None:
    """`tls: {}` gives a structure of defaults where the field could be None."""
    assert config(Tls | None, None)({"value": {}}).value == Tls()
    assert config(Tls | None, None)().value is None


# Reading a config


def test_a_structure_is_one_value(monkeypatch: pytest.MonkeyPatch) -> None:
    """all_fields, config_fields(), repr and safe_dict() have the field as one value."""
    monkeypatch.setenv("CONFIG__SMTP__PORT", "5")
    conf = ConfigShop()
    assert conf.all_fields == ConfigShop.config_fields() == ["smtp"]
    assert repr(conf) == f"ConfigShop(smtp={Smtp('localhost', 5)!r})"
    assert dict(conf.safe_dict()) == {"smtp": Smtp("localhost", 5)}


def test_explained_by_members(monkeypatch: pytest.MonkeyPatch) -> None:
    """explain() has one line for each member; explain(field) has those of the field."""
    Path("shop.yaml").write_text("smtp: {host: mail}")
    monkeypatch.setenv("CONFIG__SMTP__TLS__CA", "/ca")
    conf = ConfigShop(None, "shop.yaml")
    lines = [
        "  smtp.host        mail  shop.yaml:1:14  smtp.host",
        "  smtp.port        25    default of ConfigShop",
        "  smtp.tls.ca      /ca   environment variable CONFIG__SMTP__TLS__CA",
        "  smtp.tls.verify  true  default of ConfigShop",
    ]
    assert conf.explain().splitlines() == ["ConfigShop", *lines]
    assert conf.explain("smtp").splitlines()[1:] == ["  Mail server.", *lines]
    info = conf.field_info("smtp.tls.ca")
    assert (info.name, info.value) == ("smtp.tls.ca", Path("/ca"))
    assert info.expected == "path"
    assert [member.name for member in conf.field_info("smtp").members] == [
        "smtp.host",
        "smtp.port",
        "smtp.tls",
    ]


def test_an_unknown_member_is_an_unknown_field() -> None:
    """A member that does not exist is an UnknownFieldError with a suggestion."""
    with pytest.raises(UnknownFieldError, match=r"did you mean 'smtp\.port'"):
        ConfigShop().explain("smtp.prot")
    with pytest.raises(UnknownFieldError):
        ConfigShop().explain("smtp.port.x")


def test_an_assignment_replaces_the_structure() -> None:
    """Assigning sets the whole structure, and explains every member."""
    conf = ConfigShop()
    conf.smtp = {"host": "h", "port": "5"}
    assert conf.smtp == Smtp("h", 5)
    assert conf.field_info("smtp.port").source == "assignment"
    assert problems_of(lambda: setattr(conf, "smtp", {"prot": 1})) == [
        ("smtp.prot", "unknown member", "port"),
        ("smtp.host", "missing required member", None),
    ]
    assert conf.smtp == Smtp("h", 5)


def test_copies_keep_values_and_origins(monkeypatch: pytest.MonkeyPatch) -> None:
    """A pickle or copy of a config has its members, with their origins."""
    Path("shop.yaml").write_text("smtp: {host: mail}")
    monkeypatch.setenv("CONFIG__SMTP__PORT", "5")
    conf = ConfigShop(None, "shop.yaml")
    for copied in (pickle.loads(pickle.dumps(conf)), deepcopy(conf)):
        assert copied == conf
        assert copied.explain() == conf.explain()
        assert copied.explain("smtp.port") == conf.explain("smtp.port")
        assert copied.field_info("smtp").source == conf.field_info("smtp").source


def test_pickles_keep_the_origins_of_structures() -> None:
    """A structure whose members a file sets has the place of its table in a pickle."""
    Path("shop.yaml").write_text("smtp:\n  host: mail\n  tls:\n    verify: no\n")
    conf = ConfigShop(None, "shop.yaml")
    loaded = pickle.loads(pickle.dumps(conf))
    again = pickle.loads(pickle.dumps(loaded))
    for name, place in (("smtp", "2:3"), ("smtp.tls", "4:5"), ("smtp.host", "2:9")):
        assert conf.field_info(name).source == f"shop.yaml:{place}  {name}"
        assert loaded.field_info(name).source == conf.field_info(name).source
        assert again.field_info(name).source == conf.field_info(name).source
    assert loaded.snapshot().as_dict() == conf.snapshot().as_dict()


def test_a_mapper_or_limit_takes_the_whole_value() -> None:
    """A field with a mapper or choices is one value, and has no members."""
    choices = (Point(1), Point(2))
    cls = type(
        "ConfigSample",
        (ConfigBase,),
        {
            "__annotations__": {"near": ConfigField[Point], "mapped": ConfigField[Any]},
            "near": ConfigField(Point(1), choices=choices),
            "mapped": ConfigField(Point(1), mapper=lambda raw, kind: kind(**raw)),
        },
    )
    conf: Any = cls({"near": {"a": 2}, "mapped": {"a": "2"}})
    assert (conf.near, conf.mapped) == (Point(2), Point("2"))  # type: ignore[arg-type] # the mapper converts nothing
    assert conf.field_info("near").members == ()
    assert problems_of(lambda: cls({"near": {"a": 3}}))[0][0] == "near"


# Round trips

TEXT = st.text(st.characters(codec="utf-8", exclude_categories=["C", "Z"]), min_size=1)
STRUCTURES = st.builds(
    Smtp,
    TEXT,
    st.integers(0, 10**6),
    st.builds(Tls, TEXT.map(lambda text: Path(f"/{text}")), st.booleans()),
)


def as_data(value: Any) -> Any:
    """Return a structure as data that a file can hold."""
    return json.loads(json.dumps(asdict(value), default=str))


@given(STRUCTURES, st.sampled_from(["yaml", "toml", "json"]))
def test_files_round_trip(value: Smtp, extension: str) -> None:
    """Every structure is read back from YAML, TOML and JSON."""
    data = {"smtp": as_data(value), "shop": {}}
    dump = {"yaml": yaml.safe_dump, "json": json.dumps, "toml": toml_document}
    path = Path(f"sample.{extension}")
    path.write_text(dump[extension](data), encoding="utf-8")
    assert ConfigShop(None, path).smtp == value


@given(STRUCTURES, st.booleans())
def test_variables_round_trip(value: Smtp, as_text: bool) -> None:  # noqa: FBT001
    """Every structure is read back from its variable, and from those of its members."""
    data = as_data(value)
    with pytest.MonkeyPatch.context() as patch:
        if as_text:
            patch.setenv("CONFIG__SMTP", json.dumps(data))
        else:
            patch.setenv("CONFIG__SMTP__HOST", data["host"])
            patch.setenv("CONFIG__SMTP__PORT", str(data["port"]))
            patch.setenv("CONFIG__SMTP__TLS__CA", data["tls"]["ca"])
            patch.setenv("CONFIG__SMTP__TLS__VERIFY", str(data["tls"]["verify"]))
        assert ConfigShop().smtp == value
