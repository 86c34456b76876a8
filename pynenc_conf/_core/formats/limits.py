"""What the file formats have in common: their limits and the errors about them."""

from __future__ import annotations

from pynenc_conf._core.formats.positions import position_of
from pynenc_conf._core.problems import UnreadableFile

TYPE_CHECKING = False
if TYPE_CHECKING:
    import re

MAX_DEPTH = 100
"""Maximum depth of nested mappings and sequences."""

MAX_NODES = 1_000_000
"""Maximum number of values in a file, including repetitions by aliases and merges."""

_BEFORE_VALUE = ("[", "{", ",", ".", "=")


def duplicate_key(
    key: str, first_line: int, line: int, column: int | None
) -> UnreadableFile:
    """Return the error for a key that is given twice in one mapping."""
    # Anything other than a plain name may be a misplaced value, perhaps a secret.
    plain_name = key.replace("-", "_").replace(".", "_").isidentifier()
    name = f"key {key!r}" if plain_name and len(key) <= 60 else "this key"  # noqa: PLR2004
    message = f"{name} on line {line} is already on line {first_line}; remove one"
    return UnreadableFile(message, line, column)


def too_deep(line: int | None = None, column: int | None = None) -> UnreadableFile:
    """Return the error for a file that is nested deeper than MAX_DEPTH."""
    message = f"nested more than {MAX_DEPTH} levels deep; flatten it"
    return UnreadableFile(message, line, column)


def too_many(line: int | None = None, column: int | None = None) -> UnreadableFile:
    """Return the error for a file with more than MAX_NODES values."""
    return UnreadableFile(f"holds more than {MAX_NODES} values; split it", line, column)


def check_nesting(text: str, token: re.Pattern[str]) -> None:
    """Raise UnreadableFile if a text is nested too deep for parsers that recurse.

    `token` matches brackets, whole strings and comments (whose content does not count),
    and in TOML the dots of `a.b.c` and the end of such a key.
    """
    if text.count("[") + text.count("{") + text.count(".") <= MAX_DEPTH:
        return
    depth = dots = 0
    for match in token.finditer(text):
        mark = match[0]
        if mark == ".":
            dots += 1
        elif mark[0] not in "\"'#":
            dots = 0
            depth += (mark in "[{") - (mark in "]}")
        if depth > MAX_DEPTH or dots > MAX_DEPTH:
            raise too_deep(*position_of(text, match.start()))


def check_size(text: str, token: re.Pattern[str]) -> None:
    """Raise UnreadableFile if a text may have more than MAX_NODES values.

    Each value follows a sign that `token` matches outside of strings. Without this
    check, `a.a.a = 1` takes about a hundred times its size in memory.
    """
    if len(text) < MAX_NODES or sum(map(text.count, _BEFORE_VALUE)) < MAX_NODES:
        return
    signs = 0
    for match in token.finditer(text):
        signs += match[0] in _BEFORE_VALUE
        if signs >= MAX_NODES:
            raise too_many(*position_of(text, match.start()))
