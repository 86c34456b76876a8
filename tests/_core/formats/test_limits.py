"""The maximum size of a file's content, and the errors above it.

With small limits, so that each text is readable.
"""

from __future__ import annotations

from types import ModuleType

import pytest

from pynenc_conf._core.formats import json as json_format
from pynenc_conf._core.formats import limits, yaml_tree
from pynenc_conf._core.formats import toml as toml_format
from pynenc_conf._core.formats import yaml as yaml_format
from pynenc_conf._core.formats.limits import too_deep, too_many
from pynenc_conf._core.problems import UnreadableFile


@pytest.fixture(autouse=True)
def _ten(monkeypatch: pytest.MonkeyPatch) -> None:
    """Set the maximum number of values to ten."""
    for module in (limits, yaml_tree):
        monkeypatch.setattr(module, "MAX_NODES", 10)


def error_of(parser: ModuleType, text: str) -> UnreadableFile:
    """Return the error for a text."""
    with pytest.raises(UnreadableFile) as caught:
        parser.parse(text)
    assert caught.value.__context__ is None
    return caught.value


@pytest.mark.parametrize(
    ("parser", "text", "more", "at", "message"),
    [
        # The document, its keys, its values: ten nodes.
        (
            yaml_format,
            "a: 1\nb: [1, 2, 3, 4, 5]",
            "a: 1\nb: [1, 2, 3, 4, 5, 6]",
            (2, 4),
            "holds more than 10 values; split it",
        ),
        # Nine signs before a value.
        (
            toml_format,
            "a = 1\nb = [1, 2, 3, 4, 5, 6, 7]",
            "a = 1\nb = [1, 2, 3, 4, 5, 6, 7, 8]",
            (2, 25),
            "holds more than 10 values; split it",
        ),
        (
            json_format,
            '{"a": 1,\n"b": [1, 2, 3, 4, 5, 6, 7]}',
            '{"a": 1,\n"b": [1, 2, 3, 4, 5, 6, 7, 8]}',
            (2, 26),
            "holds more than 10 values; split it",
        ),
        # An alias counts as its expansion: nine values in the document, then ten.
        (
            yaml_format,
            "a: &a [1]\nb: [*a, *a]",
            "a: &a [1]\nb: [*a, *a, 1]",
            (1, 1),
            "aliases repeat more than 10 values; write them less often",
        ),
        (
            yaml_format,
            "a: &a [1]\nb: [*a, *a]",
            f"a: &a []\nb:\n  - [{', '.join(['*a'] * 10)}]",
            (3, 22),
            "aliases repeat more than 10 values; write them less often",
        ),
    ],
)
def test_values(
    parser: ModuleType, text: str, more: str, at: tuple[int, int], message: str
) -> None:
    """A file has at most MAX_NODES values, including the expansion of aliases."""
    assert parser.parse(text)
    error = error_of(parser, more)
    assert ((error.line, error.column), error.message) == (at, message)


def test_message_texts() -> None:
    """The error for each limit has a fix, and the position if it is known."""
    for error in (too_deep(), too_many()):
        assert (error.line, error.column) == (None, None)
    error = too_deep(3, 4)
    assert (error.line, error.column) == (3, 4)
    assert error.message == "nested more than 100 levels deep; flatten it"
    error = too_many(3, 4)
    assert (error.line, error.column) == (3, 4)
    assert error.message == "holds more than 10 values; split it"


def test_merges(monkeypatch: pytest.MonkeyPatch) -> None:
    """Merged keys count once per merge, together with the other keys of the file."""
    monkeypatch.setattr(yaml_tree, "MAX_NODES", 30)
    nested = "{<<: " * 5 + "{a: 1, b: 1, c: 1, d: 1, e: 1}" + "}" * 5
    assert set(yaml_format.parse(f"<<: {nested}")) == set("abcde")
    error = error_of(yaml_format, f"x:\n  z: 1\n  <<: {nested}")
    assert (error.line, error.column) == (2, 3)
    assert error.message == "'<<' merges more than 30 entries; merge less"
