"""Runs the command line in this process."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from click.testing import CliRunner, Result

from pynenc_conf._tools.cli import cli
from pynenc_conf._tools.env_files import Environment
from pynenc_conf._tools.sources import Sources


def sources(*files: str, inherit: bool = True) -> Sources:
    """Return the sources of a command with these configuration files."""
    return Sources(files, Environment(inherit=inherit), {}, ())


def run(*arguments: str) -> Result:
    """Run `pynenc-conf` with arguments."""
    return CliRunner().invoke(cli, arguments, prog_name="pynenc-conf")


def run_json(*arguments: str) -> Any:
    """Run a command with --json, and return the decoded output."""
    return json.loads(run(*arguments, "--json").stdout)


def write(name: str, text: str, mode: int = 0o600) -> str:
    """Write a file that only its owner can read, and return its name."""
    Path(name).write_text(text, encoding="utf-8")
    Path(name).chmod(mode)
    return name


def findings(*arguments: str) -> list[dict[str, Any]]:
    """Return the findings of `check --json`."""
    found: list[dict[str, Any]] = run_json("check", *arguments)["findings"]
    return found


def only(*arguments: str) -> dict[str, Any]:
    """Return the only finding of `check --json`."""
    (finding,) = findings(*arguments)
    return finding


def place(finding: dict[str, Any]) -> tuple[Any, ...]:
    """Return path, line and column of a finding."""
    return finding["path"], finding["line"], finding["column"]
