"""Checks of this library."""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
import warnings
from dataclasses import dataclass
from pathlib import Path

import pynenc_conf
from pynenc_conf import ConfigBase, ConfigError, ConfigField

DISTRIBUTION = "pynenc-conf"


class ConfigShop(ConfigBase):
    """Settings of a shop."""

    host = ConfigField("localhost")
    port = ConfigField(80, ge=1)
    debug = ConfigField(True)
    country = ConfigField("de")
    pin = ConfigField(0, secret=True)
    api_key = ConfigField("", secret=True)


def origin() -> str:
    """Return the most exact place that is known of a value in a file."""
    Path("shop.yaml").write_text("host: shop.test\n\nport: 81\n", encoding="utf-8")
    place = ConfigShop(None, "shop.yaml").field_info("port").origin
    return "yes" if (place.path, place.line) == ("shop.yaml", 3) else "no"


def chain() -> bool:
    """Whether the value in the file is known although a variable overrides it."""
    Path("shop.yaml").write_text("port: 81\n", encoding="utf-8")
    os.environ["CONFIG__PORT"] = "82"
    info = ConfigShop(None, "shop.yaml").field_info("port")
    return [candidate.value for candidate in info.chain] == [82, 81, 80]


def _error(text: str) -> str:
    Path("shop.yaml").write_text(text, encoding="utf-8")
    try:
        ConfigShop(None, "shop.yaml")
    except ConfigError as error:
        return str(error)
    return ""


def errors() -> bool:
    """Whether one error has two mistakes."""
    text = _error("port: six\ndebug: flase\n")
    return "port" in text and "debug" in text


def error_place() -> bool:
    """Whether an error has the file and the line of the mistake."""
    return "shop.yaml:2" in _error("host: shop.test\nport: six\n")


def secret_error() -> bool:
    """Whether an error hides the text that was given for a secret."""
    text = _error("pin: hunter2\n")
    return "pin" in text and "hunter2" not in text


def secret_file() -> bool:
    """Whether a setting can be the content of a file."""
    Path("key").write_text("k-1\n", encoding="utf-8")
    os.environ["CONFIG__API_KEY_FILE"] = "key"
    return ConfigShop().api_key == "k-1"


def unknown() -> bool:
    """Whether a misspelled key causes a warning or an error."""
    Path("shop.yaml").write_text("prot: 81\n", encoding="utf-8")
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        ConfigShop(None, "shop.yaml")
    return any("prot" in str(warning.message) for warning in caught)


def text() -> bool:
    """Whether the text `false` turns a flag off."""
    os.environ["CONFIG__DEBUG"] = "false"
    return ConfigShop().debug is False


def yaml_text() -> bool:
    """Whether the code of Norway is read as text."""
    Path("shop.yaml").write_text("country: no\n", encoding="utf-8")
    return ConfigShop(None, "shop.yaml").country == "no"


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
        Path(name).write_text(content, encoding="utf-8")
        try:
            if ConfigShop(None, name).port == 81:
                found.append(title)
        except ConfigError:
            pass
    return str(len(found))


def dotenv() -> bool:
    """Whether an instance reads a file of variables."""
    Path(".env").write_text("CONFIG__PORT=81\n", encoding="utf-8")
    return ConfigShop().port == 81


def _command(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "pynenc_conf", *arguments],
        capture_output=True,
        text=True,
        check=False,
    )


def schema() -> bool:
    """Whether there is a JSON Schema of a class."""
    return '"$schema"' in _command("schema").stdout


def command() -> bool:
    """Whether a command reports a mistake in a file."""
    Path("shop.yaml").write_text("redis_port: six\n", encoding="utf-8")
    return "expected int" in _command("check", "shop.yaml").stdout


@dataclass
class Span:
    """Two numbers with a rule for both."""

    low: int = 1
    high: int = 2

    def __post_init__(self) -> None:
        """Reject a wrong order."""
        if self.low > self.high:
            message = "low must not exceed high"
            raise ValueError(message)


class ConfigSpan(ConfigBase):
    """A class with a nested setting."""

    span: ConfigField[Span] = ConfigField(Span())


def rules() -> str:
    """Name the places of rules for more than one setting."""
    try:
        ConfigSpan({"span": {"low": 3}})
    except ConfigError as error:
        return "nested only" if "must not exceed" in str(error) else "no"
    return "no"


def templates() -> bool:
    """Whether a value can contain another setting's value."""
    Path("shop.yaml").write_text("host: 'shop-{port}.test'\n", encoding="utf-8")
    return ConfigShop(None, "shop.yaml").host == "shop-80.test"


def _has_name(*parts: str) -> bool:
    names = (name.lower() for name in pynenc_conf.__all__)
    return any(part in name for name in names for part in parts)


def options() -> bool:
    """Whether a class makes options for the command line of an application."""
    return _has_name("cli", "click", "argparse", "option")


def managers() -> bool:
    """Whether a secret manager is a source."""
    return _has_name("vault", "aws", "azure", "google", "onepassword")


def sources() -> bool:
    """Whether an application can add a source."""
    return _has_name("source", "loader")


def environments() -> bool:
    """Whether a variable selects one of several sections."""
    Path("shop.yaml").write_text("production: {port: 81}\n", encoding="utf-8")
    os.environ["ENV_FOR_CONFIG"] = "production"
    return ConfigShop(None, "shop.yaml").port == 81
