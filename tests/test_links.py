"""Links of the README and the docs point to existing files and headings."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
# Sphinx generates these pages, and checks the links from and to them.
GENERATED = ROOT / "docs" / "reference" / "api"
PAGES = [
    ROOT / "README.md",
    *sorted(path for path in ROOT.glob("docs/**/*.md") if path.parent != GENERATED),
]
CODE_BLOCK = re.compile(r"^(```+|~~~+)(?!\{image\}).*?^\1$", re.MULTILINE | re.DOTALL)
TARGETS = [
    re.compile(r"\]\(<?([^)\s>]+)>?\)"),
    re.compile(r"^\[[^\]]+\]:\s+(\S+)", re.MULTILINE),
    re.compile(r'(?:href|src|srcset)="([^"]+)"'),
    re.compile(r"^```+\{image\}\s+(\S+)", re.MULTILINE),
]


def targets(page: Path) -> Iterator[str]:
    """Yield the target of each link and image of a page, except web addresses."""
    text = CODE_BLOCK.sub("", page.read_text(encoding="utf-8"))
    text = re.sub(r"(?<!`)(`+)(?!`).*?(?<!`)\1(?!`)", "code", text)
    for pattern in TARGETS:
        for target in pattern.findall(text):
            if not re.match(r"[a-z]+:", target):
                yield target


def anchors(page: Path) -> set[str]:
    """Return the anchors of a page: its headings as GitHub and MyST name them."""
    text = CODE_BLOCK.sub("", page.read_text(encoding="utf-8"))
    found = set(re.findall(r"^\(([\w-]+)\)=$", text, re.MULTILINE))
    counts: dict[str, int] = {}
    for heading in re.findall(r"^#+ (.+)$", text, re.MULTILINE):
        words = re.sub(r"\]\([^)]*\)", "", heading).strip().lower().replace(" ", "-")
        name = re.sub(r"[^\w-]", "", words)
        count = counts[name] = counts.get(name, -1) + 1
        found.add(f"{name}-{count}" if count else name)
    return found


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_targets_of_links_exist(page: Path) -> None:
    """Each relative link points to a file, and to a heading if it names one."""
    for target in targets(page):
        name, _, anchor = target.partition("#")
        path = (page.parent / name).resolve() if name else page
        if GENERATED in path.parents:
            continue
        assert path.is_file(), target
        if anchor:
            assert anchor in anchors(path), target


def test_readme_links_to_files_of_the_repository() -> None:
    """The README has no link to a page that only Sphinx generates."""
    page = PAGES[0]
    paths = [(page.parent / target).resolve() for target in targets(page)]
    assert paths
    assert not [path for path in paths if GENERATED in path.parents]


def test_links_and_anchors_are_found(tmp_path: Path) -> None:
    """Links, images and headings are found, but not in code."""
    page = tmp_path / "page.md"
    page.write_text(
        "# A `code` heading: one\n## Two\n## Two\n(label)=\n### Three\n"
        "[a](one.md#two) `[b](not.md)` <img src='x'> <img src=\"two.svg\">\n"
        "```python\n# comment\n[c](not.md)\n```\n"
        "```{image} three.svg\n:alt: x\n```\n[w](https://example.org)\n",
        encoding="utf-8",
    )
    assert set(targets(page)) == {"one.md#two", "two.svg", "three.svg"}
    assert anchors(page) == {"a-code-heading-one", "two", "two-1", "label", "three"}
