"""The command `pynenc-conf check`: problems of a deployment."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests._tools.running import findings, only, place, run, run_json, write


def test_valid_file() -> None:
    """Without findings, the summary says so and the exit code is 0."""
    path = write("pynenc.yaml", "redis:\n  redis_port: 6380\n")
    done = run("check", path)
    assert done.exit_code == 0
    assert done.output == "pynenc.yaml: no problems found (17 classes checked)\n"


def test_without_files() -> None:
    """Without FILE, the environment and ./pyproject.toml are checked."""
    assert run("check").output == (
        "environment and ./pyproject.toml: no problems found (17 classes checked)\n"
    )
    assert run("check", "--no-env").output.startswith("./pyproject.toml: no problems")
    write("pyproject.toml", "[tool.pynenc]\nredis_port = 0\nredis_hots = 1\n")
    assert [place(finding) for finding in findings()] == [
        ("pyproject.toml", 2, None),
        ("pyproject.toml", 3, None),
    ]


def test_wrong_values_of_all_classes_at_once() -> None:
    """Types and limits are checked for every class; each problem is reported once."""
    text = "redis_port: six\nrunner:\n  min_threads: -1\ncycle_control: flase\n"
    found = findings(write("pynenc.yaml", text))
    assert [(item["severity"], item["code"], *place(item)) for item in found] == [
        ("error", "value", "pynenc.yaml", 1, 13),
        ("error", "value", "pynenc.yaml", 3, 16),
        ("error", "value", "pynenc.yaml", 4, 16),
    ]
    assert "ConfigRedis" in found[0]["classes"]
    assert "ConfigTriggerRedis" in found[0]["classes"]
    assert found[2]["suggestion"] == "false"
    assert run("check", "pynenc.yaml").exit_code == 1


@pytest.mark.parametrize(
    ("text", "code", "message", "suggestion"),
    [
        ("redis_hots: x", "unknown", "unknown key 'redis_hots'", "redis_host"),
        ("redis: {redis_hots: x}", "unknown", "unknown key", "redis_host"),
        ("orchestrator_redis: {}", "unknown", "unknown section", "orchestratorredis"),
        ("ConfigRedis: {}", "unknown", "unknown section", "redis"),
        ("plugin: {a: 1}", "unknown", "'plugin'; --app names the module of a", None),
        ("zzz: 1", "unknown", "unknown key 'zzz'", None),
        (
            "broker: {cycle_control: on}",
            "unread",
            "no class that reads section 'broker' has a field 'cycle_control'",
            "orchestrator.cycle_control",
        ),
        (
            "broker: {cycle_contrl: on}",
            "unknown",
            "unknown key",
            "orchestrator.cycle_control",
        ),
        ("task: {a.b: {max_retry: 1}}", "unknown", "unknown key", "max_retries"),
        ("redis: 5", "unread", "section 'redis' must be a table; ignored", None),
    ],
)
def test_keys_that_no_class_reads(
    text: str, code: str, message: str, suggestion: str | None
) -> None:
    """An unknown key or section is a warning with a suggestion."""
    finding = only(write("pynenc.yaml", f"# pynenc\n{text}\n"))
    assert (finding["severity"], finding["code"]) == ("warning", code)
    assert message in finding["message"]
    assert finding["suggestion"] == suggestion
    assert finding["line"] == 2
    assert run("check", "pynenc.yaml").exit_code == 1


@pytest.mark.parametrize("text", ["redis:", "redis: {cycle_control: on}", "{}", ""])
def test_keys_that_a_class_reads(text: str) -> None:
    """A section may set all fields of the classes that read it, or be empty."""
    assert not findings(write("pynenc.yaml", text))


@pytest.mark.parametrize(
    ("name", "code", "message", "suggestion"),
    [
        (
            "PYNENC__CONFIGORCHESTRATOR__REDIS_HOST",
            "unread",
            "CONFIGORCHESTRATOR has no field 'redis_host'",
            "PYNENC__CONFIGORCHESTRATORREDIS__REDIS_HOST",
        ),
        ("PYNENC_REDIS_HOST", "spelling", "joined by '__'", "PYNENC__REDIS_HOST"),
        (
            "PYNENC_CONFIGREDIS__REDIS_HOST",
            "spelling",
            "joined by '__'",
            "PYNENC__CONFIGREDIS__REDIS_HOST",
        ),
        (
            "PYNENC__ORCHESTRATOR__CYCLE_CONTROL",
            "spelling",
            "the name must contain the full class name",
            "PYNENC__CONFIGORCHESTRATOR__CYCLE_CONTROL",
        ),
        ("PYNENC__REDIS_HOTS", "unknown", "unknown variable", "PYNENC__REDIS_HOST"),
        ("PYNENC__redis_host", "unknown", "unknown variable", "PYNENC__REDIS_HOST"),
        (
            "PYNENC__CONFIGREDSI__REDIS_HOST",
            "unknown",
            "unknown variable",
            "PYNENC__CONFIGREDIS__REDIS_HOST",
        ),
        ("PYNENC__PLUGIN__SIZE", "unknown", "unknown variable", None),
        (
            "PYNENC__REDIS_HOST_FILE",
            "unread",
            "only a secret can be read from a file",
            None,
        ),
        (
            "PYNENC__CONFIGTASK__SHOP#MAIL__MAX_RETRIES",
            "unexportable",
            "no shell can export",
            "PYNENC__CONFIGTASK__SHOP__MAIL__MAX_RETRIES",
        ),
    ],
)
def test_variables_that_no_class_reads(
    name: str,
    code: str,
    message: str,
    suggestion: str | None,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A variable that no class reads is a warning with a suggestion."""
    monkeypatch.setenv(name, "1")
    finding = only()
    assert (finding["severity"], finding["code"]) == ("warning", code)
    assert (finding["variable"], finding["suggestion"]) == (name, suggestion)
    assert message in finding["message"]


@pytest.mark.parametrize(
    "name",
    [
        "PYNENC__REDIS_HOST",
        "PYNENC__CONFIGBROKERREDIS__REDIS_HOST",
        "PYNENC__CONFIGTASK__SHOP__MAIL__APP_ID__MAX_RETRIES",
        "PYNENC_HOME",
        "PYNENCX__REDIS_HOTS",
    ],
)
def test_variables_without_warning(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Variables that a class reads, and variables of other programs, are accepted."""
    monkeypatch.setenv(name, "1")
    assert not findings()


def test_values_of_tasks_are_checked(monkeypatch: pytest.MonkeyPatch) -> None:
    """The sections and variables of each task are checked."""
    monkeypatch.setenv("PYNENC__CONFIGTASK__SHOP__MAIL__MAX_RETRIES", "two")
    path = write("tasks.yaml", "task:\n  shop.pay:\n    max_retries: -1\n")
    in_file, variable = findings(path)
    assert (in_file["key"], in_file["line"]) == ('task."shop.pay".max_retries', 3)
    assert variable["variable"] == "PYNENC__CONFIGTASK__SHOP__MAIL__MAX_RETRIES"


def test_value_that_the_same_file_overrides() -> None:
    """A value that the same file overrides for every class is a warning."""
    text = "redis_db: 1\nredis:\n  redis_db: 2\n"
    finding = only(write("pynenc.yaml", text))
    assert (finding["severity"], finding["code"]) == ("warning", "dead")
    assert place(finding) == ("pynenc.yaml", 1, 11)
    assert (
        "never used, because pynenc.yaml:3:13  redis.redis_db is set"
        in finding["message"]
    )


def test_value_that_another_source_overrides(monkeypatch: pytest.MonkeyPatch) -> None:
    """A value that another source overrides for every class is a note: exit code 0."""
    monkeypatch.setenv("PYNENC__REDIS_DB", "3")
    path = write("pynenc.yaml", "redis_db: 1\n")
    finding = only(path)
    assert (finding["severity"], finding["code"]) == ("note", "dead")
    assert "because environment variable PYNENC__REDIS_DB is set" in finding["message"]
    assert run("check", path).exit_code == 0


def test_value_that_one_class_uses() -> None:
    """A value that one class or task uses is not reported."""
    text = (
        "redis:\n  redis_db: 1\norchestratorredis:\n  redis_db: 2\n"
        "task:\n  max_retries: 1\n  shop.pay:\n    max_retries: 2\n"
    )
    assert not findings(write("pynenc.yaml", text))


def test_unreadable_files() -> None:
    """A file that the loader rejects is an error with its position."""
    finding = only(write("pynenc.yaml", "redis_db: 1\nredis_db: 2\n"))
    assert (finding["severity"], finding["code"]) == ("error", "unreadable")
    assert place(finding) == ("pynenc.yaml", 2, 1)
    assert "on line 2 is already on line 1" in finding["message"]
    missing = only("pynenc.yml")
    assert (missing["code"], missing["suggestion"]) == ("unreadable", None)
    assert "no such file; did you mean 'pynenc.yaml'?" in missing["message"]


def test_files_that_variables_name(monkeypatch: pytest.MonkeyPatch) -> None:
    """Files named by variables are checked; a class file has one section."""
    monkeypatch.setenv("PYNENC__FILEPATH", write("all.yaml", "redis_hots: 1\n"))
    text = "redis:\n  redis_port: 0\nbroker:\n  queue_timeout_sec: 1\n"
    monkeypatch.setenv("PYNENC__CONFIGREDIS__FILEPATH", write("one.yaml", text))
    found = [(item["code"], *place(item)) for item in findings()]
    assert found == [
        ("unknown", "all.yaml", 1, 13),
        ("value", "one.yaml", 2, 15),
        ("unread", "one.yaml", 3, 1),
    ]


def test_missing_file_that_a_variable_names(monkeypatch: pytest.MonkeyPatch) -> None:
    """The place of a missing file has the variable that names the file."""
    monkeypatch.setenv("PYNENC__FILEPATH", "gone.yaml")
    found = only()
    assert (found["code"], found["path"]) == ("unreadable", "gone.yaml")
    assert found["variable"] == "PYNENC__FILEPATH"
    assert "  --> gone.yaml  variable PYNENC__FILEPATH\n" in run("check").output


@pytest.mark.skipif(os.name != "posix", reason="files have modes on POSIX")
def test_world_readable_files_with_secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    """A world-readable file that contains a secret is a warning."""
    text = "redis:\n  redis_password: hunter2\n  redis_host: host\n"
    finding = only(write("pynenc.yaml", text, 0o644))
    assert (finding["code"], finding["line"]) == ("world-readable", 2)
    assert "redis_password" in finding["message"]
    assert not findings(write("pynenc.yaml", text))
    assert not findings(write("empty.yaml", "redis_password: ''\n", 0o644))
    url = write("url.json", '{"redis_url": "redis://u:hunter2@h"}', 0o644)
    assert only(url)["code"] == "world-readable"
    secret = write("secret", "hunter2\n", 0o644)
    monkeypatch.setenv("PYNENC__REDIS_PASSWORD_FILE", secret)
    assert only()["variable"] == "PYNENC__REDIS_PASSWORD_FILE"
    monkeypatch.delenv("PYNENC__REDIS_PASSWORD_FILE")
    variables = write("a.env", "PYNENC__REDIS_PASSWORD=hunter2\n", 0o644)
    assert place(only("--env-file", variables)) == ("a.env", 1, 1)


def test_secrets_are_not_shown() -> None:
    """No output format contains the value of a secret, even if it is rejected."""
    text = "redis:\n  redis_password: [hunter2]\n  redis_url: {a: hunter2}\n"
    path = write("pynenc.yaml", text, 0o644)
    for extra in ([], ["--json"], ["--format", "github"]):
        done = run("check", path, *extra)
        assert done.exit_code == 1
        assert "hunter2" not in done.output


APP = """
from pynenc_conf import ConfigBase, ConfigField, ConfigPynencBase

class ConfigAppOfCheck(ConfigPynencBase):
    plugin_size = ConfigField(1, ge=0)

class ConfigOther(ConfigBase):
    ENV_PREFIX = "OTHER"
    colour = ConfigField("red", choices=("red", "blue"))
    def __init__(self, must, be, given):
        raise RuntimeError
"""


def test_classes_of_an_application(monkeypatch: pytest.MonkeyPatch) -> None:
    """--app adds the classes of a module, without calling their constructors."""
    write("app_of_check.py", APP)
    path = write("pynenc.yaml", "appofcheck:\n  plugin_size: -1\ncolour: green\n")
    assert {item["code"] for item in findings(path)} == {"unknown"}
    monkeypatch.setenv("OTHER__COLUOR", "red")
    size, colour, variable = findings(path, "--app", "app_of_check")
    assert (size["code"], size["classes"]) == ("value", ["ConfigAppOfCheck"])
    assert (colour["code"], colour["line"]) == ("value", 3)
    assert variable["suggestion"] == "OTHER__COLOUR"


def test_wrong_usage() -> None:
    """A module that cannot be imported, or an unknown option, exits with 2."""
    assert run("check", "--app", "no_such_module_of_test").exit_code == 2
    assert run("check", "--format", "xml").exit_code == 2


CLASHING = """
from pynenc_conf import ConfigBase, ConfigField

class ConfigLeft(ConfigBase):
    both = ConfigField(1)

class ConfigRight(ConfigBase):
    both = ConfigField(2)

class ConfigClash(ConfigLeft, ConfigRight):
    pass
"""


def test_conflicting_parents() -> None:
    """Two parents that define the same field are an error of the class."""
    write("clash_of_check.py", CLASHING)
    finding = only("--app", "clash_of_check")
    assert (finding["code"], finding["classes"]) == ("class", ["ConfigClash"])


STRICT = """
from pynenc_conf import ConfigBase, ConfigField

class ConfigStrictOfCheck(ConfigBase):
    STRICT = True
    ENV_PREFIX = "STRICTOFCHECK"
    colour = ConfigField("red")
"""


def test_strict_classes(monkeypatch: pytest.MonkeyPatch) -> None:
    """An unknown name that a strict class rejects is one finding, an error."""
    write("strict_of_check.py", STRICT)
    path = write("strict.yaml", "strictofcheck: {zzz: 1}\nyyy: 1\n")
    monkeypatch.setenv("STRICTOFCHECK__COLUOR", "blue")
    found = findings(path, "--app", "strict_of_check")
    assert [(item["severity"], item["code"], item["key"]) for item in found] == [
        ("error", "unknown", "strictofcheck.zzz"),
        ("warning", "unknown", "yyy"),
        ("error", "unknown", None),
    ]
    assert found[2]["suggestion"] == "STRICTOFCHECK__COLOUR"


NESTED = """
from __future__ import annotations
from pynenc_conf import ConfigBase, ConfigField

class ConfigInnerOfCheck(ConfigBase):
    size = ConfigField(1)

class ConfigOuterOfCheck(ConfigBase):
    inner: ConfigField[ConfigInnerOfCheck] = ConfigField(None)
"""


def test_classes_that_cannot_be_used() -> None:
    """A class with a field of a type that it cannot have is an error of the class."""
    write("nested_of_check.py", NESTED)
    finding = only("--app", "nested_of_check")
    assert (finding["code"], finding["classes"]) == ("class", ["ConfigOuterOfCheck"])
    assert finding["message"].startswith("ConfigOuterOfCheck.inner: the config class")


def test_text() -> None:
    """Findings are printed like the library's errors, followed by a summary."""
    path = write("pynenc.yaml", "redis_port: six\nredis_hots: x\n")
    assert run("check", path).output == (
        "error[value]: redis_port: expected int, got 'six'\n"
        "  --> pynenc.yaml:1:13  redis_port\n"
        "warning[unknown]: unknown key 'redis_hots'; did you mean 'redis_host'?\n"
        "  --> pynenc.yaml:2:13  redis_hots\n"
        "pynenc.yaml: 1 error, 1 warning (17 classes checked)\n"
    )


def test_json() -> None:
    """The JSON contains files, classes, findings and the number of findings."""
    path = write("pynenc.yaml", "redis_hots: x\n")
    data = run_json("check", path)
    assert data["files"] == ["pynenc.yaml"]
    assert "ConfigRedis" in data["classes"]
    assert (data["errors"], data["warnings"], data["notes"]) == (0, 1, 0)
    assert data["findings"] == [
        {
            "severity": "warning",
            "code": "unknown",
            "message": "unknown key 'redis_hots'",
            "suggestion": "redis_host",
            "path": "pynenc.yaml",
            "line": 1,
            "column": 13,
            "key": "redis_hots",
            "variable": None,
            "classes": [],
        }
    ]
    assert data == json.loads(run("check", path, "--format", "json").stdout)


def test_github() -> None:
    """--format github prints annotations with escaped delimiters."""
    path = write("a,b.yaml", 'redis_port: "1%\\n2"\nredis_hots: x\n')
    error, warning = run("check", path, "--format", "github").output.splitlines()
    assert error.startswith("::error file=a%2Cb.yaml,line=1,col=13,title=pynenc-conf ")
    assert "1%25\\n2" in error
    assert warning == (
        "::warning file=a%2Cb.yaml,line=2,col=13,title=pynenc-conf unknown::"
        "unknown key 'redis_hots'; did you mean 'redis_host'? (redis_hots)"
    )


def test_process() -> None:
    """The command runs without a terminal and sets the exit code of the process."""
    path = write("pynenc.yaml", "redis_hots: x\n")
    done = subprocess.run(
        [sys.executable, "-m", "pynenc_conf", "check", path],
        check=False,
        capture_output=True,
        text=True,
        env={"PYTHONPATH": os.pathsep.join(sys.path)},
    )
    assert (done.returncode, done.stderr) == (1, "")
    assert "did you mean 'redis_host'?" in done.stdout


NAMED_MODULE = """
from pathlib import Path
Path("imported").touch()
class Unavailable(Exception):
    pass
"""


def test_modules_that_a_file_names_are_not_imported() -> None:
    """check, compat, diff, explain, ... do not import what `retry_for` names."""
    write("module_of_check.py", NAMED_MODULE)
    path = write("a.yaml", "task:\n  retry_for: [module_of_check.Unavailable]\n")
    for words in (
        ["check", path],
        ["compat", path],
        ["diff", path, "defaults"],
        ["explain", "ConfigTask", "--file", path, "--task", "a.b"],
        ["env", "--file", path],
        ["schema"],
        ["template"],
    ):
        run(*words)
        assert not Path("imported").exists(), words
    note = only(path)
    assert note["code"] == "unimported"
    assert place(note) == ("a.yaml", 2, 14)
    assert "module_of_check.Unavailable is not imported" in note["message"]


def test_modules_are_imported_on_request(monkeypatch: pytest.MonkeyPatch) -> None:
    """With --import, check finds names that do not exist."""
    monkeypatch.syspath_prepend(".")
    write("module_of_check_too.py", NAMED_MODULE)
    path = write("a.yaml", "task: {retry_for: [module_of_check_too.Unavailable]}\n")
    assert not findings(path, "--import")
    assert Path("imported").exists()
    path = write("b.yaml", "task: {retry_for: [module_of_check_too.Missing]}\n")
    assert "cannot import" in findings(path, "--import")[0]["message"]
