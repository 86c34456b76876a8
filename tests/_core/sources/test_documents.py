"""Reading files: caching, rejected files, and errors that quote no content."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from pynenc_conf._core.formats import json
from pynenc_conf._core.problems import UnreadableFile
from pynenc_conf._core.sources import documents
from pynenc_conf._core.sources.documents import (
    Document,
    is_current,
    load,
    read_regular_file,
)

if TYPE_CHECKING:
    from collections.abc import Callable

FORMATS = ["yaml", "toml", "json"]
SYNTAX = "abc01 \n\t:-?[]{},&*!|>'\"%@`#=<.\\~_\r\x00\x7f\x85é\ud7ff\ufeff"


@pytest.fixture
def parses(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Collect the texts that the JSON parser receives."""
    return count(monkeypatch, json, "parse")


def count(monkeypatch: pytest.MonkeyPatch, module: object, name: str) -> list[Any]:
    """Collect the first arguments of the calls to a function."""
    calls: list[Any] = []
    original: Callable[..., Any] = getattr(module, name)

    def counted(*arguments: object) -> object:
        calls.append(arguments[0])
        return original(*arguments)

    monkeypatch.setattr(module, name, counted)
    return calls


def error_of(path: object) -> UnreadableFile:
    """Return the error for a path."""
    with pytest.raises(UnreadableFile) as caught:
        load(str(path))
    assert caught.value.__context__ is caught.value.__cause__ is None
    return caught.value


@pytest.mark.parametrize(
    ("name", "text", "format_name"),
    [
        ("a.yaml", "a: x", "yaml"),
        ("a.YML", "a: x", "yaml"),
        (".yaml", "a: x", "yaml"),
        ("a.b.Toml", "a = 'x'", "toml"),
        ("a.JSON", '{"a": "x"}', "json"),
    ],
)
@pytest.mark.parametrize("bom", [b"", b"\xef\xbb\xbf"])
def test_extension_decides_the_format(
    tmp_path: Path, name: str, text: str, format_name: str, bom: bytes
) -> None:
    """The extension, in any case, selects the parser; a BOM is not content."""
    file = tmp_path / name
    file.write_bytes(bom + text.encode())
    document = load(str(file))
    assert (document.path, document.format) == (str(file), format_name)
    assert document.root == {"a": "x"}
    assert (document.position(("a",)) or (0,))[0] == 1


def test_positions_are_those_of_the_parsed_text(tmp_path: Path) -> None:
    """Positions refer to the parsed text, not to the current content of the file."""
    file = tmp_path / "pynenc.yaml"
    file.write_text("redis:\n  redis_host: h\n  redis_port: six\n")
    document = load(str(file))
    file.unlink()
    assert document.position(("redis", "redis_port")) == (3, 15)
    assert document.position(()) == (1, 1)
    assert document.position(("absent",)) is None


def test_what_is_not_there_has_the_position_of_what_holds_it(tmp_path: Path) -> None:
    """A missing key, and a part of text, are at the mapping or text that holds them."""
    file = tmp_path / "pynenc.yaml"
    file.write_text("redis:\n  redis_port: six\n")
    document = load(str(file))
    assert document.position(("redis", "absent", "deeper")) == (2, 3)
    assert document.position(("redis", "redis_port", "deeper")) == (2, 15)


def test_same_bytes_are_parsed_once(tmp_path: Path, parses: list[str]) -> None:
    """A file that is touched or replaced with the same bytes is not parsed again."""
    file = tmp_path / "a.json"
    file.write_text('{"a": 1}')
    first = load(str(file))
    os.utime(file, ns=(1, 1))
    assert load(str(file)) is first
    (tmp_path / "b").write_text('{"a": 1}')
    (tmp_path / "b").replace(file)
    assert load(str(file)) is first
    assert len(parses) == 1
    file.write_text('{"a": 2}')
    assert load(str(file)).root == {"a": 2}
    assert len({first, load(str(file))}) == 2


def test_old_unchanged_file_is_not_read_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file that was old enough when read is reused while its signature is equal."""
    monkeypatch.setattr(documents, "_RACY_NS", -(10**18))  # any age is old enough
    reads = count(monkeypatch, documents, "_read")
    file = tmp_path / "a.json"
    file.write_text('{"a": 1}')
    first = load(str(file))
    assert load(str(file)) is first
    assert len(reads) == 1
    file.write_text('{"a": 10}')
    assert load(str(file)).root == {"a": 10}
    file.unlink()
    assert error_of(file).missing


def test_young_file_is_read_again(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    set_trust: Callable[[bool], None],
) -> None:
    """A file that may change again within one tick of the clock is not trusted."""
    set_trust(False)
    reads = count(monkeypatch, documents, "_read")
    file = tmp_path / "a.json"
    file.write_text('{"a": 1}')
    assert load(str(file)) is load(str(file))
    assert len(reads) == 2


def test_young_file_is_trusted_after_a_tick(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A young file is not read again once its clock has ticked since it was read."""
    monkeypatch.setattr(documents, "_RACY_NS", 10**18)
    monkeypatch.setattr(documents, "_TICK_NS", 0)
    reads = count(monkeypatch, documents, "_read")
    file = tmp_path / "a.json"
    file.write_text('{"a": 1}')
    os.utime(file, ns=(1, 1))  # not a whole number of milliseconds
    assert len({load(str(file)) for _ in range(5)}) == 1
    assert len(reads) == 2
    os.utime(file, ns=(1, 10**9))
    assert len({load(str(file)) for _ in range(5)}) == 1
    assert len(reads) == 7


# A write of new content or a load, after a pause. A load may take some time too, before
# which its file is read, or after which, if the file is written meanwhile ("both").
WRITE, LOAD, LOAD_SOON = ("write", 0, 0), ("load", 0, 0), ("load", 10**6, 0)
PAUSES = st.sampled_from([0, 10**6, 2 * 10**7, 12 * 10**7, 6 * 10**8, 2_100_000_000])
STEPS = st.tuples(st.sampled_from(["write", "load", "both"]), PAUSES, PAUSES)


@given(
    steps=st.lists(STEPS, max_size=12),
    lag=st.integers(-(10**9), 10**9),
    tick=st.sampled_from([1, 100, 4 * 10**6 + 3, 10**7 - 1, 10**9]),
    phase=st.integers(0, 10**9),
)
# Written again within the tick, after being read twice: soon, or by a clock of seconds.
@example([WRITE, LOAD, LOAD_SOON, ("write", 10**6, 0), LOAD], 0, 10**7 - 1, 0)
@example([WRITE, LOAD, ("load", 12 * 10**7, 0), WRITE, LOAD], 0, 10**9, 0)
# Written after the beginning of the first load.
@example([("both", 0, 12 * 10**7), LOAD_SOON, WRITE, LOAD], 0, 10**7 - 1, 0)
def test_a_trusted_signature_changes_with_the_content(
    steps: list[tuple[str, int, int]], lag: int, tick: int, phase: int
) -> None:
    """Content of a trusted signature is current, whatever the file system's clock.

    The clock lags or is ahead, by up to a second, and stands still between two ticks.
    """
    now = 10**12 + phase
    content = kept = changed = 0
    document: Document | None = None
    for kind, pause, duration in steps:
        now += pause
        started = now
        if kind == "both":
            now += duration
        if kind != "load":
            content, changed = content + 1, (now - lag) // tick * tick
        if kind == "write":
            continue
        signature = (changed, changed, 1, 1, 1)
        if document is None or document.signature != signature:
            if document is None or kept != content:
                document, kept = Document("a.json", "json", b"{}"), content
            age = started - changed
            now += duration if kind == "load" else 0
            document.update_trust(signature, age=age, started=started, ended=now)
        assert kept == content


def test_file_that_keeps_changing_is_not_trusted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file that changes during every read gives its latest content, untrusted."""
    monkeypatch.setattr(documents, "_RACY_NS", -(10**18))
    file = tmp_path / "a.json"
    original = documents._read  # noqa: SLF001

    def changing(path: str, size: int, limit: int) -> object:
        file.write_text(f'{{"a": {file.stat().st_size}1}}')
        data, _ = original(path, size, limit)
        file.write_text('{"a": 100000}')
        return data, file.stat()

    file.write_text('{"a": 1}')
    monkeypatch.setattr(documents, "_read", changing)
    assert load(str(file)).root == {"a": 131}
    monkeypatch.setattr(documents, "_read", original)
    assert load(str(file)).root == {"a": 100000}


def test_a_document_is_current_while_its_file_is_the_same(tmp_path: Path) -> None:
    """A document is current until its file changes, becomes invalid or is deleted."""
    file = tmp_path / "a.json"
    file.write_text('{"a": 1}')
    document = load(str(file))
    for text, current in [
        ('{"a": 2}', False),
        ('{"a": 1}', True),
        ("{", False),
        ('{"a": 1}', True),
    ]:
        file.write_text(text)
        assert is_current(document) is current
    file.unlink()
    assert not is_current(document)


CONTENTS = st.sampled_from(['{"a": 1}', '{"a": 2}', '{"b": 33}', "{", ""])
CHANGES = st.tuples(
    st.sampled_from(["write", "replace", "touch", "back", "remove"]), CONTENTS
)


@given(st.lists(CHANGES, max_size=12))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_document_always_has_the_current_content(
    tmp_path: Path, changes: list[tuple[str, str]]
) -> None:
    """Loading a file always gives the same result as parsing its current content."""
    file, other = tmp_path / "a.json", tmp_path / "other"
    file.write_text("{}")
    for change, content in changes:
        if change == "replace":
            other.write_text(content)
            other.replace(file)
        elif change == "remove":
            file.unlink(missing_ok=True)
        elif change == "write" or not file.exists():
            file.write_text(content)
        elif change == "touch":
            file.touch()
        else:
            os.utime(file, ns=(10**9, 10**9))
        now = file.read_text() if file.exists() else "{"
        if now == "{":
            error_of(file)
        else:
            assert load(str(file)).root == json.parse(now)


def test_relative_path_follows_the_working_directory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A relative path refers to the current working directory."""
    monkeypatch.setattr(documents, "_RACY_NS", -(10**18))
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "a.yaml").write_text(f"a: {name}")
    for name in ("one", "two", "one"):
        monkeypatch.chdir(tmp_path / name)
        assert load("a.yaml").root == {"a": name}


def test_cache_is_bounded(tmp_path: Path) -> None:
    """The cache keeps only the files that were loaded last."""
    for number in range(100):
        file = tmp_path / f"{number}.json"
        file.write_text("{}")
        load(str(file))
    last = [str(tmp_path / f"{number}.json") for number in range(36, 100)]
    assert list(documents._cache) == last  # noqa: SLF001


def test_threads_load_correct_documents(tmp_path: Path) -> None:
    """Threads that load more paths than the cache holds get correct documents."""
    files = [tmp_path / f"{number}.json" for number in range(80)]
    for number, file in enumerate(files):
        file.write_text(f'{{"a": {number}}}')
    wrong: list[object] = []

    def work() -> None:
        for number, file in enumerate(files):
            document = load(str(file))
            if document.root != {"a": number} or document.position(("a",)) != (1, 7):
                wrong.append(document)

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


@pytest.mark.parametrize("extension", FORMATS)
@given(data=st.binary() | st.text(SYNTAX, max_size=40).map(str.encode))
@settings(max_examples=300)
def test_any_bytes_give_a_document_or_unreadable(extension: str, data: bytes) -> None:
    """Arbitrary bytes give a document or UnreadableFile, in one line, with no chain."""
    try:
        document = Document(f"a.{extension}", extension, data)
    except UnreadableFile as error:
        assert "\n" not in error.message  # noqa: PT017
        assert error.__context__ is None  # noqa: PT017
    else:
        assert isinstance(document.root, dict)
        assert all(document.position((key,)) for key in document.root)


@pytest.mark.parametrize("extension", FORMATS)
@given(
    before=st.text(SYNTAX, max_size=12),
    after=st.text(SYNTAX, max_size=12),
    assign=st.sampled_from(["password: ", "password = ", '{"password": "']),
)
@settings(max_examples=300)
def test_errors_never_echo_content(
    extension: str, before: str, after: str, assign: str
) -> None:
    """An error never shows a secret next to invalid syntax."""
    data = f"{assign}{before}hunter2{after}".encode()
    try:
        Document(f"a.{extension}", extension, data)
    except UnreadableFile as error:
        assert "hunter2" not in str(error)  # noqa: PT017
        assert error.__context__ is None  # noqa: PT017


@pytest.mark.parametrize("extension", FORMATS)
@pytest.mark.parametrize(
    ("data", "line", "message"),
    [
        (b"\n\n\xff", 3, "not UTF-8"),
        (b"\xef\xbb\xbf\n\xe9", 2, "not UTF-8"),
        ("a: 1".encode("utf-16"), 1, "save the file as UTF-8"),
        (b"a\n\0\n\n", 2, "NUL"),
        (b"\0a\n\0", 1, "NUL"),
    ],
)
def test_only_utf8_is_read(
    extension: str, data: bytes, line: int, message: str
) -> None:
    """Other encodings and NUL are errors that name the line."""
    with pytest.raises(UnreadableFile, match=message) as caught:
        Document("a", extension, data)
    words = "holds a NUL byte" if b"\0" in data else "is not UTF-8 text"
    assert caught.value.message == f"{words}; save the file as UTF-8"
    assert caught.value.line == line
    assert caught.value.__context__ is None


@pytest.mark.parametrize("name", ["nope.yml", "prod.yaml", "a.yaml", "config.yaml"])
def test_extensions_do_not_make_names_similar(name: str, tmp_path: Path) -> None:
    """A file is not suggested because its extension is that of the missing file."""
    for sibling in ("compose.yaml", "docker.yml", "b.yaml", "pyproject.toml"):
        (tmp_path / sibling).touch()
    assert error_of(tmp_path / name).message == "no such file"


def test_the_format_of_a_suggested_file(tmp_path: Path) -> None:
    """Of files with the same similar name, one of the same format is suggested."""
    for sibling in ("prod.json", "prod.toml", "prod.yml"):
        (tmp_path / sibling).touch()
    for name, suggestion in (("prod.yaml", "prod.yml"), ("porod.toml", "prod.toml")):
        message = f"no such file; did you mean {suggestion!r}?"
        assert error_of(tmp_path / name).message == message


def test_missing_file_suggests_its_neighbour(tmp_path: Path) -> None:
    """The error for a missing file suggests a configuration file of similar name."""
    (tmp_path / "Pynenc.yaml").touch()
    (tmp_path / "pynenc.txt").touch()
    error = error_of(tmp_path / "pynenc.yml")
    assert error.missing
    assert error.message == "no such file; did you mean 'Pynenc.yaml'?"
    assert error_of(tmp_path / "other.json").message == "no such file"
    (tmp_path / "pynenc.json").touch()
    (tmp_path / "pynenc.toml").touch()
    for name in ("pynecn.json", "pynecn.toml"):
        message = f"no such file; did you mean {name.replace('cn', 'nc')!r}?"
        assert error_of(tmp_path / name).message == message
    assert error_of(tmp_path / "no" / "a.json").message == "no such file"
    assert error_of("").missing


@pytest.mark.parametrize(
    ("path", "missing", "message"),
    [
        ("a\0.yaml", False, "not a possible path"),
        ("\ud800.yaml", False, "not a possible path"),
        ("a" * 5_000 + ".yaml", False, "cannot be read"),
        (__file__ + "/a.yaml", True, "not a directory"),
        (__file__, False, "unsupported extension"),
    ],
    ids=range(5),
)
def test_impossible_path_is_rejected(path: str, missing: bool, message: str) -> None:  # noqa: FBT001
    """The error for a path that cannot name a configuration file gives the reason."""
    error = error_of(path)
    assert error.missing is missing
    assert message in error.message


def test_regular_file_is_read_within_its_limit(tmp_path: Path) -> None:
    """A secret file is read completely, up to the caller's maximum size."""
    file = tmp_path / "secret"
    file.write_bytes(b"hunter2\n")
    assert read_regular_file(str(file), 8) == b"hunter2\n"
    with pytest.raises(UnreadableFile, match="larger than 7 bytes, the maximum"):
        read_regular_file(str(file), 7)
    with pytest.raises(UnreadableFile, match="no such file"):
        read_regular_file(str(tmp_path / "absent"), 7)


@pytest.mark.skipif(not Path("/proc/self").exists(), reason="needs procfs")
def test_size_is_counted_while_reading() -> None:
    """A file that reports size 0 is still read, up to the maximum size."""
    assert read_regular_file("/proc/self/status", 65_536).startswith(b"Name:")
    with pytest.raises(UnreadableFile, match="larger than 10 bytes"):
        read_regular_file("/proc/self/status", 10)


@pytest.mark.skipif(not Path("/proc/version").exists(), reason="needs procfs")
def test_file_is_joined_from_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    """A file that does not report its size is read in parts that are joined."""
    monkeypatch.setattr(documents, "_MIN_READ", 4)
    content = Path("/proc/version").read_bytes()
    assert len(content) > 8
    assert read_regular_file("/proc/version", 65_536) == content
    with pytest.raises(UnreadableFile, match="larger than 8 bytes"):
        read_regular_file("/proc/version", 8)


def test_importing_loads_no_parser() -> None:
    """Importing the library loads no parser and none of the slow standard modules."""
    slow = ["yaml", "tomli", "json", "re", "typing", "pathlib", "dataclasses"]
    core = str(Path(documents.__file__).parents[1])
    # A package without __init__ replaces the real one, whose imports do not count.
    script = f"""
import sys, types
for name, path in (("pynenc_conf", ".."), ("pynenc_conf._core", ".")):
    sys.modules[name] = types.ModuleType(name)
    sys.modules[name].__path__ = [{core!r} + "/" + path]
import pynenc_conf._core.sources.documents, pynenc_conf._core.formats.yaml_scalar
print(sorted(set({[*slow, "difflib", "collections"]!r}) & set(sys.modules)))
"""
    command = [sys.executable, "-I", "-S", "-c", script]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
