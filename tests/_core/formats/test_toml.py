"""TOML files: values, lines and errors."""

from __future__ import annotations

import json
import tomllib
from string import ascii_lowercase
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pynenc_conf._core.formats.limits import MAX_DEPTH
from pynenc_conf._core.formats.positions import Position
from pynenc_conf._core.formats.toml import _TOKEN, parse, positions
from pynenc_conf._core.formats.yaml_scalar import Scalar, to_plain
from pynenc_conf._core.problems import UnreadableFile


def error_of(text: str) -> UnreadableFile:
    """Return the error for a text."""
    with pytest.raises(UnreadableFile) as caught:
        parse(text)
    assert caught.value.__context__ is None
    return caught.value


def line(text: str, *keys: str) -> int | None:
    """Return the line of a path of keys."""
    parse(text)
    place: Position | None = positions(text)
    for key in keys:
        if place is None or place.children is None:
            return None
        place = place.children.get(key)
    assert place is None or place.column is None
    return None if place is None else place.line


DOCUMENT = '''\
# table.comment = 1
top = 1

[table]
text = """
fake = 1
[fake]
"""
raw = \'\'\'
[fake.raw] # \'\' ""
\'\'\'
array = [ # ]
  "]", # [
  [2],
]
after = true
dotted.x = 1
dotted.y = {inline = 1, deep.er = "#"} # {
[[list]]
inside = 1
[list.sub]
[[list]]
inside = 2
[super.sub]
[super]
key = 1
["quoted.name"."="]
'it"s' = 2
'''


@pytest.mark.parametrize(
    ("keys", "expected"),
    [
        ([], 1),
        (["top"], 2),
        (["table"], 4),
        (["table", "comment"], None),
        (["table", "text"], 5),
        (["table", "fake"], None),
        (["fake"], None),
        (["table", "raw"], 9),
        (["table", "array"], 12),
        (["table", "after"], 16),
        (["table", "dotted"], 17),
        (["table", "dotted", "x"], 17),
        (["table", "dotted", "y", "inline"], 18),
        (["table", "dotted", "y", "deep", "er"], 18),
        (["list"], 19),
        (["list", "inside"], None),
        (["list", "0", "inside"], 20),
        (["list", "0", "sub"], 21),
        (["list", "1", "inside"], 23),
        (["table", "array", "1", "0"], 14),
        (["super"], 24),
        (["super", "key"], 26),
        (["quoted.name", "=", 'it"s'], 28),
    ],
)
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_line_of_a_key(keys: list[str], expected: int | None, newline: str) -> None:
    """The line of a key is the first line of the first statement that defines it."""
    assert line(DOCUMENT.replace("\n", newline), *keys) == expected


def test_an_unterminated_last_line_counts() -> None:
    """The last line does not need a line break."""
    assert line("a = 1\nb = 2", "b") == 2


@pytest.mark.parametrize(
    ("text", "expected"),
    [("#\na = 1\n#\n\n##\nb = 2", 6), ("a = {b = [\n1,\n]}\nb = 2", 4)],
)
def test_content_before_a_key(text: str, expected: int) -> None:
    """Comments and lists within inline tables do not affect the lines of later keys."""
    assert line(text, "b") == expected


def test_an_inline_table_over_several_lines() -> None:
    """The keys of an inline table of several lines (TOML 1.1) have their own lines."""
    text = "a = {\nb = 1,\n}\nc = 2"
    try:
        parse(text)
    except UnreadableFile:
        pytest.skip("this version of tomli reads TOML 1.0")
    assert (line(text, "a", "b"), line(text, "c")) == (2, 4)


NAMES = st.text(ascii_lowercase, min_size=1, max_size=3) | st.text(max_size=5)
TEXTS = st.text(st.sampled_from("a\"'[]{}#=\n\\.,"), max_size=8)


@given(
    st.dictionaries(
        NAMES, st.dictionaries(NAMES, st.lists(TEXTS), min_size=1), min_size=1
    )
)
def test_lines_contain_their_keys(document: dict[str, dict[str, list[str]]]) -> None:
    """Positions give the line of a key, whatever keys and multi-line values contain."""

    def quote(text: str) -> str:
        quoted = json.dumps(text, ensure_ascii=False)
        return quoted.replace("\x7f", "\\u007f")

    lines: list[str] = []
    expected: dict[tuple[str, str], int] = {}
    for table, entries in document.items():
        lines.append(f"[{quote(table)}] # [\"'")
        for key, values in entries.items():
            expected[table, key] = len(lines) + 1
            items = [f"  {quote(value)}, # ]" for value in values]
            lines += [f"{quote(key)} = [", *items, "]"]
    text = "\n".join(lines)
    assert parse(text) == document == tomllib.loads(text)
    assert {keys: line(text, *keys) for keys in expected} == expected


NUMBERS = [
    *("0xFF", "0o17", "0b101", "0xdead_beef", "1_000", "-1_000", "+99", "-0", "+0"),
    *("1e3", "0.10", "3.10", "-0.0", "+1.5", "6.02e-23", "1_0.0_1", "1E0_2", "0e0"),
]
PLAIN = ["0", "7", "-7", "true", "1979-05-27", "07:32:00", "'0xFF'", '"# 1_000"']
PLAIN += ["1979-05-27T07:32:00.5-07:00", "1979-05-27 07:32:00", "inf", "-inf", "[]"]


@pytest.mark.parametrize("text", NUMBERS)
def test_numbers_keep_their_text(text: str) -> None:
    """A number is stored as it is written if its value has another text."""
    assert parse(f"a = {text}") == {"a": Scalar("number", text)}
    everywhere = f"a = [[{text}], {{b = {text}}}, # {text}\n{text}]"
    number = Scalar("number", text)
    assert parse(f"x = 0xF\n{everywhere}")["a"] == [[number], {"b": number}, number]


@given(
    st.lists(
        st.tuples(
            st.sampled_from([*NUMBERS, *PLAIN]),
            st.sampled_from([*NUMBERS, *PLAIN]),
            st.sampled_from(
                [
                    "{n} = {a} # {b}",
                    "{n} = [{a}, {b}]",
                    "{n} = [ # +1\n  {a},\r\n\t[{b}, {a}],\n]",
                    "{n} = {{ 1_0 = {a}, 5 .0xF = {b}, '1e5'.1e5 = {a} }}",
                    "[1_0.{n}]\n0xF = {a}\n1e5.1_0 = {b}",
                    "[[ 0xF . {n} ]]\n -0 . 1e5={a}\n'+1' . 1_0\t={b}",
                    "{n} = '''\n+1 = {a}\n[1_0]\n'''\n\"{n} 1_0\" = {b}",
                ]
            ),
        ),
        max_size=6,
    )
)
def test_same_values_as_the_standard_library(parts: list[tuple[str, str, str]]) -> None:
    """The values of a document equal the result of tomllib.loads."""
    statements = (form.format(n=n, a=a, b=b) for n, (a, b, form) in enumerate(parts))
    text = "\n".join(statements)
    assert to_plain(parse(text)) == tomllib.loads(text)


@pytest.mark.parametrize("text", ["", "\n", "# only this"])
def test_empty_file_sets_nothing(text: str) -> None:
    """A file without statements is an empty mapping."""
    assert parse(text) == {}


@pytest.mark.parametrize(
    ("text", "at", "message"),
    [
        ("a = 1\na = 2", 2, "key 'a' on line 2 is already on line 1"),
        ("a = 1\r\n\r\na = [\r\n2]", 3, "key 'a' on line 3 is already on line 1"),
        ("[a]\n[b]\n[a]", 3, "already on line 1"),
        ("a = {}\n[a.b]", 2, "already on line 1"),
        ("[[a]]\n[a.b]\n[[a]]\n[a.b]\n[a.b]", 5, "already on line 4"),
        ("\na = {b = 1, b = 2}", 2, "given twice in the statement on line 2"),
        ("a =", 1, "value is missing"),
        ("a", 1, "'=' is missing"),
        ("a = [1", 1, "closing ']'"),
        ("a = {b = 1", 1, "closing '}'"),
        ("a = 'b", 1, "never closed"),
        ('a = """b', 1, "never closed"),
        ('a = "\\q"', 1, "escape"),
        ("a = 1 2", 1, "has ended"),
        ("!", 1, "a line must be"),
        ("[a", 1, "closing bracket"),
        ("a = " + "1" * 5_000, None, "too many digits"),
        ("a = " + "[" * 100_000, 1, "nested"),
        ("a = " + "{a = " * 100_000, 1, "nested"),
        (".".join("a" * 5_000) + " = 1", 1, "nested"),
        ("[" + " . ".join(['"a"'] * 5_000) + "]", 1, "nested"),
        (f"[{'.'.join('a' * 60)}]\n{'.'.join('a' * 60)} = 1", None, "nested"),
    ],
    ids=range(22),
)
def test_line_and_message_of_an_error(text: str, at: int | None, message: str) -> None:
    """A file that is not TOML is an error with line and message."""
    error = error_of(text)
    assert error.line == at
    assert message in error.message


def test_many_floats_and_dots_in_text_do_not_nest() -> None:
    """Only dots of one key, and brackets outside of text, count as nesting."""
    text = f"a = [{'1.5, ' * 200}]\nb = '{'.[' * 200}' # {'[.' * 200}\n"
    assert set(parse(text)) == {"a", "b"}


def test_nesting_up_to_the_limit_is_read() -> None:
    """The document is the first of MAX_DEPTH levels."""
    assert parse("a = " + "[" * (MAX_DEPTH - 1) + "]" * (MAX_DEPTH - 1))
    assert "nested" in error_of("a = " + "[" * MAX_DEPTH + "]" * MAX_DEPTH).message


@given(st.text(st.sampled_from("a\"'\\\n#=.[ ]"), max_size=20))
def test_a_token_begins_at_each_quote(text: str) -> None:
    """An unclosed quote is a token too, so no text is scanned twice."""
    for start, sign in enumerate(text):
        if sign in "\"'#":
            assert _TOKEN.match(text, start), start


def test_tables_of_dotted_keys_inside_a_statement() -> None:
    """The tables that a dotted key makes have the line of the first such key."""
    text = "a.x = 1\na.list = [\n  {b.c.d = 1},\n  {b.e = 2},\n]\n"
    assert line(text, "a") == 1
    assert line(text, "a", "list") == 2
    assert line(text, "a", "list", "0", "b") == 3
    assert line(text, "a", "list", "0", "b", "c") == 3
    assert line(text, "a", "list", "1", "b") == 4


MARKS = st.sampled_from(["", " ", "\n", " # [{,=\n"])


@st.composite
def written(draw: st.DrawFn, depth: int = 0) -> tuple[str, list[tuple[str, ...]]]:
    """Draw an array or inline table in several lines, and the paths of its values.

    Each key and element has a name of its own, so that it can be found in the text.
    """
    names = iter(draw(st.permutations([f"n{depth}{i}" for i in range(4)])))
    parts, paths = [], []
    is_table = draw(st.booleans())
    for number in range(draw(st.integers(0, 3))):
        name = next(names)
        value, inner = f"'{name}'", []
        if depth < 2 and draw(st.booleans()):
            value, inner = draw(written(depth=depth + 1))
        key = name if is_table else str(number)
        begin = f"{name} {draw(st.sampled_from(['=', '= ']))}" if is_table else ""
        parts.append(f"{draw(MARKS)}{begin}{value}{draw(MARKS)}")
        paths += [(key,), *((key, *path) for path in inner)]
    left, right = "{}" if is_table else "[]"
    return f"{left}{','.join(parts)}{draw(MARKS)}{right}", paths


def newlines_are_allowed_in_tables() -> bool:
    """Whether tomli reads TOML 1.1, whose inline tables may have several lines."""
    try:
        parse("a = {\n b = 1 }")
    except UnreadableFile:
        return False
    return True


@pytest.mark.skipif(not newlines_are_allowed_in_tables(), reason="needs TOML 1.1")
@given(written())
def test_lines_of_values_inside_a_statement(
    drawn: tuple[str, list[tuple[str, ...]]],
) -> None:
    """In a value of several lines, each key and element has its own line."""
    value, paths = drawn
    text = f"# comment\nvalue = {value}\nlast = 1\n"
    data: Any = parse(text)
    lines = text.split("\n")
    for path in paths:
        found = line(text, "value", *path)
        assert found is not None
        item = data["value"]
        for key in path:
            item = item[int(key)] if isinstance(item, list) else item[key]
        name = path[-1] if path[-1].startswith("n") else item
        if isinstance(name, str):
            assert name in lines[found - 1]
    assert line(text, "last") == len(lines) - 1
