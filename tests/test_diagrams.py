"""The drawings of the page on precedence show the order that the code has."""

from __future__ import annotations

import re
from html import unescape
from pathlib import Path

from pynenc_conf import ConfigOrchestratorRedis
from pynenc_conf._core.declare.plan import plan_of
from pynenc_conf._core.resolve.precedence import SOURCES
from pynenc_conf.origin import ASSIGNMENT, DEFAULT, OVERRIDE

FOLDER = Path(__file__).parents[1] / "docs" / "explanation"
TEXT = re.compile(r'<text class="(\w+)".*?>(.*?)</text>')


def texts(name: str) -> list[tuple[str, str]]:
    """Return the texts of a drawing from top to bottom, each with its kind."""
    svg = (FOLDER / name).read_text(encoding="utf-8")
    return [(kind, unescape(text)) for kind, text in TEXT.findall(svg)]


def test_sources() -> None:
    """The first drawing has all sources, highest precedence at the top."""
    drawn = [text for kind, text in texts("precedence-sources.svg") if kind == "source"]
    assert drawn == [ASSIGNMENT, OVERRIDE, *reversed(SOURCES), DEFAULT]


def test_classes() -> None:
    """The second drawing has the scopes of a class, with sections and variables."""
    shown: dict[str, list[str]] = {}
    for kind, text in texts("precedence-classes.svg"):
        if kind == "class":
            places = shown[text] = []
        elif kind == "place":
            places.append(text)
    leaf = ConfigOrchestratorRedis
    expected = {}
    for scope in reversed(plan_of(leaf).scopes):
        variable = leaf.get_env_key("FIELD", scope.cls)
        expected[scope.cls.__name__] = [variable, f"{scope.section}:"]
    expected["ConfigOrchestratorRedis"].insert(1, leaf.get_env_key("FIELD"))
    expected["ConfigOrchestrator"].append("FIELD:")
    assert list(shown.items()) == list(expected.items())


def test_drawings_fit_a_phone() -> None:
    """Each drawing is at most 360 pixels wide, as the page is on a phone."""
    for path in FOLDER.glob("*.svg"):
        width = re.search(r'<svg [^>]*\bwidth="(\d+)"', path.read_text("utf-8"))
        assert width is not None
        assert int(width[1]) <= 360
