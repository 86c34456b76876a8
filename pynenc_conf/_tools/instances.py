"""Instances of config classes, created without an application's constructor."""

from __future__ import annotations

import warnings
from contextlib import contextmanager
from inspect import isabstract, signature
from typing import TYPE_CHECKING, Any

import click

from pynenc_conf._core.base import read_values
from pynenc_conf._core.declare.checks import LAYERS
from pynenc_conf._core.declare.plan import plan_of
from pynenc_conf._core.masking import type_name
from pynenc_conf._core.problems import (
    MissingValue,
    combine_problems,
    shared_errors,
)
from pynenc_conf._core.sources.collect import collect_layers, sources_of
from pynenc_conf._core.sources.request import Request
from pynenc_conf._tools.container import has_unread_secrets
from pynenc_conf._tools.output import exit_with_error, print_warnings
from pynenc_conf._tools.task_ids import create_task_id, is_for_tasks
from pynenc_conf.config_base import ConfigBase
from pynenc_conf.exceptions import ConfigError, UnknownSettingWarning

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from pynenc_conf._core.resolve.layer import Layer
    from pynenc_conf._tools.sources import Sources


def create_instance(
    cls: type[ConfigBase],
    path: str | None = None,
    task: str | None = None,
    values: dict[str, Any] | None = None,
) -> ConfigBase:
    """Create an instance that reads a file, for `task` if the class is for tasks.

    If the class has its own constructor, neither that nor hooks are called, because
    only the application knows the arguments. Raises ConfigError.
    """
    config = allocate_instance(cls, task)
    ConfigBase.__init__(config, values, path)
    return config


def create_incomplete_instance(
    cls: type[ConfigBase],
    path: str | None = None,
    task: str | None = None,
    values: dict[str, Any] | None = None,
) -> tuple[ConfigBase, ConfigError | None]:
    """Create an instance as `create_instance` does; required values may be missing.

    The error lists the missing values; None if there are none. Only `explain` and
    `field_info` of an incomplete instance can be used. Raises ConfigError for other
    problems.
    """
    config = allocate_instance(cls, task)
    request = Request(sources_of(cls).plan, config, values, path)
    found = read_values(sources_of(cls), request)
    vars(config).update(found | vars(config))
    if not request.problems:
        return config, None
    error = combine_problems(type_name(cls), request.problems, request.causes)
    if not _only_misses_values(error):
        raise error
    return config, error


def find_layers(
    cls: type[ConfigBase], path: str | None, task: str | None, values: dict[str, Any]
) -> tuple[Layer, ...]:
    """Return the valid values of an instance that has invalid ones too."""
    sources = sources_of(cls)
    request = Request(sources.plan, allocate_instance(cls, task), values, path)
    return collect_layers(sources, request)


def allocate_instance(cls: type[ConfigBase], task: str | None) -> ConfigBase:
    """Return an instance without values, whose hooks can be called."""
    config = cls.__new__(cls)
    if is_for_tasks(cls):
        task_id = create_task_id(cls, task)
        vars(config).update(task_id=task_id, task_options={})
    elif not _can_call_hooks(config):
        # Hooks may use attributes that only the class's own constructor sets.
        vars(config).update(
            get_extra_qualifiers=_return_none, get_extra_env_keys=_return_none
        )
    return config


def _can_call_hooks(config: ConfigBase) -> bool:
    """Whether the hooks need no attributes that a constructor sets."""
    cls = type(config)
    if cls.__init__ is not ConfigBase.__init__:
        return False
    try:
        for field in plan_of(cls).settings:
            config.get_extra_env_keys(field, cls)
        config.get_extra_qualifiers(cls)
    except Exception:  # noqa: BLE001 - of the application's hooks
        return False
    return True


def create_instance_or_exit(
    cls: type[ConfigBase],
    sources: Sources,
    task: str | None,
    *,
    as_json: bool,
    exit_code: int = 1,
) -> tuple[ConfigBase, ConfigError | None]:
    """Create an instance as an application does, and print warnings.

    An instance that only misses required values is returned with the error that lists
    them. Any other invalid configuration exits with a code. Raises UsageError.
    """
    if task is not None and not is_for_tasks(cls):
        msg = f"--task is for ConfigTask; {type_name(cls)} has no tasks"
        raise click.UsageError(msg)
    sources.print_unknown([cls])
    try:
        with print_warnings(), sources.use(cls):
            config, missing = _create(cls, sources, task)
            locate_variables(config, sources)
            sources.print_unseen([cls])
            return config, missing
    except ConfigError as error:
        exit_with_error(error, as_json=as_json, exit_code=exit_code)
    except tuple(shared_errors) as error:
        # A constructor of pynenc checks values that this library accepts.
        message = f"{type_name(cls)}: {error}"
        exit_with_error(ConfigError(message), as_json=as_json, exit_code=exit_code)


def locate_variables(config: ConfigBase, sources: Sources) -> None:
    """Add the places in files to the origins of the variables that files set."""
    for layer in vars(config)[LAYERS]:
        for name in layer.values:
            sources.environment.locate(layer.origin(name))


def _create(
    cls: type[ConfigBase], sources: Sources, task: str | None
) -> tuple[ConfigBase, ConfigError | None]:
    """Return an instance; an incomplete one with an error if values are missing."""
    path, values = sources.file, sources.values
    # A constructor of the application may not accept the text for an unknown secret.
    if not has_unread_secrets(sources.environment, plan_of(cls)):
        try:
            return _create_as_application(cls, path, task, values), None
        except ConfigError as error:
            if not _only_misses_values(error):
                raise
    return create_incomplete_instance(cls, path, task, values)


def _create_as_application(
    cls: type[ConfigBase],
    path: str | None,
    task: str | None,
    values: dict[str, Any] | None,
) -> ConfigBase:
    if is_for_tasks(cls):
        create: Any = cls
        config: ConfigBase = create(create_task_id(cls, task), values, path)
        return config
    if _needs_no_arguments(cls):
        return cls(values, path)
    return create_instance(cls, path, values=values)


def _only_misses_values(error: ConfigError) -> bool:
    problems = error.problems
    return bool(problems) and all(isinstance(each, MissingValue) for each in problems)


def _needs_no_arguments(cls: type) -> bool:
    try:
        signature(cls).bind()
    except TypeError:
        return False
    return True


@contextmanager
def ignore_unknown_settings() -> Iterator[None]:
    """Suppress warnings about unknown settings while the block runs."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UnknownSettingWarning)
        yield


def concrete_classes(classes: Sequence[type[ConfigBase]]) -> list[type[ConfigBase]]:
    """Return the classes that are not abstract."""
    return [cls for cls in classes if not isabstract(cls)]


def _return_none(*_: Any) -> None:
    """Return None, as a hook that adds nothing."""
