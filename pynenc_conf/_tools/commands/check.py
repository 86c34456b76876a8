"""`pynenc-conf check`: problems of a deployment, found without starting it."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from pynenc_conf._core.masking import type_name
from pynenc_conf._tools import options
from pynenc_conf._tools.check.deployment import check_deployment
from pynenc_conf._tools.classes import known_classes
from pynenc_conf._tools.output import print_json, show, text
from pynenc_conf._tools.parameters import command
from pynenc_conf._tools.sources import source_options

if TYPE_CHECKING:
    from pynenc_conf._tools.sources import Sources


@command()
@options.files_argument
@source_options()
@options.import_option
@options.pynenc_option
@click.option(
    "--format",
    "format_name",
    type=click.Choice(["text", "json", "github"]),
    default="text",
    show_default=True,
    help="Text, JSON, or annotations for a GitHub workflow.",
)
@click.option("--json", "as_json", is_flag=True, help="The same as --format json.")
def check(
    paths: tuple[str, ...],
    sources: Sources,
    format_name: str,
    as_json: bool,  # noqa: FBT001 - click passes it by name
) -> None:
    """Check the files and variables of a deployment.

    Checks each FILE, ./pyproject.toml and the environment. Each FILE is checked as the
    configuration file of every known class: the classes of pynenc_conf, of plug-ins
    and of each --app. Neither Redis nor a worker has to run. Exits with 1 if there are
    errors or warnings; notes do not count.

    \b
    Examples:
      pynenc-conf check pynenc.yaml
      pynenc-conf check pynenc.yaml --no-env --env-file production.env
      pynenc-conf check --no-env --env-file compose.yaml --service worker
      pynenc-conf check pynenc.yaml --app shop.settings --format github
    """  # noqa: D301 - click reads the backspace
    classes = known_classes(sources.apps)
    sources = sources._replace(files=(*paths, *sources.files))
    findings = check_deployment(sources, classes)
    if as_json or format_name == "json":
        names = [type_name(cls) for cls in classes]
        print_json(
            {"files": list(sources.files), "classes": names, **findings.as_dict()}
        )
    elif format_name == "github":
        for line in findings.as_github_annotations():
            click.echo(line, file=sys.stdout)
    else:
        checked = ", ".join([*sources.files, *sources.environment.paths])
        if not checked:
            checked = "./pyproject.toml"
            if sources.environment.is_inherited:
                checked = f"environment and {checked}"
        summary = f"{findings.summary()} ({len(classes)} classes checked)"
        show(*findings.as_text(), text(f"{checked}: {summary}", "heading"))
    sys.exit(findings.exit_code)
