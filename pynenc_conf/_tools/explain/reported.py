"""The reports of workers that a command explains."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from pynenc_conf._core.problems import find_closest_name
from pynenc_conf._tools.reports import read_reports

if TYPE_CHECKING:
    from pynenc_conf._tools.reports import Report, ReportedField


def find_reports(path: str, class_name: str | None, task: str | None) -> list[Report]:
    """Return the reports in a file, of a class and of a task if they are given.

    `class_name` is the name of a class, with or without "Config", in any case. Raises
    UsageError if there are none.
    """
    reports = read_reports(path)
    found = [each for each in reports if _has_name(each, class_name)]
    if not found:
        names = dict.fromkeys(each.class_name for each in reports)
        close = find_closest_name(class_name, names)
        hint = f"did you mean {close}?" if close else f"it has {', '.join(names)}"
        msg = f"{path} has no report of class {class_name!r}; {hint}"
        raise click.UsageError(msg)
    found = [each for each in found if task in (None, each.task)]
    if not found:
        msg = f"{path} has no report of task {task!r}"
        raise click.UsageError(msg)
    return found


def find_reported_field(report: Report, name: str) -> ReportedField:
    """Return a field or member of a report. Raises UsageError."""
    fields = {
        each.name: each for field in report.fields for each in field.with_members()
    }
    if name not in fields:
        close = find_closest_name(name, fields)
        hint = f"; did you mean {close!r}?" if close else ""
        msg = f"the report of {report.name} has no field {name!r}{hint}"
        raise click.UsageError(msg)
    return fields[name]


def report_data(report: Report, field: str | None, *, changed: bool) -> dict[str, Any]:
    """Return a report as plain data, with one field or with the changed fields."""
    fields = report.fields
    if field is not None:
        fields = [find_reported_field(report, field)]
    elif changed:
        fields = [each for each in fields if list_changed(each)]
    return report.data | {"fields": [each.data for each in fields]}


def list_changed(field: ReportedField) -> list[ReportedField]:
    """Return the settings of a field that a source sets, perhaps to their default."""
    return [each for each in field.settings() if not each.is_default]


def _has_name(report: Report, name: str | None) -> bool:
    if name is None:
        return True
    wanted = name.rpartition(":")[2].lower()
    own = report.class_name.lower()
    return wanted in (own, own.replace("config", ""))
