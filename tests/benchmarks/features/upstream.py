"""Checks of the original: pynenc 0.0.24 on cistell 0.0.7."""

from __future__ import annotations

import os
import pickle
import shutil
import subprocess
import sys
import warnings
from contextlib import suppress
from pathlib import Path
from typing import Any

from cistell import ConfigField
from pynenc.conf import config_base
from pynenc.conf.config_base import ConfigPynencBase

DISTRIBUTION = "pynenc"


class ConfigShop(ConfigPynencBase):
    """Settings of a shop."""

    host = ConfigField("localhost")
    port = ConfigField(80)
    debug = ConfigField(True)
    country = ConfigField("de")
    pin = ConfigField(0)
    api_key = ConfigField("")


def _load(content: str, name: str = "shop.yaml") -> Any:
    Path(name).write_text(content, encoding="utf-8")
    return ConfigShop(None, name)


def _mentions(config: Any, content: str) -> bool:
    """Whether an instance, its attributes or what they return contain a text."""
    parts = [repr(config), repr(vars(config)), repr(ConfigShop.__dict__)]
    for name in dir(config):
        with suppress(Exception):
            parts.append(repr(getattr(config, name)))
    return any(content in part for part in parts)


def origin() -> bool:
    """Whether an instance knows the file of its value."""
    return _mentions(_load("port: 81\n"), "shop.yaml")


def chain() -> bool:
    """Whether an instance knows the value that a variable overrides."""
    os.environ["PYNENC__PORT"] = "82"
    config = _load("port: 8181\n")
    assert config.port == 82
    return _mentions(config, "8181")


def _error(content: str) -> str:
    try:
        _load(content)
    except Exception as error:  # noqa: BLE001 - whatever is raised
        return str(error)
    return ""


def errors() -> bool:
    """Whether one error has two mistakes."""
    found = _error("port: six\npin: seven\n")
    return "six" in found and "seven" in found


def error_place() -> bool:
    """Whether an error has the file of the mistake."""
    return "shop.yaml" in _error("port: six\n")


def secret_error() -> bool:
    """Whether an error hides the text that was given for a secret."""
    found = _error("pin: hunter2\n")
    return bool(found) and "hunter2" not in found


def secret_file() -> bool:
    """Whether a setting can be the content of a file."""
    Path("key").write_text("k-1\n", encoding="utf-8")
    os.environ["PYNENC__API_KEY_FILE"] = "key"
    return bool(ConfigShop().api_key == "k-1")


def unknown() -> bool:
    """Whether a misspelled key causes a warning or an error."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        failed = _error("prot: 81\n")
    return bool(failed or caught)


def text() -> bool:
    """Whether the text `false` turns a flag off."""
    os.environ["PYNENC__DEBUG"] = "false"
    return ConfigShop().debug is False


def yaml_text() -> bool:
    """Whether the code of Norway is read as text."""
    return bool(_load("country: no\n").country == "no")


def pickled() -> bool:
    """Whether an unpickled instance has the values of the original."""
    copy = pickle.loads(pickle.dumps(ConfigShop({"host": "shop.test"})))
    return bool(copy.host == "shop.test")


def formats() -> str:
    """Return the number of formats that can be loaded."""
    samples = {
        "YAML": ("shop.yaml", "port: 81\n"),
        "TOML": ("shop.toml", "port = 81\n"),
        "JSON": ("shop.json", '{"port": 81}'),
        "INI": ("shop.ini", "[shop]\nport = 81\n"),
        "Python": ("shop.py", "PORT = 81\n"),
    }
    found = []
    for title, (name, content) in samples.items():
        with suppress(Exception):
            if _load(content, name).port == 81:
                found.append(title)
    return str(len(found))


def dotenv() -> bool:
    """Whether an instance reads a file of variables."""
    Path(".env").write_text("PYNENC__PORT=81\n", encoding="utf-8")
    return bool(ConfigShop().port == 81)


def schema() -> bool:
    """Whether a class or module has a function for a schema."""
    names = [*dir(ConfigShop), *dir(config_base)]
    return any("schema" in name.lower() for name in names)


def command() -> bool:
    """Whether the command of the library can check a file."""
    path = shutil.which("pynenc", path=str(Path(sys.executable).parent))
    assert path is not None
    arguments = [path, "--help"]
    shown = subprocess.run(arguments, capture_output=True, text=True, check=True).stdout
    return "check" in shown or "validate" in shown


def rules() -> bool:
    """Whether a field or class takes a function for several settings."""
    names = [*dir(ConfigShop), *dir(ConfigField)]
    return any("valid" in name.lower() for name in names)


def templates() -> bool:
    """Whether a value can contain another setting's value."""
    return bool(_load("host: 'shop-{port}.test'\n").host == "shop-80.test")


def _has_name(*parts: str) -> bool:
    names = [name.lower() for name in (*dir(ConfigShop), *dir(config_base))]
    return any(part in name for name in names for part in parts)


def options() -> bool:
    """Whether a class makes options for the command line of an application."""
    return _has_name("cli", "click", "argparse")


def managers() -> bool:
    """Whether a secret manager is a source."""
    return _has_name("vault", "aws", "azure", "google", "onepassword")


class Asking(ConfigShop):
    """A class with one more source."""

    def init_config_values(self, config_cls: Any, values: Any, path: Any) -> None:
        """Add the values of the source to all others."""
        super().init_config_values(config_cls, values, path)
        section = self.get_config_id(config_cls)
        self.init_config_value_from_mapping("answers", section, {"port": 81})


def sources() -> bool:
    """Whether an application can add a source."""
    return bool(Asking().port == 81)


def environments() -> bool:
    """Whether a variable selects one of several sections."""
    os.environ["ENV_FOR_PYNENC"] = "production"
    return bool(_load("production: {port: 81}\n").port == 81)
