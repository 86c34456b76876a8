"""Files made to break a parser: each is rejected with the position of the problem.

Each named case is read by a class, as in an application. The cost is counted in events
of a profile hook (calls of Python functions and of the interpreter's functions) and in
bytes, and its maximum depends on the size of the file.
"""

from __future__ import annotations

import sys
import tracemalloc
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from pynenc_conf import (
    ConfigBase,
    ConfigError,
    ConfigField,
    ConfigFileError,
    ConfigRedis,
    ConfigTypeError,
)
from pynenc_conf._core.formats.limits import MAX_DEPTH
from pynenc_conf._core.problems import UnreadableFile
from pynenc_conf._core.sources import request as request_module
from pynenc_conf._core.sources.documents import Document

MAX_EVENTS = 3_000_000
SYSTEM = "!!python/object/apply:os.system ['touch hacked']"


def chain(first: str, link: str, count: int) -> str:
    """Write anchors a0, a1, ..., each made of the one before."""
    return f"k0: &a0 {first}\n" + "".join(
        f"k{n}: &a{n} {link.format(n=n, p=n - 1)}\n" for n in range(1, count)
    )


def headers(count: int) -> str:
    """Write TOML headers, each one part longer than the one before."""
    return "".join(f"[{'.'.join('a' * n)}]\n" for n in range(1, count + 1))


# Name of the case: extension, content, line of the problem, part of the message.
CASES: dict[str, tuple[str, str | bytes, int | None, str]] = {
    "alias bomb": ("yaml", chain("[x, x]", "[*a{p}, *a{p}]", 60), 18, "aliases repeat"),
    "merge bomb": (
        *("yaml", chain("{x: 1}", "{{<<: [*a{p}, *a{p}], y: 1}}", 60)),
        *(17, "aliases repeat"),
    ),
    "merges of a large mapping": (
        "yaml",
        f"a: &a {{{', '.join(f'k{n}: 1' for n in range(1000))}}}\n"
        + "".join(f"b{n}: {{<<: *a}}\n" for n in range(1000)),
        *(500, "aliases repeat"),
    ),
    "chain of aliases": ("yaml", chain("[x]", "[*a{p}]", 5000), 100, "nested"),
    "chain of merges": ("yaml", chain("{x: 1}", "{{<<: *a{p}}}", 5000), 100, "nested"),
    "recursive alias": ("yaml", "a: 1\nb: &b [1, *b]", 2, "an alias to itself"),
    "recursive merge": ("yaml", "a: &b {c: {<<: *b}}", 1, "an alias to itself"),
    "nested yaml": ("yaml", "a:\n  " + "[" * 10_000, 2, "nested more than"),
    "nested yaml mappings": ("yaml", "{a: " * 10_000, 1, "nested more than"),
    "nested yaml blocks": ("yaml", "a:\n  " + "- " * 10_000, 2, "nested more than"),
    "nested yaml keys": ("yaml", "? " * 10_000, 1, "nested more than"),
    "nested toml": ("toml", "b = 1\na = " + "[" * 10_000, 2, "nested more than"),
    "nested toml tables": ("toml", "a = " + "{a = " * 10_000, 1, "nested more than"),
    "nested json": ("json", "\n" + "[" * 10_000, 2, "nested more than"),
    "nested json objects": ("json", '{"a":' * 10_000, 1, "nested more than"),
    "deep key": ("toml", "b = 1\n" + ".".join("a" * 5_000) + " = 1", 2, "nested"),
    "deep header": ("toml", "\n[" + ".".join("a" * 5_000) + "]", 2, "nested"),
    "deep header of tables": ("toml", f"[[{'.'.join('a' * 5_000)}]]", 1, "nested"),
    "ever deeper headers": ("toml", headers(1_000), MAX_DEPTH + 2, "nested"),
    "deep header and key": (
        *("toml", f"[{'.'.join('a' * 60)}]\n{'.'.join('a' * 60)} = 1"),
        *(None, "nested"),
    ),
    "5,000 digits, toml": ("toml", "a = " + "1" * 5_000, None, "too many digits"),
    "5,000 digits, json": (
        *("json", f'{{"a": {"1" * 5_000}}}'),
        *(None, "too many digits"),
    ),
    "5,000 digits, yaml": ("yaml", "\nredis_port: " + "1" * 5_000, 2, "expected int"),
    "impossible date, yaml": ("yaml", "\nredis_port: 2024-99-99", 2, "expected int"),
    "impossible date, toml": ("toml", "\na = 2023-02-29", 2, "no such date"),
    "impossible month, toml": ("toml", "\na = 2024-99-99", 2, "has ended before"),
    "impossible time, toml": ("toml", "\na = 25:00:00", 2, "has ended before this"),
    "object tag": ("yaml", f"a: 1\nb: {SYSTEM}", 2, "this tag"),
    "object tag for a setting": ("yaml", f"redis_port: {SYSTEM}", 1, "this tag"),
    "object tag as key": ("yaml", f"? {SYSTEM}\n: 1", 1, "must be a name"),
    "name tag": ("yaml", "a: !!python/name:os.system ''", 1, "this tag"),
    "unknown tag": ("yaml", "a: !x y", 1, "this tag"),
    "100 %TAG directives": ("yaml", "%TAG !a! x\n" * 101, None, "%TAG"),
    "documents, yaml": ("yaml", "a: 1\n---\nb: 2", 2, "several documents"),
    "documents, json": ("json", '{"a": 1}\n{"b": 2}', 2, "document has ended"),
    "duplicate, yaml": (
        "yaml",
        "a: 1\nb: 2\na: 3",
        3,
        "on line 3 is already on line 1",
    ),
    "duplicate, toml": ("toml", "a = 1\nb = 2\na = 3", 3, "is already on line 1"),
    "duplicate, json": ("json", '{"a": 1,\n"b": 2,\n"a": 3}', 3, "already on line 1"),
    "duplicate table": ("toml", "[a]\n[b]\n[a]", 3, "already on line 1"),
    "duplicate on": ("yaml", "on: 1\n'on': 2", 2, "is already on line 1"),
    "top level, yaml": ("yaml", "\n- a: 1", 2, "top level must be a mapping"),
    "top level, json": ("json", "\n[1]", 2, "top level must be an object"),
    "many values, yaml": ("yaml", f"a: [{'1,' * 1_000_000}]", 1, "1000000 values"),
    "many values, toml": ("toml", f"\na = [{'1,' * 1_000_000}]", 2, "1000000 values"),
    "many values, json": ("json", f'\n{{"a": [{"1," * 10**6}1]}}', 2, "1000000 values"),
    "many tables": (
        *("toml", "".join(f"{n}.{'b.' * 90}c = 1\n" for n in range(11_000))),
        *(10_870, "1000000 values"),
    ),
    **{
        f"{name}, {extension}": (extension, data, line, words)
        for name, data, line, words in (
            ("nul", b"\n\na\0", 3, "holds a NUL byte"),
            ("utf-16", "a: 1".encode("utf-16"), 1, "save the file as UTF-8"),
            ("utf-16 without a mark", "a".encode("utf-16-be"), 1, "holds a NUL byte"),
            ("latin-1", b"\n# \xe9", 2, "is not UTF-8 text"),
        )
        for extension in ("yaml", "toml", "json")
    },
}
LARGE = {name for name, case in CASES.items() if len(case[1]) > 500_000}


def write(extension: str, content: str | bytes) -> Path:
    """Write a file and return its path."""
    path = Path(f"hostile.{extension}")
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def read(extension: str, content: str | bytes) -> ConfigRedis:
    """Read a file with a class."""
    return ConfigRedis(None, write(extension, content))


@contextmanager
def measured() -> Iterator[Counter[str]]:
    """Count the calls in a block: the total as "events", and those of each name.

    A block that would run too long is stopped.
    """
    cost: Counter[str] = Counter()

    def see(frame: Any, event: str, _: Any) -> None:
        if event in {"call", "c_call"}:
            cost["events"] += 1
            assert cost["events"] < MAX_EVENTS, "too much work"
        if event == "call":
            cost[frame.f_code.co_name] += 1

    before = sys.getprofile()
    sys.setprofile(see)
    try:
        yield cost
    finally:
        sys.setprofile(before)


@pytest.mark.parametrize("name", CASES)
def test_a_hostile_file(name: str) -> None:
    """A hostile file causes an error with its line and a message of this library."""
    extension, content, line, words = CASES[name]
    with pytest.raises((ConfigFileError, ConfigTypeError), match=words) as caught:
        read(extension, content)
    (problem,) = caught.value.problems
    assert problem.origin is not None
    assert problem.origin.path == f"hostile.{extension}"
    assert problem.origin.line == line
    assert len(str(caught.value)) < 500
    assert caught.value.__context__ is None
    assert not Path("hacked").exists()


@pytest.mark.parametrize("name", [name for name in CASES if name not in LARGE])
def test_a_hostile_file_costs_little(name: str) -> None:
    """The memory and work that a hostile file costs are limited by its size."""
    extension, content, _, _ = CASES[name]
    with pytest.raises(ConfigError):
        read(extension, content)  # loads the modules that errors need
    with measured() as cost, pytest.raises(ConfigError):
        read(extension, content)
    assert cost["events"] < 2_000 + 40 * len(content)
    # Written in advance, so that Python's write buffer is not counted.
    path = write(extension, content)
    tracemalloc.start()
    try:
        with pytest.raises(ConfigError):
            ConfigRedis(None, path)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 100_000 + 400 * len(content)


@pytest.mark.parametrize(
    ("extension", "text"),
    [
        ("yaml", "on: 1\n8080: 2\n~: 3\nredis_port: 7"),
        ("yaml", "redis_port: 7\na: 2024-99-99\nb: !!int x"),
        ("yaml", f"redis_port: 7\na: {'{<<: [' * 49}{{b: 1}}{']}' * 49}"),
        ("yaml", f"redis_port: 7\na: {'{<<: ' * 97}{{b: 1}}{'}' * 97}"),
        ("yaml", f"redis_port: 7\na: {'[' * 98}{']' * 98}"),
        ("toml", f"redis_port = 7\na = {'[' * 98}{']' * 98}"),
        ("toml", f"redis_port = 7\n{headers(98)}"),
        ("json", f'{{"redis_port": 7, "a": {"[" * 98}{"]" * 98}}}'),
        ("json", f'{{"redis_port": 7, "a": "{"[" * 10_000}"}}'),
    ],
    ids=range(9),
)
@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"], ids=["", "mark"])
def test_unusual_files_that_are_read(extension: str, text: str, mark: bytes) -> None:
    """Unusual but harmless content is read: `on:`, merges, 98 levels, a BOM."""
    conf = read(extension, mark + text.encode())
    assert conf.redis_port == 7
    assert f"hostile.{extension}" in conf.field_info("redis_port").source


GROWING: dict[str, tuple[str, int, Callable[[int], str]]] = {
    # Nested `<<` double the work of yaml.safe_load at each level.
    "merges in merges": (
        *("yaml", 48),
        lambda n: f"a: {'{<<: ' * n}{{b: 1}}{'}' * n}",
    ),
    "merge lists in merge lists": (
        *("yaml", 24),
        lambda n: f"a: {'{<<: [' * n}{{b: 1}}{']}' * n}",
    ),
    "merges of one list": (
        *("yaml", 200),
        lambda n: (
            "a: &a [{x: 1}, {y: 1}]\n"
            + "".join(f"b{i}: {{<<: *a}}\n" for i in range(n))
        ),
    ),
    "keys": ("yaml", 500, lambda n: "".join(f"a{i}: {i}\n" for i in range(n))),
    "anchors": ("yaml", 500, lambda n: "".join(f"a{i}: &a{i} [x]\n" for i in range(n))),
    "late duplicate, yaml": (
        *("yaml", 500),
        lambda n: "".join(f"a{i}: {i}\n" for i in range(n)) + "a0: 1",
    ),
    "late duplicate, toml": (
        *("toml", 500),
        lambda n: "".join(f"a{i} = {i}\n" for i in range(n)) + "a0 = 1",
    ),
    "late duplicate, json": (
        *("json", 500),
        lambda n: "{" + "".join(f'"a{i}": {i}, ' for i in range(n)) + '"a0": 1}',
    ),
    "dotted keys": (
        *("toml", 300),
        lambda n: "".join(f"{'b.' * 50}a{i} = 1\n" for i in range(n)),
    ),
    "headers": (
        *("toml", 300),
        lambda n: "".join(f"[{'b.' * 50}a{i}]\n" for i in range(n)),
    ),
    "arrays of tables": ("toml", 500, lambda n: "[[a]]\n[a.b]\n" * n),
    "objects": ("json", 500, lambda n: f'{{"a": [{"{}," * n}1]}}'),
}


@pytest.mark.parametrize("name", GROWING)
def test_work_grows_with_the_file(name: str) -> None:
    """A file of twice the size takes twice the work for values and positions."""
    extension, length, text = GROWING[name]

    def work(count: int) -> int:
        with measured() as cost:
            try:
                document = Document("a", extension, text(count).encode())
            except UnreadableFile:
                assert "late" in name
            else:
                assert document.position(("absent",)) is None
        return cost["events"]

    work(1)
    assert work(2 * length) < 2.2 * work(length) + 100


def test_few_unknown_names_are_compared(monkeypatch: pytest.MonkeyPatch) -> None:
    """Only the first unknown names of a file or environment are compared."""
    assert request_module.MAX_NAMES <= 1_000
    monkeypatch.setattr(request_module, "MAX_NAMES", 20)

    class ConfigFew(ConfigBase):
        colour_of_few = ConfigField("red")

    names = [f"qqq_{number}_zzz" for number in range(60)]
    text = "".join(f"{name}: 1\n" for name in names)
    Path("names.yaml").write_text(f"{text}colour_of_few: blue\n", encoding="utf-8")
    with measured() as cost:
        assert ConfigFew(None, "names.yaml").colour_of_few == "blue"
    assert cost["find_intended_name"] == 20
    with measured() as cost, pytest.MonkeyPatch.context() as patch:
        for name in names:
            patch.setenv(f"CONFIG__{name.upper()}", "1")
        assert ConfigFew().colour_of_few == "red"
    assert 20 <= cost["find_intended_name"] <= 40
