"""The settings of config classes, as text and plain data."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pynenc_conf._core.declare.metaclass import own_fields
from pynenc_conf._core.declare.plan import plan_of
from pynenc_conf._core.masking import mask_value, type_name
from pynenc_conf._core.report.syntax import show_value, to_data
from pynenc_conf._core.types.unset import Mark

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from pynenc_conf._core.declare.plan import Plan
    from pynenc_conf._core.declare.setting import Setting
    from pynenc_conf._core.report.explain import FieldInfo
    from pynenc_conf.config_base import ConfigBase


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

    None if there is no default; text if the default has no form as data.
    """
    if isinstance(setting.field.default_value, Mark):
        return None
    shown = mask_value(setting.field.default_value, setting.secret)
    try:
        return to_data(shown)
    except Exception:  # noqa: BLE001 - a list in itself, or a value's own method
        return show_value(shown, secret=False)


def has_printable_default(setting: Setting) -> bool:
    """Whether a file can set the default: not a secret, and equal when read back."""
    default = setting.field.default_value
    if isinstance(default, Mark):
        return False
    try:
        if setting.secret and mask_value(default, setting.secret) != default:
            return False
        return sets_default(setting, to_data(default))
    except Exception:  # noqa: BLE001 - as above
        return False


def sets_default(setting: Setting, raw: Any) -> bool:
    """Whether a raw value sets a setting to its default."""
    default = setting.field.default_value
    try:
        value = setting.convert(raw)
        is_same_kind = isinstance(value, bool) == isinstance(default, bool)
        return is_same_kind and bool(value == default)
    except Exception:  # noqa: BLE001 - an application's types raise anything
        return False
