"""What the README and the landing page say about this library is true."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.benchmarks.features import ROWS

ROOT = Path(__file__).parent.parent
README = ROOT / "README.md"
EXAMPLES = ROOT / "docs" / "examples"


def test_features_of_this_library() -> None:
    """The column of this library has the results of its checks.

    `python -m tests.benchmarks.features` checks the other columns too.
    """
    done = subprocess.run(
        [sys.executable, "-m", "tests.benchmarks.features.worker", "ours"],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    found = json.loads(done.stdout)["cells"]
    lines = README.read_text(encoding="utf-8").splitlines()
    rows = [[cell.strip() for cell in line.split("|")[1:-1]] for line in lines]
    shown = {row[0]: row[1] for row in rows if len(row) == 6}
    assert {title: shown[title] for title in ROWS.values()} == {
        title: found[key] for key, title in ROWS.items()
    }


@pytest.mark.parametrize(
    "page", ["README.md", "docs/index.md", "docs/getting-started/why.md"]
)
def test_pages_show_the_settings_of_the_picture(page: str) -> None:
    """Each page with the picture of ConfigShop shows its class and its file."""
    text = (ROOT / page).read_text(encoding="utf-8")
    assert "images/shop-light.svg" in text
    for name, begin in (("shop.py", "class ConfigShop"), ("shop.yaml", "shop:\n")):
        example = (EXAMPLES / name).read_text(encoding="utf-8")
        assert example[example.index(begin) :] in text


def test_the_documentation_has_four_parts() -> None:
    """The landing page names the four parts of the sidebar, in their order."""
    text = (ROOT / "docs" / "index.md").read_text(encoding="utf-8")
    captions = re.findall(r"^:caption: (.+)$", text, re.MULTILINE)
    assert captions == ["Getting started", "How-to guides", "Reference", "Explanation"]
    assert re.findall(r"^\*\*([\w -]+?)\.?\*\*", text, re.MULTILINE) == captions
