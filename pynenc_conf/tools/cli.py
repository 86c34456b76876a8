"""The command line, made with click. Exit codes: 0 fine, 1 findings, 2 misuse."""

from __future__ import annotations

import json
import re
import sys
from typing import TYPE_CHECKING, Any, NoReturn

import click

from pynenc_conf.config_task import ConfigTask
from pynenc_conf.exceptions import ConfigError, UnknownFieldError
from pynenc_conf.tools.classes import UnknownClassError, find_class

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pynenc_conf.config_base import ConfigBase

# One key of a dotted path: bare, or in quotes where it has dots of its own.
_KEY = re.compile(r'"([^"]*)"|([^."]+)')


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="pynenc-conf")
def cli() -> None:
    """Explain the configuration of pynenc applications."""


@cli.command()
@click.argument("class_name", metavar="CLASS")
@click.argument("field", required=False)
@click.option("--file", "path", metavar="F", help="Configuration file to read.")
@click.option(
    "--set",
    "settings",
    metavar="KEY=VALUE",
    multiple=True,
    help="A value of config_values; KEY is a field or section.field. Repeatable.",
)
@click.option("--task", metavar="ID", help="For ConfigTask: the task, module.task.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def explain(  # noqa: PLR0913, PLR0917 - one parameter for each option
    class_name: str,
    field: str | None,
    path: str | None,
    settings: Sequence[str],
    task: str | None,
    as_json: bool,  # noqa: FBT001 - click passes it by name
) -> None:
    r"""Say which values CLASS has here and now, and where each comes from.

    CLASS is a class of the catalogue (orchestratorredis, ConfigOrchestratorRedis) or
    module:Class. With FIELD, show every value given for it and why one wins.

    \b
    Examples:
      pynenc-conf explain orchestratorredis --file pynenc.yaml
      pynenc-conf explain ConfigRedis redis_host
      pynenc-conf explain myapp.conf:ConfigMine --set mine.size=3 --json
    """
    try:
        cls = find_class(class_name)
    except UnknownClassError as error:
        raise click.UsageError(str(error)) from error
    try:
        config = _instance(cls, _values(settings), path, task)
    except ConfigError as error:
        _fail(error, as_json=as_json)
    try:
        names = config.all_fields if field is None else [field]
        infos = [config.field_info(name) for name in names]
    except UnknownFieldError as error:
        raise click.UsageError(str(error)) from error
    if as_json:
        fields = [info.as_dict() for info in infos]
        _print_json({"class": cls.__name__, "fields": fields})
    else:
        click.echo(config.explain(field))


def _instance(
    cls: type[ConfigBase], values: dict[str, Any], path: str | None, task: str | None
) -> ConfigBase:
    if issubclass(cls, ConfigTask):
        return cls(task or "", values, path)
    if task is not None:
        msg = f"--task is for ConfigTask; {cls.__name__} has no tasks"
        raise click.UsageError(msg)
    return cls(values, path)


def _values(settings: Sequence[str]) -> dict[str, Any]:
    """Build config_values out of `a.b=value` arguments."""
    values: dict[str, Any] = {}
    for setting in settings:
        key, equals, value = setting.partition("=")
        keys = [quoted or bare for quoted, bare in _KEY.findall(key)]
        if not equals or not keys:
            msg = f"--set wants KEY=VALUE, got {key!r}"
            raise click.UsageError(msg)
        table = values
        for name in keys[:-1]:
            table = table.setdefault(name, {})
            if not isinstance(table, dict):
                msg = f"--set {key}: {name!r} has been set to a value already"
                raise click.UsageError(msg)
        table[keys[-1]] = value
    return values


def _fail(error: ConfigError, *, as_json: bool) -> NoReturn:
    if as_json:
        problems = [
            {
                "field": problem.field,
                "message": problem.message,
                "origin": str(problem.origin),
                "expected": problem.expected,
                "suggestion": problem.suggestion,
            }
            for problem in error.problems
        ]
        _print_json({"error": error.message, "problems": problems})
    else:
        click.echo(str(error), err=True)
    sys.exit(1)


def _print_json(data: object) -> None:
    click.echo(json.dumps(data, indent=2))
