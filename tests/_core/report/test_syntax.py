"""Values as they are shown: in the syntax of configuration files."""

from __future__ import annotations

from collections import UserList, deque
from datetime import timedelta
from enum import Enum, Flag, IntEnum, StrEnum
from pathlib import Path, PurePosixPath
from types import MappingProxyType
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pynenc_conf import ConfigBase, ConfigField
from pynenc_conf._core.report.syntax import show_value, to_data, to_json_value, to_text
from pynenc_conf._core.types.durations import to_timedelta


class Level(StrEnum):
    """An Enum whose values are text."""

    DEBUG = "debug"
    VERY_LOUD = "very loud"


class Size(IntEnum):
    """An Enum whose values are numbers."""

    SMALL = 1
    LARGE = 2


class Mode(Enum):
    """An Enum with values of several types, and with names that are values."""

    OFF = None
    B = "a"
    A = "b"
    PAIR = (1, 2)


class Access(Flag):
    """An Enum whose members combine."""

    READ = 1
    WRITE = 2


class Cases(Enum):
    """An Enum with names that differ only in case."""

    a = 1
    A = 2


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, "null"),
        (True, "true"),
        (5.0, "5.0"),
        (1e-7, "1.0e-07"),
        (float("-inf"), "-.inf"),
        ("", "''"),
        ("no", "'no'"),
        ("6379", "'6379'"),
        ("1.5", "'1.5'"),
        ("2024-01-01", "'2024-01-01'"),
        ("***", "'***'"),
        ("redis.shop.internal", "redis.shop.internal"),
        ("10.0.0.1", "10.0.0.1"),
        ("redis://host:6379/0", "redis://host:6379/0"),
        ("two words", "two words"),
        ("key: value", "'key: value'"),
        ("it's", "'it''s'"),
        ("a\nb\0", '"a\\nb\\x00"'),
        (timedelta(seconds=90), "1m30s"),
        (timedelta(), "0s"),
        (timedelta(days=1, microseconds=1), "1d1us"),
        (timedelta(seconds=-90), "-1m30s"),
        (PurePosixPath("/etc/tls/crt.pem"), "/etc/tls/crt.pem"),
        (Level.DEBUG, "debug"),
        (Level.VERY_LOUD, "very loud"),
        (Size.LARGE, "large"),
        (Mode.OFF, "'off'"),
        (Mode.PAIR, "pair"),
        (Access.READ | Access.WRITE, "READ|WRITE"),
        (Access(0), "0"),
        (("a", 1, None), "[a, 1, null]"),
        ({10, 9}, "[9, 10]"),
        ({"a": [True], 2: "b"}, "{a: [true], '2': b}"),
        (ValueError, "builtins.ValueError"),
        (deque(["a", deque([1])]), "[a, [1]]"),
        (UserList([1]), "[1]"),
        (MappingProxyType({"a": (1,)}), "{a: [1]}"),
        (b"ab", "[97, 98]"),
        (bytearray(b"a"), "[97]"),
        (Path("~/a"), "./~/a"),
        (PurePosixPath("~/a"), "~/a"),
    ],
)
def test_values_in_configuration_syntax(value: Any, text: str) -> None:
    """A value is shown as a YAML file contains it, on one line."""
    assert show_value(value, secret=False) == text


def test_secrets_and_long_values() -> None:
    """A secret is masked, a long value is cut, and a value without text is its type."""
    assert show_value("hunter2", secret=True) == "***"
    assert show_value("redis://u:p@h", secret="url") == "redis://u:***@h"
    assert show_value("x" * 200, secret=False) == "x" * 117 + "..."
    assert show_value(10**5000, secret=False) == "<int>"

    class Silent:
        def __str__(self) -> str:
            raise RuntimeError

    assert show_value(Silent(), secret=False) == "<Silent>"


@pytest.mark.parametrize(
    "shown",
    [deque([1, 2]), b"ab", bytearray(b"a"), Path("~/a"), MappingProxyType({"a": "b"})],
)
def test_shown_values_are_read_back(shown: Any) -> None:
    """A file with the shown text of a value sets the same value."""

    class ConfigShown(ConfigBase):
        value = ConfigField(shown)

    text = show_value(shown, secret=False)
    Path("shown.yaml").write_text(f"value: {text}\n", encoding="utf-8")
    conf = ConfigShown(None, "shown.yaml")
    assert conf.value == shown
    assert type(conf.value) is type(shown)


@pytest.mark.parametrize("cls", [Level, Size, Mode, Access, Cases])
def test_members_are_read_back(cls: type[Enum]) -> None:
    """The text shown for a member of an Enum is read as this member."""

    class ConfigEnum(ConfigBase):
        value = ConfigField(next(iter(cls)))

    for member in cls:
        assert ConfigEnum({"value": to_data(member)}).value is member


@given(st.timedeltas())
def test_durations_are_exact(value: timedelta) -> None:
    """The text of a duration is read as the same duration."""
    assert to_timedelta(to_data(value)) == value


TEXT = st.text(st.characters(exclude_categories=["Cs"]))
WORDS = st.text("-+.~09azAZnoNO_:/ #&*!|>'\"%@`=<?,[]{}\\", max_size=8)
SCALARS: st.SearchStrategy[Any] = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False)
    | TEXT
    | WORDS
)
DATA = st.recursive(
    SCALARS,
    lambda items: (
        st.lists(items, max_size=3) | st.dictionaries(TEXT | WORDS, items, max_size=3)
    ),
    max_leaves=6,
)


class ConfigAny(ConfigBase):
    """A field that takes the data of a file unchanged."""

    value: ConfigField[Any] = ConfigField(object())


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(DATA)
def test_files_contain_what_is_shown(data: Any) -> None:
    """Data is shown as one line, which a YAML file reads as the same data."""
    text = to_text(to_data(data))
    assert text.isprintable()
    Path("shown.yaml").write_text(f"value: {text}\n", encoding="utf-8")
    assert ConfigAny(None, "shown.yaml").value == data


def test_json_has_the_same_data() -> None:
    """JSON has the data of a file; a number that JSON cannot represent is text."""
    values = [timedelta(seconds=90), Level.DEBUG, Path("a"), (1, None), float("inf")]
    assert to_json_value(values) == ["1m30s", "debug", "a", [1, None], "inf"]
    assert to_json_value([10**4000]) == [str(10**4000)]
