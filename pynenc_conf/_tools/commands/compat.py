"""`pynenc-conf compat`: settings that pynenc's own configuration reads differently."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from pynenc_conf._tools import options
from pynenc_conf._tools.classes import known_classes
from pynenc_conf._tools.compat.comparison import Comparison
from pynenc_conf._tools.output import count, exits_with_error, print_json, show, text

if TYPE_CHECKING:
    from collections.abc import Sequence


@click.command()
@click.argument("files", metavar="[FILE]...", nargs=-1, type=click.Path())
@click.option(
    "--env-file",
    "env_files",
    metavar="F",
    multiple=True,
    type=click.Path(exists=True, dir_okay=False),
    help="File of NAME=value lines with the deployment's variables. Repeatable.",
)
@options.app_option
@options.json_option
@exits_with_error
def compat(
    files: Sequence[str],
    env_files: Sequence[str],
    apps: Sequence[str],
    as_json: bool,  # noqa: FBT001 - click passes it by name
) -> None:
    """List the values and files that pynenc reads differently.

    Reads each FILE and each --env-file as pynenc 0.0.24 does and as pynenc_conf does.
    Each finding is a value or file that the two read differently, with its place and
    its row in the table of differences in the documentation. Exits with 1 if there are
    findings.

    \b
    Examples:
      pynenc-conf compat pynenc.yaml pyproject.toml
      pynenc-conf compat pynenc.yaml --env-file deploy/.env
      pynenc-conf compat --env-file .env --app shop.conf --json
    """  # noqa: D301 - click reads the backspace
    if not files and not env_files:
        msg = "missing FILE or --env-file"
        raise click.UsageError(msg)
    comparison = Comparison(known_classes(apps))
    for path in files:
        comparison.compare_file(path)
    for path in env_files:
        comparison.compare_environment_file(path)
    findings = comparison.findings
    if as_json:
        print_json([finding.as_dict() for finding in findings])
    else:
        values = count(comparison.values, "value")
        summary = f"{values} compared, {count(len(findings), 'finding')}"
        show(*map(text, findings), text(summary))
    sys.exit(1 if findings else 0)
