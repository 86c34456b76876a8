"""Types that contain themselves: what they accept, and at what cost."""

import sys
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pynenc_conf import (
    ConfigBase,
    ConfigField,
    ConfigTypeError,
    default_config_field_mapper,
)
from pynenc_conf._core.declare.plan import plan_of
from pynenc_conf._tools.schema.document import create_schema
from tests._core.test_counts import counted
from tests.conftest import from_file, from_values, from_variable, sources

NAMES: dict[str, Any] = {}
ALIASES = """
type Json = dict[str, Json] | list[Json] | int
type Text = dict[str, Text] | list[Text] | str | None
type Several = tuple[Several, int] | tuple[int, Several] | list[Several] | bool
type Tree[T] = list[Tree[T]] | T
type Pairs[K] = dict[str, K] | list[K]
type Itself = Itself
type First = Second
type Second = First | None
type Endless = list[Endless]
type Growing[T] = list[Growing[list[T]]] | T
type Missing = list[NoSuchName]
"""
if sys.version_info >= (3, 12):
    exec(ALIASES, NAMES)  # noqa: S102 - the syntax of Python 3.12

needs_aliases = pytest.mark.skipif(
    sys.version_info < (3, 12), reason="`type X = ...` is of Python 3.12"
)


@dataclass
class Node:
    """A structure that contains itself."""

    value: int
    children: "tuple[Node, int] | tuple[int, Node] | list[Node] | None" = None


def declare(declared: Any) -> type[Any]:
    """Make a config class whose field `value` has the declared type."""

    class ConfigSample(ConfigBase):
        value: ConfigField[declared] = ConfigField(None)

    return ConfigSample


def alias(name: str) -> type[Any]:
    """Make a config class whose field has one of the aliases as its type."""
    return declare(eval(name, NAMES))  # noqa: S307 - an alias of this module


@needs_aliases
@pytest.mark.parametrize(
    ("name", "raw", "expected"),
    [
        ("Json", "3", 3),
        ("Json", '[1, {"a": 2}]', [1, {"a": 2}]),
        ("Json", '{"a": [1, "2"]}', {"a": [1, 2]}),
        ("Json", "1,2", [1, 2]),
        ("Json", [[], {}, "3"], [[], {}, 3]),
        ("Json", ["1", "1", ["1"]], [1, 1, [1]]),
        ("Text", "a,b", "a,b"),
        ("Text", {"a": ["b", None]}, {"a": ["b", None]}),
        ("Several", [[True, 1], 1], ((True, 1), 1)),
        ("Several", [[1, [False]], True], [(1, [False]), True]),
        ("Tree[int]", "[1, [2, []]]", [1, [2, []]]),
        ("Tree[str]", [["a"], "b"], [["a"], "b"]),
        ("Pairs[int]", "1,2", [1, 2]),
        ("Pairs[int]", '{"a": "1"}', {"a": 1}),
        ("Endless", [[], [[]]], [[], [[]]]),
        ("Growing[int]", 5, 5),
        ("Growing[int]", [], []),
    ],
)
def test_recursive_aliases(name: str, raw: Any, expected: Any) -> None:
    """An alias that refers to itself accepts values and text of any of its forms."""
    for source in sources(raw):
        assert source(alias(name), raw) == expected


cycle: list[Any] = []
cycle.append(cycle)


def nested(depth: int, innermost: Any = "x") -> Any:
    """Return lists in lists."""
    for _ in range(depth):
        innermost = [innermost, 1]
    return innermost


REJECTED = [
    *(("Json", raw) for raw in ("x", "1,x", ["x"], {"a": "x"}, None, 1.5, "[1", cycle)),
    *(("Several", raw) for raw in ("x", nested(60), nested(60, cycle))),
    *(("Tree[int]", raw) for raw in ("x", [["x"]])),
    *(("Pairs[int]", raw) for raw in ("x", 5)),
    *(("Itself", raw) for raw in ("x", 5, [1], None)),
    *(("First", raw) for raw in ("x", 5, [1])),
    *(("Endless", raw) for raw in ("x", 5, [1], cycle)),
    *(("Growing[int]", raw) for raw in ("x", None, cycle)),
    *(("Missing", raw) for raw in ("x", 5, [1])),
    *((name, nested(20_000)) for name in ("Json", "Text", "Several", "Tree[int]")),
]


@needs_aliases
@pytest.mark.parametrize(("name", "raw"), REJECTED, ids=range(len(REJECTED)))
def test_rejected_values(name: str, raw: Any) -> None:
    """A cyclic, deep or wrong value, or a type without values, is a ConfigTypeError."""
    with pytest.raises(ConfigTypeError, match="value: expected "):
        from_values(alias(name), raw)
    with pytest.raises(ConfigTypeError, match="Invalid type"):
        default_config_field_mapper(raw, eval(name, NAMES))  # noqa: S307 - as above


@pytest.mark.parametrize("declared", [Any, list, dict, Node, list[Any]])
def test_deep_values(declared: Any) -> None:
    """A value that is nested deeper than Python can follow is a ConfigTypeError."""
    deep: Any = nested(20_000)
    if declared in {dict, Node}:
        deep = {"value": deep, "children": [deep]}
    with pytest.raises(ConfigTypeError):
        default_config_field_mapper(deep, declared)


@needs_aliases
@pytest.mark.parametrize(
    "name",
    ["Itself", "First", "Json", "Several", "Missing", "Tree[int]", "Growing[int]"],
)
def test_settings_of_aliases(name: str) -> None:
    """Plan and schema of a class with such a field are finite."""
    cls = alias(name)
    assert list(plan_of(cls).settings) == ["value"]
    assert create_schema([cls])


def calls(declared: Any, raw: Any) -> int:
    """Count the calls that the conversion of a value takes."""
    cls = declare(declared)

    def convert() -> None:
        with suppress(ConfigTypeError):
            cls({"value": raw})

    return counted(convert).calls


@needs_aliases
@pytest.mark.parametrize("name", ["Json", "Text", "Several", "Tree[int]"])
@pytest.mark.parametrize("innermost", ["x", "1", 1, True, cycle])
def test_work_is_linear(name: str, innermost: Any) -> None:
    """A value of twice the depth takes about twice the calls, valid or not."""
    declared = eval(name, NAMES)  # noqa: S307 - as above
    assert_linear(lambda size: calls(declared, nested(size, innermost)))


@pytest.mark.parametrize("value", ["x", 1])
def test_work_of_structures_is_linear(value: Any) -> None:
    """A structure in itself takes about twice the calls for twice the depth."""

    def tree(depth: int) -> Any:
        node: dict[str, Any] = {"value": value}
        for _ in range(depth):
            node = {"value": 1, "children": [node, {"value": 1}]}
        return node

    assert_linear(lambda size: calls(Node | list[Node], tree(size)))


def assert_linear(count: Callable[[int], int]) -> None:
    """Check that twice the size takes at most somewhat more than twice the calls."""
    assert count(32) <= 2.5 * count(16)


@needs_aliases
def test_a_wide_value_is_linear() -> None:
    """A value with twice the elements takes about twice the calls."""
    wide = [[1, [2]], {"a": 3}] * 40
    json = NAMES["Json"]
    assert calls(json, wide * 2) <= 2.2 * calls(json, wide)


@needs_aliases
@given(
    st.recursive(
        st.integers() | st.sampled_from(["1", "x"]),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    )
)
def test_any_value(raw: Any) -> None:
    """A value is accepted if and only if every part of it is."""

    def is_valid(part: Any) -> bool:
        if isinstance(part, dict):
            return all(map(is_valid, part.values()))
        return all(map(is_valid, part)) if isinstance(part, list) else part != "x"

    try:
        from_values(alias("Json"), raw)
    except ConfigTypeError:
        assert not is_valid(raw)
    else:
        assert is_valid(raw)


@needs_aliases
def test_equal_texts_are_values_of_their_own() -> None:
    """Two parts with equal text do not share a mutable value."""
    found = from_variable(alias("Json"), '["1,2", "1,2"]')
    assert found == [[1, 2], [1, 2]]
    assert found[0] is not found[1]


class Pair(NamedTuple):
    """Two lists."""

    left: list[int]
    right: list[int]


@dataclass
class Pairs:
    """Structures in a structure that contains itself."""

    first: Pair
    second: Pair
    others: "list[Pairs]" = field(default_factory=list)


def test_repeated_parts_are_values_of_their_own() -> None:
    """A list or mapping that a value has twice gives two values, at any depth."""
    text = """
value:
- first: &pair {left: &list [1], right: *list}
  second: *pair
  others: [&more {first: *pair, second: *pair}, *more]
"""
    (found,) = from_file(declare(list[Pairs]), "a.yaml", text)
    pairs = [found, *found.others]
    lists = [
        part for each in pairs for pair in (each.first, each.second) for part in pair
    ]
    assert lists == [[1]] * 12
    assert len({id(each) for each in [*pairs, *lists]}) == 15


@pytest.mark.parametrize("depth", [1, 7, 60])
def test_work_for_repeated_parts_is_bounded(depth: int) -> None:
    """A value whose parts are repeated 2 ** depth times is an error or a value soon."""
    raw: Any = {"value": 1}
    for _ in range(depth):
        raw = {"value": 1, "children": [raw, raw]}
    node = from_values(declare(Node), raw)
    for _ in range(depth):
        node = node.children[1]
    assert node == Node(1)


@needs_aliases
def test_recursive_alias_from_a_file() -> None:
    """Numbers in a recursive alias keep their text as in any other type."""
    text = "value = [0x10, {a = 3.10}]\n"
    assert from_file(alias("Text"), "a.toml", text) == ["0x10", {"a": "3.10"}]
