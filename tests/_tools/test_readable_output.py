"""Output without tracebacks and raw warnings, on every stream."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests._tools.running import run, write

TEXT = "日本 \U0001f600 é"
APP = """\
import warnings

from pynenc_conf import ConfigBase, ConfigField


class ConfigWarning(ConfigBase):
    size: "ConfigField[Undefined]" = ConfigField(1)


warnings.warn("old module", UserWarning)
"""


def run_process(*arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run the command in a process, and return its output."""
    return subprocess.run(
        [sys.executable, "-m", "pynenc_conf", *arguments],
        env=os.environ | variables,
        capture_output=True,
        check=False,
        encoding="latin-1",
    )


@pytest.mark.parametrize("encoding", ["cp1252", "ascii", "utf-8"])
@pytest.mark.parametrize(
    "command",
    [
        ("explain", "redis", "--file", "text.yaml"),
        ("check", "text.yaml"),
        ("check", "text.yaml", "--format", "github"),
        ("diff", "defaults", "text.yaml"),
        ("env", "redis", "--file", "text.yaml"),
        ("template", "redis"),
        ("compat", "text.yaml"),
    ],
    ids=" ".join,
)
def test_streams(command: tuple[str, ...], encoding: str) -> None:
    """Text that a stream cannot encode is escaped."""
    write("text.yaml", f"redis_host: '{TEXT}'\nredis_db: '{TEXT}x'\n")
    if command[0] not in {"check", "compat"}:
        write("text.yaml", f"redis_host: '{TEXT}'\n")
    surrogate = os.fsdecode(b"a\xff")
    done = run_process(*command, PYTHONIOENCODING=encoding, PYNENC__APP_ID=surrogate)
    assert done.returncode in {0, 1}
    assert "Traceback" not in done.stderr
    assert done.stdout
    if command[0] in {"explain", "diff"} and encoding != "utf-8":
        assert r"\u65e5\u672c \U0001f600" in done.stdout


def test_warnings() -> None:
    """Warnings are printed to stderr as messages of the command, with their place."""
    write("app_that_warns.py", APP)
    done = run_process("explain", "app_that_warns:ConfigWarning")
    assert done.returncode == 0
    place = Path("app_that_warns.py").resolve()
    assert done.stderr.splitlines() == [
        "warning: UserWarning: old module",
        f"  --> {place}:10",
        (
            "warning: ConfigWarning.size: the annotation cannot be evaluated "
            "(NameError: name 'Undefined' is not defined); the type of the default "
            "applies"
        ),
    ]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("1 / 0\n", "ZeroDivisionError: division by zero (boom.py:1)"),
        ("\nx = (\n", "SyntaxError: '(' was never closed (boom.py:2)"),
        ("import json\n\njson.loads('')\n", "char 0) (boom.py:3)"),
        ("import none_such\n", "No module named 'none_such' (boom.py:1)"),
        ("import other\n", "KeyError: 'a' (other.py:2)"),
        ("raise SystemExit\n", "SystemExit (boom.py:1)"),
    ],
)
def test_modules_that_cannot_be_imported(text: str, message: str) -> None:
    """The error of a module names the exception and its place in the application."""
    write("boom.py", text)
    write("other.py", "\n{}['a']\n")
    done = run_process("check", "--app", "boom")
    assert done.returncode == 2
    assert "Error: cannot import module 'boom': " in done.stderr
    assert done.stderr.endswith(f"{message}\n")


def test_descriptions_of_commands(monkeypatch: pytest.MonkeyPatch) -> None:
    """The list of commands has complete descriptions, whatever the width."""
    monkeypatch.setenv("COLUMNS", "50")
    text = " ".join(run("--help").output.split())
    assert "Check the files and variables of a deployment. compat List the" in text
    assert "..." not in text.partition("Commands:")[2]


@pytest.mark.parametrize(
    "command", ["check", "compat", "diff", "env", "explain", "ping", "template"]
)
def test_examples(command: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each example of --help is a line of its own."""
    monkeypatch.setenv("COLUMNS", "60")
    lines = run(command, "--help").output.splitlines()
    start = lines.index("  Examples:") + 1
    examples = lines[start : lines.index("", start)]
    assert len(examples) > 1
    for line in examples:
        assert line.startswith("    pynenc-conf ")
        assert line.count("pynenc-conf") == 1
