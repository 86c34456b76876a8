"""What a container reads, and this machine cannot: mounted files, and references."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, NamedTuple

from pynenc_conf._core.masking import UnreadSecret
from pynenc_conf._core.sources.documents import expand_home
from pynenc_conf._tools.env_files import use_environment
from pynenc_conf._tools.place import Place
from pynenc_conf.exceptions import ConfigTypeError, Problem

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from pynenc_conf._core.declare.plan import Plan
    from pynenc_conf._tools.env_files import Environment
    from pynenc_conf.config_redis import ConfigRedis

_RUN_THERE = (
    "is not read on this machine; run the command in the container, or set the secret "
    "in a further --env-file"
)


class Unseen(NamedTuple):
    """One thing that a command cannot see, or that is replaced, with its place.

    `code` is that of the finding of `check`. `is_wrong` means that it is a mistake: the
    container will not find it either.
    """

    code: str
    message: str
    place: Place
    is_wrong: bool = False


def find_unseen(environment: Environment, plans: Sequence[Plan]) -> Iterator[Unseen]:
    """Yield the files and references that classes read in a container, each once.

    Also the objects that replace others, and not the files of secrets, which
    `find_unread_secrets` yields.
    """
    for item in environment.replacements:
        place = Place(item.path, item.line, item.column)
        yield Unseen("duplicate", item.message, place, is_wrong=True)
    yield from _find_references(environment, plans)
    for name in find_missing_files(environment, plans):
        file = environment.describe_file(name, environment.values[name])
        if name not in environment.secrets:
            file = f"the file {environment.values[name]} of the container"
        message = (
            f"{file} does not exist on this machine, so its settings are unknown; "
            f"give a copy with --file"
        )
        yield _create_unseen(environment, name, message)


def find_unread_secrets(
    environment: Environment, plans: Sequence[Plan], *, structures_only: bool = False
) -> Iterator[Unseen]:
    """Yield the files of a container with secrets that classes read, each once.

    The value of a whole structure has no text that says so.
    """
    found = _list_secrets(environment, plans, structures_only=structures_only)
    for name, field in found.items():
        file = environment.describe_file(name, environment.values[name])
        message = f"{field}: {file} is not read here, so the value is unknown"
        yield _create_unseen(environment, name, message)


def has_unread_secrets(environment: Environment, plan: Plan) -> bool:
    """Whether a class reads a secret from a file of a container."""
    return bool(_list_secrets(environment, [plan]))


def _list_secrets(
    environment: Environment, plans: Sequence[Plan], *, structures_only: bool = False
) -> dict[str, str]:
    """Return the variables that name files with secrets, and their settings."""
    if not environment.is_of_container:
        return {}
    return {
        variable.name: variable.field
        for plan in plans
        for variable in plan.variables
        if variable.holds_path
        and environment.values.get(variable.name)
        and (plan.all_settings[variable.field].members or not structures_only)
    }


def _create_unseen(environment: Environment, name: str, message: str) -> Unseen:
    place = environment.places.get(name, Place(variable=name))
    return Unseen("container", message, place)


def find_missing_files(environment: Environment, plans: Sequence[Plan]) -> list[str]:
    """Return the variables that name configuration files of a container only."""
    if not environment.is_of_container:
        return []
    names = [variable.name for plan in plans for variable in plan.file_variables]
    values = environment.values
    with use_environment(values):  # HOME may be one of them
        return [
            name
            for name in dict.fromkeys(names)
            if values.get(name) and not os.path.lexists(expand_home(values[name]))
        ]


def _find_references(
    environment: Environment, plans: Sequence[Plan]
) -> Iterator[Unseen]:
    prefixes = tuple({plan.leaf.ENV_PREFIX.upper() for plan in plans})
    for item in environment.unresolved:
        # Most variables of a container belong to other programs.
        if item.name and not item.name.upper().startswith(prefixes):
            continue
        place = Place(item.path, item.line, item.column, variable=item.name or None)
        yield Unseen("reference", item.message, place, item.is_wrong)


def require_connection(conf: ConfigRedis) -> None:
    """Raise ConfigTypeError if a setting that connects to Redis is unknown here."""
    from pynenc_conf.config_redis import ConfigRedis  # noqa: PLC0415 - rarely used
    from pynenc_conf.redis_url import replaced_settings  # noqa: PLC0415

    # A subclass may have secrets that the connection does not need.
    needed = set(ConfigRedis.config_fields()) - set(replaced_settings(conf))
    infos = [conf.field_info(name) for name in conf.all_fields if name in needed]
    problems = [
        Problem(f"{info.value} {_RUN_THERE}", field=info.name, origin=info.origin)
        for info in infos
        if type(info.value) is UnreadSecret
    ]
    if problems:
        message = "the connection needs secrets that cannot be read here"
        raise ConfigTypeError(message, problems)
