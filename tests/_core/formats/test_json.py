"""JSON files: values, positions and errors."""

from __future__ import annotations

import json
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pynenc_conf._core.formats.json import parse, positions
from pynenc_conf._core.formats.limits import MAX_DEPTH
from pynenc_conf._core.formats.yaml_scalar import Scalar, to_plain
from pynenc_conf._core.problems import UnreadableFile

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=12,
)


def error_of(text: str) -> UnreadableFile:
    """Return the error for a text."""
    with pytest.raises(UnreadableFile) as caught:
        parse(text)
    assert caught.value.__context__ is None
    return caught.value


def position(text: str, *keys: str) -> tuple[int, int | None] | None:
    """Return the position of the value at a path of keys."""
    place = positions(text)
    for key in keys:
        if place is None or place.children is None:
            return None
        place = place.children.get(key)
    return None if place is None else (place.line, place.column)


@given(st.dictionaries(st.text(), VALUES), st.sampled_from([None, 0, 2]))
def test_same_values_as_the_standard_library(
    document: dict[str, object], indent: int | None
) -> None:
    """The values of a document equal the result of json.loads."""
    assert to_plain(parse(json.dumps(document, indent=indent))) == document


@pytest.mark.parametrize("text", ["0.10", "3.10", "1e3", "1E+2", "-0.0", "-0"])
def test_numbers_keep_their_text(text: str) -> None:
    """A number is stored as it is written if its value has another text."""
    tree = parse(f'{{"a": {text}, "b": [{text}], "c": 10}}')
    number = Scalar("number", text)
    assert tree == {"a": number, "b": [number], "c": 10}
    assert to_plain(number) == json.loads(text)
    assert type(to_plain(number)) is type(json.loads(text))


def test_not_a_number_is_read() -> None:
    """NaN and the infinities are accepted, as in the standard library."""
    tree = parse('{"a": NaN, "b": -Infinity}')
    assert isinstance(tree["a"], float)
    assert math.isnan(tree["a"])
    assert tree["b"] == -math.inf


@pytest.mark.parametrize("text", ["", " \n\t\r\n"])
def test_empty_file_sets_nothing(text: str) -> None:
    """A file of white space is an empty object."""
    assert parse(text) == {}
    assert positions(text) is None


@pytest.mark.parametrize(
    ("text", "line", "column", "message"),
    [
        ('{"a": 1,\n "a": 2}', 2, 2, "key 'a' on line 2 is already on line 1"),
        ('{"x": [{"b":\n1, "\\u0062": 2}]}', 2, 4, "already on line 1"),
        ("\n [1]", 2, 2, "top level"),
        ("null", 1, 1, "top level"),
        ('{"a": }', 1, 7, "value is missing"),
        ("{a: 1}", 1, 2, "double quotes"),
        ('{"a" 1}', 1, 6, "':' is missing"),
        ('{"a": 1 "b": 2}', 1, 9, "',' or a closing bracket"),
        ('{"a": "x', 1, 7, "never closed"),
        ('{"a": "\n"}', 1, 8, "cannot span lines"),
        ('{"a": "\\q"}', 1, 8, "escape"),
        ("{} {}", 1, 4, "document has ended"),
        ('{"a": ' + "1" * 5_000 + "}", None, None, "too many digits"),
        ("[" * 100_000, 1, 101, "nested"),
        ('{"a":' * 100_000, 1, 501, "nested"),
    ],
    ids=range(15),
)
def test_position_and_message_of_an_error(
    text: str, line: int | None, column: int | None, message: str
) -> None:
    """A file that is not a JSON object is an error with position and message."""
    error = error_of(text)
    assert (error.line, error.column) == (line, column)
    assert message in error.message


def test_brackets_in_text_do_not_nest() -> None:
    """Only brackets outside of strings count as nesting, up to MAX_DEPTH."""
    inner = MAX_DEPTH - 1
    assert parse('{"a": "' + "[" * 200 + '", "b": ' + "[" * inner + "]" * inner + "}")


def test_position_is_where_the_value_is_written() -> None:
    """Positions lead to values, also through lists, whose elements have numbers."""
    text = '{"a": {"b": [1, {"c": 2}], "d\\n": "x,:{"},\n  "e" :\n 5}'
    assert position(text) == (1, 1)
    assert position(text, "a") == (1, 7)
    assert position(text, "a", "b") == (1, 13)
    assert position(text, "a", "b", "0") == (1, 14)
    assert position(text, "a", "b", "1", "c") == (1, 23)
    assert position(text, "a", "b", "c") is None
    assert position(text, "a", "d\n") == (1, 35)
    assert position(text, "e") == (3, 2)


TREES = st.recursive(
    st.none() | st.lists(st.text(), min_size=1),
    lambda inner: st.dictionaries(st.text(), inner, min_size=1, max_size=3),
)


@given(
    st.dictionaries(st.text(), TREES, min_size=1),
    st.sampled_from([None, 0, 2]),
    st.booleans(),
)
def test_every_position_points_at_its_value(
    document: dict[str, object],
    indent: int | None,
    ascii_only: bool,  # noqa: FBT001
) -> None:
    """The text at the position of a value decodes to the value."""
    text = json.dumps(document, indent=indent, ensure_ascii=ascii_only)
    lines = text.split("\n")

    def check(node: object, path: tuple[str, ...]) -> None:
        at = position(text, *path)
        assert at is not None
        assert at[1] is not None
        rest = "\n".join([lines[at[0] - 1][at[1] - 1 :], *lines[at[0] :]])
        assert json.JSONDecoder().raw_decode(rest)[0] == node
        if isinstance(node, dict):
            for key, value in node.items():
                check(value, (*path, key))

    check(document, ())
