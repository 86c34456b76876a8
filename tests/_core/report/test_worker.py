"""Reports of a running worker, which PYNENC_CONF_REPORT turns on."""

from __future__ import annotations

import json
import logging
import os
import subprocess
import sys
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from pynenc_conf import ConfigBase, ConfigField, ConfigTask
from pynenc_conf._core.report import worker
from tests._tools.running import run
from tests.test_imports import imported

VARIABLE = "PYNENC_CONF_REPORT"
CLASSES = """\
import os, sys
from pynenc_conf import ConfigBase, ConfigField

class ConfigPier(ConfigBase):
    text = ConfigField("")
    token = ConfigField("", secret=True)
"""


def new_class() -> Any:
    """Return a class that has made no instance."""

    class ConfigPier(ConfigBase):
        length: ConfigField[int] = ConfigField(1)
        token: ConfigField[str] = ConfigField("", secret=True)

    return ConfigPier


@pytest.fixture(autouse=True)
def _new_process(monkeypatch: pytest.MonkeyPatch) -> None:
    """Forget what other tests reported."""
    monkeypatch.setattr(worker, "_process", worker._Process())  # noqa: SLF001


def start(code: str, target: str, *options: str) -> subprocess.Popen[str]:
    """Start a worker of its own."""
    return subprocess.Popen(
        [sys.executable, *options, "-c", CLASSES + code],
        env={"PYTHONPATH": os.pathsep.join(sys.path), VARIABLE: target},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def work(code: str, target: str, *options: str) -> tuple[str, str]:
    """Run a worker that must succeed, and return its stdout and stderr."""
    process = start(code, target, *options)
    out, err = process.communicate()
    assert process.returncode == 0, err
    return out, err


def lines_of(path: str) -> list[Any]:
    """Return the reports in a file."""
    return [json.loads(line) for line in Path(path).read_text("utf-8").splitlines()]


def test_the_explanation_is_logged(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Each distinct result of a class is logged once, secrets masked."""
    monkeypatch.setenv(VARIABLE, "1")
    caplog.set_level(logging.INFO, "pynenc_conf")
    cls = new_class()
    conf = cls({"length": 2, "token": "hunter2"})
    cls({"length": 2, "token": "hunter2"})
    cls()
    first, second = caplog.records
    assert (first.name, first.levelname) == ("pynenc_conf", "INFO")
    heading, _, text = first.getMessage().partition("\n")
    assert heading.startswith(f"ConfigPier of process {os.getpid()} on ")
    assert text == conf.explain()
    assert "length  1" in second.getMessage()
    assert "hunter2" not in caplog.text


def test_tasks_are_named(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """The report of a class for tasks names the task."""

    class ConfigOwnTask(ConfigTask):
        pass

    monkeypatch.setenv(VARIABLE, "yes")
    caplog.set_level(logging.INFO, "pynenc_conf")
    for task in ("shop.pay", "shop.ship", "shop.pay"):
        ConfigOwnTask(task)
    names = [" ".join(r.getMessage().split()[:2]) for r in caplog.records]
    assert names == ["ConfigOwnTask shop.pay", "ConfigOwnTask shop.ship"]


def test_stderr_without_logging() -> None:
    """If no handler shows messages of this level, the text goes to stderr."""
    code = "ConfigPier({'token': 'hunter2'}); ConfigPier({'token': 'hunter2'})"
    out, err = work(code, "1")
    assert out == ""
    assert err.count("token  ***  config_values token\n") == 1
    assert err.startswith("ConfigPier of process ")
    warnings_only = f"import logging; logging.basicConfig(); {code}"
    assert "token  ***" in work(warnings_only, "1")[1]
    configured = f"import logging; logging.basicConfig(level='INFO'); {code}"
    assert work(configured, "1")[1].startswith("INFO:pynenc_conf:ConfigPier of process")


def test_lines_of_a_file() -> None:
    """A path gets one line of JSON for each result: the worker, and every field."""
    work("ConfigPier({'text': 'a', 'token': 'hunter2'}, None)", "report.jsonl")
    (report,) = lines_of("report.jsonl")
    assert list(report) == ["time", "host", "pid", "class", "task", "fields"]
    assert (report["class"], report["task"]) == ("ConfigPier", None)
    assert report["time"].endswith("Z")
    text, token = report["fields"]
    assert (text["value"], token["value"]) == ("a", "***")
    assert [(c["origin"], c["overridden"]) for c in text["chain"]] == [
        ("config_values text", None),
        ("default of ConfigPier", "defaults have the lowest precedence"),
    ]
    assert "hunter2" not in Path("report.jsonl").read_text("utf-8")
    assert Path("report.jsonl").stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("value", ["", "0", "false", "No", "off"])
def test_off(value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the variable, and with a word for no, nothing is reported."""
    monkeypatch.setenv(VARIABLE, value)
    new_class()()
    assert not list(Path().iterdir())


def test_the_variable_is_read_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """The variable is read when a class makes its first instance."""
    early, late = new_class(), new_class()
    early()
    monkeypatch.setenv(VARIABLE, "report.jsonl")
    early({"length": 2})
    assert not Path("report.jsonl").exists()
    late({"length": 3})
    monkeypatch.delenv(VARIABLE)
    late({"length": 4})
    assert [each["fields"][0]["value"] for each in lines_of("report.jsonl")] == [3, 4]


def test_nothing_is_loaded_without_the_variable() -> None:
    """Without the variable, an instance loads no module for reports."""
    code = "from pynenc_conf.config_redis import ConfigRedis as C; C()"
    assert not imported(code) & {"pynenc_conf._core.report.worker", "logging", "json"}


def test_processes_and_threads() -> None:
    """Lines of any size from several processes and threads are whole."""
    code = """
from threading import Thread
def make(number):
    for size in (10, 5_000, 70_000, 300_000):
        ConfigPier({"text": f"{sys.argv[1]} {number} {size} " + "x" * size})
threads = [Thread(target=make, args=(n,)) for n in range(4)]
[t.start() for t in threads]
[t.join() for t in threads]
"""
    workers = []
    for name in "abcd":
        process = subprocess.Popen(
            [sys.executable, "-c", CLASSES + code, name],
            env={"PYTHONPATH": os.pathsep.join(sys.path), VARIABLE: "report.jsonl"},
        )
        workers.append(process)
    assert [process.wait() for process in workers] == [0] * 4
    found = [each["fields"][0]["value"] for each in lines_of("report.jsonl")]
    expected = {
        f"{name} {number} {size} " + "x" * size
        for name in "abcd"
        for number in range(4)
        for size in (10, 5_000, 70_000, 300_000)
    }
    assert len(found) == len(expected)
    assert set(found) == expected


def test_one_of_several_threads_reports(monkeypatch: pytest.MonkeyPatch) -> None:
    """Several threads with the same result report it once."""
    monkeypatch.setenv(VARIABLE, "report.jsonl")
    cls = new_class()
    threads = [Thread(target=cls) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(lines_of("report.jsonl")) == 1


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no fork")
def test_a_forked_child_reports_too() -> None:
    """A forked child reports what its parent reported before."""
    code = "ConfigPier(); pid = os.fork(); ConfigPier(); pid and os.waitpid(pid, 0)"
    work(code, "report.jsonl")
    first, second = lines_of("report.jsonl")
    assert first["pid"] != second["pid"]
    assert first["fields"] == second["fields"]


@pytest.mark.skipif(sys.platform == "win32", reason="this system has no such files")
@pytest.mark.parametrize("name", ["fifo", "folder", "missing/file", "/dev/full"])
def test_files_that_cannot_be_written(name: str) -> None:
    """A target that is not a regular file causes one warning; the worker continues."""
    os.mkfifo("fifo")
    Path("folder").mkdir()
    code = "ConfigPier(); ConfigPier({'text': 'a'}); print('done')"
    out, err = work(code, name, "-W", "error")
    assert out == "done\n"
    assert err.count("\n") == 1
    assert err.startswith(f"PYNENC_CONF_REPORT: cannot write the report to {name!r}: ")


@pytest.mark.skipif(sys.platform == "win32", reason="this system has no such limit")
def test_a_full_disk() -> None:
    """A line that does not fit is one warning; later lines of others can be read."""
    code = """
import resource
ConfigPier()
size = os.path.getsize("report.jsonl")
resource.setrlimit(resource.RLIMIT_FSIZE, (size + 100, size + 100))
ConfigPier({"text": "a"})
ConfigPier({"text": "b"})
print("done")
"""
    out, err = work(code, "report.jsonl")
    assert out == "done\n"
    assert err.count("cannot write the report") == 1
    assert "only 100 of" in err
    work("ConfigPier({'text': 'c'})", "report.jsonl")
    done = run("explain", "--report", "report.jsonl", "pier", "text", "--json")
    values = [each["fields"][0]["value"] for each in json.loads(done.stdout)["reports"]]
    assert values == ["", "c"]


@pytest.mark.parametrize(
    "code",
    [
        "sys.stderr.close()",
        "sys.stderr = None",
        "logging.getLogger('pynenc_conf').addFilter(lambda record: 1 / 0)",
        "handler.handle = lambda record: 1 / 0",
    ],
)
def test_nothing_disturbs_the_worker(code: str) -> None:
    """A closed stderr or a handler that raises does not disturb the worker."""
    if "sys" not in code:
        code = (
            "import logging; handler = logging.StreamHandler()\n"
            f"logging.basicConfig(level='INFO', handlers=[handler]); {code}"
        )
    out, _ = work(f"{code}\nprint(ConfigPier({{'text': 'a'}}).text)", "1")
    assert out == "a\n"


def test_values_that_raise(monkeypatch: pytest.MonkeyPatch) -> None:
    """A value whose own methods raise does not disturb the worker."""

    class Odd:
        def __str__(self) -> str:
            raise RuntimeError

        def __getattr__(self, name: str) -> Any:
            raise RuntimeError(name)

    class ConfigOdd(ConfigBase):
        odd: ConfigField[Any] = ConfigField(None)

    monkeypatch.setenv(VARIABLE, "report.jsonl")
    ConfigOdd({"odd": Odd()})
    ((odd,),) = (each["fields"] for each in lines_of("report.jsonl"))
    assert odd["value"] == "<Odd>"


def test_the_number_of_results_is_limited(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """A process with ever new results stops to report them, with one warning."""
    monkeypatch.setattr(worker, "MAX_RESULTS", 3)
    monkeypatch.setenv(VARIABLE, "report.jsonl")
    cls = new_class()
    for number in range(6):
        cls({"length": number})
    assert len(lines_of("report.jsonl")) == 3
    assert [each.levelname for each in caplog.records] == ["WARNING"]
    assert "3 results were reported" in caplog.text


def test_commands_do_not_report(monkeypatch: pytest.MonkeyPatch) -> None:
    """A command is not a worker: the variable does not affect it."""
    Path("worker_of_test.py").write_text(CLASSES, encoding="utf-8")
    monkeypatch.setenv(VARIABLE, "report.jsonl")
    done = run("explain", "worker_of_test:ConfigPier")
    assert (done.exit_code, done.stderr) == (0, "")
    assert not Path("report.jsonl").exists()
    new_class()()
    assert len(lines_of("report.jsonl")) == 1


def test_the_home_directory(monkeypatch: pytest.MonkeyPatch) -> None:
    """`~` at the beginning of the path is the home directory, as in other paths."""
    monkeypatch.setenv("HOME", str(Path.cwd()))
    monkeypatch.setenv("USERPROFILE", str(Path.cwd()))
    monkeypatch.setenv(VARIABLE, "~/report.jsonl")
    new_class()()
    assert [line["class"] for line in lines_of("report.jsonl")] == ["ConfigPier"]
