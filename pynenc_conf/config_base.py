"""The base classes of all config classes."""

from __future__ import annotations

from pynenc_conf import constants
from pynenc_conf._core.base import ConfigBase

__all__ = ["ConfigBase", "ConfigPynencBase"]


class ConfigPynencBase(ConfigBase):
    """Base of all pynenc settings: `PYNENC__...` variables, table `[tool.pynenc]`.

    A subclass can override the class attributes below to define its own namespace.
    """

    TOML_CONFIG_ID: str = constants.TOML_CONFIG_ID
    """The table of settings in `pyproject.toml`: `[tool.pynenc]`."""
    ENV_PREFIX: str = constants.ENV_PREFIX
    """The first part of the names of environment variables."""
    ENV_SEP: str = constants.ENV_SEPARATOR
    """The text between two parts of the name of an environment variable."""
    ENV_FILEPATH: str = constants.ENV_FILEPATH
    """The last part of the names of environment variables that name a file."""
    IGNORE_CLASS_NAME_SUBSTR: str = constants.IGNORE_CLASS_NAME_SUBSTR
    """The part of a class name that the name of its section leaves out."""
