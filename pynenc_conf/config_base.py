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
    ENV_PREFIX: str = constants.ENV_PREFIX
    ENV_SEP: str = constants.ENV_SEPARATOR
    ENV_FILEPATH: str = constants.ENV_FILEPATH
    IGNORE_CLASS_NAME_SUBSTR: str = constants.IGNORE_CLASS_NAME_SUBSTR
