"""`pynenc-conf diff`: the settings that two configurations give other values."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Any, NamedTuple

import click
from rich.padding import Padding
from rich.table import Table

from pynenc_conf._core.declare.plan import plan_of
from pynenc_conf._core.masking import format_value, mask_value
from pynenc_conf._core.problems import UnreadableFile
from pynenc_conf._core.report.explain import to_json_value
from pynenc_conf._core.sources.documents import load
from pynenc_conf._tools import options
from pynenc_conf._tools.check.files import readings, tasks_of
from pynenc_conf._tools.env_files import in_force
from pynenc_conf._tools.examples import concrete, no_warnings, sample
from pynenc_conf._tools.output import counted, fail, print_json, show, text
from pynenc_conf.exceptions import ConfigError
from pynenc_conf.origin import PYPROJECT

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from rich.console import RenderableType

    from pynenc_conf.config_base import ConfigBase

DEFAULTS = "defaults"


class Side(NamedTuple):
    """What one configuration gives a field.

    `value` is never printed; `data` is its plain form, masked. A snapshot has no
    more than that, so it is not `exact`.
    """

    value: Any
    data: Any
    display: str
    origin: str
    exact: bool = True


class Difference(NamedTuple):
    """A field with two values, and the classes for which it has them."""

    field: str
    one: Side
    other: Side
    classes: list[str]


# The fields of each class, by the names of both.
Values = dict[str, dict[str, Side]]


@click.command()
@click.argument("one", metavar="A", type=click.Path())
@click.argument("other", metavar="B", type=click.Path())
@options.app_option
@options.task_option
@options.json_option
def diff(
    one: str,
    other: str,
    apps: Sequence[str],
    task: str | None,
    as_json: bool,  # noqa: FBT001 - click passes it by name
) -> None:
    """Show the fields that have another value under B than under A, and both origins.

    A and B are configuration files, snapshots written by `explain CLASS --json`, or
    the word "defaults". Files count alone, without variables and ./pyproject.toml.
    A class for tasks is compared for each task that one of them names, or for --task.
    Exits with 1 if there is a difference. Two secrets are compared, but not shown;
    those of a snapshot are masked in it, and so cannot be compared.

    \b
    Examples:
      pynenc-conf diff staging.yaml production.yaml
      pynenc-conf diff defaults pynenc.yaml --app shop.settings
      pynenc-conf explain redis --json > before.json
      pynenc-conf diff before.json after.json
    """  # noqa: D301 - click reads the backspace
    classes = concrete(options.all_classes(apps))
    subjects = _subjects(classes, [one, other], task)
    try:
        sides = [_values(name, subjects) for name in (one, other)]
    except ConfigError as error:
        fail(error, as_json=as_json)
    differences = _compare(*sides)
    if as_json:
        found = [_difference_dict(item) for item in differences]
        print_json({"a": one, "b": other, "differences": found})
    else:
        show(*_lines(one, other, differences))
    sys.exit(1 if differences else 0)


def _subjects(
    classes: Sequence[type[ConfigBase]], names: Sequence[str], task: str | None
) -> list[tuple[type[ConfigBase], str | None]]:
    """Return the classes, those for tasks once for each task that a file speaks of."""
    found: list[tuple[type[ConfigBase], str | None]] = []
    plans = [plan_of(cls) for cls in classes]
    read = readings([name for name in names if name != DEFAULTS], plans, {})
    for plan in plans:
        tasks = tasks_of(plan, read, {}) if task is None else [task]
        found += [(plan.leaf, name) for name in tasks]
    return found


def _values(
    name: str, subjects: Sequence[tuple[type[ConfigBase], str | None]]
) -> Values:
    """Return the values of a side. Raises ConfigError."""
    snapshot = _snapshot(name)
    if snapshot is not None:
        return snapshot
    path = None if name == DEFAULTS else name
    with in_force({}), no_warnings():
        return {
            " ".join(filter(None, (cls.__name__, task))): _fields(
                sample(cls, path, task)
            )
            for cls, task in subjects
        }


def _fields(config: ConfigBase) -> dict[str, Side]:
    fields = {}
    for name in config.all_fields:
        info = config.field_info(name)
        # What the directory adds is the same for both sides, and in neither of them.
        chain = (item for item in info.chain if item.origin.source != PYPROJECT)
        winner = next(chain)
        fields[name] = Side(
            winner.value,
            to_json_value(mask_value(winner.value, info.secret)),
            format_value(winner.value, info.secret),
            str(winner.origin),
        )
    return fields


def _snapshot(path: str) -> Values | None:
    """Return the values of what `explain --json` printed, None if this is no such."""
    if not path.lower().endswith(".json"):
        return None
    try:
        root: Mapping[str, Any] = load(path).root
    except UnreadableFile:
        return None  # then the loader says why
    if set(root) != {"class", "fields"} or not isinstance(root["fields"], list):
        return None
    fields = {}
    try:
        for item in root["fields"]:
            value, origin = item["value"], item["chain"][0]["origin"]
            fields[str(item["field"])] = Side(
                value, value, repr(value), str(origin), exact=False
            )
    except (KeyError, TypeError, IndexError) as error:
        msg = f"{path} is no snapshot that `pynenc-conf explain --json` has written"
        raise click.UsageError(msg) from error
    return {str(root["class"]): fields}


def _compare(ones: Values, others: Values) -> list[Difference]:
    """Return what differs for the classes that both sides have."""
    found: dict[str, Difference] = {}
    for class_name, fields in ones.items():
        for name, one in fields.items():
            other = others.get(class_name, {}).get(name)
            if other is None or _same(one, other):
                continue
            key = json.dumps([name, one.data, one.origin, other.data, other.origin])
            found.setdefault(key, Difference(name, one, other, []))
            found[key].classes.append(class_name)
    return list(found.values())


def _same(one: Side, other: Side) -> bool:
    if one.exact and other.exact:
        return bool(one.value == other.value)
    return bool(one.data == other.data)


def _lines(
    one: str, other: str, differences: Sequence[Difference]
) -> list[RenderableType]:
    if not differences:
        return [text(f"{one} and {other} give every field the same value", "heading")]
    lines: list[RenderableType] = []
    for field, a, b, classes in differences:
        heading = text(field, "name")
        more = f" and {len(classes) - 1} more" if len(classes) > 1 else ""
        heading.append_text(text(f"  {classes[0]}{more}", "faint"))
        rows = Table.grid(padding=(0, 2, 0, 0))
        rows.add_column(no_wrap=True)
        rows.add_column(overflow="fold")
        rows.add_column(overflow="fold")
        rows.add_row(text("-", "error"), text(a.display), text(a.origin, "faint"))
        rows.add_row(text("+", "winner"), text(b.display), text(b.origin, "faint"))
        lines += [heading, Padding(rows, (0, 0, 0, 2))]
    lines.append(text(counted(len(differences), "difference"), "heading"))
    return lines


def _difference_dict(item: Difference) -> dict[str, Any]:
    sides = {
        key: {"value": side.data, "origin": side.origin}
        for key, side in (("a", item.one), ("b", item.other))
    }
    return {"field": item.field, "classes": item.classes, **sides}
