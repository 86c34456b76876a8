"""The page about the migration from pydantic-settings says what both libraries do."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

from tests.test_documentation import ROOT, blocks_of, commands_of

pytestmark = pytest.mark.skipif(
    find_spec("pydantic_settings") is None, reason="pydantic-settings is not installed"
)
PAGE = ROOT / "docs/how-to/migrate-from-pydantic-settings.md"
TEXT = PAGE.read_text(encoding="utf-8")
DIFFERENCES: dict[str, tuple[Any, Any]] = {
    # difference: pydantic-settings, pynenc_conf
    "Values passed to the constructor": ("2", "3"),
    "An invalid value that another value overrides": ("2", "error"),
    "`3.10` in YAML, for a `str`": ("error", "'3.10'"),
    "A key that occurs twice in a file": ("3", "error"),
    "A file that does not exist": ("1", "error"),
    "An unknown key in a file": ("error", "warning 1"),
    "A misspelled variable": ("1", "warning 1"),
    "A variable in lower case": ("2", "warning 1"),
    "A list separated by commas": ("error", "('ada', 'grace')"),
    "An empty variable for a bool": ("error", "False"),
    "`t` and `y` for a bool": ("True", "error"),
    "True for an int": ("1", "error"),
    "nan for a float": ("nan", "error"),
    "inf for a float": ("inf", "error"),
    "The text `30` or `1h30m` for a timedelta": (
        "error",
        "datetime.timedelta(seconds=5400)",
    ),
    "The name of an enum member": ("error", "<Colour.DARK: 'dark-green'>"),
    "One member of a nested default": (
        "Smtp(host='other', port=25)",
        "Smtp(host='other', port=26)",
    ),
    "The password in a URL": (True, False),
    "A rejected value of a secret": (True, False),
    "The hash of an instance": (False, True),
}


def run(*arguments: str, **variables: str) -> str:
    """Run Python in the current folder, and return its output."""
    search = os.pathsep.join([str(Path.cwd()), str(ROOT)])
    done = subprocess.run(
        [sys.executable, *arguments],
        env={**os.environ, "PYTHONPATH": search, **variables},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.skipif(os.name == "nt", reason="Windows ignores the case of variables")
def test_differences() -> None:
    """Each difference on the page is what both libraries do."""
    script = str(Path(__file__).parent / "answers.py")
    theirs, ours = (json.loads(run(script, side)) for side in ("theirs", "ours"))
    assert {name: (theirs[name], ours[name]) for name in theirs} == DIFFERENCES
    section = TEXT.partition("## Differences in behaviour\n")[2].partition("\n## ")[0]
    assert re.findall(r"^(.+)\n: ", section, re.MULTILINE) == list(DIFFERENCES)


def test_translated_class() -> None:
    """The class on the page reads the same values before and after the translation."""
    variables: dict[str, str] = {}
    for block in blocks_of(TEXT):
        if block.file_name is not None:
            Path(block.file_name).write_text(block.text, encoding="utf-8")
        if block.language == "console":
            for command, _ in commands_of(block.text):
                name, equals, value = command.removeprefix("export ").partition("=")
                if equals and command.startswith("export "):
                    variables[name] = value.strip("'")
    assert set(variables) == {"SHOP_ADMINS", "SHOP_SMTP__PORT", "SHOP_API_KEY"}
    values = "s.currency, s.max_items, s.admins, s.smtp.host, s.smtp.port"
    code = "from shop_{0} import settings as s; print({1}, {2})"
    key = "s.api_key.get_secret_value()"
    before = run("-c", code.format("before", values, key), **variables)
    after = run("-c", code.format("after", values, "s.api_key"), **variables)
    assert before == after == ("EUR 30 ('ada', 'grace') smtp.example.org 587 k-123\n")
