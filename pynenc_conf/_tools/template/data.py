"""The settings of a class as plain data."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pynenc_conf._core.declare.metaclass import section_name
from pynenc_conf._core.masking import type_name
from pynenc_conf._core.report.syntax import to_json_value
from pynenc_conf._core.types.unset import REQUIRED
from pynenc_conf._tools.settings import (
    default_data,
    describe_type,
    own_settings,
    summarize,
    variable_name,
    with_ancestors,
)

if TYPE_CHECKING:
    from pynenc_conf._core.declare.setting import Setting
    from pynenc_conf.config_base import ConfigBase


def class_data(cls: type[ConfigBase]) -> dict[str, Any]:
    """Return a class, its ancestors and the fields that it defines."""
    fields = [_setting_data(cls, setting) for setting in own_settings(cls)]
    ancestors = [type_name(base) for base in with_ancestors([cls]) if base is not cls]
    return {
        "class": type_name(cls),
        "section": section_name(cls, cls),
        "doc": summarize(cls),
        "ancestors": ancestors,
        "fields": fields,
    }


def _setting_data(cls: type[ConfigBase], setting: Setting) -> dict[str, Any]:
    members = [_setting_data(cls, member) for member in setting.members.values()]
    return {
        "field": setting.name,
        "type": describe_type(setting),
        "default": to_json_value(default_data(setting)),
        "doc": setting.field.doc,
        "secret": bool(setting.secret),
        "required": setting.field.default_value is REQUIRED,
        "variable": variable_name(cls, setting),
        **({"members": members} if members else {}),
    }
