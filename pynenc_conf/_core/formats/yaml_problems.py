"""Errors in a YAML text, in words of this library, at the lines of editors and git.

PyYAML's own messages may quote the file, and YAML 1.1 ends lines at more characters.
"""

from __future__ import annotations

import re

import yaml

from pynenc_conf._core.formats.limits import too_deep
from pynenc_conf._core.formats.positions import position_of
from pynenc_conf._core.problems import UnreadableFile

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    # From YAML's line and column to those of editors and git.
    Find = Callable[[int, int], tuple[int, int]]

# Compiled at the first error or position, which most processes never have.
_BREAK = "\r\n|[\r\n\x85\u2028\u2029]"
_OTHER_BREAK = "\r(?!\n)|[\x85\u2028\u2029]"

# The first fragment found in PyYAML's message selects ours: its own may quote the file.
_PROBLEMS = (
    ("<document start>", "holds several documents; keep one, remove the '...'"),
    (
        "mapping values",
        "': ' cannot stand here; quote the value, or fix the line above",
    ),
    ("cannot start any", "a value cannot start with this sign; quote it"),
    ("unexpected end of stream", "this quote is never closed"),
    ("expected ',' or", "a ',' or a closing bracket is missing before this"),
    ("could not find expected ':'", "a ':' is missing after this key"),
    ("escape", "unknown escape in a double-quoted text; use '\\\\' or single quotes"),
    ("unexpected document indicator", "this quote is never closed"),
    ("expected node content", "a value cannot start like this; quote it"),
    ("expected <block end>", "the indentation does not match the lines above"),
    ("expected key", "the indentation does not match the lines above"),
    ("expected '-' indicator", "a '- ' is missing: the lines above are a list"),
    ("directive", "bad '%' directive; remove it"),
    ("incompatible YAML", "only YAML 1.1 and 1.2 can be read"),
    ("tag", "malformed tag; remove it"),
    ("comment or line break", "a text after '|' or '>' begins on the next line"),
)

UNKNOWN_ALIAS = "this alias names no anchor above it; quote the '*' where it is text"

# The most likely mistake, by the sign at which the error is.
_AT_SIGN = {
    "\t": "a tab; indent with spaces",
    "@": "'@' cannot start a value; quote it",
    "`": "'`' cannot start a value; quote it",
    "%": "'%' cannot start a value; quote it",
    "*": UNKNOWN_ALIAS,
}


def line_finder(text: str) -> Find:
    """Return a function from YAML's lines and columns to those of editors and git.

    YAML 1.1 ends a line at more characters than they do.
    """
    if not re.search(_OTHER_BREAK, text):
        return lambda line, column: (line, column)
    # An error at the end of the text may be one line below it.
    starts = [0, *(found.end() for found in re.finditer(_BREAK, text)), len(text)]
    return lambda line, column: position_of(text, starts[line - 1] + column - 1)


def translate_error(error: yaml.MarkedYAMLError, text: str) -> UnreadableFile:
    """Return our error for an error of PyYAML."""
    words = f"{error.context} {error.problem}"
    mark = error.problem_mark or error.context_mark
    if "nesting depth" in words and mark is not None:  # libyaml's own limit
        return too_deep(mark.line + 1, mark.column + 1)
    messages = (ours for theirs, ours in _PROBLEMS if theirs in words)
    unknown = "not valid YAML here; check the quotes and the indentation"
    message = next(messages, unknown)
    if mark is not None and ("start any" in words or "undefined" in words):
        message = _AT_SIGN.get(text[mark.index : mark.index + 1], message)
    if "never closed" in message and error.context_mark is not None:
        mark = error.context_mark
    if mark is None:
        return UnreadableFile(message)
    return UnreadableFile(message, mark.line + 1, mark.column + 1)


def unprintable(text: str) -> UnreadableFile:
    """Return the error for a character that YAML does not allow."""
    found = yaml.reader.Reader.NON_PRINTABLE.search(text)
    message = "holds a control character; remove it, or write it as an escape"
    if found is None:
        return UnreadableFile(message)
    before = text[: found.start()]
    starts = [0, *(each.end() for each in re.finditer(_BREAK, before))]
    return UnreadableFile(message, len(starts), found.start() - starts[-1] + 1)
