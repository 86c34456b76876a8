"""Running the command in this process."""

from __future__ import annotations

import json
from typing import Any

from click.testing import CliRunner, Result

from pynenc_conf.tools.cli import cli


def run(*arguments: str) -> Result:
    """Run the command with arguments."""
    return CliRunner().invoke(cli, arguments, prog_name="pynenc-conf")


def run_json(*arguments: str) -> Any:
    """Run a command with --json, and return what it prints."""
    return json.loads(run(*arguments, "--json").stdout)
