"""The values of one side of a comparison: a file, a snapshot or the defaults."""

from __future__ import annotations

import json
import os
import secrets
from itertools import chain
from typing import TYPE_CHECKING, Any, NamedTuple

import click

from pynenc_conf._core.declare.plan import plan_of
from pynenc_conf._core.formats.yaml_scalar import to_plain
from pynenc_conf._core.masking import MASK, mask_value, type_name
from pynenc_conf._core.problems import UnreadableFile, combine_problems
from pynenc_conf._core.report.explain import MISSING, NOT_SET
from pynenc_conf._core.report.snapshot import (
    SettingSnapshot,
    digest_of,
    to_json_text,
)
from pynenc_conf._core.report.syntax import show_value, to_text
from pynenc_conf._core.sources.documents import FORMATS, load
from pynenc_conf._tools.config_files import read_settings_tables
from pynenc_conf._tools.env_files import use_environment
from pynenc_conf._tools.instances import (
    create_incomplete_instance,
    ignore_unknown_settings,
)
from pynenc_conf._tools.progress import track
from pynenc_conf._tools.reports import list_fields, read_reports
from pynenc_conf._tools.settings import with_members
from pynenc_conf._tools.task_ids import is_for_tasks
from pynenc_conf._tools.tasks import find_tasks
from pynenc_conf.exceptions import ConfigFileError, ConfigFileNotFoundError
from pynenc_conf.origin import PYPROJECT

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from pynenc_conf._core.declare.plan import Plan
    from pynenc_conf._core.report.explain import FieldInfo
    from pynenc_conf._tools.reports import Report, ReportedField
    from pynenc_conf.config_base import ConfigBase

    # A class, and the task to create its instance for.
    Subject = tuple[type[ConfigBase], str | None]

_SNAPSHOT_KEYS = {
    *("class", "version", "fingerprint", "default_fingerprint", "settings")
}
DEFAULTS = "defaults"
REPORTS = ".jsonl"


# For digests of secrets, which are compared within this process only.
_KEY = secrets.token_bytes(32)


class Values(NamedTuple):
    """The values of a class, or of a class for one task, in one configuration.

    `settings` has a field before its members. `worker` is "" or the process, of several
    with the same values the first one and the number of the others.
    """

    name: str
    settings: list[SettingSnapshot]
    worker: str = ""


class Recorded(NamedTuple):
    """The values in a snapshot or in reports.

    `unset` has the names of the classes for which no source sets a setting.
    """

    values: list[Values]
    unset: frozenset[str] = frozenset()


class Sides:
    """The two sides of a comparison, with the values that each of them has.

    Raises ConfigError, and UsageError for an invalid snapshot. Required values may be
    missing, because variables may set them.
    """

    def __init__(
        self,
        classes: Sequence[type[ConfigBase]],
        names: Sequence[str],
        task: str | None,
    ) -> None:
        self.names = names
        self._recorded = [_read_records(name) for name in names]
        subjects = list(self._find_subjects(classes, task))
        self.values = [
            _read_file(name, subjects)
            if recorded is None
            else [*recorded.values, *_read_unset(recorded, subjects)]
            for name, recorded in zip(names, self._recorded, strict=True)
        ]

    def _find_subjects(
        self, classes: Sequence[type[ConfigBase]], task: str | None
    ) -> Iterator[Subject]:
        """Yield the classes to compare; a class for tasks once for each task."""
        plans = [plan_of(cls) for cls in classes]
        pairs = zip(self.names, self._recorded, strict=True)
        files = [name for name, found in pairs if found is None and name != DEFAULTS]
        tables = read_settings_tables(files, plans, {})
        for plan in plans:
            tasks = find_tasks(plan, tables, {}) if task is None else [task]
            if task is None and is_for_tasks(plan.leaf):
                tasks = list(dict.fromkeys([*tasks, *self._recorded_tasks(plan)]))
            yield from ((plan.leaf, name) for name in tasks)

    def _recorded_tasks(self, plan: Plan) -> Iterator[str]:
        """Yield the tasks of a class that snapshots and reports have."""
        recorded = (each.values for each in self._recorded if each is not None)
        for values in chain.from_iterable(recorded):
            name, _, task = values.name.partition(" ")
            if name == type_name(plan.leaf) and task:
                yield task

    def find_uncompared(self) -> list[tuple[str, list[str]]]:
        """Return the snapshots and reports with classes that the other side lacks."""
        found = []
        for index, name in enumerate(self.names):
            others = {each.name for each in self.values[1 - index]}
            recorded = self._recorded[index]
            values = [] if recorded is None else recorded.values
            missing = [each.name for each in values if each.name not in others]
            found.append((name, list(dict.fromkeys(missing))))
        return [(name, missing) for name, missing in found if missing]


def _read_records(name: str) -> Recorded | None:
    """Return the values of a snapshot or of reports, None for another side."""
    if name.lower().endswith(REPORTS):
        return Recorded(_read_reports(name))
    return _read_snapshot(name)


def _read_file(name: str, subjects: Sequence[Subject]) -> list[Values]:
    """Return the values of a configuration file, or the defaults."""
    path = None if name == DEFAULTS else name
    if (
        path is not None
        and os.path.isfile(path)
        and not path.lower().endswith(tuple(FORMATS))
    ):
        msg = (
            f"{name} has an unsupported extension; use {', '.join(FORMATS)}, or "
            f"{REPORTS} for reports of workers"
        )
        raise click.UsageError(msg)
    try:
        with use_environment({}), ignore_unknown_settings():
            return [
                Values(
                    _name_of((cls, task)),
                    _read_fields(create_incomplete_instance(cls, path, task)[0]),
                )
                for cls, task in track(subjects, f"reading {name}")
            ]
    except (ConfigFileError, ConfigFileNotFoundError) as error:
        # The first class is not the reason why a file cannot be read.
        subject, problems = "diff", error.problems
    raise combine_problems(subject, problems)


def _read_unset(recorded: Recorded, subjects: Sequence[Subject]) -> list[Values]:
    """Return the defaults of the classes for which a snapshot has only their names."""
    present = {each.name for each in recorded.values}
    return _read_file(
        DEFAULTS,
        [
            subject
            for subject in subjects
            if _name_of(subject) not in present
            and recorded.unset & {_name_of(subject), type_name(subject[0])}
        ],
    )


def _name_of(subject: Subject) -> str:
    cls, task = subject
    return f"{type_name(cls)} {task}" if task else type_name(cls)


def _read_fields(config: ConfigBase) -> list[SettingSnapshot]:
    infos = map(config.field_info, config.all_fields)
    return [_read_field(info) for each in infos for info in with_members(each)]


def _read_field(info: FieldInfo) -> SettingSnapshot:
    # `./pyproject.toml` is not part of either side.
    chain = (item for item in info.chain if item.origin.source != PYPROJECT)
    winner = next(chain, None)
    value, text, origin = None, MISSING if info.is_required else NOT_SET, ""
    if winner is not None:
        value, origin = winner.value, str(winner.origin)
        text = show_value(value, info.secret)
        if winner is info.chain[0]:
            text, origin = info.display_value, info.source
    is_absent = winner is None or text in {MISSING, NOT_SET}
    return SettingSnapshot(
        name=info.name,
        text=text,
        json=to_json_text(mask_value(value, info.secret)),
        default_text=info.default_text,
        origin=origin,
        # A value that is absent differs from null.
        digest=text if is_absent else digest_of(info.name, value, _KEY),
        has_members=info.settings() != [info],
    )


def _read_snapshot(path: str) -> Recorded | None:
    """Return the values in the output of `explain --json`, None for other files."""
    if not path.lower().endswith(".json"):
        return None
    try:
        root: Any = to_plain(load(path).root)
    except UnreadableFile:
        return None  # creating an instance reports the problem
    if set(root) == _SNAPSHOT_KEYS:
        return Recorded([_read_config_snapshot(path, root)])
    has_all = "classes" in root and set(root) <= {"classes", "unset"}
    classes = root["classes"] if has_all else [root]
    if not isinstance(classes, list) or not all(map(_is_class, classes)):
        return None
    try:
        values = [
            Values(str(each["class"]), _read_reported(list_fields(each)))
            for each in classes
        ]
        unset = frozenset(map(str, root.get("unset", ()))) if has_all else frozenset()
        return Recorded(values, unset)
    except (KeyError, TypeError, AttributeError, IndexError) as error:
        msg = f"{path} is not a snapshot written by `pynenc-conf explain --json`"
        raise click.UsageError(msg) from error


def _read_config_snapshot(path: str, root: Any) -> Values:
    """Return the values in the data of a `Snapshot`. Raises UsageError."""
    try:
        names = [str(item["name"]) for item in root["settings"]]
        holders = {name.rpartition(".")[0] for name in names}
        settings = [
            SettingSnapshot(
                name=name,
                text=MASK if item["value"] == MASK else to_text(item["value"]),
                json=to_json_text(item["value"]),
                default_text="",
                origin=str(item["origin"]),
                has_members=name in holders,
            )
            for name, item in zip(names, root["settings"], strict=True)
        ]
    except (KeyError, TypeError) as error:
        msg = f"{path} is not a snapshot of this library"
        raise click.UsageError(msg) from error
    return Values(str(root["class"]), settings)


def _is_class(data: Any) -> bool:
    # `error` and `problems` list missing values.
    return (
        isinstance(data, dict)
        and set(data) - {"error", "problems"} == {"class", "fields"}
        and isinstance(data["fields"], list)
    )


def _read_reports(path: str) -> list[Values]:
    """Return the values that workers have; once for workers with the same values."""
    workers: dict[str, list[Report]] = {}
    for report in read_reports(path):
        key = json.dumps([report.name, report.data["fields"]])
        workers.setdefault(key, []).append(report)
    found = []
    for first, *others in workers.values():
        more = f" and {len(others)} more" if others else ""
        fields = _read_reported(first.fields)
        found.append(Values(first.name, fields, f"{first.worker}{more}"))
    return found


def _read_reported(fields: Iterable[ReportedField]) -> list[SettingSnapshot]:
    """Return the values of reported fields and of their members."""
    return [
        SettingSnapshot(
            name=each.name,
            text=each.display_value,
            json=to_json_text(each.value),
            default_text="",
            origin=each.source,
            has_members=bool(each.members) and each.value is not None,
        )
        for field in fields
        for each in field.with_members()
    ]
