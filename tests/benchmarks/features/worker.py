"""Runs the checks of one library and prints the cells of its column as JSON.

A check is a function with the name of a row and no arguments. It uses the library in an
empty directory and returns what the table shows: `yes`, `no`, or a short text.
"""

from __future__ import annotations

import json
import os
import re
import sys
import tempfile
import warnings
from importlib import import_module, metadata
from pathlib import Path
from typing import Any

from tests.benchmarks.features import ROWS


def main() -> None:
    """Run the checks of the library that the argument names."""
    checks = import_module(f"tests.benchmarks.features.{sys.argv[1]}")
    warnings.simplefilter("ignore")
    cells = {row: cell(checks, row) for row in ROWS if row != "dependencies"}
    names = closure(checks.DISTRIBUTION) - {checks.DISTRIBUTION}
    cells["dependencies"] = str(len(names))
    version = f"{checks.DISTRIBUTION} {metadata.version(checks.DISTRIBUTION)}"
    sys.stdout.write(f"{json.dumps({'version': version, 'cells': cells})}\n")


def cell(checks: Any, row: str) -> str:
    """Run one check in an empty directory, with an environment of its own."""
    before, environment = Path.cwd(), dict(os.environ)
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        try:
            found: str | bool = getattr(checks, row)()
        finally:
            os.chdir(before)
            os.environ.clear()
            os.environ.update(environment)
    return found if isinstance(found, str) else "yes" if found else "no"


def closure(name: str) -> set[str]:
    """Return a distribution and all that pip installs for it, without extras."""
    found: set[str] = set()
    names = [name]
    while names:
        name = re.sub(r"[-_.]+", "-", names.pop()).lower()
        try:
            required = metadata.requires(name) or []
        except metadata.PackageNotFoundError:
            continue  # for another version of Python, or another system
        if name not in found:
            found.add(name)
            names += [
                re.split(r"[^\w.-]", item)[0]
                for item in required
                if "extra ==" not in item
            ]
    return found


if __name__ == "__main__":
    main()
