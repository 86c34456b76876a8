"""The values of one side of a comparison: a file, a snapshot or the defaults."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import click

from pynenc_conf._core.declare.plan import plan_of
from pynenc_conf._core.formats.yaml_scalar import to_plain
from pynenc_conf._core.masking import mask_value, type_name
from pynenc_conf._core.problems import UnreadableFile
from pynenc_conf._core.report.explain import MISSING, NOT_SET
from pynenc_conf._core.report.syntax import show_value, to_json_value, to_text
from pynenc_conf._core.sources.documents import load
from pynenc_conf._core.types.unset import REQUIRED
from pynenc_conf._tools.config_files import read_settings_tables
from pynenc_conf._tools.env_files import use_environment
from pynenc_conf._tools.instances import (
    create_incomplete_instance,
    ignore_unknown_settings,
)
from pynenc_conf._tools.progress import track
from pynenc_conf._tools.settings import with_members
from pynenc_conf._tools.tasks import find_tasks
from pynenc_conf.origin import PYPROJECT

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pynenc_conf._core.report.explain import FieldInfo
    from pynenc_conf.config_base import ConfigBase

    # A class, and the task to create its instance for.
    Subject = tuple[type[ConfigBase], str | None]

DEFAULTS = "defaults"


class Side(NamedTuple):
    """The value that one configuration gives a field.

    `value` is never printed. `data` and `display` are masked. A snapshot has only
    masked values, so its `value` is not exact. `is_split` means that the members of a
    structure are compared instead.
    """

    value: Any
    data: Any
    display: str
    origin: str
    is_exact: bool = True
    is_split: bool = False


# Class name, with the task if any, to the name of a field or member to its value. A
# field comes before its members.
Values = dict[str, dict[str, Side]]


def find_subjects(
    classes: Sequence[type[ConfigBase]], names: Sequence[str], task: str | None
) -> list[Subject]:
    """Return the classes to compare; a class for tasks once for each task."""
    plans = [plan_of(cls) for cls in classes]
    paths = [name for name in names if name != DEFAULTS]
    tables = read_settings_tables(paths, plans, {})
    return [
        (plan.leaf, name)
        for plan in plans
        for name in (find_tasks(plan, tables, {}) if task is None else [task])
    ]


def read_values(name: str, subjects: Sequence[Subject]) -> Values:
    """Return the values of a file, a snapshot or the defaults.

    Required values may be missing, because variables may set them. Raises ConfigError,
    and UsageError for an invalid snapshot.
    """
    snapshot = _read_snapshot(name)
    if snapshot is not None:
        return snapshot
    path = None if name == DEFAULTS else name
    with use_environment({}), ignore_unknown_settings():
        return {
            " ".join(filter(None, (type_name(cls), task))): _read_fields(
                create_incomplete_instance(cls, path, task)[0]
            )
            for cls, task in track(subjects, f"reading {name}")
        }


def _read_fields(config: ConfigBase) -> dict[str, Side]:
    infos = map(config.field_info, config.all_fields)
    return {
        info.name: _read_field(info) for each in infos for info in with_members(each)
    }


def _read_field(info: FieldInfo) -> Side:
    # `./pyproject.toml` is not part of either side.
    chain = (item for item in info.chain if item.origin.source != PYPROJECT)
    winner = next(chain, None)
    if winner is None:
        return Side(None, None, MISSING if info.is_required else NOT_SET, "")
    display, origin = show_value(winner.value, info.secret), str(winner.origin)
    if winner is info.chain[0]:
        display, origin = info.display_value, info.source
    return Side(
        REQUIRED if info.is_missing else winner.value,
        to_json_value(mask_value(winner.value, info.secret)),
        display,
        origin,
        is_split=info.settings() != [info],
    )


def _read_snapshot(path: str) -> Values | None:
    """Return the values in the output of `explain --json`, None for other files."""
    if not path.lower().endswith(".json"):
        return None
    try:
        root: Any = to_plain(load(path).root)
    except UnreadableFile:
        return None  # creating an instance reports the problem
    # `error` and `problems` list missing values.
    if set(root) - {"error", "problems"} != {"class", "fields"}:
        return None
    if not isinstance(root["fields"], list):
        return None
    fields: dict[str, Side] = {}
    try:
        for item in root["fields"]:
            _read_item(item, fields)
    except (KeyError, TypeError, IndexError) as error:
        msg = f"{path} is not a snapshot written by `pynenc-conf explain --json`"
        raise click.UsageError(msg) from error
    return {str(root["class"]): fields}


def _read_item(item: Any, fields: dict[str, Side]) -> None:
    """Add a field of a snapshot, and its members."""
    value, chain, members = item["value"], item["chain"], item.get("members", [])
    origin, display = str(chain[0]["origin"]) if chain else "", to_text(value)
    if value is None and item.get("required"):
        display = MISSING
    is_split = bool(members) and value is not None
    side = Side(value, value, display, origin, is_exact=False, is_split=is_split)
    fields[str(item["field"])] = side
    for member in members:
        _read_item(member, fields)
