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
    """Each picture is part of a page, and each page has the pictures that it names."""
    pages = "".join(path.read_text("utf-8") for path in DOCS.rglob("*.md"))
    names = set(re.findall(r"images/([\w-]+\.svg)", pages))
    assert names == {path.name for path in DOCS.glob("images/*.svg")}
