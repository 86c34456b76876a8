"""Running the command in this process."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from click.testing import CliRunner, Result

from pynenc_conf._tools.cli import cli


def run(*arguments: str) -> Result:
    """Run the command with arguments."""
    return CliRunner().invoke(cli, arguments, prog_name="pynenc-conf")


def run_json(*arguments: str) -> Any:
    """Run a command with --json, and return what it prints."""
    return json.loads(run(*arguments, "--json").stdout)


def write(name: str, text: str, mode: int = 0o600) -> str:
    """Write a file that is nobody else's business."""
    Path(name).write_text(text, encoding="utf-8")
    Path(name).chmod(mode)
    return name


def findings(*arguments: str) -> list[dict[str, Any]]:
    """Return what `check --json` finds."""
    found: list[dict[str, Any]] = run_json("check", *arguments)["findings"]
    return found


def only(*arguments: str) -> dict[str, Any]:
    """Return the one thing that `check --json` finds."""
    (finding,) = findings(*arguments)
    return finding


def place(finding: dict[str, Any]) -> tuple[Any, ...]:
    """Return where a finding is."""
    return finding["path"], finding["line"], finding["column"]
