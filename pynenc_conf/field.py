"""What declares a setting, for config classes of your own."""

from __future__ import annotations

from pynenc_conf.core.field import ConfigField, default_config_field_mapper

__all__ = ["ConfigField", "default_config_field_mapper"]
