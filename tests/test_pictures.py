"""The pictures in the docs show what the commands print."""

from __future__ import annotations

import importlib.util
import re
from html import unescape
from pathlib import Path
from typing import Any

DOCS = Path(__file__).parents[1] / "docs"
UPDATE = "run `python docs/_ext/screenshots.py`"


def load_screenshots() -> Any:
    """Import the module that creates the pictures."""
    path = DOCS / "_ext" / "screenshots.py"
    spec = importlib.util.spec_from_file_location("screenshots", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def shown(svg: str) -> list[tuple[str, str]]:
    """Return the texts in a picture, each with its style.

    The rest of the file is different in each version of rich.
    """
    styles = dict(re.findall(r"\.[\w-]+-(r\d+) \{ (.*?) ?\}", svg))
    texts = re.findall(r'<text class="[\w-]+-(r\d+)".*?>(.*?)</text>', svg)
    return [(unescape(text).strip(), styles[name]) for name, text in texts]


def test_pictures_are_up_to_date() -> None:
    """Each picture has the text and the styles of the command's output today."""
    created = dict(load_screenshots().create_pictures())
    found = {path.name: path.read_text("utf-8") for path in DOCS.glob("images/*.svg")}
    assert found.keys() == created.keys(), UPDATE
    for name, svg in created.items():
        assert shown(svg)
        assert shown(found[name]) == shown(svg), f"{name}: {UPDATE}"


def test_pictures_are_in_the_docs() -> None:
    """Each picture is part of a page, and each page has the pictures that it names.

    `docs/_ext/layout.py` adds the narrow picture beside each picture.
    """
    pages = "".join(path.read_text("utf-8") for path in DOCS.rglob("*.md"))
    names = set(re.findall(r"images/([\w-]+)-(light|dark)\.svg", pages))
    expected = {
        f"{name.removesuffix('-narrow')}{width}-{theme}.svg"
        for name, theme in names
        for width in ("", "-narrow")
    }
    assert expected == {path.name for path in DOCS.glob("images/*.svg")}


def test_colours_can_be_read() -> None:
    """Each text in a picture has a contrast of at least 4.5 to the background."""
    for path in DOCS.glob("images/*.svg"):
        svg = path.read_text("utf-8")
        found = re.search(r'<rect fill="(#\w{6})" stroke', svg)
        assert found is not None
        colours = set(re.findall(r"fill: (#\w{6})", svg))
        assert colours
        for colour in colours:
            assert contrast(colour, found[1]) >= 4.5, f"{path.name}: {colour}"


def contrast(one: str, two: str) -> float:
    """Return the contrast of two colours as WCAG 2.1 defines it."""
    dark, light = sorted((luminance(one), luminance(two)))
    return (light + 0.05) / (dark + 0.05)


def luminance(colour: str) -> float:
    """Return the relative luminance of a colour."""
    levels = [int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5)]
    red, green, blue = (
        level / 12.92 if level <= 0.04045 else ((level + 0.055) / 1.055) ** 2.4
        for level in levels
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
