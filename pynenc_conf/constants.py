"""The names by which `ConfigPynencBase` finds values in its sources."""

from __future__ import annotations

TOML_CONFIG_ID: str = "pynenc"
ENV_PREFIX: str = "PYNENC"
ENV_SEPARATOR: str = "__"
ENV_FILEPATH: str = "FILEPATH"
IGNORE_CLASS_NAME_SUBSTR: str = "Config"
