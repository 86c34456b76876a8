"""Every documented difference from the original, checked on both libraries.

One test for each difference in `docs/reference/differences.md`, with its name.
"""

from __future__ import annotations

import copy
import os
import pickle
import re
import subprocess
import sys
from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import nullcontext
from datetime import timedelta
from enum import Enum, IntEnum
from pathlib import Path
from types import MappingProxyType
from typing import Any, Protocol

import cistell
import pytest
import yaml
from cistell.exceptions import ConfigError as OriginalError
from pynenc.conf.config_redis import ConfigRedis as OriginalRedis
from pynenc.conf.config_task import ConcurrencyControlType as OriginalControlType
from pynenc.conf.config_task import ConfigTask as OriginalTask
from pynenc.conf.config_task import exception_mapper as original_exception_mapper
from pynenc.exceptions import RetryError as OriginalRetryError

import pynenc_conf
from pynenc_conf import (
    ConcurrencyControlType,
    ConfigBase,
    ConfigError,
    ConfigField,
    ConfigFileError,
    ConfigRedis,
    ConfigTask,
    ConfigTypeError,
    RetryError,
    UnknownSettingWarning,
)
from pynenc_conf._core.sources import documents
from pynenc_conf._tools.classes import catalogue
from pynenc_conf.config_task import exception_mapper
from tests.dropin.conftest import Environment, environment, run  # noqa: F401 - a fixture

# A mapping warns once for each key of a class, so each test has fresh classes.
pytestmark = pytest.mark.usefixtures("fresh_classes")

PAGE = Path(__file__).parent.parent / "docs/reference/differences.md"
NAME = re.compile(r"^### `([a-z0-9-]+)`$", re.MULTILINE)
ENTRY = re.compile(
    r"^### `[a-z0-9-]+`\n\nOriginal\n: .+\n(?:  .+\n)*\n"
    r"pynenc_conf\n: .+\n(?:  .+\n)*\nReason\n: .+\n(?:  .+\n)*$",
    re.MULTILINE,
)


def classes(default: Any, name: str = "f") -> tuple[type, type]:
    """Make a class with one field for the original's engine and for this library's."""
    original = type(
        "ConfigShop", (cistell.ConfigBase,), {name: cistell.ConfigField(default)}
    )
    ours = type("ConfigShop", (ConfigBase,), {name: ConfigField(default)})
    return original, ours


def read(default: Any, raw: Any) -> tuple[Any, Any]:
    """Pass one raw value to a field of both engines and return both results."""
    original, ours = classes(default)
    return original({"f": raw}).f, ours({"f": raw}).f


def value_only_original_accepts(default: Any, raw: Any) -> Any:
    """Return the original's result for a value that this library rejects."""
    original, ours = classes(default)
    with pytest.raises(ConfigTypeError):
        ours({"f": raw})
    return original({"f": raw}).f


def write(name: str, text: str | bytes) -> str:
    """Write a file in the current directory and return its path."""
    Path(name).write_bytes(text if isinstance(text, bytes) else text.encode())
    return name


def names_of_tests() -> set[str]:
    """Return the names of the differences that this module has a test for."""
    tests = {name for name in globals() if name.startswith("test_")}
    tests -= {"test_each_difference_has_a_test", "test_each_difference_is_complete"}
    return {name.removeprefix("test_").replace("_", "-") for name in tests}


def test_each_difference_has_a_test() -> None:
    """Each difference has a test with its name, and each test is of a difference."""
    names = NAME.findall(PAGE.read_text(encoding="utf-8"))
    assert set(names) == names_of_tests()
    assert len(names) == len(set(names))


def test_each_difference_is_complete() -> None:
    """Each difference has the result of both libraries, and a reason."""
    page = PAGE.read_text(encoding="utf-8")
    assert len(ENTRY.findall(page)) == len(NAME.findall(page))


# What a value means


def test_bool_text() -> None:
    """Text for a bool is parsed; in the original, any text except "" is True."""
    assert read(True, "false") == (True, False)
    assert read(True, "off") == (True, False)
    assert read(True, "") == (False, False)
    assert value_only_original_accepts(True, "maybe") is True


def test_bool_other() -> None:
    """Only 0 and 1 stand for a bool; in the original, the truth of any value does."""
    assert value_only_original_accepts(True, 2) is True
    assert value_only_original_accepts(True, None) is False
    assert value_only_original_accepts(True, [0]) is True
    assert read(False, 1.0) == (True, True)


def test_container_text() -> None:
    """Text for a container is a list of values; in the original, a list of letters."""

    class OriginalShop(cistell.ConfigBase):
        f: Any = cistell.ConfigField(())

    class ConfigShop(ConfigBase):
        f: ConfigField[tuple[str, ...]] = ConfigField(())

    for text in ("id,user", '["id", "user"]'):
        assert ConfigShop({"f": text}).f == ("id", "user")
        assert OriginalShop({"f": text}).f == tuple(text)
    original, ours = classes({})
    with pytest.raises(TypeError):
        original({"f": "{}"})
    assert ours({"f": "{}"}).f == {}


def test_container_kind() -> None:
    """Mappings, bytes and iterators are not sequences, and pairs are not a mapping."""
    assert value_only_original_accepts((), {"a": 1}) == ("a",)
    assert value_only_original_accepts([], b"ab") == [97, 98]
    assert value_only_original_accepts({}, [("a", 1)]) == {"a": 1}
    original, ours = classes([])
    assert original({"f": iter([1])}).f == [1]
    with pytest.raises(ConfigTypeError):
        ours({"f": iter([1])})


def test_container_elements() -> None:
    """Elements have the declared type; the original ignores annotations."""

    class OriginalShop(cistell.ConfigBase):
        ports: cistell.ConfigField[tuple[int, ...]] = cistell.ConfigField(())

    class ConfigShop(ConfigBase):
        ports: ConfigField[tuple[int, ...]] = ConfigField(())

    values = {"ports": ["80", "443"]}
    assert OriginalShop(values).ports == ("80", "443")
    assert ConfigShop(values).ports == (80, 443)


def test_container_given() -> None:
    """A list from the caller is copied; the original keeps the list itself."""
    original, ours = classes([])
    given: list[int] = []
    assert original({"f": given}).f is given
    assert ours({"f": given}).f is not given


def test_int_lossy() -> None:
    """A number that is not whole is not an int; the original truncates it."""
    assert value_only_original_accepts(1, 6379.9) == 6379
    assert read(1, 6379.0) == (6379, 6379)


def test_int_infinite() -> None:
    """Infinity for an int is an invalid value; in the original, an OverflowError."""
    original, ours = classes(1)
    with pytest.raises(OverflowError):
        original({"f": float("inf")})
    with pytest.raises(ConfigTypeError):
        ours({"f": float("inf")})


def test_number_bool() -> None:
    """A bool is not a number; the original keeps the bool or converts it to 1.0."""
    assert value_only_original_accepts(1, True) is True
    assert value_only_original_accepts(1.0, True) == 1.0


def test_number_bytes() -> None:
    """Bytes are not a number."""
    assert value_only_original_accepts(1, b"5") == 5
    assert value_only_original_accepts(1.0, b"5") == 5.0


def test_int_subclass() -> None:
    """A number of a subclass of int becomes an int; the original keeps the subclass."""

    class Level(IntEnum):
        HIGH = 3

    there, here = read(1, Level.HIGH)
    assert there is Level.HIGH
    assert here == 3
    assert type(here) is int


def test_float_nan() -> None:
    """Nan is not a valid value."""
    assert value_only_original_accepts(1.0, "nan") != 1.0
    assert value_only_original_accepts(1.0, float("nan")) != 1.0


def test_float_inf() -> None:
    """A float is finite unless the field allows infinity."""
    assert value_only_original_accepts(1.0, "inf") == float("inf")

    class ConfigShop(ConfigBase):
        f = ConfigField(1.0, allow_inf=True)

    assert ConfigShop({"f": "inf"}).f == float("inf")


def test_float_zero() -> None:
    """A number that is too small for a float is not 0."""
    assert value_only_original_accepts(1.0, "1e-400") == 0.0


def test_str_none() -> None:
    """None is not text; in the original, None becomes the text "None"."""
    assert value_only_original_accepts("", None) == "None"
    original, ours = classes("")
    path = write("shop.yaml", "f:\n")
    assert original(None, path).f == "None"
    with pytest.raises(ConfigTypeError):
        ours(None, path)


def test_str_bool() -> None:
    """A bool from a mapping is not text; in the original, True becomes "True"."""
    assert value_only_original_accepts("", True) == "True"


def test_str_container() -> None:
    """A container is not text; in the original, a container becomes its repr."""
    assert value_only_original_accepts("", ["a"]) == "['a']"
    assert value_only_original_accepts("", b"a") == "b'a'"


def test_yaml_text() -> None:
    """A str field has the text exactly as written in the YAML file."""
    original, ours = classes("")
    for text, misread in {
        "no": "False",
        "0123": "83",
        "12:30": "750",
        "1.10": "1.1",
    }.items():
        path = write("shop.yaml", f"f: {text}\n")
        assert ours(None, path).f == text
        assert original(None, path).f == misread


def test_yaml_keys() -> None:
    """A key such as `on` is a name; in the original, the key is True."""
    original, ours = classes(1, "on")
    path = write("shop.yaml", "on: 2\n")
    assert original(None, path).on == 1
    assert ours(None, path).on == 2


def test_yaml_scalar_container() -> None:
    """A YAML scalar in a field for a container is its only element."""
    original, ours = classes(())
    for text in ("80", "no", "2024-01-01", "1.5"):
        path = write("sample.yaml", f"f: {text}\n")
        assert ours(None, path).f == (text,)
        with pytest.raises(TypeError):
            original(None, path)


def test_yaml_tab() -> None:
    """A tab may stand between a key and its value, as YAML says."""
    original, ours = classes(1)
    path = write("sample.yaml", "f:\t5\n")
    assert ours(None, path).f == 5
    with pytest.raises(ValueError, match="cannot start any token"):
        original(None, path)


def test_yaml_equals() -> None:
    """A bare `=` is text; the original cannot read it as a value."""
    original, ours = classes("")
    path = write("sample.yaml", "f: =\n")
    assert ours(None, path).f == "="
    with pytest.raises(ValueError, match="constructor"):
        original(None, path)


def test_yaml_omap() -> None:
    """Lists of pairs are an error; the original ignores such a section."""
    original, ours = classes(1)
    path = write("sample.yaml", "shop: !!omap [f: 5]\n")
    assert original(None, path).f == 1
    with pytest.raises(ConfigFileError, match="this tag"):
        ours(None, path)
    original, ours = classes([])
    path = write("sample.yaml", "f: !!pairs [a: 5]\n")
    assert original(None, path).f == [("a", 5)]
    with pytest.raises(ConfigFileError, match="this tag"):
        ours(None, path)


def test_yaml_date() -> None:
    """An impossible date is text; in the original, the file is invalid."""
    original, ours = classes("")
    path = write("shop.yaml", "f: 2024-13-45\n")
    with pytest.raises(ValueError, match="month"):
        original(None, path)
    assert ours(None, path).f == "2024-13-45"


class Colour(Enum):
    """An enumeration."""

    RED = 1


def test_enum_text() -> None:
    """An Enum can also be given by a member's name, or by its value as text."""
    original, ours = classes(Colour.RED)
    for text in ("red", "RED", "1"):
        assert ours({"f": text}).f is Colour.RED
        with pytest.raises(TypeError):
            original({"f": text})


def test_timedelta() -> None:
    """A timedelta is seconds or text with units; in the original, a number of days."""
    there, here = read(timedelta(), 90)
    assert there == timedelta(days=90)
    assert here == timedelta(seconds=90)
    original, ours = classes(timedelta())
    assert ours({"f": "1h30m"}).f == timedelta(minutes=90)
    with pytest.raises(TypeError):
        original({"f": "1h30m"})


def test_none_default() -> None:
    """A field with default None accepts any value; in the original, only None."""
    original, ours = classes(None)
    assert ours({"f": "x"}).f == "x"
    with pytest.raises(TypeError):
        original({"f": "x"})


def test_annotation() -> None:
    """An annotation declares the type; the original uses only the default's type."""

    class OriginalShop(cistell.ConfigBase):
        f: cistell.ConfigField[float] = cistell.ConfigField(1)

    class ConfigShop(ConfigBase):
        f: ConfigField[float] = ConfigField(1)

    assert OriginalShop({"f": 1.5}).f == 1
    assert ConfigShop({"f": 1.5}).f == 1.5


def test_limits() -> None:
    """The catalogue rejects impossible ports, counts and delays."""
    assert OriginalRedis({"redis_port": 70000}).redis_port == 70000
    with pytest.raises(ConfigTypeError, match="at most 65535"):
        ConfigRedis({"redis_port": 70000})
    assert OriginalRedis({"socket_timeout": -1}).socket_timeout == -1
    with pytest.raises(ConfigTypeError, match="at least 0"):
        ConfigRedis({"socket_timeout": -1})


def test_mutable_default() -> None:
    """Each instance has its own copy of a mutable default; the original shares it."""
    original, ours = classes([])[0], classes([])[1]
    original().f.append(1)
    ours().f.append(1)
    assert original().f == [1]
    assert ours().f == []


def test_mapper_error() -> None:
    """A mapper's exception causes a ConfigTypeError; in the original, it propagates."""

    def mapper(value: Any, expected_type: Any) -> Any:
        raise LookupError(value, expected_type)

    class OriginalShop(cistell.ConfigBase):
        f: Any = cistell.ConfigField(1, mapper)

    class ConfigShop(ConfigBase):
        f: Any = ConfigField(1, mapper)

    with pytest.raises(LookupError):
        OriginalShop({"f": 5})
    with pytest.raises(ConfigTypeError) as caught:
        ConfigShop({"f": 5})
    assert isinstance(caught.value.__cause__, LookupError)


# Tasks


def test_retry_for_text() -> None:
    """Text for `retry_for` is a list of names; in the original, a list of letters."""
    values = {"retry_for": "builtins.ValueError, builtins.KeyError"}
    assert ConfigTask("shop.pay", values).retry_for == (ValueError, KeyError)
    with pytest.raises(ValueError, match="not enough values"):
        OriginalTask("shop.pay", values)


def test_retry_for_import(monkeypatch: pytest.MonkeyPatch) -> None:
    """A module that cannot be imported is a TypeError, whatever the module raises."""
    write("broken_shop.py", "raise RuntimeError\n")
    monkeypatch.syspath_prepend(".")
    with pytest.raises(RuntimeError):
        original_exception_mapper(["broken_shop.PayError"])
    with pytest.raises(ConfigTypeError):
        exception_mapper(["broken_shop.PayError"])


def test_retry_error() -> None:
    """The default of `retry_for` is this library's RetryError, not pynenc's."""
    assert OriginalTask("shop.pay").retry_for == (OriginalRetryError,)
    assert ConfigTask("shop.pay").retry_for == (RetryError,)
    assert not issubclass(OriginalRetryError, RetryError)


def test_own_enums() -> None:
    """The enums are this library's: equal to pynenc's as text, but not identical."""
    values = {"running_concurrency": OriginalControlType.KEYS}
    here = ConfigTask("shop.pay", values).running_concurrency
    assert here is ConcurrencyControlType.KEYS
    assert here == OriginalControlType.KEYS
    assert not isinstance(here, OriginalControlType)
    there = OriginalTask("shop.pay", values).running_concurrency
    assert there is OriginalControlType.KEYS


def test_task_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    """The variable of a task may be written with `__`, which a shell can export."""
    monkeypatch.setenv("PYNENC__CONFIGTASK__SHOP__PAY__MAX_RETRIES", "3")
    assert OriginalTask("shop.pay").max_retries == 0
    assert ConfigTask("shop.pay").max_retries == 3


def test_variable_overridden(monkeypatch: pytest.MonkeyPatch) -> None:
    """An invalid general variable is an error, also if the class's own is set."""
    original, ours = classes(1)
    monkeypatch.setenv("CONFIG__F", "abc")
    monkeypatch.setenv("CONFIG__CONFIGSHOP__F", "5")
    assert original().f == 5
    with pytest.raises(ConfigTypeError, match="CONFIG__F"):
        ours()
    monkeypatch.setenv("CONFIG__F", "6")
    assert ours().f == original().f == 5


def test_task_options_text() -> None:
    """Options from JSON keep text that looks like a list; the original splits it."""
    text = '{"key_arguments": "id,user"}'
    assert OriginalTask.options_from_json(text) == {"key_arguments": tuple("id,user")}
    options = ConfigTask.options_from_json(text)
    assert ConfigTask("shop.pay", options).key_arguments == ("id", "user")


# Where values come from


def hierarchy(base: Any, field: Any, parent: str, child: str) -> Any:
    """Make a parent with a field, and its child."""
    top = type(parent, (base,), {"f": field("default")})
    return type(child, (top,), {"g": field("default")})


BOTH = ((cistell.ConfigBase, cistell.ConfigField), (ConfigBase, ConfigField))


def test_class_file_general(monkeypatch: pytest.MonkeyPatch) -> None:
    """A general key in the child's class file overrides the parent's class file."""
    monkeypatch.setenv("CONFIG__CONFIGTOP__FILEPATH", write("top.yaml", "f: top\n"))
    monkeypatch.setenv("CONFIG__CONFIGLEAF__FILEPATH", write("leaf.yaml", "f: leaf\n"))
    found = [hierarchy(*engine, "ConfigTop", "ConfigLeaf")().f for engine in BOTH]
    assert found == ["top", "leaf"]


def test_class_file_section(monkeypatch: pytest.MonkeyPatch) -> None:
    """A section of the child's class file overrides that of the parent's class file."""
    top = write("top.yaml", "shop: {f: top}\n")
    leaf = write("leaf.yaml", "shop: {f: leaf}\n")
    monkeypatch.setenv("CONFIG__CONFIGSHOP__FILEPATH", top)
    monkeypatch.setenv("CONFIG__SHOPCONFIG__FILEPATH", leaf)
    found = [hierarchy(*engine, "ConfigShop", "ShopConfig")().f for engine in BOTH]
    assert found == ["top", "leaf"]


def test_section_named_field() -> None:
    """A table named like a section is the section, even if a field has that name."""
    original, ours = classes(1, "shop")
    values = {"shop": {"shop": 2}}
    with pytest.raises(TypeError):
        original(values)
    assert ours(values).shop == 2


def test_section_mapping() -> None:
    """A section of `config_values` may be any mapping; in the original, only a dict."""
    original, ours = classes(1)
    values = {"shop": MappingProxyType({"f": 2})}
    assert original(values).f == 1
    assert ours(values).f == 2


def test_values_kind() -> None:
    """If `config_values` is not a mapping, a ConfigTypeError is raised."""
    original, ours = classes(1)
    with pytest.raises(AttributeError):
        original([("f", 2)])
    with pytest.raises(ConfigTypeError):
        ours([("f", 2)])
    assert OriginalTask("shop.pay", [("max_retries", 2)]).max_retries == 2  # type: ignore[arg-type]
    with pytest.raises(ConfigTypeError):
        ConfigTask("shop.pay", [("max_retries", 2)])  # type: ignore[arg-type]


def test_secret_files(monkeypatch: pytest.MonkeyPatch) -> None:
    """A secret may be read from a file that a `..._FILE` variable names."""
    monkeypatch.setenv("PYNENC__REDIS_PASSWORD_FILE", write("password", "pw\n"))
    assert OriginalRedis().redis_password == ""
    assert ConfigRedis().redis_password == "pw"


def test_hooks() -> None:
    """Subclasses add sections and variables with two hooks; the old hooks are gone."""
    old = (
        "init_config_values",
        "init_parent_values",
        "init_config_value_from_mapping",
        "init_config_value_key_from_mapping",
        "init_config_value_from_env_vars",
    )
    new = ("get_extra_qualifiers", "get_extra_env_keys")
    assert all(hasattr(cistell.ConfigBase, name) for name in old)
    assert not any(hasattr(ConfigBase, name) for name in old)
    assert not any(hasattr(cistell.ConfigBase, name) for name in new)
    assert all(hasattr(ConfigBase, name) for name in new)


# Files


def test_file_top_level() -> None:
    """A file whose top level is not a mapping is invalid; the original ignores it."""
    for path in (write("a.yaml", "- 1\n"), write("a.json", "[1]")):
        assert OriginalRedis(None, path).redis_port == 6379
        with pytest.raises(ConfigFileError):
            ConfigRedis(None, path)


def test_file_empty_json() -> None:
    """An empty JSON file sets nothing; in the original, the file is invalid."""
    path = write("a.json", "")
    with pytest.raises(ValueError, match="Invalid JSON"):
        OriginalRedis(None, path)
    assert ConfigRedis(None, path).redis_port == 6379


def test_file_duplicate_key() -> None:
    """A duplicate key is an error; in the original, the last one counts."""
    for path in (
        write("a.yaml", "redis_port: 1\nredis_port: 2\n"),
        write("a.json", '{"redis_port": 1, "redis_port": 2}'),
    ):
        assert OriginalRedis(None, path).redis_port == 2
        with pytest.raises(ConfigFileError, match="already on line"):
            ConfigRedis(None, path)


def test_file_nesting() -> None:
    """A deeply nested file is a ConfigFileError; in the original, a RecursionError."""
    for path in (write("a.yaml", "[" * 1000), write("a.json", "[" * 99999)):
        with pytest.raises(RecursionError):
            OriginalRedis(None, path)
        with pytest.raises(ConfigFileError):
            ConfigRedis(None, path)


def test_file_limits() -> None:
    """Files, including the expansion of aliases, have limits; the original has none."""
    lines = [
        "a0: &a0 {x: 1}",
        *(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 9)),
    ]
    path = write("a.yaml", "\n".join(lines))
    assert OriginalRedis(None, path).redis_port == 6379
    with pytest.raises(ConfigFileError, match="aliases repeat"):
        ConfigRedis(None, path)
    path = write("b.json", "{}" + " " * 8 * 2**20)
    assert OriginalRedis(None, path).redis_port == 6379
    with pytest.raises(ConfigFileError, match="larger than"):
        ConfigRedis(None, path)


def test_file_os_error() -> None:
    """Reading a directory is a ConfigFileError; in the original, an OSError."""
    Path("a.yaml").mkdir()
    with pytest.raises(IsADirectoryError):
        OriginalRedis(None, "a.yaml")
    with pytest.raises(ConfigFileError) as caught:
        ConfigRedis(None, "a.yaml")
    assert not isinstance(caught.value, OSError)


ENCODING_PROGRAM = """
from {package}.config_redis import ConfigRedis
print(ascii(ConfigRedis(None, "a.yaml").redis_host))
"""


def test_file_encoding() -> None:
    """Files are UTF-8 whatever the locale; the original uses the locale's encoding."""
    write("a.yaml", "redis_host: caf\u00e9\n")
    path = os.pathsep.join(filter(None, [str(PAGE.parent.parent), *sys.path]))
    ascii_only = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    found = {}
    for package in ("pynenc.conf", "pynenc_conf"):
        found[package] = subprocess.run(
            [sys.executable, "-c", ENCODING_PROGRAM.format(package=package)],
            env={**os.environ, **ascii_only, "PYTHONPATH": path},
            capture_output=True,
            text=True,
            check=False,
        )
    assert "UnicodeDecodeError" in found["pynenc.conf"].stderr
    assert found["pynenc_conf"].stdout.strip() == ascii("caf\u00e9")


def test_file_bom() -> None:
    """A byte order mark is allowed in every format; in the original, only in YAML."""
    path = write("a.json", b'\xef\xbb\xbf{"redis_port": 1}')
    with pytest.raises(ValueError, match="BOM"):
        OriginalRedis(None, path)
    assert ConfigRedis(None, path).redis_port == 1


def test_file_pyproject() -> None:
    """Only a file named pyproject.toml has its settings in `[tool.pynenc]`."""
    path = write("my-pyproject.toml", "redis_port = 1\n[tool.pynenc]\nredis_port = 2\n")
    assert OriginalRedis(None, path).redis_port == 2
    assert ConfigRedis(None, path).redis_port == 1


def test_file_tool_table() -> None:
    """`[tool] pynenc = 3` is a ConfigError; in the original, an AttributeError."""
    write("pyproject.toml", "[tool]\npynenc = 3\n")
    with pytest.raises(AttributeError):
        OriginalRedis()
    with pytest.raises(ConfigError):
        ConfigRedis()


def test_file_path() -> None:
    """`config_filepath` may be a Path; in the original, only text."""
    path = Path(write("a.yaml", "redis_port: 1\n"))
    with pytest.raises(AttributeError):
        OriginalRedis(None, path)  # type: ignore[arg-type]
    assert ConfigRedis(None, path).redis_port == 1


def test_file_cache(monkeypatch: pytest.MonkeyPatch) -> None:
    """A file is parsed only after a change; the original parses it at every use."""
    path = write("cached.yaml", "redis_port: 1\n")
    parsed: list[object] = []
    for module, name in ((yaml, "load"), (documents, "Document")):
        monkeypatch.setattr(module, name, counting(getattr(module, name), parsed))
    for _ in range(3):
        assert OriginalRedis(None, path).redis_port == 1
    assert len(parsed) == 3
    parsed.clear()
    for _ in range(3):
        assert ConfigRedis(None, path).redis_port == 1
    assert len(parsed) == 1
    write(path, "redis_port: 2\n")
    assert ConfigRedis(None, path).redis_port == 2


def counting(function: Any, calls: list[object]) -> Any:
    """Wrap a function to record its calls."""

    def counted(*args: Any, **kwds: Any) -> Any:
        calls.append(args)
        return function(*args, **kwds)

    return counted


# Errors


def test_all_problems() -> None:
    """One error lists all problems; an error of the original has only one."""
    values = {"redis_port": "six", "redis_db": "none"}
    with pytest.raises(TypeError) as there:
        OriginalRedis(values)
    with pytest.raises(ConfigTypeError) as here:
        ConfigRedis(values)
    assert not hasattr(there.value, "problems")
    assert {problem.field for problem in here.value.problems} == set(values)


def test_error_text() -> None:
    """An error names field, origin and value; the original names only two types."""
    with pytest.raises(TypeError, match=r"^Invalid type\. Expected") as there:
        OriginalRedis({"redis_port": "six"})
    with pytest.raises(TypeError) as here:
        ConfigRedis({"redis_port": "six"})
    assert "six" not in str(there.value)
    assert "redis_port: expected int" in str(here.value)
    assert "got 'six'" in str(here.value)
    with pytest.raises(TypeError, match=r"^Invalid type\. Expected"):
        pynenc_conf.default_config_field_mapper("six", int)


def test_error_classes() -> None:
    """This library has its own errors; `except` clauses for cistell's do not match."""
    assert not issubclass(ConfigError, OriginalError)
    assert not issubclass(pynenc_conf.ConfigMultiInheritanceError, OriginalError)


# Instances and classes


def test_pickle() -> None:
    """A pickled config keeps its values; the original returns to the defaults."""
    values = {"redis_host": "db.internal"}
    there = pickle.loads(pickle.dumps(OriginalRedis(values)))
    here = pickle.loads(pickle.dumps(ConfigRedis(values)))
    assert there.redis_host == "localhost"
    assert here.redis_host == "db.internal"


def test_copy() -> None:
    """A copy is independent; the original shares or, in a deep copy, drops values."""
    for cls, shared in ((OriginalRedis, True), (ConfigRedis, False)):
        first = cls({"redis_host": "first"})
        copy.copy(first).redis_host = "second"
        assert (first.redis_host == "second") is shared
        is_default = copy.deepcopy(first).redis_host == "localhost"
        assert is_default is shared


def test_equality() -> None:
    """Configs of one class with equal values are equal; in the original, none are."""
    assert OriginalRedis() != OriginalRedis()
    assert ConfigRedis() == ConfigRedis()
    assert hash(ConfigRedis()) == hash(ConfigRedis())


def test_repr() -> None:
    """The repr shows every field, secrets masked; in the original, an address."""
    assert "redis_host" not in repr(OriginalRedis())
    text = repr(ConfigRedis({"redis_password": "hunter2"}))
    assert "redis_host='localhost'" in text
    assert "hunter2" not in text


def test_field_order() -> None:
    """`all_fields` has the order of declaration; in the original, that of a set."""
    ours = ConfigRedis().all_fields
    assert ours[:3] == ["redis_username", "redis_password", "redis_host"]
    assert set(ours) == set(OriginalRedis().all_fields)


def test_overridden_setattr() -> None:
    """Only assignments go through a subclass's `__setattr__`, and not the sources."""
    seen: dict[str, list[str]] = {}
    for base, field in (
        (cistell.ConfigBase, cistell.ConfigField(1)),
        (ConfigBase, ConfigField(1)),
    ):
        names = seen.setdefault(base.__module__, [])

        def record(
            self: Any, name: str, value: Any, names: list[str] = names, base: Any = base
        ) -> None:
            names.append(name)
            base.__setattr__(self, name, value)

        cls: Any = type("ConfigShop", (base,), {"f": field, "__setattr__": record})
        conf = cls({"f": 2})
        conf.f = 3
        assert conf.f == 3
    assert seen[cistell.ConfigBase.__module__].count("f") == 2
    assert seen[ConfigBase.__module__] == ["f"]


def test_protocol_base() -> None:
    """A class cannot derive from a Protocol; an ABC is possible in both."""

    class Closing(Protocol):
        def close(self) -> None: ...

    class Opening(ABC):
        @abstractmethod
        def open(self) -> None: ...

    original: Any = cistell.ConfigBase
    assert type(original)("ConfigShop", (original, Closing), {})() is not None
    with pytest.raises(TypeError, match="metaclass conflict"):
        type("ConfigShop", (ConfigBase, Closing), {})
    for base in (original, ConfigBase):
        cls: Any = type(base)("ConfigShop", (base, Opening), {"open": lambda _: None})
        assert cls().open() is None


def test_shared_field() -> None:
    """One field under two names is two settings; in the original, one value."""
    shared: tuple[Any, Any] = (cistell.ConfigField(1), ConfigField(1))
    original, ours = (
        type("ConfigShop", (base,), {"a": field, "b": field})({"a": 5})
        for base, field in zip((cistell.ConfigBase, ConfigBase), shared, strict=True)
    )
    assert (original.a, original.b) == (5, 5)
    assert (ours.a, ours.b) == (5, 1)


# What pynenc 0.0.21 does not have.
LATER_FIELDS = {
    "pagination_batch_size",
    "force_new_workflow",
    "trigger_cls",
    "enable_scheduler",
    "event_retention_days",
    "max_events_batch_size",
    "scheduler_interval_seconds",
}
ALL_FIELDS = """
import importlib, pkgutil, sys
if sys.argv[1] == "ours":
    from pynenc_conf import dropin
    dropin.install()
conf = importlib.import_module("pynenc.conf")
for module in pkgutil.iter_modules(conf.__path__):
    for item in vars(importlib.import_module(f"pynenc.conf.{module.name}")).values():
        if isinstance(item, type) and hasattr(item, "config_fields"):
            print(*item.config_fields())
"""


def test_older_catalogue(environment: Environment) -> None:  # noqa: F811 - as above
    """Older versions of pynenc have the fields of 0.0.24 too."""
    python = environment("older", "pynenc==0.0.21")
    theirs, ours = (
        set(run("-c", ALL_FIELDS, whose, python=python, env={}).split())
        for whose in ("theirs", "ours")
    )
    assert theirs <= ours
    # 0.0.21 has no module of triggers, whose fields only the catalogue here has.
    assert ours - theirs == LATER_FIELDS & ours
    assert set(all_fields_here()) >= LATER_FIELDS


def all_fields_here() -> Iterator[str]:
    """Yield the fields of all classes of this library's catalogue."""
    for cls in catalogue().values():
        yield from cls.config_fields()


def test_plain_attribute() -> None:
    """A plain value for a parent's field is a new default of the same type."""
    found = []
    for base, field in BOTH:
        top = type("ConfigTop", (base,), {"f": field(1)})
        leaf: Any = type("ConfigLeaf", (top,), {"f": 5})
        assert leaf().f == 5
        found.append((leaf({"f": "7"}).f, leaf.config_fields()))
    assert found == [("7", []), (7, ["f"])]


def test_field_assigned_to_class() -> None:
    """A value assigned to the class is a new default for later instances."""
    original, ours = classes(1)
    old = original({"f": 2}), ours({"f": 2})
    for cls in (original, ours):
        cls.f = 5  # type: ignore[attr-defined]
    assert [config.f for config in old] == [5, 2]
    assert [cls({"f": "7"}).f for cls in (original, ours)] == [5, 7]


def test_field_replaced() -> None:
    """A property that replaces a parent's field is not a setting."""
    found: list[Any] = []
    for base, field in BOTH:
        top = type("ConfigTop", (base,), {"f": field(1)})
        leaf: Any = type("ConfigLeaf", (top,), {"f": property(lambda _: 9)})
        found.append(leaf)
    with pytest.raises(AttributeError):
        found[0]({"f": 5})
    assert found[1]({"f": 5}).f == 9
    assert found[1]().all_fields == []


def test_field_removed() -> None:
    """Existing instances keep the value of a field that is removed from the class."""
    original, ours = classes(1)
    old = original({"f": 2}), ours({"f": 2})
    del original.f, ours.f  # type: ignore[attr-defined]
    with pytest.raises(AttributeError):
        _ = old[0].f
    assert old[1].f == 2


def test_field_mistakes() -> None:
    """A field that cannot work here is an error of the class."""
    doubled = {"__get__": lambda *_: 2}
    for base, field in BOTH:
        inner: Any = type("ConfigInner", (base,), {"f": field(1)})
        namespaces: list[dict[str, Any]] = [
            {"get_env_key": field(1)},
            {"inner": field(inner())},
            {"f": type("Field", (field,), doubled)(1)},  # type: ignore[operator]
        ]
        for namespace in namespaces:
            expected = pytest.raises(ConfigTypeError) if base is ConfigBase else None
            with expected or nullcontext():
                type("ConfigShop", (base,), namespace)


def test_unknown_names() -> None:
    """A misspelled name warns; in the original, it is ignored."""
    original, ours = classes(1)
    original({"shop": {"zzz": 1}})
    with pytest.warns(UnknownSettingWarning, match="unknown setting 'zzz'"):
        ours({"shop": {"zzz": 1}})


def test_assigned_before_init() -> None:
    """A field assigned before `super().__init__()` is overwritten, without an error."""

    def init(self: Any) -> None:
        self.f = 5
        super(type(self), self).__init__()

    found: list[Any] = [
        type("ConfigShop", (base,), {"f": field(1), "__init__": init})
        for base, field in BOTH
    ]
    with pytest.raises(AttributeError):
        found[0]()
    assert found[1]().f == 1


def test_base_classes() -> None:
    """Config classes and fields are not subclasses of cistell's."""
    assert issubclass(OriginalRedis, cistell.ConfigBase)
    assert not issubclass(ConfigRedis, cistell.ConfigBase)
    assert not isinstance(ConfigField(1), cistell.ConfigField)


def test_internals() -> None:
    """The internals of the original do not exist."""
    there, here = OriginalRedis(), ConfigRedis()
    for name in ("_config_values", "_mapped_keys"):
        assert hasattr(there, name)
        assert not hasattr(here, name)
    assert hasattr(cistell.ConfigField, "__set__")
    assert not hasattr(ConfigField, "__set__")
