"""Checks of typed-settings with attrs classes."""

from __future__ import annotations

import os
import pickle
from contextlib import suppress
from importlib import metadata
from pathlib import Path
from typing import Any

import attrs
import click
import typed_settings as ts
from click.testing import CliRunner
from typed_settings import processors
from typed_settings.exceptions import TsError
from typed_settings.loaders import DotEnvLoader

DISTRIBUTION = "typed-settings"
NO_PIN, NO_KEY = ts.types.Secret(0), ts.types.SecretStr("")
FORMATS = {
    "*.yaml": ("YamlFormat", "YAML", "port: 81\n"),
    "*.toml": ("TomlFormat", "TOML", "port = 81\n"),
    "*.json": ("JsonFormat", "JSON", '{"port": 81}'),
    "*.ini": ("IniFormat", "INI", "port = 81\n"),
    "*.py": ("PythonFormat", "Python", "class shop:\n    PORT = 81\n"),
}


@attrs.frozen
class Shop:
    """Settings of a shop."""

    host: str = "localhost"
    port: int = 80
    debug: bool = True
    country: str = "de"
    pin: ts.types.Secret[int] = NO_PIN
    api_key: ts.types.SecretStr = NO_KEY


def _loaders(content: str = "") -> list[Any]:
    loaders: list[Any] = []
    if content:
        Path("shop.yaml").write_text(content, encoding="utf-8")
        formats = {"*.yaml": ts.loaders.YamlFormat(None)}
        loaders.append(ts.FileLoader(formats, ["shop.yaml"]))
    return [*loaders, ts.EnvLoader("SHOP_")]


def _load(content: str = "", cls: Any = Shop, **options: Any) -> Any:
    return ts.load_settings(cls, _loaders(content), **options)


def _mentions(settings: Any, content: str) -> bool:
    """Whether an instance, or an attribute of it, contains a text."""
    parts = [repr(settings)]
    for name in dir(settings):
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
    except TsError as error:
        return "\n".join([str(error), *map(str, getattr(error, "exceptions", ()))])
    return ""


def errors() -> bool:
    """Whether one error has two mistakes."""
    found = _error("port: six\ndebug: flase\n")
    return "port" in found and "debug" in found


def error_place() -> str:
    """Return the most exact place that an error has."""
    found = _error("\nport: six\n")
    if "shop.yaml:2" in found or "line 2" in found:
        return "yes"
    return "file" if "shop.yaml" in found else "no"


def secret_error() -> bool:
    """Whether an error hides the text that was given for a secret."""
    found = _error("pin: hunter2\n")
    return "pin" in found and "hunter2" not in found


def secret_file() -> str:
    """Name the way in which a setting can be the content of a file."""
    Path("key").write_text("k-1\n", encoding="utf-8")
    os.environ["SHOP_API_KEY"] = "script://cat key"
    handlers = {"script://": processors.handle_script}
    assert not hasattr(processors, "handle_file")
    settings = _load(processors=[processors.UrlProcessor(handlers)])
    return "by a script" if str(settings.api_key) == "k-1" else "no"


def unknown() -> bool:
    """Whether a misspelled key causes an error."""
    return "prot" in _error("prot: 81\n")


def text() -> bool:
    """Whether the text `false` turns a flag off."""
    os.environ["SHOP_DEBUG"] = "false"
    return _load().debug is False


def yaml_text() -> bool:
    """Whether the code of Norway is read as text."""
    return bool(_load("country: no\n").country == "no")


def pickled() -> bool:
    """Whether an unpickled instance has the values of the original."""
    copy = pickle.loads(pickle.dumps(Shop(host="shop.test")))
    return bool(copy.host == "shop.test")


def formats() -> str:
    """Return the number of formats that can be loaded."""
    found = []
    for pattern, (name, title, content) in FORMATS.items():
        path = Path(pattern.replace("*", "shop"))
        path.write_text(content, encoding="utf-8")
        if not hasattr(ts.loaders, name):
            continue
        cls = getattr(ts.loaders, name)
        python = path.suffix == ".py"
        reader = cls("shop", key_transformer=cls.to_lower) if python else cls(None)
        loader = ts.FileLoader({pattern: reader}, [path])
        if ts.load_settings(Shop, [loader]).port == 81:
            found.append(title)
    return str(len(found))


def dotenv() -> bool:
    """Whether a loader reads a file of variables."""
    Path(".env").write_text("SHOP_PORT=81\n", encoding="utf-8")
    return bool(ts.load_settings(Shop, [DotEnvLoader("SHOP_", ".env")]).port == 81)


def schema() -> bool:
    """Whether the package has a function for a schema."""
    return any("schema" in name.lower() for name in dir(ts))


def command() -> bool:
    """Whether the distribution has a command."""
    found = metadata.distribution(DISTRIBUTION).entry_points
    return any(item.group == "console_scripts" for item in found)


@attrs.frozen
class Span:
    """Two settings with a rule for both."""

    low: int = 1
    high: int = attrs.field(default=2)

    @high.validator
    def _in_order(self, _: Any, value: int) -> None:
        if self.low > value:
            message = "low must not exceed high"
            raise ValueError(message)


def rules() -> bool:
    """Whether a rule sees more than one setting."""
    os.environ["SHOP_LOW"] = "3"
    try:
        _load(cls=Span)
    except TsError as error:
        return "must not exceed" in "".join(map(str, getattr(error, "exceptions", ())))
    return False


def templates() -> bool:
    """Whether a value can contain another setting's value."""
    settings = _load(
        "host: 'shop-{port}.test'\n", processors=[processors.FormatProcessor()]
    )
    return bool(settings.host == "shop-80.test")


def options() -> bool:
    """Whether a class makes options for the command line of an application."""

    @click.command()
    @ts.click_options(Shop, [])
    def show(settings: Shop) -> None:
        click.echo(settings.port)

    return CliRunner().invoke(show, ["--port", "81"]).output == "81\n"


def managers() -> bool:
    """Whether a secret manager is a source."""
    return hasattr(ts.loaders, "OnePasswordLoader")


def sources() -> bool:
    """Whether an application can add a source."""

    def load(_: Any, __: Any) -> Any:
        meta = ts.types.LoaderMeta("answers")
        return ts.types.LoadedSettings({"port": 81}, meta)

    return bool(ts.load_settings(Shop, [load]).port == 81)


def environments() -> bool:
    """Whether a variable selects one of several sections."""
    os.environ["SHOP_ENV"] = os.environ["ENV_FOR_SHOP"] = "production"
    content = "production: {port: 81}\n"
    return not _error(content) and bool(_load(content).port == 81)
