"""The properties that hold for any bytes: a value, or one of this library's errors.

Each target takes bytes and raises AssertionError, or the exception that escaped, if a
property does not hold. If a seed contains the marker, no error may show the marker.
"""

from __future__ import annotations

import copy
import json
import os
import pickle
import tempfile
import traceback
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import Enum, StrEnum
from pathlib import Path
from typing import Any, Literal, NamedTuple, TypedDict
from uuid import UUID
from zlib import crc32

from pynenc_conf import (
    ConfigBase,
    ConfigError,
    ConfigField,
    ConfigOrchestratorRedis,
    UnknownSettingWarning,
)
from pynenc_conf._core.formats.limits import MAX_DEPTH, MAX_NODES
from pynenc_conf._core.formats.yaml_scalar import Scalar, to_plain
from pynenc_conf._core.problems import UnreadableFile
from pynenc_conf._core.sources.documents import Document

MARKER = "hunter2!"
LONGEST_ERROR = 100_000
FILES = ("a.yaml", "a.toml", "a.json", "pyproject.toml")


class Level(StrEnum):
    """An enumeration of text."""

    LOW = "low"
    NONE = "none"


class Color(Enum):
    """An enumeration of numbers."""

    RED = 1
    BLUE = 2


class Address(TypedDict):
    """A dict with known keys."""

    host: str


class Point(NamedTuple):
    """A tuple with names."""

    x: int
    y: int


class ConfigMany(ConfigBase):
    """A field of each type that the documentation names."""

    flag = ConfigField(True)
    whole = ConfigField(1, ge=-5, le=10**30)
    number = ConfigField(1.5)
    endless = ConfigField(1.5, allow_inf=True)
    text = ConfigField("")
    anything: ConfigField[Any] = ConfigField(None)
    optional: ConfigField[int | None] = ConfigField(None)
    either: ConfigField[int | float | tuple[int, ...] | None] = ConfigField(None)
    level = ConfigField(Level.LOW)
    maybe_level: ConfigField[Level | None] = ConfigField(None)
    color = ConfigField(Color.RED)
    literal: ConfigField[Literal[1, "auto", True]] = ConfigField("auto")
    chosen = ConfigField("a", choices=("a", "b"))
    numbers: ConfigField[tuple[int, ...]] = ConfigField(())
    pair: ConfigField[tuple[int, str]] = ConfigField((1, ""))
    listed: ConfigField[list[list[str]]] = ConfigField([])
    loose: ConfigField[list[Any]] = ConfigField([])
    unique: ConfigField[frozenset[float]] = ConfigField(frozenset())
    changing: ConfigField[set[str]] = ConfigField(set())
    table: ConfigField[dict[str, int]] = ConfigField({})
    free_table: ConfigField[dict[Any, Any]] = ConfigField({})
    nested: ConfigField[dict[str, dict[int, tuple[Level, ...]]]] = ConfigField({})
    address: ConfigField[Address] = ConfigField({"host": ""})
    point = ConfigField(Point(1, 2))
    path = ConfigField(Path())
    pause = ConfigField(timedelta(seconds=1), ge=timedelta())
    day = ConfigField(date(2024, 1, 1))
    moment: ConfigField[datetime | None] = ConfigField(None)
    exact = ConfigField(Decimal(1))
    identity = ConfigField(UUID(int=1))
    raw = ConfigField(b"")


class ConfigSecrets(ConfigBase):
    """Fields whose values no error may show."""

    whole = ConfigField(1, secret=True)
    numbers: ConfigField[tuple[int, ...]] = ConfigField((), secret=True)
    table: ConfigField[dict[str, int]] = ConfigField({}, secret=True)
    level = ConfigField(Level.LOW, secret=True)
    pause = ConfigField(timedelta(), secret=True)
    exact = ConfigField(Decimal(1), secret=True)
    text = ConfigField("", secret=True)
    anything: ConfigField[Any] = ConfigField(None, secret=True)
    url = ConfigField("", secret="url")


FIELDS = [
    (cls, name) for cls in (ConfigMany, ConfigSecrets) for name in cls().all_fields
]


def check_parser(format_name: str, data: bytes) -> None:
    """Parse bytes; the result has a limited size, and a position for each key."""
    try:
        document = Document(f"a.{format_name}", format_name, data)
    except UnreadableFile as error:
        check_parser_error(error, data)
        return
    size, depth = measure(document.root, {})
    assert size <= MAX_NODES, "too many values"
    assert depth <= MAX_DEPTH, "nested too deep"
    for key, value in document.root.items():
        place = document.position((key,))
        assert place is not None, "a key without a place"
        assert place[0] <= len(data) + 1, "a place beyond the file"
        if isinstance(value, dict):
            for inner in value:
                assert document.position((key, inner)), "a key without a place"
    with_errors(lambda: to_plain(document.root), ValueError)


def check_parser_error(error: UnreadableFile, data: bytes) -> None:
    """Check that an error is one line that quotes nothing and points into the file."""
    assert error.__context__ is error.__cause__ is None, "a parser's error is attached"
    assert MARKER not in str(error), "the file is quoted"
    assert "\n" not in error.message, "a message of several lines"
    assert len(error.message) <= 200, "a long message"
    assert error.line is None or 1 <= error.line <= len(data) + 1, "a line past the end"
    # tomli points slightly past the end.
    assert error.column is None or 1 <= error.column <= len(data) + 2, (
        "a column past the end"
    )


def measure(node: object, known: dict[int, tuple[int, int]]) -> tuple[int, int]:
    """Return the number of values in a tree, with aliases expanded, and its depth."""
    if not isinstance(node, (dict, list)):
        assert isinstance(node, (str, int, float, Scalar, date, type(None))) or (
            type(node).__name__ == "time"
        ), f"a {type(node).__name__} in a tree"
        return 1, 0
    if id(node) not in known:
        inner = [measure(item, known) for item in list_of(node)]
        size = 1 + sum(item[0] for item in inner)
        known[id(node)] = size, 1 + max((item[1] for item in inner), default=0)
    return known[id(node)]


def list_of(node: dict[Any, Any] | list[Any]) -> list[Any]:
    """Return the values in a mapping or a list."""
    return list(node.values()) if isinstance(node, dict) else node


def with_errors(work: Callable[[], object], *kinds: type[Exception]) -> object:
    """Return the result, or the error if it is one of the given kinds."""
    try:
        return work()
    except kinds as error:
        return error


def traceback_of(error: BaseException) -> str:
    """Return the complete text of an error and its causes."""
    lines = traceback.format_exception_only(error)
    for inner in (error.__cause__, error.__context__):
        if inner is not None:
            lines.append(traceback_of(inner))
    return "".join(lines) + repr(error)


@contextmanager
def warnings_as_errors() -> Iterator[None]:
    """Turn warnings into errors, except for UnknownSettingWarning."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        warnings.simplefilter("ignore", UnknownSettingWarning)
        yield


def check_file(data: bytes) -> None:
    """Read the bytes with config classes from a file of each format."""
    with tempfile.TemporaryDirectory() as folder, warnings_as_errors():
        for name in FILES:
            path = Path(folder, name)
            path.write_bytes(data)
            for cls in (ConfigOrchestratorRedis, ConfigMany, ConfigSecrets):
                check_class(cls, lambda cls=cls, path=path: cls(None, path))


def check_values(data: bytes) -> None:
    """Read the bytes with each type, as a variable and as a value in a YAML file."""
    for cls, name in FIELDS:
        check_value(cls, name, data)


def check_one_value(data: bytes) -> None:
    """Read the bytes with one type, which the bytes select, to save time."""
    check_value(*FIELDS[crc32(data) % len(FIELDS)], data)


def check_value(cls: type[ConfigBase], name: str, data: bytes) -> None:
    """Read the bytes with one field, as a variable and as a value in a YAML file."""
    variable = cls.get_env_key(name)
    os.environ[variable] = os.fsdecode(data.replace(b"\0", b""))
    try:
        with warnings_as_errors():
            check_class(cls, cls, name)
    finally:
        del os.environ[variable]
    with tempfile.TemporaryDirectory() as folder, warnings_as_errors():
        path = Path(folder, "values.yaml")
        path.write_bytes(f"{name}: ".encode() + data)
        check_class(cls, lambda: cls(None, path), name)


def check_class(
    cls: type[ConfigBase], make: Callable[[], ConfigBase], *names: str
) -> None:
    """Make an instance and use all of its operations, or check the error."""
    try:
        conf = make()
    except ConfigError as error:
        check_error(cls, error)
    else:
        check_instance(conf, *names)


def check_error(cls: type[ConfigBase], error: ConfigError) -> None:
    """Check that an error has an origin and a limited length, and can be pickled."""
    text = traceback_of(error)
    assert cls is not ConfigSecrets or MARKER not in text, "a secret is shown"
    assert len(text) <= LONGEST_ERROR, "a long error"
    assert error.problems, "an error without problems"
    for problem in error.problems:
        assert problem.origin is not None, "a problem from nowhere"
        assert str(problem.origin).isprintable(), "an origin that cannot be printed"
    assert str(pickle.loads(pickle.dumps(error))) == str(error)


def check_instance(conf: ConfigBase, *names: str) -> None:
    """Check that an instance can be printed, explained, copied and pickled."""
    texts = [repr(conf), conf.explain(), repr(dict(conf.safe_dict()))]
    for name in names or conf.all_fields:
        texts.append(conf.explain(name))
        texts.append(json.dumps(conf.field_info(name).as_dict(), allow_nan=False))
    assert not isinstance(conf, ConfigSecrets) or MARKER not in "".join(texts)
    for other in (pickle.loads(pickle.dumps(conf)), copy.deepcopy(conf)):
        # Nan is not equal to itself, and sets have no order.
        assert other == conf or repr(other) == texts[0], "a copy differs"
        assert hash(other) == hash(conf), "a copy's hash differs"


TARGETS: dict[str, Callable[[bytes], None]] = {
    "yaml": lambda data: check_parser("yaml", data),
    "toml": lambda data: check_parser("toml", data),
    "json": lambda data: check_parser("json", data),
    "file": check_file,
    "values": check_values,
}
