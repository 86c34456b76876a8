"""The exact text of the error for each kind of invalid value."""

import math
from collections import Counter, OrderedDict, defaultdict, deque
from collections.abc import Mapping
from datetime import timedelta
from decimal import Decimal
from enum import Enum
from fractions import Fraction
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar
from uuid import UUID

import pytest

from pynenc_conf import ConfigTypeError
from tests.conftest import from_file, from_values
from tests.test_types import (
    Address,
    Color,
    Level,
    Named,
    Point,
    Port,
    Strict,
    cycle,
    declare,
)

T = TypeVar("T")


class Texts(Enum):
    """An enumeration whose values differ from the names of its members."""

    FIRST = "one"
    SECOND = "two"


class Few(list[T]):
    """A subclass of list."""

    def __init__(self, items: list[T]) -> None:
        if len(items) > 2:
            msg = "too many"
            raise ValueError(msg)
        super().__init__(items)


K = TypeVar("K")


class Tally(defaultdict[K, T]):
    """A mapping that cannot be made from a mapping alone."""


NO_FACTORY = "first argument must be callable or None"
# The declared type, the value, and the message after "expected".
VALUES: list[tuple[Any, Any, str]] = [
    (bool, "2", "{bool}, got '2'"),
    (bool, 2, "{bool}, got 2"),
    (bool, None, "{bool}, got None"),
    (bool, "flase", "{bool}, got 'flase'; did you mean 'false'?"),
    (bool, [True], "{bool}, got [True]"),
    (int, "six", "int, got 'six'"),
    (int, True, "int, got True"),
    (int, 6.5, "int, got 6.5"),
    (int, None, "int, got None"),
    (int, b"1", "int, got b'1'"),
    (int, cycle, "int, got a list of containers"),
    (int, math.inf, "int, got inf"),
    (int, Decimal("1e999999"), "int, got Decimal('1E+999999')"),
    (int, "", "int, got ''"),
    (float, "fast", "float, got 'fast'"),
    (float, "nan", "float, got 'nan'"),
    (float, "inf", "finite float, got 'inf'"),
    (float, True, "float, got True"),
    (float, None, "float, got None"),
    (str, None, "str, got None"),
    (str, True, "str, got True"),
    (str, ["a"], "str, got ['a']"),
    (str, {"a": 1}, "str, got a mapping"),
    (str, [{"a": 1}], "str, got a list of containers"),
    (str, ({1},), "str, got a list of containers"),
    (Level, "hihg", "one of 'low', 'high', got 'hihg'; did you mean 'high'?"),
    (Level, "mid", "one of 'low', 'high', got 'mid'"),
    (Level, 3, "one of 'low', 'high', got 3"),
    (Color, "blu", "one of 'red', 'blue', got 'blu'; did you mean 'blue'?"),
    (Color, 7, "one of 'red', 'blue', got 7"),
    (Strict, "no", "one of 'on', got 'no'"),
    (
        Literal["dev", "prod"],
        "pord",
        "one of 'dev', 'prod', got 'pord'; did you mean 'prod'?",
    ),
    (Literal["prod"], "rod", "one of 'prod', got 'rod'; did you mean 'prod'?"),
    (Literal["acde"], "bcde", "one of 'acde', got 'bcde'; did you mean 'acde'?"),
    (Literal["acd"], "bcd", "one of 'acd', got 'bcd'"),
    (Literal[True, 2], "x", "one of True, 2, got 'x'"),
    (
        Literal[True, False],
        "flase",
        "one of True, False, got 'flase'; did you mean 'false'?",
    ),
    (Literal["a"], ["a"], "one of 'a', got ['a']"),
    (tuple[int, ...], "1,x", "int, got 'x' in element [1]"),
    (tuple[int, ...], 5, "tuple of int, got 5"),
    (
        tuple[int, ...],
        "[1,",
        "tuple of int, as a JSON array or comma-separated, got '[1,'",
    ),
    (
        tuple[int, ...],
        "[" * 101,
        f"tuple of int, as a JSON array or comma-separated, got '{'[' * 56}...",
    ),
    (tuple[int, ...], b"1", "tuple of int, got b'1'"),
    (tuple[int, str], "1", "tuple of (int, str), exactly 2, got '1'"),
    (tuple[int, str], [1, 2, 3], "tuple of (int, str), exactly 2, got [1, 2, 3]"),
    (list[float], ["a", 1], "float, got 'a' in element [0]"),
    (set[bool], [2], "{bool}, got 2 in element [0]"),
    (frozenset[int], "a", "int, got 'a' in element [0]"),
    (tuple, 3, "tuple, got 3"),
    (list[list[int]], [[1], ["x"]], "int, got 'x' in element [1], element [0]"),
    (list[str], [1, None], "str, got None in element [1]"),
    (dict[str, int], "x", "mapping of str to int, as a JSON object, got 'x'"),
    (dict[str, int], {"a": "b"}, "int, got 'b' in key 'a'"),
    (
        dict[int, int],
        {"1": 1, 1: 2},
        "mapping of int to int, each key once, got a mapping in key '1'",
    ),
    (dict, [1], "mapping, got [1]"),
    (dict[str, list[int]], {"a": [1, "b"]}, "int, got 'b' in key 'a', element [1]"),
    (
        dict[str, int],
        '{"a": 1',
        "mapping of str to int, as a JSON object, got '{\"a\": 1'",
    ),
    (Mapping[str, int], 3, "mapping of str to int, got 3"),
    (OrderedDict[str, int], 3, "mapping of str to int, got 3"),
    (deque, 3, "list, got 3"),
    (deque[int], ["x"], "int, got 'x' in element [0]"),
    (Counter, 3, "mapping, got 3"),
    (Path, 3, "path, got 3"),
    (Path, "a\x00b", "path, got 'a\\x00b'"),
    (Path, None, "path, got None"),
    (timedelta, "soon", "{duration}, got 'soon'"),
    (
        timedelta,
        "5000000000000000000000000000000",
        "{duration}, got '5000000000000000000000000000000'",
    ),
    (timedelta, None, "{duration}, got None"),
    (timedelta, True, "{duration}, got True"),
    (timedelta, "1x", "{duration}, got '1x'"),
    (timedelta, [1], "{duration}, got [1]"),
    (UUID, "12", "UUID, got '12' (ValueError: badly formed hexadecimal UUID string)"),
    (type, "int", "type, got 'int'"),
    (int | None, "x", "int or null, got 'x'"),
    (int | bool, "x", "int or {bool}, got 'x'"),
    (int | str, None, "int or str, got None"),
    (
        Level | None,
        "hihg",
        "one of 'low', 'high' or null, got 'hihg'; did you mean 'high'?",
    ),
    (
        Level | int,
        "hihg",
        "one of 'low', 'high' or int, got 'hihg'; did you mean 'high'?",
    ),
    (int | list[int], ["x"], "int or list of int, got ['x']"),
    (None, "x", "null, got 'x'"),
    (None, 3, "null, got 3"),
    (bool | None, "flase", "{bool} or null, got 'flase'; did you mean 'false'?"),
    (
        Literal["dev"] | int,
        "dve",
        "one of 'dev' or int, got 'dve'; did you mean 'dev'?",
    ),
    (list[int] | None, [1, "x"], "list of int or null, got 'x' in element [1]"),
    (Port, "x", "int, got 'x'"),
    (Annotated[int, "doc"], "x", "int, got 'x'"),
    (Address, 3, "Address (a mapping with host), got 3"),
    (Few[int], "1,2,3", "Few of int, got '1,2,3' (ValueError: too many)"),
    (Point, [1, 2, 3], "Point (a mapping with x, y), at most 2, got [1, 2, 3]"),
    (Named, "TWO", "one of 'first', 'place', got 'TWO'"),
    (Texts, "oen", "one of 'one', 'two', got 'oen'; did you mean 'one'?"),
    (list[int] | int, "1,x", "list of int or int, got '1,x'"),
    (
        Tally[str, int],
        {"a": 1},
        f"mapping of str to int, got a mapping (TypeError: {NO_FACTORY})",
    ),
]


IN_YAML: list[tuple[Any, Any, str]] = [
    (bool, "2", "{bool}, got 2"),
    (bool, "~", "{bool}, got None"),
    (bool, "maybe", "{bool}, got 'maybe'"),
    (bool, "!!int secret", "{bool}, got 'secret'"),
    (int, "yes", "int, got True"),
    (int, "~", "int, got None"),
    (int, "6.5", "int, got 6.5"),
    (int, "[1]", "int, got [1]"),
    (int, "12:30.5", "int, got 750.5"),
    (int, "2024-01-01", "int, got datetime.date(2024, 1, 1)"),
    (int, "!!int secret", "int, got 'secret'"),
    (float, "yes", "float, got True"),
    (float, ".nan", "float, got nan"),
    (float, ".inf", "finite float, got inf"),
    (float, "2024-99-99", "float, got '2024-99-99'"),
    (str, "~", "str, got None"),
    (str, "[a]", "str, got ['a']"),
    (str, "{a: b}", "str, got a mapping"),
    (Level, "yes", "one of 'low', 'high', got True"),
    (Level, "2024-99-99", "one of 'low', 'high', got '2024-99-99'"),
    (Color, "3", "one of 'red', 'blue', got 3"),
    (Literal["dev", "prod"], "7", "one of 'dev', 'prod', got 7"),
    (Literal["dev"], "2024-99-99", "one of 'dev', got '2024-99-99'"),
    (tuple[int, ...], "~", "tuple of int, got None"),
    (tuple[int, ...], "2024-99-99", "tuple of int, got '2024-99-99'"),
    (tuple[int, ...], "[1, yes]", "int, got True in element [1]"),
    (tuple[str, ...], "[~]", "str, got None in element [0]"),
    (list[bool], "[2]", "{bool}, got 2 in element [0]"),
    (dict[str, int], "3", "mapping of str to int, got 3"),
    (dict[str, int], "{a: x}", "int, got 'x' in key 'a'"),
    (dict[int, int], "{on: 1}", "int, got True in key 'on'"),
    (dict[int, int], "{x: 1}", "int, got 'x' in key 'x'"),
    (
        dict[int, int],
        "{1: 1, 01: 1}",
        "mapping of int to int, each key once, got a mapping in key '01'",
    ),
    (Path, "~", "path, got None"),
    (Path, "2024-99-99", "path, got '2024-99-99'"),
    (timedelta, "~", "{duration}, got None"),
    (timedelta, "2024-99-99", "{duration}, got '2024-99-99'"),
    (timedelta, "yes", "{duration}, got True"),
    (Decimal, "yes", "Decimal, got True"),
    (Decimal, "2024-99-99", "Decimal, got '2024-99-99'"),
    (int | None, "yes", "int or null, got True"),
    (int | None, "2024-99-99", "int or null, got '2024-99-99'"),
    (None, "5", "null, got 5"),
    (None, "2024-99-99", "null, got '2024-99-99'"),
    (Any, "2024-99-99", "a value that YAML can read, got '2024-99-99'"),
    (
        list[Any],
        "[2024-99-99]",
        "a value that YAML can read, got '2024-99-99' in element [0]",
    ),
]


def message_of(declared: Any, make: Any, *given: Any) -> str:
    """Return the text of the problem with an invalid value, without its origin."""
    with pytest.raises(ConfigTypeError) as caught:
        make(declare(declared), *given)
    (problem,) = caught.value.problems
    assert problem.message.startswith(f"expected {problem.expected}, got ")
    text, _, place = str(problem).removeprefix("value: ").partition("\n  --> ")
    assert place
    return text


def expand(message: str) -> str:
    """Expand the abbreviations that the tables use."""
    words = message.replace("{bool}", "bool (true/false, yes/no, on/off, 1/0)")
    duration = "duration (30s, 5m, 1h30m, 01:30:00, PT1H30M, or seconds)"
    return f"expected {words.replace('{duration}', duration)}"


@pytest.mark.parametrize(("declared", "raw", "message"), VALUES)
def test_a_value_of_the_code(declared: Any, raw: Any, message: str) -> None:
    """An error names the expected type, the value, the wrong part and a suggestion."""
    assert message_of(declared, from_values, raw) == expand(message)


@pytest.mark.parametrize(("declared", "text", "message"), IN_YAML)
def test_a_value_in_yaml(declared: Any, text: str, message: str) -> None:
    """The error for a YAML scalar shows the value as YAML reads it."""
    actual = message_of(declared, from_file, "sample.yaml", f"value: {text}\n")
    assert actual == expand(message)


def test_bools_are_not_numbers() -> None:
    """`yes` is not a number of any kind, although Python accepts True as 1."""
    for declared in (Decimal, Fraction, complex):
        name = declared.__name__
        assert message_of(declared, from_values, True) == f"expected {name}, got True"
        text = message_of(declared, from_file, "sample.yaml", "value: yes\n")
        assert text == f"expected {name}, got True"


@pytest.mark.parametrize(
    ("declared", "default", "limits", "raw", "message"),
    [
        (int, 5, {"ge": 5}, "4", "int at least 5, got 4"),
        (int, 5, {"ge": 5, "le": 6}, 7, "int at least 5 and at most 6, got 7"),
        (float, 0.5, {"gt": 0, "lt": 1}, "1", "float above 0 and below 1, got 1.0"),
        (str, "a", {"choices": ("a", "b")}, "c", "one of 'a', 'b', got 'c'"),
        (
            str,
            "dev",
            {"choices": ("dev", "prod")},
            "prdo",
            "one of 'dev', 'prod', got 'prdo'; did you mean 'prod'?",
        ),
        (list[float], [], {}, "1,inf", "finite float, got 'inf' in element [1]"),
        (
            list[float],
            [],
            {"allow_inf": True},
            "inf,x",
            "float, got 'x' in element [1]",
        ),
    ],
)
def test_limits(
    declared: Any, default: Any, limits: dict[str, Any], raw: Any, message: str
) -> None:
    """The error for a value outside the limits shows limits and converted value."""
    with pytest.raises(ConfigTypeError) as caught:
        from_values(declare(declared, default, **limits), raw)
    (problem,) = caught.value.problems
    text, _, _ = str(problem).partition("\n")
    assert text == f"value: expected {message}"


def test_mappers() -> None:
    """The error for a value that a mapper rejects names the mapper if possible."""

    def even(value: int, _: type[int]) -> int:
        raise KeyError(value)

    class Even:
        def __call__(self, value: int, _: type[int]) -> int:
            raise KeyError(value)

    for mapper, name in ((even, "even"), (Even(), "its mapper")):
        with pytest.raises(ConfigTypeError) as caught:
            from_values(declare(int, 0, mapper=mapper), "x")
        (problem,) = caught.value.problems
        expected = f"expected what {name} accepts, got 'x' (KeyError: 'x')"
        assert problem.message == expected


def test_a_mapper_that_raises_a_config_error() -> None:
    """A ConfigError that a mapper raises is reported with the mapper's own message."""

    def reject(_: int, __: type[int]) -> int:
        msg = "use a prime number"
        raise ConfigTypeError(msg)

    with pytest.raises(ConfigTypeError) as caught:
        from_values(declare(int, 0, mapper=reject), "x")
    (problem,) = caught.value.problems
    assert problem.message == "use a prime number"


@pytest.mark.parametrize(("length", "ending"), [(288, "xx)"), (289, "x...)")])
def test_long_mapper_errors_are_cut(length: int, ending: str) -> None:
    """The text of an exception, with its name, is cut after 300 characters."""

    def reject(_: int, __: type[int]) -> int:
        raise ValueError("x" * length)

    with pytest.raises(ConfigTypeError) as caught:
        from_values(declare(int, 0, mapper=reject), "y")
    (problem,) = caught.value.problems
    before, _, error_text = problem.message.partition(" (ValueError: ")
    assert before == "expected what reject accepts, got 'y'"
    assert len(f"ValueError: {error_text}") == 300 + len(")")
    assert error_text.endswith(ending)


def test_a_secret() -> None:
    """The error for a secret shows only the type and makes no suggestion."""
    cls = declare(Level, Level.LOW, secret=True)
    for raw, kind in (("hihg", "str"), (["low"], "list")):
        with pytest.raises(ConfigTypeError) as caught:
            from_values(cls, raw)
        (problem,) = caught.value.problems
        assert problem.suggestion is None
        assert problem.message == (
            f"expected one of 'low', 'high', got a value of type {kind} "
            "(a secret, not shown)"
        )


def test_a_value_whose_methods_raise() -> None:
    """The error for text whose methods raise shows the type and makes no suggestion."""

    class Text(str):
        __slots__ = ()

        def __str__(self) -> str:
            raise LookupError

        __repr__ = __len__ = __hash__ = strip = __str__  # type: ignore[assignment]

    with pytest.raises(ConfigTypeError) as caught:
        from_values(declare(int), [Text("a")])
    (problem,) = caught.value.problems
    assert problem.message == "expected int, got <list>"
    assert problem.suggestion is None
