"""Checks of dynaconf."""

from __future__ import annotations

import json
import os
import pickle
import subprocess
import sys
from pathlib import Path
from typing import Any

import dynaconf
from dynaconf import Dynaconf, ValidationError, Validator
from dynaconf.utils.inspect import get_history

DISTRIBUTION = "dynaconf"
FILES = ["shop.yaml", "shop.toml", "shop.json", "shop.ini", "shop.py"]


def _load(content: str = "", **options: Any) -> Any:
    if content:
        Path("shop.yaml").write_text(content, encoding="utf-8")
    given = {"envvar_prefix": "SHOP", "settings_files": FILES, "port": 80, **options}
    settings = Dynaconf(root_path=str(Path.cwd()), **given)
    settings.to_dict()
    return settings


def origin() -> str:
    """Return the most exact place that is known of a value in a file."""
    history = json.dumps(get_history(_load("\n\nport: 81\n"), key="PORT"))
    if "shop.yaml:3" in history or '"line": 3' in history:
        return "yes"
    return "file" if "shop.yaml" in history else "no"


def chain() -> bool:
    """Whether the value in the file is known although a variable overrides it."""
    os.environ["SHOP_PORT"] = "82"
    settings = _load("port: 8181\n")
    assert settings.PORT == 82
    return "8181" in json.dumps(get_history(settings, key="PORT"))


def _error(content: str, *validators: Validator) -> str:
    settings = _load(content)
    settings.validators.register(*validators)
    try:
        settings.validators.validate_all()
    except ValidationError as error:
        return str(error)
    return ""


def errors() -> bool:
    """Whether one error has two mistakes."""
    port = Validator("PORT", is_type_of=int)
    found = _error("port: six\ndebug: flase\n", port, Validator("DEBUG", is_in=[True]))
    return "PORT" in found and "DEBUG" in found


def error_place() -> bool:
    """Whether an error has the file of the mistake."""
    found = _error("port: six\n", Validator("PORT", is_type_of=int))
    return "shop.yaml" in found


def secret_error() -> bool:
    """Whether an error hides the text that was given for a secret."""
    found = _error("pin: hunter2\n", Validator("PIN", is_type_of=int))
    return "PIN" in found and "hunter2" not in found


def secret_file() -> bool:
    """Whether a setting can be the content of a file."""
    Path("key").write_text("k-1", encoding="utf-8")
    os.environ["SHOP_API_KEY"] = "@read_file key"
    return bool(_load().API_KEY == "k-1")


def unknown() -> bool:
    """Whether a misspelled key causes an error."""
    return "prot" in _error("prot: 81\n", Validator("PORT", is_type_of=int)).lower()


def text() -> bool:
    """Whether the text `false` turns a flag off."""
    os.environ["SHOP_DEBUG"] = "false"
    return _load().DEBUG is False


def yaml_text() -> bool:
    """Whether the code of Norway is read as text."""
    return bool(_load("country: no\n").COUNTRY == "no")


def pickled() -> bool:
    """Whether unpickled settings have the values of the original."""
    settings = _load("host: shop.test\n")
    try:
        copy = pickle.loads(pickle.dumps(settings))
    except Exception:  # noqa: BLE001 - whatever is raised
        return False
    Path("shop.yaml").unlink()
    return bool(copy.HOST == "shop.test")


def formats() -> str:
    """Return the number of formats that can be loaded."""
    samples = {
        "YAML": ("shop.yaml", "port: 81\n"),
        "TOML": ("shop.toml", "port = 81\n"),
        "JSON": ("shop.json", '{"port": 81}'),
        "INI": ("shop.ini", "port = 81\n"),
        "Python": ("shop.py", "PORT = 81\n"),
    }
    found = []
    for title, (name, content) in samples.items():
        Path(name).write_text(content, encoding="utf-8")
        if str(_load().PORT) == "81":  # INI has text only
            found.append(title)
        Path(name).unlink()
    return str(len(found))


def dotenv() -> bool:
    """Whether the settings read a file of variables."""
    Path(".env").write_text("SHOP_PORT=81\n", encoding="utf-8")
    return bool(_load(load_dotenv=True).PORT == 81)


def schema() -> bool:
    """Whether the package has a function for a schema."""
    return any("schema" in name.lower() for name in (*dir(dynaconf), *dir(Dynaconf)))


def command() -> bool:
    """Whether a command reports a mistake in a file."""
    Path("settings.yaml").write_text("port: 0\n", encoding="utf-8")
    Path("config.py").write_text(
        "from dynaconf import Dynaconf\n"
        "settings = Dynaconf(settings_files=['settings.yaml'])\n",
        encoding="utf-8",
    )
    Path("dynaconf_validators.toml").write_text(
        "[port]\nmust_exist = true\ngte = 1\n", encoding="utf-8"
    )
    done = subprocess.run(
        [sys.executable, "-m", "dynaconf", "-i", "config.settings", "validate"],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PYTHONPATH": str(Path.cwd())},
    )
    return done.returncode != 0 and "port" in (done.stdout + done.stderr).lower()


def rules() -> bool:
    """Whether a rule sees more than one setting."""
    content = "low: 3\nhigh: 2\n"
    low = Validator("LOW", condition=lambda value: value <= 2)
    either = low | Validator("HIGH", gte=3)
    return bool(_error(content, either)) and not _error("low: 3\nhigh: 3\n", either)


def templates() -> bool:
    """Whether a value can contain another setting's value."""
    settings = _load("host: '@format shop-{this.PORT}.test'\n")
    return bool(settings.HOST == "shop-80.test")


def _has_name(*parts: str) -> bool:
    names = [name.lower() for name in (*dir(dynaconf), *dir(Dynaconf))]
    return any(part in name for name in names for part in parts)


def options() -> bool:
    """Whether settings make options for the command line of an application."""
    return _has_name("cli", "click", "argparse")


def managers() -> bool:
    """Whether a secret manager is a source."""
    return (Path(dynaconf.__file__).parent / "loaders" / "vault_loader.py").exists()


def sources() -> bool:
    """Whether an application can add a source."""
    Path("answers.py").write_text(
        "def load(obj, env=None, silent=True, key=None, filename=None):\n"
        "    obj.set('PORT', 81)\n",
        encoding="utf-8",
    )
    sys.path.insert(0, str(Path.cwd()))
    try:
        return bool(_load(LOADERS_FOR_DYNACONF=["answers"]).PORT == 81)
    finally:
        sys.path.pop(0)


def environments() -> bool:
    """Whether a variable selects one of several sections."""
    os.environ["ENV_FOR_DYNACONF"] = "production"
    content = "default: {port: 80}\nproduction: {port: 81}\n"
    return bool(_load(content, environments=True).PORT == 81)
