"""Output without tracebacks and raw warnings, on every stream."""

from __future__ import annotations

import json
import os
import re
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


FORGED = "\nerror[value]: forged\x1b[31m\r\u2028forged"


@pytest.mark.parametrize("name", ["a.yaml", f"a{FORGED}.yaml"])
@pytest.mark.parametrize(
    "values",
    [
        {"redis_host": FORGED},
        {"redis_db": FORGED},
        {f"redis{FORGED}": {"redis_hots": 1}},
        {"redis": {f"redis_hots{FORGED}": 1}},
        {"task": {"retry_for": [f"os.path{FORGED}.X"]}},
        {"task": {f"a{FORGED}.f": {"max_retries": "x", "retry_for": ["x.Y"]}}},
        {"task": {"a.f": {"retry_for": f"x{FORGED}.Y"}}},
    ],
    ids=range(7),
)
@pytest.mark.parametrize("command", ["check", "diff", "compat", "explain", "env"])
def test_forged_lines(command: str, values: dict[str, object], name: str) -> None:
    """Text of a file, and its name, begins no line of the output."""
    write(name, json.dumps(values))
    arguments = {
        "check": [name],
        "diff": ["defaults", name],
        "compat": [name],
        "explain": ["--file", name],
        "env": ["redis", "--file", name],
    }[command]
    done = run(command, *arguments)
    lines = re.split("[\n\r\u2028]", done.output)
    assert not any(
        line.startswith(("error[value]: forged", "forged")) for line in lines
    )
    assert "\x1b" not in done.output
    assert done.exception is None or isinstance(done.exception, SystemExit)


def test_forged_lines_of_usage() -> None:
    """A wrong use that quotes a file begins no line with text of the file."""
    services = {f"a{FORGED}": {"environment": {}}, "b": {"environment": {}}}
    write("compose.yaml", json.dumps({"services": services}))
    done = run("check", "--env-file", "compose.yaml")
    assert done.exit_code == 2
    assert "\x1b" not in done.output
    lines = re.split("[\n\r\u2028]", done.output)
    assert not any(
        line.startswith(("error[value]: forged", "forged")) for line in lines
    )


def test_forged_lines_of_variables() -> None:
    """Text of a file with variables, and its name, begins no line of the output."""
    name = f"a{FORGED}.env"
    write(name, "PYNENC__REDIS_DB=x\nPYNENC__REDIS_HOTS=1\nnothing\n")
    done = run("check", "--no-env", "--env-file", name)
    assert done.exit_code == 1
    assert not any(
        line.startswith(("error[value]: forged", "forged"))
        for line in re.split("[\n\r\u2028]", done.output)
    )
