"""Settings of a task, for all tasks or for one of them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from enum import StrEnum, auto
from functools import lru_cache
from importlib import import_module

from pynenc_conf._core.masking import sorted_elements
from pynenc_conf.config_base import ConfigPynencBase
from pynenc_conf.constants import ENV_PREFIX, ENV_SEPARATOR
from pynenc_conf.exceptions import ConfigError, ConfigTypeError, RetryError
from pynenc_conf.field import ConfigField

TYPE_CHECKING = False
if TYPE_CHECKING:
    import os
    from collections.abc import Iterable
    from typing import Any, Self, TypeVar

    from pynenc_conf.config_base import ConfigBase

    T = TypeVar("T")


class ConcurrencyControlType(StrEnum):
    """Which invocations of a task count as the same one, and so exclude each other."""

    DISABLED = auto()
    """None: no limit."""
    TASK = auto()
    """All of the task."""
    ARGUMENTS = auto()
    """Those with the same arguments."""
    KEYS = auto()
    """Those with the same `key_arguments`."""


class TaskOptionsJSONEncoder(json.JSONEncoder):
    """Writes task options as JSON; an exception class becomes "module.Name"."""

    def default(self, o: Any) -> Any:
        """Return what to write for an object that JSON has no form of."""
        if isinstance(o, type) and issubclass(o, Exception):
            return f"{o.__module__}.{o.__name__}"
        if isinstance(o, StrEnum):
            return o.value
        return super().default(o)


def options_deserializer(pairs: Iterable[tuple[str, Any]]) -> dict[str, Any]:
    """Build task options from the pairs of a JSON object: an `object_pairs_hook`.

    Undoes `TaskOptionsJSONEncoder`. Raises what `exception_mapper` raises, and
    ValueError for an unknown kind of concurrency control.
    """
    options = dict(pairs)
    for name, value in options.items():
        if name == "retry_for":
            options[name] = exception_mapper(value)
        elif name in {"running_concurrency", "registration_concurrency"}:
            options[name] = ConcurrencyControlType(value)
        elif name in {"key_arguments", "disable_cache_args"}:
            # Text is left for the field to read: tuple() would split it into letters.
            options[name] = value if isinstance(value, str) else tuple(value)
    return options


def exception_mapper(
    value: Iterable[str | type[Exception]],
) -> tuple[type[Exception], ...]:
    """Return the exception classes given, each a class or its "module.Name".

    A module that is named is imported, which runs its code: name only modules that
    you trust. Raises ConfigTypeError (a TypeError) for what is not, or does not lead
    to, an exception class; ValueError for a name without a module.
    """
    return tuple(_exception_class(item) for item in sorted_elements(value))


def exception_config_mapper(value: Any, expected_type: type[T]) -> T:
    """Read exception classes as `exception_mapper` does, or from text.

    Text is comma-separated names or a JSON array of names; "" is no class at all.
    """
    exceptions = exception_mapper(_names(value) if isinstance(value, str) else value)
    if not isinstance(exceptions, expected_type):
        msg = f"expected {expected_type.__name__}, got tuple"
        raise ConfigTypeError(msg)
    return exceptions


def _names(text: str) -> list[Any]:
    text = text.strip()
    if not text.startswith("["):
        # One comma at the end is a habit, not an empty name.
        text = text.removesuffix(",")
        return [name.strip() for name in text.split(",")] if text else []
    try:
        names: list[Any] = json.loads(text)
    except (ValueError, RecursionError) as error:
        msg = f"expected a JSON array of names of exception classes, got {text!r}"
        raise ConfigTypeError(msg) from error
    return names


def _exception_class(item: object) -> type[Exception]:
    if not isinstance(item, str):
        return _checked(item, item)
    module_name, dot, class_name = item.rpartition(".")
    if not dot:
        msg = f"expected an exception class as 'module.Name', got {item!r}"
        raise ValueError(msg)
    try:
        found = getattr(import_module(module_name), class_name)
    # A module may raise anything, and a script that is imported may exit.
    except (Exception, SystemExit) as error:
        kind = type(error).__name__
        msg = f"cannot import exception class {item!r} ({kind})"
        raise ConfigTypeError(msg) from error
    return _checked(found, item)


def _checked(found: object, given: object) -> type[Exception]:
    if isinstance(found, type) and issubclass(found, Exception):
        return found
    # What is no text may hold anything, the secret of another setting too.
    got = repr(given) if isinstance(given, str) else f"a {type(given).__name__}"
    msg = f"expected an exception class or its 'module.Name', got {got}"
    raise ConfigTypeError(msg)


@lru_cache(maxsize=1)  # asked for each field of a task in turn
def _variable_prefixes(class_name: str, task_id: str) -> list[str]:
    """Return what the variables of a task begin with, the weakest first."""
    # An id without a dot has one spelling.
    spellings = dict.fromkeys(task_id.replace(".", dot) for dot in (ENV_SEPARATOR, "#"))
    return [
        ENV_SEPARATOR.join([ENV_PREFIX, class_name, spelling, ""]).upper()
        for spelling in spellings
    ]


def _laid_over(values: Any, options: dict[str, Any]) -> Any:
    if isinstance(values, Mapping):
        merged: dict[str, Any] = {**values, **options}
        return merged
    # What is no mapping is passed on as it is, for the base class to refuse.
    return values or options


# Shared with code that recognises "no key arguments given" by this very object.
DEFAULT_KEY_ARGS: ConfigField[tuple[str, ...]] = ConfigField(
    (), doc="Names of the arguments that identify an invocation under KEYS."
)


class ConfigTask(ConfigPynencBase):
    """How one task runs, is retried and cached.

    - `task_id`: "module.task". A section of that name inside the `task` section holds
      for this task only, and so do variables such as
      `PYNENC__CONFIGTASK__MODULE__TASK__MAX_RETRIES`.
    - `task_options`: what the task's decorator was given; laid over `config_values`.
    """

    parallel_batch_size = ConfigField(
        100,
        ge=0,
        doc="Calls routed per batch when the task is parallelized; 0 for one by one.",
    )
    retry_for: ConfigField[tuple[type[Exception], ...]] = ConfigField(
        (RetryError,),
        mapper=exception_config_mapper,
        doc='Exceptions that cause a retry; text such as "builtins.ValueError" names '
        "one to import.",
    )
    max_retries = ConfigField(0, ge=0, doc="Most retries of an invocation.")
    running_concurrency = ConfigField(
        ConcurrencyControlType.DISABLED,
        doc="Which invocations may not run at the same time.",
    )
    registration_concurrency = ConfigField(
        ConcurrencyControlType.DISABLED,
        doc="Which invocations may not be registered at the same time.",
    )
    key_arguments: ConfigField[tuple[str, ...]] = DEFAULT_KEY_ARGS
    on_diff_non_key_args_raise = ConfigField(
        False,
        doc="Whether to raise where an invocation has the same key arguments as "
        "another and other arguments that differ.",
    )
    call_result_cache = ConfigField(False, doc="Whether to cache results.")
    disable_cache_args: ConfigField[tuple[str, ...]] = ConfigField(
        (), doc='Names of arguments kept out of the argument cache; "*" for all.'
    )
    force_new_workflow = ConfigField(
        False,
        doc="Whether each invocation starts a workflow, or a subworkflow, of its own.",
    )

    def __init__(
        self,
        task_id: str,
        config_values: Mapping[str, Any] | None = None,
        config_filepath: str | os.PathLike[str] | None = None,
        task_options: dict[str, Any] | None = None,
    ) -> None:
        if not isinstance(task_id, str):  # pyright: ignore[reportUnnecessaryIsInstance]
            msg = f"a task's id comes first, as text; got {type(task_id).__name__}"
            # What stands in its place may be settings; no traceback shows them.
            del task_id, config_values, config_filepath, task_options
            raise ConfigTypeError(msg)
        self.task_id = task_id
        self.task_options = {} if task_options is None else task_options
        if task_options:
            config_values = _laid_over(config_values, task_options)
        try:
            super().__init__(config_values, config_filepath)
        except ConfigError:
            del config_values, config_filepath, task_options  # as the base class does
            raise

    def get_extra_qualifiers(self, config_cls: type[ConfigBase]) -> list[str] | None:
        """Name the section of this task, inside the section of any class."""
        del config_cls
        return [self.task_id]

    def get_extra_env_keys(
        self, field_name: str, config_cls: type[ConfigBase]
    ) -> list[str] | None:
        """Name the variables of this task: one that a shell can export, and `#`'s."""
        if config_cls is not type(self):
            return None
        field = field_name.upper()
        prefixes = _variable_prefixes(config_cls.__name__, self.task_id)
        return [prefix + field for prefix in prefixes]

    def options_to_json(self) -> str:
        """Return `task_options` as JSON text."""
        return json.dumps(self.task_options, cls=TaskOptionsJSONEncoder)

    @staticmethod
    def options_from_json(options_json: str) -> dict[str, Any]:
        """Return the task options that `options_to_json` wrote."""
        options: dict[str, Any] = json.loads(
            options_json, object_pairs_hook=options_deserializer
        )
        return options

    @classmethod
    def _make_example(cls) -> Self:
        return cls(task_id="")
