"""`pynenc-conf compat`: what changes for a deployment of the original."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from pynenc_conf._tools import options
from pynenc_conf._tools.compat.comparison import Comparison
from pynenc_conf._tools.output import counted, print_json, show, text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pynenc_conf._tools.compat.comparison import Finding


@click.command()
@click.argument("files", metavar="[FILE]...", nargs=-1, type=click.Path())
@click.option(
    "--env-file",
    "env_files",
    metavar="F",
    multiple=True,
    type=click.Path(exists=True, dir_okay=False),
    help="File of NAME=value lines, the deployment's variables. Repeatable.",
)
@options.app_option
@options.json_option
def compat(
    files: Sequence[str],
    env_files: Sequence[str],
    apps: Sequence[str],
    as_json: bool,  # noqa: FBT001 - click passes it by name
) -> None:
    r"""List the settings that pynenc's own configuration reads otherwise.

    Each FILE, and each file of variables, is read the way pynenc 0.0.24 does and the
    way this library does. What changes its meaning, or is refused now, is printed
    with its place and the name of its row in the docs' table of differences. Exits
    with 1 if there is any.

    \b
    Examples:
      pynenc-conf compat pynenc.yaml pyproject.toml
      pynenc-conf compat pynenc.yaml --env-file deploy/.env
      pynenc-conf compat --env-file .env --app shop.conf --json
    """
    if not files and not env_files:
        msg = "name a FILE, or an --env-file"
        raise click.UsageError(msg)
    comparison = Comparison(options.all_classes(apps))
    for path in files:
        comparison.file(path)
    for path in env_files:
        comparison.variables(path)
    findings = comparison.findings
    if as_json:
        print_json([_finding_dict(finding) for finding in findings])
    else:
        values = counted(comparison.read, "value")
        summary = f"{values} compared, {counted(len(findings), 'finding')}"
        show(*map(text, findings), text(summary))
    sys.exit(1 if findings else 0)


def _finding_dict(finding: Finding) -> dict[str, object]:
    """Return a finding as plain data."""
    return {
        "id": finding.id,
        "field": finding.field,
        "message": finding.message,
        "origin": str(finding.origin),
        "path": finding.origin.path,
        "line": finding.origin.line,
        "column": finding.origin.column,
    }
