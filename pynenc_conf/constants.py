"""The names by which `ConfigPynencBase` finds values in its sources."""

from __future__ import annotations

TOML_CONFIG_ID: str = "pynenc"
"""The table of settings in `pyproject.toml`: `[tool.pynenc]`."""
ENV_PREFIX: str = "PYNENC"
"""The first part of the names of environment variables."""
ENV_SEPARATOR: str = "__"
"""The text between two parts of the name of an environment variable."""
ENV_FILEPATH: str = "FILEPATH"
"""The last part of the names of environment variables that name a file."""
IGNORE_CLASS_NAME_SUBSTR: str = "Config"
"""The part of a class name that the name of its section leaves out."""
