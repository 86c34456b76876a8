"""The option `--env-file` of `check`: a file with the variables of a deployment."""

from __future__ import annotations

import os
import re
import shlex
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pynenc_conf._tools.env_files import Environment
from pynenc_conf._tools.place import Place
from tests._tools.running import findings, only, place, write


def test_env_file(monkeypatch: pytest.MonkeyPatch) -> None:
    """The file overrides the environment; problems have the line in the file."""
    monkeypatch.setenv("PYNENC__REDIS_PORT", "six")
    monkeypatch.setenv("PYNENC__REDIS_DB", "-1")
    path = write("a.env", "# comment\n\nexport PYNENC__REDIS_PORT='seven'\n")
    found = findings("--env-file", path, "--env-dialect", "shell")
    db, port = sorted(found, key=lambda item: item["variable"])
    assert (db["variable"], db["path"]) == ("PYNENC__REDIS_DB", None)
    assert (port["variable"], *place(port)) == ("PYNENC__REDIS_PORT", "a.env", 3, 1)
    assert "'seven'" in port["message"]
    assert os.environ["PYNENC__REDIS_PORT"] == "six"


def test_no_env(monkeypatch: pytest.MonkeyPatch) -> None:
    """--no-env ignores the current environment, but not the --env-file."""
    monkeypatch.setenv("PYNENC__REDIS_PORT", "six")
    assert not findings("--no-env")
    path = write("a.env", "PYNENC__REDIS_DB=-1\n")
    assert only("--no-env", "--env-file", path)["variable"] == "PYNENC__REDIS_DB"


@pytest.mark.parametrize(
    ("line", "value"),
    [
        ("A=b", "b"),
        ("export A=b", "b"),
        ("  A = b c  # comment", "b c"),
        ("A=b#c", "b#c"),
        ("A=", ""),
        ("A= # comment", ""),
        ("A='b # c' # comment", "b # c"),
        ('A="b \\"c\\" $d"', 'b "c" $d'),
        ("A='it'\"'\"'s'", "it's"),
        ('A=["x", "y"]', '["x", "y"]'),
        ("A=b=c", "b=c"),
        ("A.B#C=d", None),
    ],
)
def test_lines(line: str, value: str | None) -> None:
    """Quotes, `export` and comments are read as in a shell; nothing is expanded."""
    environment = Environment(write("a.env", f"{line}\n"), inherit=False)
    name = "A.B#C" if value is None else "A"
    assert environment.values == {name: "d" if value is None else value}
    assert environment.places == {name: Place("a.env", 1, 1, variable=name)}


@pytest.mark.parametrize(
    ("text", "line", "column", "message"),
    [
        ("A=b\noops\n", 2, 1, "expected NAME=value"),
        ("=b\n", 1, 1, "expected NAME=value"),
        ("A='b\n", 1, 3, "a quote is never closed"),
        ("A='b' c\n", 1, 3, "a quote is never closed, or text follows it"),
    ],
)
def test_unreadable_lines(text: str, line: int, column: int, message: str) -> None:
    """A line that is not NAME=value is an error with its position."""
    finding = only("--env-file", write("a.env", text))
    assert (finding["severity"], finding["code"]) == ("error", "unreadable")
    assert place(finding) == ("a.env", line, column)
    assert message in finding["message"]


def test_unreadable_files() -> None:
    """A file that is missing or not UTF-8 is an error."""
    assert only("--env-file", "none.env")["code"] == "unreadable"
    Path("a.env").write_bytes(b"A=\xff\n")
    assert "UTF-8" in only("--env-file", "a.env")["message"]


def test_repeated_variables() -> None:
    """A variable that a file sets twice is a warning; the last value is used."""
    text = "PYNENC__REDIS_DB=-1\nPYNENC__REDIS_DB=1\n"
    finding = only("--env-file", write("a.env", text))
    assert (finding["code"], finding["line"]) == ("duplicate", 2)
    assert "is set on line 1 and again on line 2" in finding["message"]


def test_lines_end_where_a_shell_ends_them() -> None:
    """Only a line feed ends a line, with or without a carriage return before it."""
    text = "A=1\u2028B=2\x0bC=3\x85D=4\r\nE=5\r\n"
    environment = Environment(write("a.env", text), inherit=False)
    assert environment.values == {"A": "1\u2028B=2\x0bC=3\x85D=4", "E": "5"}
    assert [place.line for place in environment.places.values()] == [1, 2]


@given(st.text("ab '\"\\#=\t", max_size=12))
def test_values_are_those_of_a_shell(text: str) -> None:
    """A value in quotes is what a shell assigns; a value without is kept as it is."""
    try:
        expected = shlex.split(text.strip(), comments=True)
    except ValueError:
        expected = []
    environment = Environment(write("a.env", f"A={text}\n"), inherit=False)
    if text.strip()[:1] in {"'", '"'}:
        assert environment.values == ({"A": expected[0]} if len(expected) == 1 else {})
    else:
        value = re.split(r"(?:^|\s+)#", text.strip(), maxsplit=1)[0]
        assert environment.values == {"A": value}


@pytest.mark.parametrize(
    ("text", "value"),
    [
        (" " * 10**6 + "x", "x"),
        ('"' + "a" * 10**6 + '"', "a" * 10**6),
        ("'" + "\\" * 10**6, None),
        ("#" * 10**6, ""),
        ("a" + " #" * 10**6, "a"),
    ],
    ids=["spaces", "quoted", "open", "hashes", "comments"],
)
def test_a_long_line_is_read_once(text: str, value: str | None) -> None:
    """A line of a million characters is read at once: quadratic work takes hours."""
    environment = Environment(write("a.env", f"A={text}\n"), inherit=False)
    assert environment.values == ({} if value is None else {"A": value})
    assert len(environment.unreadable) == (value is None)


def test_values_of_several_lines() -> None:
    """A value in quotes may have several lines, as in a shell."""
    text = "A='a\n# b\n\nc' # comment\nexport B=\"d\ne\"'f\n'\nC='open\nD=1\n"
    environment = Environment(write("a.env", text), inherit=False)
    assert environment.values == {"A": "a\n# b\n\nc", "B": "d\nef\n", "D": "1"}
    lines = {name: place.line for name, place in environment.places.items()}
    assert lines == {"A": 1, "B": 5, "D": 9}
    ((place, _),) = environment.unreadable
    assert (place.line, place.column) == (8, 3)
