"""The text of a report: groups of workers, and what differs from the largest group."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from pynenc_conf._core.problems import find_closest_name
from pynenc_conf._tools.columns import arrange
from pynenc_conf._tools.output import count, indent, text

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from rich.console import RenderableType

    from pynenc_conf import Difference, SettingSnapshot
    from pynenc_conf.fleet import Group, Report

_MAX_NAMES = 5
_MAX_LENGTH = 100  # of a name
_MAX_GROUPS = 10
_MAX_CLASSES = 10
_MAX_SETTINGS = 10


class Layout(NamedTuple):
    """How reports are shown.

    - `subject`: the application and the server, in words.
    - `expected`: the number of workers that there must be; None for any number.
    """

    subject: str
    expected: int | None = None

    def report(
        self, report: Report, changed: Collection[str] = ()
    ) -> Iterator[RenderableType]:
        """Yield the parts of a report, at most about one screen.

        `changed` names the workers to highlight.
        """
        for number, group in enumerate(report.groups[:_MAX_GROUPS]):
            yield from _layout_group(group, changed, is_first=number == 0)
        hidden = report.groups[_MAX_GROUPS:]
        if hidden:
            workers = sum(len(group.workers) for group in hidden)
            more = f"{count(len(hidden), 'more group')} with {count(workers, 'worker')}"
            yield text(f"{more}; --json shows all")
            yield text("")
        if report.silent:
            yield text(f"silent: {_list_names(report.silent)}", "warning")
        if self.expected not in {None, report.count}:
            expected = f"expected {count(self.expected or 0, 'worker')}"
            yield text(f"{expected}, found {report.count}", "error")
        if report.groups:
            yield text(_summarize(report), "heading")
        else:
            yield text(f"no workers of {self.subject}", "heading")


def describe_apps(app_id: str, apps: Sequence[str]) -> str:
    """Return a sentence about the applications in a Redis that has no such workers."""
    if not apps:
        return "this Redis has no workers of any application"
    names = _list_names(list(map(repr, apps)))
    close = find_closest_name(app_id, apps)
    hint = f"; did you mean {close!r}?" if close else ""
    return f"this Redis has workers of {names}{hint}"


def _layout_group(
    group: Group, changed: Collection[str], *, is_first: bool
) -> Iterator[RenderableType]:
    heading = text(count(len(group.workers), "worker"), "name" if is_first else "error")
    style = "warning" if set(group.workers) & set(changed) else ""
    heading.append_text(text(f"  {_list_names(group.workers)}", style))
    yield heading
    if is_first:
        yield indent(text(_describe_prints(group), "faint"))
    for found in group.classes[:_MAX_CLASSES]:
        yield indent(text(found.class_name[:_MAX_LENGTH], "heading"))
        if found.reason:
            yield indent(indent(text(found.reason)))
        for difference in found.differences[:_MAX_SETTINGS]:
            yield indent(indent(text(difference.name, "name")))
            yield from _layout_difference(difference)
        hidden = len(found.differences) - _MAX_SETTINGS
        if hidden > 0:
            yield indent(indent(text(f"and {count(hidden, 'more setting')}")))
    hidden = len(group.classes) - _MAX_CLASSES
    if hidden > 0:
        yield indent(text(f"and {hidden:,} more class{'' if hidden == 1 else 'es'}"))
    yield text("")


def _describe_prints(group: Group) -> str:
    """Return the classes of a group with their fingerprints."""
    if not group.fingerprint:
        return "a record that is not readable"
    shown = ", ".join(
        f"{name[:_MAX_LENGTH]} {fingerprint[:_MAX_LENGTH]}"
        for name, fingerprint in group.fingerprint[:_MAX_CLASSES]
    )
    hidden = len(group.fingerprint) - _MAX_CLASSES
    return f"{shown} and {hidden:,} more" if hidden > 0 else shown


def _layout_difference(difference: Difference) -> Iterator[RenderableType]:
    a, b = difference.a, difference.b
    rows = []
    for mark, style, side, other in (("-", "error", b, a), ("+", "winner", a, b)):
        value, origin = _describe(side, other)
        rows.append([(mark, style), (value, ""), (origin, "faint")])
    yield from arrange(rows, margin=6)


def _describe(
    side: SettingSnapshot | None, other: SettingSnapshot | None
) -> tuple[str, str]:
    """Return the value and origin of one side; of a default, what the other knows."""
    if side is not None:
        return side.text, side.origin
    return (other.default_text if other is not None else ""), "default"


def _list_names(names: Sequence[str]) -> str:
    shown = ", ".join(name[:_MAX_LENGTH] for name in names[:_MAX_NAMES])
    hidden = len(names) - _MAX_NAMES
    return f"{shown} and {hidden:,} more" if hidden > 0 else shown


def _summarize(report: Report) -> str:
    total = report.count
    workers = f"{total:,} worker{'' if total == 1 else 's'}"
    if report.agrees:
        return f"{workers}, one configuration"
    if len(report.groups) == 1:
        return f"{workers}, no readable record"
    return f"{workers}, {len(report.groups):,} different configurations"
