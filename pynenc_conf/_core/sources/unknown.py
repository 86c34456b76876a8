"""Names in the sources that no setting and no section has."""

from __future__ import annotations

# collections.abc would load collections.
from _collections_abc import Mapping

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Iterator
    from typing import Any, TypeVar

    from pynenc_conf.origin import Origin

    Keys = tuple[str, ...]
    T = TypeVar("T")

MAX_NAMES = 1000
"""Unknown names of one source that are reported; a file may hold a million."""


def first_names(found: Iterable[T]) -> Iterator[T]:
    """Yield the names that are reported, and leave out the rest."""
    return (name for _, name in zip(range(MAX_NAMES), found, strict=False))


class UnknownName:
    """A key or variable that no setting has, with its origin.

    `keys` is the path of a key, or the name of a variable alone. `is_table` says that
    the value is a table. `content` identifies the content of a file, so that a warning
    is given once for it.
    """

    __slots__ = ("content", "is_table", "keys", "origin")

    def __init__(
        self, keys: Keys, origin: Origin, *, is_table: bool, content: object = None
    ) -> None:
        self.keys = keys
        self.is_table = is_table
        self.origin = origin
        self.content = content


def find_unknown_keys(
    table: Mapping[str, Any],
    fields: Container[object],
    sections: Mapping[str, Container[object]],
    nested: Container[object] = (),
) -> Iterator[tuple[Keys, Any]]:
    """Yield the path and value of each key that is neither a section nor a field.

    `sections` has the fields that each section sets; `nested` are the sections that
    may hold sections of their own, such as one for each task.
    """
    for key, value in dict(table).items():
        if key in sections and isinstance(value, Mapping):
            for path, item in _find_in_section(
                value, sections[key], nested=key in nested
            ):
                yield (key, *path), item
        elif key not in fields and key not in sections:
            yield (key,), value


def _find_in_section(
    table: Mapping[str, Any],
    fields: Container[object],
    *,
    nested: bool,
) -> Iterator[tuple[Keys, Any]]:
    for key, value in dict(table).items():
        if key in fields:
            continue
        if nested and isinstance(value, Mapping):
            for name, item in dict(value).items():
                if name not in fields:
                    yield (key, name), item
        else:
            yield (key,), value
