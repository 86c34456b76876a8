"""YAML files: values, positions and errors."""

from __future__ import annotations

import inspect
import pickle
import sys
import threading
from collections.abc import Sequence
from datetime import date
from functools import partial

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from pynenc_conf._core.formats.limits import MAX_DEPTH
from pynenc_conf._core.formats.yaml import parse, positions
from pynenc_conf._core.formats.yaml_scalar import KeyText, Scalar, to_plain
from pynenc_conf._core.problems import UnreadableFile

PRINTABLE = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False)
    | st.dates(min_value=date(1000, 1, 1))
    | st.binary(max_size=8)
    | PRINTABLE,
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(PRINTABLE, inner, max_size=3)
    ),
    max_leaves=12,
)


def error_of(text: str) -> UnreadableFile:
    """Return the error for a text."""
    with pytest.raises(UnreadableFile) as caught:
        parse(text)
    assert caught.value.__context__ is None
    assert "\n" not in caught.value.message
    return caught.value


def position(text: str, *keys: str) -> tuple[int, int | None] | None:
    """Return the position of the value at a path of keys."""
    place = positions(text)
    for key in keys:
        if place is None or place.children is None:
            return None
        place = place.children.get(key)
    return None if place is None else (place.line, place.column)


@given(st.dictionaries(PRINTABLE, VALUES, max_size=4), st.sampled_from([None, True]))
def test_same_values_as_pyyaml(
    document: dict[str, object],
    flow: bool | None,  # noqa: FBT001
) -> None:
    """After plain(), the tree of a document equals the result of yaml.safe_load."""
    text = yaml.safe_dump(document, default_flow_style=flow)
    assert to_plain(parse(text)) == yaml.safe_load(text)


ENTRIES = st.dictionaries(st.sampled_from("abc"), st.integers(0, 9), max_size=3)


@given(st.lists(ENTRIES | st.lists(ENTRIES, max_size=3), max_size=3), ENTRIES)
def test_merges_by_precedence(
    merges: list[dict[str, int] | list[dict[str, int]]], explicit: dict[str, int]
) -> None:
    """Explicit keys win; then earlier mappings of a list, and later `<<` keys."""
    expected: dict[str, int] = {}
    for merge in merges:
        for entries in reversed(merge) if isinstance(merge, list) else [merge]:
            expected.update(entries)
    expected.update(explicit)
    found = parse(merged(merges, explicit))
    assert to_plain(found) == expected
    assert list(found) == list(expected)


@given(ENTRIES, ENTRIES)
def test_merges_one_mapping_as_pyyaml(
    merge: dict[str, int], explicit: dict[str, int]
) -> None:
    """If no key is in two merged mappings, every version of PyYAML agrees."""
    text = merged([merge], explicit)
    assert to_plain(parse(text)) == (yaml.safe_load(text) or {})


def merged(merges: Sequence[object], explicit: dict[str, int]) -> str:
    """Write a mapping with `<<` keys between its own keys."""
    dump = partial(yaml.safe_dump, sort_keys=False)
    lines = [f"<<: {dump(merge, default_flow_style=True)}" for merge in merges]
    lines.insert(1, dump(explicit) if explicit else "")
    return "\n".join(lines)


@pytest.mark.parametrize(
    ("text", "tag", "value"),
    [
        ("010", "int", 8),
        ("12:30", "int", 750),
        ("0x1F", "int", 31),
        ("yes", "bool", True),
        ("1.5", "float", 1.5),
        ("~", "null", None),
        ("", "null", None),
        ("2024-01-31", "timestamp", date(2024, 1, 31)),
    ],
)
def test_keeps_the_text_of_typed_scalars(text: str, tag: str, value: object) -> None:
    """A plain scalar that YAML 1.1 reads as a type also keeps its text."""
    scalar = parse(f"a: {text}")["a"]
    assert scalar == Scalar(tag, text)
    assert isinstance(scalar, Scalar)
    assert scalar.value == value


def test_quoted_text_is_str() -> None:
    """A quoted scalar, a `!!str` scalar, a block scalar and `=` are str."""
    text = "a: '010'\nb: !!str 1\nc: =\nd: 1e3\ne: |\n  1\n"
    expected = {"a": "010", "b": "1", "c": "=", "d": "1e3", "e": "1\n"}
    assert parse(text) == expected


def test_keys_are_text_as_written() -> None:
    """A key that YAML reads as a type is its text and also keeps the typed value."""
    tree = parse("on: 1\n8080: 2\n~: 3\n'x': 4\n")
    assert list(tree) == ["on", "8080", "~", "x"]
    assert tree["on"] == Scalar("int", "1")
    assert to_plain(tree) == {True: 1, 8080: 2, None: 3, "x": 4}
    assert list(parse("=: 1")) == ["="]


def test_set_is_a_list_of_its_keys() -> None:
    """`!!set` gives a list of its members, typed like other values."""
    assert parse("a: !!set {1, b}") == {"a": [Scalar("int", "1"), "b"]}
    assert position("a: !!set {1, b}", "a") == (1, 4)
    assert position("a: !!set {1, b}", "a", "b") is None


@pytest.mark.parametrize("text", ["", "# only this\n", "---\n", "null", "~", "--- # x"])
def test_empty_document_sets_nothing(text: str) -> None:
    """A document without content, or null, is an empty mapping."""
    assert parse(text) == {}


@pytest.mark.parametrize(
    ("text", "line", "column", "message"),
    [
        ("a: 1\nb: 2\na: 3", 3, 1, "key 'a' on line 3 is already on line 1"),
        ("x:\n  {b: 1, b: 2}", 2, 10, "already on line 2"),
        ("on: 1\n'on': 2", 2, 1, "already on line 1"),
        ("a: 1\n---\nb: 2", 2, 1, "several documents"),
        ("- a", 1, 1, "top level"),
        ("only text", 1, 1, "top level"),
        ("!!set {a}", 1, 1, "top level"),
        ("? [a]\n: 1", 1, 3, "key must be a name"),
        ("!!str [a]: 1", 1, 1, "key must be a name"),
        ("!x a: 1", 1, 1, "tag"),
        ("a: !x y", 1, 4, "tag"),
        ("a: !!python/name:os.system y", 1, 4, "tag"),
        ("a: !!python/object/apply:os.system [x]", 1, 4, "tag"),
        ("a: !!omap [b: 1]", 1, 4, "tag"),
        ("a: !!pairs [b: 1]", 1, 4, "tag"),
        ("a: !!map x", 1, 4, "tag"),
        ("a: !!seq {}", 1, 4, "tag"),
        ("a: <<", 1, 4, "'<<' is not a value"),
        ("a: *b", 1, 4, "alias"),
        ("a: &b [*b]", 1, 4, "alias to itself"),
        ("a: &b {c: {<<: *b}}", 1, 4, "alias to itself"),
        ("<<: 1", 1, 5, "'<<' merges a mapping"),
        ("<<: [{a: 1}, 2]", 1, 14, "'<<' merges a mapping"),
        ("a: 'x\n", 1, 4, "never closed"),
        ("a: [1\n", 2, 1, "bracket"),
        ("a: b: c", 1, 5, "quote the value"),
        ("a: @b", 1, 4, "cannot start"),
        ("a:\n  b: 1\n c: 2", 3, 2, "indentation"),
        ("a: 1\nb: \x01", 2, 4, "control character"),
        ("%TAG" * 101, None, None, "%TAG"),
    ],
)
def test_position_and_message_of_an_error(
    text: str, line: int | None, column: int | None, message: str
) -> None:
    """A file that is not one plain mapping is an error with position and message."""
    error = error_of(text)
    assert (error.line, error.column) == (line, column)
    assert message in error.message


@pytest.mark.parametrize(
    "text",
    [
        "[" * 100_000,
        "a: " + "[{" * 50_000,
        "- " * 100_000,
        "? " * 100_000,
        "- ? " * 50_000,
        "{a: " * 100_000,
        "".join(" " * depth + "a:\n" for depth in range(1_000)),
    ],
    ids=range(7),
)
def test_deep_nesting_is_rejected_in_any_thread(text: str) -> None:
    """Deeply nested text overflows no stack, not even in a thread."""
    assert "nested" in error_of(text).message
    found: list[UnreadableFile] = []
    thread = threading.Thread(target=lambda: found.append(error_of(text)))
    thread.start()
    thread.join()
    assert "nested" in found[0].message


def test_nesting_up_to_the_limit_is_read() -> None:
    """The mapping of the document is the first of MAX_DEPTH levels."""
    inner = MAX_DEPTH - 1
    assert parse("a: " + "[" * inner + "1" + "]" * inner)
    deeper = "a: [" + "[" * inner + "1" + "]" * inner + "]"
    assert "nested" in error_of(deeper).message
    beside = "a: {{b: 1, c: {}1{}}}"
    assert parse(beside.format("[" * (inner - 1), "]" * (inner - 1)))
    assert "nested" in error_of(beside.format("[" * inner, "]" * inner)).message


def test_directives_up_to_the_limit_are_read() -> None:
    """A file may contain a hundred %TAG directives."""
    assert parse("# " + "%TAG" * 100 + "\na: x") == {"a": "x"}


def test_a_full_stack_is_not_a_recursion_error() -> None:
    """If the stack of the program is nearly full, the file is nested too deeply."""
    text = "a: " + "[" * 60 + "]" * 60
    assert parse(text)
    before, depth = sys.getrecursionlimit(), len(inspect.stack(0))
    sys.setrecursionlimit(depth + 60)
    try:
        error = error_of(text)
    finally:
        sys.setrecursionlimit(before)
    assert "nested" in error.message


def test_aliases_are_built_once() -> None:
    """An alias is the same object as its anchor; plain() makes separate objects."""
    tree = parse("a: &x [1]\nb: *x\n")
    assert tree["a"] is tree["b"]
    copy = to_plain(tree)
    assert isinstance(copy, dict)
    assert copy["a"] == copy["b"]
    assert copy["a"] is not copy["b"]


def test_position_is_where_the_value_is_written() -> None:
    """Positions lead to values, and through merges and aliases to their source."""
    text = (
        "redis:\n  redis_host: h\n  redis_port: six\n"
        "base: &base\n  on: no\n  x: {y: 1}\n"
        "task:\n  <<: *base\n  z: 'q'\n"
        "same: *base\nlist:\n  - 1\n"
    )
    assert position(text, "redis", "redis_port") == (3, 15)
    assert position(text, "redis") == (2, 3)
    assert position(text, "task", "on") == (5, 7)
    assert position(text, "task", "x", "y") == (6, 10)
    assert position(text, "task", "z") == (9, 6)
    assert position(text, "task") == (8, 3)
    assert position(text, "base") == position(text, "same") == (5, 3)
    assert position(text, "list") == (12, 3)
    assert position(text, "list", "0") == (12, 5)
    assert position(text, "absent") is None
    assert positions("") is None


TREES = st.recursive(
    st.none(), lambda inner: st.dictionaries(PRINTABLE, inner, min_size=1, max_size=3)
)


@given(st.dictionaries(PRINTABLE, TREES, min_size=1), st.sampled_from([None, True]))
def test_every_position_points_at_its_value(
    shape: dict[str, object],
    flow: bool | None,  # noqa: FBT001
) -> None:
    """The text at the position of a scalar is the scalar."""
    paths: list[tuple[str, ...]] = []

    def number(node: object, path: tuple[str, ...]) -> object:
        if isinstance(node, dict):
            return {key: number(node[key], (*path, key)) for key in node}
        paths.append(path)
        return 1_000_000 + len(paths)

    text = yaml.safe_dump(number(shape, ()), default_flow_style=flow)
    lines = text.split("\n")
    for index, path in enumerate(paths, 1):
        at = position(text, *path)
        assert at is not None
        assert at[1] is not None
        assert lines[at[0] - 1][at[1] - 1 :].startswith(str(1_000_000 + index))


@pytest.mark.parametrize(
    "scalar",
    [
        Scalar("timestamp", "2024-99-99"),
        Scalar("timestamp", "x"),
        Scalar("int", "1" * 5_000),
        Scalar("float", "1" * 5_000),
        Scalar("int", "1" + ":0" * 5_000),
        Scalar("int", "secret"),
        Scalar("float", "secret"),
        Scalar("bool", "secret"),
        Scalar("binary", "é"),
        Scalar("binary", "a"),
    ],
    ids=range(10),
)
def test_impossible_value_is_a_value_error(scalar: Scalar) -> None:
    """A scalar without a value raises a ValueError on access and quotes nothing."""
    with pytest.raises(ValueError, match=r"^(not a YAML|a number)") as caught:
        _ = scalar.value
    assert caught.value.__context__ is None
    assert "secret" not in str(caught.value)


def test_a_number_of_as_many_digits_as_python_reads() -> None:
    """A number may have as many digits as Python reads by default."""
    assert Scalar("int", "1" * 4300).value == int("1" * 4300)


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_scalars_and_keys_pickle(protocol: int) -> None:
    """Scalars and keys survive every pickle protocol."""
    scalar, key = pickle.loads(
        pickle.dumps((Scalar("int", "010"), KeyText("on", "bool")), protocol)
    )
    assert (scalar, repr(scalar)) == (Scalar("int", "010"), "Scalar('int', '010')")
    assert hash(scalar) == hash(Scalar("int", "010"))
    assert scalar != "010"
    assert (key, hash(key), key.value) == ("on", hash("on"), True)
    assert type(key) is KeyText


ODD_BREAKS = ["\u2028", "\u2029", "\x85", "\r"]


@pytest.mark.parametrize("mark", ODD_BREAKS)
def test_lines_are_those_of_editors_and_git(mark: str) -> None:
    """Only a line feed begins a line; YAML 1.1 knows other line breaks too."""
    text = f"a: 'x{mark}y'\nb:\n  c: 1\n"
    assert position(text, "b", "c") == (3, 6)
    with pytest.raises(UnreadableFile) as caught:
        parse(f"{text}b: 2\n")
    assert (caught.value.line, caught.value.column) == (4, 1)
    assert "line 2" in caught.value.message
    with pytest.raises(UnreadableFile) as caught:
        parse(f"{text}d: [1\n")
    assert caught.value.line in {4, 5}
    with pytest.raises(UnreadableFile) as caught:
        parse(f"{text}d: \x01\n")
    assert (caught.value.line, caught.value.column) == (4, 4)


@given(
    st.lists(st.sampled_from(["é", "x", *ODD_BREAKS, "\r\n", "\n"]), max_size=8),
    st.lists(st.sampled_from(["# y", "", "k: 1"]), max_size=3),
)
def test_positions_with_any_line_breaks(text: list[str], lines: list[str]) -> None:
    """The text at the position of a value is the value, whatever ends its lines."""
    comments = "".join(f"{line}\n" for line in dict.fromkeys(lines))
    written = "".join("\n " if part.endswith("\n") else part for part in text)
    document = f"{comments}quoted: '{written}'\nlast: here\n"
    found = position(document, "last")
    assert found is not None
    line, column = found
    assert column is not None
    assert document.split("\n")[line - 1][column - 1 :].startswith("here")
