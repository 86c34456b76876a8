"""Builds a tree from the events that libyaml finds in a YAML text.

PyYAML's own tree of nodes takes several times the memory, and its constructors lose the
text as written, accept duplicate keys, and let aliases and merges grow without bounds.
"""

from __future__ import annotations

import yaml

from pynenc_conf._core.formats.limits import (
    MAX_DEPTH,
    MAX_NODES,
    duplicate_key,
    too_deep,
    too_many,
)
from pynenc_conf._core.formats.yaml_anchor import Anchor
from pynenc_conf._core.formats.yaml_problems import (
    UNKNOWN_ALIAS,
    line_finder,
    translate_error,
    unprintable,
)
from pynenc_conf._core.formats.yaml_scalar import TAG_PREFIX, KeyText, Scalar
from pynenc_conf._core.problems import UnreadableFile

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Collection
    from typing import Any

    from pynenc_conf._core.formats.yaml_anchor import Source

    _Base = yaml.SafeLoader
else:
    _Base = yaml.CSafeLoader if yaml.__with_libyaml__ else yaml.SafeLoader

_STR = TAG_PREFIX + "str"
_SEQ = TAG_PREFIX + "seq"
_MAP = TAG_PREFIX + "map"
SET = TAG_PREFIX + "set"
_MERGE = TAG_PREFIX + "merge"
_TEXTS = frozenset({_STR, TAG_PREFIX + "value"})
_SCALARS = {
    TAG_PREFIX + name: name
    for name in ("int", "float", "bool", "null", "timestamp", "binary")
}
# What `<<` merges, and with which tags.
_MERGEABLE: dict[type[Any], set[str | None]] = {
    yaml.ScalarEvent: set(),
    yaml.SequenceStartEvent: {None, "!", _SEQ},
    yaml.MappingStartEvent: {None, "!", _MAP},
}
_UNKNOWN_TAG = "this tag (or this tag on such a value) is not configuration; remove it"
_MAX_DIRECTIVES = 100


class Builder:
    """Builds the data from events, and resolves aliases, merges, tags and keys.

    Problems of the text itself are raised. `problem` is the first of the others, which
    count only in a text that is YAML to its end.
    """

    def __init__(self, text: str, *, keeps_lines: bool = False) -> None:
        self.text = text
        self.keeps_lines = keeps_lines
        self.loader: Any = None
        self.next: Any = None
        # The first characters of what YAML does not read as text.
        self.resolved: Collection[str] = ()
        self.tags: dict[str, str] = {}
        self.anchors: dict[str, Anchor] = {}
        self.count = 0  # the nodes of the text
        self.size = 0  # the same, with what aliases repeat
        self.deepest = 0
        self.merged = 0
        self.problem: UnreadableFile | None = None
        self.has_repeated_key = False
        self.is_mapping = False
        self.root_start = (1, 1)

    def document(self) -> Any:
        """Return the value of the only document; None if there is none."""
        # libyaml compares each %TAG directive with all before it.
        if self.text.count("%TAG") > _MAX_DIRECTIVES:
            message = f"more than {_MAX_DIRECTIVES} %TAG directives; remove them"
            raise UnreadableFile(message)
        try:
            self.loader = _Base(self.text)
            self.next = self.loader.get_event
            self.resolved = self.loader.yaml_implicit_resolvers
            return self._document()
        except yaml.MarkedYAMLError as error:
            problem = translate_error(error, self.text)
        except yaml.reader.ReaderError:
            problem = unprintable(self.text)
        except (ValueError, OverflowError):  # the pure Python scanner: "\UFFFFFFFF"
            problem = UnreadableFile("holds an impossible character escape; remove it")
        except RecursionError:
            problem = too_deep()
        raise problem

    def _document(self) -> Any:
        self.next()
        if self.next().__class__ is yaml.StreamEndEvent:
            return None
        root = self.next()
        self.is_mapping = root.__class__ is yaml.MappingStartEvent and root.tag != SET
        self.root_start = start_of(root)
        value = self.node(root, 0, self.root_start)
        self.next()
        after = self.next()
        if after.__class__ is not yaml.StreamEndEvent:
            message = "holds several documents; keep one, remove the '---'"
            raise UnreadableFile(message, *start_of(after))
        self.check_size(self.root_start)
        return value

    def fail(self, message: str, start: tuple[int, int]) -> None:
        """Remember the first problem."""
        self.problem = self.problem or UnreadableFile(message, *start)

    def check_size(self, start: tuple[int, int]) -> None:
        """Report that aliases repeat too much."""
        if self.size > MAX_NODES:
            message = f"aliases repeat more than {MAX_NODES} values"
            self.fail(f"{message}; write them less often", start)

    def enter(self, depth: int, parent: tuple[int, int]) -> None:
        """Count a node in a collection that begins at `parent`."""
        self.count += 1
        self.size += 1
        if depth > MAX_DEPTH:  # deeper than a scalar in the deepest collection
            raise too_deep(*parent)
        if self.count > MAX_NODES:
            raise too_many(*parent)

    def node(self, event: Any, depth: int, parent: tuple[int, int]) -> Any:
        """Return the value that begins with an event, and read it to its end."""
        kind = event.__class__
        if kind is yaml.AliasEvent:
            return self.alias(event, depth).value
        self.enter(depth, parent)
        if event.anchor is not None:
            return self.anchored(event, depth)
        if kind is yaml.ScalarEvent:
            return self.scalar(event)
        if kind is yaml.MappingStartEvent:
            return self.mapping(event, depth)
        return self.sequence(event, depth)

    def anchored(self, event: Any, depth: int) -> Any:
        """Return a value that aliases may repeat."""
        start = start_of(event)
        if event.anchor in self.anchors:
            message = "this anchor's name is already taken; rename one"
            raise UnreadableFile(message, *start)
        anchor = self.anchors[event.anchor] = Anchor(start)
        size, deepest, self.deepest = self.size, self.deepest, depth
        kind = event.__class__
        if kind is yaml.ScalarEvent:
            anchor.value = self.scalar(event)
            anchor.key = self.key(event)
        elif kind is yaml.MappingStartEvent:
            anchor.value = self.mapping(event, depth, anchor)
            anchor.is_mapping = event.tag != SET
            if anchor.is_mapping:
                anchor.sources = [(self.entries(anchor.value), anchor.start)]
        else:
            anchor.sources = []
            anchor.value = self.sequence(event, depth, anchor.sources)
        anchor.is_open = False
        anchor.size += self.size - size
        anchor.depth = self.deepest - depth
        self.deepest = max(self.deepest, deepest)
        return anchor.value

    def alias(self, event: Any, depth: int) -> Anchor:
        """Return what an alias repeats."""
        anchor = self.anchors.get(event.anchor)
        if anchor is None:
            raise UnreadableFile(UNKNOWN_ALIAS, *start_of(event))
        if anchor.is_open:
            message = "this contains an alias to itself; remove the alias"
            self.fail(message, anchor.start)
        self.size += anchor.size
        self.check_size(start_of(event))
        self.deepest = max(self.deepest, depth + anchor.depth)
        if self.deepest > MAX_DEPTH:
            self.problem = self.problem or too_deep(*start_of(event))
        return anchor

    def mapping(self, event: Any, depth: int, anchor: Anchor | None = None) -> Any:
        """Return the result for a mapping or set."""
        self.check_tag(event, _MAP, SET)
        depth += 1
        self.deepest = max(self.deepest, depth)
        start = start_of(event)
        is_block = not event.flow_style
        entries: dict[str, Any] = {}
        sources: list[dict[str, Any]] = []
        lines: dict[str, int] | None = {} if self.keeps_lines else None
        while (found := self.next()).__class__ is not yaml.MappingEndEvent:
            if is_block:
                start, is_block = start_of(found), False  # past an anchor or a tag
                if anchor is not None:
                    anchor.start = start
            is_scalar = found.__class__ is yaml.ScalarEvent
            if is_scalar and self.is_merge(found):
                self.enter(depth, start)
                sources += self.merge_sources(self.next(), depth, start)
                continue
            key = self.read_key(found, depth, start)
            value = self.node(self.next(), depth, start)
            if key in entries:
                self.has_repeated_key = True
                if lines is not None and self.problem is None:
                    self.problem = self.repeated(key, lines[key], found)
            if lines is not None:
                lines[key] = found.start_mark.line + 1
            entries[key] = value
        return self.collection(event, start, self.merge(sources, entries, start))

    def read_key(self, event: Any, depth: int, start: tuple[int, int]) -> str:
        """Return the key that begins with an event."""
        kind = event.__class__
        if kind is yaml.AliasEvent:
            anchor = self.alias(event, depth)
            key, place = anchor.key, anchor.start
        elif kind is yaml.ScalarEvent and event.anchor is None:
            self.enter(depth, start)
            return self.key(event)
        elif kind is yaml.ScalarEvent:
            self.node(event, depth, start)
            return self.key(event)
        else:
            key, place = None, start_of(event)
        if key is None:
            self.fail("a key must be a name, not a list or a mapping; quote it", place)
        if kind is not yaml.AliasEvent:
            self.node(event, depth, start)
        return key or ""

    def repeated(self, key: str, first_line: int, event: Any) -> UnreadableFile:
        """Return the problem of a key that a mapping has twice."""
        line, column = start_of(event)
        find = line_finder(self.text)
        lines = find(first_line, 1)[0], find(line, column)[0]
        problem = duplicate_key(str(key), *lines, column)
        problem.line = line
        return problem

    def merge_sources(
        self, event: Any, depth: int, parent: tuple[int, int]
    ) -> list[dict[str, Any]]:
        """Return the entries of what one `<<` merges, highest precedence last."""
        message = "'<<' merges a mapping or a list of mappings, not this"
        tags = _MERGEABLE.get(event.__class__)
        if tags is not None and event.tag not in tags:
            self.fail(message, start_of(event))
        if event.__class__ is yaml.AliasEvent:
            sources = self.alias(event, depth).sources
        elif event.anchor is not None:
            self.node(event, depth, parent)
            sources = self.anchors[event.anchor].sources
        elif event.__class__ is yaml.SequenceStartEvent:
            sources = []
            self.enter(depth, parent)
            self.sequence(event, depth, sources)
        else:
            sources = [self.source_of(event, self.node(event, depth, parent))]
        for entries, start in sources:
            if entries is None:
                self.fail(message, start)
        return [entries for entries, _ in reversed(sources) if entries is not None]

    def merge(
        self,
        sources: list[dict[str, Any]],
        entries: dict[str, Any],
        start: tuple[int, int],
    ) -> dict[str, Any]:
        """Return the entries of a mapping with those that it merges.

        Its own keys come first, then earlier items of a list, then later `<<`. So says
        the merge key's specification (yaml.org/type/merge.html), and so did PyYAML
        until 6.0.4, whose choice depends on how long a key is.
        """
        if not sources:
            return entries
        result: dict[str, Any] = {}
        for source in (*sources, entries):
            self.merged += len(source)
            if self.merged > MAX_NODES:
                self.fail(
                    f"'<<' merges more than {MAX_NODES} entries; merge less", start
                )
                break
            result.update(source)
        return result

    def sequence(
        self, event: Any, depth: int, sources: list[Source] | None = None
    ) -> Any:
        """Return the result for a sequence. Adds what `<<` merges to `sources`."""
        self.check_tag(event, _SEQ)
        depth += 1
        self.deepest = max(self.deepest, depth)
        start = start_of(event)
        content = []
        while (found := self.next()).__class__ is not yaml.SequenceEndEvent:
            content.append(self.node(found, depth, start))
            if sources is not None:
                sources.append(self.source_of(found, content[-1]))
        return self.collection(event, start, content)

    def source_of(self, event: Any, value: Any) -> Source:
        """Return what `<<` merges of an item of a list."""
        if event.__class__ is yaml.AliasEvent:
            anchor = self.anchors[str(event.anchor)]
            return anchor.sources[0] if anchor.is_mapping else (None, anchor.start)
        is_mapping = event.__class__ is yaml.MappingStartEvent and event.tag != SET
        entries = self.entries(value) if is_mapping else None
        return entries, start_of(event)

    def check_tag(self, event: Any, *allowed: str) -> None:
        """Report the tag of a collection that is not one of these."""
        if event.tag is not None and event.tag not in ("!", *allowed):
            self.fail(_UNKNOWN_TAG, start_of(event))

    def is_text(self, event: Any) -> bool:
        """Whether a scalar is certainly text: most are, so that this saves calls."""
        return event.tag is None and (
            not event.implicit[0] or event.value[:1] not in self.resolved
        )

    def is_merge(self, event: Any) -> bool:
        """Whether a scalar is the key `<<`."""
        return not self.is_text(event) and self.tag_of(event) == _MERGE

    def tag_of(self, event: Any) -> str:
        """Return the tag of a scalar, by the rules of YAML 1.1 if it has none.

        Cached by text: keys repeat thousands of times, the rules are slow.
        """
        tag = event.tag
        if tag is not None and tag != "!":
            return tag  # type: ignore[no-any-return] # a str
        if not event.implicit[0]:
            return _STR
        text = event.value
        if text not in self.tags:
            resolved = self.loader.resolve(yaml.ScalarNode, text, (True, False))
            self.tags[text] = str(resolved)
        return self.tags[text]

    def read_text(self, event: Any) -> str | Scalar:
        """Return the text of a scalar, with its tag unless it is plain text."""
        tag = self.tag_of(event)
        text: str = event.value
        if tag in _TEXTS:
            return text
        name = _SCALARS.get(tag)
        if name is None:
            message = "'<<' is not a value; quote it" if tag == _MERGE else _UNKNOWN_TAG
            self.fail(message, start_of(event))
            return text
        return Scalar(name, text)

    def key(self, event: Any) -> str:
        """Return the key that a scalar is."""
        if self.is_text(event):
            return event.value  # type: ignore[no-any-return] # a str
        key = self.read_text(event)
        return key if isinstance(key, str) else KeyText(key.text, key.tag)

    def scalar(self, event: Any) -> Any:
        """Return the result for a scalar."""
        return event.value if self.is_text(event) else self.read_text(event)

    def collection(self, event: Any, start: tuple[int, int], content: Any) -> Any:
        """Return the result for a mapping, set or sequence with this content."""
        del start
        if event.tag != SET:
            return content
        return [Scalar(k.tag, str(k)) if type(k) is KeyText else k for k in content]

    def entries(self, mapping: Any) -> Any:
        """Return the entries of the result for a mapping."""
        return mapping


def start_of(event: Any) -> tuple[int, int]:
    mark = event.start_mark
    return mark.line + 1, mark.column + 1
