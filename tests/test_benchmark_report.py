"""The tables of the page on performance have the form that the benchmark writes."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.benchmarks import report
from tests.benchmarks.peers import LIBRARIES
from tests.benchmarks.rows import ROWS, Row

FLOOR, OURS, OTHER, *_ = LIBRARIES
LINE = re.compile(
    r"\| ([^|]+) \| [^|]+ \| [\d.,]* \| (?:[\d.]+(?: B)?(?:, \*\*missed\*\*)?)? \|"
)
ITEM = re.compile(r"- \*\*(.+)\*\*: (.+: .+; .+: .+)")


def row(unit: str = "s", aim: float | None = 1.5, name: str = "row") -> Row:
    """Return a row that nothing measures."""
    return Row(name, f"the {name}", aim, lambda *_: None, unit=unit)


def write(given: Row, *samples: float, modules: int = 0) -> list[str]:
    """Return the lines for one row: of the floor, this library, and another one."""
    libraries = [FLOOR, OURS, OTHER][: len(samples)]
    taken = {each: [time] for each, time in zip(libraries, samples, strict=True)}
    extra = dict.fromkeys(libraries, modules) if modules else {}
    result = report.Result(taken, extra)
    versions = {each: {"pyyaml": "6.0.4"} for each in libraries}
    return report.page({given: result}, versions, 40).splitlines()


@pytest.mark.parametrize("option", ["--rows", "--peers"])
def test_misspelled_names(option: str) -> None:
    """The name of an unknown row or library is an error that lists the known names."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.benchmarks", option, "defualts"],
        cwd=Path(__file__).parents[1],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert "invalid choice: 'defualts'" in done.stderr
    assert {"--rows": ROWS[0].name, "--peers": OURS.name}[option] in done.stderr


def test_a_time() -> None:
    """A row has the time, its ratio to the floor, and the aim."""
    assert write(row(), 2e-6, 3e-6)[2] == "| the row | 3.0 µs | 1.50 | 1.5 |"


def test_a_missed_aim_is_marked() -> None:
    """A ratio above its aim is marked, and a rate below its aim."""
    missed = "| the row | 4.0 µs | 2.00 | 1.5, **missed** |"
    assert write(row(), 2e-6, 4e-6)[2] == missed
    assert write(row("rate"), 2, 1)[2] == "| the row | 1.00 |  | 1.5, **missed** |"
    assert write(row("rate"), 2, 1.6)[2] == "| the row | 1.60 |  | 1.5 |"


def test_memory() -> None:
    """The aim of memory is in bytes."""
    written = write(row("B", 700), 500, 1000)[2]
    assert written == "| the row | 1,000 B | 2.00 | 700 B, **missed** |"


def test_an_import() -> None:
    """An import has its modules, and no ratio: the floor imports hardly anything."""
    written = write(row(aim=None), 1e-6, 2e-3, 3e-3, modules=50)
    assert written[2] == "| the row | 2.0 ms, 50 modules |  |  |"
    times = "pynenc_conf: 2.0 ms and 50 modules; pynenc 0.0.24: 3.0 ms and 50 modules"
    assert written[6] == f"- **the row**: {times}"


@pytest.mark.parametrize(
    ("unit", "compared"),
    [
        ("s", "pynenc 0.0.24: 0.5; pynenc_conf: 2,000"),
        ("rate", "pynenc_conf: 4000.00; pynenc 0.0.24: 1.00"),
    ],
)
def test_the_best_library_comes_first(unit: str, compared: str) -> None:
    """The libraries are in order: the shortest time first, the highest rate first."""
    assert write(row(unit), 2, 4000, 1)[6] == f"- **the row**: {compared}"


def test_without_other_libraries() -> None:
    """Without another library there is no comparison."""
    assert len(write(row(), 2, 4)) == len(report.HEADER) + 3


def test_writing_replaces_the_table_of_this_python(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Writing a table keeps the rest of the page."""
    page = tmp_path / "page.md"
    page.write_text(f"a\n{report.BEGIN}\nold\n{report.END}\nb\n", encoding="utf-8")
    monkeypatch.setattr(report, "PAGE", page)
    report.write("new\n")
    written = page.read_text(encoding="utf-8")
    assert written == f"a\n{report.BEGIN}\nnew\n{report.END}\nb\n"


def test_tables_of_the_page() -> None:
    """Each table has the columns and rows of the benchmark."""
    text = report.PAGE.read_text(encoding="utf-8")
    parts = re.findall(r"begin -->\n(.*?)<!-- measured", text, re.DOTALL)
    titles = [each.title for each in ROWS]
    assert len(parts) == len(re.findall("### Python", text))
    for part in parts:
        table, *rest = part.split("\n\n")
        head, line, *rows = table.splitlines()
        assert (head, line) == report.HEADER
        found = [match[1] for match in map(LINE.fullmatch, rows) if match]
        assert found == titles
        assert rest[-1].startswith("CPython ")
        if len(rest) > 1:
            assert rest[0] == report.COMPARISON
            items = list(map(ITEM.fullmatch, rest[1].splitlines()))
            assert all(match and match[1] in titles for match in items)


def test_missed_aims_are_explained() -> None:
    """The page says for each missed aim where the time goes."""
    text = report.PAGE.read_text(encoding="utf-8")
    missed = re.findall(r"^\| (.+?) \|.*\*\*missed\*\*", text, re.MULTILINE)
    reasons = text.partition("## Missed aims")[2]
    for title in missed:
        assert f"**{title}**" in reasons, f"docs/explanation/performance.md: {title}"
