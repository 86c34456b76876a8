"""Every way to declare a class has the same meaning on every Python version.

Each case is a module that is written to a file and imported, with and without
`from __future__ import annotations`.
"""

from __future__ import annotations

import gc
import importlib.util
import re
import sys
import warnings
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from pynenc_conf import (
    ConfigTypeError,
    UnknownSettingWarning,
    UnresolvedAnnotationWarning,
)

PRELUDE = """
import typing
from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING, Any, ClassVar, Generic, Optional, TypeVar

import pynenc_conf
from pynenc_conf import ConfigBase, ConfigField

if TYPE_CHECKING:
    from nowhere import Missing
"""
LAZY = sys.version_info >= (3, 14)
NEEDS_LAZY = "before Python 3.14 a class statement evaluates its annotations, and fails"
FUTURE, PLAIN = "future", "plain"


@dataclass(frozen=True)
class Case:
    """A module with the class `ConfigCase`.

    - `values`: for each field, a raw value and its conversion to the declared type.
    - `unknown`: for each field whose annotation cannot be evaluated, the name in it.
    - `lazy`: whether the plain form needs the lazy annotations of Python 3.14.
    - `since`: the first version that has the syntax.
    """

    source: str
    values: dict[str, tuple[object, object]] = field(default_factory=dict)
    unknown: dict[str, str] = field(default_factory=dict)
    lazy: bool = False
    since: tuple[int, int] = (3, 11)


CASES = {
    "ordinary": Case(
        """
class ConfigCase(ConfigBase):
    tags: ConfigField[tuple[int, ...]] = ConfigField(())
    names: ConfigField[list[str]] = ConfigField([])
    limit: ConfigField[int | None] = ConfigField(None)
    rate: ConfigField[float] = ConfigField(1)
    either: ConfigField[Optional[float]] = ConfigField(None)
    table: ConfigField[dict[str, list[int]]] = ConfigField({})
""",
        {
            "tags": ("80,443", (80, 443)),
            "names": ("a, b", ["a", "b"]),
            "limit": ("7", 7),
            "rate": ("0.5", 0.5),
            "either": ("", None),
            "table": ('{"a": ["1"]}', {"a": [1]}),
        },
    ),
    "without annotations": Case(
        """
class ConfigCase(ConfigBase):
    port = ConfigField(80)
    anything = ConfigField(None)
""",
        {"port": ("81", 81), "anything": ([1], [1])},
    ),
    "quoted": Case(
        """
class ConfigCase(ConfigBase):
    whole: "ConfigField[tuple[int, ...]]" = ConfigField(())
    inside: ConfigField["tuple[int, ...]"] = ConfigField(())
    deep: ConfigField[tuple["int", ...]] = ConfigField(())
    later: "ConfigField[list[Later]]" = ConfigField([])

class Later(int):
    pass
""",
        dict.fromkeys(("whole", "inside", "deep", "later"), ("80,443", (80, 443)))
        | {"later": ("80,443", [80, 443])},
    ),
    "defined later": Case(
        """
class ConfigCase(ConfigBase):
    later: ConfigField[list[Later]] = ConfigField([])

class Later(int):
    pass
""",
        {"later": ("80,443", [80, 443])},
        lazy=True,
    ),
    "for type checkers": Case(
        """
class ConfigCase(ConfigBase):
    missing: ConfigField[Missing] = ConfigField(5)
    inside: ConfigField[list[Missing]] = ConfigField([1])
    union: ConfigField[Missing | None] = ConfigField("x")
    attribute: ConfigField[typing.NoSuchName] = ConfigField(1.5)
    tags: ConfigField[tuple[int, ...]] = ConfigField(())
    either: ConfigField[int | None] = ConfigField(None)
    name: Missing
""",
        {
            "missing": ("6", 6),
            "inside": ("a,b", ["a", "b"]),
            "union": ("7", "7"),
            "attribute": ("2", 2.0),
            "tags": ("80,443", (80, 443)),
            "either": ("7", 7),
        },
        dict.fromkeys(("missing", "inside", "union"), "Missing")
        | {"attribute": "NoSuchName"},
        lazy=True,
    ),
    "misspelled": Case(
        """
class ConfigCase(ConfigBase):
    tags: "ConfigField[tupel[int, ...]]" = ConfigField(())
    broken: "ConfigField[list[int]" = ConfigField([])
    field: "ConfigFeild[list[int]]" = ConfigField([])
    required: "ConfigField[flaot]" = ConfigField()
""",
        {
            "tags": ("80,443", ("80", "443")),
            "broken": ("80,443", ["80", "443"]),
            "field": ("80,443", ["80", "443"]),
            "required": ("80", "80"),
        },
        {
            "tags": "tupel",
            "broken": "SyntaxError",
            "field": "ConfigFeild",
            "required": "flaot",
        },
    ),
    "inherited and missing": Case(
        """
class ConfigParent(ConfigBase):
    missing: "ConfigField[Missing]" = ConfigField(5)

class ConfigChild(ConfigParent):
    missing = 6

ConfigParent()
ConfigChild()

class ConfigCase(ConfigParent):
    other: "ConfigField[Missing]" = ConfigField(5)
""",
        {"missing": ("6", 6), "other": ("6", 6)},
        {"other": "Missing"},
    ),
    "for type checkers, quoted": Case(
        """
class ConfigCase(ConfigBase):
    missing: "ConfigField[Missing]" = ConfigField(5)
    inside: ConfigField[list["Missing"]] = ConfigField([1])
    tags: ConfigField[tuple[int, ...]] = ConfigField(())
""",
        {
            "missing": ("6", 6),
            "inside": ("a,b", ["a", "b"]),
            "tags": ("80,443", (80, 443)),
        },
        {"missing": "Missing", "inside": "Missing"},
    ),
    "class variable": Case(
        """
class ConfigCase(ConfigBase):
    tags: ClassVar[ConfigField[tuple[int, ...]]] = ConfigField(())
    quoted: "ClassVar[ConfigField[tuple[int, ...]]]" = ConfigField(())
""",
        {"tags": ("80,443", (80, 443)), "quoted": ("80,443", (80, 443))},
    ),
    "in a function": Case(
        """
def declare():
    class ConfigCase(ConfigBase):
        tags: ConfigField[tuple[int, ...]] = ConfigField(())
        limit: ConfigField[int | None] = ConfigField(None)
    return ConfigCase

ConfigCase = declare()
""",
        {"tags": ("80,443", (80, 443)), "limit": ("7", 7)},
    ),
    "in a class": Case(
        """
class Application:
    class ConfigCase(ConfigBase):
        class Port(int):
            pass
        ports: ConfigField[list[Port]] = ConfigField([])

ConfigCase = Application.ConfigCase
""",
        {"ports": ("80,443", [80, 443])},
    ),
    "inherited": Case(
        """
class ConfigParent(ConfigBase):
    tags: ConfigField[tuple[int, ...]] = ConfigField(())
    ports: ConfigField[tuple[int, ...]] = ConfigField(())
    names: ConfigField[tuple[int, ...]] = ConfigField(())
    level: ConfigField[float] = ConfigField(1.0)

class ConfigCase(ConfigParent):
    ports = (1,)
    names: ConfigField[list[str]] = ConfigField([])
    level = ConfigField("low")
    own: ConfigField[list[int]] = ConfigField([])
""",
        {
            "tags": ("80,443", (80, 443)),
            "ports": ("80,443", (80, 443)),
            "names": ("80,443", ["80", "443"]),
            "level": ("high", "high"),
            "own": ("80", [80]),
        },
    ),
    "new default with an annotation": Case(
        """
class ConfigParent(ConfigBase):
    tags: ConfigField[tuple[int, ...]] = ConfigField(())

class ConfigCase(ConfigParent):
    tags: ConfigField[tuple[int, ...]] = (1,)
""",
        {"tags": ("80,443", (80, 443))},
    ),
    "named as a type": Case(
        """
class ConfigCase(ConfigBase):
    days: ConfigField[list[date]] = ConfigField([])
    date: ConfigField[date] = ConfigField(date(2020, 1, 1))
    others: ConfigField[list[date]] = ConfigField([])
    int = ConfigField(1)
""",
        {
            "days": ("2020-02-03", [date(2020, 2, 3)]),
            "date": ("2020-02-03", date(2020, 2, 3)),
            "others": ("2020-02-03", [date(2020, 2, 3)]),
            "int": ("2", 2),
        },
    ),
    "generic": Case(
        """
T = TypeVar("T")
N = TypeVar("N", bound=float)

class ConfigCase(ConfigBase, Generic[T, N]):
    item: ConfigField[T] = ConfigField(1)
    number: ConfigField[N] = ConfigField(1)
    tags: ConfigField[tuple[int, ...]] = ConfigField(())
""",
        {"item": ("2", 2), "number": ("0.5", 0.5), "tags": ("80", (80,))},
    ),
    "type parameters": Case(
        """
class ConfigCase[T, N: float](ConfigBase):
    item: ConfigField[T] = ConfigField(1)
    number: ConfigField[N] = ConfigField(1)
    tags: ConfigField[tuple[int, ...]] = ConfigField(())
""",
        {"item": ("2", 2), "number": ("0.5", 0.5), "tags": ("80", (80,))},
        since=(3, 12),
    ),
    "type aliases": Case(
        """
type Ports = tuple[int, ...]
type Pairs[T] = list[T]

class ConfigCase(ConfigBase):
    type Inner = list[int]
    ports: ConfigField[Ports] = ConfigField(())
    maybe: ConfigField[Ports | None] = ConfigField(None)
    inner: ConfigField[Inner] = ConfigField([])
""",
        {
            "ports": ("80,443", (80, 443)),
            "maybe": ("80,443", (80, 443)),
            "inner": ("80,443", [80, 443]),
        },
        since=(3, 12),
    ),
    "through the module": Case(
        """
class MyField(pynenc_conf.ConfigField):
    pass

class ConfigCase(pynenc_conf.ConfigBase):
    tags: pynenc_conf.ConfigField[Sequence[int]] = pynenc_conf.ConfigField(())
    ports: MyField[Sequence[int]] = MyField(())
""",
        {"tags": ("80,443", (80, 443)), "ports": ("80,443", (80, 443))},
    ),
    "metaclass with annotations": Case(
        """
class Registry(type(ConfigBase)):
    tags: int
    known: list[str] = []

class ConfigParent(ConfigBase, metaclass=Registry):
    tags: ConfigField[tuple[int, ...]] = ConfigField(())

class ConfigCase(ConfigParent):
    ports = ConfigField(("a",))
""",
        {"tags": ("80,443", (80, 443)), "ports": ("80,443", ("80", "443"))},
    ),
    "conditional": Case(
        """
class ConfigCase(ConfigBase):
    if date.today().year > 2000:
        tags: ConfigField[tuple[int, ...]] = ConfigField(())
    else:
        absent: ConfigField[tuple[int, ...]] = ConfigField(())
    for name in ("a", "b"):
        ports: ConfigField[list[int]] = ConfigField([])
    del name
""",
        {"tags": ("80,443", (80, 443)), "ports": ("80,443", [80, 443])},
    ),
    "nested and partly missing": Case(
        """
class ConfigCase(ConfigBase):
    deep: ConfigField[dict[str, list[Missing]]] = ConfigField({})
    tags: "ConfigField[tuple[int, ...]]" = ConfigField(())
    class Inner(ConfigBase):
        ports: ConfigField[list[int]] = ConfigField([])
""",
        {"deep": ('{"a": ["1"]}', {"a": ["1"]}), "tags": ("80,443", (80, 443))},
        {"deep": "Missing"},
        lazy=True,
    ),
    "made by a call": Case(
        """
ConfigCase = type(ConfigBase)("ConfigCase", (ConfigBase,), {
    "__module__": __name__,
    "__annotations__": {
        "tags": ConfigField[tuple[int, ...]],
        "ports": "ConfigField[list[int]]",
    },
    "tags": ConfigField(()),
    "ports": ConfigField([]),
})
""",
        {"tags": ("80,443", (80, 443)), "ports": ("80,443", [80, 443])},
    ),
}


def load(source: str, form: str) -> ModuleType:
    """Write a module and import it."""
    first = "from __future__ import annotations\n" if form == FUTURE else ""
    path = Path("declared.py")
    path.write_text(f"{first}{PRELUDE}\n{source}", encoding="utf-8")
    spec = importlib.util.spec_from_file_location("declared", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["declared"] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture(autouse=True)
def forget_module() -> Any:
    """Remove the module after the test."""
    yield
    sys.modules.pop("declared", None)


def skip_unless_possible(case: Case, form: str) -> None:
    """Skip a form that this Python does not support."""
    if sys.version_info < case.since:
        pytest.skip(f"the syntax needs Python {'.'.join(map(str, case.since))}")
    if form == PLAIN and case.lazy and not LAZY:
        pytest.skip(NEEDS_LAZY)


@pytest.mark.parametrize("form", [FUTURE, PLAIN])
@pytest.mark.parametrize("name", CASES)
def test_declared_types(name: str, form: str) -> None:
    """The declared type applies, however the class is declared."""
    case = CASES[name]
    skip_unless_possible(case, form)
    with warnings.catch_warnings():
        if name == "inherited and missing":
            warnings.simplefilter("ignore", UnresolvedAnnotationWarning)
        cls = load(case.source, form).ConfigCase
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        conf = cls({field: raw for field, (raw, _) in case.values.items()})
        cls({field: raw for field, (raw, _) in case.values.items()})
    warned = [str(item.message).partition(": the annotation ") for item in caught]
    assert [field for field, _, _ in warned] == [
        f"ConfigCase.{f}" for f in case.unknown
    ]
    for (_, _, reason), unknown in zip(warned, case.unknown.values(), strict=True):
        assert unknown in reason
    assert all(item.category is UnresolvedAnnotationWarning for item in caught)
    assert all(item.filename == __file__ for item in caught)
    found = {field: getattr(conf, field) for field in case.values}
    assert found == {field: expected for field, (_, expected) in case.values.items()}
    for field_name, (_, expected) in case.values.items():
        assert type(found[field_name]) is type(expected)
    assert sorted(conf.all_fields) == sorted(case.values)


@pytest.mark.parametrize("form", [FUTURE, PLAIN])
def test_names_around_a_class(form: str) -> None:
    """Types defined in a function are found, also in annotations that are text."""
    source = """
date = int

def outer():
    class Port(int):
        pass
    class Text(str):
        pass
    def declare(Item):
        from datetime import date
        class Text(str):
            pass
        Ports = list[Port]
        Maybe = Port | None
        N = typing.NewType("N", int)
        class ConfigCase(ConfigBase):
            ports: ConfigField[Ports] = ConfigField([])
            quoted: "ConfigField[list[Text]]" = ConfigField([])
            inner: ConfigField["Maybe"] = ConfigField(None)
            outer: "ConfigField[list[Port]]" = ConfigField([])
            item: "ConfigField[Item]" = ConfigField(None)
            number: "ConfigField[dict[str, N]]" = ConfigField({})
            day: "ConfigField[date | None]" = ConfigField(None)
            imported: "ConfigField[typing.Optional[Item]]" = ConfigField(None)
        return ConfigCase, Port, Text
    return declare(float)

ConfigCase, Port, Text = outer()
"""
    module = load(source, form)
    names = ("ports", "quoted", "inner", "outer", "item", "imported")
    raw = dict.fromkeys(names, "80")
    conf = module.ConfigCase(
        {**raw, "number": '{"a": "1"}', "day": "2024-01-02", "item": "0.5"}
    )
    assert [type(port) for port in conf.ports + conf.outer] == [module.Port] * 2
    assert [type(text) for text in conf.quoted] == [module.Text]
    assert (type(conf.inner), conf.item, conf.number) == (module.Port, 0.5, {"a": 1})
    assert (conf.day, conf.imported) == (date(2024, 1, 2), 80.0)


@pytest.mark.parametrize("form", [FUTURE, PLAIN])
def test_members_of_local_structures(form: str) -> None:
    """The members of a structure may use types of the function around both classes."""
    source = """
import dataclasses

def declare():
    class Port(int):
        pass
    class Address(typing.TypedDict):
        host: str
        port: "Port"
    @dataclasses.dataclass
    class Smtp:
        port: "Port"
        address: "Address | None" = None
    class ConfigCase(ConfigBase):
        smtp: "ConfigField[Smtp]" = ConfigField()
        several: "ConfigField[list[Smtp]]" = ConfigField([])
    return ConfigCase, Port

ConfigCase, Port = declare()
"""
    module = load(source, form)
    smtp = {"port": "25", "address": {"host": "a", "port": "26"}}
    conf = module.ConfigCase({"smtp": smtp, "several": [smtp]})
    assert conf.several == [conf.smtp]
    ports = conf.smtp.port, conf.smtp.address["port"]
    assert [type(port) for port in ports] == [module.Port] * 2


@pytest.mark.parametrize("form", [FUTURE, PLAIN])
@pytest.mark.parametrize("kind", ["dataclass", "NamedTuple", "TypedDict", "attrs"])
def test_members_with_unknown_names(form: str, kind: str) -> None:
    """A member whose annotation cannot be evaluated takes any value, with a warning."""
    pytest.importorskip("attrs")
    heads = {
        "dataclass": "@dataclasses.dataclass\nclass {name}:",
        "NamedTuple": "class {name}(typing.NamedTuple):",
        "TypedDict": "class {name}(typing.TypedDict):",
        "attrs": "@attrs.define\nclass {name}:",
    }
    head = heads[kind]
    shared = '    shared: ClassVar["Missing"] = 1\n' if "@" in head else ""
    source = f"""
import attrs
import dataclasses

{head.format(name="Inner")}
    level: "tupel[int, ...]"

{head.format(name="Smtp")}
    port: int
    tls: "Missing"
    inner: Inner
{shared}
class ConfigCase(ConfigBase):
    smtp: ConfigField[Smtp] = ConfigField()
    several: ConfigField[list[Smtp]] = ConfigField([])
"""
    cls = load(source, form).ConfigCase
    smtp = {"port": "25", "tls": "x", "inner": {"level": "5"}}
    with pytest.warns(UnresolvedAnnotationWarning) as caught:
        conf = cls({"smtp": smtp, "several": [smtp]})
    assert sorted(str(item.message) for item in caught) == [
        f"ConfigCase.{field}.{member}: the annotation cannot be evaluated "
        f"(NameError: name '{unknown}' is not defined); any value is accepted"
        for field in ("several", "smtp")
        for member, unknown in (("inner.level", "tupel"), ("tls", "Missing"))
    ]
    assert {item.filename for item in caught} == {__file__}
    found = conf.smtp if kind == "TypedDict" else {"port": conf.smtp.port}
    assert found["port"] == 25
    assert conf.several == [conf.smtp]


def test_a_warning_has_a_problem() -> None:
    """The problem of a warning has the class and field, and what applies instead."""
    source = """
class ConfigCase(ConfigBase):
    tags: "ConfigField[Missing]" = ConfigField(())
"""
    cls = load(source, PLAIN).ConfigCase
    with pytest.warns(UnresolvedAnnotationWarning) as caught:
        cls()
    (item,) = caught
    assert isinstance(item.message, UnresolvedAnnotationWarning)
    assert item.message.problem.field == "ConfigCase.tags"
    assert item.message.problem.message == (
        "the annotation cannot be evaluated "
        "(NameError: name 'Missing' is not defined); the type of the default applies"
    )


def test_names_are_not_kept_alive() -> None:
    """Of the names around a class only types are kept, and only for text."""
    source = """
class Value:
    pass

def declare():
    class Port(int):
        pass
    value = Value()
    class ConfigCase(ConfigBase):
        ports: "ConfigField[list[Port]]" = ConfigField([])
    class ConfigPlain(ConfigBase):
        port = ConfigField(80)
    return ConfigCase, ConfigPlain, weakref.ref(value)

import weakref
ConfigCase, ConfigPlain, value = declare()
"""
    module = load(source, PLAIN)
    gc.collect()
    assert module.value() is None
    assert "_local_names" not in vars(module.ConfigPlain)


def test_a_missing_name_beside_a_local_type() -> None:
    """A name for type checkers only does not affect types defined in a function."""
    if not LAZY:
        pytest.skip(NEEDS_LAZY)
    source = """
def declare():
    class Port(int):
        pass
    class ConfigCase(ConfigBase):
        missing: ConfigField[Missing] = ConfigField(1)
        ports: ConfigField[list[Port]] = ConfigField([])
    return ConfigCase, Port

ConfigCase, Local = declare()
"""
    module = load(source, PLAIN)
    with pytest.warns(
        UnresolvedAnnotationWarning, match=r"ConfigCase\.missing: .*Miss"
    ):
        conf = module.ConfigCase({"ports": "80", "missing": "2"})
    assert [type(port) for port in conf.ports] == [module.Local]
    assert conf.missing == 2


def test_warnings_of_other_classes() -> None:
    """A class warns of its annotations when it is used, not when another class is."""
    module = load(
        """
class ConfigOther(ConfigBase):
    port: "ConfigField[Missing]" = ConfigField(1)

class ConfigCase(ConfigBase):
    host = ConfigField("localhost")
""",
        PLAIN,
    )
    with pytest.warns(UnknownSettingWarning, match="hots") as caught:
        module.ConfigCase({"case": {"hots": "a"}, "other": {"size": 1}})
    assert [item.category for item in caught] == [UnknownSettingWarning]
    with pytest.warns(UnresolvedAnnotationWarning, match=r"ConfigOther\.port"):
        module.ConfigOther()


NO_FIELDS = {
    "subscripted": ("port: ConfigField[int] = 80", False),
    "bare": ("port: ConfigField = 80", False),
    "without a value": ("port: ConfigField[int]", False),
    "quoted": ('port: "ConfigField[int]" = 80', False),
    "class variable": ("port: ClassVar[ConfigField[int]] = 80", False),
    "through the module": ("port: pynenc_conf.ConfigField[int] = 80", False),
    "own kind of field": ("port: MyField[int] = 80", False),
    "beside a missing name": (
        "other: Missing = 1\n    port: ConfigField[int] = 80",
        True,
    ),
    "of a missing type": ("port: ConfigField[Missing] = 80", True),
}


@pytest.mark.parametrize("form", [FUTURE, PLAIN])
@pytest.mark.parametrize("name", NO_FIELDS)
def test_annotated_as_a_field(name: str, form: str) -> None:
    """An attribute annotated as a ConfigField but not declared as one is an error."""
    line, lazy = NO_FIELDS[name]
    if form == PLAIN and lazy and not LAZY:
        pytest.skip(NEEDS_LAZY)
    source = f"""
class MyField(ConfigField):
    pass

class ConfigCase(ConfigBase):
    size: int = 3
    {line}
"""
    with pytest.raises(ConfigTypeError, match=r"ConfigCase\.port is annotated"):
        load(source, form)


@pytest.mark.parametrize("form", [FUTURE, PLAIN])
def test_other_annotations(form: str) -> None:
    """Attributes that are not fields may have any other annotation."""
    source = """
class ConfigCase(ConfigBase):
    size: int = 3
    names: list[str]
    count: ClassVar[int] = 1
    fields: "dict[str, ConfigField[int]]" = {}
    late: "NoSuchName" = None
    port: ConfigField[int] = ConfigField(80)
"""
    conf = load(source, form).ConfigCase()
    assert (conf.all_fields, conf.size, conf.late) == (["port"], 3, None)


@pytest.mark.parametrize("form", [FUTURE, PLAIN])
def test_described_types(form: str) -> None:
    """The docstring names the declared type of each described field."""
    source = """
class ConfigCase(ConfigBase):
    tags: ConfigField[tuple[int, ...]] = ConfigField((), doc="Tags.")
    shared: ClassVar[ConfigField[int]] = ConfigField(1, doc="Shared.")
    quoted: "ConfigField[list[int]]" = ConfigField([], doc="Quoted.")
    port = ConfigField(80, doc="Port.")
"""
    doc = load(source, form).ConfigCase.__doc__
    found = re.findall(r":cvar (\S.*?) (\w+):", doc)
    assert [(name, kind) for kind, name in found] == [
        ("tags", "ConfigField[tuple[int, ...]]"),
        ("shared", "ConfigField[int]"),
        ("quoted", "ConfigField[list[int]]"),
        ("port", "ConfigField[int]"),
    ]


@pytest.mark.parametrize("form", [FUTURE, PLAIN])
def test_described_types_beside_a_missing_name(form: str) -> None:
    """A name for type checkers only is shown as written, and other types as usual."""
    if form == PLAIN and not LAZY:
        pytest.skip(NEEDS_LAZY)
    source = """
class ConfigCase(ConfigBase):
    missing: ConfigField[list[Missing]] = ConfigField([], doc="Missing.")
    tags: ConfigField[tuple[int, ...]] = ConfigField((), doc="Tags.")
"""
    doc = load(source, form).ConfigCase.__doc__
    assert ":cvar ConfigField[list[Missing]] missing:" in doc
    assert ":cvar ConfigField[tuple[int, ...]] tags:" in doc


def test_the_metaclass_hides_no_annotations() -> None:
    """A config class without annotations does not inherit those of its metaclass."""
    module = load("class ConfigCase(ConfigBase):\n    port = ConfigField(80)\n", PLAIN)
    assert module.ConfigCase.__annotations__ == {}
