"""`pynenc-conf diff`: the fields whose values differ between two configurations."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from pynenc_conf._tools import options
from pynenc_conf._tools.classes import known_classes
from pynenc_conf._tools.columns import arrange
from pynenc_conf._tools.diff.differences import compare
from pynenc_conf._tools.diff.values import Sides
from pynenc_conf._tools.instances import concrete_classes
from pynenc_conf._tools.output import (
    count,
    exits_with_usage_error,
    labelled_text,
    print_json,
    show,
    text,
)
from pynenc_conf._tools.parameters import argument, command, path_type
from pynenc_conf._tools.sources import source_options

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rich.console import RenderableType

    from pynenc_conf._tools.diff.differences import Difference
    from pynenc_conf._tools.sources import Sources


_ABOUT_SIDE = (
    "Configuration file, snapshot (.json), reports of workers (.jsonl), or the word "
    "defaults."
)
_WITHOUT_VARIABLES = "diff compares files without variables; {} has no meaning for it"


@command()
@argument("a", about=_ABOUT_SIDE, type=path_type)
@argument("b", about=_ABOUT_SIDE, type=path_type)
@source_options(
    files="diff compares the files A and B; --file has no meaning for it",
    env_files=_WITHOUT_VARIABLES.format("--env-file"),
    dialect=_WITHOUT_VARIABLES.format("--env-dialect"),
    service=_WITHOUT_VARIABLES.format("--service"),
    no_env=_WITHOUT_VARIABLES.format("--no-env"),
    settings="diff compares the files A and B; --set has no meaning for it",
)
@options.import_option
@options.pynenc_option
@options.task_option
@options.json_option
@exits_with_usage_error
def diff(
    a: str,
    b: str,
    sources: Sources,
    task: str | None,
    as_json: bool,  # noqa: FBT001 - click passes it by name
) -> None:
    """Show the differences between two configurations.

    Lists the fields whose values differ between A and B, with both origins. A snapshot
    is the output of `explain --json`. Workers write reports with PYNENC_CONF_REPORT.
    Environment variables and ./pyproject.toml are ignored. A class for
    tasks is compared for each task with a section in A or B, or for --task. Secrets are
    compared but not shown; secrets in a snapshot are masked, so they cannot be
    compared. Exits with 1 if there are differences, and with 2 if A or B cannot be
    read.

    \b
    Examples:
      pynenc-conf diff staging.yaml production.yaml
      pynenc-conf diff defaults pynenc.yaml --app shop.settings
      pynenc-conf explain redis --json > before.json
      pynenc-conf diff before.json after.json
      pynenc-conf diff pynenc.yaml workers.jsonl
    """  # noqa: D301 - click reads the backspace
    classes = concrete_classes(known_classes(sources.apps))
    sides = Sides(classes, [a, b], task)
    _print_uncompared(sides)
    differences = compare(*sides.values)
    if as_json:
        found = [difference.as_dict() for difference in differences]
        print_json({"a": a, "b": b, "differences": found})
    elif differences:
        parts = [part for item in differences for part in _layout(item)]
        show(*parts, text(count(len(differences), "difference"), "heading"))
    else:
        show(text(f"{a} and {b}: no differences found", "heading"))
    sys.exit(1 if differences else 0)


def _print_uncompared(sides: Sides) -> None:
    """Print the classes that only a snapshot or report has. Raises UsageError."""
    for name, classes in sides.find_uncompared():
        listed = ", ".join(classes)
        hint = "--app and --pynenc add classes"
        sentence = f"{name}: not compared, because the other side lacks: {listed}"
        show(labelled_text("note", f"{sentence}; {hint}", "note"), stderr=True)
    first, second = ({each.name for each in side} for side in sides.values)
    if not first & second:
        msg = f"{sides.names[0]} and {sides.names[1]} have no class in common"
        raise click.UsageError(msg)


def _layout(difference: Difference) -> Iterator[RenderableType]:
    first, *others = difference.classes
    more = f" and {len(others)} more" if others else ""
    heading = text(difference.field, "name")
    heading.append_text(text(f"  {first}{more}", "faint"))
    yield heading
    sides = (("-", "error", difference.a), ("+", "winner", difference.b))
    rows = [
        [(mark, style), (side.text, ""), (side.origin, "faint")]
        for mark, style, side in sides
    ]
    yield from arrange(rows, margin=2)
