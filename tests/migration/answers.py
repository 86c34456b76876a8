"""Gives the same sources to this library or to pydantic-settings; prints the values.

`answers.py ours` and `answers.py theirs` print JSON: for each difference that the page
describes, what an application sees.
"""

from __future__ import annotations

import json
import os
import sys
import warnings
from datetime import timedelta
from enum import Enum
from pathlib import Path
from typing import Any

SECRET = "hunter2"


class Colour(Enum):
    """An enum whose names differ from its values."""

    DARK = "dark-green"


if sys.argv[1] == "ours":
    from dataclasses import dataclass

    from pynenc_conf import ConfigBase, ConfigField

    @dataclass(frozen=True)
    class Smtp:
        """A structure."""

        host: str = "localhost"
        port: int = 25

    class ConfigShop(ConfigBase):
        """The settings, declared with this library."""

        ENV_PREFIX = "SHOP"

        size = ConfigField(1)
        title = ConfigField("")
        admins: ConfigField[tuple[str, ...]] = ConfigField(())
        is_open = ConfigField(True)
        ratio = ConfigField(0.0)
        timeout = ConfigField(timedelta(seconds=1))
        colour: ConfigField[Colour | None] = ConfigField(None)
        smtp = ConfigField(Smtp("mail", 26))
        url = ConfigField("redis://localhost", secret="url")
        key = ConfigField("", secret=True)

    def make(values: dict[str, Any], path: str) -> Any:
        """Return an instance."""
        return ConfigShop(values, path)

else:
    from pydantic import BaseModel, RedisDsn, SecretStr
    from pydantic_settings import (
        BaseSettings,
        SettingsConfigDict,
        YamlConfigSettingsSource,
    )

    class Smtp(BaseModel):  # type: ignore[no-redef]
        """A structure."""

        host: str = "localhost"
        port: int = 25

    class Settings(BaseSettings):
        """The same settings, declared with pydantic-settings."""

        model_config = SettingsConfigDict(
            env_prefix="SHOP__", env_nested_delimiter="__"
        )

        size: int = 1
        title: str = ""
        admins: tuple[str, ...] = ()
        is_open: bool = True
        ratio: float = 0.0
        timeout: timedelta = timedelta(seconds=1)
        colour: Colour | None = None
        smtp: Smtp = Smtp(host="mail", port=26)
        url: RedisDsn = RedisDsn("redis://localhost")
        key: SecretStr = SecretStr("")

    def make(values: dict[str, Any], path: str) -> Any:
        """Return an instance of a class that reads this file."""

        class FileSettings(Settings):
            model_config = SettingsConfigDict(yaml_file=path)

            @classmethod
            def settings_customise_sources(
                cls, settings_cls: Any, init_settings: Any, **others: Any
            ) -> Any:
                file = YamlConfigSettingsSource(settings_cls)
                return init_settings, others["env_settings"], file

        return FileSettings(**values)


CASES: dict[str, tuple[str, dict[str, Any], dict[str, str], str | None]] = {
    # difference: the field that is read, constructor values, variables, the file
    "Values passed to the constructor": ("size", {"size": 2}, {"SIZE": "3"}, ""),
    "An invalid value that another value overrides": (
        "size",
        {"size": 2},
        {"SIZE": "3"},
        "size: many",
    ),
    "`3.10` in YAML, for a `str`": ("title", {}, {}, "title: 3.10"),
    "A key that occurs twice in a file": ("size", {}, {}, "size: 2\nsize: 3"),
    "A file that does not exist": ("size", {}, {}, None),
    "An unknown key in a file": ("size", {}, {}, "siez: 2"),
    "A misspelled variable": ("size", {}, {"SIEZ": "2"}, ""),
    "A variable in lower case": ("size", {}, {"size": "2"}, ""),
    "A list separated by commas": ("admins", {}, {"ADMINS": "ada,grace"}, ""),
    "An empty variable for a bool": ("is_open", {}, {"IS_OPEN": ""}, ""),
    "`t` and `y` for a bool": ("is_open", {}, {"IS_OPEN": "t"}, ""),
    "True for an int": ("size", {"size": True}, {}, ""),
    "nan for a float": ("ratio", {}, {"RATIO": "nan"}, ""),
    "inf for a float": ("ratio", {}, {"RATIO": "inf"}, ""),
    "The text `30` or `1h30m` for a timedelta": (
        "timeout",
        {},
        {"TIMEOUT": "1h30m"},
        "",
    ),
    "The name of an enum member": ("colour", {"colour": "DARK"}, {}, ""),
    "One member of a nested default": ("smtp", {}, {"SMTP__HOST": "other"}, ""),
}


def answer(
    field: str, values: dict[str, Any], variables: dict[str, str], text: str | None
) -> str:
    """Return the repr of a value, "error", or "warning" in front of the value."""
    path = Path("shop.yaml")
    path.unlink(missing_ok=True)
    if text is not None:
        path.write_text(text, encoding="utf-8")
    prefixed = {f"SHOP__{name}": value for name, value in variables.items()}
    if "size" in variables:
        prefixed = {"shop__size": variables["size"]}
    os.environ.update(prefixed)
    try:
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            value = repr(getattr(make(values, str(path)), field))
    except (ValueError, TypeError, OSError):
        return "error"
    finally:
        for name in prefixed:
            del os.environ[name]
    return f"warning {value}" if caught else value


def error_text(values: dict[str, Any]) -> str:
    """Return the text of the error that a value causes."""
    try:
        make(values, "shop.yaml")
    except (ValueError, TypeError) as error:
        return str(error)
    return ""


def has_hash(instance: object) -> bool:
    """Whether an instance can be hashed."""
    try:
        hash(instance)
    except TypeError:
        return False
    return True


answers: dict[str, Any] = {name: answer(*case) for name, case in CASES.items()}
Path("shop.yaml").write_text("", encoding="utf-8")
url = repr(make({"url": f"redis://ada:{SECRET}@localhost"}, "shop.yaml"))
answers["The password in a URL"] = SECRET in url
answers["A rejected value of a secret"] = SECRET in error_text({"key": [SECRET]})
answers["The hash of an instance"] = has_hash(make({}, "shop.yaml"))
print(json.dumps(answers))  # noqa: T201 - the output of this script
