"""The supported Python versions are the same wherever they are listed."""

from __future__ import annotations

import re
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))[
    "project"
]
PREFIX = "Programming Language :: Python :: 3."
SUPPORTED = [
    item.rpartition(" ")[2]
    for item in PROJECT["classifiers"]
    if item.startswith(PREFIX)
]


def test_this_version_is_supported() -> None:
    """The tests run on a version that the package is declared for."""
    assert f"3.{sys.version_info[1]}" in SUPPORTED


def test_lowest_version() -> None:
    """The package can be installed on the lowest supported version and above."""
    assert PROJECT["requires-python"] == f">={SUPPORTED[0]}"


@pytest.mark.parametrize(
    ("path", "pattern", "written"),
    [
        ("README.md", r"\((\S+ to \S+) are tested\)", "{0} to {4}"),
        (
            "docs/explanation/reliability.md",
            r"\*\*Python (3\.[^*]*)\*\*",
            "{0}, {1}, {2}, {3}, {4}",
        ),
        (
            "docs/getting-started/installation.md",
            r"CPython (3\..*)\. It",
            "{0}, {1}, {2}, {3} and {4}",
        ),
        (
            "docs/contributing.md",
            r"(3\.\d+, .*) that pyenv",
            "{0}, {1}, {2}, {3} and {4}",
        ),
        (".ci/run", r"SUPPORTED=\((.*)\)", "{0} {1} {2} {3} {4}"),
    ],
)
def test_lists_of_versions(path: str, pattern: str, written: str) -> None:
    """The README, the docs and the continuous integration list the same versions."""
    file = ROOT / path
    if not file.exists():
        pytest.skip("a source distribution does not hold this file")
    found = re.search(pattern, file.read_text(encoding="utf-8"))
    assert found is not None
    assert found[1] == written.format(*SUPPORTED)
