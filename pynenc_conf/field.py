"""The descriptor that declares a setting in a config class."""

from __future__ import annotations

from pynenc_conf._core.declare.field import ConfigField, default_config_field_mapper

__all__ = ["ConfigField", "default_config_field_mapper"]
