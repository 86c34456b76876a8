"""TOML files: tomli parses, and parses again statement by statement for positions.

Parsers of TOML report no positions. The line of a key is that of the first statement
(a table header, or a key and its value) with which tomli knows the key. A statement
is valid TOML by itself, so each is parsed once: an index costs about one more parse.
"""

from __future__ import annotations

import re

import tomli

from pynenc_conf._core.formats.limits import (
    MAX_DEPTH,
    check_nesting,
    check_size,
    duplicate_key,
    too_deep,
)
from pynenc_conf._core.formats.positions import Position
from pynenc_conf._core.formats.yaml_scalar import Scalar, number
from pynenc_conf._core.problems import UnreadableFile

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

# An unclosed string reaches to the end of the text or line, and tomli reports it. If
# the quotes at the end were not optional, each quote inside would be tried in turn.
_QUOTED = (
    r'"""(?:[^"\\]++|\\.|"(?!""))*+(?:"{3,5})?+'
    r"|'''(?:[^']++|'(?!''))*+(?:'{3,5})?+"
    r'|"(?:[^"\\\n]++|\\.)*+"?+'
    r"|'[^'\n]*+'?+"
    r"|\#[^\n]*+"
)
_PART = re.compile(rf"{_QUOTED}|[][{{}}\n=,]|[^][{{}}=,\"'#\s]+", re.DOTALL)
_TOKEN = re.compile(rf"{_QUOTED}|[][{{}}\n.=,]", re.DOTALL)

# An integer whose text and `str()` of its value differ: 0xFF, 1_000, +1, -0.
_INTEGER = r"0[xob]\w++|[+-]?+\d++_[\d_]*+|\+\d++|-0"
_DIGITS = r"[+-]?+\d[\d_]*+"
_FLOAT = rf"{_DIGITS}(?:\.[\d_]++(?:[eE]{_DIGITS})?+|[eE]{_DIGITS})"
# Neither a part of a date or time, nor (a part of) a key.
_ALONE = r"(?<![\w.:+-])(?:%s)(?![\w:+-]|\.|[ \t]*+[=.])"
# What each odd integer contains. A pattern that begins with one set of characters is
# found in a fifth of the time.
_PERHAPS_ODD = re.compile(r"[-+0-9](?:[xob_]|(?<=\+)[0-9]|(?<=-)0)")
_ODD_INTEGER = re.compile(_ALONE % _INTEGER)
_NUMBER = re.compile(
    rf"{_QUOTED}|(?P<number>{_ALONE % f'{_FLOAT}|{_INTEGER}'})", re.DOTALL
)

# Beginnings of tomli's messages; its own words may quote the file.
_PROBLEMS = (
    ("Invalid statement", "a line must be 'name = value' or a '[table]'"),
    ("Expected '=' after", "a '=' is missing after the name"),
    (
        "Expected newline",
        "the statement has ended before this (numbers have no leading zeros)",
    ),
    ("Unterminated string", "this text is never closed; add the quotes"),
    ("Expected \"'''\"", "this text is never closed; add the quotes"),
    ('Expected "\'"', "this text is never closed; add the quotes"),
    ("Unclosed array", "a ',' or the closing ']' is missing before this"),
    ("Unclosed inline table", "a ',' or the closing '}' is missing before this"),
    ("Expected ']", "the closing bracket of the table's name is missing"),
    (
        "Invalid value",
        "a value is missing or misspelled; write true, false, or text in quotes",
    ),
    ("Invalid initial character for a key", "a name must stand here; quote it"),
    ("Illegal character", "a text cannot hold this; write it as an escape"),
    ("Unescaped '\\'", "unknown escape in a text; use single quotes"),
    ("Found invalid character", "a text or comment cannot hold this; remove it"),
    ("Invalid date", "there is no such date or time"),
)
_REPEATS = ("Cannot ", "Duplicate inline")


def parse(text: str) -> dict[str, object]:
    """Parse a TOML document; an empty text is {}. Raises UnreadableFile."""
    # Each level has one of these signs.
    may_be_deep = text.count("[") + text.count("{") + text.count(".") >= MAX_DEPTH
    if may_be_deep:
        check_nesting(text, _TOKEN)
    check_size(text, _TOKEN)
    root = _load(text)
    if may_be_deep:
        _check_depth(root)
    if _PERHAPS_ODD.search(text) and _ODD_INTEGER.search(text):
        return _load_with_integers(text)
    return root


def _load_with_integers(text: str) -> dict[str, object]:
    """Parse a valid document again, and keep the text of integers too.

    tomli has a hook for floats only. Each number is replaced by a float whose text
    leads back to the number: its index in `written`.
    """
    written: list[str] = []

    def replace(match: re.Match[str]) -> str:
        if match["number"] is None:
            return match[0]  # text or a comment
        written.append(match[0])
        return f"{len(written) - 1}e0"

    def restore(found: str) -> Scalar:
        index, mark, _ = found.partition("e")
        return number(written[int(index)] if mark else found)  # inf and nan

    statements = (
        statement if statement[0] == "[" else _NUMBER.sub(replace, statement)
        for _, _, statement in _statements(text)
    )
    return tomli.loads("\n".join(statements), parse_float=restore)


def _load(text: str) -> dict[str, object]:
    try:
        return tomli.loads(text, parse_float=number)
    except tomli.TOMLDecodeError as error:
        problem = _translate_error(text, error)
    except ValueError:
        problem = UnreadableFile("a number has too many digits; put it in quotes")
    except RecursionError:
        problem = too_deep()
    raise problem


def _translate_error(text: str, error: tomli.TOMLDecodeError) -> UnreadableFile:
    if error.msg.startswith(_REPEATS):
        return _repeated(text, error.lineno, error.colno)
    messages = (ours for theirs, ours in _PROBLEMS if error.msg.startswith(theirs))
    message = next(messages, "not valid TOML here")
    return UnreadableFile(message, error.lineno, error.colno)


def _check_depth(root: dict[str, object]) -> None:
    """Raise UnreadableFile if headers, keys and brackets together nest too deep."""
    level: list[Any] = [root]
    for _ in range(MAX_DEPTH):
        level = [
            child
            for parent in level
            for child in (parent.values() if isinstance(parent, dict) else parent)
            if isinstance(child, (dict, list))
        ]
        if not level:
            return
    raise too_deep()


def positions(text: str) -> Position | None:
    """Return the positions of the keys in a text that parse() accepted."""
    index = _Index()
    for line, _, statement in _statements(text):
        index.add(line, statement)
    return index.root


def _statements(text: str) -> Iterator[tuple[int, int, str]]:
    """Yield first line, last line and text of the statements, without comments."""
    depth = start = 0
    line = 1
    for match in _TOKEN.finditer(text + "\n"):
        mark = match[0]
        if mark in ("[", "{"):
            depth += 1
        elif mark in ("]", "}"):
            depth -= 1
        elif mark == "\n" and depth <= 0:
            statement = text[start : match.start()].strip()
            last = line + text.count("\n", start, match.start())
            if statement and statement[0] != "#":
                yield line, last, statement
            depth, start, line = 0, match.end(), last + 1


class _Index:
    """The positions in the statements so far, and the current table.

    `last` has the last item of each array of tables, by the identity of the array: a
    header's keys lead through that item.
    """

    def __init__(self) -> None:
        self.root = Position(1, None, {})
        self.table = self.root
        self.last: dict[int, Position] = {}

    def add(self, line: int, statement: str) -> None:
        """Add the keys of a statement."""
        tree: dict[str, object] = tomli.loads(statement)
        if statement[0] != "[":
            self._record(self.table, tree, line)
            if "\n" in statement:
                lines: dict[tuple[str, ...], int] = {}
                for path, inner in _inner_lines(statement, line):
                    lines.setdefault(path, inner)
                self._move(lines)
            return
        self.table = self._record(self.root, tree, line, is_item=statement[1] == "[")

    def _move(self, lines: dict[tuple[str, ...], int]) -> None:
        """Set the lines of the values inside a statement of several lines."""
        for path, line in lines.items():
            place = self.table
            for key in path:
                place = (place.children or {}).get(key, place)
            place.line = line

    def earlier(self, statement: str) -> tuple[str, int]:
        """Return the longest key of a statement that exists already, and its line."""
        place = self.root if statement[0] == "[" else self.table
        name, line = "", place.line
        try:
            tree: object = tomli.loads(statement)
        except tomli.TOMLDecodeError:  # a key is repeated inside the statement
            return name, line
        while isinstance(tree, dict) and len(tree) == 1:
            key, tree = next(iter(tree.items()))
            if not place.children or key not in place.children:
                break
            place = place.children[key]
            name, line = key, place.line
            place = self.last.get(id(place), place)
        return name, line

    def _record(
        self, place: Position, tree: Any, line: int, *, is_item: bool = False
    ) -> Position:
        """Add the new keys of a value, and return the position of the innermost.

        `is_item`: the innermost is an item of an array of tables (`[[name]]`).
        """
        if isinstance(tree, list) and is_item:
            inside = place.children if place.children is not None else {}
            item = self.last[id(place)] = Position(line, None, {})
            inside[str(len(inside))] = item
            return item
        if isinstance(tree, list):
            tree = {str(number): item for number, item in enumerate(tree)}
        place = innermost = self.last.get(id(place), place)
        if not isinstance(tree, dict) or place.children is None:
            return innermost
        for key, value in tree.items():
            child = Position(line, None, None)
            if isinstance(value, (dict, list)):
                child.children = {}
            child = place.children.setdefault(key, child)
            innermost = self._record(child, value, line, is_item=is_item)
        return innermost


def _inner_lines(  # noqa: C901 - one branch for each mark
    statement: str, line: int
) -> Iterator[tuple[tuple[str, ...], int]]:
    """Yield the paths of the keys and elements inside a statement, with their lines."""
    # What is open: its path, and the number of the next element, or None for a table.
    stack: list[tuple[tuple[str, ...], int | None]] = [((), None)]
    key: int | None = None  # where the current key begins
    key_line = line
    path: tuple[str, ...] | None = None  # of the value that comes next
    for match in _PART.finditer(statement):
        mark = match[0]
        holder, number = stack[-1]
        if mark[0] == "#":
            continue
        if mark == "\n":
            line += 1
        elif mark == ",":
            key, path = None, None
            if number is not None:
                stack[-1] = (holder, number + 1)
        elif mark in ("]", "}"):
            stack.pop()
            key, path = None, ()
        elif mark == "=" and number is None and path is None:
            *tables, path = _key_paths(holder, statement[key : match.start()])
            # Outside of brackets, an earlier statement may have made these tables.
            yield from ((table, key_line) for table in tables if holder)
        elif number is None and path is None:
            if key is None:
                key, key_line = match.start(), line
        elif path != ():
            path = path or (*holder, str(number))
            yield path, line if number is not None else key_line
            if mark in ("[", "{"):
                stack.append((path, 0 if mark == "[" else None))
                key, path = None, None
            else:
                path = ()
        line += mark.count("\n") if len(mark) > 1 else 0


def _key_paths(holder: tuple[str, ...], text: str) -> list[tuple[str, ...]]:
    """Return the paths of the tables of a dotted key, and of the key itself."""
    paths = []
    tree: Any = tomli.loads(f"{text}=0")
    while isinstance(tree, dict):
        key, tree = next(iter(tree.items()))
        holder = (*holder, key)
        paths.append(holder)
    return paths


def _repeated(text: str, error_line: int, error_column: int) -> UnreadableFile:
    """Return the error for a key that tomli rejects as a duplicate, with both lines."""
    index = _Index()
    for line, last, statement in _statements(text):
        if last < error_line:
            index.add(line, statement)
            continue
        name, first = index.earlier(statement)
        if name:
            return duplicate_key(name, first, line, None)
        message = f"a key is given twice in the statement on line {line}; remove one"
        return UnreadableFile(message, error_line, error_column)
    # The statement is not closed, but tomli reports the duplicate key first.
    return UnreadableFile("a key is given twice; remove one", error_line, error_column)
