"""Warnings about unknown names that resemble a known name: misspelled settings.

A name that resembles no known name may belong to a plug-in that is not imported yet, so
only probable misspellings are worth a warning. Nothing here runs while all names are
known.
"""

from __future__ import annotations

from pynenc_conf._core.declare.metaclass import is_root, own_fields, section_name
from pynenc_conf._core.problems import caller_level
from pynenc_conf.exceptions import Problem, UnknownSettingWarning
from pynenc_conf.origin import ENVIRONMENT

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator
    from typing import Any

    from pynenc_conf._core.sources.request import UnknownName

    Keys = tuple[str, ...]

# The similarity of names that differ in one letter or two. `min_threads` is not
# similar to `max_threads`. In a short name a letter counts for more.
_SIMILAR = 0.85
_SHORT, _SIMILAR_SHORT = 6, 0.8
_MAX_LENGTH = 80
_MAX_REMEMBERED = 10_000

# The places that were warned about, and the names that resemble no known name: with the
# namespace, and whether they are variables or the names of tables.
_warned: dict[object, object] = {}
_unrelated: set[tuple[str, bool, str, bool]] = set()


def warn_of_misspelled_names(leaf: type[Any], unknown: Iterable[UnknownName]) -> None:
    """Warn about each unknown name that was probably meant to be a known one."""
    known: tuple[KnownNames, KnownNames] | None = None
    for name in unknown:
        key = name.keys[-1]
        is_variable = name.origin.source == ENVIRONMENT
        if not is_variable and not is_plain_name(key):
            continue
        judged = (leaf.ENV_PREFIX, is_variable, key, name.is_table)
        if judged in _unrelated:
            continue
        # A class may have been imported since the last comparison.
        known = known or _collect_known_names(leaf)
        find = _intended_variable if is_variable else _intended_key
        intended = find(leaf, name, *known)
        if intended is not None:
            place = key if is_variable else (name.content, name.keys)
            _warn(place, name, intended)
        else:
            if len(_unrelated) >= _MAX_REMEMBERED:
                _unrelated.clear()
            _unrelated.add(judged)


class KnownNames:
    """The names of a set of classes, of their sections and of their fields."""

    def __init__(self, classes: Iterable[type[Any]]) -> None:
        self.fields: set[str] = set()
        self.classes: dict[str, str] = {}
        self.common = ""
        for cls in classes:
            self.fields.update(own_fields(cls))
            self.classes[cls.__name__.upper()] = section_name(cls, cls)
            self.common = cls.IGNORE_CLASS_NAME_SUBSTR.lower()
        self.sections = set(self.classes.values())

    def intended_key(self, keys: Keys, *, is_table: bool) -> str | None:
        """Return the name that a key was probably meant to be, or None.

        A table is compared with sections, any other value with fields:
        `orchestrator:` with settings below does not mean `orchestrator_cls`.
        """
        if not is_table:
            return find_intended_name(keys[-1], self.fields)
        return find_intended_name(keys[-1], self.sections) if len(keys) == 1 else None

    def intended_variable(self, parts: Keys) -> Keys | None:
        """Return the parts that a variable's name was probably meant to have, or None.

        The parts are a field, or a class, perhaps parts of a task's id, and a field;
        all in capitals. None if they are correct, or resemble no known name.
        """
        fields = {name.upper() for name in self.fields} | {"FILEPATH"}
        fields |= {f"{name}_FILE" for name in fields}
        field = find_intended_name(parts[-1], fields, str.upper)
        if field is None:
            return None
        meant = (*parts[:-1], field)
        if len(parts) > 1:
            cls = self._intended_class(parts[0])
            if cls is None:
                return None
            meant = (cls, *meant[1:])
        return meant if meant != parts else None

    def _intended_class(self, name: str) -> str | None:
        if name in self.classes:
            return name
        # The most common mistake is the name of the section instead of the class. A
        # part that all names have in common must not make two names similar.
        by_section = {section: cls for cls, section in self.classes.items()}
        for text in (name, name.lower().replace(self.common, "")):
            section = find_intended_name(text, by_section) if text else None
            if section is not None:
                return by_section[section]
        return None


def find_intended_name(
    name: str, known: Collection[str], fold: Any = str.lower
) -> str | None:
    """Return the known name that `name` probably misspells, or None.

    `fold` converts a name to the case of the known names.
    """
    text = fold(name).replace("-", "_")
    if text in known:
        return str(text)
    from difflib import get_close_matches  # noqa: PLC0415 - only unknown names need it

    if len(text) > _MAX_LENGTH:
        return None
    similar = _SIMILAR_SHORT if len(text) <= _SHORT else _SIMILAR
    matches = get_close_matches(text, known, 1, similar)
    return matches[0] if matches else None


def _collect_known_names(leaf: type[Any]) -> tuple[KnownNames, KnownNames]:
    """Return the names of all classes, and of those in the namespace of `leaf`."""
    root = next(filter(is_root, leaf.__mro__))
    classes = list(_descendants(root))
    ours = [cls for cls in classes if cls.ENV_PREFIX == leaf.ENV_PREFIX]
    return KnownNames(classes), KnownNames(ours)


def _intended_variable(
    leaf: type[Any], name: UnknownName, everything: KnownNames, ours: KnownNames
) -> str | None:
    prefix = leaf.ENV_PREFIX + leaf.ENV_SEP
    parts = tuple(name.keys[0][len(prefix) :].split(leaf.ENV_SEP))
    if not all(parts) or everything.intended_variable(parts) is None:
        return None
    found = ours.intended_variable(parts)
    return None if found is None else prefix + leaf.ENV_SEP.join(found)


def _intended_key(
    _: type[Any], name: UnknownName, everything: KnownNames, ours: KnownNames
) -> str | None:
    exists = name.keys[-1] in everything.fields or name.keys[-1] in everything.sections
    return None if exists else ours.intended_key(name.keys, is_table=name.is_table)


def _descendants(cls: type[Any]) -> Iterator[type[Any]]:
    for child in cls.__subclasses__():
        # A class that only names a namespace has no section.
        if own_fields(child) or not is_root(cls):
            yield child
        yield from _descendants(child)


def _warn(place: object, name: UnknownName, intended: str) -> None:
    """Warn once about a place, also if several threads read it."""
    mark = object()
    if len(_warned) >= _MAX_REMEMBERED:
        _warned.clear()
    if _warned.setdefault(place, mark) is not mark:
        return
    from warnings import warn  # noqa: PLC0415 - only mistakes need it

    message = f"unknown setting {name.keys[-1]!r}"
    problem = Problem(message, origin=name.origin, suggestion=intended)
    warn(UnknownSettingWarning(problem), stacklevel=caller_level())


def is_plain_name(key: Any) -> bool:
    """Whether a key is a plain name; any other key may be a misplaced secret."""
    return issubclass(type(key), str) and str.replace(key, "-", "_").isidentifier()
