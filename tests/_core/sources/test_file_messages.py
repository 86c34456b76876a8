"""The exact message for each kind of unreadable file."""

import errno
import os
from pathlib import Path

import pytest

from pynenc_conf import ConfigError, ConfigRedis
from pynenc_conf._core.problems import UnreadableFile
from pynenc_conf._core.sources.documents import _describe_os_error, load
from pynenc_conf._core.sources.environment import read_secret


def message_of(path: str) -> str:
    """Return the message for a path."""
    with pytest.raises(UnreadableFile) as caught:
        load(path)
    assert caught.value.__context__ is None
    return caught.value.message


@pytest.fixture(autouse=True)
def _files() -> None:
    Path("folder.yaml").mkdir()
    Path("file.yaml").touch()
    Path("notes.txt").touch()
    Path("dangling.yaml").symlink_to("nowhere.yaml")
    os.mkfifo("pipe.yaml")


@pytest.mark.parametrize(
    ("path", "message"),
    [
        ("fiel.yaml", "no such file; did you mean 'file.yaml'?"),
        ("FILE.YML", "no such file; did you mean 'file.yaml'?"),
        ("folder.yaml/x.yaml", "no such file in {here}"),
        ("{here}/zzz.json", "no such file"),
        ("{here}/flie.yaml", "no such file; did you mean 'file.yaml'?"),
        ("zzz.json", "no such file in {here}"),
        ("gone/fiel.yaml", "no such file in {here}"),
        (
            "~no-such-user/x.yaml",
            "no such file: the home of this user is unknown; write the whole path",
        ),
        ("file.yaml/x.yaml", "no such file: a part of the path is not a directory"),
        ("dangling.yaml", "is a symbolic link to a file that does not exist"),
        ("folder.yaml", "is a directory, not a regular file"),
        ("pipe.yaml", "is a fifo, socket or device, not a regular file"),
        ("notes.txt", "unsupported extension; use .yaml, .yml, .toml or .json"),
        ("x" * 300, "cannot be read: File name too long"),
        ("a\0.yaml", "is not a possible path: it holds a NUL or a broken character"),
    ],
)
def test_a_path(path: str, message: str) -> None:
    """A problem with a path is one line, with a suggestion if a name is similar."""
    here = str(Path.cwd())
    assert message_of(path.replace("{here}", here)) == message.replace("{here}", here)


def test_errors_of_the_system() -> None:
    """A missing permission has its own message; other errors have the system's text."""
    denied = _describe_os_error("a.yaml", PermissionError(errno.EACCES, "x"))
    assert denied.message == "permission denied; make the file readable for this user"
    failed = _describe_os_error("a.yaml", OSError(errno.EIO, "x"))
    assert failed.message == "cannot be read: Input/output error"
    unknown = _describe_os_error("a.yaml", OSError("x"))
    assert unknown.message == "cannot be read: system error"


@pytest.mark.parametrize(
    ("content", "secret"),
    [
        (b"abc", "abc"),
        (b"abc\n", "abc"),
        (b"abc\r\n", "abc"),
        (b"abc\n\n", "abc\n"),
        (b"abc\r", "abc\r"),
        (b"\xef\xbb\xbfabc", "abc"),
        (b"\n", ""),
    ],
)
def test_a_secret(content: bytes, secret: str) -> None:
    """One final newline does not belong to a secret."""
    Path("secret").write_bytes(content)
    assert read_secret("secret") == secret


def test_a_secret_that_is_not_text() -> None:
    """The error for a secret that is not UTF-8 shows nothing of its content."""
    Path("secret").write_bytes(b"abc\xff")
    with pytest.raises(UnreadableFile) as caught:
        read_secret("secret")
    assert caught.value.message == "is not UTF-8 text"
    assert caught.value.__context__ is None


def test_a_problem_of_a_file() -> None:
    """The expectation for an unreadable file is a readable file."""
    with pytest.raises(ConfigError) as caught:
        ConfigRedis(None, "folder.yaml")
    (problem,) = caught.value.problems
    assert (problem.expected, problem.field) == ("a readable file", None)
