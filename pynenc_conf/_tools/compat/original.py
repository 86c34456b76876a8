"""How the original reads files and values: pynenc 0.0.24 on cistell 0.0.7.

Written after its behaviour, for the original need not be installed. Refusals are
exceptions of the classes that it raises.
"""

from __future__ import annotations

import json
import tomllib
from typing import TYPE_CHECKING, Any

import yaml

from pynenc_conf.config_task import exception_config_mapper
from pynenc_conf.constants import TOML_CONFIG_ID

if TYPE_CHECKING:
    from pynenc_conf._core.declare.plan import Setting


def read_file(path: str) -> dict[str, Any]:
    """Return what the original finds in a file; raises whatever it raises.

    It opens files with the encoding of the locale, and looks for `[tool.pynenc]`
    where the path has `pyproject.toml` in it.
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
                data.get  # noqa: B018 - what is no table raises AttributeError
        else:
            msg = f"unsupported extension: {path}"
            raise ValueError(msg)
    return data if isinstance(data, dict) else {}


def read_value(setting: Setting, raw: Any) -> Any:
    """Return what the original makes of a raw value; raises whatever it raises.

    The type of the default decides: what is of it is kept, all else is given to it.
    """
    field = setting.field
    kind = type(field.default_value)
    if field.mapper is exception_config_mapper and isinstance(raw, str):
        # It walks the letters, none of which is "module.Name".
        if raw:
            msg = "a letter names no exception"
            raise ValueError(msg)
        return ()
    if field.mapper is not None:
        return field.mapper(raw, kind)
    return raw if isinstance(raw, kind) else kind(raw)
