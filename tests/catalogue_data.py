"""The catalogue as data: names, order, types and defaults of `pynenc.conf`.

The tables do not depend on the classes, so that a class cannot change by accident.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from pynenc_conf.exceptions import RetryError


class FieldRow(NamedTuple):
    """One field: its name, declared type and default."""

    name: str
    type_name: str
    default: Any


class ClassRow(NamedTuple):
    """One class: its module, its bases, and the fields that it defines."""

    module: str
    name: str
    bases: tuple[str, ...]
    fields: tuple[FieldRow, ...] = ()


CONSTANTS = {
    "TOML_CONFIG_ID": "pynenc",
    "ENV_PREFIX": "PYNENC",
    "ENV_SEPARATOR": "__",
    "ENV_FILEPATH": "FILEPATH",
    "IGNORE_CLASS_NAME_SUBSTR": "Config",
}

# The class attributes of ConfigPynencBase; ENV_SEP has a different name.
CLASS_CONSTANTS = {
    "TOML_CONFIG_ID": "pynenc",
    "ENV_PREFIX": "PYNENC",
    "ENV_SEP": "__",
    "ENV_FILEPATH": "FILEPATH",
    "IGNORE_CLASS_NAME_SUBSTR": "Config",
}

ENUMS = {
    ("config_pynenc", "ArgumentPrintMode"): {
        "FULL": "full",
        "KEYS": "keys",
        "TRUNCATED": "truncated",
        "HIDDEN": "hidden",
    },
    ("config_task", "ConcurrencyControlType"): {
        "DISABLED": "disabled",
        "TASK": "task",
        "ARGUMENTS": "arguments",
        "KEYS": "keys",
    },
}

CLASSES = (
    ClassRow("config_base", "ConfigPynencBase", ("ConfigBase",)),
    ClassRow(
        "config_orchestrator",
        "ConfigOrchestrator",
        ("ConfigPynencBase",),
        (
            FieldRow("cycle_control", "bool", True),
            FieldRow("blocking_control", "bool", True),
            FieldRow("auto_final_invocation_purge_hours", "float", 24.0),
        ),
    ),
    ClassRow(
        "config_orchestrator",
        "ConfigOrchestratorRedis",
        ("ConfigOrchestrator", "ConfigRedis"),
        (
            FieldRow("max_pending_resolution_threads", "int", 50),
            FieldRow("redis_retry_max_attempts", "int", 3),
            FieldRow("redis_retry_base_delay_sec", "float", 0.1),
            FieldRow("redis_retry_max_delay_sec", "float", 1.0),
        ),
    ),
    ClassRow(
        "config_redis",
        "ConfigRedis",
        ("ConfigPynencBase",),
        (
            FieldRow("redis_username", "str", ""),
            FieldRow("redis_password", "str", ""),
            FieldRow("redis_host", "str", "localhost"),
            FieldRow("redis_port", "int", 6379),
            FieldRow("redis_db", "int", 0),
            FieldRow("redis_url", "str", ""),
            FieldRow("socket_timeout", "float", 5.0),
            FieldRow("socket_connect_timeout", "float", 5.0),
            FieldRow("health_check_interval", "int", 30),
            FieldRow("max_connection_attempts", "int", 3),
            FieldRow("redis_pool_max_connections", "int", 100),
            FieldRow("redis_pool_health_check_interval", "float", 30.0),
        ),
    ),
    ClassRow(
        "config_arg_cache",
        "ConfigArgCache",
        ("ConfigPynencBase",),
        (
            FieldRow("min_size_to_cache", "int", 1024),
            FieldRow("local_cache_size", "int", 1024),
        ),
    ),
    ClassRow(
        "config_arg_cache", "ConfigArgCacheRedis", ("ConfigArgCache", "ConfigRedis")
    ),
    ClassRow(
        "config_broker",
        "ConfigBroker",
        ("ConfigPynencBase",),
        (FieldRow("queue_timeout_sec", "float", 0.1),),
    ),
    ClassRow("config_broker", "ConfigBrokerRedis", ("ConfigBroker", "ConfigRedis")),
    ClassRow(
        "config_pynenc",
        "ConfigPynenc",
        ("ConfigPynencBase",),
        (
            FieldRow("app_id", "str", "pynenc"),
            FieldRow("orchestrator_cls", "str", "MemOrchestrator"),
            FieldRow("trigger_cls", "str", "DisabledTrigger"),
            FieldRow("broker_cls", "str", "MemBroker"),
            FieldRow("state_backend_cls", "str", "MemStateBackend"),
            FieldRow("serializer_cls", "str", "JsonSerializer"),
            FieldRow("arg_cache_cls", "str", "DisabledArgCache"),
            FieldRow("runner_cls", "str", "DummyRunner"),
            FieldRow("dev_mode_force_sync_tasks", "bool", False),
            FieldRow("max_pending_seconds", "float", 5.0),
            FieldRow("logging_level", "str", "info"),
            FieldRow("print_arguments", "bool", True),
            FieldRow("truncate_arguments_length", "int", 32),
            FieldRow("argument_print_mode", "ArgumentPrintMode", "truncated"),
            FieldRow("cached_status_time", "float", 0.1),
        ),
    ),
    ClassRow(
        "config_runner",
        "ConfigRunner",
        ("ConfigPynencBase",),
        (
            FieldRow("invocation_wait_results_sleep_time_sec", "float", 0.1),
            FieldRow("runner_loop_sleep_time_sec", "float", 0.1),
            FieldRow("min_parallel_slots", "int", 1),
        ),
    ),
    ClassRow(
        "config_runner",
        "ConfigThreadRunner",
        ("ConfigRunner",),
        (
            FieldRow("invocation_wait_results_sleep_time_sec", "float", 0.01),
            FieldRow("runner_loop_sleep_time_sec", "float", 0.01),
            FieldRow("min_threads", "int", 1),
            FieldRow("max_threads", "int", 0),
            FieldRow("final_invocation_cache_size", "int", 10000),
        ),
    ),
    ClassRow(
        "config_runner",
        "ConfigMultiThreadRunner",
        ("ConfigThreadRunner",),
        (
            FieldRow("min_threads", "int", 1),
            FieldRow("max_threads", "int", 1),
            FieldRow("min_processes", "int", 1),
            FieldRow("max_processes", "int", 0),
            FieldRow("idle_timeout_process_sec", "int", 4),
            FieldRow("enforce_max_processes", "bool", True),
        ),
    ),
    ClassRow(
        "config_runner",
        "ConfigPersistentProcessRunner",
        ("ConfigThreadRunner",),
        (FieldRow("num_processes", "int", 0),),
    ),
    ClassRow("config_state_backend", "ConfigStateBackend", ("ConfigPynencBase",)),
    ClassRow(
        "config_state_backend",
        "ConfigStateBackendRedis",
        ("ConfigStateBackend", "ConfigRedis"),
        (FieldRow("pagination_batch_size", "int", 100),),
    ),
    ClassRow(
        "config_trigger",
        "ConfigTrigger",
        ("ConfigPynencBase",),
        (
            FieldRow("scheduler_interval_seconds", "int", 60),
            FieldRow("enable_scheduler", "bool", True),
            FieldRow("max_events_batch_size", "int", 100),
            FieldRow("event_retention_days", "int", 7),
        ),
    ),
    ClassRow("config_trigger", "ConfigTriggerRedis", ("ConfigTrigger", "ConfigRedis")),
    ClassRow(
        "config_task",
        "ConfigTask",
        ("ConfigPynencBase",),
        (
            FieldRow("parallel_batch_size", "int", 100),
            FieldRow("retry_for", "tuple[type[Exception], ...]", (RetryError,)),
            FieldRow("max_retries", "int", 0),
            FieldRow("running_concurrency", "ConcurrencyControlType", "disabled"),
            FieldRow("registration_concurrency", "ConcurrencyControlType", "disabled"),
            FieldRow("key_arguments", "tuple[str, ...]", ()),
            FieldRow("on_diff_non_key_args_raise", "bool", False),
            FieldRow("call_result_cache", "bool", False),
            FieldRow("disable_cache_args", "tuple[str, ...]", ()),
            FieldRow("force_new_workflow", "bool", False),
        ),
    ),
)

# Other public names of the modules of `pynenc.conf`.
FUNCTIONS = {
    "config_task": (
        "DEFAULT_KEY_ARGS",
        "TaskOptionsJSONEncoder",
        "exception_config_mapper",
        "exception_mapper",
        "options_deserializer",
    )
}
