"""Warnings about unknown names that resemble a known name: misspelled settings.

A name that resembles no known name may belong to a plug-in that is not imported yet, so
only probable misspellings are worth a warning. Nothing here runs while all names are
known.
"""

from __future__ import annotations

import sys

from pynenc_conf._core.declare.metaclass import (
    is_root,
    own_fields,
    root_of,
    section_name,
)
from pynenc_conf.exceptions import Problem, UnknownSettingWarning
from pynenc_conf.origin import ENVIRONMENT

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator
    from typing import Any

    from pynenc_conf._core.sources.unknown import UnknownName

    Keys = tuple[str, ...]
    # Prefix of the namespace, name, whether it is a table's.
    _Judged = tuple[str, str, bool]

# The similarity of names that differ in one letter or two. `min_threads` is not
# similar to `max_threads`. In a short name a letter counts for more.
_SIMILAR = 0.85
_SHORT, _SIMILAR_SHORT = 6, 0.8
_MAX_LENGTH = 80
_MAX_REMEMBERED = 10_000

# The places that were warned about, and the name that each unknown name was found to
# mean (None: no known name).
_warned: dict[object, object] = {}
_intended: dict[_Judged, str | None] = {}
_NOT_SEARCHED = "?"


def warn_of_misspelled_names(leaf: type[Any], unknown: Iterable[UnknownName]) -> None:
    """Warn about each unknown name that was probably meant to be a known one."""
    known = _KnownInNamespace(leaf)
    for name in unknown:
        is_variable = name.origin.source == ENVIRONMENT
        if is_variable:
            intended = _intended_variable(known, name.keys[0])
        elif is_plain_name(name.keys[-1]):
            intended = _intended_key(known, name.keys, is_table=name.is_table)
        else:
            continue
        if intended is not None:
            place = name.keys[0] if is_variable else (name.content, name.keys)
            _warn(place, name, intended)


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


class _KnownInNamespace:
    """The names of all classes, and of the classes in the namespace of `leaf`.

    Collected when the first name is compared.
    """

    def __init__(self, leaf: type[Any]) -> None:
        self.leaf = leaf
        self._names: tuple[KnownNames, KnownNames] | None = None

    def names(self) -> tuple[KnownNames, KnownNames]:
        """Return the names of all classes, and those of the namespace."""
        if self._names is None:
            leaf = self.leaf
            classes = list(_descendants(root_of(leaf)))
            ours = [cls for cls in classes if cls.ENV_PREFIX == leaf.ENV_PREFIX]
            self._names = KnownNames(classes), KnownNames(ours)
        return self._names


def _intended_variable(known: _KnownInNamespace, name: str) -> str | None:
    """Return the variable that a name was probably meant to be; compared once."""
    leaf = known.leaf
    prefix = leaf.ENV_PREFIX + leaf.ENV_SEP
    judged = (prefix, name, False)
    if _intended.get(judged, _NOT_SEARCHED) is None:
        return None
    parts = tuple(name[len(prefix) :].split(leaf.ENV_SEP))
    everything, ours = known.names()
    found: Keys | None = None
    if all(parts) and everything.intended_variable(parts) is not None:
        found = ours.intended_variable(parts)
    variable = None if found is None else prefix + leaf.ENV_SEP.join(found)
    return _remember(judged, variable)


def _intended_key(
    known: _KnownInNamespace, keys: Keys, *, is_table: bool
) -> str | None:
    """Return the name that a key was probably meant to be; compared once if none."""
    judged = (known.leaf.ENV_PREFIX, keys[-1], is_table)
    if _intended.get(judged, _NOT_SEARCHED) is None:
        return None
    # Compared again before each warning: a class may have been imported since.
    everything, ours = known.names()
    exists = keys[-1] in everything.fields or keys[-1] in everything.sections
    intended = None if exists else ours.intended_key(keys, is_table=is_table)
    return _remember(judged, intended)


def _remember(judged: _Judged, intended: str | None) -> str | None:
    if len(_intended) >= _MAX_REMEMBERED:
        _intended.clear()
    _intended[judged] = intended
    return intended


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
    warn(UnknownSettingWarning(problem), stacklevel=_caller_level())


def _caller_level() -> int:
    """Return the stack level of the code that uses this library."""
    frame = sys._getframe(1)  # noqa: SLF001 - what warnings itself counts
    level = 1
    package = __name__.partition(".")[0]
    while frame.f_back is not None:
        if frame.f_globals.get("__name__", "").partition(".")[0] != package:
            break
        frame, level = frame.f_back, level + 1
    return level


def is_plain_name(key: Any) -> bool:
    """Whether a key is a plain name; any other key may be a misplaced secret."""
    return issubclass(type(key), str) and str.replace(key, "-", "_").isidentifier()
