"""Settings of the application as a whole."""

from __future__ import annotations

from enum import StrEnum, auto

from pynenc_conf.config_base import ConfigPynencBase
from pynenc_conf.field import ConfigField


class ArgumentPrintMode(StrEnum):
    """How logs show the arguments of a task."""

    FULL = auto()
    """Names and complete values."""
    KEYS = auto()
    """Names only."""
    TRUNCATED = auto()
    """Names, and values truncated to `truncate_arguments_length` characters."""
    HIDDEN = auto()
    """Nothing."""


class ConfigPynenc(ConfigPynencBase):
    """The components of an application, and the settings that they share."""

    app_id: ConfigField[str] = ConfigField("pynenc", doc="Identity of the application.")
    orchestrator_cls: ConfigField[str] = ConfigField(
        "MemOrchestrator", doc="Class name of the orchestrator."
    )
    trigger_cls: ConfigField[str] = ConfigField(
        "DisabledTrigger", doc="Class name of the trigger."
    )
    broker_cls: ConfigField[str] = ConfigField(
        "MemBroker", doc="Class name of the broker."
    )
    state_backend_cls: ConfigField[str] = ConfigField(
        "MemStateBackend", doc="Class name of the state backend."
    )
    serializer_cls: ConfigField[str] = ConfigField(
        "JsonSerializer", doc="Class name of the serializer."
    )
    arg_cache_cls: ConfigField[str] = ConfigField(
        "DisabledArgCache", doc="Class name of the argument cache."
    )
    runner_cls: ConfigField[str] = ConfigField(
        "DummyRunner", doc="Class name of the runner."
    )
    dev_mode_force_sync_tasks: ConfigField[bool] = ConfigField(
        False,
        doc="Whether to run tasks synchronously in the calling process, for "
        "development.",
    )
    max_pending_seconds: ConfigField[float] = ConfigField(
        5.0,
        ge=0,
        allow_inf=True,
        doc="Maximum time that an invocation can stay PENDING, in seconds.",
    )
    logging_level: ConfigField[str] = ConfigField(
        "info", doc="Minimum level of the messages to log."
    )
    print_arguments: ConfigField[bool] = ConfigField(
        True, doc="Whether to log the arguments of tasks."
    )
    truncate_arguments_length: ConfigField[int] = ConfigField(
        32,
        ge=0,
        doc="Maximum length of a printed argument, in characters; 0 for no limit.",
    )
    argument_print_mode: ConfigField[ArgumentPrintMode] = ConfigField(
        ArgumentPrintMode.TRUNCATED, doc="Format of printed task arguments."
    )
    cached_status_time: ConfigField[float] = ConfigField(
        0.1,
        ge=0,
        allow_inf=True,
        doc="Time for which a non-final status is cached, in seconds.",
    )
