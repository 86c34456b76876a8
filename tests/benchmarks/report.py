"""Writes samples as the table in the documentation."""

from __future__ import annotations

import os
import platform
from dataclasses import dataclass, field
from statistics import median

from tests.benchmarks.peers import LIBRARIES, ROOT, Library
from tests.benchmarks.rows import Row

PAGE = ROOT / "docs/explanation/performance.md"
# The page has one table for each version of Python that is measured.
VERSION = ".".join(platform.python_version_tuple()[:2])
BEGIN = f"<!-- measured with Python {VERSION}: begin -->"
END = f"<!-- measured with Python {VERSION}: end -->"
FLOOR, OURS = LIBRARIES[:2]
# Few and short cells: the page is read on phones too.
HEADER = ("| Work | Time | Ratio | Aim |", "| --- | ---: | ---: | ---: |")
COMPARISON = "The ratios of all libraries, the best first:"
MISSED = "**missed**"


@dataclass
class Result:
    """The samples of one row by library; `extra` counts modules, for imports."""

    samples: dict[Library, list[float]]
    extra: dict[Library, int] = field(default_factory=dict)

    def ratio(self, library: Library) -> float | None:
        """Return the quotient to the floor, of the shortest samples of each."""
        if library not in self.samples:
            return None
        return min(self.samples[library]) / min(self.samples[FLOOR])

    def typical(self, library: Library, unit: str) -> float:
        """Return the shortest time: other load only adds to it; else the median."""
        samples = self.samples[library]
        return min(samples) if unit == "s" else median(samples)


def plain_line(row: Row, result: Result) -> str:
    """Return one line for the terminal."""
    parts = [
        f"{library.name} {_amount(result.typical(library, row.unit), row.unit)}"
        f" ({_ratio(row, result, library)})"
        for library in result.samples
    ]
    return f"{row.name:14} aim {row.aim or '-':<5} {', '.join(parts)}"


def page(
    results: dict[Row, Result], versions: dict[Library, dict[str, str]], rounds: int
) -> str:
    """Return the table, and what is needed to compare, interpret and repeat it."""
    libraries = [library for library in versions if library is not FLOOR]
    lines = list(HEADER)
    compared = []
    for row, result in results.items():
        if OURS in result.samples:
            cells = [row.title, _taken(row, result), _times_floor(row, result)]
            lines.append(_line([*cells, _aim(row, result)]))
        if len(result.samples) > len({FLOOR, OURS}):
            compared.append(_comparison(row, result, libraries))
    if compared:
        lines += ["", COMPARISON, "", *compared]
    named = sorted(
        f"{name} {version}"
        for found in versions.values()
        for name, version in found.items()
    )
    system = f"{platform.system()} {platform.machine()}, {os.cpu_count()} CPUs"
    measured = (
        f"CPython {platform.python_version()} on {system}; {rounds} rounds; "
        f"{', '.join(dict.fromkeys(named))}."
    )
    return "\n".join([*lines, "", measured, ""])


def write(text: str) -> None:
    """Write the table between the marks of this Python in the documentation."""
    whole = PAGE.read_text(encoding="utf-8")
    before, rest = whole.split(BEGIN)
    after = rest.split(END)[1]
    PAGE.write_text(f"{before}{BEGIN}\n{text}{END}{after}", encoding="utf-8")


def _line(cells: list[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _taken(row: Row, result: Result) -> str:
    """Return what this library takes."""
    taken = _amount(result.typical(OURS, row.unit), row.unit)
    if OURS in result.extra:
        return f"{taken}, {result.extra[OURS]} modules"
    return taken


def _times_floor(row: Row, result: Result) -> str:
    """Return the ratio of this library; nothing if the unit allows no comparison.

    It has as many digits as are compared with the aim.
    """
    if row.unit == "rate" or OURS in result.extra:
        return ""
    ratio = result.typical(OURS, row.unit) / result.typical(FLOOR, row.unit)
    return f"{ratio:.2f}"


def _aim(row: Row, result: Result) -> str:
    if row.aim is None:
        return ""
    reached = result.typical(OURS, row.unit) if row.unit != "s" else result.ratio(OURS)
    shown = f"{row.aim:g} B" if row.unit == "B" else f"{row.aim:g}"
    if reached is None:
        return shown
    reached = round(reached, 2)
    is_missed = reached < row.aim if row.unit == "rate" else reached > row.aim
    return f"{shown}, {MISSED}" if is_missed else shown


def _comparison(row: Row, result: Result, libraries: list[Library]) -> str:
    """Return the item of a list that compares the libraries, the best first."""
    # A high rate is good, a long time is not.
    best = -1 if row.unit == "rate" else 1
    measured = [library for library in libraries if library in result.samples]
    measured.sort(key=lambda library: best * result.typical(library, row.unit))
    ratios = [f"{each.title}: {_ratio(row, result, each)}" for each in measured]
    return f"- **{row.title}**: {'; '.join(ratios)}"


def _ratio(row: Row, result: Result, library: Library) -> str:
    if library not in result.samples:
        return ""
    if row.unit != "s":
        return _amount(result.typical(library, row.unit), row.unit)
    if library in result.extra:
        taken = _amount(result.typical(library, row.unit), row.unit)
        return f"{taken} and {result.extra[library]} modules"
    return _three(result.ratio(library) or 0.0)


def _amount(value: float, unit: str) -> str:
    if unit == "B":
        return f"{value:,.0f} B"
    if unit == "rate":
        return f"{value:.2f}"
    for factor, name in ((1, "s"), (1e-3, "ms"), (1e-6, "µs")):
        if value >= factor:
            return f"{_three(value / factor)} {name}"
    return f"{_three(value / 1e-9)} ns"


def _three(value: float) -> str:
    """Format a number with two significant digits, or all digits before the point."""
    digits = 0 if value >= 10 else 1 if value >= 0.1 else 2
    return f"{value:,.{digits}f}"
