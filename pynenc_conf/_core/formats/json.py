"""JSON files: parsed by the standard library, with duplicate keys and positions."""

from __future__ import annotations

import json
import re
from bisect import bisect_right

from pynenc_conf._core.formats.limits import (
    check_nesting,
    check_size,
    duplicate_key,
    too_deep,
)
from pynenc_conf._core.formats.positions import Position, position_of
from pynenc_conf._core.formats.yaml_scalar import number
from pynenc_conf._core.problems import UnreadableFile

# An unclosed string reaches to the end of the text, and the parser reports it.
_STRING = r'"[^"\\]*+(?:\\.[^"\\]*+)*+"?'
BRACKET = re.compile(rf"{_STRING}|[][{{}}]", re.DOTALL)
_TOKEN = re.compile(rf'{_STRING}|[][{{}}:,]|[^][{{}}:,"\s]+', re.DOTALL)

# Beginnings of the parser's messages, which may quote the file, and our messages.
_PROBLEMS = (
    (
        "Expecting value",
        "a value is missing or misspelled; write true, false, null, or text in quotes",
    ),
    (
        "Expecting property name",
        "expected a name in double quotes; remove a ',' before this position, if any",
    ),
    ("Expecting ',' delimiter", "a ',' or a closing bracket is missing before this"),
    ("Expecting ':' delimiter", "a ':' is missing after the name"),
    ("Unterminated string", "this quote is never closed"),
    ("Invalid control character", "a text cannot span lines or hold tabs; escape them"),
    ("Invalid \\", "unknown escape in a text; write a backslash as '\\\\'"),
    ("Extra data", "the document has ended before this; remove the rest"),
    ("Illegal trailing comma", "remove the ',' before the closing bracket"),
)


class DuplicateKey(UnreadableFile):
    """Raised when an object has a key twice."""


class _DuplicateKeyError(Exception):
    """Raised when an object has a key twice; the position is found afterwards."""


def _unique(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise _DuplicateKeyError
    return found


_DECODER = json.JSONDecoder(object_pairs_hook=_unique, parse_float=number)
# Of the integers, only this one has another text than `str()` of its value.
_MINUS_ZERO = re.compile(r"-0(?![.eE\d])")
_KEEPS_INTEGERS = json.JSONDecoder(
    object_pairs_hook=_unique,
    parse_float=number,
    parse_int=lambda text: number(text) if text == "-0" else int(text),
)


def parse(text: str) -> dict[str, object]:
    """Parse a JSON object; an empty text is {}. Raises UnreadableFile."""
    if not text.strip(" \t\r\n"):
        return {}
    check_nesting(text, BRACKET)
    check_size(text, _TOKEN)
    root = _decode(text)
    if not isinstance(root, dict):
        message = 'the top level must be an object ({"name": value})'
        start = len(text) - len(text.lstrip())
        raise UnreadableFile(message, *position_of(text, start))
    return root


def parse_value(text: str) -> object:
    """Parse the JSON text of one value, as it is parsed in a file.

    Raises UnreadableFile, which is a DuplicateKey if an object has a key twice.
    """
    # A value nested deeper than a file may be could not be copied or shown.
    check_nesting(text, BRACKET)
    return _decode(text)


def _decode(text: str) -> object:
    decoder = _KEEPS_INTEGERS if _MINUS_ZERO.search(text) else _DECODER
    try:
        return decoder.decode(text)
    except json.JSONDecodeError as error:
        messages = (ours for theirs, ours in _PROBLEMS if error.msg.startswith(theirs))
        message = next(messages, "not valid JSON")
        problem = UnreadableFile(message, error.lineno, error.colno)
    except ValueError:
        message = "a number has too many digits; put it in double quotes"
        problem = UnreadableFile(message)
    except RecursionError:
        problem = too_deep()
    except _DuplicateKeyError:
        problem = _first_duplicate(text)
    raise problem


def _first_duplicate(text: str) -> DuplicateKey:
    try:
        positions(text)
    except UnreadableFile as found:
        # Its context is the error that the caller handles, which quotes no content.
        return DuplicateKey(found.message, found.line, found.column)
    return DuplicateKey("a key is given twice; remove one")


def positions(text: str) -> Position | None:
    """Return the positions of the values in a text that the decoder accepts.

    Raises UnreadableFile, naming both lines, where an object has a key twice.
    """
    breaks = [match.end() for match in re.finditer("\n", text)]
    root: Position | None = None
    # The positions inside an object and its keys' lines, or inside a list and None.
    stack: list[tuple[dict[str, Position], dict[str, int] | None]] = []
    key: str | None = None
    for match in _TOKEN.finditer(text):
        mark = match[0]
        if mark in (":", ","):
            continue
        if mark in ("}", "]"):
            stack.pop()
            continue
        line = bisect_right(breaks, match.start()) + 1
        column = match.start() - (breaks[line - 2] if line > 1 else 0) + 1
        inside, lines = stack[-1] if stack else ({}, None)
        if lines is None:
            key = str(len(inside))
        elif key is None:
            key = str(json.loads(mark))
            first = lines.setdefault(key, line)
            if key in inside:
                raise duplicate_key(key, first, line, column)
            continue
        children: dict[str, Position] = {}
        place = Position(line, column, children if mark in ("{", "[") else None)
        inside[key] = place
        key = None
        root = root or place
        if mark in ("{", "["):
            stack.append((children, {} if mark == "{" else None))
    return root
