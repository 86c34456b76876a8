"""Warnings and problems about unknown names: probably misspelled settings.

A name that resembles no known name may belong to a plug-in that is not imported yet, so
only probable misspellings are reported, except where no other class can read the name.
A suggestion is a name that the class reads in the same place. Nothing here runs while
all names are known.
"""

from __future__ import annotations

from pynenc_conf._core.declare.annotations import class_annotations
from pynenc_conf._core.declare.known_names import names_of_all
from pynenc_conf._core.frames import caller_level
from pynenc_conf._core.masking import NAME_HIDDEN, is_plain_name, type_name
from pynenc_conf._core.problems import combine_problems
from pynenc_conf.exceptions import Problem, UnknownSettingWarning
from pynenc_conf.origin import ASSIGNMENT, ENVIRONMENT, Origin

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping
    from typing import Any

    from pynenc_conf._core.declare.plan import Plan
    from pynenc_conf._core.sources.request import UnknownName

# The similarity of names that differ in one letter or two. `min_threads` is not
# similar to `max_threads`. In a short name a letter counts for more.
_SIMILAR = 0.85
_SHORT, _SIMILAR_SHORT = 6, 0.8
_MAX_LENGTH = 80
_MAX_REMEMBERED = 10_000
_MAX_ATTRIBUTES = 1000

# The places that were warned about, and the names that need no warning: with the names
# that they were compared with, and whether they are the class's own.
_warned: dict[object, object] = {}
_unrelated: set[tuple[object, frozenset[str], bool]] = set()


def report_unknown_names(plan: Plan, unknown: Iterable[UnknownName]) -> list[Problem]:
    """Warn about unknown names; for a strict class, return them as problems.

    A warning is given once for each place.
    """
    problems: list[Problem] = []
    for name in unknown:
        judged = (name.keys if name.is_own else name.keys[-1], name.known, name.is_own)
        if judged in _unrelated:
            continue
        intended = _find_intended(plan, name)
        is_suspect = name.is_own or intended is not None
        if not is_suspect or _is_read_elsewhere(plan.leaf, name):
            if len(_unrelated) >= _MAX_REMEMBERED:
                _unrelated.clear()
            _unrelated.add(judged)
        elif plan.is_strict:
            problems.append(_describe(name, intended))
        elif _is_first(name.keys if _is_variable(name) else (name.content, name.keys)):
            _warn(_describe(name, intended))
    return problems


def report_attribute(plan: Plan, name: str) -> None:
    """Warn about an attribute of an instance that resembles a field.

    Raises ConfigTypeError if the class is strict.
    """
    intended = None
    if not name.startswith("_") and not _is_declared(plan.leaf, name):
        intended = find_intended_name(name, plan.settings)
    if intended is None:
        if len(plan.assignments) >= len(plan.settings) + _MAX_ATTRIBUTES:
            # Another dict: a thread may use the old one.
            plan.assignments = {n: s.convert for n, s in plan.settings.items()}
        plan.assignments[name] = None
        return
    message = f"unknown setting {name!r}"
    problem = Problem(message, origin=Origin(ASSIGNMENT), suggestion=intended)
    if plan.is_strict:
        raise combine_problems(type_name(plan.leaf), [problem])
    _warn(problem)


def find_intended_name(
    name: str, known: Collection[str], fold: Any = str.lower
) -> str | None:
    """Return the known name that `name` probably misspells, or None.

    `fold` converts a name to the case of the known names.
    """
    text = fold(name).replace("-", "_")
    if text in known:
        return str(text)
    if len(text) > _MAX_LENGTH:
        return None
    similar = _SIMILAR_SHORT if len(text) <= _SHORT else _SIMILAR
    possible = [each for each in known if _may_resemble(text, each, similar)]
    if not possible:
        return None
    from difflib import get_close_matches  # noqa: PLC0415 - only unknown names need it

    matches = get_close_matches(text, possible, 1, similar)
    matches += [each for each in possible if _are_swapped(text, each)]
    return matches[0] if matches else None


def find_intended_variable(
    name: str, known: Iterable[str], separator: str, classes: Mapping[str, str]
) -> str | None:
    """Return the known variable that `name` probably misspells, or None.

    Each part must resemble the same part of the known name. `classes` are the names of
    classes, in capitals, with their sections.
    """
    parts = name.split(separator)
    candidates = [each.split(separator) for each in known]
    candidates = [each for each in candidates if len(each) == len(parts)]
    for index, part in enumerate(parts):
        options = {each[index] for each in candidates}
        if part in options:
            meant: str | None = part
        else:
            meant = _intended_class(
                part, {cls: classes[cls] for cls in options & classes.keys()}
            ) or find_intended_name(part, options - classes.keys(), str.upper)
        if meant is None:
            return None
        candidates = [each for each in candidates if each[index] == meant]
    return separator.join(candidates[0]) if candidates else None


def _intended_class(name: str, classes: Mapping[str, str]) -> str | None:
    """Return the class that is probably meant, by its name or its section's.

    The most common mistake is the name of the section instead of the class. A part that
    all names of classes have in common must not make two of them similar.
    """
    by_section = {section: cls for cls, section in classes.items()}
    for cls, section in classes.items():
        common = cls.lower().replace(section, "")
        for text in (name, name.lower().replace(common, "")):
            found = find_intended_name(text, by_section) if text else None
            if found is not None:
                return by_section[found]
    return None


def _may_resemble(text: str, known: str, similar: float) -> bool:
    """Whether two names have enough letters in common, in whatever order."""
    if 2 * min(len(text), len(known)) / (len(text) + len(known)) < similar:
        return False
    rest = list(known)
    for letter in text:
        if letter in rest:
            rest.remove(letter)
    common = len(known) - len(rest)
    return 2 * common / (len(text) + len(known)) >= similar


def _are_swapped(text: str, known: str) -> bool:
    """Whether two names differ only in the order of two adjacent letters."""
    return any(
        text[:index] + text[index + 1] + text[index] + text[index + 2 :] == known
        for index in range(len(text) - 1)
    )


def _find_intended(plan: Plan, name: UnknownName) -> str | None:
    """Return the name that the class reads in the same place and that is meant."""
    key = name.keys[-1]
    if not _is_variable(name):
        if not is_plain_name(key):
            return None
        return _section_of_class(plan, name) or find_intended_name(key, name.known)
    classes = {type_name(scope.cls).upper(): scope.section for scope in plan.scopes}
    return find_intended_variable(key, name.known, plan.leaf.ENV_SEP, classes)


def _section_of_class(plan: Plan, name: UnknownName) -> str | None:
    """Return the section that is meant by the name of its class, in any case."""
    for scope in plan.scopes:
        if type_name(scope.cls).lower() == name.keys[-1].lower():
            return scope.section if scope.section in name.known else None
    return None


def _is_read_elsewhere(leaf: type[Any], name: UnknownName) -> bool:
    """Whether another class that is imported reads this name."""
    names = names_of_all(leaf)
    key = name.keys[-1]
    if _is_variable(name):
        if names.is_variable(key):
            return True
        parts = key.split(leaf.ENV_SEP)[leaf.ENV_PREFIX.count(leaf.ENV_SEP) + 1 :]
        return not name.is_own and names.has_variable(parts)
    if name.is_own:
        return any(
            key in plan.settings or (plan.has_qualifiers and name.is_table)
            for plan in names.plans_of(name.keys[0])
            if plan.leaf is not leaf
        )
    return names.has_key(key)


def _is_variable(name: UnknownName) -> bool:
    return name.origin.source == ENVIRONMENT


def _is_declared(cls: type, name: str) -> bool:
    """Whether a class has an attribute of its own with this name, or annotates one."""
    return any(
        name in vars(base) or name in class_annotations(base)
        for base in cls.__mro__
        if base.__module__ != "builtins"
    )


def _describe(name: UnknownName, intended: str | None) -> Problem:
    key, origin = name.keys[-1], name.origin
    if _is_variable(name) or is_plain_name(key):
        message = f"unknown setting {key!r}"
    else:
        message = f"unknown setting {NAME_HIDDEN}"
        origin = origin.holder()
    return Problem(
        message, origin=origin, expected="a known setting", suggestion=intended
    )


def _is_first(place: object) -> bool:
    """Whether a place is new, and remember it; one of several threads gets True."""
    mark = object()
    if len(_warned) >= _MAX_REMEMBERED:
        _warned.clear()
    return _warned.setdefault(place, mark) is mark


def _warn(problem: Problem) -> None:
    from warnings import warn  # noqa: PLC0415 - only mistakes need it

    warn(UnknownSettingWarning(problem), stacklevel=caller_level())
