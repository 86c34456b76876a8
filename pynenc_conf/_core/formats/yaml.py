"""YAML files: text to a tree of text, by libyaml.

PyYAML composes nodes; the tree is built here, because its constructors lose the text
as written, accept duplicate keys, and let aliases and merges grow without bounds.
"""

from __future__ import annotations

import re

import yaml

from pynenc_conf._core.formats.limits import (
    MAX_DEPTH,
    MAX_NODES,
    duplicate_key,
    too_deep,
    too_many,
)
from pynenc_conf._core.formats.positions import Position, position_of
from pynenc_conf._core.formats.yaml_scalar import TAG_PREFIX, KeyText, Scalar
from pynenc_conf._core.problems import UnreadableFile

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import Any

    _Base = yaml.SafeLoader
    # From YAML's line and column to those of editors and git.
    Find = Callable[[int, int], tuple[int, int]]
else:
    _Base = yaml.CSafeLoader if yaml.__with_libyaml__ else yaml.SafeLoader

_STR = TAG_PREFIX + "str"
_SEQ = TAG_PREFIX + "seq"
_MAP = TAG_PREFIX + "map"
_SET = TAG_PREFIX + "set"
_MERGE = TAG_PREFIX + "merge"
_TEXTS = frozenset({_STR, TAG_PREFIX + "value"})
_SCALARS = {
    TAG_PREFIX + name: name
    for name in ("int", "float", "bool", "null", "timestamp", "binary")
}
_MAX_DIRECTIVES = 100
_BREAK = re.compile("\r\n|[\r\n\x85\u2028\u2029]")
_OTHER_BREAK = re.compile("\r(?!\n)|[\x85\u2028\u2029]")

# The first fragment found in PyYAML's message selects ours: its own may quote the file.
_PROBLEMS = (
    ("another document", "holds several documents; keep one, remove the '---'"),
    ("<document start>", "holds several documents; keep one, remove the '...'"),
    ("undefined alias", "this alias names no anchor above it"),
    ("second occurrence", "this anchor's name is already taken; rename one"),
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

# The most likely mistake, by the sign at which the error is.
_AT_SIGN = {
    "\t": "a tab; indent with spaces",
    "@": "'@' cannot start a value; quote it",
    "`": "'`' cannot start a value; quote it",
    "%": "'%' cannot start a value; quote it",
    "*": "this alias names no anchor above it; quote the '*' where it is text",
}


def parse(text: str) -> dict[str, object]:
    """Parse a YAML document into text, Scalar, list and dict.

    An empty text is {}. Raises UnreadableFile unless it is one mapping of plain data.
    """
    try:
        return _parse(text)
    except UnreadableFile as error:
        problem = error
    if problem.line is not None and problem.column is not None:
        find = _line_finder(text)
        problem.line, problem.column = find(problem.line, problem.column)
    raise problem


def positions(text: str) -> Position | None:
    """Return the positions of the values in a text that parse() accepted."""
    root = _compose(text)
    if not isinstance(root, yaml.MappingNode):
        return None
    index: Position = _run(_PositionBuilder(_line_finder(text)), text, root)
    return index


def _line_finder(text: str) -> Find:
    """Return a function from YAML's lines and columns to those of editors and git.

    YAML 1.1 ends a line at more characters than they do.
    """
    if not _OTHER_BREAK.search(text):
        return lambda line, column: (line, column)
    starts = [0, *(found.end() for found in _BREAK.finditer(text))]
    return lambda line, column: position_of(text, starts[line - 1] + column - 1)


def _parse(text: str) -> dict[str, object]:
    root = _compose(text)
    if root is None or root.tag == TAG_PREFIX + "null":
        return {}
    if not isinstance(root, yaml.MappingNode) or root.tag == _SET:
        message = "the top level must be a mapping of names to values (name: value)"
        raise UnreadableFile(message, *_start(root))
    tree: dict[str, object] = _run(_ValueBuilder(_line_finder(text)), text, root)
    return tree


class _Loader(_Base):
    """Composes nodes within the limits: libyaml itself recurses without limit."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.depth = 0
        self.count = 0
        self.tags: dict[str, str] = {}

    def descend_resolver(self, current_node: Any, current_index: Any) -> None:  # noqa: ARG002
        """Count a node; PyYAML calls this hook when it enters one."""
        self.count += 1
        self.depth += 1
        if self.depth > MAX_DEPTH + 1:  # a scalar in the deepest collection
            raise too_deep(*_start(current_node))
        if self.count > MAX_NODES:
            raise too_many(*_start(current_node))

    def ascend_resolver(self) -> None:
        """Count the depth; PyYAML calls this hook when it leaves a node."""
        self.depth -= 1

    def resolve(self, kind: type[Any], value: Any, implicit: Any) -> str:
        """Return the tag of a node by the rules of YAML 1.1, cached by text.

        Keys repeat thousands of times; the rules are regular expressions.
        """
        if kind is not yaml.ScalarNode:
            return _MAP if kind is yaml.MappingNode else _SEQ
        if not implicit[0]:
            return _STR
        tag = self.tags.get(value)
        if tag is None:
            tag = str(super().resolve(kind, value, implicit))  # type: ignore[no-untyped-call]
            self.tags[value] = tag
        return tag


def _compose(text: str) -> Any:
    # libyaml compares each %TAG directive with all before it.
    if text.count("%TAG") > _MAX_DIRECTIVES:
        message = f"more than {_MAX_DIRECTIVES} %TAG directives; remove them"
        raise UnreadableFile(message)
    try:
        return _Loader(text).get_single_node()
    except yaml.MarkedYAMLError as error:
        problem = _translate_error(error, text)
    except yaml.reader.ReaderError:
        problem = _unprintable(text)
    except (ValueError, OverflowError):  # the pure Python scanner: "\UFFFFFFFF"
        problem = UnreadableFile("holds an impossible character escape; remove it")
    except RecursionError:
        problem = too_deep()
    raise problem


def _translate_error(error: yaml.MarkedYAMLError, text: str) -> UnreadableFile:
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


def _unprintable(text: str) -> UnreadableFile:
    found = yaml.reader.Reader.NON_PRINTABLE.search(text)
    message = "holds a control character; remove it, or write it as an escape"
    if found is None:
        return UnreadableFile(message)
    starts = [0, *(each.end() for each in _BREAK.finditer(text, 0, found.start()))]
    return UnreadableFile(message, len(starts), found.start() - starts[-1] + 1)


def _start(node: Any) -> tuple[int, int]:
    mark = node.start_mark
    if isinstance(node, yaml.MappingNode) and node.value and not node.flow_style:
        mark = node.value[0][0].start_mark  # past an anchor or a tag
    return mark.line + 1, mark.column + 1


def _run(builder: _ValueBuilder, text: str, root: Any) -> Any:
    """Return the result of a builder for a document."""
    try:
        if "&" in text:  # without an anchor no node has aliases
            _weigh(root, {})
        return builder.build(root)
    except RecursionError:
        problem = too_deep()
    raise problem


def _weigh(node: Any, weights: dict[int, tuple[int, int] | None]) -> tuple[int, int]:
    """Return the size and depth of a node with its aliases expanded.

    Nodes are visited in the order of the document: an alias refers to a node that was
    visited before or that contains the alias, so the recursion is no deeper than the
    text is nested.
    """
    if isinstance(node, yaml.ScalarNode):
        return 1, 0
    if id(node) in weights:
        known = weights[id(node)]
        if known is None:
            message = "this contains an alias to itself; remove the alias"
            raise UnreadableFile(message, *_start(node))
        return known
    weights[id(node)] = None
    size = deepest = 0
    pairs = isinstance(node, yaml.MappingNode)
    children = [part for pair in node.value for part in pair] if pairs else node.value
    for child in children:
        child_size, child_depth = _weigh(child, weights)
        size += child_size
        deepest = max(deepest, child_depth)
    if deepest >= MAX_DEPTH:
        raise too_deep(*_start(node))
    if size >= MAX_NODES:
        message = f"aliases repeat more than {MAX_NODES} values; write them less often"
        raise UnreadableFile(message, *_start(node))
    weight = weights[id(node)] = size + 1, deepest + 1
    return weight


class _ValueBuilder:
    """Builds the data from nodes, and resolves merges, tags and duplicate keys."""

    def __init__(self, find: Find) -> None:
        self.find = find
        self.built: dict[int, Any] = {}
        self.merged = 0

    def build(self, node: Any) -> Any:
        """Build a node once, however many aliases it has."""
        if node.__class__ is yaml.ScalarNode:
            return self.scalar(node)
        if id(node) in self.built:
            return self.built[id(node)]
        content: Any
        if node.__class__ is yaml.MappingNode and node.tag in (_MAP, _SET):
            content = self._entries(node)
        elif node.__class__ is yaml.SequenceNode and node.tag == _SEQ:
            content = [self.build(item) for item in node.value]
        else:
            raise _unknown_tag(node)
        made = self.built[id(node)] = self.collection(node, content)
        return made

    def _entries(self, node: Any) -> dict[str, Any]:
        """Return the entries of a mapping, merged.

        Explicit keys come first, then earlier items of a list, then later `<<`. So says
        the merge key's specification (yaml.org/type/merge.html), and so did PyYAML
        until 6.0.4, whose choice depends on how long a key is.
        """
        entries: dict[str, Any] = {}
        merges: list[dict[str, Any]] = []
        for key_node, value_node in node.value:
            if key_node.tag == _MERGE:
                merges += self._merge_sources(value_node)
            elif key_node.tag == _STR and key_node.__class__ is yaml.ScalarNode:
                entries[key_node.value] = self.build(value_node)
            else:
                entries[_key(key_node)] = self.build(value_node)
        explicit = sum(1 for key, _ in node.value if key.tag != _MERGE)
        if len(entries) != explicit:
            raise next(_duplicates(node, self.find))
        if not merges:
            return entries
        result: dict[str, Any] = {}
        for source in (*merges, entries):
            self.merged += len(source)
            if self.merged > MAX_NODES:
                message = f"'<<' merges more than {MAX_NODES} entries; merge less"
                raise UnreadableFile(message, *_start(node))
            result.update(source)
        return result

    def _merge_sources(self, node: Any) -> list[dict[str, Any]]:
        """Return the entries of what one `<<` merges, highest precedence last."""
        items = [node]
        if node.tag == _SEQ and isinstance(node, yaml.SequenceNode):
            items = node.value
        for item in items:
            if item.tag != _MAP or not isinstance(item, yaml.MappingNode):
                message = "'<<' merges a mapping or a list of mappings, not this"
                raise UnreadableFile(message, *_start(item))
        return [self.entries(self.build(item)) for item in reversed(items)]

    def scalar(self, node: Any) -> Any:
        """Return the result for a scalar."""
        return _scalar(node)

    def collection(self, node: Any, content: Any) -> Any:
        """Return the result for a mapping, set or sequence with this content."""
        if node.tag != _SET:
            return content
        return [Scalar(k.tag, str(k)) if type(k) is KeyText else k for k in content]

    def entries(self, mapping: Any) -> Any:
        """Return the entries of the result for a mapping."""
        return mapping


class _PositionBuilder(_ValueBuilder):
    """Builds the positions."""

    def scalar(self, node: Any) -> Position:
        mark = node.start_mark
        return Position(*self.find(mark.line + 1, mark.column + 1), None)

    def collection(self, node: Any, content: Any) -> Position:
        if node.tag == _SEQ:
            content = {str(number): item for number, item in enumerate(content)}
        place = self.find(*_start(node))
        return Position(*place, content if node.tag != _SET else None)

    def entries(self, mapping: Any) -> Any:
        return mapping.children


def _scalar(node: Any) -> str | Scalar:
    if node.tag in _TEXTS:
        return str(node.value)
    name = _SCALARS.get(node.tag)
    if name is None:
        raise _unknown_tag(node)
    return Scalar(name, node.value)


def _key(node: Any) -> str:
    if not isinstance(node, yaml.ScalarNode):
        message = "a key must be a name, not a list or a mapping; quote it"
        raise UnreadableFile(message, *_start(node))
    key = _scalar(node)
    return key if isinstance(key, str) else KeyText(key.text, key.tag)


def _duplicates(node: Any, find: Find) -> Iterator[UnreadableFile]:
    """Return the error for the keys that a mapping has twice."""
    lines: dict[str, int] = {}
    for key_node, _ in node.value:
        if key_node.tag != _MERGE:
            mark = key_node.start_mark
            key, line = str(key_node.value), mark.line + 1
            if key in lines:
                first, _ = find(lines[key], 1)
                yield duplicate_key(key, first, line, mark.column + 1)
            lines[key] = line


def _unknown_tag(node: Any) -> UnreadableFile:
    message = "this tag (or this tag on such a value) is not configuration; remove it"
    if node.tag == _MERGE:
        message = "'<<' is not a value; quote it"
    return UnreadableFile(message, node.start_mark.line + 1, node.start_mark.column + 1)
