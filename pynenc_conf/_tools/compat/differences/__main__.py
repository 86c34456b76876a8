"""Writes the tables of differences into the docs' pages, between their marks."""

from __future__ import annotations

import re
import sys
from pathlib import Path

from pynenc_conf._tools.compat.differences import ENGINE, ROWS, table

TABLES = {"differences": ROWS, "engine": ENGINE}
PAGES = {"differences.md": "differences", "migration.md": "engine"}


def written(page: str, name: str) -> str:
    """Return a page with the table of a name between its marks."""
    between = rf"(<!-- table: {name} -->\n).*?(<!-- end of table -->)"
    made = f"\n{table(TABLES[name])}\n"
    return re.sub(between, lambda mark: mark[1] + made + mark[2], page, flags=re.DOTALL)


def main(folder: str = "docs") -> None:
    """Bring the pages in a folder up to date."""
    for page, name in PAGES.items():
        path = Path(folder, page)
        text = path.read_text(encoding="utf-8")
        path.write_text(written(text, name), encoding="utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
