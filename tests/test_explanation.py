"""The pages for developers describe the folders, modules and tests that there are."""

from __future__ import annotations

import re
import tomllib
from html import unescape
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
CORE = ROOT / "pynenc_conf" / "_core"
FOLDERS = {path.parent.name for path in CORE.glob("*/__init__.py")}
DOCS = ROOT / "docs"
PAGE = DOCS / "explanation" / "architecture.md"
PAGES = [*sorted(PAGE.parent.glob("*.md")), DOCS / "contributing.md"]


def layers_of_core() -> list[str]:
    """Return the modules of the core as the contract for imports lists them."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    contracts = project["tool"]["importlinter"]["contracts"]
    found = next(c for c in contracts if c.get("containers") == ["pynenc_conf._core"])
    return [name.strip() for layer in found["layers"] for name in layer.split("|")]


def test_folders_of_the_core() -> None:
    """The page describes each folder of the core once, and no other folder."""
    found = re.findall(r"^- \*\*`(\w+)/`\*\*", PAGE.read_text("utf-8"), re.MULTILINE)
    assert sorted(found) == sorted(FOLDERS)


def test_order_of_imports() -> None:
    """The page lists the modules of the core in the order that lint-imports checks."""
    line = re.search(r"`_core`, with its own order: .*", PAGE.read_text("utf-8"))
    assert line is not None
    assert re.findall(r"`(\w+)`", line[0])[1:] == layers_of_core()


@pytest.mark.parametrize("name", ["levels", "flow"])
def test_drawings(name: str) -> None:
    """Each drawing has all folders of the core; the levels are in their order."""
    svg = PAGE.with_name(f"architecture-{name}.svg").read_text("utf-8")
    drawn = re.findall(r'<text class="folder".*?>(.*?)</text>', unescape(svg))
    if name == "levels":
        assert drawn == [layer for layer in layers_of_core() if layer in FOLDERS]
    assert set(drawn) == FOLDERS


def test_named_modules_exist() -> None:
    """Each module and folder of the package that the page names exists."""
    names = re.findall(r"`([\w/*]+(?:\.py|/))`", PAGE.read_text("utf-8"))
    package = ROOT / "pynenc_conf"
    for name in names:
        found = [*package.glob(name), *CORE.glob(name)]
        assert found, name


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_named_files_exist(page: Path) -> None:
    """Each file of the tests, the docs and the core that a page names exists."""
    text = page.read_text(encoding="utf-8")
    for name in re.findall(r"`((?:tests|docs|_core|_tools)/[\w./-]*)`", text):
        places = [ROOT / name, ROOT / "pynenc_conf" / name]
        assert any(place.exists() for place in places), name


def test_named_functions_exist() -> None:
    """The page on performance names each function with the module that defines it."""
    text = (DOCS / "explanation" / "performance.md").read_text(encoding="utf-8")
    named = re.findall(r"`(_core/[\w/]+\.py)`, `(\w+)`", text)
    assert named
    for path, name in named:
        module = (ROOT / "pynenc_conf" / path).read_text(encoding="utf-8")
        assert re.search(rf"^\s*(def|class) {name}\b", module, re.MULTILINE), name
