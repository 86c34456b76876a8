"""The names that `ConfigPynencBase` gives to its sources."""

from __future__ import annotations

TOML_CONFIG_ID = "pynenc"
ENV_PREFIX = "PYNENC"
ENV_SEPARATOR = "__"
ENV_FILEPATH = "FILEPATH"
IGNORE_CLASS_NAME_SUBSTR = "Config"
