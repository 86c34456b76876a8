"""YAML files: text to a tree of text, and to the positions of its values."""

from __future__ import annotations

from pynenc_conf._core.formats.positions import Position
from pynenc_conf._core.formats.yaml_problems import line_finder
from pynenc_conf._core.formats.yaml_scalar import Scalar
from pynenc_conf._core.formats.yaml_tree import SET, Builder, start_of
from pynenc_conf._core.problems import UnreadableFile

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


def parse(text: str) -> dict[str, object]:
    """Parse a YAML document into text, Scalar, list and dict.

    An empty text is {}. Raises UnreadableFile unless it is one mapping of plain data.
    """
    try:
        if "&" in text and "<<" in text:
            # Merges would be made before it is known that they are too many.
            _Counter(text).check()
        builder = Builder(text)
        tree = builder.document()
        if builder.has_repeated_key:
            # Only now, because it takes memory to remember the lines of all keys.
            builder = Builder(text, keeps_lines=True)
            tree = builder.document()
        problem = builder.problem
    except UnreadableFile as error:
        problem = error
    else:
        if not builder.is_mapping:
            if tree is None or (type(tree) is Scalar and tree.tag == "null"):
                return {}
            message = "the top level must be a mapping of names to values (name: value)"
            problem = UnreadableFile(message, *builder.root_start)
        if problem is None:
            root: Any = tree
            found: dict[str, object] = root
            return found
    if problem.line is not None and problem.column is not None:
        find = line_finder(text)
        problem.line, problem.column = find(problem.line, problem.column)
    raise problem


def positions(text: str) -> Position | None:
    """Return the positions of the values in a text that parse() accepted."""
    builder = _PositionBuilder(text)
    index: Position | None = builder.document()
    return index if builder.is_mapping else None


class _Counter(Builder):
    """Counts what aliases repeat, and builds nothing."""

    def check(self) -> None:
        """Raise UnreadableFile if aliases repeat too much."""
        self.document()
        if self.problem is not None and self.is_mapping:
            raise self.problem

    def collection(self, event: Any, start: tuple[int, int], content: Any) -> Any:
        del event, start, content
        return {}


class _PositionBuilder(Builder):
    """Builds the positions."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.find = line_finder(text)
        self.last_key: tuple[int, int] | None = None

    def read_key(self, event: Any, depth: int, start: tuple[int, int]) -> str:
        key = super().read_key(event, depth, start)
        self.last_key = self.find(*start_of(event))
        return key

    def mapping(self, event: Any, depth: int, anchor: Any = None) -> Position:
        key = self.last_key
        position: Position = super().mapping(event, depth, anchor)
        position.key = key
        return position

    def scalar(self, event: Any) -> Position:
        return Position(*self.find(*start_of(event)), None)

    def collection(self, event: Any, start: tuple[int, int], content: Any) -> Position:
        if isinstance(content, list):
            content = {str(number): item for number, item in enumerate(content)}
        children = content if event.tag != SET else None
        return Position(*self.find(*start), children)

    def entries(self, mapping: Any) -> Any:
        return mapping.children
