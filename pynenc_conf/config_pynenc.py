"""Settings of the application as a whole."""

from __future__ import annotations

from enum import StrEnum, auto

from pynenc_conf.config_base import ConfigPynencBase
from pynenc_conf.field import ConfigField


class ArgumentPrintMode(StrEnum):
    """How the arguments of a task appear in logs."""

    FULL = auto()
    """Names and whole values."""
    KEYS = auto()
    """Names only."""
    TRUNCATED = auto()
    """Names, and values cut to `truncate_arguments_length` characters."""
    HIDDEN = auto()
    """Nothing."""


class ConfigPynenc(ConfigPynencBase):
    """Which components an application consists of, and what holds for all of them."""

    app_id = ConfigField("pynenc", doc="Identity of the application.")
    orchestrator_cls = ConfigField(
        "MemOrchestrator", doc="Class name of the orchestrator."
    )
    trigger_cls = ConfigField("DisabledTrigger", doc="Class name of the trigger.")
    broker_cls = ConfigField("MemBroker", doc="Class name of the broker.")
    state_backend_cls = ConfigField(
        "MemStateBackend", doc="Class name of the state backend."
    )
    serializer_cls = ConfigField("JsonSerializer", doc="Class name of the serializer.")
    arg_cache_cls = ConfigField(
        "DisabledArgCache", doc="Class name of the argument cache."
    )
    runner_cls = ConfigField("DummyRunner", doc="Class name of the runner.")
    dev_mode_force_sync_tasks = ConfigField(
        False, doc="Whether tasks run at once in the calling process, for development."
    )
    max_pending_seconds = ConfigField(
        5.0,
        ge=0,
        allow_inf=True,
        doc="Longest time an invocation may stay PENDING, in seconds.",
    )
    logging_level = ConfigField("info", doc="Lowest level of messages to log.")
    print_arguments = ConfigField(True, doc="Whether to log the arguments of tasks.")
    truncate_arguments_length = ConfigField(
        32, ge=0, doc="Longest argument to print, in characters; 0 for no limit."
    )
    argument_print_mode = ConfigField(
        ArgumentPrintMode.TRUNCATED, doc="How arguments are printed."
    )
    cached_status_time = ConfigField(
        0.1,
        ge=0,
        allow_inf=True,
        doc="Seconds for which a status that is not final is cached.",
    )
