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
    help="File of NAME=value lines, which override the environment. Repeatable.",
)
@click.option("--no-env", is_flag=True, help="Ignore the current environment.")
@options.app_option
@options.import_option
@options.json_option
@exits_with_error
def compat(
    files: Sequence[str],
    env_files: Sequence[str],
    no_env: bool,  # noqa: FBT001 - click passes it by name
    apps: Sequence[str],
    as_json: bool,  # noqa: FBT001
) -> None:
    """List the settings that pynenc reads differently.

    Compares the instances of every known class that pynenc 0.0.24 and pynenc_conf
    create in a deployment: from each FILE as the configuration file, ./pyproject.toml,
    the environment with each --env-file, and the files that variables name. Each
    finding is a setting whose value differs, or a value or file that only one of the
    two accepts, with its place and its row in the table of differences in the
    documentation. Exits with 1 if there are findings.

    \b
    Examples:
      pynenc-conf compat pynenc.yaml pyproject.toml
      pynenc-conf compat pynenc.yaml --no-env --env-file deploy/.env
      pynenc-conf compat --env-file .env --app shop.conf --json
    """  # noqa: D301 - click reads the backspace
    comparison = Comparison(known_classes(apps))
    if not no_env:
        comparison.add_environment()
    for path in env_files:
        comparison.add_environment_file(path)
    comparison.compare(files)
    findings = comparison.findings
    if as_json:
        print_json([finding.as_dict() for finding in findings])
    else:
        values = count(len(comparison.keys), "value")
        summary = f"{values} compared, {count(len(findings), 'finding')}"
        show(*map(text, findings), text(summary))
    sys.exit(1 if findings else 0)
