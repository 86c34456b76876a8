"""What the classes say about their settings, as text and plain data."""

from __future__ import annotations

from datetime import timedelta
from enum import Enum
from typing import TYPE_CHECKING, Any

from pynenc_conf._core.declare.metaclass import own_fields
from pynenc_conf._core.declare.plan import plan_of
from pynenc_conf._core.masking import mask_value

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pynenc_conf._core.declare.plan import Setting
    from pynenc_conf.config_base import ConfigBase


def summary(cls: type) -> str:
    """Return the first line of a class's docstring."""
    return (cls.__doc__ or "").strip().split("\n", 1)[0]


def type_words(setting: Setting) -> str:
    """Return the type and limits of a setting in words."""
    if setting.field.mapper is None:
        return setting.expected
    # What a mapper accepts only its code says; the declared type is a hint.
    declared = setting.declared
    return declared.__name__ if type(declared) is type else str(declared)


def default_of(setting: Setting) -> Any:
    """Return the default as plain data, masked if it is a secret."""
    return as_data(mask_value(setting.field.default_value, setting.secret))


def shows_default(setting: Setting) -> bool:
    """Whether a file can say the default: it is no secret, and reads as itself."""
    default = setting.field.default_value
    if mask_value(default, setting.secret) != default:
        return False
    try:
        return bool(setting.convert(as_data(default)) == default)
    except Exception:  # noqa: BLE001 - also what an application's own types raise
        return False


def as_data(value: Any) -> Any:
    """Return a value as a file would say it: in text, numbers, lists and tables."""
    if isinstance(value, Enum):
        return as_data(value.value)
    if isinstance(value, dict):
        return {str(as_data(key)): as_data(item) for key, item in value.items()}
    if isinstance(value, (set, frozenset)):
        return sorted(map(as_data, value), key=str)
    if isinstance(value, (list, tuple)):
        return [as_data(item) for item in value]
    return value if type(value) in _DATA else _scalar_data(value)


_DATA = {bool, int, float, str, type(None)}


def _scalar_data(value: Any) -> Any:
    if isinstance(value, type):
        return f"{value.__module__}.{value.__qualname__}"
    if isinstance(value, timedelta):
        return value.total_seconds()
    return str(value)


def with_ancestors(classes: Sequence[type[ConfigBase]]) -> list[type[ConfigBase]]:
    """Return the classes whose sections have all settings of the given ones."""
    found: dict[type[ConfigBase], None] = {}
    for cls in classes:
        found.update(dict.fromkeys(scope.cls for scope in plan_of(cls).scopes))
    return list(found)


def own_settings(cls: type[ConfigBase]) -> list[Setting]:
    """Return the settings that a class itself defines."""
    settings = plan_of(cls).settings
    return [settings[name] for name in own_fields(cls) if name in settings]
