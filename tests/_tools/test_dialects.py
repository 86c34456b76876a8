"""Files of variables, as Docker, Compose and a shell read them: `--env-dialect`."""

from __future__ import annotations

import os
import shutil
import subprocess
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pynenc_conf._core.problems import UnreadableFile
from pynenc_conf._tools.dialects.assignment import Assignment
from pynenc_conf._tools.dialects.differences import (
    DIALECTS,
    find_differences,
    read_lines,
)
from tests._tools.running import findings, only, place, run, run_json, write

CLIENT = {"SET": "value", "EMPTY": "", "HOME": "/home/user"}


def read(dialect: str, text: str) -> dict[str, str] | str:
    """Return the variables of a file, or the message of its first error."""
    found: dict[str, str] = {}
    for item in read_lines(dialect, text, CLIENT.get):
        if isinstance(item, UnreadableFile):
            return item.message
        found[item.name] = item.value
    return found


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("A=b\n", {"A": "b"}),
        ('A="2"\n', {"A": '"2"'}),
        ("A='b' # c\n", {"A": "'b' # c"}),
        ("A= b \r\n", {"A": " b "}),
        ("  A=b\n\u3000B=c", {"A": "b", "B": "c"}),
        ("A=$SET ${SET}\n", {"A": "$SET ${SET}"}),
        ("A#B.C=d\n", {"A#B.C": "d"}),
        ("# A=b\n\n", {}),
        ("SET\nEMPTY\nUNSET\n", {"SET": "value", "EMPTY": ""}),
        ("SET \n", "Docker rejects spaces"),
        ("export A=b\n", "Docker rejects spaces"),
        ("A =b\n", "Docker rejects spaces"),
        ("A\tB=c\n", "Docker rejects spaces"),
        ("=b\n", "expected a name"),
        (f"A={'x' * 65_533}\n", {"A": "x" * 65_533}),
        (f"A={'x' * 65_534}\n", "Docker rejects a line"),
        (f"#{'x' * 65_535}\n", "Docker rejects a line"),
    ],
)
def test_docker(text: str, expected: dict[str, str] | str) -> None:
    """Docker takes the text after `=` literally, and a name alone inherits."""
    check(read("docker", text), expected)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("export A = b  # c\n", {"A": "b"}),
        ("A=b#c\n", {"A": "b#c"}),
        ("A= # c\n", {"A": "# c"}),
        ("A: b\nB:c", {"A": "b", "B": "c"}),
        ("A-B[0].c=d", {"A-B[0].c": "d"}),
        ("SET\nUNSET\nA=b", {"SET": "value", "A": "b"}),
        ("A='a $SET \\' \\n'", {"A": "a $SET ' \\n"}),
        ('A="a\\t\\"\\\\ \\$SET \\e \\0101 \\09"', {"A": 'a\t"\\ $SET \\e A \\9'}),
        ('A="a\nb" # c\nB=c', {"A": "a\nb", "B": "c"}),
        ("A=x$SET${SET}$$\n", {"A": "xvaluevalue$"}),
        ("A=${UNSET:-a}${EMPTY:-b}${EMPTY-c}", {"A": "ab"}),
        ("A=${SET:+a}${EMPTY:+b}${EMPTY+c}", {"A": "ac"}),
        ("A=${UNSET:-${SET}}${UNSET:-{}}", {"A": "value{}"}),
        ("A=b\nB=$A", {"A": "b", "B": "b"}),
        ("A=b\r\nB=c\r\n", {"A": "b", "B": "c"}),
        ("A=${UNSET:?}", "requires the variable UNSET"),
        ("A=$1", "'$' begins no variable"),
        ("A=${SET", "'${' is never closed"),
        ("A=${1}", "'${' must be followed by a name"),
        ("A='b", "a quote is never closed"),
        ("A#B=c", "Compose rejects this name"),
        ("A B=c", "Compose requires a name"),
        ("=c", "Compose requires a name"),
        ("A=" + "${U:-" * 30 + "}" * 30, "more than 20 defaults"),
    ],
)
def test_compose(text: str, expected: dict[str, str] | str) -> None:
    """Compose interpolates all values that are not in single quotes."""
    check(read("compose", text), expected)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("export A=b C='d'\nexport SET; E=f # g", {"A": "b", "C": "d", "E": "f"}),
        ("A=b\\ c'd'\"e\"\\\nf", {"A": "b cdef"}),
        ('A="\\$SET \\a $SET"', {"A": "$SET \\a value"}),
        ("A=${UNSET:-'x y'}${EMPTY-b}${SET:+c}", {"A": "x yc"}),
        ("A=${UNSET:=b}\nB=$UNSET$A", {"A": "b", "B": "bb"}),
        ("A=~/b:~", {"A": "/home/user/b:/home/user"}),
        ("A=b\r\n", {"A": "b\r"}),
        ("A=$\nB=a$.b", {"A": "$", "B": "a$.b"}),
        ("A=$(id)", "a shell runs a command"),
        ("A=`id`", "a shell runs a command"),
        ("A=b c", "a shell runs a command"),
        ("A = b", "a shell runs a command"),
        ("A.B=c", "a shell runs a command"),
        ("A=b; ; B=c", "a shell runs a command"),
        ("A=b&", "a shell runs a command"),
        ("A=${SET#v}", "this expansion is not supported"),
        ("A=$1", "shells read this expansion differently"),
        ("A=$'b'", "shells read this expansion differently"),
        ("A=~root", "'~' with the name of a user"),
        ("A='b", "a quote is never closed"),
        ('A="b', "is never closed"),
        ("A=${UNSET:?}", "requires the variable UNSET"),
    ],
)
def test_shell(text: str, expected: dict[str, str] | str) -> None:
    """A shell assigns and expands; what it would run as a command is an error."""
    check(read("shell", text), expected)


def check(found: dict[str, str] | str, expected: dict[str, str] | str) -> None:
    """Assert the variables, or the beginning of the message."""
    if isinstance(found, str) and isinstance(expected, str):
        assert expected in found
    else:
        assert found == expected


PARTS = st.sampled_from(
    [
        *("A=", "B=", "export ", "x", "$SET", "${UNSET:-y}", "${UNSET-'q'}"),
        *("${EMPTY:+w}", '"', "'", "\\", " ", "\n", "#", "$A", "~", ":", "/", "$"),
        *(";", "\r", "é", "}"),
    ]
)


@pytest.mark.skipif(shutil.which("sh") is None, reason="there is no shell")
@settings(max_examples=100)
@given(st.lists(PARTS, max_size=8).map("".join))
def test_a_shell_agrees(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    """A file that is read without an error gives the values that `sh` assigns."""
    items = list(read_lines("shell", text, CLIENT.get))
    if any(isinstance(item, UnreadableFile) for item in items):
        return
    path = tmp_path_factory.mktemp("shell") / "a.env"
    path.write_bytes(text.encode())
    script = 'set -a; . "$0" || exit 1; printf \'%s|%s\' "${A-unset}" "${B-unset}"'
    done = subprocess.run(
        [str(shutil.which("sh")), "-c", script, path],
        env=CLIENT,
        capture_output=True,
        check=True,
    )
    values = {item.name: item.value for item in items if isinstance(item, Assignment)}
    expected = [values.get(name, "unset") for name in "AB"]
    assert done.stdout.decode() == "|".join(expected)
    assert not done.stderr


@given(st.text("AB= \t\n\r'\"\\$#{}:-~;\0é", max_size=30))
def test_any_text_is_read(text: str) -> None:
    """Any text gives variables and errors, and no error quotes a value."""
    for dialect in (None, *DIALECTS):
        for item in read_lines(dialect, text, CLIENT.get):
            assert isinstance(item, (Assignment, UnreadableFile))
            assert item.line is not None
            assert 1 <= item.line <= text.count("\n") + 1
    for difference in find_differences(text, CLIENT.get):
        assert len(set(difference.values.values())) > 1


@pytest.mark.parametrize("dialect", [None, *DIALECTS])
@pytest.mark.parametrize(
    "text",
    [
        *("A=b\n", "A='\n", 'A="\n', "A=${A\n", "A=${A:-$A}\n", "A=\\\n", "A=$\n"),
        *("#\n", "A=`\n", 'A="\\"\n', "A=${A:-", "A='\\", " ", "A", "A=${A:-${A}}"),
    ],
)
def test_reading_is_linear(dialect: str | None, text: str) -> None:
    """Reading many lines takes a moment: quadratic work takes hours."""
    list(read_lines(dialect, text * 20_000, CLIENT.get))


@pytest.mark.parametrize("dialect", ["compose", "shell"])
def test_variables_that_double(dialect: str) -> None:
    """Variables that double from line to line are an error before memory is full."""
    lines = ["A0=0123456789", *(f"A{n + 1}=$A{n}$A{n}" for n in range(100))]
    message = read(dialect, "\n".join(lines))
    assert message == "variables expand to more than 8388608 characters"
    text = "A=" + "x" * 10_000 + "\nB=$A" * 10_000
    assert read(dialect, text) == message


def test_check_warns_about_differences() -> None:
    """Without a dialect, a variable that programs read differently is a warning."""
    finding = only("--env-file", write("a.env", '\nPYNENC__REDIS_DB="2"\n'))
    assert (finding["severity"], finding["code"]) == ("warning", "dialect")
    assert place(finding) == ("a.env", 2, 1)
    assert finding["message"] == (
        "PYNENC__REDIS_DB: docker reads '\"2\"', shell and compose read '2'; "
        "select one with --env-dialect"
    )


def test_differences_without_effect() -> None:
    """Texts that the type of the setting makes equal are not reported."""
    text = "PYNENC__REDIS_DB=2\r\nPYNENC__REDIS_PORT=1 \n"
    assert findings("--env-file", write("a.env", text)) == []
    text = "PYNENC__REDIS_HOST=a \n"
    assert only("--env-file", write("a.env", text))["code"] == "dialect"


def test_differences_show_no_secrets() -> None:
    """The values of secrets, and of variables that no class reads, are not shown."""
    text = "PYNENC__REDIS_PASSWORD='hunter2'\nPYNENC__TOKEN='hunter2'\nOTHER='b'\n"
    done = run("check", "--env-file", write("a.env", text))
    assert "hunter2" not in done.output
    assert done.output.count("docker reads one value, shell and compose read") == 2
    assert "OTHER" not in done.output


@pytest.mark.parametrize(
    ("dialect", "code"), [("docker", "value"), ("compose", None), ("shell", None)]
)
def test_check_with_a_dialect(dialect: str, code: str | None) -> None:
    """With a dialect, the values are those of the program, without a warning."""
    path = write("a.env", 'PYNENC__REDIS_DB="2"\n')
    found = findings("--env-file", path, "--env-dialect", dialect)
    assert [item["code"] for item in found] == ([] if code is None else [code])


def test_a_name_alone_inherits(monkeypatch: pytest.MonkeyPatch) -> None:
    """A name alone has the value of this process, and none with --no-env."""
    monkeypatch.setenv("PYNENC__REDIS_DB", "3")
    path = write("a.env", "PYNENC__REDIS_DB\n")
    options = ("redis", "redis_db", "--env-file", path, "--env-dialect", "docker")

    def value(*arguments: str) -> Any:
        return run_json("explain", *arguments)["fields"][0]["value"]

    assert value(*options) == 3
    assert value(*options, "--no-env") == 0
    message = only("--env-file", path)["message"]
    assert message.endswith("--env-dialect docker or compose reads a name alone")


def test_files_see_those_before_them() -> None:
    """Compose and a shell expand variables of the files before; Docker does not."""
    first, second = write("a.env", "A=b\n"), write("b.env", "PYNENC__REDIS_HOST=x$A\n")
    options = ("--env-file", first, "--env-file", second, "--no-env")
    for dialect, expected in (("compose", "xb"), ("shell", "xb"), ("docker", "x$A")):
        data = run_json(
            "explain", "redis", "redis_host", *options, "--env-dialect", dialect
        )
        assert data["fields"][0]["value"] == expected
    assert os.environ.get("A") is None
