"""`pynenc-conf compat`: settings that pynenc's own configuration reads differently."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from pynenc_conf._tools import options
from pynenc_conf._tools.classes import known_classes
from pynenc_conf._tools.compat.comparison import Comparison
from pynenc_conf._tools.output import (
    count,
    exits_with_error,
    limit_output,
    print_json,
    show,
    text,
)
from pynenc_conf._tools.parameters import command
from pynenc_conf._tools.sources import source_options

if TYPE_CHECKING:
    from pynenc_conf._tools.sources import Sources


@command()
@options.files_argument
@source_options()
@options.import_option
@options.json_option
@exits_with_error
def compat(
    paths: tuple[str, ...],
    sources: Sources,
    as_json: bool,  # noqa: FBT001 - click passes it by name
) -> None:
    """List the settings that pynenc reads differently.

    Compares the instances of every known class that pynenc 0.0.24 and pynenc_conf
    create in a deployment: from each FILE as the configuration file, ./pyproject.toml,
    the environment with each --env-file, and the files that variables name. Each
    finding is a setting whose value differs, or a value or file that only one of the
    two accepts, with its place and its section of the page Differences in the
    documentation. Exits with 1 if there are findings.

    \b
    Examples:
      pynenc-conf compat pynenc.yaml pyproject.toml
      pynenc-conf compat pynenc.yaml --no-env --env-file deploy/.env
      pynenc-conf compat --env-file .env --app shop.conf --json
    """  # noqa: D301 - click reads the backspace
    sources = sources._replace(files=(*paths, *sources.files))
    for place, message in sources.environment.unreadable:
        if place.line is None:
            msg = f"cannot read {place.path}: {message}"
            raise click.UsageError(msg)
    classes = known_classes(sources.apps)
    sources.print_unknown(classes)
    sources.print_unseen(classes)
    comparison = Comparison(classes, sources)
    comparison.compare()
    findings = comparison.findings
    if as_json:
        print_json([finding.as_dict() for finding in findings])
    else:
        values = count(len(comparison.keys), "value")
        summary = f"{values} compared, {count(len(findings), 'finding')}"
        printed, more = limit_output(findings, lambda _: "finding")
        lines = (line for finding in printed for line in finding.lines())
        show(*map(text, lines), *more, text(summary))
    sys.exit(1 if findings else 0)
