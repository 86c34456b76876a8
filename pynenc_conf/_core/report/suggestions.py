"""Names that no class knows, but that are nearly one that exists: slips of the pen.

A name that resembles nothing may belong to a plug-in that is not imported yet, so
only near misses are worth a warning. Nothing here runs while all names are known.
"""

from __future__ import annotations

import os
import sys

from pynenc_conf._core.declare.metaclass import (
    is_root,
    own_fields,
    root_of,
    section_name,
)
from pynenc_conf.exceptions import Problem, UnknownSettingWarning
from pynenc_conf.origin import ENVIRONMENT, Origin

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Collection, Container, Iterable, Iterator, Mapping
    from typing import Any

    from pynenc_conf._core.base import ConfigBase
    from pynenc_conf._core.declare.plan import Plan
    from pynenc_conf._core.sources.environment import Environment
    from pynenc_conf._core.sources.files import Source

    Keys = tuple[str, ...]
    # Prefix of the namespace, name, whether it is a table's.
    _Judged = tuple[str, str, bool]
else:
    from _collections_abc import Mapping

# Above it are names that differ in one letter or two: `min_threads` is no slip for
# `max_threads`. In a short one a letter counts for more.
_ALIKE = 0.85
_SHORT, _ALIKE_SHORT = 6, 0.8
_LONGEST_NAME = 80
# A mapping in the code may have a table for each task; longer ones are not searched.
_LONGEST_TABLE = 1000
# So many unknown names of one source are searched for; a file may hold a million.
_SEARCHED = 1000
_REMEMBERED = 10_000

# What was said about a place, and what a name was judged to mean; both for good.
_said: dict[object, object] = {}
_judged: dict[_Judged, str | None] = {}
_UNKNOWN = "?"


class KnownNames:
    """What a set of classes, their sections and their fields are called."""

    def __init__(self, classes: Iterable[type[ConfigBase]]) -> None:
        self.fields: set[str] = set()
        self.classes: dict[str, str] = {}
        self.common = ""
        for cls in classes:
            self.fields.update(own_fields(cls))
            self.classes[cls.__name__.upper()] = section_name(cls, cls)
            self.common = cls.IGNORE_CLASS_NAME_SUBSTR.lower()
        self.sections = set(self.classes.values())

    def intended_key(self, keys: Keys, value: object) -> str | None:
        """Return the name that a key was probably meant to be.

        A table is no field, and anything else no section: `orchestrator:` with
        settings below is no slip for `orchestrator_cls`.
        """
        if not isinstance(value, Mapping):
            return find_intended_name(keys[-1], self.fields)
        return find_intended_name(keys[-1], self.sections) if len(keys) == 1 else None

    def intended_variable(self, parts: Keys) -> Keys | None:
        """Return what the parts of a variable's name were probably meant to be.

        The parts are a field, or a class, perhaps parts of a task's id, and a field;
        all in capitals. None if they are right, or resemble nothing.
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
        # A section's name in place of the class's is the commonest mistake. What all
        # names have in common says nothing about how much two are alike.
        by_section = {section: cls for cls, section in self.classes.items()}
        for text in (name, name.lower().replace(self.common, "")):
            section = find_intended_name(text, by_section) if text else None
            if section is not None:
                return by_section[section]
        return None


def find_intended_name(
    name: str, known: Collection[str], fold: Any = str.lower
) -> str | None:
    """Return the known name that a slip of the pen made into `name`, or None.

    `fold` brings a name into the case of the known ones.
    """
    text = fold(name).replace("-", "_")
    if text in known:
        return str(text)
    from difflib import get_close_matches  # noqa: PLC0415 - only what is odd needs it

    if len(text) > _LONGEST_NAME:
        return None
    alike = _ALIKE_SHORT if len(text) <= _SHORT else _ALIKE
    close = get_close_matches(text, known, 1, alike)
    return close[0] if close else None


def find_unknown_keys(
    table: Mapping[str, Any],
    fields: Container[object],
    sections: Mapping[str, Container[object]],
    nested: Container[object] = (),
) -> Iterator[tuple[Keys, Any]]:
    """Yield the path and value of each key that is neither section nor field.

    `sections` has the fields that each section sets; `nested` are those that may
    hold sections of their own, one for each task.
    """
    for key, value in dict(table).items():
        if key in sections and isinstance(value, Mapping):
            for path, inner in _inside(value, sections[key], nested=key in nested):
                yield (key, *path), inner
        elif key not in fields and key not in sections:
            yield (key,), value


def _inside(
    table: Mapping[str, Any], fields: Container[object], *, nested: bool
) -> Iterator[tuple[Keys, Any]]:
    for key, value in dict(table).items():
        if key in fields:
            continue
        if nested and isinstance(value, Mapping):
            for name, inner in dict(value).items():
                if name not in fields:
                    yield (key, name), inner
        else:
            yield (key,), value


def look(plan: Plan, source: Source, table: Mapping[str, Any]) -> None:
    """Warn of the keys of a file or mapping that are near misses."""
    document = source.document
    sections = {
        name: plan.settings
        for name, _ in source.sections(plan)
        if document is not None or _length(table.get(name)) <= _LONGEST_TABLE
    }
    nested = sections if plan.has_qualifiers else ()
    known: Container[object] = plan.quiet
    if document is not None:
        known = plan.settings.keys() | plan.sections
    odd = find_unknown_keys(table, known, sections, nested)
    existing = _Existing(plan.leaf)
    for _, (keys, value) in zip(range(_SEARCHED), odd, strict=False):
        if not is_plain_name(keys[-1]):
            continue
        meant = _meant_key(existing, keys, value)
        if meant is not None:
            # Threads may each have parsed the file, and it may be parsed again.
            content = document and document.fingerprint()
            _warn((content, keys), keys[-1], meant, source.origin(*keys))
    if document is None:
        _remember(plan, table, sections)


def look_at_variables(plan: Plan, environment: Environment) -> None:
    """Warn of the variables of a class's namespace that are near misses."""
    leaf = plan.leaf
    prefix = leaf.ENV_PREFIX + leaf.ENV_SEP
    own = {variable.name for variable in (*plan.variables, *plan.file_variables)}
    # Names in capitals, as Windows keeps all of them.
    begins = prefix.upper()
    names = [os.fsdecode(key) for key in environment]  # type: ignore[arg-type] # a name, as os.environ has it
    odd = (n for n in names if n.upper().startswith(begins) and n not in own)
    existing = _Existing(leaf)
    for _, name in zip(range(_SEARCHED), odd, strict=False):
        judged = (prefix, name, False)
        meant = _judged.get(judged, _UNKNOWN)
        if meant is not None:
            parts = tuple(name[len(prefix) :].split(leaf.ENV_SEP))
            meant = _note(judged, _meant_variable(existing, parts))
        if meant is not None:
            origin = Origin(ENVIRONMENT, variable=name)
            _warn(name, name, prefix + meant, origin)


def _meant_variable(existing: _Existing, parts: Keys) -> str | None:
    everything, ours = existing.names()
    if not all(parts) or everything.intended_variable(parts) is None:
        return None
    meant = ours.intended_variable(parts)
    return existing.leaf.ENV_SEP.join(meant) if meant is not None else None


def _meant_key(existing: _Existing, keys: Keys, value: object) -> str | None:
    """Return what a key was meant to be; what is no slip is searched for once."""
    judged = (existing.leaf.ENV_PREFIX, keys[-1], isinstance(value, Mapping))
    if _judged.get(judged, _UNKNOWN) is None:
        return None
    # Asked again before each warning: a class may have been imported since.
    everything, ours = existing.names()
    known = keys[-1] in everything.fields or keys[-1] in everything.sections
    return _note(judged, None if known else ours.intended_key(keys, value))


def _note(judged: _Judged, meant: str | None) -> str | None:
    if len(_judged) >= _REMEMBERED:
        _judged.clear()
    _judged[judged] = meant
    return meant


def _remember(plan: Plan, table: Mapping[str, Any], sections: Container[str]) -> None:
    """Have the next mapping with these names pass by; near misses stay remarkable."""
    if len(plan.quiet) > _REMEMBERED:
        plan.quiet = {*plan.settings, *plan.sections}
    tables = [table]
    tables += [
        inner
        for name, inner in dict(table).items()
        if name in sections and isinstance(inner, Mapping)
    ]
    prefix = plan.leaf.ENV_PREFIX
    for inner in tables:
        plan.quiet.update(
            name
            for name, value in dict(inner).items()
            if _judged.get((prefix, name, isinstance(value, Mapping))) is None
        )


class _Existing:
    """The names of all classes, and of those in the namespace of `leaf`.

    Collected when the first odd name of a source is met, and for that source only.
    """

    def __init__(self, leaf: type[ConfigBase]) -> None:
        self.leaf = leaf
        self._names: tuple[KnownNames, KnownNames] | None = None

    def names(self) -> tuple[KnownNames, KnownNames]:
        """Return both."""
        if self._names is None:
            leaf = self.leaf
            classes = list(_descendants(root_of(leaf)))
            ours = [cls for cls in classes if cls.ENV_PREFIX == leaf.ENV_PREFIX]
            self._names = KnownNames(classes), KnownNames(ours)
        return self._names


def _descendants(cls: type[ConfigBase]) -> Iterator[type[ConfigBase]]:
    for child in cls.__subclasses__():
        # A class that only names a namespace has no section.
        if own_fields(child) or not is_root(cls):
            yield child
        yield from _descendants(child)


def _warn(place: object, name: str, meant: str, origin: Origin) -> None:
    """Warn once of a place, also where several threads come by it."""
    mark = object()
    if len(_said) >= _REMEMBERED:
        _said.clear()
    if _said.setdefault(place, mark) is not mark:
        return
    from warnings import warn  # noqa: PLC0415 - only mistakes need it

    message = f"unknown setting {name!r}"
    problem = Problem(message, origin=origin, suggestion=meant)
    warn(UnknownSettingWarning(problem), stacklevel=_level())


def _level() -> int:
    """Return the stack level of whoever uses this library."""
    frame = sys._getframe(1)  # noqa: SLF001 - what warnings itself counts
    level = 1
    package = __name__.partition(".")[0]
    while frame.f_back is not None:
        if frame.f_globals.get("__name__", "").partition(".")[0] != package:
            break
        frame, level = frame.f_back, level + 1
    return level


def is_plain_name(key: object) -> bool:
    """Whether a key may be shown: it may be a secret that slipped into its place."""
    return isinstance(key, str) and key.replace("-", "_").isidentifier()


def _length(table: object) -> int:
    return len(table) if isinstance(table, Mapping) else 0
