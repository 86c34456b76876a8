"""What the command line imports, and the progress of work that takes long."""

from __future__ import annotations

import os
import subprocess
import sys
from importlib import import_module

import pytest

from pynenc_conf._tools import progress
from pynenc_conf._tools.cli import COMMANDS
from pynenc_conf._tools.dialects.assignment import DIALECT_NAMES
from pynenc_conf._tools.dialects.differences import DIALECTS
from tests._tools.running import run, write


def imported(*arguments: str) -> set[str]:
    """Return the modules that a command imports, in a pipe."""
    environment = {"PYTHONPATH": os.pathsep.join(sys.path), "PYNENC__REDIS_DB": "1"}
    done = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "pynenc_conf", *arguments],
        check=True,
        capture_output=True,
        text=True,
        env=environment,
    )
    return {line.rpartition("|")[2].strip() for line in done.stderr.splitlines()}


def of_library(modules: set[str]) -> set[str]:
    """Return the modules of this library."""
    return {name for name in modules if name.startswith("pynenc_conf.")}


def test_help_imports_no_command() -> None:
    """--help imports the command line itself, and no command or class."""
    modules = imported("--help")
    assert of_library(modules) == {
        "pynenc_conf._tools",
        "pynenc_conf._tools.cli",
        "pynenc_conf._tools.main",
        "pynenc_conf._tools.streams",
    }
    assert not modules & {"rich", "importlib.metadata", "yaml", "redis"}


@pytest.mark.parametrize("name", ["redis", "ConfigOrchestratorRedis"])
def test_explain_imports_only_what_it_needs(name: str) -> None:
    """`explain CLASS` in a pipe imports no other command, and no slow library."""
    modules = imported("explain", name)
    assert len(of_library(modules)) <= 74
    assert not modules & {"rich", "importlib.metadata", "yaml", "redis"}
    assert "pynenc_conf._tools.dialects.differences" not in modules
    others = {f"pynenc_conf._tools.{name}" for name in COMMANDS if name != "explain"}
    assert not modules & {*others, "pynenc_conf._tools.columns"}


def test_explain_without_plugins() -> None:
    """`explain` of all classes reads metadata only if there may be a plug-in."""
    assert not imported("explain") & {"rich", "importlib.metadata", "yaml", "redis"}


@pytest.mark.parametrize("name", COMMANDS)
def test_the_first_sentence_of_every_command(name: str) -> None:
    """The list of commands has the first sentence of each command's own help."""
    command = getattr(import_module(f"pynenc_conf._tools.commands.{name}"), name)
    assert COMMANDS[name] == command.help.split("\n")[0]
    assert f"  {name} " in run("--help").stdout


def test_the_dialects_of_the_option() -> None:
    """--env-dialect has the names of all dialects."""
    assert tuple(DIALECTS) == DIALECT_NAMES


def test_unknown_commands() -> None:
    """An unknown command exits with 2."""
    done = run("explan")
    assert done.exit_code == 2
    assert "No such command 'explan'" in done.stderr


TASKS = "task:\n" + "".join(f"  m.task_{n}: {{max_retries: 1}}\n" for n in range(5))


@pytest.mark.parametrize(
    ("command", "total"),
    [
        (("explain", "--file"), 6),
        (("diff", "defaults"), 22),
        (("check", "--no-env"), 6),
        (("compat",), 6),
    ],
)
def test_progress(
    command: tuple[str, ...], total: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Work that takes long shows on a terminal how much is done, on stderr."""
    path = write("tasks.yaml", TASKS)
    expected = run(*command, path)
    assert expected.stderr == ""
    monkeypatch.setattr(progress, "PATIENCE_SEC", 0)
    assert run(*command, path).stderr == ""  # not a terminal
    monkeypatch.setenv("TTY_COMPATIBLE", "1")
    monkeypatch.setenv("NO_COLOR", "1")
    shown = run(*command, path)
    assert f"/{total}" in shown.stderr
    assert shown.exit_code == expected.exit_code
