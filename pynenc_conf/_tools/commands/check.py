"""`pynenc-conf check`: what a deployment will see, without running any of it."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from pynenc_conf._tools import options
from pynenc_conf._tools.check.deployment import check as check_all
from pynenc_conf._tools.env_files import Environment
from pynenc_conf._tools.output import print_json, show, text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.console import RenderableType


@click.command()
@click.argument("paths", metavar="[FILE]...", nargs=-1, type=click.Path())
@click.option(
    "--env-file",
    metavar="F",
    type=click.Path(),
    help="File of NAME=value lines, read over the environment.",
)
@click.option("--no-env", is_flag=True, help="Leave out the variables set here.")
@options.app_option
@click.option(
    "--format",
    "format_name",
    type=click.Choice(["text", "json", "github"]),
    default="text",
    show_default=True,
    help="For people, programs, or annotations in a workflow of GitHub.",
)
@click.option("--json", "as_json", is_flag=True, help="The same as --format json.")
def check(  # noqa: PLR0913, PLR0917 - one parameter for each option
    paths: Sequence[str],
    env_file: str | None,
    no_env: bool,  # noqa: FBT001 - click passes it by name
    apps: Sequence[str],
    format_name: str,
    as_json: bool,  # noqa: FBT001
) -> None:
    """Validate what a deployment will see: files, variables and ./pyproject.toml.

    Each FILE is checked as the configuration file of every known class: those of the
    catalogue, of plug-ins and of each --app. Needs no Redis and no worker. Errors and
    warnings exit with 1; a note is for your information.

    \b
    Examples:
      pynenc-conf check pynenc.yaml
      pynenc-conf check pynenc.yaml --no-env --env-file production.env
      pynenc-conf check pynenc.yaml --app shop.settings --format github
    """  # noqa: D301 - click reads the backspace
    classes = options.all_classes(apps)
    environment = Environment(env_file, inherit=not no_env)
    findings = check_all(paths, classes, environment)
    if as_json or format_name == "json":
        names = [cls.__name__ for cls in classes]
        print_json({"files": list(paths), "classes": names, **findings.as_dict()})
    elif format_name == "github":
        for line in findings.annotations():
            click.echo(line)
    else:
        checked = f"{len(classes)} classes"
        where = ", ".join([*paths, *([env_file] if env_file else [])]) or "here"
        parts: list[RenderableType] = [*findings.lines()]
        parts.append(text(f"{where}: {findings.summary()} ({checked})", "heading"))
        show(*parts)
    sys.exit(findings.exit_code)
