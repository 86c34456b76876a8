"""Commands in the guides that run in other processes print the output shown."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

from click.testing import CliRunner

from pynenc_conf._tools.cli import cli
from tests.test_documentation import ROOT, blocks_of, commands_of

HOST_VARIABLE = "PYNENC__CONFIGBROKERREDIS__REDIS_HOST"


def write_files(page: str, mark: str) -> list[tuple[str, str]]:
    """Write the files of a page; return the commands of the block with a mark."""
    found = []
    for block in blocks_of((ROOT / page).read_text(encoding="utf-8")):
        if block.file_name is not None:
            Path(block.file_name).write_text(block.text, encoding="utf-8")
        if block.mark == mark:
            found = list(commands_of(block.text))
    assert found
    return found


def run(command: str) -> str:
    """Run a command, with `> FILE` at its end or not, and return what it prints."""
    command, _, path = command.removeprefix("pynenc-conf ").partition(" > ")
    done = CliRunner().invoke(cli, command.split(), prog_name="pynenc-conf")
    if not path:
        return done.output
    Path(path).write_text(done.stdout, encoding="utf-8")
    return done.stderr


def without_process(output: str) -> str:
    """Return the output without the number, host and time of processes."""
    return re.sub(r"process \d+ on [^\s;)]+( at \S+)?", "process", output)


def test_reports_of_two_workers() -> None:
    """`diff` and `explain` find the wrong worker in the reports of two workers."""
    page = "docs/how-to/find-the-wrong-worker.md"
    commands = write_files(page, "report output")
    for number, host in {1: {}, 3: {HOST_VARIABLE: "localhost"}}.items():
        report = {"PYNENC_CONF_REPORT": f"worker-{number}.jsonl"}
        env = {**os.environ, "PYTHONPATH": str(ROOT), **report, **host}
        subprocess.run([sys.executable, "worker.py"], env=env, check=True)
    for command, shown in commands:
        assert without_process(run(command)) == without_process(shown)


def test_two_environments() -> None:
    """`diff` compares the snapshots of two environments."""
    for command, shown in write_files("docs/how-to/check-in-ci.md", "diff output"):
        assert run(command) == shown
