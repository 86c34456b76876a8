"""`pynenc-conf explain`: the values of a class, and their origins."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import click

from pynenc_conf._core.masking import type_name
from pynenc_conf._core.problems import READABLE_FILE
from pynenc_conf._core.report.explain import explain_all, explain_one
from pynenc_conf._tools import options
from pynenc_conf._tools.classes import known_classes
from pynenc_conf._tools.explain.overview import Explained, explain_all_classes
from pynenc_conf._tools.explain.reported import (
    find_reported_field,
    find_reports,
    list_changed,
    report_data,
)
from pynenc_conf._tools.instances import create_instance_or_exit
from pynenc_conf._tools.output import (
    count,
    error_data,
    exit_with_error,
    is_terminal,
    limit_output,
    print_error,
    print_json,
    print_warnings,
    show,
    show_text,
)
from pynenc_conf._tools.parameters import command, path_type
from pynenc_conf._tools.reports import ReportedField
from pynenc_conf._tools.sources import source_options
from pynenc_conf.exceptions import ConfigError, UnknownFieldError
from pynenc_conf.origin import escape_line

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from pynenc_conf._tools.reports import Report
    from pynenc_conf._tools.sources import Sources
    from pynenc_conf.config_base import ConfigBase


@command()
@options.optional_class_argument
@options.field_argument
@source_options()
@click.option(
    "--changed",
    is_flag=True,
    help="Show only the settings that a source sets, also those set to their default.",
)
@click.option(
    "--report",
    metavar="F",
    type=path_type,
    # Before CLASS, which need not be importable if a report has it.
    is_eager=True,
    help="File of reports to show, which workers write with PYNENC_CONF_REPORT=F.",
)
@options.task_option
@options.import_option
@options.pynenc_option
@options.json_option
def explain(  # noqa: PLR0913, PLR0917 - one parameter for each option
    cls: Any,
    field: str | None,
    sources: Sources,
    changed: bool,  # noqa: FBT001 - click passes it by name
    report: str | None,
    task: str | None,
    as_json: bool,  # noqa: FBT001
) -> None:
    """Show the current values of CLASS and their origins.

    With FIELD, shows every value given for the field, and why one of them takes
    precedence. Without CLASS, shows every known class for which a source sets a
    setting. If required settings are missing, shows all others, reports the missing
    settings, and exits with 1. With --report, shows the values that running workers
    have reported, and reads no other source.

    \b
    Examples:
      pynenc-conf explain orchestratorredis --file pynenc.yaml
      pynenc-conf explain ConfigRedis redis_host
      pynenc-conf explain --changed --file pynenc.yaml --app shop.settings
      pynenc-conf explain myapp.conf:ConfigMine --set mine.size=3 --json
    """  # noqa: D301 - click reads the backspace
    if field is not None and changed:
        msg = "--changed has no meaning for one FIELD"
        raise click.UsageError(msg)
    if report is not None:
        if sources.files or sources.values or sources.apps or sources.environment.paths:
            others = "--file, --env-file, --set and --app"
            msg = f"--report reads no other source; remove {others}"
            raise click.UsageError(msg)
        reports = find_reports(report, cls, task)
        _show_reports(reports, field, changed=changed, as_json=as_json)
        return
    if cls is None:
        has_errors = _explain_all(sources, task, changed=changed, as_json=as_json)
    else:
        config, error = create_instance_or_exit(cls, sources, task, as_json=as_json)
        explained = _find_fields(config, field, error)
        _show_one(explained, field, changed=changed, as_json=as_json)
        has_errors = error is not None
    if has_errors:
        sys.exit(1)


def _find_fields(
    config: ConfigBase, field: str | None, error: ConfigError | None
) -> Explained:
    """Return one field of an instance, or all. Raises UsageError."""
    try:
        names = config.all_fields if field is None else [field]
        infos = [config.field_info(name) for name in names]
    except UnknownFieldError as unknown:
        raise click.UsageError(str(unknown)) from unknown
    return Explained(type_name(type(config)), infos, error)


def _show_one(
    explained: Explained, field: str | None, *, changed: bool, as_json: bool
) -> None:
    if as_json:
        (data,) = _as_dicts([explained], changed=changed)
        print_json(data)
        return
    if field is None:
        _show_class(explained, changed=changed)
    else:
        _show_field(explained.name, explained.infos[0])
    if explained.error is not None:
        print_error(explained.error)


def _explain_all(
    sources: Sources, task: str | None, *, changed: bool, as_json: bool
) -> bool:
    """Show the classes that the sources affect; return whether one is invalid."""
    classes = known_classes(sources.apps)
    sources.print_unknown(classes)
    try:
        with print_warnings():
            found = list(explain_all_classes(classes, sources, task))
    except ConfigError as unreadable:
        exit_with_error(unreadable, as_json=as_json)
    sources.print_unseen(classes)
    _show_all(found, len(classes), changed=changed, as_json=as_json)
    return any(each.error for each in found)


def _show_all(
    found: Sequence[Explained], classes: int, *, changed: bool, as_json: bool
) -> None:
    """Show the classes with a setting that a source sets, then their problems."""
    affected = [each for each in found if each.is_affected]
    if as_json:
        unset = [each.name for each in found if not each.is_affected]
        dicts = list(_as_dicts(affected, changed=changed))
        print_json({"classes": dicts, "unset": unset})
        return
    if not affected:
        show_text(
            f"no source sets a setting of any class ({classes} classes known; "
            "--app adds those of a module)"
        )
    for number, explained in enumerate(each for each in affected if each.infos):
        if number:
            show_text("")
        _show_class(explained, changed=changed)
    _print_errors({each.name: each.error for each in found if each.error is not None})


def _print_errors(errors: dict[str, ConfigError]) -> None:
    """Print each problem once, with the classes that have it.

    The classes of a file that cannot be read are all that read it.
    """
    classes: dict[str, list[str]] = {}
    for name, error in errors.items():
        for problem in error.problems:
            names = classes.setdefault(str(problem), [])
            names += [name] * (problem.expected != READABLE_FILE)
        if not error.problems:  # the class itself cannot be used
            print_error(error)
    if not classes:
        return
    lines = [count(len(classes), "problem")]
    printed, more = limit_output(classes.items(), lambda _: "problem")
    for description, names in printed:
        lines += [f"  {line}" for line in description.split("\n")]
        if names:
            lines.append(escape_line(f"    in {', '.join(names)}"))
    lines += [f"  {line}" for line in more]
    print_error(ConfigError("\n".join(lines)))


def _as_dicts(found: Sequence[Explained], *, changed: bool) -> Iterator[dict[str, Any]]:
    for each in found:
        errors = {} if each.error is None else error_data(each.error)
        yield each.as_dict(changed=changed) | errors


def _show_reports(
    reports: Sequence[Report], field: str | None, *, changed: bool, as_json: bool
) -> None:
    """Show the reports of workers, each with the worker."""
    if as_json:
        found = [report_data(report, field, changed=changed) for report in reports]
        print_json({"reports": found})
        return
    for number, report in enumerate(reports):
        if number:
            show_text("")
        show_text(f"{report.worker} at {report.time}")
        if field is not None:
            _show_field(report.name, find_reported_field(report, field))
            continue
        find = list_changed if changed else ReportedField.settings
        _show_settings(report.name, [each for f in report.fields for each in find(f)])


def _show_class(explained: Explained, *, changed: bool) -> None:
    _show_settings(explained.name, explained.settings(changed=changed))


def _show_settings(name: str, infos: Sequence[Any]) -> None:
    if not infos:
        show_text(f"{name}: no source sets a setting")
    elif is_terminal():
        # Imported only for a terminal, because the import takes time.
        from pynenc_conf._tools.explain.tables import layout_class  # noqa: PLC0415

        show(*layout_class(name, infos))
    else:
        show_text(explain_all(name, infos))


def _show_field(class_name: str, info: Any) -> None:
    if is_terminal():
        from pynenc_conf._tools.explain.tables import layout_field  # noqa: PLC0415

        show(*layout_field(class_name, info))
    else:
        show_text(explain_one(class_name, info))
