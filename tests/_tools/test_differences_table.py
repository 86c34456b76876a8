"""The tables of differences, as the code has them and as the docs show them."""

from __future__ import annotations

from pathlib import Path

import pytest

from pynenc_conf._tools.compat.differences import ENGINE, ROWS, table
from pynenc_conf._tools.compat.differences.__main__ import PAGES, TABLES, main, written

DOCS = Path(__file__).parents[2] / "docs"


@pytest.mark.parametrize("page", PAGES)
def test_pages_have_the_table(page: str) -> None:
    """The docs' tables are those of the code.

    `python -m pynenc_conf._tools.compat.differences` writes them.
    """
    text = (DOCS / page).read_text(encoding="utf-8")
    assert table(TABLES[PAGES[page]]) in text
    assert written(text, PAGES[page]) == text


def test_pages_are_written() -> None:
    """The module writes the tables between their marks, and nothing else."""
    Path("pages").mkdir()
    for page, name in PAGES.items():
        marks = f"before\n<!-- table: {name} -->\nold\n<!-- end of table -->\nafter\n"
        Path("pages", page).write_text(marks, encoding="utf-8")
    main("pages")
    for page, name in PAGES.items():
        text = Path("pages", page).read_text(encoding="utf-8")
        assert text.startswith("before\n")
        assert text.endswith("after\n")
        assert table(TABLES[name]) in text


def test_rows_are_told_apart() -> None:
    """No two rows have one name."""
    names = [row.id for row in (*ROWS, *ENGINE)]
    assert len(names) == len(set(names))
