"""The workers of an application, grouped by their configuration."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pynenc_conf._core.report.differences import find_differences

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from pynenc_conf import Difference, Snapshot
    from pynenc_conf.fleet._member import Member

_UNREADABLE = "the records of these workers are not readable"
_UNREADABLE_FIRST = "the records of the largest group are not readable"


@dataclass(frozen=True, slots=True)
class ClassDifference:
    """The settings of one class that differ between a group and the largest group.

    - `differences`: the settings, with the values and origins of the largest group
      (`a`) and of this one (`b`). None means that the setting has its default.
    - `reason`: why the fingerprints differ although no setting differs, or "".
    """

    class_name: str
    differences: tuple[Difference, ...]
    reason: str = ""

    def as_dict(self) -> dict[str, Any]:
        """Return the differences as plain data for JSON."""
        return {
            "class": self.class_name,
            "differences": [each.as_dict() for each in self.differences],
            "reason": self.reason,
        }


@dataclass(frozen=True, slots=True)
class Group:
    """The workers that have one and the same configuration.

    - `workers`: their names, sorted.
    - `fingerprint`: pairs of the name of a class and the fingerprint of its values.
    - `classes`: the classes that differ from those of the largest group; empty for the
      largest group itself.
    """

    workers: tuple[str, ...]
    fingerprint: tuple[tuple[str, str], ...]
    classes: tuple[ClassDifference, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        """Return the group as plain data for JSON."""
        return {
            "workers": list(self.workers),
            "fingerprint": dict(self.fingerprint),
            "classes": [each.as_dict() for each in self.classes],
        }


@dataclass(frozen=True, slots=True)
class Report:
    """All workers of an application, in groups.

    - `groups`: a `Group` for each different configuration, the largest first.
    - `silent`: the names of the workers that have missed a refresh. They are also in
      the group of the configuration that they announced last.
    """

    groups: tuple[Group, ...]
    silent: tuple[str, ...]

    @property
    def count(self) -> int:
        """The number of workers."""
        return sum(len(group.workers) for group in self.groups)

    @property
    def agrees(self) -> bool:
        """Whether all workers have the same configuration, which is readable."""
        return len(self.groups) <= 1 and all(each.fingerprint for each in self.groups)

    def as_dict(self) -> dict[str, Any]:
        """Return the report as plain data for JSON."""
        return {
            "agrees": self.agrees,
            "groups": [group.as_dict() for group in self.groups],
            "silent": list(self.silent),
        }


def report(members: Iterable[Member]) -> Report:
    """Group workers by configuration, and compare each group with the largest one.

    Of each group only one worker's settings are kept in memory.
    """
    examples: dict[Any, Member] = {}
    names: dict[Any, list[str]] = {}
    silent: list[str] = []
    for member in members:
        examples.setdefault(member.fingerprint, member)
        names.setdefault(member.fingerprint, []).append(member.worker)
        if member.is_silent:
            silent.append(member.worker)
    order = sorted(names, key=lambda each: (-len(names[each]), each))
    groups = [
        Group(
            workers=tuple(sorted(names[each])),
            fingerprint=each,
            classes=tuple(_compare(examples[order[0]], examples[each])),
        )
        for each in order
    ]
    return Report(tuple(groups), tuple(sorted(silent)))


def _compare(first: Member, second: Member) -> Iterator[ClassDifference]:
    """Yield what differs between the configurations of two workers."""
    a = {each.class_name: each for each in first.configs}
    b = {each.class_name: each for each in second.configs}
    for name in sorted({*a, *b}):
        if name not in a:
            reason = "only these workers use the class" if a else _UNREADABLE_FIRST
            yield ClassDifference(name, (), reason)
        elif name not in b:
            reason = "these workers do not use the class" if b else _UNREADABLE
            yield ClassDifference(name, (), reason)
        elif a[name].fingerprint != b[name].fingerprint:
            yield _compare_class(a[name], b[name])


def _compare_class(a: Snapshot, b: Snapshot) -> ClassDifference:
    differences = tuple(find_differences(a.settings, b.settings))
    reason = ""
    if a.default_fingerprint != b.default_fingerprint:
        reason = "the defaults of the class differ, as in another version of it"
    elif not differences:
        reason = "no announced setting differs; announce() may have had other keys"
    return ClassDifference(a.class_name, differences, reason)
