"""Commands that read the reports of workers."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from pynenc_conf import ConfigBase, ConfigField, ConfigRedis, ConfigTask
from pynenc_conf._tools.reports import read_reports
from tests._tools.running import run, run_json


@dataclass
class Server:
    """A structure."""

    host: str = "a"
    port: int = 1


class ConfigReported(ConfigBase):
    """A class that the commands cannot import."""

    server: ConfigField[Server] = ConfigField(Server())
    token: ConfigField[str] = ConfigField("", secret=True)


def report(config: ConfigBase, pid: int = 1, **changes: Any) -> str:
    """Return the line that a worker writes."""
    fields = [config.field_info(name).as_dict() for name in config.all_fields]
    data = {
        "time": "2026-01-01T00:00:00.000Z",
        "host": "web-1",
        "pid": pid,
        "class": type(config).__name__,
        "task": None,
        "fields": fields,
    }
    return json.dumps(data | changes) + "\n"


def write(*lines: str) -> str:
    """Write a file of reports."""
    Path("report.jsonl").write_text("".join(lines), encoding="utf-8")
    return "report.jsonl"


def test_explain_shows_the_worker() -> None:
    """`explain --report` prints each worker, and what `explain()` prints there."""
    values = {"server": {"port": 2}, "token": "hunter2"}
    first, second = ConfigReported(values), ConfigReported()
    path = write(report(first), report(second, 2))
    done = run("explain", "--report", path)
    assert done.exit_code == 0
    assert done.stdout == (
        f"process 1 on web-1 at 2026-01-01T00:00:00.000Z\n{first.explain()}\n\n"
        f"process 2 on web-1 at 2026-01-01T00:00:00.000Z\n{second.explain()}\n"
    )
    for name in ("ConfigReported", "reported", "shop.settings:ConfigReported"):
        assert run("explain", name, "--report", path).stdout == done.stdout
    one = run("explain", "reported", "server.port", "--report", path).stdout
    assert one.split("\n\n")[0] == (
        "process 1 on web-1 at 2026-01-01T00:00:00.000Z\n"
        f"{first.explain('server.port')}"
    )
    assert "***" in done.stdout
    assert "'***'" not in done.stdout


def test_only_changed_settings() -> None:
    """--changed leaves out the defaults of a report."""
    path = write(report(ConfigReported({"server": {"port": 2}})))
    assert run("explain", "--report", path, "--changed").stdout == (
        "process 1 on web-1 at 2026-01-01T00:00:00.000Z\n"
        "ConfigReported\n"
        "  server.port  2  config_values server.port\n"
    )
    (found,) = run_json("explain", "--report", path, "--changed")["reports"]
    assert (found["pid"], [field["field"] for field in found["fields"]]) == (
        1,
        ["server"],
    )


def test_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    """On a terminal, a report is shown in the columns of `explain`."""
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("NO_COLOR", "1")
    path = write(report(ConfigReported({"server": {"port": 2}})))
    shown = run("explain", "--report", path).stdout.splitlines()
    assert [line.split() for line in shown[2:5]] == [
        ["Field", "Value", "Origin"],
        ["server.host", "a", "default"],
        ["server.port", "2", "config_values", "server.port"],
    ]
    one = run("explain", "reported", "server.port", "--report", path).stdout
    assert "  >  2  config_values server.port\n" in one


def test_the_newest_line_counts() -> None:
    """Of the lines of one class, task and process, the last one counts."""
    lines = [report(ConfigReported({"server": {"port": n}})) for n in (2, 3)]
    task = report(ConfigReported(), task="shop.pay")
    reports = run_json("explain", "--report", write(*lines, task))["reports"]
    ports = [each["fields"][0]["value"]["port"] for each in reports]
    assert (ports, [each["task"] for each in reports]) == ([3, 1], [None, "shop.pay"])
    (chosen,) = run_json("explain", "--report", "report.jsonl", "--task", "shop.pay")[
        "reports"
    ]
    assert chosen["task"] == "shop.pay"


@pytest.mark.parametrize(
    "damage",
    [
        "",
        "{}",
        "[1]",
        "not JSON",
        '{"time": 1}',
        "[" * 100_000,
        '{"time": ' * 1000,
        report(ConfigReported(), fields=5),
        report(ConfigReported(), fields=[{"field": "a"}]),
        report(ConfigReported(), pid="x"),
    ],
)
def test_damaged_lines_are_left_out(damage: str) -> None:
    """Damaged lines are left out, but not a report at the end of such a line."""
    lines = f"{damage.strip()}\n", report(ConfigReported())
    for path in (write(*lines), write(damage.strip()[:50], lines[1])):
        done = run("explain", "--report", path, "--json")
        assert len(json.loads(done.stdout)["reports"]) == 1
        warning = "warning: report.jsonl: damaged, and left out: line 1\n"
        assert done.stderr == (warning if damage else "")


def test_a_damaged_line_is_read_a_limited_number_of_times(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The work for a line does not grow with the square of its length."""
    lengths: list[int] = []
    loads = json.loads

    def count_bytes(line: bytes) -> Any:
        lengths.append(len(line))
        return loads(line)

    damage = '{"time": ' * 2000
    path = write(f"{damage}\n", report(ConfigReported()))
    with monkeypatch.context() as patch:
        patch.setattr(json, "loads", count_bytes)
        assert len(read_reports(path)) == 1
    assert sum(lengths) < 30 * len(damage)


@pytest.mark.parametrize("levels", [100, 1000, 100_000])
def test_nested_values(levels: int) -> None:
    """A report with a nested value is shown, or an error says that it is not."""
    nested = "[" * levels + "]" * levels
    line = report(ConfigReported({"token": "x"})).replace('"***"', nested)
    for option in ((), ("--json",)):
        done = run("explain", "--report", write(line, report(ConfigRedis())), *option)
        assert done.exit_code in {0, 2}
        assert done.exit_code == 0 or "too many levels" in done.stderr


@pytest.mark.parametrize("command", ["explain", "diff"])
def test_damaged_lines_are_counted(command: str) -> None:
    """A warning on stderr counts the damaged lines, and names the file."""
    path = write(report(ConfigRedis()), "x\n", "\n", "y\n", report(ConfigTask("a.b")))
    arguments = {"explain": ("--report", path), "diff": ("defaults", path)}[command]
    assert run(command, *arguments).stderr == (
        "warning: report.jsonl: damaged, and left out: 2 lines, the first is line 2\n"
    )
    done = run(command, *arguments[:-1], write("x\n"))
    assert done.exit_code == 2
    assert "report.jsonl has no reports (1 damaged line)" in done.stderr


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--report", "none.jsonl"), "cannot read none.jsonl: No such file"),
        (("--report", "."), "cannot read ."),
        (("--report", "empty.jsonl"), "empty.jsonl has no reports"),
        (("ConfigRported", "--report", "report.jsonl"), "did you mean ConfigReported?"),
        (("reported", "sever", "--report", "report.jsonl"), "did you mean 'server'?"),
        (("--task", "a.b", "--report", "report.jsonl"), "no report of task 'a.b'"),
        (("--file", "a.yaml", "--report", "report.jsonl"), "reads no other source"),
    ],
)
def test_wrong_usage(arguments: tuple[str, ...], message: str) -> None:
    """A class or field that the file lacks exits with 2 and a suggestion."""
    write(report(ConfigReported()))
    Path("empty.jsonl").touch()
    done = run("explain", *arguments)
    assert done.exit_code == 2
    assert message in " ".join(done.stderr.split())


def test_diff_reads_reports() -> None:
    """`diff` compares the values of each worker, and names the worker."""
    one, two = ConfigRedis({"redis_db": 1}), ConfigRedis({"redis_db": 2})
    path = write(report(one, 1), report(one, 2), report(two, 3))
    done = run("diff", "defaults", path)
    assert done.exit_code == 1
    assert done.stdout == (
        "redis_db  ConfigRedis (process 1 on web-1 and 1 more)\n"
        "  -  0  default of ConfigRedis\n"
        "  +  1  config_values redis_db\n"
        "redis_db  ConfigRedis (process 3 on web-1)\n"
        "  -  0  default of ConfigRedis\n"
        "  +  2  config_values redis_db\n"
        "2 differences\n"
    )
    Path("b.jsonl").write_text(report(two, 9, host="web-2"), encoding="utf-8")
    (difference,) = run_json("diff", path, "b.jsonl")["differences"]
    assert difference["classes"] == [
        "ConfigRedis (process 1 on web-1 and 1 more; process 9 on web-2)"
    ]


def test_diff_reads_the_explanation_of_all_classes() -> None:
    """A snapshot may have several classes, as `explain --json` prints them."""
    Path("a.yaml").write_text("redis: {redis_db: 1}\n", encoding="utf-8")
    snapshot = run("explain", "--file", "a.yaml", "--json").stdout
    Path("snapshot.json").write_text(snapshot, encoding="utf-8")
    (difference,) = run_json("diff", "defaults", "snapshot.json")["differences"]
    assert difference["field"] == "redis_db"
    assert len(difference["classes"]) == 6
