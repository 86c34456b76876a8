"""Settings of tasks: of all tasks, or of one task."""

from __future__ import annotations

import json
from collections.abc import Mapping
from enum import StrEnum, auto
from functools import lru_cache

from pynenc_conf._core.declare.variables import names_begin_with
from pynenc_conf._core.frames import clear_frames, clearing
from pynenc_conf._core.imports import load_class
from pynenc_conf._core.masking import sorted_elements, type_name
from pynenc_conf._core.problems import combine_problems
from pynenc_conf._core.sources.mapping import is_provided
from pynenc_conf._core.sources.table import describe_broken_mapping
from pynenc_conf.config_base import ConfigPynencBase
from pynenc_conf.constants import ENV_PREFIX, ENV_SEPARATOR
from pynenc_conf.exceptions import ConfigTypeError, RetryError
from pynenc_conf.field import ConfigField
from pynenc_conf.origin import CONFIG_VALUES, Origin

TYPE_CHECKING = False
if TYPE_CHECKING:
    import os
    from collections.abc import Iterable
    from typing import Any, Self, TypeVar

    from pynenc_conf.config_base import ConfigBase

    T = TypeVar("T")


class ConcurrencyControlType(StrEnum):
    """Which invocations of a task exclude each other."""

    DISABLED = auto()
    """No invocations."""
    TASK = auto()
    """All invocations of the task."""
    ARGUMENTS = auto()
    """Invocations with the same arguments."""
    KEYS = auto()
    """Invocations with the same `key_arguments`."""


class TaskOptionsJSONEncoder(json.JSONEncoder):
    """Encodes task options as JSON; an exception class becomes "module.Name"."""

    # `obj` is the parameter's name in the original; the standard library calls it `o`.
    def default(self, obj: Any) -> Any:  # pyright: ignore[reportIncompatibleMethodOverride]
        """Return an object that JSON can represent in place of `obj`."""
        if isinstance(obj, type) and issubclass(obj, Exception):
            return f"{obj.__module__}.{obj.__name__}"
        if isinstance(obj, StrEnum):
            return obj.value
        return super().default(obj)


def options_deserializer(
    serialized_pairs: Iterable[tuple[str, Any]],
) -> dict[str, Any]:
    """Return task options from the pairs of a JSON object: an `object_pairs_hook`.

    The inverse of `TaskOptionsJSONEncoder`. Raises the errors of `exception_mapper`,
    and ValueError for an unknown concurrency control type.
    """
    options = dict(serialized_pairs)
    for name, value in options.items():
        if name == "retry_for":
            options[name] = exception_mapper(value)
        elif name in {"running_concurrency", "registration_concurrency"}:
            options[name] = ConcurrencyControlType(value)
        elif name in {"key_arguments", "disable_cache_args"}:
            # The field converts text; tuple() would split it into characters.
            options[name] = value if isinstance(value, str) else tuple(value)
    return options


def _load_options(options_json: str) -> dict[str, Any]:
    options: dict[str, Any] = json.loads(
        options_json, object_pairs_hook=options_deserializer
    )
    return options


def exception_mapper(
    value: Iterable[str | type[Exception]],
) -> tuple[type[Exception], ...]:
    """Return exception classes; each item is a class or its "module.Name".

    The function imports the modules, which runs their code: name only modules that you
    trust. Raises ConfigTypeError (a TypeError) for an item that is neither an exception
    class nor the name of one, and ValueError for a name without a module.
    """
    return tuple(_load_exception_class(item) for item in sorted_elements(value))


def exception_config_mapper(value: Any, expected_type: type[T]) -> T:
    """Return exception classes like `exception_mapper`; `value` can also be text.

    Text is a JSON array of names or comma-separated names; "" gives an empty tuple.
    """
    items = _split_names(value) if isinstance(value, str) else value
    exceptions = exception_mapper(items)
    if not isinstance(exceptions, expected_type):
        msg = f"expected {type_name(expected_type)}, got tuple"
        raise ConfigTypeError(msg)
    return exceptions


def _split_names(text: str) -> list[Any]:
    text = text.strip()
    if not text.startswith("["):
        # A trailing comma is allowed, as in a Python tuple.
        text = text.removesuffix(",")
        return [name.strip() for name in text.split(",")] if text else []
    try:
        names: list[Any] = json.loads(text)
    except (ValueError, RecursionError) as error:
        msg = f"expected a JSON array of names of exception classes, got {text!r}"
        raise ConfigTypeError(msg) from error
    return names


def _load_exception_class(item: object) -> type[Exception]:
    if not isinstance(item, str):
        return _require_exception_class(item, item)
    module_name, dot, class_name = item.rpartition(".")
    if not dot:
        msg = f"expected an exception class as 'module.Name', got {item!r}"
        raise ValueError(msg)
    try:
        found = load_class(module_name, class_name)
    # Importing a module can raise any exception, and a script can exit.
    except (Exception, SystemExit) as error:
        kind = type_name(type(error))
        msg = f"cannot import exception class {item!r} ({kind})"
        raise ConfigTypeError(msg) from error
    return _require_exception_class(found, item)


def _require_exception_class(found: object, given: object) -> type[Exception]:
    if isinstance(found, type) and issubclass(found, Exception):
        return found
    # An object other than text can contain the secret of another setting.
    got = (
        repr(given)
        if isinstance(given, str)
        else f"a value of type {type_name(type(given))}"
    )
    msg = f"expected an exception class or its 'module.Name', got {got}"
    raise ConfigTypeError(msg)


def _variable_prefix(cls: type) -> str:
    """Return what the variables of all tasks begin with."""
    return ENV_SEPARATOR.join([ENV_PREFIX, type_name(cls), ""]).upper()


@lru_cache(maxsize=1)  # called once for each field of a task
def _variable_prefixes(cls: type, task_id: str) -> list[str]:
    """Return the prefixes of the variables of a task, lowest precedence first."""
    # A dict removes duplicates: an id without a dot has only one spelling.
    spellings = dict.fromkeys(task_id.replace(".", dot) for dot in (ENV_SEPARATOR, "#"))
    start = _variable_prefix(cls)
    return [start + (spelling + ENV_SEPARATOR).upper() for spelling in spellings]


def _merge_options(cls: type, values: Any, options: dict[str, Any]) -> Any:
    """Return `config_values` with the options of a task. Raises ConfigTypeError."""
    try:
        if not isinstance(values, Mapping):
            # The base class reports `values` that are not a mapping.
            return values or options
        merged: dict[str, Any] = {**values, **options}
    except Exception as error:  # noqa: BLE001 - a mapping whose own methods raise
        cause = error
    else:
        return merged
    problem = describe_broken_mapping(cause, Origin(CONFIG_VALUES))
    raise combine_problems(type_name(cls), [problem], [cause])


DEFAULT_KEY_ARGS: ConfigField[tuple[str, ...]] = ConfigField(
    (), doc="Names of the arguments that the concurrency control `keys` compares."
)
"""The field `key_arguments`; other code compares with it to detect unset arguments."""


class ConfigTask(ConfigPynencBase):
    """Settings of one task: concurrency, retries and caches.

    - `task_id`: "module.task". The section of this name inside the `task` section
      applies to this task only, as do variables such as
      `PYNENC__CONFIGTASK__MODULE__TASK__MAX_RETRIES`.
    - `task_options`: the arguments of the task's decorator; they override
      `config_values`.
    """

    parallel_batch_size: ConfigField[int] = ConfigField(
        100,
        ge=0,
        doc="Number of calls routed per batch when the task is parallelized; 0 to "
        "route calls one by one.",
    )
    retry_for: ConfigField[tuple[type[Exception], ...]] = ConfigField(
        (RetryError,),
        mapper=exception_config_mapper,
        doc="Exceptions that cause a retry; the name of a class, such as "
        '"builtins.ValueError", is imported.',
    )
    max_retries: ConfigField[int] = ConfigField(
        0, ge=0, doc="Maximum number of retries of an invocation."
    )
    running_concurrency: ConfigField[ConcurrencyControlType] = ConfigField(
        ConcurrencyControlType.DISABLED,
        doc="Invocations that cannot run at the same time.",
    )
    registration_concurrency: ConfigField[ConcurrencyControlType] = ConfigField(
        ConcurrencyControlType.DISABLED,
        doc="Invocations that cannot be registered at the same time.",
    )
    key_arguments: ConfigField[tuple[str, ...]] = DEFAULT_KEY_ARGS
    on_diff_non_key_args_raise: ConfigField[bool] = ConfigField(
        False,
        doc="Whether to raise an error if two invocations have the same key arguments "
        "and differ in other arguments.",
    )
    call_result_cache: ConfigField[bool] = ConfigField(
        False, doc="Whether to cache results."
    )
    disable_cache_args: ConfigField[tuple[str, ...]] = ConfigField(
        (), doc='Names of arguments that are never cached; "*" for all arguments.'
    )
    force_new_workflow: ConfigField[bool] = ConfigField(
        False, doc="Whether to start a new workflow or subworkflow for each invocation."
    )

    def __init__(
        self,
        task_id: str,
        config_values: Mapping[str, Any] | None = None,
        config_filepath: str | os.PathLike[str] | None = None,
        task_options: dict[str, Any] | None = None,
    ) -> None:
        try:
            if not issubclass(type(task_id), str):  # pyright: ignore[reportUnnecessaryIsInstance]
                kind = type_name(type(task_id))
                msg = f"expected a task id as first argument, got {kind}"
                raise ConfigTypeError(msg)  # noqa: TRY301
            options: dict[str, Any] = {} if task_options is None else task_options
            self.task_id: str = task_id
            self.task_options: dict[str, Any] = options
            if task_options is not None and is_provided(task_options):
                config_values = _merge_options(type(self), config_values, options)
            super().__init__(config_values, config_filepath)
        except BaseException as error:
            options = {}
            del task_id, config_values, config_filepath, task_options
            clear_frames(error)  # which says why
            raise

    def get_extra_qualifiers(self, config_cls: type[ConfigBase]) -> list[str] | None:
        """Return the section of this task, which can be in the section of any class."""
        del config_cls
        return [self.task_id]

    @names_begin_with(_variable_prefix)
    def get_extra_env_keys(
        self, field_name: str, config_cls: type[ConfigBase]
    ) -> list[str] | None:
        """Return the variables of this task, with `__` or `#` in place of each dot."""
        if config_cls is not type(self):
            return None
        field = field_name.upper()
        prefixes = _variable_prefixes(config_cls, self.task_id)
        return [prefix + field for prefix in prefixes]

    def options_to_json(self) -> str:
        """Return `task_options` as JSON text."""
        with clearing:
            return json.dumps(self.task_options, cls=TaskOptionsJSONEncoder)

    @staticmethod
    def options_from_json(options_json: str) -> dict[str, Any]:
        """Return task options from the text that `options_to_json` returned."""
        try:
            return _load_options(options_json)
        except BaseException as error:
            del options_json
            clear_frames(error)  # which says why
            raise

    @classmethod
    def _make_example(cls) -> Self:
        return cls(task_id="")
