"""What declares a setting, for config classes of your own."""

from __future__ import annotations

from pynenc_conf._core.declare.field import ConfigField, default_config_field_mapper

__all__ = ["ConfigField", "default_config_field_mapper"]
