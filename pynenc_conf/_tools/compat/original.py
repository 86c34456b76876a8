"""How pynenc 0.0.24 on cistell 0.0.7 reads files and values.

This module reproduces the behaviour, so that pynenc need not be installed. Rejected
values raise the same exception classes as in pynenc.
"""

from __future__ import annotations

import json
import tomllib
from typing import TYPE_CHECKING, Any

import yaml

from pynenc_conf.config_task import exception_config_mapper
from pynenc_conf.constants import TOML_CONFIG_ID

if TYPE_CHECKING:
    from pynenc_conf._core.declare.setting import Setting


def read_file(path: str) -> dict[str, Any]:
    """Return the settings that pynenc finds in a file. Raises the same as pynenc.

    pynenc opens files with the encoding of the locale, and reads `[tool.pynenc]` if
    the path contains `pyproject.toml`.
    """
    lower = path.lower()
    with open(path, encoding="locale") as file:
        if lower.endswith((".yaml", ".yml")):
            data: Any = yaml.load(file, Loader=yaml.SafeLoader)
        elif lower.endswith(".json"):
            data = json.load(file)
        elif lower.endswith(".toml"):
            data = tomllib.loads(file.read())
            if "pyproject.toml" in lower:
                data = data.get("tool", {}).get(TOML_CONFIG_ID, {}) or {}
                data.get  # noqa: B018 - AttributeError if not a table
        else:
            msg = f"unsupported extension: {path}"
            raise ValueError(msg)
    return data if isinstance(data, dict) else {}


def read_value(setting: Setting, raw: Any) -> Any:
    """Return the value that pynenc reads. Raises the same as pynenc.

    A raw value that has the type of the default is kept. Any other raw value is
    passed to that type.
    """
    field = setting.field
    kind = type(field.default_value)
    if field.mapper is exception_config_mapper and isinstance(raw, str):
        # pynenc iterates over the letters, and no letter is "module.Name".
        if raw:
            msg = "a letter is not the name of an exception"
            raise ValueError(msg)
        return ()
    if field.mapper is not None:
        return field.mapper(raw, kind)
    return raw if isinstance(raw, kind) else kind(raw)
