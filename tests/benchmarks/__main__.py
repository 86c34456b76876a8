"""Measure: `python -m tests.benchmarks [--quick] [--rows ...] [--peers ...] [--write]`.

Every library works in its own process. The libraries take turns, so that other load on
the machine affects all of them equally; the result is the quotient of their shortest
samples.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path

from tests.benchmarks import report
from tests.benchmarks.peers import LIBRARIES, Library, Process, interpreter
from tests.benchmarks.rows import ROWS, Row

ROUNDS, QUICK_ROUNDS = 40, 5
# A file younger than two seconds may not be cached.
SETTLING_SECONDS = 2.1


def main() -> None:
    """Measure the rows and libraries that the arguments select."""
    options = _options()
    rows = [row for row in ROWS if not options.rows or row.name in options.rows]
    wanted = {"floor", *options.peers}
    libraries = [library for library in LIBRARIES if library.name in wanted]
    rounds = QUICK_ROUNDS if options.quick else ROUNDS
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        processes = _started(stack, libraries, options.cache, folder)
        for process in processes:
            for row in rows:
                if _is_for(row, process.library):
                    process.ask("write", row.name)
        time.sleep(SETTLING_SECONDS)
        versions = {process.library: process.ask("versions") for process in processes}
        results = {}
        for row in rows:
            results[row] = measured(row, processes, rounds)
            sys.stderr.write(f"{report.plain_line(row, results[row])}\n")
    text = report.page(results, versions, rounds)
    if options.write:
        report.write(text)
    else:
        sys.stdout.write(text)


def measured(row: Row, processes: list[Process], rounds: int) -> report.Result:
    """Check the values of one row, and take samples from all libraries in turns."""
    asked, extra = [], {}
    for process in processes:
        if not _is_for(row, process.library):
            continue
        answer = process.ask("start", row.name)
        if answer is None:
            continue
        found = answer["found"]
        if row.name == "import":
            extra[process.library] = found["modules"]
        elif found != row.expected:
            message = f"{process.library.title}, {row.title}: {found}"
            if not process.library.requirements:
                raise AssertionError(message)
            sys.stderr.write(f"other values, left out: {message}\n")
            continue
        asked.append(process)
    samples: dict[Library, list[float]] = {process.library: [] for process in asked}
    for number in range(min(rounds, row.rounds)):
        # The order changes, so that no library always follows the slowest one.
        for process in asked[number % len(asked) :] + asked[: number % len(asked)]:
            samples[process.library].append(process.ask("sample"))
    return report.Result(samples, extra)


def _is_for(row: Row, library: Library) -> bool:
    return not row.only or library.name in row.only


def _started(
    stack: ExitStack, libraries: list[Library], cache: Path, folder: Path
) -> list[Process]:
    processes = []
    for library in libraries:
        if sys.version_info < library.python:
            continue
        try:
            python = interpreter(library, cache)
        except subprocess.CalledProcessError:
            sys.stderr.write(f"{library.title} cannot be installed, left out\n")
            continue
        process = Process(library, python, folder)
        stack.callback(process.close)
        processes.append(process)
    return processes


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks")
    parser.add_argument("--quick", action="store_true", help="fewer rounds")
    rows = [row.name for row in ROWS]
    libraries = [library.name for library in LIBRARIES]
    parser.add_argument(
        "--rows",
        nargs="*",
        default=[],
        choices=rows,
        metavar="ROW",
        help=f"only these rows: {', '.join(rows)}",
    )
    parser.add_argument(
        "--peers",
        nargs="*",
        default=libraries,
        choices=libraries,
        metavar="LIBRARY",
        help=f"only these libraries, beside the floor: {', '.join(libraries)}",
    )
    parser.add_argument(
        "--write",
        action="store_true",
        help="write the table of docs/explanation/performance.md",
    )
    parser.add_argument(
        "--cache",
        type=Path,
        default=Path(tempfile.gettempdir()) / "pynenc_conf_benchmarks",
        help="where the libraries are installed",
    )
    options = parser.parse_args()
    if options.write and options.rows:
        parser.error("--write needs all rows")
    return options


if __name__ == "__main__":
    main()
