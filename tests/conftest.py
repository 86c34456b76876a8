"""Fixtures for all tests, and one function for each kind of source."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import settings

from pynenc_conf import ConfigBase
from pynenc_conf._core.declare import metaclass
from pynenc_conf._core.report import suggestions
from pynenc_conf._core.sources import documents

Source = Callable[[type[Any], Any], Any]

PREFIXES = ("PYNENC__", "CONFIG__")
"""The beginnings of the variables that the library reads."""

# Machines differ in speed, so no test has a time limit.
settings.register_profile("local", deadline=None)
settings.register_profile("ci", deadline=None, derandomize=True)
settings.register_profile("quick", deadline=None, derandomize=True, max_examples=15)
settings.load_profile("ci" if os.environ.get("CI") == "true" else "local")


@pytest.fixture(autouse=True)
def _clean_start(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    """Hide the developer's settings, and the settings and caches of other tests."""
    for name in list(os.environ):
        if name.startswith(PREFIXES):
            monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(suggestions, "_warned", {})
    monkeypatch.setattr(suggestions, "_unrelated", set())
    monkeypatch.setattr(documents, "_cache", {})
    # mutmut records the calls of each test, so derived data must be computed again.
    if "mutmut" in sys.modules:
        metaclass._forget_derived(ConfigBase)  # noqa: SLF001
    yield
    # Examples of the documentation set variables as an application does.
    for name in list(os.environ):
        if name.startswith(PREFIXES):
            del os.environ[name]


@pytest.fixture
def fresh_classes() -> None:
    """Let classes warn again about the keys of mappings that they have reported."""
    metaclass._forget_derived(ConfigBase)  # noqa: SLF001


@pytest.fixture
def set_trust(monkeypatch: pytest.MonkeyPatch) -> Callable[[bool], None]:
    """Return a function that makes every file old enough to be trusted, or not."""

    def set_to(trusted: bool) -> None:  # noqa: FBT001 - reads as a sentence
        monkeypatch.setattr(documents, "_RACY_NS", (-1 if trusted else 1) * 10**18)
        monkeypatch.setattr(documents, "_TICK_NS", 10**18)

    return set_to


# Each function sets the field `value` to a raw value through one kind of source, and
# returns the value of the field.


def from_values(cls: type[Any], raw: Any) -> Any:
    """Pass the raw value in config_values."""
    return cls({"value": raw}).value


def from_assignment(cls: type[Any], raw: Any) -> Any:
    """Assign the raw value."""
    conf = cls()
    conf.value = raw
    return conf.value


def from_override(cls: type[Any], raw: Any) -> Any:
    """Override the field with the raw value."""
    with cls.override(value=raw) as conf:
        return conf.value


def from_variable(cls: type[Any], text: str) -> Any:
    """Set the raw value in an environment variable."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CONFIG__VALUE", text)
        return cls().value


def from_file(cls: type[Any], name: str, text: str) -> Any:
    """Write a file with the given text."""
    Path(name).write_text(text, encoding="utf-8")
    return cls(None, name).value


def from_yaml(cls: type[Any], raw: Any) -> Any:
    """Write the raw value to a YAML file."""
    return from_file(cls, "sample.yaml", yaml.safe_dump({"value": raw}))


def from_json(cls: type[Any], raw: Any) -> Any:
    """Write the raw value to a JSON file."""
    return from_file(cls, "sample.json", json.dumps({"value": raw}))


def from_toml(cls: type[Any], raw: Any) -> Any:
    """Write the raw value to a TOML file."""
    return from_file(cls, "sample.toml", f"value = {toml(raw)}\n")


def toml(raw: Any) -> str:
    """Return a value as TOML."""
    if isinstance(raw, dict):
        pairs = (f"{toml(key)} = {toml(item)}" for key, item in raw.items())
        return f"{{{', '.join(pairs)}}}"
    if isinstance(raw, list):
        return f"[{', '.join(map(toml, raw))}]"
    if isinstance(raw, float):
        return repr(raw)
    return json.dumps(raw, ensure_ascii=False).replace("\x7f", "\\u007f")


def is_data(raw: Any, scalars: set[type]) -> bool:
    """Whether a file can contain the value."""
    if type(raw) is dict:
        return all(is_data(item, scalars) for item in raw.values())
    if type(raw) is list:
        return all(is_data(item, scalars) for item in raw)
    return type(raw) in scalars


def sources(raw: Any) -> list[Source]:
    """List every source that can hold a raw value."""
    found: list[Source] = [from_values, from_assignment, from_override]
    if isinstance(raw, str):
        found.append(from_variable)
    if is_data(raw, {bool, int, float, str}):
        found.append(from_toml)
    if is_data(raw, {bool, int, float, str, type(None)}):
        found += [from_yaml, from_json]
    return found
