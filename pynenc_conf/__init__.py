"""Typed configuration classes that know where each of their values came from.

A drop-in for `pynenc.conf`: every module of it has a module of the same name here.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from pynenc_conf.config_arg_cache import ConfigArgCache, ConfigArgCacheRedis
    from pynenc_conf.config_base import ConfigBase, ConfigPynencBase
    from pynenc_conf.config_broker import ConfigBroker, ConfigBrokerRedis
    from pynenc_conf.config_orchestrator import (
        ConfigOrchestrator,
        ConfigOrchestratorRedis,
    )
    from pynenc_conf.config_pynenc import ArgumentPrintMode, ConfigPynenc
    from pynenc_conf.config_redis import ConfigRedis
    from pynenc_conf.config_runner import (
        ConfigMultiThreadRunner,
        ConfigPersistentProcessRunner,
        ConfigRunner,
        ConfigThreadRunner,
    )
    from pynenc_conf.config_state_backend import (
        ConfigStateBackend,
        ConfigStateBackendRedis,
    )
    from pynenc_conf.config_task import ConcurrencyControlType, ConfigTask
    from pynenc_conf.config_trigger import ConfigTrigger, ConfigTriggerRedis
    from pynenc_conf.exceptions import (
        ConfigError,
        ConfigFileError,
        ConfigFileNotFoundError,
        ConfigMultiInheritanceError,
        ConfigTypeError,
        Problem,
        RetryError,
        UnknownFieldError,
        UnknownSettingWarning,
    )
    from pynenc_conf.field import ConfigField, default_config_field_mapper

# Imported when first used: an application that needs one class pays for one module.
_MODULES = {
    "config_arg_cache": ("ConfigArgCache", "ConfigArgCacheRedis"),
    "config_base": ("ConfigBase", "ConfigPynencBase"),
    "config_broker": ("ConfigBroker", "ConfigBrokerRedis"),
    "config_orchestrator": ("ConfigOrchestrator", "ConfigOrchestratorRedis"),
    "config_pynenc": ("ArgumentPrintMode", "ConfigPynenc"),
    "config_redis": ("ConfigRedis",),
    "config_runner": (
        "ConfigMultiThreadRunner",
        "ConfigPersistentProcessRunner",
        "ConfigRunner",
        "ConfigThreadRunner",
    ),
    "config_state_backend": ("ConfigStateBackend", "ConfigStateBackendRedis"),
    "config_task": ("ConcurrencyControlType", "ConfigTask"),
    "config_trigger": ("ConfigTrigger", "ConfigTriggerRedis"),
    "exceptions": (
        "ConfigError",
        "ConfigFileError",
        "ConfigFileNotFoundError",
        "ConfigMultiInheritanceError",
        "ConfigTypeError",
        "Problem",
        "RetryError",
        "UnknownFieldError",
        "UnknownSettingWarning",
    ),
    "field": ("ConfigField", "default_config_field_mapper"),
}
_HOMES = {name: module for module, names in _MODULES.items() for name in names}

__all__ = [
    "ArgumentPrintMode",
    "ConcurrencyControlType",
    "ConfigArgCache",
    "ConfigArgCacheRedis",
    "ConfigBase",
    "ConfigBroker",
    "ConfigBrokerRedis",
    "ConfigError",
    "ConfigField",
    "ConfigFileError",
    "ConfigFileNotFoundError",
    "ConfigMultiInheritanceError",
    "ConfigMultiThreadRunner",
    "ConfigOrchestrator",
    "ConfigOrchestratorRedis",
    "ConfigPersistentProcessRunner",
    "ConfigPynenc",
    "ConfigPynencBase",
    "ConfigRedis",
    "ConfigRunner",
    "ConfigStateBackend",
    "ConfigStateBackendRedis",
    "ConfigTask",
    "ConfigThreadRunner",
    "ConfigTrigger",
    "ConfigTriggerRedis",
    "ConfigTypeError",
    "Problem",
    "RetryError",
    "UnknownFieldError",
    "UnknownSettingWarning",
    "default_config_field_mapper",
]


def __getattr__(name: str) -> object:
    home = _HOMES.get(name)
    if home is None:
        msg = f"module {__name__!r} has no attribute {name!r}"
        raise AttributeError(msg)
    from importlib import import_module  # noqa: PLC0415 - loaded with Python itself

    value = getattr(import_module(f"{__name__}.{home}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
