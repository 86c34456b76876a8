"""The settings of a class as plain data."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pynenc_conf._core.declare.metaclass import section_name
from pynenc_conf._core.report.explain import to_json_value
from pynenc_conf._tools.settings import (
    default_data,
    describe_type,
    own_settings,
    summarize,
    with_ancestors,
)

if TYPE_CHECKING:
    from pynenc_conf.config_base import ConfigBase


def class_data(cls: type[ConfigBase]) -> dict[str, Any]:
    """Return a class, its ancestors and the fields that it defines."""
    fields = [
        {
            "field": setting.name,
            "type": describe_type(setting),
            "default": to_json_value(default_data(setting)),
            "doc": setting.field.doc,
            "secret": bool(setting.secret),
            "variable": cls.get_env_key(setting.name, cls),
        }
        for setting in own_settings(cls)
    ]
    ancestors = [base.__name__ for base in with_ancestors([cls]) if base is not cls]
    return {
        "class": cls.__name__,
        "section": section_name(cls, cls),
        "doc": summarize(cls),
        "ancestors": ancestors,
        "fields": fields,
    }
