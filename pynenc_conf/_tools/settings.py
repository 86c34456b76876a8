"""The settings of config classes, as text and plain data."""

from __future__ import annotations

from datetime import timedelta
from enum import Enum, Flag
from typing import TYPE_CHECKING, Any

from pynenc_conf._core.declare.metaclass import own_fields
from pynenc_conf._core.declare.plan import plan_of
from pynenc_conf._core.masking import mask_value, type_name
from pynenc_conf._core.types.structures import structure_of
from pynenc_conf._core.types.unset import UNSET, Mark

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from pynenc_conf._core.declare.plan import Plan
    from pynenc_conf._core.declare.setting import Setting
    from pynenc_conf._core.report.explain import FieldInfo
    from pynenc_conf.config_base import ConfigBase


_PLAIN_TYPES = {bool, int, float, str, type(None)}


def summarize(cls: type) -> str:
    """Return the first line of a class's docstring."""
    # Lines about fields follow, also if there is no other text.
    text = (cls.__doc__ or "").partition(":cvar ConfigField[")[0]
    return text.strip().split("\n", 1)[0]


def with_ancestors(classes: Sequence[type[ConfigBase]]) -> list[type[ConfigBase]]:
    """Return the classes whose sections together have all settings of `classes`."""
    scopes = [scope.cls for cls in classes for scope in plan_of(cls).scopes]
    return list(dict.fromkeys(scopes))


def own_settings(cls: type[ConfigBase]) -> list[Setting]:
    """Return the settings that a class itself defines."""
    settings = plan_of(cls).settings
    return [settings[name] for name in own_fields(cls) if name in settings]


def section_settings(plan: Plan) -> dict[str, dict[str, Setting]]:
    """Return the settings that each section sets in instances of a class."""
    if plan.own_fields is None:
        return dict.fromkeys(plan.sections, plan.settings)
    return {
        name: {field: plan.settings[field] for field in plan.own_fields[scope.index]}
        for name, scope in plan.sections.items()
    }


def with_members(info: FieldInfo) -> Iterator[FieldInfo]:
    """Yield a field, its members, and the members of their structures."""
    yield info
    for member in info.members:
        yield from with_members(member)


def variable_name(cls: type[ConfigBase], setting: Setting) -> str:
    """Return the variable that sets a field or member for one class."""
    field, *keys = setting.name.split(".")
    variable = cls.get_env_key(field, cls)
    return cls.ENV_SEP.join([variable, *map(str.upper, keys)])


def describe_type(setting: Setting) -> str:
    """Return the type and limits of a setting in words."""
    if setting.field.mapper is None:
        return setting.expected
    # The mapper decides which values are accepted; the declared type is only a hint.
    declared = setting.declared
    return type_name(declared) if type(declared) is type else str(declared)


def default_data(setting: Setting) -> Any:
    """Return the default as plain data, masked if it is a secret.

    None if there is no default.
    """
    if isinstance(setting.field.default_value, Mark):
        return None
    return to_data(mask_value(setting.field.default_value, setting.secret))


def has_printable_default(setting: Setting) -> bool:
    """Whether a file can set the default: not a secret, and equal when read back."""
    default = setting.field.default_value
    if isinstance(default, Mark):
        return False
    if setting.secret and mask_value(default, setting.secret) != default:
        return False
    return sets_default(setting, to_data(default))


def sets_default(setting: Setting, raw: Any) -> bool:
    """Whether a raw value sets a setting to its default."""
    try:
        return bool(setting.convert(raw) == setting.field.default_value)
    except Exception:  # noqa: BLE001 - an application's types raise anything
        return False


def to_data(value: Any) -> Any:
    """Return a value as a file contains it: text, numbers, lists and tables."""
    if isinstance(value, Enum):
        return _enum_data(value)
    value = _members_of(value)
    if isinstance(value, dict):
        return {str(to_data(key)): to_data(item) for key, item in value.items()}
    if isinstance(value, (list, tuple, set, frozenset)):
        items = [to_data(item) for item in value]
        return items if isinstance(value, (list, tuple)) else sorted(items, key=str)
    if isinstance(value, type):
        return f"{value.__module__}.{value.__qualname__}"
    if isinstance(value, timedelta):
        return value.total_seconds()
    return value if type(value) in _PLAIN_TYPES else str(value)


def _members_of(value: Any) -> Any:
    """Return the members of a structure as a dict, and any other value unchanged."""
    structure = structure_of(type(value))
    if structure is None or structure.is_tuple:
        return value
    members = {name: structure.get(value, name) for name in structure.members}
    return {name: item for name, item in members.items() if item is not UNSET}


def _enum_data(member: Enum) -> Any:
    """Return the value of a member, or the names of flags: `READ|WRITE`."""
    if isinstance(member, Flag) and member.name:
        names = member.name.split("|")
        if all(name in type(member).__members__ for name in names):
            return member.name
    return to_data(member.value)
