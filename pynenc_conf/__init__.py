"""Typed configuration classes that record the origin of every value.

A drop-in replacement for `pynenc.conf`: each of its modules has a module of the same
name in this package.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from pynenc_conf._core.report.differences import Difference, diff
    from pynenc_conf._core.report.explain import FieldInfo
    from pynenc_conf._core.report.snapshot import SettingSnapshot, Snapshot
    from pynenc_conf._core.resolve.chain import Candidate
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
        UnresolvedAnnotationWarning,
    )
    from pynenc_conf.field import ConfigField, default_config_field_mapper
    from pynenc_conf.origin import Origin

__version__: str = "0.2.0"  # a constant, because importlib.metadata is slow to import

# Imported on first use: an application that needs one class imports one module.
_MODULES = {
    "_core.report.differences": ("Difference", "diff"),
    "_core.report.explain": ("FieldInfo",),
    "_core.report.snapshot": ("SettingSnapshot", "Snapshot"),
    "_core.resolve.chain": ("Candidate",),
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
        "UnresolvedAnnotationWarning",
    ),
    "field": ("ConfigField", "default_config_field_mapper"),
    "origin": ("Origin",),
}
_MODULE_OF = {name: module for module, names in _MODULES.items() for name in names}

__all__ = [
    "ArgumentPrintMode",
    "Candidate",
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
    "Difference",
    "FieldInfo",
    "Origin",
    "Problem",
    "RetryError",
    "SettingSnapshot",
    "Snapshot",
    "UnknownFieldError",
    "UnknownSettingWarning",
    "UnresolvedAnnotationWarning",
    "default_config_field_mapper",
    "diff",
]


def __getattr__(name: str) -> object:
    module = _MODULE_OF.get(name)
    if module is None:
        msg = f"module {__name__!r} has no attribute {name!r}"
        raise AttributeError(msg)
    from importlib import import_module  # noqa: PLC0415 - only on first use

    value = getattr(import_module(f"{__name__}.{module}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    # Neither submodules nor names that this module only imports are public names.
    special = (name for name in globals() if name.startswith("__"))
    return sorted({*special, *__all__})
