"""Templates of variables: every default is the same after reading the variables."""

from __future__ import annotations

import re
import shutil
import subprocess
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from enum import Enum, Flag, IntEnum, StrEnum
from pathlib import PurePosixPath
from typing import Any, Literal, NamedTuple
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pynenc_conf import ConfigBase, ConfigField
from pynenc_conf._tools.env_files import Environment
from pynenc_conf._tools.template.text import create_sample
from tests._tools.running import write
from tests._tools.test_template import uncommented


class Access(Flag):
    """An Enum whose members combine."""

    READ = 1
    WRITE = 2
    RUN = 4


class Mode(Enum):
    """An Enum with values of several types, and with names that are values."""

    OFF = None
    B = "a"
    A = "b"
    LINES = "a\nb"
    PAIR = (1, 2)
    NUMBER = 5


class Level(StrEnum):
    """An Enum whose values are text."""

    DEBUG = "debug"
    LINES = " a\n b\n"


class Size(IntEnum):
    """An Enum whose values are numbers."""

    SMALL = 1
    LARGE = 2


class Point(NamedTuple):
    """A structure that is also a sequence."""

    x: int = 0
    label: str = ""


@dataclass(frozen=True)
class Server:
    """A structure with a structure in it."""

    host: str = ""
    mode: Mode = Mode.OFF
    waits: tuple[timedelta, ...] = ()
    point: Point = field(default_factory=Point)


TEXT = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]))
LINES = st.text("ab#'\"\\= \t\r\n$`\x85\u2028")
TEXTS = TEXT | LINES
FLAGS = st.integers(0, 7).map(Access)
MODES = st.sampled_from(Mode)
POINTS = st.builds(Point, st.integers(), TEXTS)
SERVERS = st.builds(
    Server, TEXTS, MODES, st.lists(st.timedeltas(), max_size=2).map(tuple), POINTS
)
FLOATS = st.floats(allow_nan=False)
PATHS = TEXTS.filter(lambda text: not text.startswith("~")).map(PurePosixPath)
VALUES: dict[Any, st.SearchStrategy[Any]] = {
    str: TEXTS,
    int: st.integers(),
    float: FLOATS,
    bool: st.booleans(),
    PurePosixPath: PATHS,
    timedelta: st.timedeltas(),
    Decimal: st.decimals(allow_nan=False, allow_infinity=False),
    UUID: st.uuids(),
    date: st.dates(),
    time: st.times(),
    datetime: st.datetimes(),
    Access: FLAGS,
    Mode: MODES,
    Level: st.sampled_from(Level),
    Size: st.sampled_from(Size),
    Literal["a", "on"]: st.sampled_from(["a", "on"]),
    (str | None): TEXTS,  # no text is null
    (int | None): st.none() | st.integers(),
    (Mode | None): MODES,
    list[str]: st.lists(TEXTS, max_size=3),
    (list[int] | None): st.none() | st.lists(st.integers(), max_size=3),
    tuple[bool, ...]: st.lists(st.booleans(), max_size=3).map(tuple),
    set[int]: st.sets(st.integers(), max_size=3),
    frozenset[Access]: st.frozensets(FLAGS, max_size=3),
    list[Mode]: st.lists(MODES, max_size=3),
    list[float]: st.lists(st.floats(allow_nan=False, allow_infinity=False)),
    dict[str, str]: st.dictionaries(TEXTS, TEXTS, max_size=3),
    dict[int, timedelta]: st.dictionaries(st.integers(), st.timedeltas(), max_size=2),
    dict[Level, list[str]]: st.dictionaries(
        st.sampled_from(Level), st.lists(TEXTS, max_size=2), max_size=2
    ),
    Point: POINTS,
    Server: SERVERS,
    (Server | None): SERVERS,
    list[Server]: st.lists(SERVERS, max_size=2),
    dict[str, Server]: st.dictionaries(TEXTS, SERVERS, max_size=2),
}
FIELDS = st.sampled_from(list(VALUES)).flatmap(
    lambda declared: st.tuples(st.just(declared), VALUES[declared])
)


def define(fields: list[tuple[Any, Any]]) -> Any:
    """Return a class with these types and defaults."""
    names = [f"field_{number}" for number in range(len(fields))]
    namespace = {
        "__annotations__": {
            name: ConfigField[declared]
            for name, (declared, _) in zip(names, fields, strict=True)
        },
        "__module__": __name__,
        **{
            name: ConfigField(default)
            for name, (_, default) in zip(names, fields, strict=True)
        },
    }
    return type(ConfigBase)("ConfigRound", (ConfigBase,), namespace)


def assert_round_trip(cls: Any, values: dict[str, str]) -> None:
    """Check that the variables set every setting to its default."""
    with pytest.MonkeyPatch.context() as patch:
        for name, value in values.items():
            patch.setenv(name, value)
        config = cls()
    default = cls()
    for name in config.all_fields:
        assert getattr(config, name) == getattr(default, name)
        assert type(getattr(config, name)) is type(getattr(default, name))
        for setting in config.field_info(name).settings():
            assert not setting.is_default


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(FIELDS, min_size=1, max_size=5))
def test_variables_set_the_defaults(fields: list[tuple[Any, Any]]) -> None:
    """The file is read without errors, and sets a value of each type to its default."""
    cls = define(fields)
    text = create_sample("env", [cls])
    assert "The default cannot" not in text
    assert all(line.startswith("#") for line in text.split("\n") if line)
    environment = Environment(write("sample.env", uncommented(text)), inherit=False)
    assert not environment.unreadable
    assert_round_trip(cls, environment.values)


@pytest.mark.skipif(shutil.which("sh") is None, reason="no shell on this machine")
@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(FIELDS | st.tuples(st.just(str), LINES), min_size=5, max_size=20))
def test_a_shell_reads_the_variables(fields: list[tuple[Any, Any]]) -> None:
    """A POSIX shell reads the same values, also text of several lines."""
    cls = define(fields)
    text = create_sample("env", [cls])
    # The command that the documentation shows.
    script = re.sub(r"^( *)#([^ ])", r"\1\2", text, flags=re.MULTILINE)
    write("sample.env", script)
    done = subprocess.run(
        ["sh", "-euc", "set -a; . ./sample.env; env -0"],  # noqa: S607 - any shell
        capture_output=True,
        check=True,
    )
    pairs = [pair.split("=", 1) for pair in done.stdout.decode().split("\0") if pair]
    values = {name: value for name, value in pairs if name.startswith("CONFIG__")}
    assert_round_trip(cls, values)


def test_lines_of_a_text() -> None:
    """Each line of a text is commented out, and none looks like a comment."""
    cls = define([(str, "a\n b\n\n# c\r\nd")])
    assert create_sample("env", [cls]).endswith(
        "#CONFIG__CONFIGROUND__FIELD_0='a\n#'' b\n#''\n## c\r''\n#d'\n"
    )


@pytest.mark.parametrize("kind", ["yaml", "toml", "env"])
def test_defaults_that_cannot_be_written(kind: str) -> None:
    """A default that no text can express is a comment, and nothing fails."""
    cls = define([(int, 10**5000), (str, "a\0b"), (str | None, None)])
    text = create_sample(kind, [cls])
    assert "The default cannot be expressed in" in text
    path = write(f"sample.{kind}", uncommented(text))
    if kind == "env":
        values = Environment(path, inherit=False).values
        assert "CONFIG__CONFIGROUND__FIELD_1" not in values
    else:
        assert cls(None, path) == cls()
