"""The table "What a value means": the declared type decides, whatever the source."""

import collections.abc
import json
import math
import sys
from collections import OrderedDict, defaultdict, deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from enum import Enum, Flag, IntEnum, StrEnum
from fractions import Fraction
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Interface
from numbers import Integral
from pathlib import Path, PurePosixPath
from typing import (
    Annotated,
    Any,
    Literal,
    LiteralString,
    NamedTuple,
    Never,
    NewType,
    Optional,
    Protocol,
    Self,
    TypedDict,
    Unpack,
    get_args,
    get_origin,
)
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pynenc_conf import (
    ConfigBase,
    ConfigError,
    ConfigField,
    ConfigTypeError,
    UnresolvedAnnotationWarning,
    default_config_field_mapper,
)
from tests.conftest import (
    Source,
    from_assignment,
    from_file,
    from_values,
    from_variable,
    from_yaml,
    sources,
)


class Level(StrEnum):
    """An enumeration of text."""

    LOW = "low"
    HIGH = "high"


class Color(Enum):
    """An enumeration of numbers."""

    RED = 1
    BLUE = 2


class Size(IntEnum):
    """An enumeration whose members are numbers."""

    SMALL = 10


class Strict(StrEnum):
    """An enumeration whose lookup calls `lower`, which only text has."""

    ON = "on"

    @classmethod
    def _missing_(cls, value: Any) -> "Strict | None":
        return cls.ON if value.lower() == "enabled" else None


class Access(Flag):
    """An enumeration whose members combine."""

    READ = 1
    WRITE = 2


class Moment(datetime):
    """A moment of an application's own."""


class Day(date):
    """A day of an application's own."""


class Clock(time):
    """A time of day of an application's own."""


class ArrayBool:
    """A bool as array libraries have it: not a bool, and a number to Python."""

    dtype = "bool"

    def __bool__(self) -> bool:
        return True

    def __int__(self) -> int:
        return 1

    __float__ = __index__ = __int__  # type: ignore[assignment] # float(x) takes it

    def __eq__(self, other: object) -> bool:
        return bool(other) is True

    __hash__ = None  # type: ignore[assignment] # it is never a key


class Point(NamedTuple):
    """A tuple with named elements."""

    x: int
    y: int


class Address(TypedDict):
    """A dict with known keys."""

    host: str


class Text(str):
    """Text of an application's own class."""

    __slots__ = ()


class Number(int):
    """A number of an application's own class."""


class Ratio(float):
    """A float of an application's own class."""


class Bytes(int):
    """A number that its class reads from text with a unit."""

    def __new__(cls, value: Any) -> Self:
        """Accept a number, or a number of kilobytes as text."""
        return super().__new__(cls, int(str(value).removesuffix("k")) * 1000)


@dataclass
class Priced:
    """A structure with a number and a text."""

    price: Decimal
    name: str


class Named(Enum):
    """An enumeration whose texts differ from the names of its members."""

    FIRST = "One"
    PLACE = Path("A/b")


class Whole:
    """A type that accepts only a number and parses text with a method, as dates do."""

    def __init__(self, value: int) -> None:
        self.value = value + 0

    @classmethod
    def fromisoformat(cls, text: str) -> "Whole":
        """Parse a number written as a word."""
        return cls({"seven": 7}[text])

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Whole) and other.value == self.value

    __hash__ = None  # type: ignore[assignment] # equal ones would need the same


Port = NewType("Port", int)
Name = NewType("Name", str)
MOMENT = datetime(2024, 1, 2, 3, 4)  # noqa: DTZ001 - files have such ones too
NULLABLE = Literal["none", None]  # noqa: PYI061 - an older form of `| None`
ADDRESSES = (IPv4Address, IPv6Address, IPv4Network, IPv6Interface)
ID = UUID("12345678-1234-5678-1234-567812345678")


def declare(declared: Any, default: Any = None, **options: Any) -> type[Any]:
    """Make a config class whose field `value` has the declared type."""

    class ConfigSample(ConfigBase):
        value: ConfigField[declared] = ConfigField(default, **options)

    return ConfigSample


def typed(value: Any) -> Any:
    """Return a form that is equal exactly for equal values of equal types."""
    if isinstance(value, dict):
        return type(value), [(typed(key), typed(item)) for key, item in value.items()]
    if isinstance(value, (set, frozenset)):
        return type(value), frozenset(map(typed, value))
    if isinstance(value, (list, tuple)):
        return type(value), tuple(map(typed, value))
    return type(value), value


def every_source(rows: list[tuple[Any, Any, Any]]) -> list[Any]:
    """Combine each row with every source that can hold its raw value."""
    return [
        pytest.param(
            *row, source, id=f"{row[0]}-{str(row[1])[:30]!r}-{source.__name__}"
        )
        for row in rows
        for source in sources(row[1])
    ]


ACCEPTED: list[tuple[Any, Any, Any]] = [
    *((bool, raw, True) for raw in (True, 1, "true", "YES", "On", "1", " yes ")),
    *((bool, raw, False) for raw in (False, 0, "FALSE", "no", "Off", "0", "")),
    *((int, raw, 7) for raw in (7, 7.0, "7", " 7 ")),
    (int, "1_000", 1000),
    (int, "\u20035\x1f", 5),
    (int, "5\x1c\n", 5),
    (float, "0.5\x1f", 0.5),
    (int, "010", 10),
    (int, "-7", -7),
    *((float, raw, 2.0) for raw in (2.0, 2, "2", "2.0", "0.2e1")),
    *((str, raw, raw) for raw in ("text", "", "no", "null", " a ", "[1]")),
    (str, 5, "5"),
    (str, 1.5, "1.5"),
    *((Level, raw, Level.LOW) for raw in (Level.LOW, "low", "LOW", "Low")),
    *((Color, raw, Color.RED) for raw in (Color.RED, 1, "1", "red", "RED")),
    *((Size, raw, Size.SMALL) for raw in (Size.SMALL, 10, "10", "small")),
    (Strict, "enabled", Strict.ON),
    *((tuple[int, ...], raw, (1, 2)) for raw in ([1, "2"], "1,2", "1, 2,", "[1, 2]")),
    (tuple[int, ...], (1, "2"), (1, 2)),
    (tuple[int], "1", (1,)),
    (tuple[str, ...], "id,user", ("id", "user")),
    (tuple[str, ...], "", ()),
    (list[bool], "yes,no", [True, False]),
    (list[list[int]], "[[1], []]", [[1], []]),
    (set[int], [1, "1", 2], {1, 2}),
    (frozenset[str], "a,b", frozenset({"a", "b"})),
    (list[int], {3}, [3]),
    *((tuple[int, str], raw, (1, "a")) for raw in ([1, "a"], "1,a", '["1", "a"]')),
    *((dict[str, int], raw, {"a": 1}) for raw in ({"a": "1"}, '{"a": 1}')),
    (dict[str, int], "", {}),
    (dict[int, tuple[int, ...]], {"1": "2,3"}, {1: (2, 3)}),
    (collections.abc.Sequence[int], "1,2", (1, 2)),
    (collections.abc.Mapping[str, int], {"a": "1"}, {"a": 1}),
    (collections.abc.Set[int], [1], frozenset({1})),
    *((list, raw, ["a", "b"]) for raw in (["a", "b"], "a,b", '["a", "b"]')),
    (tuple, [1, "a"], (1, "a")),
    (dict, {"a": [1, True]}, {"a": [1, True]}),
    (list[Any], [1, "a", {"b": []}], [1, "a", {"b": []}]),
    (Path, "a/b", Path("a/b")),
    (Path, Path("a"), Path("a")),
    (PurePosixPath, "/a", PurePosixPath("/a")),
    (timedelta, timedelta(hours=2), timedelta(hours=2)),
    *((timedelta, raw, timedelta(seconds=30)) for raw in ("30s", "30", 30, 30.0)),
    (timedelta, "5m", timedelta(minutes=5)),
    (timedelta, "1h30m", timedelta(minutes=90)),
    (timedelta, "1.5", timedelta(seconds=1.5)),
    *(
        (timedelta, raw, timedelta(hours=1, minutes=30))
        for raw in ("1:30:00", "01:30:00", " PT1H30M ", "pt1.5h", "PT1,5H", "PT90M")
    ),
    *((timedelta, raw, timedelta(days=1, hours=2)) for raw in ("P1DT2H", "PT26H")),
    (timedelta, "P2W", timedelta(weeks=2)),
    (timedelta, "P1W1DT0.5S", timedelta(weeks=1, days=1, seconds=0.5)),
    (timedelta, "-PT1H", timedelta(hours=-1)),
    (timedelta, "-0:00:01.5", timedelta(seconds=-1.5)),
    (timedelta, "1 day, 1:30:00", timedelta(days=1, minutes=90)),
    (timedelta, "-2 days, 0:00:01", timedelta(days=-2, seconds=1)),
    (Access, Access.READ | Access.WRITE, Access.READ | Access.WRITE),
    *((Access, raw, Access.READ) for raw in (1, "1", "read", "READ", " Read ")),
    *(
        (Access, raw, Access.READ | Access.WRITE)
        for raw in (3, "3", "READ|WRITE", "write | read", "1|2", "read|write|READ")
    ),
    (Access, 0, Access(0)),
    (list[Access], "read,read|write", [Access.READ, Access.READ | Access.WRITE]),
    *((tuple[()], raw, ()) for raw in ([], (), "", "[]")),
    *((date | datetime, raw, raw) for raw in (date(2024, 1, 2), MOMENT)),
    (datetime | date, date(2024, 1, 2), date(2024, 1, 2)),
    (date | str, str(MOMENT), str(MOMENT)),
    (Moment, Moment(2024, 1, 2), Moment(2024, 1, 2)),
    (date | datetime, Moment(2024, 1, 2), Moment(2024, 1, 2)),
    (Literal["a", 1], "a", "a"),
    *((Literal["a", 1], raw, 1) for raw in (1, "1")),
    *((Literal[Color.RED, "a"], raw, Color.RED) for raw in (1, "1", "Red", Color.RED)),
    (Literal[Color.RED, "a"], "a", "a"),
    (Literal[Level.LOW, "LOW"], "LOW", "LOW"),
    *((Literal[Access.READ], raw, Access.READ) for raw in ("read", 1, "1")),
    (LiteralString, "a", "a"),
    *((NULLABLE, raw, None) for raw in (None, "", "null", "None", "NONE")),
    *((NULLABLE, raw, "none") for raw in ("none", " none ")),
    (Text, 5, Text("5")),
    *((Number, raw, Number(7)) for raw in (7, 7.0, "7", Decimal(7), Number(7))),
    (Ratio, "0.5", Ratio(0.5)),
    (Bytes, "5k", Bytes(5)),
    (list[Never], [], []),
    *((IPv4Address, raw, IPv4Address("0.0.0.5")) for raw in ("0.0.0.5", 5)),
    *((timedelta, raw(1.5), timedelta(seconds=1.5)) for raw in (Decimal, Fraction)),
    (defaultdict[str, int], {"a": "1"}, defaultdict(int, a=1)),
    (defaultdict, {"a": 1}, defaultdict(None, a=1)),
    *((int | None, raw, None) for raw in (None, "", "null", "None")),
    *((int | None, raw, 5) for raw in (5, "5")),
    (str | None, "", ""),
    (str | None, None, None),
    *((LiteralString | None, raw, raw) for raw in ("", "none", "a", None)),
    *((Name | None, raw, raw) for raw in ("", "null", "a", None)),
    *((Text | None, raw, Text(raw)) for raw in ("", "None")),
    (Level | None, "low", Level.LOW),
    *((int | str, raw, raw) for raw in (7, "7", "x")),
    (Optional[int], "5", 5),  # noqa: UP045 - written so in older code
    (bool | int, "7", 7),
    (str | Path, Path("a"), Path("a")),
    *((Any, raw, raw) for raw in ("no", 1, 1.5, None, True, [1, {"a": "b"}])),
    (object, [1], [1]),
    (Decimal, "1.10", Decimal("1.10")),
    (Decimal, 3, Decimal(3)),
    (UUID, str(ID), ID),
    (UUID, ID, ID),
    *((Point, raw, Point(1, 2)) for raw in (Point(1, 2), [1, 2], "1,2", "[1, 2]")),
    *((Named, raw, Named.PLACE) for raw in ("A/b", "place", Path("A/b"))),
    (timedelta, "+1h", timedelta(hours=1)),
    (timedelta, "-1h", timedelta(hours=-1)),
    *((None, raw, None) for raw in ("null", "NONE", "")),
    *((kind | None, "", None) for kind in (bool, list, dict)),
    (OrderedDict[str, int], {"a": "1"}, OrderedDict(a=1)),
    (dict | OrderedDict, OrderedDict(a=1), OrderedDict(a=1)),
    (Port | None, "7", 7),
    *((Address | int, raw, raw) for raw in ({"host": "a"}, 7)),
    *((Whole, raw, Whole(7)) for raw in (Whole(7), 7, "seven")),
    (Address, {"host": "a"}, {"host": "a"}),
    (Annotated[int, "a port"], "7", 7),
    (Port, "7", 7),
]

_LEVELS = "one of 'low', 'high'"
REJECTED: list[tuple[Any, Any, str]] = [
    *((bool, raw, "bool (true/false, ") for raw in ("flase", "2", 2, 0.5, None, [])),
    *((int, raw, "int") for raw in (True, 6379.9, "six", "1.0", "", None, [1], {})),
    (int, math.inf, "int"),
    *((float, raw, "float") for raw in (True, "x", "", None, [1.0])),
    *((float, raw, "float") for raw in (math.nan, "nan", "NaN")),
    *((float, raw, "finite float") for raw in (math.inf, "inf", "-Infinity")),
    *((float | None, raw, "") for raw in (math.inf, "inf")),
    (tuple[float, ...], "1,inf", ""),
    *((str, raw, "str") for raw in (None, ["a"], {"a": "b"})),
    *((Level, raw, _LEVELS) for raw in ("lo", "", 5, None, ["low"])),
    *((Color, raw, "one of ") for raw in ("green", 3, 1.5, {})),
    *((Strict, raw, "one of 'on'") for raw in (5, None, ["on"])),
    *((tuple[int, ...], raw, "") for raw in ("1,x", "1,,2", [None], [1, "x"])),
    *((tuple[int, ...], raw, "tuple of int") for raw in ("[1", None, {"a": 1}, b"ab")),
    *((tuple[int, str], raw, "tuple of (int, str)") for raw in ([1], "1,a,b", [])),
    *((dict[str, int], raw, "mapping of str to int") for raw in ("a=1", [1], None)),
    (dict[str, int], {"a": "x"}, "int"),
    *((Path, raw, "path") for raw in (None, ["a"], {"a": 1})),
    *((timedelta, raw, "duration") for raw in ("soon", "5 parsecs", "", True, None)),
    *((timedelta, raw, "duration") for raw in (math.inf, 1e300, 10**400, [1])),
    *((Literal["a", 1], raw, "one of 'a', 1") for raw in ("b", 2, True, None)),
    *(
        (Literal[Color.RED, 5], raw, "one of 'red', 5")
        for raw in (2, "blue", "2", None)
    ),
    *((Literal[Access.READ], raw, "one of 'read'") for raw in ("read|write", 3)),
    *((LiteralString, raw, "str") for raw in ([1], None)),
    *((int | None, raw, "int or null") for raw in ("x", [1])),
    (None, "x", "null"),
    *((Text, raw, "str") for raw in (None, ["a"])),
    *((Number, raw, "int") for raw in (None, True, 6379.9, "six")),
    *((Ratio, raw, "float") for raw in (None, True, math.nan, "nan")),
    (Ratio, "1e400", "finite float"),
    *((Never, raw, "no value") for raw in (1, "", None)),
    (list[Never], [1], "no value"),
    *((kind, raw, kind.__name__) for kind in ADDRESSES for raw in (True, False)),
    *((timedelta, raw, "duration") for raw in (Decimal("NaN"), Decimal("1e999"), 1j)),
    (defaultdict[str, int], {"a": "x"}, "int"),
    *((Decimal, raw, "Decimal") for raw in ("x", None, {})),
    *((UUID, raw, "UUID") for raw in ("x", 5, None)),
    # Digits are those of ASCII.
    *((timedelta, raw, "duration") for raw in ("\u0663", "\u0663s", "5+", "1h+")),
    *((timedelta, raw, "duration") for raw in ("1:30", "1:60:00", "1:3:00", "::")),
    *(
        (timedelta, raw, "duration")
        for raw in ("P", "PT", "P1Y", "P1M", "P1DT", "1H1X")
    ),
    (timedelta, "--1 day, 0:00:01", "duration"),
    *((Access, raw, "one of 'read', 'write', or several") for raw in (4, "4", "x", "")),
    *((Access, raw, "one of ") for raw in ("read,write", "read|", "|", "read|x", None)),
    *((tuple[()], raw, "tuple without elements") for raw in ([1], "a", "[[]]", None)),
    *((date, raw, "date") for raw in (MOMENT, Moment(2024, 1, 2), str(MOMENT), 5)),
    *((kind, raw, "") for kind in (date, time) for raw in (10, 20240101, 1.5)),
    *((list[date], raw, "date") for raw in ([MOMENT],)),
    *((date | int, raw, "date or int") for raw in (MOMENT, str(MOMENT))),
    *(
        (declared, raw, "")
        for declared in (int, float, Decimal, timedelta, Fraction, Integral)
        for raw in (ArrayBool(), True)
    ),
    *((declared, ArrayBool(), "") for declared in (int | float, str, Path)),
    *((list[int], [raw], "int") for raw in (ArrayBool(), True)),
    *((dict[str, Decimal], {"a": raw}, "Decimal") for raw in (ArrayBool(), True)),
    (
        dict[str, int],
        '{"a": 1, "a": 2}',
        "mapping of str to int, as a JSON object, each",
    ),
    (
        list[dict[str, int]],
        '[{"a": 1, "a": 2}]',
        "list of mapping of str to int, as a ",
    ),
    (Address, '{"host": "a", "host": "b"}', ""),
]


@pytest.mark.parametrize(
    ("declared", "raw", "expected", "source"), every_source(ACCEPTED)
)
def test_accepted_values(
    declared: Any, raw: Any, expected: Any, source: Source
) -> None:
    """A valid value is converted to the expected value of the declared type."""
    cls = declare(declared)
    value = source(cls, raw)
    assert typed(value) == typed(expected)
    assert typed(from_assignment(cls, value)) == typed(expected)


@pytest.mark.parametrize(
    ("declared", "raw", "factory"),
    [
        (defaultdict[str, list[int]], {"a": [1]}, list),
        (defaultdict[str, int], defaultdict(float, a=1), float),
        (defaultdict[str, int | None], {"a": 1}, None),
        (defaultdict[str, Path], {"a": "b"}, None),
        (defaultdict, {"a": 1}, None),
        (defaultdict, defaultdict(int, a=1), int),
    ],
)
def test_a_defaultdict_keeps_its_factory(declared: Any, raw: Any, factory: Any) -> None:
    """A defaultdict has its own factory, or the built-in class of its values."""
    value = declare(declared)({"value": raw}).value
    assert type(value) is defaultdict
    assert value.default_factory is factory


def test_a_file_sets_no_address_to_a_bool() -> None:
    """The words `yes` and `no` in a file are no addresses, but rejected."""
    for text in ("yes", "no", "true"):
        with pytest.raises(ConfigTypeError, match="expected IPv4Address"):
            from_yaml(declare(IPv4Address), text)


Texts = tuple[str, ...]
UNPACKED: list[tuple[Any, Any, Any]] = [
    (tuple[int, *tuple[str, ...]], "1,2,x", (1, "2", "x")),
    (tuple[int, *tuple[str, ...]], [1], (1,)),
    (tuple[*tuple[str, ...], int], "a,2", ("a", 2)),
    (tuple[int, Unpack[Texts], bool], "1,a,b,no", (1, "a", "b", False)),  # noqa: UP044 - the older form
    (tuple[*tuple[int, str], bool], ["1", "2", "no"], (1, "2", False)),
    (tuple[*tuple[int, ...]], "1,2", (1, 2)),
    (tuple[*tuple[int, *tuple[str, ...]], bool], "1,2,no", (1, "2", False)),
    (tuple[int, *tuple[str, ...], bool], "1", None),
    (tuple[*tuple[int, str], bool], "1,2,no,x", None),
]


@pytest.mark.parametrize(("declared", "raw", "expected"), UNPACKED)
def test_an_unpacked_tuple_adds_its_elements(
    declared: Any, raw: Any, expected: Any
) -> None:
    """`*tuple[str, ...]` in a tuple accepts any number of elements in its place."""
    if expected is None:
        with pytest.raises(ConfigTypeError, match=r"at least 2|exactly 3"):
            from_values(declare(declared), raw)
    else:
        assert typed(from_values(declare(declared), raw)) == typed(expected)


@pytest.mark.parametrize(
    ("declared", "accepted", "rejected"),
    [
        (type[Exception], KeyError, (int, "KeyError", KeyError("x"))),
        (type[int | str], bool, (float, 5)),
        (type[Any], bool, (5,)),
        (type[Mapping[str, int]], dict, (list, list[int])),
    ],
)
def test_a_class_is_of_the_declared_type(
    declared: Any, accepted: Any, rejected: Any
) -> None:
    """`type[X]` accepts X and the classes derived from X, and nothing else."""
    cls = declare(declared)
    assert from_values(cls, accepted) is accepted
    for raw in rejected:
        with pytest.raises(ConfigTypeError, match="expected class"):
            from_values(cls, raw)


class Index:
    """An integer of an array library."""

    def __index__(self) -> int:
        return 5


@pytest.mark.parametrize("raw", [{1: 2}, {1, 2}, Index(), 5])
@pytest.mark.parametrize("declared", [bytes, bytearray])
def test_bytes_are_a_list_of_numbers(declared: Any, raw: Any) -> None:
    """Bytes are not made of the keys of a mapping, of a set, or of a number."""
    with pytest.raises(ConfigTypeError, match=f"expected {declared.__name__}, got "):
        from_values(declare(declared), raw)


@pytest.mark.parametrize(("declared", "raw", "words", "source"), every_source(REJECTED))
def test_rejected_values(declared: Any, raw: Any, words: str, source: Source) -> None:
    """An invalid value raises a ConfigTypeError that names the expected type."""
    with pytest.raises(ConfigTypeError) as caught:
        source(declare(declared), raw)
    assert f"value: expected {words}" in str(caught.value)
    assert ", got " in str(caught.value)


WRITTEN = ["no", "0123", "1e3", "2024-01-01", "12:30", "0x1F", "1_0", "1.10", ".inf"]
YAML: list[tuple[Any, str, Any]] = [
    *((str, text, text) for text in (*WRITTEN, "2024-99-99")),
    *((list[str], f"[{text}]", [text]) for text in WRITTEN),
    *((dict[str, str], f"{{{text}: {text}}}", {text: text}) for text in WRITTEN[:5]),
    *((Path, text, Path(text)) for text in ("0123", "1e3")),
    *((int, text, 8) for text in ("010", "0x8", "0b1000", "8.0", "'8'", "+8")),
    (int, "12:30", 750),
    (list[int], "[010, 12:30]", [8, 750]),
    (dict[int, int], "{010: 010}", {8: 8}),
    (float, "1e3", 1000.0),
    (float, "1:30", 90.0),
    *((bool, text, True) for text in ("yes", "on", "True", "1", "'yes'")),
    *((bool, text, False) for text in ("no", "OFF", "false", "0", "''")),
    (Literal["on", "off"], "off", "off"),
    (date, "2024-01-01", date(2024, 1, 1)),
    *((time, text, time(10, 30)) for text in ("10:30", "10:30:00", "'1030'")),
    (datetime, "2024-01-02", datetime(2024, 1, 2)),  # noqa: DTZ001 - as in the file
    (Moment, "2024-01-02 03:00:00", Moment(2024, 1, 2, 3)),
    (Any, "[no, 010, 1e3]", [False, 8, "1e3"]),
    (list, "[no, 010, 1e3]", [False, 8, "1e3"]),
    (int | None, "~", None),
    (UUID, ID.hex, ID),
    (Decimal, "0.1", Decimal("0.1")),
    (list[int], "80", [80]),
    (list[str], "010", ["010"]),
    (dict[tuple[str, ...], int], "{on: 1}", {("on",): 1}),
    (timedelta, "010", timedelta(seconds=10)),
    (timedelta, "1:30:00", timedelta(minutes=90)),
    (timedelta, "01:30:00", timedelta(minutes=90)),
    (timedelta, "1_0", timedelta(seconds=10)),
    *((Color, text, Color.RED) for text in ("1", "0x1")),
    *((Literal[1, "a"], text, 1) for text in ("1", "0x1")),
    *((Literal[Color.RED], text, Color.RED) for text in ("1", "0x1", "red")),
    *((None, text, None) for text in ("~", "null", "'null'", "''")),
    (Whole, "0x7", Whole(7)),
    (Whole, "seven", Whole(7)),
]


@pytest.mark.parametrize(("declared", "text", "expected"), YAML)
def test_yaml_text(declared: Any, text: str, expected: Any) -> None:
    """A plain YAML scalar is text for a str field and a YAML 1.1 value for others."""
    value = from_file(declare(declared), "sample.yaml", f"value: {text}\n")
    assert typed(value) == typed(expected)


TOO_SMALL = "expected float, 0 or at least 5e-324 in size, got "


@pytest.mark.parametrize("text", ["1.0e-400", "-1.5e-400", f"0.{'0' * 400}1"])
@pytest.mark.parametrize("options", [{}, {"allow_inf": True}, {"ge": 0}])
def test_numbers_that_are_too_small(text: str, options: dict[str, Any]) -> None:
    """A number that a float would round to 0 is an error of the value, in all forms."""

    class ConfigSample(ConfigBase):
        value = ConfigField(1.0, **options)

    sources: list[Callable[[], Any]] = [
        lambda: from_values(ConfigSample, text),
        lambda: from_variable(ConfigSample, text),
        lambda: from_file(ConfigSample, "sample.yaml", f"value: {text}\n"),
        lambda: from_file(ConfigSample, "sample.toml", f"value = {text}\n"),
        lambda: from_file(ConfigSample, "sample.json", f'{{"value": {text}}}'),
    ]
    for source in sources:
        with pytest.raises(ConfigTypeError, match=TOO_SMALL):
            source()


def test_other_digits_of_numbers_that_are_too_small() -> None:
    """Digits of other scripts are digits of a number that is too small too."""
    text = "\N{FULLWIDTH DIGIT ONE}e-400"
    assert float(text) == 0
    for variable in (text, text.replace("e", "E")):
        with pytest.raises(ConfigTypeError, match=TOO_SMALL):
            from_variable(declare(float), variable)
    assert from_variable(declare(float), "\N{FULLWIDTH DIGIT ZERO}e-400") == 0


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1e-4000", Fraction(1, 10**4000)),
        ("1e+00000000002", Fraction(100)),
        ("1e-400000000", None),
        ("1E400_000_000", None),
        ("1e400000000 ", None),
    ],
)
@pytest.mark.parametrize("name", ["variable", "a.yaml", "a.toml", "a.json"])
def test_exponent_of_a_fraction(
    text: str, expected: Fraction | None, name: str
) -> None:
    """A fraction with an exponent of five or more digits is an error, at once."""
    cls = declare(Fraction)
    form = {"a.toml": "value = '{}'", "a.json": '{{"value": "{}"}}'}
    content = form.get(name, "value: {}\n").format(text)

    def read() -> Fraction:
        if name == "variable":
            return from_variable(cls, text)
        return from_file(cls, name, content)

    if expected is not None:
        assert read() == expected
        return
    with pytest.raises(ConfigTypeError, match="expected Fraction"):
        read()


@pytest.mark.parametrize("text", ["0", "0.0", "-0.0", "0e5", "0.0e-999", "00.000"])
def test_zero(text: str) -> None:
    """Zero is a number in each of its forms."""
    cls = declare(float)
    assert from_variable(cls, text) == 0.0
    assert from_file(cls, "sample.yaml", f"value: {text}\n") == 0.0


@pytest.mark.parametrize("declared", [int, bool])
def test_other_types_of_numbers_that_are_too_small(declared: type[Any]) -> None:
    """An int or bool rejects a number of a file that is too small for a float."""
    for name, form in (("a.toml", "value = {}"), ("a.json", '{{"value": {}}}')):
        with pytest.raises(ConfigTypeError):
            from_file(declare(declared), name, form.format("1e-400"))
        assert from_file(declare(declared), name, form.format("0.0")) == 0
    assert from_file(declare(Decimal), "a.toml", "value = 1e-400") == Decimal("1e-400")


def test_a_number_that_is_too_small_for_an_enum() -> None:
    """A number that is too small for a float is not the member with the value 0."""
    cls = declare(IntEnum("Level", {"OFF": 0, "ON": 1}))
    for name, form in (("a.toml", "value = {}"), ("a.json", '{{"value": {}}}')):
        with pytest.raises(ConfigTypeError, match="expected one of 'off', 'on', got"):
            from_file(cls, name, form.format("1e-400"))
        assert from_file(cls, name, form.format("0.0")) == 0


@pytest.mark.parametrize("zone", ["", "Z", "+02:00"])
@pytest.mark.parametrize("declared", [datetime, Moment, datetime | None])
def test_dates_and_times_of_each_source(declared: Any, zone: str) -> None:
    """A datetime field reads the same date and time in text, YAML, TOML and code."""
    cls = declare(declared)
    for text in ("2024-01-02", f"2024-01-02T03:04:05.5{zone}"):
        value = from_variable(cls, text)
        assert isinstance(value, Moment if declared is Moment else datetime)
        assert value.utcoffset() == datetime.fromisoformat(text).utcoffset()
        from_text = [
            from_file(cls, "sample.yaml", f"value: {text}\n"),
            from_file(cls, "sample.toml", f"value = {text}\n"),
            from_file(cls, "sample.json", f'{{"value": "{text}"}}'),
        ]
        assert [typed(each) for each in from_text] == [typed(value)] * 3
    assert from_values(cls, date(2024, 1, 2)) == from_variable(cls, "2024-01-02")


@pytest.mark.parametrize(
    ("declared", "text"),
    [
        (date, "2024-01-02"),
        (Day, "2024-01-02"),
        (time, "03:04:05"),
        (Clock, "03:04:05"),
    ],
)
def test_days_and_times_of_each_source(declared: type[Any], text: str) -> None:
    """A date or time, also of an own class, is the same in text, YAML and TOML."""
    cls = declare(declared)
    expected = typed(declared.fromisoformat(text))
    assert typed(from_variable(cls, text)) == expected
    assert typed(from_file(cls, "sample.yaml", f"value: {text}\n")) == expected
    assert typed(from_file(cls, "sample.toml", f"value = {text}\n")) == expected


@pytest.mark.parametrize(
    ("declared", "value"),
    [
        (date, MOMENT),
        (date, [2024, 1, 2]),
        (time, MOMENT),
        (datetime, b"\x07\xe8\x01\x02\x03\x04\x00\x00\x00\x00"),
    ],
)
def test_rejected_dates_and_times(declared: Any, value: Any) -> None:
    """The error shows only the value, not what a constructor says about it."""
    with pytest.raises(ConfigTypeError) as caught:
        declare(declared)({"value": value})
    assert "Error: " not in str(caught.value).partition("\n")[2]
    assert caught.value.problems[0].message.startswith(f"expected {declared.__name__}")


@pytest.mark.parametrize(
    ("declared", "text", "got"),
    [
        *((str, text, "None") for text in ("null", "~", "")),
        *((int, text, "") for text in ("yes", "1e3", "0o17", "null", "2024-01-01")),
        (int, "[1, no]", "[1, False]"),
        (bool, "{1: 2}", "a mapping"),
        *((kind, "[2024-99-99]", "") for kind in (str, int, Path, timedelta, Decimal)),
        *((kind, "2024-99-99", "'2024-99-99'") for kind in (Any, int, dict[str, int])),
        (tuple[int, int], "[2024-99-99]", ""),
        *((timedelta, text, "") for text in ("1:30", "1:30.5", "1:99:00")),
        *((date, text, "") for text in ("2024-01-01 10:00:00", "1704067200")),
        *((kind, text, text) for kind in (date, datetime) for text in ("20240101",)),
        *((time, text, text) for text in ("10", "1030")),
    ],
)
def test_rejected_yaml_text(declared: Any, text: str, got: str) -> None:
    """The error for an invalid YAML scalar shows the value as YAML reads it."""
    with pytest.raises(ConfigTypeError, match="value: expected ") as caught:
        from_file(declare(declared), "sample.yaml", f"value: {text}\n")
    assert f", got {got}" in str(caught.value)
    assert "Scalar(" not in str(caught.value)


WRITTEN_NUMBERS = ["3.10", "0.1", "1e3", "-0.0", "1.5E-7", "6.02e+23", "-0"]
WRITTEN_IN_TOML = ["0xFF", "0o17", "0b11", "1_000", "+7", "1_0.5", "+1.50"]
NUMBER_FORMS = [
    *(("a.json", '{{"value": {}}}', text) for text in WRITTEN_NUMBERS),
    *(("a.toml", "value = {}\n", t) for t in (*WRITTEN_NUMBERS, *WRITTEN_IN_TOML)),
]


def python_number(text: str) -> Any:
    """Return the number that Python reads."""
    try:
        return int(text, 0)
    except ValueError:
        return float(text)


@pytest.mark.parametrize(("name", "form", "text"), NUMBER_FORMS)
def test_numbers_as_written(name: str, form: str, text: str) -> None:
    """A number of TOML or JSON keeps its text until the declared type is known."""

    def read(declared: Any, written: str = text) -> Any:
        return typed(from_file(declare(declared), name, form.format(written)))

    number = python_number(text)
    assert read(str) == typed(text)
    assert read(float) == typed(float(number))
    for declared in (Any, object, int | float):
        assert read(declared) == typed(number)
    assert read(list[str], f"[{text}, 5]") == typed([text, "5"])
    assert read(list, f"[{text}]") == read(list[Any], f"[{text}]") == typed([number])
    assert read(Literal["a", text]) == typed(text)
    assert read(Level | str) == typed(text)
    assert read(Text) == typed(Text(text))
    member = Enum("Written", {"FIRST": text})
    assert read(member) == typed(member(f"{text}"))
    with pytest.raises(ConfigTypeError, match="expected path, got"):
        read(Path)
    with pytest.raises(ConfigTypeError, match="expected tuple of str, got"):
        read(tuple[str, ...])
    if isinstance(number, int):
        assert read(int) == typed(number)
    elif text != "-0.0":
        assert read(Decimal) == typed(Decimal(text))
        assert read(Decimal | None) == read(Decimal | str) == typed(Decimal(text))


@pytest.mark.parametrize("text", WRITTEN_NUMBERS)
def test_numbers_as_written_in_text(text: str) -> None:
    """A number in the JSON text of a variable keeps its text too."""
    assert from_variable(declare(list[str]), f"[{text}]") == [text]
    assert from_variable(declare(dict[str, str]), f'{{"a": {text}}}') == {"a": text}
    number = python_number(text)
    found = from_variable(declare(dict), f'{{"a": [{text}]}}')
    assert typed(found) == typed({"a": [number]})
    found = from_variable(declare(Priced), f'{{"price": {text}, "name": {text}}}')
    assert (str(found.price), found.name) == (str(Decimal(text)), text)


@pytest.mark.parametrize("name", ["a.json", "a.toml"])
def test_a_mapper_gets_plain_numbers(name: str) -> None:
    """A mapper gets numbers of files as Python has them, in containers too."""
    seen = []
    cls = declare(object, None, mapper=lambda value, _: seen.append(value))
    text = '{"value": [1.50, {"a": 1e3}]}'
    if name.endswith("toml"):
        text = "value = [1.50, {a = 1e3}]"
    from_file(cls, name, text)
    assert typed(seen) == typed([[1.5, {"a": 1000.0}]])


@pytest.mark.parametrize(
    ("default", "limits", "good", "bad", "words"),
    [
        (5, {"ge": 5}, "5", "4", "int at least 5"),
        (6, {"gt": 5}, "6", "5", "int above 5"),
        (5, {"le": 5}, "5", "6", "int at most 5"),
        (4, {"lt": 5}, "4", "5", "int below 5"),
        (5, {"ge": 1, "le": 9}, "9", "10", "int at least 1 and at most 9"),
        (0.5, {"ge": 0, "lt": 1}, "0.9", "1", "float at least 0 and below 1"),
        (0.5, {"ge": 0}, "1e308", "inf", "finite float"),
        (timedelta(1), {"gt": timedelta(0)}, "1s", "0", "duration"),
        (Decimal(1), {"ge": 0}, "0.1", "-1", "Decimal at least 0"),
        (Decimal(1), {"ge": 0}, "0.1", "NaN", "Decimal at least 0"),
        ("a", {"choices": ("a", "b")}, "b", "c", "one of 'a', 'b'"),
        (1, {"choices": [1, 2]}, "2", "3", "one of 1, 2"),
        (1, {"choices": [1, 2]}, "2", "x", "one of 1, 2"),
    ],
)
def test_constraints(
    default: Any, limits: dict[str, Any], good: str, bad: str, words: str
) -> None:
    """Every source rejects a value that violates ge, gt, le, lt or choices."""
    cls = declare(type(default), default, **limits)
    for source in sources(good):
        assert typed(source(cls, good)) == typed(converted(type(default), good))
        with pytest.raises(ConfigTypeError, match="value: expected ") as caught:
            source(cls, bad)
        assert f"expected {words}" in str(caught.value)


def converted(declared: Any, raw: Any) -> Any:
    """Return the raw value as converted by a field without limits."""
    return from_values(declare(declared), raw)


@pytest.mark.parametrize("default", [None, 1])
def test_bounds_allow_none(default: int | None) -> None:
    """A bound of an optional number applies to the number; None is always allowed."""
    cls = declare(int | None, default, ge=0)
    assert cls().value is default
    assert from_values(cls, None) is None
    with pytest.raises(ConfigTypeError, match="at least 0"):
        from_values(cls, "-1")


def test_bounds_reject_incomparable_values() -> None:
    """A value that cannot be compared with the bound is rejected."""
    cls = declare(int | str, 1, ge=0)
    assert from_values(cls, 5) == 5
    with pytest.raises(ConfigTypeError, match="at least 0"):
        from_values(cls, "x")


@pytest.mark.parametrize("source", [s for s in sources(True) if s is not from_yaml])
def test_bool_is_not_text(source: Source) -> None:
    """A bool is not text, except in YAML, where the text of `true` is kept."""
    with pytest.raises(ConfigTypeError, match="expected str, got True"):
        source(declare(str), True)
    assert from_yaml(declare(str), True) == "true"


@pytest.mark.parametrize("text", ["inf", "-inf", "Infinity"])
def test_infinity_where_allowed(text: str) -> None:
    """A field with allow_inf, or whose default is infinite, accepts infinity."""
    for cls in (declare(float, 1.0, allow_inf=True), declare(float, math.inf)):
        for source in sources(text):
            assert source(cls, text) == float(text)
            with pytest.raises(ConfigTypeError):
                source(cls, "nan")


@pytest.mark.parametrize("number", [10**400, 10**5000], ids=["400", "5000"])
@pytest.mark.parametrize("declared", [bool, float, str, timedelta, Level, Path])
def test_numbers_of_any_size(declared: Any, number: int) -> None:
    """A number too large for its type is a ConfigTypeError; a str keeps the text."""
    try:
        value = from_values(declare(declared), number)
    except ConfigTypeError as error:
        assert "value: expected " in str(error)  # noqa: PT017 - either is right
    else:
        assert (declared, value) == (str, str(number))


@pytest.mark.parametrize("name", ["sample.yaml", "sample.toml"])
def test_hexadecimal_numbers_of_any_size(name: str) -> None:
    """A hexadecimal number beyond Python's limit of decimal digits is an error."""
    assign = "=" if name.endswith("toml") else ":"
    with pytest.raises(ConfigTypeError, match="expected int at most 9"):
        from_file(declare(int, 5, le=9), name, f"value{assign} 0x{'f' * 4200}\n")


seconds = st.integers(-(10**9), 10**9).map(lambda number: timedelta(seconds=number))
printable = st.text(st.characters(codec="utf-8", exclude_characters="\0"))
finite = st.floats(allow_nan=False, allow_infinity=False)
TEXTS: list[tuple[Any, st.SearchStrategy[Any], Callable[[Any], str]]] = [
    (bool, st.booleans(), str),
    (int, st.integers(), str),
    (float, finite, repr),
    (str, printable, str),
    (Level, st.sampled_from(Level), str),
    (Color, st.sampled_from(Color), lambda color: color.name),
    (tuple[int, ...], st.lists(st.integers()).map(tuple), json.dumps),
    (tuple[int, ...], st.lists(st.integers()).map(tuple), lambda v: str(v)[1:-1]),
    (list[str], st.lists(printable), json.dumps),
    (frozenset[int], st.frozensets(st.integers()), lambda v: json.dumps(list(v))),
    (tuple[int, str], st.tuples(st.integers(), printable), json.dumps),
    (dict[str, float], st.dictionaries(printable, finite), json.dumps),
    (dict[int, bool], st.dictionaries(st.integers(), st.booleans()), json.dumps),
    # A `~` at the beginning of text is the home folder.
    (
        Path,
        printable.map(Path),
        lambda path: (
            str(path).replace("~", "./~", 1) if str(path)[:1] == "~" else str(path)
        ),
    ),
    (timedelta, seconds, lambda value: f"{value.total_seconds():.0f}s"),
    (timedelta, st.timedeltas(), str),
    (Access, st.sampled_from([Access.READ, Access.WRITE, Access(3)]), lambda a: a.name),
    (Literal[1, "a"], st.sampled_from((1, "a")), str),
    (int | None, st.none() | st.integers(), json.dumps),
    (Decimal, st.decimals(allow_nan=False), str),
    (UUID, st.uuids(), str),
]


@pytest.mark.parametrize(("declared", "values", "text_of"), TEXTS)
@settings(max_examples=40)
@given(data=st.data())
def test_text_reads_back(
    declared: Any,
    values: st.SearchStrategy[Any],
    text_of: Callable[[Any], str],
    data: st.DataObject,
) -> None:
    """The text of a value is read back as the same value from every source of text."""
    value = data.draw(values)
    cls = declare(declared)
    for source in sources(text_of(value)):
        assert typed(source(cls, text_of(value))) == typed(value)
    assert typed(from_assignment(cls, value)) == typed(value)


hints = ("", "1", "true", "none", "[1]", '{"a": 1}', "1h", "inf", "nan", "a,b", "[")
scalars = st.none() | st.booleans() | st.integers() | st.floats() | printable
raw_values = st.recursive(
    scalars | st.sampled_from((*hints, "[" * 900 + "]" * 900, 10**400)),
    lambda inner: st.lists(inner) | st.dictionaries(printable, inner),
    max_leaves=8,
)


def has_type(value: Any, declared: Any) -> bool:
    """Whether a value has the declared type, decided without the library's code."""
    origin, arguments = get_origin(declared), get_args(declared)
    if declared is Any:
        return True
    if origin is None:
        exact = declared in {bool, int, float, str}
        return type(value) is declared if exact else isinstance(value, declared)
    if origin is Literal:
        return value in arguments
    if not isinstance(origin, type) or origin not in {tuple, list, dict, frozenset}:
        return any(has_type(value, argument) for argument in arguments)
    if type(value) is not origin:
        return False
    if origin is dict:
        parts = [*zip(value, arguments[:1] * len(value), strict=True)]
        parts += zip(value.values(), arguments[1:] * len(value), strict=True)
    elif origin is tuple and arguments[-1] is not Ellipsis:
        parts = list(zip(value, arguments, strict=True))
    else:
        parts = [(item, arguments[0]) for item in value]
    return all(has_type(item, kind) for item, kind in parts)


@pytest.mark.parametrize(
    "declared", [*dict.fromkeys(row[0] for row in TEXTS), Any, list]
)
@settings(max_examples=40)
@given(raw=raw_values)
def test_any_raw_value(declared: Any, raw: Any) -> None:
    """Any raw value becomes the declared type or raises a ConfigTypeError."""
    cls = declare(declared)
    for source in sources(raw):
        try:
            value = source(cls, raw)
        except ConfigTypeError as error:
            assert error.problems[0].field == "value"  # noqa: PT017 - either is right
            continue
        assert has_type(value, declared)
        again = from_assignment(cls, value)
        # The text of a set depends on its history; nan is not equal to itself.
        assert typed(again) == typed(value) or repr(again) == repr(value)


def test_annotations_as_text() -> None:
    """Text annotations are evaluated; an unknown name means the default's type.

    The unknown name causes a warning.
    """

    class ConfigText(ConfigBase):
        tags: "ConfigField[tuple[int, ...]]" = ConfigField(())
        level: "ConfigField[Level | None]" = ConfigField(None)
        only_checked: "ConfigField[Unheard]" = ConfigField(1.5)  # noqa: F821
        inner: ConfigField["Unheard"] = ConfigField(1)  # noqa: F821
        plain = ConfigField(True)

    raw = {"tags": "1,2", "level": "low", "only_checked": "2", "inner": "3"}
    with pytest.warns(UnresolvedAnnotationWarning, match="Unheard") as caught:
        conf = ConfigText({**raw, "plain": "no"})
    fields = [str(item.message).partition(":")[0] for item in caught]
    assert fields == ["ConfigText.only_checked", "ConfigText.inner"]
    values = (conf.tags, conf.level, conf.only_checked, conf.inner, conf.plain)
    assert typed(values) == typed(((1, 2), Level.LOW, 2.0, 3, False))


def test_text_in_a_type_of_no_module() -> None:
    """Text inside a type is evaluated even if its module no longer exists."""
    fields: dict[str, Any] = {"value": ConfigField([]), "__module__": "gone"}
    fields["__annotations__"] = {"value": ConfigField[list["int"]]}
    cls = type(ConfigBase)("ConfigGone", (ConfigBase,), fields)
    assert from_values(cls, "1,2") == [1, 2]


@pytest.mark.skipif(sys.version_info < (3, 12), reason="`type X = ...` is of 3.12")
def test_type_aliases() -> None:
    """An alias `type Tree = ...` means its value, which may refer to Tree itself."""
    names: dict[str, Any] = {}
    exec("type Tree = dict[str, Tree] | int\ntype Ports = list[int]", names)  # noqa: S102
    tree, ports = names["Tree"], names["Ports"]
    exec("type Port = Annotated[int, ['TCP']]", {**globals(), "names": names}, names)  # noqa: S102
    assert from_values(declare(names["Port"]), "7") == 7
    assert from_values(declare(ports), "1,2") == [1, 2]
    found = from_file(declare(tree), "a.yaml", "value: {a: 1, b: {c: 0x2}}")
    assert found == {"a": 1, "b": {"c": 2}}
    with pytest.raises(ConfigTypeError, match=r"got 'x' in element \[1\]"):
        from_values(declare(ports), "1,x")
    with pytest.raises(ConfigTypeError, match="expected list of Tree, got 5"):
        from_values(declare(list[tree]), 5)


def test_mapper() -> None:
    """A mapper gets each raw value and the default's type, never the default."""
    calls = []

    def double(value: Any, expected_type: type[int]) -> int:
        calls.append((value, expected_type))
        return 2 * int(value)

    cls = declare(int, 1, mapper=double)
    assert (cls().value, calls) == (1, [])
    for source in sources("4"):
        assert source(cls, "4") == 8
    assert set(calls) == {("4", int)}
    assert from_file(cls, "sample.yaml", "value: 010\n") == 16
    with pytest.raises(ConfigTypeError, match=r"got 'x' \(ValueError: invalid literal"):
        from_variable(cls, "x")


@pytest.mark.parametrize(
    ("value", "expected_type", "result"),
    [
        ("6380", int, 6380),
        ("no", bool, False),
        ("a,b", tuple, ("a", "b")),
        (1, float, 1.0),
    ],
)
def test_default_mapper(value: Any, expected_type: type[Any], result: Any) -> None:
    """default_config_field_mapper converts by the rules of the given type."""
    assert typed(default_config_field_mapper(value, expected_type)) == typed(result)


@pytest.mark.parametrize(
    ("value", "kind"), [("six", int), (None, str), ("x", bool), ("inf", float)]
)
def test_default_mapper_rejects(value: Any, kind: type[Any]) -> None:
    """default_config_field_mapper raises a TypeError that begins "Invalid type"."""
    with pytest.raises(
        TypeError, match=rf"^Invalid type\. Expected (finite )?{kind.__name__}"
    ) as e:
        default_config_field_mapper(value, kind)
    assert isinstance(e.value, ConfigError)
    assert str(e.value).endswith(f", got a value of {type(value).__name__}.")


def test_default_mapper_as_a_mapper() -> None:
    """default_config_field_mapper works as the mapper of a field."""
    cls = declare(int, 1, mapper=default_config_field_mapper)
    assert cls({"value": "7"}).value == 7
    with pytest.raises(ConfigTypeError, match="value: expected int, got 'x'"):
        cls({"value": "x"})


class NotRuntime(Protocol):
    """A protocol that isinstance does not support."""

    def run(self) -> None:
        """Run."""


class Raises:
    """A number whose methods raise."""

    def __int__(self) -> int:
        raise RuntimeError


cycle: list[Any] = []
cycle.append(cycle)


@pytest.mark.parametrize(
    ("declared", "raw"),
    [
        (NotRuntime, 5),
        (int, Raises()),
        (list[Any], cycle),
        (dict[list[int], int], {"1": 1}),
        (dict[int, int], {"1": 1, "01": 2}),
        (bytes, "text"),
    ],
)
def test_only_config_errors(declared: Any, raw: Any) -> None:
    """Any exception that a type or value raises becomes a ConfigTypeError."""
    with pytest.raises(ConfigTypeError):
        declare(declared)({"value": raw})


class Verbosity(StrEnum):
    """An enum with a member named like null."""

    NONE = "none"
    HIGH = "high"


@pytest.mark.parametrize(
    ("declared", "raw", "value"),
    [
        (Verbosity | None, "none", Verbosity.NONE),
        (Verbosity | None, "null", None),
        (Literal["none"] | None, "none", "none"),
        (Literal[True, "auto"], "true", True),
        (date, "2024-01-01", date(2024, 1, 1)),
        (deque, "a,b", deque(["a", "b"])),
        (deque[int], "1,2", deque([1, 2])),
    ],
)
def test_text_of_rarer_types(declared: Any, raw: Any, value: Any) -> None:
    """Text is read for choices called none or true, for dates and for deques."""
    given = declare(declared)({"value": raw}).value
    assert (type(given), given) == (type(value), value)
