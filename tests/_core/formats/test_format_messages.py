"""The exact message and position for each kind of invalid file."""

import sys
from types import ModuleType

import pytest
import tomli
import yaml

from pynenc_conf._core.formats import json as json_format
from pynenc_conf._core.formats import toml as toml_format
from pynenc_conf._core.formats import yaml as yaml_format
from pynenc_conf._core.formats import yaml_tree
from pynenc_conf._core.formats.yaml_problems import translate_error
from pynenc_conf._core.problems import UnreadableFile

# The text of a file, and the line, column and message of its error.
Row = tuple[str, int | None, int | None, str]

YAML: list[Row] = [
    ("a: 1\n---\nb: 2", 2, 1, "holds several documents; keep one, remove the '---'"),
    (
        "a: *x",
        1,
        4,
        "this alias names no anchor above it; quote the '*' where it is text",
    ),
    ("a: &x 1\nb: &x 2", 2, 4, "this anchor's name is already taken; rename one"),
    (
        "a: b: c",
        1,
        5,
        "': ' cannot stand here; quote the value, or fix the line above",
    ),
    (
        "a: 1\n b: 2",
        2,
        3,
        "': ' cannot stand here; quote the value, or fix the line above",
    ),
    ("a: 'x", 1, 4, "this quote is never closed"),
    ('a: "x\n  y', 1, 4, "this quote is never closed"),
    ("a: [1, 2", 2, 1, "a ',' or a closing bracket is missing before this"),
    ("a: {b: 1", 2, 1, "a ',' or a closing bracket is missing before this"),
    ("a: [1 2", 2, 1, "a ',' or a closing bracket is missing before this"),
    ("a: {b: 1 c: 2}", 1, 11, "a ',' or a closing bracket is missing before this"),
    (
        "abc\nb: 1",
        2,
        2,
        "': ' cannot stand here; quote the value, or fix the line above",
    ),
    (
        'a: "\\q"',
        1,
        5,
        "unknown escape in a double-quoted text; use '\\\\' or single quotes",
    ),
    ("a: 'x\n---\n", 1, 4, "this quote is never closed"),
    ("a: [,]", 1, 5, "a value cannot start like this; quote it"),
    (
        "a: 1\n  b: 2\n c: 3",
        2,
        4,
        "': ' cannot stand here; quote the value, or fix the line above",
    ),
    ("a:\n  - 1\n  b", 4, 1, "a ':' is missing after this key"),
    ("- a\nb: 1", 2, 1, "a '- ' is missing: the lines above are a list"),
    ("a:\n  b: 1\n - 2", 3, 2, "the indentation does not match the lines above"),
    ("%FOO\n---\na: 1", 1, 5, "bad '%' directive; remove it"),
    ("%YAML 3.0\n---\na: 1", 1, 1, "only YAML 1.1 and 1.2 can be read"),
    ("%TAG ! !\n%TAG ! !\n---\na: 1", 2, 1, "bad '%' directive; remove it"),
    ("a: !<x 1", 1, 7, "malformed tag; remove it"),
    ("a:\n\tb: 1", 2, 1, "a tab; indent with spaces"),
    ("a: @x", 1, 4, "'@' cannot start a value; quote it"),
    ("a: `x", 1, 4, "'`' cannot start a value; quote it"),
    ("a: %x", 1, 4, "'%' cannot start a value; quote it"),
    (
        "a: b\n*x : 1",
        2,
        1,
        "this alias names no anchor above it; quote the '*' where it is text",
    ),
    (
        "a: *b",
        1,
        4,
        "this alias names no anchor above it; quote the '*' where it is text",
    ),
    (
        "!!set {a}",
        1,
        1,
        "the top level must be a mapping of names to values (name: value)",
    ),
    ("- a", 1, 1, "the top level must be a mapping of names to values (name: value)"),
    ("text", 1, 1, "the top level must be a mapping of names to values (name: value)"),
    (
        "a: !foo 1",
        1,
        4,
        "this tag (or this tag on such a value) is not configuration; remove it",
    ),
    (
        "a: !!python/object/apply:os.system [x]",
        1,
        4,
        "this tag (or this tag on such a value) is not configuration; remove it",
    ),
    (
        "a: !!omap [b: 1]",
        1,
        4,
        "this tag (or this tag on such a value) is not configuration; remove it",
    ),
    ("<<: 1", 1, 5, "'<<' merges a mapping or a list of mappings, not this"),
    ("<<: [{a: 1}, 2]", 1, 14, "'<<' merges a mapping or a list of mappings, not this"),
    ("a: <<", 1, 4, "'<<' is not a value; quote it"),
    ("a: [<<]", 1, 5, "'<<' is not a value; quote it"),
    ("[a]: 1", 1, 1, "a key must be a name, not a list or a mapping; quote it"),
    ("{a: 1}: 2", 1, 1, "a key must be a name, not a list or a mapping; quote it"),
    ("? [x]\n: 1", 1, 3, "a key must be a name, not a list or a mapping; quote it"),
    ("a: \x07", 1, 4, "holds a control character; remove it, or write it as an escape"),
    (
        "\x01a: 1",
        1,
        1,
        "holds a control character; remove it, or write it as an escape",
    ),
    ("a: 1\na: 2", 2, 1, "key 'a' on line 2 is already on line 1; remove one"),
    (
        "a.b: 1\nc-d: 2\na.b: 3",
        3,
        1,
        "key 'a.b' on line 3 is already on line 1; remove one",
    ),
    ("c-d: 1\nc-d: 2", 2, 1, "key 'c-d' on line 2 is already on line 1; remove one"),
    ("a b: 1\na b: 2", 2, 1, "this key on line 2 is already on line 1; remove one"),
    (
        f"{'x' * 60}: 1\n{'x' * 60}: 2",
        2,
        1,
        f"key '{'x' * 60}' on line 2 is already on line 1; remove one",
    ),
    (
        f"{'x' * 61}: 1\n{'x' * 61}: 2",
        2,
        1,
        "this key on line 2 is already on line 1; remove one",
    ),
    ("&k x: 1\n*k : 2", 2, 1, "key 'x' on line 2 is already on line 1; remove one"),
    ("&a {x: *a}", 1, 1, "this contains an alias to itself; remove the alias"),
    ("a: &a [*a]", 1, 4, "this contains an alias to itself; remove the alias"),
    (
        "a: !!map 1",
        1,
        4,
        "this tag (or this tag on such a value) is not configuration; remove it",
    ),
    (
        "a: !!seq {b: 1}",
        1,
        4,
        "this tag (or this tag on such a value) is not configuration; remove it",
    ),
    (
        "a: !!str [1]",
        1,
        4,
        "this tag (or this tag on such a value) is not configuration; remove it",
    ),
    (
        "? !!int x\n: 1\n? !foo y\n: 2",
        3,
        3,
        "this tag (or this tag on such a value) is not configuration; remove it",
    ),
    (
        "? !foo y\n: 2",
        1,
        3,
        "this tag (or this tag on such a value) is not configuration; remove it",
    ),
    (
        'a: "\\UFFFFFFFF"',
        1,
        7,
        "unknown escape in a double-quoted text; use '\\\\' or single quotes",
    ),
    ('a: "\\x4"', 1, 7, "not valid YAML here; check the quotes and the indentation"),
    ("a: |9\n x", 2, 2, "the indentation does not match the lines above"),
    ("a: >-x\n", 1, 6, "a text after '|' or '>' begins on the next line"),
    ("a: 1\n...\nb: 2", 3, 1, "holds several documents; keep one, remove the '...'"),
    ("a: ]", 1, 4, "a value cannot start like this; quote it"),
    ("a: }", 1, 4, "a value cannot start like this; quote it"),
    (
        "a:\n  b: 1\n   c: 2",
        3,
        5,
        "': ' cannot stand here; quote the value, or fix the line above",
    ),
    ("---\n--- \n", 2, 1, "holds several documents; keep one, remove the '---'"),
    (
        "<<: {a: 1}\n<<: !!map 3",
        2,
        5,
        "'<<' merges a mapping or a list of mappings, not this",
    ),
    ("<<: !!set {a}", 1, 5, "'<<' merges a mapping or a list of mappings, not this"),
    ("<<: !x [{a: 1}]", 1, 5, "'<<' merges a mapping or a list of mappings, not this"),
    ("<<: !!seq x", 1, 5, "'<<' merges a mapping or a list of mappings, not this"),
    (
        "a: 1\nbb: 2\nc: \x07\nd: 3\n",
        3,
        4,
        "holds a control character; remove it, or write it as an escape",
    ),
]

TOML: list[Row] = [
    ("a", 1, 2, "a '=' is missing after the name"),
    (
        "a =",
        1,
        4,
        "a value is missing or misspelled; write true, false, or text in quotes",
    ),
    (
        "a = 1 2",
        1,
        7,
        "the statement has ended before this (numbers have no leading zeros)",
    ),
    (
        "a = 01",
        1,
        6,
        "the statement has ended before this (numbers have no leading zeros)",
    ),
    ("a = 'x", 1, 7, "this text is never closed; add the quotes"),
    ('a = "x', 1, 7, "this text is never closed; add the quotes"),
    ("a = '''x", 1, 9, "this text is never closed; add the quotes"),
    ('a = """x', 1, 9, "this text is never closed; add the quotes"),
    ("a = [1", 1, 7, "a ',' or the closing ']' is missing before this"),
    ("a = [1 2]", 1, 8, "a ',' or the closing ']' is missing before this"),
    ("a = {b = 1", 1, 11, "a ',' or the closing '}' is missing before this"),
    ("a = {b = 1 c = 2}", 1, 12, "a ',' or the closing '}' is missing before this"),
    ("[a", 1, 3, "the closing bracket of the table's name is missing"),
    ("[[a]", 1, 4, "the closing bracket of the table's name is missing"),
    (
        "a = tru",
        1,
        5,
        "a value is missing or misspelled; write true, false, or text in quotes",
    ),
    (
        "a = yes",
        1,
        5,
        "a value is missing or misspelled; write true, false, or text in quotes",
    ),
    ("= 1", 1, 1, "a line must be 'name = value' or a '[table]'"),
    ("[]", 1, 2, "a name must stand here; quote it"),
    ("a = 'x\ty\x01'", 1, 9, "a text or comment cannot hold this; remove it"),
    ("a = 1\n\x01", 2, 1, "a line must be 'name = value' or a '[table]'"),
    ('a = "\\q"', 1, 8, "unknown escape in a text; use single quotes"),
    ("# \x01", 1, 3, "a text or comment cannot hold this; remove it"),
    (
        "a = 2024-99-99",
        1,
        9,
        "the statement has ended before this (numbers have no leading zeros)",
    ),
    ("a = 1\na = 2", 2, None, "key 'a' on line 2 is already on line 1; remove one"),
    ("[a]\n[a]", 2, None, "key 'a' on line 2 is already on line 1; remove one"),
    (
        "[a]\nb = 1\nb = 2",
        3,
        None,
        "key 'b' on line 3 is already on line 2; remove one",
    ),
    ("a.b = 1\na.b = 2", 2, None, "key 'b' on line 2 is already on line 1; remove one"),
    ("a = 1\n[a]", 2, None, "key 'a' on line 2 is already on line 1; remove one"),
    (
        "[a]\nb = 1\n[a.b]",
        3,
        None,
        "key 'b' on line 3 is already on line 2; remove one",
    ),
    (
        "a = {b = 1, b = 2}",
        1,
        18,
        "a key is given twice in the statement on line 1; remove one",
    ),
    (
        "a = {b = 1}\n[a.c]",
        2,
        None,
        "key 'a' on line 2 is already on line 1; remove one",
    ),
    ("[[a]]\n[a]", 2, None, "key 'a' on line 2 is already on line 1; remove one"),
    ("a = []\n[[a]]", 2, None, "key 'a' on line 2 is already on line 1; remove one"),
    ("a = 1\n[[a]]", 2, None, "key 'a' on line 2 is already on line 1; remove one"),
    (
        "[a.b]\n[a]\nb = 1",
        3,
        None,
        "key 'b' on line 3 is already on line 1; remove one",
    ),
    ("a = {b = 1, b = 2 = {", 1, 18, "a key is given twice; remove one"),
    ("z = 1\na = {b = 1, b = 2 = {", 2, 18, "a key is given twice; remove one"),
    (
        "a = {b.c = 1, b = 2}",
        1,
        20,
        "a key is given twice in the statement on line 1; remove one",
    ),
    (
        "x = 1\n\n[t]\ny = 1\ny.z = 2",
        5,
        None,
        "key 'y' on line 5 is already on line 4; remove one",
    ),
    (
        "x.y = 1\n[x]\nz = 2",
        2,
        None,
        "key 'x' on line 2 is already on line 1; remove one",
    ),
    (
        "[x]\ny.z = 1\n[x.y]\nw = 1",
        3,
        None,
        "key 'y' on line 3 is already on line 2; remove one",
    ),
    (
        "a = 1\n  a = 2 # x",
        2,
        None,
        "key 'a' on line 2 is already on line 1; remove one",
    ),
    (
        "'a b' = 1\n'a b' = 2",
        2,
        None,
        "this key on line 2 is already on line 1; remove one",
    ),
    ("a = " + "1" * 5000, None, None, "a number has too many digits; put it in quotes"),
    ('a = """x\n\ny"""\nb', 4, 2, "a '=' is missing after the name"),
    (
        "[t]\na = [\n 1,\n]\na = 2",
        5,
        None,
        "key 'a' on line 5 is already on line 2; remove one",
    ),
    (
        "a = 1979-05-27T25:00:00",
        1,
        15,
        "the statement has ended before this (numbers have no leading zeros)",
    ),
    ("a = {b = 1,,}", 1, 12, "a name must stand here; quote it"),
    ("a..b = 1", 1, 3, "a name must stand here; quote it"),
    (
        "a = nan(1)",
        1,
        8,
        "the statement has ended before this (numbers have no leading zeros)",
    ),
    (
        "a = 1__0",
        1,
        6,
        "the statement has ended before this (numbers have no leading zeros)",
    ),
    (
        "a = 0x",
        1,
        6,
        "the statement has ended before this (numbers have no leading zeros)",
    ),
    (
        "a = .5",
        1,
        5,
        "a value is missing or misspelled; write true, false, or text in quotes",
    ),
    (
        "[a]]",
        1,
        4,
        "the statement has ended before this (numbers have no leading zeros)",
    ),
    (
        "a = \\",
        1,
        5,
        "a value is missing or misspelled; write true, false, or text in quotes",
    ),
    ("a b = 1", 1, 3, "a '=' is missing after the name"),
    ('"a = 1', 1, 7, "this text is never closed; add the quotes"),
    ('a = "x\x01"', 1, 7, "a text cannot hold this; write it as an escape"),
    ('a = "x\ny"', 1, 7, "a text cannot hold this; write it as an escape"),
    ("a = 'x\ny'", 1, 7, "a text or comment cannot hold this; remove it"),
]

JSON: list[Row] = [
    (
        "{",
        1,
        2,
        "expected a name in double quotes; remove a ',' before this position, if any",
    ),
    ("[1]", 1, 1, 'the top level must be an object ({"name": value})'),
    ("3", 1, 1, 'the top level must be an object ({"name": value})'),
    ('{"a"}', 1, 5, "a ':' is missing after the name"),
    (
        '{"a": }',
        1,
        7,
        "a value is missing or misspelled; write true, false, null, or text in quotes",
    ),
    (
        '{"a": tru}',
        1,
        7,
        "a value is missing or misspelled; write true, false, null, or text in quotes",
    ),
    (
        "{a: 1}",
        1,
        2,
        "expected a name in double quotes; remove a ',' before this position, if any",
    ),
    ('{"a": 1 "b": 2}', 1, 9, "a ',' or a closing bracket is missing before this"),
    ('{"a" 1}', 1, 6, "a ':' is missing after the name"),
    ('{"a": "x', 1, 7, "this quote is never closed"),
    ('{"a": "x\ny"}', 1, 9, "a text cannot span lines or hold tabs; escape them"),
    ('{"a": "\\q"}', 1, 8, "unknown escape in a text; write a backslash as '\\\\'"),
    ('{"a": "\\u12"}', 1, 9, "unknown escape in a text; write a backslash as '\\\\'"),
    ('{"a": 1} x', 1, 10, "the document has ended before this; remove the rest"),
    ('{"a": 1, "a": 2}', 1, 10, "key 'a' on line 1 is already on line 1; remove one"),
    (
        '{"b": {"a": 1,\n "a": 2}}',
        2,
        2,
        "key 'a' on line 2 is already on line 1; remove one",
    ),
    (
        '{"b": 1,\n"a": 2,\n"a": 3}',
        3,
        1,
        "key 'a' on line 3 is already on line 2; remove one",
    ),
    (
        '{"a\\u0062": 1, "ab": 2}',
        1,
        16,
        "key 'ab' on line 1 is already on line 1; remove one",
    ),
    (
        '{"a b": 1, "a b": 2}',
        1,
        12,
        "this key on line 1 is already on line 1; remove one",
    ),
    (
        '{"a": ' + "1" * 5000 + "}",
        None,
        None,
        "a number has too many digits; put it in double quotes",
    ),
    (
        "  \n [",
        2,
        3,
        "a value is missing or misspelled; write true, false, null, or text in quotes",
    ),
    ('{"a": NaN', 1, 10, "a ',' or a closing bracket is missing before this"),
    ("null", 1, 1, 'the top level must be an object ({"name": value})'),
    (
        "\x0b",
        1,
        1,
        "a value is missing or misspelled; write true, false, null, or text in quotes",
    ),
    (
        "X",
        1,
        1,
        "a value is missing or misspelled; write true, false, null, or text in quotes",
    ),
    ('"x"', 1, 1, 'the top level must be an object ({"name": value})'),
    (
        '{"a": [1, {"b": 1, "b": 2}]}',
        1,
        20,
        "key 'b' on line 1 is already on line 1; remove one",
    ),
]

# Python 3.13 detects the comma.
_COMMA = "remove the ',' before the closing bracket"
JSON += (
    [('{"a": 1,}', 1, 8, _COMMA), ('{"a": [1,]}', 1, 9, _COMMA)]
    if sys.version_info >= (3, 13)
    else []
)


def error_of(parser: ModuleType, text: str) -> tuple[int | None, int | None, str]:
    """Return the line, column and message of the error for a text."""
    with pytest.raises(UnreadableFile) as caught:
        parser.parse(text)
    return caught.value.line, caught.value.column, caught.value.message


@pytest.mark.parametrize(("text", "line", "column", "message"), YAML)
def test_yaml(text: str, line: int, column: int, message: str) -> None:
    """An error in YAML names the mistake, its position and a fix."""
    assert error_of(yaml_format, text) == (line, column, message)


@pytest.mark.parametrize(("text", "line", "column", "message"), TOML)
def test_toml(text: str, line: int, column: int | None, message: str) -> None:
    """An error in TOML names the line, and for a repeated key both lines."""
    assert error_of(toml_format, text) == (line, column, message)


@pytest.mark.parametrize(("text", "line", "column", "message"), JSON)
def test_json(text: str, line: int, column: int, message: str) -> None:
    """An error in JSON names the mistake, its position and a fix."""
    assert error_of(json_format, text) == (line, column, message)


def test_messages_of_newer_parsers() -> None:
    """An unknown message of a newer parser is reduced to its position."""
    text = "a = 1\nb = hunter2"
    toml = tomli.TOMLDecodeError("Quite new: hunter2", text, 10)
    found = toml_format._translate_error(text, toml)  # noqa: SLF001
    assert (found.line, found.column, found.message) == (2, 5, "not valid TOML here")
    text = "a: 1\nb: hunter2"
    mark = yaml.Mark("", 8, 1, 3, None, None)
    found = translate_error(
        yaml.MarkedYAMLError(problem="quite new: hunter2", problem_mark=mark), text
    )
    assert (found.line, found.column) == (2, 4)
    generic = "not valid YAML here; check the quotes and the indentation"
    assert found.message == generic
    nowhere = yaml.MarkedYAMLError(problem="quite new: hunter2")
    found = translate_error(nowhere, text)
    assert (found.line, found.column, found.message) == (None, None, generic)


def test_the_nesting_limit_of_libyaml() -> None:
    """Exceeding libyaml's nesting limit gives the same message as our own limit."""
    mark = yaml.Mark("", 8, 1, 3, None, None)
    error = yaml.MarkedYAMLError(
        problem="exceeded the maximum nesting depth", problem_mark=mark
    )
    found = translate_error(error, "a: 1\nb: [")
    assert (found.line, found.column) == (2, 4)
    assert found.message == "nested more than 100 levels deep; flatten it"


def test_messages_of_a_newer_json(monkeypatch: pytest.MonkeyPatch) -> None:
    """An unknown message of a newer Python's json module is reduced to its position."""
    monkeypatch.setattr(json_format, "_PROBLEMS", ())
    assert error_of(json_format, "{") == (1, 2, "not valid JSON")


class FailingParser:
    """Replaces a parser and raises a given error."""

    TOMLDecodeError = tomli.TOMLDecodeError

    def __init__(self, error: Exception) -> None:
        self.error = error

    def __call__(self, _: str, **_options: object) -> None:
        """Raise the error."""
        raise self.error

    loads = decode = __call__


@pytest.mark.parametrize(
    ("parser", "owner", "name", "words"),
    [
        (
            yaml_format,
            yaml_tree,
            "_Base",
            "holds an impossible character escape; remove it",
        ),
        (
            toml_format,
            toml_format,
            "tomli",
            "a number has too many digits; put it in quotes",
        ),
        (
            json_format,
            json_format,
            "_DECODER",
            "a number has too many digits; put it in double quotes",
        ),
    ],
)
def test_a_parser_that_exceeds_its_limits(
    parser: ModuleType,
    owner: ModuleType,
    name: str,
    words: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A parser that exceeds the stack or the digit limit causes one of our messages."""
    monkeypatch.setattr(owner, name, FailingParser(RecursionError("hunter2")))
    deep = "nested more than 100 levels deep; flatten it"
    assert error_of(parser, "{}") == (None, None, deep)
    monkeypatch.setattr(owner, name, FailingParser(ValueError("hunter2")))
    assert error_of(parser, "{}") == (None, None, words)
