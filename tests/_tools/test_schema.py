"""The command `pynenc-conf schema`: the schema accepts the same as the loader."""

from __future__ import annotations

import json
import re
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from enum import Enum, Flag, IntEnum
from fractions import Fraction
from pathlib import Path
from typing import Any, Literal, LiteralString, NamedTuple

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from pynenc_conf import ConfigBase, ConfigError, ConfigField, ConfigRedis, ConfigTask
from pynenc_conf._core.declare.plan import plan_of
from pynenc_conf._core.formats.yaml_scalar import to_plain
from pynenc_conf._core.sources.documents import load
from pynenc_conf._tools.classes import catalogue
from pynenc_conf._tools.schema.document import create_schema
from pynenc_conf._tools.schema.patterns import match_integer, match_whole
from tests._tools.running import run

CLASSES = list(catalogue().values())
SCHEMA = create_schema(CLASSES)
VALIDATOR = Draft202012Validator(SCHEMA)
FIELDS = sorted({name for cls in CLASSES for name in plan_of(cls).settings})
SECTIONS = sorted({name for cls in CLASSES for name in plan_of(cls).sections})
TASKS = ["shop.send_mail", "task", "redis"]


def loads(document: dict[str, Any]) -> bool:
    """Whether every class of the catalogue accepts a document, for each task."""
    Path("document.json").write_text(json.dumps(document), encoding="utf-8")
    try:
        for cls in CLASSES:
            if issubclass(cls, ConfigTask):
                for task in ["none", *TASKS]:
                    cls(task, None, "document.json")
            else:
                cls(None, "document.json")
    except ConfigError:
        return False
    return True


# Numbers beyond a double, digits of other scripts, and text with broken JSON are
# excluded, because a schema cannot distinguish them.
ASCII = st.text(st.characters(max_codepoint=127), max_size=6)
TEXTS = ASCII.filter(lambda text: not text.strip().startswith(("[", "{")))
NUMBERS = st.integers(-(2**70), 2**70) | st.floats(
    allow_nan=False, allow_infinity=False
)
SPELLINGS = st.sampled_from(
    [
        *(
            "6380",
            " 6380\n",
            "+1",
            "-0",
            "00",
            "6_5_5_35",
            "65535",
            "65536",
            "0065_535",
        ),
        *("1__0", "_1", "1_", "1e3", "1.", ".5", "-.0e9", "-1", "-0.1", "1_0.0_1"),
        *("inf", "-Infinity", "nan", "true", " No ", "oN", "flase", "", " ", "null"),
        *("disabled", " KEYS", "Task ", "truncated", "a, b,", "[]", '["a", "b"]', "*"),
    ]
)
SCALARS = (
    st.none() | st.booleans() | st.integers(-2, 70000) | NUMBERS | TEXTS | SPELLINGS
)
VALUES = st.one_of(
    SCALARS,
    st.lists(SCALARS, max_size=3),
    st.dictionaries(TEXTS, SCALARS, max_size=2),
)
# All of these can be imported. A schema does not know whether a name can be.
EXCEPTIONS = st.sampled_from(
    [
        *(None, True, 5, "", "[]", " ", [], [5], ["KeyError"], ["builtins.KeyError"]),
        *("builtins.KeyError, builtins.OSError,", "KeyError", '["builtins.OSError"]'),
        *("builtins.KeyError,OSError", ["builtins.OSError", None]),
    ]
)
GOOD = {name: cls for cls in CLASSES for name in plan_of(cls).settings}


def value_of(name: str) -> st.SearchStrategy[Any]:
    """Return a strategy for valid and invalid values of a field."""
    if name == "retry_for":
        return EXCEPTIONS
    default = plan_of(GOOD[name]).settings[name].field.default_value
    usual = [default, str(default)] if default != () else [[], "", ["a"], "a,b"]
    return st.sampled_from(usual) | SCALARS | VALUES


def tables(*more: st.SearchStrategy[tuple[str, Any]]) -> st.SearchStrategy[Any]:
    """Return a strategy for tables of settings and other items."""
    setting = st.sampled_from(FIELDS).flatmap(
        lambda name: st.tuples(st.just(name), value_of(name))
    )
    unknown = st.tuples(st.just("zz"), VALUES)
    return st.lists(st.one_of(setting, unknown, *more), max_size=3).map(dict)


TASK_SECTIONS = st.tuples(st.sampled_from(TASKS), tables() | SCALARS)
IN_SECTIONS = st.tuples(
    st.sampled_from(SECTIONS), tables(TASK_SECTIONS) | SCALARS | st.just([])
)


@pytest.mark.filterwarnings("ignore::pynenc_conf.UnknownSettingWarning")
@settings(max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(tables(IN_SECTIONS, IN_SECTIONS))
@example({"redis": None})
@example({"redis_port": "0"})
@example({"task": {"shop.send_mail": {"max_retries": -1}}})
def test_accepts_the_same_as_the_loader(document: dict[str, Any]) -> None:
    """The schema accepts a document if and only if every class accepts it."""
    assert VALIDATOR.is_valid(document) == loads(document)


class Size(IntEnum):
    """An enum of numbers."""

    SMALL = 1
    LARGE = 2


class Mood(Enum):
    """An enum whose names and values differ."""

    GOOD = "fine"
    BAD = "poor."


class Access(Flag):
    """An enum whose members combine."""

    READ = 1
    WRITE = 2


class Point(NamedTuple):
    """Has a required member."""

    a: int
    b: int = 2


class ConfigSchemaSample(ConfigBase):
    """One field for each kind of type that is not in the catalogue."""

    size = ConfigField(Size.SMALL)
    mood = ConfigField(Mood.GOOD)
    choice: ConfigField[Literal["a", 5, True]] = ConfigField("a")
    member: ConfigField[Literal[Mood.GOOD, "x", b"y"]] = ConfigField("x")
    literal: ConfigField[LiteralString] = ConfigField("")
    mode: ConfigField[Literal["a", None]] = ConfigField(None)  # noqa: PYI061 - a form
    ports: ConfigField[list[int]] = ConfigField([])
    pair: ConfigField[tuple[int, str]] = ConfigField((1, "a"))
    sizes: ConfigField[dict[str, int]] = ConfigField({})
    path = ConfigField(Path("a"))
    wait = ConfigField(timedelta(seconds=5))
    maybe: ConfigField[int | None] = ConfigField(None, ge=3)
    level = ConfigField("a", choices=("a", "b.c"))
    step = ConfigField(5, gt=-20, lt=105)
    anything: ConfigField[Any] = ConfigField(None)
    access = ConfigField(Access.READ)
    nothing: ConfigField[tuple[()]] = ConfigField(())
    names: ConfigField[tuple[str, str]] = ConfigField(("a", "b"))
    flags: ConfigField[dict[int, bool]] = ConfigField({})
    moods: ConfigField[dict[Mood, int]] = ConfigField({})
    day = ConfigField(date(2024, 1, 1))
    moment = ConfigField(datetime(2024, 1, 1))  # noqa: DTZ001 - as text has no zone
    clock = ConfigField(time(1))
    data = ConfigField(b"")
    rows: ConfigField[list[int]] = ConfigField([1], choices=([1], [2]))
    point: ConfigField[Point | None] = ConfigField(None)


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("size", [1, 2, 3, True, False, "1", "small", " Large", "x", None]),
        ("mood", ["fine", "GOOD", "poor.", "poorx", "bad", 1, []]),
        ("choice", ["a", "b", 5, "5", True, "true", "True", False, 6]),
        (
            "member",
            ["fine", "Good", "GOOD", "Mood.GOOD", "x", "poor.", "X", [121], "y"],
        ),
        ("literal", ["a", "", [1], None, {}]),
        ("mode", ["a", None, "", "null", "NONE", "b", 0]),
        ("ports", [[1, "2"], ["x"], [], "1, 2,", "1,x", "[1]", 5, {}, "", None]),
        ("pair", [[1, "a"], [1], [1, 2, 3], ["x", "a"], {}]),
        ("pair", ["1,a", "1 , a,", "only one", "1,b,c", "", "x,a", '[1, "a"]', ","]),
        ("names", ["a,b", "a,b,", "a,,", ",,", ",", "a,", "a", "a,b,c", ""]),
        ("flags", [{"1": True}, {"b": True}, {" 2": "no"}, {"": 1}, {"1.5": 1}, {}]),
        ("moods", [{"fine": 1}, {"GOOD": 1}, {"other": 1}]),
        ("day", ["2024-01-02", 0, 1.5, None, True, ["2024-01-02"], {}]),
        ("moment", ["2024-01-02T03:04", 0, None, [1], {"a": 1}]),
        ("clock", ["10:00", 0, 1.5, None, [1], {}]),
        ("data", [[1, 2], [], "x", "", 5, None, {"a": 1}]),
        ("wait", [1e300, -1e300, 86399999999999, -86399999913600, -86399999913601]),
        ("rows", [[1], "1", "1,", ["2"]]),
        ("point", [None, [], [1], {}, {"a": 1}, "null"]),
        ("sizes", [{"a": 1}, {"a": "x"}, {}, "", '{"a": 1}', "a", 5]),
        ("path", ["a/b", "", 5, None, []]),
        ("wait", [5, 1.5, "1h30m", "5 S", "-.5ms", "soon", "5 x", None, True]),
        ("wait", ["01:30:00", "-1:30:00.5", "1:30", "1:60:00", "1:00:60", "1:3:00"]),
        ("wait", ["1 day, 1:30:00", "-2 days, 1:30:00", "--1 day, 1:30:00"]),
        ("wait", ["PT1H30M", "p1dt2h", "P2W", "PT0,5S", "-PT1.5H", "P1D2H", "P2WT1S"]),
        ("wait", ["P", "PT", "P1DT", "P1Y", "P1M", "PT1S1H", "T1H", "P.5D", "1H30M"]),
        ("maybe", [None, 3, 2, "3", "2", "", "None", "x", True]),
        ("level", ["a", "b.c", "bxc", "A", "", None]),
        ("step", [-19, -20, "-19", "-20", "-0", "104", "105", "1_0_4", 104.0, "007"]),
        ("anything", [None, [], {}, "x"]),
        ("access", [1, 3, 4, -4, -5, "3", "4", "read", "Read | WRITE", "1|write"]),
        ("access", ["read,write", "read|", "", "x", None, True, []]),
        ("nothing", [[], [1], "", "[]", "[1]", "a", None]),
    ],
)
def test_other_types(name: str, values: list[Any]) -> None:
    """Schema and loader also agree about types that are not in the catalogue."""
    validator = Draft202012Validator(create_schema([ConfigSchemaSample]))
    for value in values:
        try:
            ConfigSchemaSample({name: value})
            accepted = True
        except ConfigError:
            accepted = False
        assert validator.is_valid({name: value}) == accepted, value


class ConfigSchemaChoices(ConfigBase):
    """Choices and limits of unusual types."""

    version = ConfigField("1", choices=("1", "2.5", "a"))
    option: ConfigField[str | None] = ConfigField(None, choices=(None, "1"))
    maybe: ConfigField[int | None] = ConfigField(None, choices=(None, 1))
    mood = ConfigField(Mood.GOOD, choices=(Mood.GOOD,))
    certain = ConfigField(True, choices=(True,))
    ratio = ConfigField(1.0, choices=(1.0, float("inf")), allow_inf=True)
    data = ConfigField(b"a", choices=(b"a",))
    wait = ConfigField(timedelta(minutes=1), ge=timedelta(seconds=2), lt=timedelta(1))
    share = ConfigField(0.5, ge=Decimal("0.25"), le=Fraction(3, 4))
    count = ConfigField(5, gt=Decimal("0.5"), lt=float("inf"))
    either: ConfigField[int | timedelta] = ConfigField(timedelta(1), ge=timedelta(0))


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("version", ["1", 1, 2.5, "2.5", 2, "01", "a", "b", None]),
        ("option", [None, "1", 1, 2, "a"]),
        ("maybe", [None, 1, 2, "", "null", "None", "1", "2"]),
        ("mood", ["fine", "GOOD", "good", "poor.", "BAD"]),
        ("certain", [True, 1, "yes", "ON", False, 0, "no"]),
        ("ratio", [1.0, "1.0", 2.0, None]),
        ("data", [[97], "a", "b'a'", None]),
        ("wait", [1, 2, 2.5, 86399, 86400, "1h", None]),
        ("share", [0.25, 0.2, 0.75, 0.8, "-1"]),
        ("count", [1, 0, "1", "0", "-1", 10**30]),
    ],
)
def test_choices_and_limits_of_other_types(name: str, values: list[Any]) -> None:
    """Choices and limits of the schema have all spellings that the loader accepts."""
    schema = json.dumps(create_schema([ConfigSchemaChoices]), allow_nan=False)
    validator = Draft202012Validator(json.loads(schema))
    for value in values:
        Path("value.json").write_text(json.dumps({name: value}), encoding="utf-8")
        try:
            ConfigSchemaChoices(None, "value.json")
            accepted = True
        except ConfigError:
            accepted = False
        assert validator.is_valid({name: value}) == accepted, value


@given(st.integers(-300, 300), st.integers(0, 400), st.integers(-1300, 1300))
def test_patterns_include_the_limits_of_integers(
    low: int, more: int, number: int
) -> None:
    """Text is accepted if and only if its number is within the limits."""
    high = low + more
    for first, last in ((low, high), (low, None), (None, high), (None, None)):
        within = (first is None or first <= number) and (last is None or number <= last)
        pattern = match_whole(match_integer(first, last))
        for text in (str(number), f" {number:05} ", f"{number:+_}"):
            assert bool(re.search(pattern, text)) == within, (first, last, text)


def test_dialect() -> None:
    """The command prints a schema of the dialect 2020-12, with or without --json."""
    printed = json.loads(run("schema").stdout)
    Draft202012Validator.check_schema(printed)
    assert printed == SCHEMA == json.loads(run("schema", "--json").stdout)


def test_descriptions() -> None:
    """Each setting has its description, its limits and its default."""
    redis = SCHEMA["properties"]["redis"]
    assert redis["description"].startswith("ConfigRedis: ")
    port = redis["properties"]["redis_port"]
    definition = SCHEMA["$defs"][port["$ref"].removeprefix("#/$defs/")]
    assert port["default"] == 6379
    assert "TCP port of the server." in definition["description"]
    assert definition["anyOf"][0] == {"type": "integer", "minimum": 1, "maximum": 65535}
    mode = SCHEMA["$defs"]["ConfigPynenc.argument_print_mode"]["anyOf"][0]
    assert mode["enum"] == ["full", "keys", "truncated", "hidden"]


def test_secrets_have_no_default() -> None:
    """A secret is write-only, and its default is omitted."""

    class ConfigOther(ConfigRedis):
        redis_password = ConfigField("hunter2")

    text = json.dumps(create_schema([ConfigOther]))
    assert "hunter2" not in text
    assert SCHEMA["$defs"]["ConfigRedis.redis_password"]["writeOnly"] is True
    for place in (SCHEMA, SCHEMA["properties"]["redis"]):
        assert "default" not in place["properties"]["redis_password"]


def test_sections_have_the_defaults_of_their_class() -> None:
    """If a child redefines a field, each section has its own default."""
    name = "runner_loop_sleep_time_sec"
    for section, default in (("runner", 0.1), ("threadrunner", 0.01)):
        table = SCHEMA["properties"][section]["properties"]
        assert table[name]["default"] == default
    assert "default" not in SCHEMA["properties"][name]


@pytest.mark.parametrize("kind", ["pynenc.yaml", "pynenc.toml", "tasks.yaml"])
def test_example_files_are_valid(kind: str) -> None:
    """The schema accepts the example files of the documentation."""
    path = Path(__file__).parents[2] / "docs" / "examples" / kind
    assert VALIDATOR.is_valid(to_plain(load(str(path)).root))


def test_chosen_classes() -> None:
    """With CLASS, the schema has only the settings of the class and its ancestors."""
    printed = json.loads(run("schema", "ConfigBrokerRedis").stdout)
    assert "redis_host" in printed["properties"]
    assert "cycle_control" not in printed["properties"]


def test_unpacked_tuples_have_any_number_of_elements() -> None:
    """A schema accepts the tuples with `*tuple[...]` that the loader accepts."""

    class ConfigUnpacked(ConfigBase):
        names: ConfigField[tuple[int, *tuple[str, ...]]] = ConfigField((1,))
        pair: ConfigField[tuple[*tuple[int, str], bool]] = ConfigField((1, "a", True))

    validator = Draft202012Validator(create_schema([ConfigUnpacked]))
    for values in ([1], [1, "a", "b"], "1,a,b"):
        assert validator.is_valid({"names": values})
    assert not validator.is_valid({"names": []})
    for valid, values in ((True, [1, "a", True]), (False, [1, ["a", True]])):
        assert validator.is_valid({"pair": values}) is valid
