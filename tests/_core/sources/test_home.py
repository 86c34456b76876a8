"""A `~` at the beginning of a path stands for a home folder."""

from __future__ import annotations

import os
from pathlib import Path, PosixPath, PurePath, PurePosixPath

import pytest

from pynenc_conf import ConfigBase, ConfigError, ConfigField, ConfigTypeError
from tests._tools.running import run
from tests.conftest import from_assignment, from_file, from_values, sources


class OwnPath(type(Path())):  # type: ignore[misc] # a class of pathlib
    """A path of an application's own class."""


class ConfigHome(ConfigBase):
    """Fields for paths, and one that is secret."""

    value: ConfigField[Path] = ConfigField(Path("~/default"))
    own: ConfigField[OwnPath] = ConfigField(OwnPath("x"))
    posix: ConfigField[PosixPath] = ConfigField(PosixPath("x"))
    pure: ConfigField[PurePath] = ConfigField(PurePath("x"))
    several: ConfigField[list[Path | None]] = ConfigField([])
    token = ConfigField("", secret=True)


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Make a home folder for this test."""
    folder = tmp_path / "home"
    folder.mkdir()
    monkeypatch.setenv("HOME", str(folder))
    return folder


@pytest.mark.parametrize("text", ["~/a", "~"])
def test_a_path_field(home: Path, text: str) -> None:
    """Text for a field of a concrete path class is expanded, from every source."""
    for source in sources(text):
        assert source(ConfigHome, text) == home / text[2:]
    assert from_file(ConfigHome, "a.yaml", f"value: {text}/\n") == home / text[2:]
    conf = ConfigHome({"own": "~/a", "posix": "~/b", "several": "~/c, d"})
    assert (type(conf.own), conf.own) == (OwnPath, OwnPath(home / "a"))
    assert conf.posix == home / "b"
    assert conf.several == [home / "c", Path("d")]


def test_what_is_not_expanded(home: Path) -> None:
    """Paths given as objects, defaults, pure paths and a later tilde stay unchanged."""
    for given in (Path("~/a"), PurePosixPath("~/a")):
        assert from_values(ConfigHome, given) == Path("~/a")
        assert from_assignment(ConfigHome, given) == Path("~/a")
    assert ConfigHome().value == Path("~/default")
    assert ConfigHome({"pure": "~/a"}).pure == PurePath("~/a")
    for text in ("./~/a", "a/~", " ~/a"):
        assert from_values(ConfigHome, text) == Path(text)
    assert home.exists()


@pytest.mark.parametrize("user", ["no-such-user", "\udcff"])
def test_a_path_field_in_an_unknown_home(user: str) -> None:
    """A home that cannot be determined makes the path invalid, with the reason."""
    with pytest.raises(ConfigTypeError, match=r"value: expected path, got '~.* home"):
        from_values(ConfigHome, f"~{user}/a")


def test_configuration_files(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The path of every kind of configuration file is expanded."""
    file = home / "a.yaml"
    file.write_text("value: from-file\n")
    for path in ("~/a.yaml", Path("~/a.yaml")):
        conf = ConfigHome(None, path)
        assert conf.value == Path("from-file")
        assert conf.field_info("value").origin.path == str(file)
    for name in ("CONFIG__FILEPATH", "CONFIG__CONFIGHOME__FILEPATH"):
        with monkeypatch.context() as patch:
            patch.setenv(name, "~/a.yaml")
            assert ConfigHome().value == Path("from-file")


def test_a_changed_file(home: Path) -> None:
    """A file in the home folder is read again after a change, as any other."""
    for text in ("first", "second"):
        (home / "a.yaml").write_text(f"value: {text}\n")
        assert ConfigHome(None, "~/a.yaml").value == Path(text)


def test_secret_files(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The path in a `_FILE` variable is expanded; a missing file is not shown."""
    (home / "token").write_text("hunter2\n")
    monkeypatch.setenv("CONFIG__TOKEN_FILE", "~/token")
    assert ConfigHome().token == "hunter2"
    (home / "token").write_bytes(b"\xff")
    with pytest.raises(ConfigError, match=r"UTF-8 text\n.*the file ~/token"):
        ConfigHome()
    monkeypatch.setenv("CONFIG__TOKEN_FILE", "~/hunter3")
    with pytest.raises(ConfigError, match="does not exist") as caught:
        ConfigHome()
    assert "hunter3" not in str(caught.value)


def test_the_command_line(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """`--file` expands a path that the shell has not expanded."""
    (home / "pynenc.yaml").write_text("redis_port: 7000\n")
    monkeypatch.setenv("HOME", str(home))
    found = run("explain", "redis", "redis_port", "--file=~/pynenc.yaml").stdout
    assert "7000" in found
    assert f"{os.fspath(home)}/pynenc.yaml:1:13" in found
