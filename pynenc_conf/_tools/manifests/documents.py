"""The documents of a YAML text, as nodes with positions."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from pynenc_conf._core.formats import yaml
from pynenc_conf._core.formats.yaml_scalar import Scalar
from pynenc_conf._core.problems import UnreadableFile
from pynenc_conf._tools.dialects.assignment import Assignment, UnreadableEntry

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pynenc_conf._core.formats.positions import Position
    from pynenc_conf._tools.dialects.assignment import Replacement, Unresolved

    Found = Assignment | UnreadableFile | Unresolved | Replacement

# A line that begins so is never a part of a value.
_DOCUMENT = re.compile(r"^---(?=\s|\Z)", re.MULTILINE)
# Directives such as `%YAML 1.2`, which belong to the document after them.
_HEAD = re.compile(r"(?:[ \t\r]*+(?:[%#][^\n]*+)?\n)*+")
_MAX_DOCUMENTS = 500


class Node:
    """A value of a document with its position in the file at a path."""

    def __init__(
        self, value: Any, position: Position | None, offset: int, path: str
    ) -> None:
        self.value = value
        self.path = path
        self.line = None if position is None else position.line + offset
        self.column = None if position is None else position.column
        self._children = (position and position.children) or {}
        self._offset = offset

    @property
    def text(self) -> str | None:
        """The text of a scalar; None for a mapping or list, and if there is none."""
        value = self.value
        if isinstance(value, Scalar):
            return None if value.tag == "null" else str(value.text)
        return value if isinstance(value, str) else None

    def get(self, *keys: str) -> Node:
        """Return the node at a path of keys; its value is None if there is none."""
        node = self
        for key in keys:
            value = node.value.get(key) if isinstance(node.value, Mapping) else None
            node = node._inside(key, value)
        return node

    def items(self) -> Iterator[tuple[str, Node]]:
        """Yield the keys and values of a mapping."""
        if isinstance(self.value, Mapping):
            for key, value in self.value.items():
                yield str(key), self._inside(key, value)

    def elements(self) -> Iterator[Node]:
        """Yield the elements of a list."""
        if isinstance(self.value, list):
            for number, value in enumerate(self.value):
                yield self._inside(str(number), value)

    def check_kind(self, name: str, *kinds: type) -> Iterator[UnreadableFile]:
        """Yield an error if a value is set and has none of these kinds."""
        if self.value is not None and not isinstance(self.value, kinds):
            words: dict[type, str] = {Mapping: "a mapping", list: "a list", str: "text"}
            expected = " or ".join(words[kind] for kind in kinds)
            yield self.error(f"{name} must be {expected}")

    def _inside(self, key: str, value: Any) -> Node:
        return Node(value, self._children.get(key), self._offset, self.path)

    def error(self, message: str) -> UnreadableFile:
        """Return an error at the position of this node."""
        return UnreadableEntry(message, self.line, self.column, self.path)

    def assign(self, name: str, value: str, *, is_secret: bool = False) -> Assignment:
        """Return a variable at the position of this node."""
        return Assignment(
            name, value, self.line, self.column, self.path, is_secret=is_secret
        )


def read_documents(path: str, text: str) -> Iterator[Node | UnreadableFile]:
    """Yield the documents of the YAML text in a file."""
    starts = [match.start() for match in _DOCUMENT.finditer(text)]
    if len(starts) > _MAX_DOCUMENTS:
        yield UnreadableFile(f"holds more than {_MAX_DOCUMENTS} documents; split it")
        return
    start = 0
    for end in [*starts, len(text)]:
        part = text[start:end]
        if end < len(text) and _HEAD.fullmatch(part):
            continue
        offset = text.count("\n", 0, start)
        try:
            value = yaml.parse(part)
            if value:
                yield Node(value, yaml.positions(part), offset, path)
        except UnreadableFile as error:
            line = None if error.line is None else error.line + offset
            yield UnreadableFile(error.message, line, error.column)
        start = end
