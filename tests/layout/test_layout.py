"""The pages of the documentation are readable on phones, tablets and wide screens.

A headless Chromium opens every page and measures it, so these tests need Chromium and
the packages of the extra `docs`.
"""

from __future__ import annotations

import importlib.util
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import pytest

from tests.layout.browser import Browser, find_program

fcntl = pytest.importorskip("fcntl", reason="processes share a lock of POSIX")

ROOT = Path(__file__).parents[2]
WINDOWS = {390: 844, 768: 1024, 1280: 800, 1600: 900}
PHONE = 390
SCHEMES = ("light", "dark")
PACKAGES = ("sphinx", "furo", "myst_parser", "sphinx_copybutton")
MISSING = [name for name in PACKAGES if importlib.util.find_spec(name) is None]
MISSING += [] if find_program() else ["Chromium"]
PROMPT = re.compile(r"(?:>>>|\.\.\.|\$) (.*)")
# In pixels of CSS.
SMALLEST_TEXT = 9
# Pages with one defect each, and the measurement that must find it.
DEFECTS = {
    "wide": [
        "<p style='width: 2000px'>A paragraph</p>",
        "<pre>" + "a long line " * 50 + "</pre>",
        "<div style='width: 99%; overflow: auto'><table><td>" + "x" * 500 + "</table>",
        "<article style='width: 50%'><div style='width: 60vw'>A table</div></article>",
        "<p style='width: 9em'>" + "word" * 9 + "</p>",
    ],
    "overlaps": ["<p>A paragraph</p><p style='margin-top: -2em'>and another</p>"],
    "faint": [
        "<p style='color: #999'>Grey</p>",
        "<p style='opacity: 0.4'>Black</p>",
        "<div style='background: #222'><p>Black on black</p></div>",
    ],
}

pytestmark = pytest.mark.skipif(
    bool(MISSING),
    reason=f"the layout of the docs was not measured: no {', '.join(MISSING)}",
)


@pytest.fixture(scope="session")
def measured(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """Return the measurements of all pages, which one process makes for all."""
    folder = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        folder = folder.parent
    results = folder / "layout.json"
    with (folder / "layout.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not results.exists():
            with tempfile.TemporaryDirectory() as temporary:
                found = measure_all(Path(temporary).resolve())
            results.write_text(json.dumps(found), encoding="utf-8")
    result: dict[str, Any] = json.loads(results.read_text("utf-8"))
    return result


def measure_all(folder: Path) -> dict[str, Any]:
    """Build the docs, and measure every page at every width, in light and dark."""
    html = build_docs(folder)
    program = find_program()
    assert program is not None
    profile = folder / "browser"
    profile.mkdir()
    layouts, colours, copies, defects = [], [], [], []
    with Browser(program, profile) as browser:
        for path in sorted(html.rglob("*.html")):
            page = path.relative_to(html).as_posix()
            open_page(browser, path)
            for width, height in WINDOWS.items():
                browser.resize(width, height)
                name = f"{page} at {width} px"
                layout = browser.evaluate(f"measureLayout({width})")
                layouts.append(layout | {"name": name})
                for scheme in SCHEMES:
                    browser.prefer(scheme)
                    found = browser.evaluate("measureColours()")
                    for image in found["images"]:
                        image["text"] = text_height(html, image)
                    colours.append(
                        found | {"name": f"{name}, {scheme}", "width": width}
                    )
            blocks = browser.evaluate("copies()")
            copies.extend(block | {"page": page} for block in blocks)
        browser.resize(PHONE, WINDOWS[PHONE])
        browser.prefer("light")
        for kind, bodies in DEFECTS.items():
            for body in bodies:
                path = folder / "defect.html"
                path.write_text(f"<!doctype html><body>{body}", encoding="utf-8")
                open_page(browser, path)
                found = browser.evaluate(f"measureLayout({PHONE})")
                found |= browser.evaluate("measureColours()")
                defects.append({"body": body, "found": found[kind]})
    return {
        "layouts": layouts,
        "colours": colours,
        "copies": copies,
        "defects": defects,
    }


def build_docs(folder: Path) -> Path:
    """Build a copy of the docs, because building writes into their folder."""
    shutil.copy(ROOT / "pyproject.toml", folder)
    shutil.copytree(
        ROOT / "docs", folder / "docs", ignore=shutil.ignore_patterns("_build", "api")
    )
    command = [sys.executable, "-m", "sphinx", "-q", "-b", "html", "docs", "html"]
    subprocess.run(
        command, cwd=folder, env=os.environ | {"PYTHONPATH": str(ROOT)}, check=True
    )
    return folder / "html"


def open_page(browser: Browser, path: Path) -> None:
    """Load a page together with the functions that measure it."""
    browser.open(path)
    functions = Path(__file__).with_name("measure.js").read_text("utf-8")
    browser.evaluate(f"{functions}; stopTransitions()")


def text_height(html: Path, image: dict[str, Any]) -> float | None:
    """Return the height of the smallest text in a picture as it is shown."""
    path = html / "_images" / image["source"].rpartition("/")[2]
    if path.suffix != ".svg" or not path.exists():
        return None
    svg = path.read_text("utf-8")
    box = re.search(r'viewBox="([^"]+)"', svg)
    sizes = re.findall(r"font-size\s*[:=]\s*\"?([\d.]+)", svg)
    if box is None or not sizes:
        return None
    scale = float(image["width"]) / float(box[1].split()[2])
    return min(map(float, sizes)) * scale


def findings(views: list[dict[str, Any]], kind: str) -> str:
    """Return what one measurement found, in a few lines."""
    found = [f"{view['name']}: {text}" for view in views for text in view[kind]]
    return "\n".join(found[:50])


def test_nothing_is_wider_than_the_screen(measured: dict[str, Any]) -> None:
    """No page, table, code block or picture is cut off or scrolls sideways."""
    assert findings(measured["layouts"], "wide") == ""


def test_no_texts_overlap(measured: dict[str, Any]) -> None:
    """No text is drawn over another."""
    assert findings(measured["layouts"], "overlaps") == ""


def test_every_text_has_enough_contrast(measured: dict[str, Any]) -> None:
    """Each text has the contrast of WCAG 2.1 level AA, on light and dark pages."""
    assert findings(measured["colours"], "faint") == ""


def test_pictures_are_shown_and_readable(measured: dict[str, Any]) -> None:
    """Every picture loads and fits, and its text is large enough, also on a phone."""
    shown = [(view, image) for view in measured["colours"] for image in view["images"]]
    assert any(image["text"] for _, image in shown)
    for view, image in shown:
        described = f"{view['name']}: {image}"
        assert image["loaded"], described
        assert image["right"] <= view["width"], described
        assert image["text"] is None or image["text"] >= SMALLEST_TEXT, described


def test_selected_code_is_the_code(measured: dict[str, Any]) -> None:
    """A reader who selects a code block copies its lines, without the prompts."""
    assert len(measured["copies"]) > 1
    for block in measured["copies"]:
        assert block["selected"].rstrip() == block["code"].rstrip(), block["page"]


def test_a_button_copies_the_commands(measured: dict[str, Any]) -> None:
    """The button of a code block copies its commands, or else the whole block."""
    assert len(measured["copies"]) > 1
    for block in measured["copies"]:
        expected = commands_of(block["text"]) or block["text"]
        assert block["pressed"].rstrip() == expected.rstrip(), block["page"]


def commands_of(text: str) -> str:
    """Return the lines after a prompt, and those that continue them."""
    commands: list[str] = []
    for line in text.splitlines():
        match = PROMPT.match(line)
        if match or (commands and commands[-1].endswith("\\")):
            commands.append(match[1] if match else line)
    return "\n".join(commands)


def test_measurements_find_defects(measured: dict[str, Any]) -> None:
    """Each measurement finds the defect that it is for."""
    assert len(measured["defects"]) == sum(map(len, DEFECTS.values()))
    for defect in measured["defects"]:
        assert defect["found"], defect
