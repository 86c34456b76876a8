"""A process that measures one library, with commands and results as JSON lines.

The process runs until the end, so that rounds can alternate between libraries.
"""

from __future__ import annotations

import gc
import json
import os
import sys
from importlib import import_module, metadata
from pathlib import Path
from typing import Any

from tests.benchmarks.rows import MANY, ROWS, Case, NotOffered, Row

# A shorter sample is mostly noise of the clock, a longer one is seldom undisturbed.
SAMPLE_SECONDS = 0.002


class Worker:
    """Executes commands; each command is a method."""

    def __init__(self, name: str, folder: Path) -> None:
        self.adapter = import_module(f"tests.benchmarks.adapters.{name}")
        self.folder = folder
        self.row: Row | None = None
        self.case: Case | None = None
        self.count = 1

    def versions(self, _: str) -> dict[str, str]:
        """Return the measured distributions and their versions."""
        names = self.adapter.DISTRIBUTIONS
        return {name: metadata.version(name) for name in names}

    def write(self, name: str) -> None:
        """Write the files of a row. A file must be two seconds old to be cached."""
        folder = self.folder / name
        folder.mkdir(parents=True)
        for path, text in _row(name).files.items():
            (folder / path).write_text(text(), encoding="utf-8")

    def start(self, name: str) -> Any:
        """Start a row; return the values found, or None for an unsupported row."""
        if self.row is not None:
            for variable in self.row.variables:
                del os.environ[variable]
        self.row = _row(name)
        os.environ.update(self.row.variables)
        os.chdir(self.folder / name)
        if name in getattr(self.adapter, "SKIPPED", ()):
            return None
        try:
            self.case = self.row.build(self.adapter)
        except NotOffered:
            return None
        except Exception as error:  # noqa: BLE001 - whatever a library raises
            return {"found": repr(error)}
        self._calibrate()
        gc.freeze()  # what a library has loaded would make each collection slow
        return {"found": self.case.found}

    def sample(self, _: str) -> float:
        """Take one sample of the row."""
        assert self.case is not None
        gc.collect()
        return self.case.sample(self.count)

    def _calibrate(self) -> None:
        assert self.case is not None
        assert self.row is not None
        self.count = 1
        if self.row.rounds < MANY:  # such a row repeats its own work
            return
        while self.case.sample(self.count) * self.count < SAMPLE_SECONDS:
            self.count *= 2


def _row(name: str) -> Row:
    return next(row for row in ROWS if row.name == name)


def main() -> None:
    """Execute commands until the input ends."""
    name, folder = sys.argv[1:]
    worker = Worker(name, Path(folder))
    for line in sys.stdin:
        command, argument = json.loads(line)
        answer = getattr(worker, command)(argument)
        sys.stdout.write(f"{json.dumps(answer)}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
