"""Paths that lead to no readable file, and files that change while they are read.

Every test uses a config class, as an application does. The result is always an
error, never a wait.
"""

from __future__ import annotations

import errno
import os
import socket
import subprocess
import sys
import tracemalloc
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import Any

import pytest

from pynenc_conf import (
    ConfigError,
    ConfigFileError,
    ConfigFileNotFoundError,
    ConfigRedis,
)
from pynenc_conf._core.sources.documents import MAX_FILE_BYTES

FORMATS = ["a.yaml", "a.toml", "a.json"]
CONTENT = {
    "a.yaml": "redis_port: {}\n",
    "a.toml": "redis_port = {}\n",
    "a.json": '{{"redis_port": {}}}',
}


def error_of(path: str | Path) -> ConfigError:
    """Return the error that a class raises for a path; the error names the path."""
    with pytest.raises(ConfigError) as caught:
        ConfigRedis(None, path)
    (problem,) = caught.value.problems
    assert problem.origin is not None
    assert problem.origin.path == str(path)
    return caught.value


def a_socket(path: Path) -> None:
    """Leave a socket without a listener."""
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(path.name)


@pytest.mark.parametrize("name", FORMATS)
@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda path: path.mkdir(), "is a directory"),
        (os.mkfifo, "is a fifo, socket or device"),
        (a_socket, "is a fifo, socket or device"),
        (lambda path: path.symlink_to("/dev/zero"), "is a fifo, socket or device"),
        (lambda path: path.symlink_to("/dev/null"), "is a fifo, socket or device"),
        (lambda path: path.symlink_to("."), "is a directory"),
        (lambda path: path.symlink_to(path.name), os.strerror(errno.ELOOP)),
    ],
    ids=["directory", "fifo", "socket", "zero", "null", "link to directory", "loop"],
)
def test_only_regular_files_are_read(
    name: str, make: Callable[[Path], None], message: str, tmp_path: Path
) -> None:
    """A path that is not a regular file is rejected unopened, in any format."""
    make(tmp_path / name)
    error = error_of(tmp_path / name)
    assert isinstance(error, ConfigFileError)
    assert message in str(error)


@pytest.mark.parametrize("path", ["/dev/zero", "/dev/null", "/dev/full", "/dev/stdin"])
def test_devices_are_not_read(path: str) -> None:
    """A device is rejected because of its type, not its name."""
    if not Path(path).exists():
        pytest.skip(f"there is no {path} here")
    assert isinstance(error_of(path), ConfigFileError)


def test_a_link_to_nothing(tmp_path: Path) -> None:
    """The error for a dangling link reports a missing file and mentions the link."""
    (tmp_path / "a.yaml").symlink_to(tmp_path / "nothing")
    error = error_of(tmp_path / "a.yaml")
    assert isinstance(error, ConfigFileNotFoundError)
    assert "is a symbolic link to a file that does not exist" in str(error)


def test_a_sparse_file_is_not_read(tmp_path: Path) -> None:
    """A sparse file of 1 GiB is rejected because of its size and takes no memory."""
    path = tmp_path / "a.yaml"
    path.touch()
    os.truncate(path, 1 << 30)
    error_of(path)  # loads the modules that errors need
    tracemalloc.start()
    try:
        error = error_of(path)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert f"is larger than {MAX_FILE_BYTES} bytes" in str(error)
    assert peak < 100_000


def test_size_is_limited(tmp_path: Path) -> None:
    """A file of exactly the maximum size is read; one more byte is an error."""
    path = tmp_path / "a.yaml"
    path.write_bytes(b"#" * MAX_FILE_BYTES)
    assert ConfigRedis(None, path).redis_port == 6379
    path.write_bytes(b"#" * (MAX_FILE_BYTES + 1))
    assert "is larger than" in str(error_of(path))


def test_no_permission(tmp_path: Path) -> None:
    """A file or directory without read permission is not reported as missing."""
    tmp_path.chmod(0o755)
    for name in FORMATS:
        Path(name).write_text(CONTENT[name].format("'hunter2'"), encoding="utf-8")
        Path(name).chmod(0o000)
    Path("folder").mkdir()
    Path("folder/a.yaml").touch()
    Path("folder").chmod(0o000)
    # Root may read everything, so a child changes to another user after its imports.
    script = f"""
import os, sys
sys.path[:] = {sys.path!r}
from pynenc_conf import ConfigFileError, ConfigFileNotFoundError, ConfigRedis
try:
    ConfigRedis(None, "absent.yaml")
except ConfigFileNotFoundError:
    pass
if os.geteuid() == 0:
    os.setgroups([])
    os.setgid(65534)
    os.setuid(65534)
for path in {[*FORMATS, "folder/a.yaml"]!r}:
    try:
        ConfigRedis(None, path)
    except ConfigFileError as error:
        print(error.problems[0].message)
"""
    command = [sys.executable, "-I", "-c", script]
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=True)
    finally:
        Path("folder").chmod(0o700)
    line = "permission denied; make the file readable for this user\n"
    assert done.stdout == line * 4


def at_call(name: str, change: Callable[[], None], times: int = 1) -> Any:
    """Make a profile hook that changes files just before a system call."""
    left = [times]

    def see(_: FrameType, event: str, argument: Any) -> None:
        if event == "c_call" and argument is getattr(os, name) and left[0]:
            left[0] -= 1
            change()

    return see


def read_during(name: str, change: Callable[[], None], times: int = 1) -> Any:
    """Read a.json while it changes; return the port or the error."""
    before = sys.getprofile()
    sys.setprofile(at_call(name, change, times))
    try:
        return ConfigRedis(None, "a.json").redis_port
    except ConfigError as error:
        return error
    finally:
        sys.setprofile(before)


def write(text: str) -> None:
    """Overwrite the file in place."""
    with Path("a.json").open("r+", encoding="utf-8") as file:
        file.write(text)
        file.truncate()


def replace(text: str) -> None:
    """Replace the file with a new one, as editors do."""
    Path("new").write_text(text, encoding="utf-8")
    Path("new").replace("a.json")


def put(make: Callable[[Path], None]) -> Callable[[], None]:
    """Replace the file with something else."""

    def change() -> None:
        Path("a.json").unlink()
        make(Path("a.json"))

    return change


@pytest.mark.parametrize(
    ("call", "change"),
    [
        ("open", write),
        ("fstat", write),
        ("read", write),
        ("open", replace),
        ("read", replace),
    ],
)
@pytest.mark.parametrize(
    "text",
    ['{"redis_port": 7}', '{"redis_port": 7}' + " " * 100_000, '{"redis_port":\n\n7}'],
    ids=["shorter", "longer", "same length"],
)
def test_a_file_that_changes_while_it_is_read(
    call: str, change: Callable[[str], None], text: str
) -> None:
    """A file that changes while it is read gives its final content."""
    Path("a.json").write_text('{"redis_port": 123}', encoding="utf-8")
    assert read_during(call, lambda: change(text)) == 7


@pytest.mark.parametrize("call", ["open", "read"])
@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda: write(""), None),
        (lambda: write('{"redis_port"'), "':' is missing"),
        (lambda: os.truncate("a.json", 1 << 30), "is larger than"),
        (lambda: Path("a.json").unlink(), "no such file"),
        (put(os.mkfifo), "is a fifo"),
        (put(lambda path: path.mkdir()), "is a directory"),
        (put(lambda path: path.symlink_to("/dev/zero")), "is a fifo, socket or device"),
        (put(lambda path: path.symlink_to("a.json")), "cannot be read"),
    ],
    ids=["empty", "half", "huge", "gone", "fifo", "directory", "zero", "loop"],
)
def test_a_file_that_breaks_while_it_is_read(
    call: str, change: Callable[[], None], message: str | None
) -> None:
    """A file that turns into something else is treated as what it became."""
    Path("a.json").write_text('{"redis_port": 123}', encoding="utf-8")
    found = read_during(call, change)
    if message is None:
        assert found == 6379
    else:
        assert isinstance(found, (ConfigFileError, ConfigFileNotFoundError))
        assert message in str(found)


def test_a_file_that_always_grows() -> None:
    """A file that grows forever is read only up to the maximum size."""
    Path("a.json").write_text('{"redis_port": 123}', encoding="utf-8")
    grown = []

    def grow() -> None:
        grown.append(1)
        with Path("a.json").open("a", encoding="utf-8") as file:
            file.write(" " * (MAX_FILE_BYTES // 10))

    assert "is larger than" in str(read_during("read", grow, times=1_000))
    assert len(grown) <= 150


def test_a_file_that_seems_empty_is_read_in_large_parts() -> None:
    """Content written to a file that was empty when opened is read in large parts."""
    Path("a.json").touch()
    reads = []

    def fill() -> None:
        if not reads:
            write('{"redis_port": 7}' + " " * 1_000_000)
        reads.append(1)

    assert read_during("read", fill, times=1_000_000) == 7
    assert len(reads) <= 100
