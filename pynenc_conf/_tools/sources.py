"""The sources of a deployment, and the options of all commands that name them."""

from __future__ import annotations

import functools
import re
from contextlib import contextmanager, suppress
from itertools import chain
from typing import TYPE_CHECKING, Any, NamedTuple

import click

from pynenc_conf._core.declare.plan import plan_of
from pynenc_conf._core.problems import (
    UnreadableFile,
    combine_problems,
    describe_unreadable_file,
)
from pynenc_conf._tools.classes import UnknownClassError, base_classes, known_classes
from pynenc_conf._tools.container import (
    find_missing_files,
    find_unread_secrets,
    find_unseen,
)
from pynenc_conf._tools.dialects.assignment import DIALECT_NAMES
from pynenc_conf._tools.env_files import Environment, is_manifest
from pynenc_conf._tools.options import app_option
from pynenc_conf._tools.output import labelled_text, limit_output, show, text
from pynenc_conf._tools.parameters import path_type, source_option
from pynenc_conf.exceptions import ConfigError
from pynenc_conf.origin import CONFIG_FILE, Origin

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from pynenc_conf._core.declare.plan import Plan
    from pynenc_conf._core.declare.setting import Setting
    from pynenc_conf.config_base import ConfigBase

    Command = Callable[..., None]

# One key of a dotted path: bare, or in quotes if the key contains dots.
_KEY = re.compile(r'"([^"]*)"|([^."]+)')

_OPTIONS = (
    source_option(
        "--file",
        "files",
        metavar="F",
        multiple=True,
        type=path_type,
        help="Configuration file in YAML, TOML or JSON.",
    ),
    source_option(
        "--env-file",
        "env_files",
        metavar="F",
        multiple=True,
        type=path_type,
        help="File with variables, which override the environment: NAME=value lines, "
        "a Compose file, or manifests of Kubernetes. Repeatable.",
    ),
    source_option(
        "--env-dialect",
        "dialect",
        type=click.Choice(DIALECT_NAMES),
        help="Program that reads the NAME=value lines. By default quotes and comments "
        "have the meaning of a shell, and nothing is expanded.",
    ),
    source_option(
        "--service",
        metavar="NAME",
        help="Service of the Compose file, or container of the manifests.",
    ),
    source_option(
        "--no-env",
        is_flag=True,
        help="Ignore the variables of this process. The variables of --env-file are "
        "then those of a container.",
    ),
    source_option(
        "--set",
        "settings",
        metavar="KEY=VALUE",
        multiple=True,
        help="Value in config_values; KEY is a field or section.field. Repeatable.",
    ),
    app_option,
)


class Sources(NamedTuple):
    """What the instances of a deployment read.

    - `files`: the configuration files; `values`: `config_values`.
    - `environment`: the variables, also those of files.
    - `apps`: the modules of applications.
    """

    files: tuple[str, ...]
    environment: Environment
    values: dict[str, Any]
    apps: tuple[str, ...]

    @property
    def file(self) -> str | None:
        """The only configuration file. Raises UsageError if there are several."""
        if len(self.files) > 1:
            msg = (
                "--file is given more than once, but an instance reads one "
                "configuration file; name a second one with the variable "
                "PYNENC__FILEPATH"
            )
            raise click.UsageError(msg)
        return next(iter(self.files), None)

    @contextmanager
    def use(self, *classes: type[ConfigBase]) -> Iterator[None]:
        """Make the variables those of this process while the block runs.

        Settings of these classes are masked if a file declares their variables as
        secrets. Raises ConfigError for a file that cannot be read, and adds the places
        in files to the errors of the block.
        """
        environment = self.environment
        plans = make_plans(classes)
        problems = [
            describe_unreadable_file(
                UnreadableFile(message, place.line, place.column),
                Origin(CONFIG_FILE, path=place.path),
            )
            for place, message in environment.unreadable
        ]
        if problems:
            subject = "--env-file"
            raise combine_problems(subject, problems)
        mask_declared_secrets(environment, classes)
        try:
            with environment.use(without=find_missing_files(environment, plans)):
                yield
        except ConfigError as error:
            for problem in error.problems:
                environment.locate(problem.origin)
            raise

    def print_unseen(self, classes: Sequence[type[ConfigBase]]) -> None:
        """Print on stderr what classes read in a container and cannot be seen here.

        A command that creates several instances prints each item once.
        """
        found = self.environment, make_plans(classes)
        structures = find_unread_secrets(*found, structures_only=True)
        _print_new(
            ("warning" if item.is_wrong else "note", item.message, str(item.place))
            for item in chain(find_unseen(*found), structures)
        )

    def print_unknown(self, classes: Sequence[type[ConfigBase]]) -> None:
        """Print on stderr the names in --set that no known class reads.

        A command that creates several instances prints each name once.
        """
        if not self.values:
            return
        # Imported only for --set, because the import takes time.
        from pynenc_conf._tools.unknown import find_unknown  # noqa: PLC0415

        found = find_unknown(self.values, make_plans([*classes, *base_classes()]))
        if found:
            # A broken plug-in must not break the catalogue.
            with suppress(UnknownClassError):
                known = [*classes, *known_classes(self.apps)]
                found = find_unknown(self.values, make_plans(known))
        _print_new(("warning", *each) for each in found)


def _print_new(found: Iterable[tuple[str, str, str]]) -> None:
    """Print each label, message and place on stderr that is not printed yet."""
    printed = click.get_current_context().meta.setdefault(__name__, set())
    new = [each for each in dict.fromkeys(found) if each not in printed]
    printed.update(new)
    command = "`pynenc-conf check --json`"
    shown, more = limit_output(new, lambda each: each[0], command)
    lines = (
        line
        for label, message, place in shown
        for line in (
            labelled_text(label, message, label),
            text(f"  --> {place}", "faint"),
        )
    )
    if new:
        show(*lines, *more, stderr=True)


def make_plans(classes: Iterable[type[ConfigBase]]) -> list[Plan]:
    """Return the plans of classes, without classes that cannot be used."""
    plans = []
    for cls in classes:
        with suppress(ConfigError):  # reported by the command
            plans.append(plan_of(cls))
    return plans


def mask_declared_secrets(
    environment: Environment, classes: Sequence[type[ConfigBase]]
) -> None:
    """Mask the settings whose variables a file declares as secrets.

    The variable of a task has the field at its end too. The settings are masked until
    the command ends.
    """
    if not environment.secrets:
        return
    for plan in make_plans(classes):
        settings, separator = plan.all_settings, plan.leaf.ENV_SEP
        masked = [
            name
            for name in settings
            if environment.declares_secret(name.replace(".", separator))
        ]
        for name, setting in settings.items():
            # A structure has its members in it.
            if any(f"{name}.".startswith(f"{m}.") for m in masked) or any(
                m.startswith(f"{name}.") for m in masked
            ):
                _mask(setting)


def _mask(setting: Setting) -> None:
    declared, setting.secret = setting.secret, True

    def restore() -> None:
        setting.secret = declared

    click.get_current_context().call_on_close(restore)


def source_options(**without_meaning: str) -> Callable[[Command], Command]:
    """Give a command the options of all sources, as its argument `sources`.

    A keyword with the name of an option's parameter is the reason why the option has no
    meaning for the command, which then rejects it and leaves it out of its help.
    """

    def decorate(command: Command) -> Command:
        @functools.wraps(command)
        def run(*arguments: Any, **given: Any) -> None:
            names = ("files", "env_files", "dialect", "service", "no_env", "settings")
            chosen = {name: given.pop(name) for name in names}
            for name, reason in without_meaning.items():
                if chosen[name]:
                    raise click.UsageError(reason)
            sources = _create_sources(apps=given.pop("apps"), **chosen)
            command(*arguments, sources=sources, **given)

        decorated: Command = run
        for option in reversed(_OPTIONS):
            decorated = option(decorated)
        parameters: list[click.Option] = vars(decorated)["__click_params__"]
        for parameter in parameters:
            if parameter.name in without_meaning:
                parameter.hidden = True
        return decorated

    return decorate


def _create_sources(  # noqa: PLR0913 - one parameter for each option
    *,
    files: tuple[str, ...],
    env_files: tuple[str, ...],
    dialect: str | None,
    service: str | None,
    no_env: bool,
    settings: tuple[str, ...],
    apps: tuple[str, ...],
) -> Sources:
    manifests = [is_manifest(path) for path in env_files]
    if dialect is not None and all(manifests):
        msg = "--env-dialect requires an --env-file of NAME=value lines"
        raise click.UsageError(msg)
    if service is not None and not any(manifests):
        msg = "--service requires an --env-file that is a manifest"
        raise click.UsageError(msg)
    environment = Environment(
        *env_files, inherit=not no_env, dialect=dialect, service=service
    )
    return Sources(files, environment, parse_settings(settings), apps)


def parse_settings(settings: Sequence[str]) -> dict[str, Any]:
    """Return config_values from `a.b=value` arguments. Raises UsageError."""
    values: dict[str, Any] = {}
    for setting in settings:
        key, equals, value = setting.partition("=")
        keys = [quoted or bare for quoted, bare in _KEY.findall(key)]
        if not equals or not keys:
            msg = "--set requires KEY=VALUE, such as redis.redis_port=6380"
            raise click.UsageError(msg)
        table = values
        for name in keys[:-1]:
            table = table.setdefault(name, {})
            if not isinstance(table, dict):
                msg = f"--set {key}: {name!r} is already set to a value"
                raise click.UsageError(msg)
        table[keys[-1]] = value
    return values
