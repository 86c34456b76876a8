"""Checks of pydantic-settings."""

from __future__ import annotations

import os
import pickle
from contextlib import suppress
from importlib import metadata
from pathlib import Path
from typing import Any

import pydantic_settings
from pydantic import Secret, SecretStr, ValidationError, model_validator
from pydantic_settings import (
    BaseSettings,
    CliApp,
    JsonConfigSettingsSource,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
    YamlConfigSettingsSource,
)

DISTRIBUTION = "pydantic-settings"


class Shop(BaseSettings):
    """Settings of a shop."""

    model_config = SettingsConfigDict(
        env_prefix="SHOP_",
        env_file=".env",
        secrets_dir="secrets",
        yaml_file="shop.yaml",
        toml_file="shop.toml",
        json_file="shop.json",
    )
    host: str = "localhost"
    port: int = 80
    debug: bool = True
    country: str = "de"
    pin: Secret[int] = Secret(0)
    api_key: SecretStr = SecretStr("")

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        **given: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Add the files to the other sources."""
        return (
            *given.values(),
            YamlConfigSettingsSource(settings_cls),
            TomlConfigSettingsSource(settings_cls),
            JsonConfigSettingsSource(settings_cls),
        )


def _load(content: str) -> Any:
    Path("shop.yaml").write_text(content, encoding="utf-8")
    return Shop()


def _mentions(settings: Any, content: str) -> bool:
    """Whether an instance, or an attribute of it, contains a text."""
    parts = [repr(settings), repr(vars(settings))]
    # The configuration of the class names all its files, whatever they set.
    for name in set(dir(settings)) - {"model_config"}:
        with suppress(Exception):
            parts.append(repr(getattr(settings, name)))
    return any(content in part for part in parts)


def origin() -> bool:
    """Whether an instance knows the file of its value."""
    return _mentions(_load("port: 81\n"), "shop.yaml")


def chain() -> bool:
    """Whether an instance knows the value that a variable overrides."""
    os.environ["SHOP_PORT"] = "82"
    settings = _load("port: 8181\n")
    assert settings.port == 82
    return _mentions(settings, "8181")


def _error(content: str) -> str:
    try:
        _load(content)
    except ValidationError as error:
        return str(error)
    return ""


def errors() -> bool:
    """Whether one error has two mistakes."""
    found = _error("port: six\ndebug: flase\n")
    return "port" in found and "debug" in found


def error_place() -> bool:
    """Whether an error has the file of the mistake."""
    return "shop.yaml" in _error("port: six\n")


def secret_error() -> str:
    """Whether an error hides the text that was given for a secret."""
    if "hunter2" not in _error("pin: hunter2\n"):
        return "yes"

    class Discreet(Shop):
        model_config = SettingsConfigDict(hide_input_in_errors=True)

    try:
        Discreet()
    except ValidationError as error:
        return "no" if "hunter2" in str(error) else "optional"
    return "no"


def secret_file() -> bool:
    """Whether a setting can be the content of a file."""
    Path("secrets").mkdir()
    Path("secrets", "shop_api_key").write_text("k-1\n", encoding="utf-8")
    return Shop().api_key.get_secret_value() == "k-1"


def unknown() -> bool:
    """Whether a misspelled key causes an error."""
    return "prot" in _error("prot: 81\n")


def text() -> bool:
    """Whether the text `false` turns a flag off."""
    os.environ["SHOP_DEBUG"] = "false"
    return Shop().debug is False


def yaml_text() -> bool:
    """Whether the code of Norway is read as text."""
    return not _error("country: no\n") and _load("country: no\n").country == "no"


def pickled() -> bool:
    """Whether an unpickled instance has the values of the original."""
    copy = pickle.loads(pickle.dumps(Shop(host="shop.test")))
    return bool(copy.host == "shop.test")


def formats() -> str:
    """Return the number of formats that can be loaded."""
    samples = {
        "YAML": ("shop.yaml", "port: 81\n"),
        "TOML": ("shop.toml", "port = 81\n"),
        "JSON": ("shop.json", '{"port": 81}'),
    }
    found = []
    for title, (name, content) in samples.items():
        Path(name).write_text(content, encoding="utf-8")
        if Shop().port == 81:
            found.append(title)
        Path(name).unlink()
    others = {"Ini": "INI", "Python": "Python"}
    sources = " ".join(dir(pydantic_settings))
    found += [title for name, title in others.items() if f"{name}Config" in sources]
    return str(len(found))


def dotenv() -> bool:
    """Whether an instance reads a file of variables."""
    Path(".env").write_text("SHOP_PORT=81\n", encoding="utf-8")
    return Shop().port == 81


def schema() -> bool:
    """Whether there is a JSON Schema of a class."""
    return "port" in Shop.model_json_schema()["properties"]


def command() -> bool:
    """Whether the distribution has a command."""
    found = metadata.distribution(DISTRIBUTION).entry_points
    return any(item.group == "console_scripts" for item in found)


class Span(BaseSettings):
    """Two settings with a rule for both."""

    low: int = 1
    high: int = 2

    @model_validator(mode="after")
    def _in_order(self) -> Span:
        if self.low > self.high:
            message = "low must not exceed high"
            raise ValueError(message)
        return self


def rules() -> bool:
    """Whether a rule sees more than one setting."""
    os.environ["LOW"] = "3"
    try:
        Span()
    except ValidationError as error:
        return "must not exceed" in str(error)
    return False


def templates() -> bool:
    """Whether a value can contain another setting's value."""
    return bool(_load("host: 'shop-{port}.test'\n").host == "shop-80.test")


def options() -> bool:
    """Whether a class makes options for the command line of an application."""
    return bool(CliApp.run(Shop, ["--port", "81"]).port == 81)


def managers() -> bool:
    """Whether a secret manager is a source."""
    return hasattr(pydantic_settings, "AWSSecretsManagerSettingsSource")


class Answers(PydanticBaseSettingsSource):
    """A source with one value."""

    def get_field_value(self, field: Any, field_name: str) -> tuple[Any, str, bool]:
        """Return the value of a field."""
        del field
        return (81 if field_name == "port" else None), field_name, False

    def __call__(self) -> dict[str, Any]:
        """Return all values."""
        return {"port": 81}


def sources() -> bool:
    """Whether an application can add a source."""

    class Asking(Shop):
        @classmethod
        def settings_customise_sources(
            cls, settings_cls: type[BaseSettings], **_: PydanticBaseSettingsSource
        ) -> tuple[PydanticBaseSettingsSource, ...]:
            return (Answers(settings_cls),)

    return Asking().port == 81


def environments() -> bool:
    """Whether a variable selects one of several sections."""
    os.environ["SHOP_ENV"] = os.environ["ENV_FOR_SHOP"] = "production"
    content = "production: {port: 81}\n"
    return not _error(content) and _load(content).port == 81
