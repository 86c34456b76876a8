"""Every config class of `pynenc.conf`, module for module and field for field."""

from __future__ import annotations

import ast
import subprocess
import sys
from enum import StrEnum
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

import pynenc_conf
from pynenc_conf import constants
from pynenc_conf.config_base import ConfigPynencBase
from pynenc_conf.config_redis import ConfigRedis
from pynenc_conf.config_task import DEFAULT_KEY_ARGS, ConfigTask
from pynenc_conf.exceptions import ConfigTypeError
from pynenc_conf.field import ConfigField
from tests.catalogue_data import (
    CLASS_CONSTANTS,
    CLASSES,
    CONSTANTS,
    ENUMS,
    FUNCTIONS,
    ClassRow,
    FieldRow,
)

MODULES = sorted({row.module for row in CLASSES} | {"constants"})
FIELDS = [(row, field) for row in CLASSES for field in row.fields]
NUMBERS = [(row, field) for row, field in FIELDS if field.type_name in {"int", "float"}]
# Fields for which infinity means "never" or "no limit".
MAY_BE_INFINITE = {
    "auto_final_invocation_purge_hours",
    "cached_status_time",
    "max_pending_seconds",
    "redis_pool_health_check_interval",
    "redis_retry_max_delay_sec",
}
# Modules that are slow to import, and that the catalogue does not need.
SLOW_MODULES = {
    "click",
    "dataclasses",
    "importlib.metadata",
    "inspect",
    "pathlib",
    "redis",
    "rich",
    "tomli",
    "typing",
    "yaml",
}

every_class = pytest.mark.parametrize("row", CLASSES, ids=lambda row: row.name)
every_field = pytest.mark.parametrize(
    ("row", "field"), FIELDS, ids=lambda item: item.name
)
every_number = pytest.mark.parametrize(
    ("row", "field"), NUMBERS, ids=lambda item: item.name
)


def ours(row: ClassRow) -> Any:
    """Return this library's class."""
    return getattr(import_module(f"pynenc_conf.{row.module}"), row.name)


def instance(row: ClassRow, **values: object) -> Any:
    """Make an instance of this library's class."""
    cls = ours(row)
    return cls("module.task", values) if cls is ConfigTask else cls(values)


def original(module: str) -> Any:
    """Import a module of the original, or skip the test where it is not installed."""
    return pytest.importorskip(f"pynenc.conf.{module}")


def type_name(cls: type, field: str) -> str:
    """Return the declared type of a field, which every field annotates."""
    annotation: str = cls.__annotations__[field]
    assert annotation.startswith("ConfigField[")
    return annotation.removeprefix("ConfigField[").removesuffix("]")


def comparable(value: object) -> object:
    """Replace exceptions and enums, which each library defines, by their names."""
    if isinstance(value, tuple):
        return tuple(map(comparable, value))
    if isinstance(value, type):
        return value.__name__
    return f"{type(value).__name__}.{value}" if isinstance(value, StrEnum) else value


@every_class
def test_class_has_the_original_bases(row: ClassRow) -> None:
    """A class derives from the same classes, in the same order."""
    assert tuple(base.__name__ for base in ours(row).__bases__) == row.bases


@every_class
def test_class_defines_its_fields_in_order(row: ClassRow) -> None:
    """A class defines the fields of the catalogue, in that order, and no others."""
    assert ours(row).config_fields() == [field.name for field in row.fields]


@every_field
def test_field_has_type_and_default(row: ClassRow, field: FieldRow) -> None:
    """A field has the catalogue's type and default, read on the class."""
    cls = ours(row)
    default = getattr(cls, field.name)
    assert default == field.default
    assert type_name(cls, field.name) == field.type_name
    assert type(default).__name__ == field.type_name.partition("[")[0]


@every_class
def test_instance_without_sources_has_the_defaults(row: ClassRow) -> None:
    """An instance without values from any source has the defaults."""
    conf = instance(row)
    for field in row.fields:
        value = getattr(conf, field.name)
        assert value == field.default
        assert type(value) is type(getattr(ours(row), field.name))


@every_class
def test_module_is_the_home_of_the_class(row: ClassRow) -> None:
    """`__module__` of a class is the module of the catalogue."""
    assert ours(row).__module__ == f"pynenc_conf.{row.module}"
    assert ours(row).__qualname__ == row.name


@pytest.mark.parametrize("module", MODULES)
def test_module_holds_no_other_config_class(module: str) -> None:
    """A module defines no config classes other than those of the catalogue."""
    home = import_module(f"pynenc_conf.{module}")
    defined = {
        name
        for name, item in vars(home).items()
        if isinstance(item, type(ConfigPynencBase)) and item.__module__ == home.__name__
    }
    assert defined == {row.name for row in CLASSES if row.module == module}


def test_constants() -> None:
    """The constants name the namespace of pynenc."""
    found = {name: item for name, item in vars(constants).items() if name.isupper()}
    assert found == CONSTANTS


def test_constants_are_class_attributes() -> None:
    """A subclass can override each name of the namespace."""
    found = {name: getattr(ConfigPynencBase, name) for name in CLASS_CONSTANTS}
    assert found == CLASS_CONSTANTS
    assert set(CLASS_CONSTANTS) <= set(ConfigPynencBase.__annotations__)


@pytest.mark.parametrize(("module", "name"), ENUMS)
def test_enum_members(module: str, name: str) -> None:
    """An enum has the members of the catalogue, whose values are lower-case names."""
    enum = getattr(import_module(f"pynenc_conf.{module}"), name)
    assert issubclass(enum, StrEnum)
    assert {key: item.value for key, item in enum.__members__.items()} == ENUMS[
        module, name
    ]


def test_shared_default_of_key_arguments() -> None:
    """`key_arguments` is DEFAULT_KEY_ARGS itself, as in the original."""
    assert vars(ConfigTask)["key_arguments"] is DEFAULT_KEY_ARGS


@every_field
def test_field_is_documented_once(row: ClassRow, field: FieldRow) -> None:
    """A field has a description, which the docstring of its class repeats once."""
    cls = ours(row)
    declared = vars(cls)[field.name]
    assert isinstance(declared, ConfigField)
    assert declared.doc.endswith(".")
    assert f":cvar ConfigField[{field.type_name}] {field.name}:" in cls.__doc__
    assert cls.__doc__.count(declared.doc) == 1


@every_field
def test_only_credentials_are_secret(row: ClassRow, field: FieldRow) -> None:
    """The password is secret, the URL can contain a secret, and no other field is."""
    expected = {"redis_password": True, "redis_url": "url"}.get(field.name, False)
    assert vars(ours(row))[field.name].secret == expected


@every_number
def test_number_may_not_be_negative(row: ClassRow, field: FieldRow) -> None:
    """Counts and delays cannot be negative."""
    with pytest.raises(ConfigTypeError, match=field.name):
        instance(row, **{field.name: -1})


# Fields for which zero is an invalid port, an endless loop, or no thread at all.
NEVER_ZERO = {"redis_port", "pagination_batch_size", "max_pending_resolution_threads"}


@every_number
def test_number_may_be_zero_where_the_original_works(
    row: ClassRow, field: FieldRow
) -> None:
    """Zero is accepted, except if it can only fail."""
    if field.name in NEVER_ZERO:
        with pytest.raises(ConfigTypeError, match=field.name):
            instance(row, **{field.name: 0})
    else:
        assert getattr(instance(row, **{field.name: 0}), field.name) == 0


@every_number
def test_infinity(row: ClassRow, field: FieldRow) -> None:
    """A number can be infinite only if the field allows it."""
    values = {field.name: float("inf")}
    if field.name in MAY_BE_INFINITE:
        assert getattr(instance(row, **values), field.name) == float("inf")
    else:
        with pytest.raises(ConfigTypeError, match=field.name):
            instance(row, **values)


@pytest.mark.parametrize("port", [1, 65_535])
def test_port_at_its_bounds(port: int) -> None:
    """The minimum and maximum TCP port are accepted."""
    assert ConfigRedis({"redis_port": port}).redis_port == port


def test_port_above_its_bound() -> None:
    """A port above the maximum is rejected."""
    with pytest.raises(ConfigTypeError, match="redis_port"):
        ConfigRedis({"redis_port": 65_536})


@pytest.mark.parametrize("module", MODULES)
def test_module_is_cheap_to_import(module: str) -> None:
    """Importing a module of the catalogue imports nothing that is slow to import."""
    slow = SLOW_MODULES | (set() if module == "config_task" else {"json", "re"})
    code = f"import sys, pynenc_conf.{module}; print(sorted({slow} & set(sys.modules)))"
    checkout = str(Path(pynenc_conf.__file__).parents[1])
    isolated = [sys.executable, "-I", "-S", "-c"]
    done = subprocess.run(
        [*isolated, f"import sys; sys.path.insert(0, {checkout!r}); {code}"],
        capture_output=True,
        check=True,
        text=True,
    )
    assert ast.literal_eval(done.stdout) == []


# Comparison with the original.


@every_class
def test_original_has_the_same_class(row: ClassRow) -> None:
    """The original's class has these bases, and these fields in this order."""
    theirs = getattr(original(row.module), row.name)
    field_class = pytest.importorskip("cistell").ConfigField
    fields = [n for n, item in vars(theirs).items() if isinstance(item, field_class)]
    assert tuple(base.__name__ for base in theirs.__bases__) == row.bases
    assert fields == [field.name for field in row.fields]


@every_field
def test_original_has_the_same_default(row: ClassRow, field: FieldRow) -> None:
    """The original's field has the same default of the same type."""
    theirs = getattr(getattr(original(row.module), row.name), field.name)
    default = getattr(ours(row), field.name)
    assert comparable(default) == comparable(theirs)
    assert type(default).__name__ == type(theirs).__name__


@pytest.mark.parametrize("module", MODULES)
def test_original_has_no_more_classes(module: str) -> None:
    """Every config class, enum and constant of the original's module is here."""
    theirs = original(module)
    defined = {
        name
        for name, item in vars(theirs).items()
        if (isinstance(item, type) and item.__module__ == theirs.__name__)
        or name in CONSTANTS
    }
    assert defined <= set(vars(import_module(f"pynenc_conf.{module}")))


@pytest.mark.parametrize("module", FUNCTIONS)
def test_original_helpers_are_here(module: str) -> None:
    """The helpers that the original's module offers by name are here too."""
    theirs = original(module)
    home = import_module(f"pynenc_conf.{module}")
    for name in FUNCTIONS[module]:
        assert hasattr(theirs, name)
        assert hasattr(home, name)


@every_class
def test_original_command_line_finds_the_descriptions(row: ClassRow) -> None:
    """`pynenc show_config` reads each field's sentence from the class's docstring."""
    command = pytest.importorskip("pynenc.cli.config_cli")
    found = command.extract_descriptions_from_docstring(ours(row))
    for field in row.fields:
        assert found[field.name] == vars(ours(row))[field.name].doc
