"""Compare features: `python -m tests.benchmarks.features`.

Checks each cell of the README's table with the library itself, and exits with 1 if the
README shows another table. The first run makes an environment for each library outside
of the checkout.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from tests.benchmarks.features import ROWS
from tests.benchmarks.peers import ROOT, Library, interpreter

LIBRARIES = (
    Library("ours", "pynenc_conf"),
    Library("pydantic", "pydantic-settings", ("pydantic-settings[yaml,toml]",)),
    Library("dynaconf", "dynaconf", ("dynaconf[ini]",)),
    Library(
        "typed",
        "typed-settings",
        (
            "typed-settings[cattrs,click,dotenv,yaml]",
            "attrs",
        ),
    ),
    Library("upstream", "pynenc.conf", ("cistell==0.0.7", "pynenc==0.0.24")),
)


def main() -> int:
    """Print the table, and compare it with the README."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.features")
    parser.add_argument(
        "--cache",
        type=Path,
        default=Path(tempfile.gettempdir()) / "pynenc_conf_features",
        help="where the libraries are installed",
    )
    cache = parser.parse_args().cache
    columns = [checked(library, cache) for library in LIBRARIES]
    text = table([column["cells"] for column in columns])
    versions = [column["version"] for column in columns[1:]]
    checked_with = f"{', '.join(versions[:-1])} and {versions[-1]}"
    sys.stdout.write(f"{text}\n\n{checked_with}\n")
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    if text in readme and checked_with in readme:
        return 0
    sys.stdout.write("README.md has another table or other versions; update it\n")
    return 1


def checked(library: Library, cache: Path) -> dict[str, Any]:
    """Return the cells of a library, and its version, from a process of its own."""
    python = interpreter(library, cache)
    module = "tests.benchmarks.features.worker"
    done = subprocess.run(
        [python, "-P", "-m", module, library.name],
        env={"PYTHONPATH": str(ROOT), "LANG": "C.UTF-8", "PATH": os.environ["PATH"]},
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    column: dict[str, Any] = json.loads(done.stdout)
    return column


def table(columns: list[dict[str, str]]) -> str:
    """Return the table in Markdown, without the line end of its last row."""
    titles = ["", *(library.title for library in LIBRARIES)]
    rows = [[title, *(cells[key] for cells in columns)] for key, title in ROWS.items()]
    lines = [titles, ["---"] * len(titles), *rows]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)


if __name__ == "__main__":
    sys.exit(main())
