"""`pynenc-conf compat`: values and files that pynenc reads differently.

The tests also run pynenc itself, to verify what the command reports about pynenc.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pynenc.conf.config_orchestrator import ConfigOrchestratorRedis as Original
from pynenc.conf.config_task import ConfigTask as OriginalTask

from pynenc_conf import ConfigOrchestratorRedis, ConfigTask, ConfigTypeError
from pynenc_conf._core.declare.plan import plan_of
from pynenc_conf._tools.compat import original
from pynenc_conf._tools.compat.differences import (
    CLASS_FILE_SECTIONS,
    CLASS_FILES,
    OVERRIDDEN_VARIABLES,
    PYPROJECT_NAME,
    SECRET_FILES,
    SECTION_NAMES,
    TASK_VARIABLES,
    UNKNOWN_NAMES,
    file_rows,
    value_rows,
)
from pynenc_conf._tools.compat.values import compare_value
from pynenc_conf._tools.env_files import Environment
from pynenc_conf.origin import CONFIG_VALUES, Origin
from tests._tools.running import run, run_json

DOCS = Path(__file__).parents[2] / "docs"


def write(name: str, text: str | bytes) -> str:
    """Write a file in the current directory and return its path."""
    Path(name).parent.mkdir(exist_ok=True)
    Path(name).write_bytes(text if isinstance(text, bytes) else text.encode())
    return name


def found(*arguments: str) -> list[tuple[str, str | None, int | None]]:
    """Return row, field and line of each finding."""
    items = run_json("compat", *arguments)
    return [(item["id"], item["field"], item["line"]) for item in items]


# Values


def test_the_text_of_a_finding() -> None:
    """A finding contains both readings, the origin and the row of the table."""
    path = write("pynenc.yaml", 'orchestrator:\n  cycle_control: "false"\n')
    done = run("compat", path)
    assert done.exit_code == 1
    assert done.stdout == (
        "`cycle_control`: pynenc reads 'false' as true; pynenc_conf reads false\n"
        "  --> pynenc.yaml:2:18  orchestrator.cycle_control  [bool-text]\n"
        "1 value compared, 1 finding\n"
    )
    assert Original(None, path).cycle_control is True
    assert ConfigOrchestratorRedis(None, path).cycle_control is False


def test_no_findings() -> None:
    """Values that both libraries read the same are not listed; the exit code is 0."""
    text = "redis_port: 6380\ncycle_control: false\nredis: {socket_timeout: 1}\n"
    done = run("compat", write("pynenc.yaml", text))
    assert (done.exit_code, done.stdout) == (0, "3 values compared, 0 findings\n")


VALUES: dict[str, tuple[str, str]] = {
    "bool-text": ("cycle_control", '"no"'),
    "bool-other": ("cycle_control", "[1]"),
    "container-text": ("key_arguments", "id,user"),
    "container-kind": ("key_arguments", "{a: 1}"),
    "container-elements": ("key_arguments", "[1, 2]"),
    "int-lossy": ("redis_db", "1.5"),
    "number-bool": ("redis_db", "true"),
    "number-bytes": ("redis_db", "!!binary NQ=="),
    "float-nan": ("socket_timeout", ".nan"),
    "float-inf": ("socket_timeout", ".inf"),
    "float-zero": ("socket_timeout", "1.0e-400"),
    "str-none": ("redis_host", ""),
    "str-container": ("redis_host", "[a]"),
    "yaml-text": ("redis_host", "no"),
    "enum-text": ("argument_print_mode", "FULL"),
    "limits": ("redis_port", "70000"),
    "retry-for-text": ("retry_for", "builtins.ValueError"),
}


@pytest.mark.parametrize("row", VALUES)
def test_values(row: str) -> None:
    """Each row about values is found at the line of the value."""
    field, text = VALUES[row]
    path = write("pynenc.yaml", f"\n{field}: {text}\n")
    assert found(path) == [(row, field, 2)]


def test_bool_for_text() -> None:
    """In TOML and JSON, a bool in a text field is a finding."""
    for path in (
        write("a.toml", "redis_host = true\n"),
        write("a.json", '{"redis_host": true}'),
    ):
        assert found(path) == [("str-bool", "redis_host", 1)]


def test_number_for_text() -> None:
    """In TOML and JSON, a number in a text field whose text differs is a finding."""
    for number, rows in (("3.10", [("yaml-text", "redis_host", 1)]), ("3", [])):
        for path in (
            write("a.toml", f"redis_host = {number}\n"),
            write("a.json", f'{{"redis_host": {number}}}'),
        ):
            assert found(path) == rows


def test_infinity_for_an_int() -> None:
    """A value that both libraries reject is not a finding."""
    path = write("pynenc.yaml", "redis_db: .inf\n")
    with pytest.raises(OverflowError):
        Original(None, path)
    assert found(path) == []


@pytest.mark.parametrize("form", ["{}", "redis:\n  {}", "task:\n  shop.pay:\n    {}"])
def test_every_table_is_read(form: str) -> None:
    """General keys, sections of classes and of tasks are compared."""
    field = "max_retries" if form.startswith("task") else "redis_db"
    path = write("pynenc.yaml", form.format(f"{field}: 1.5") + "\n")
    ((row, name, line),) = found(path)
    assert (row, name, line) == ("int-lossy", field, form.count("\n") + 1)


def test_unknown_keys() -> None:
    """Keys that neither library reads are not compared."""
    text = "redis_hots: no\nweb: {redis_port: true}\nbroker: {max_retries: true}\n"
    assert found(write("pynenc.yaml", text)) == []


def test_secrets_are_not_shown() -> None:
    """A secret that is read differently is reported without its value."""
    path = write("pynenc.yaml", "redis_password: 0123\nredis_url: [hunter2]\n")
    done = run("compat", path)
    assert (
        "`redis_password`: pynenc and pynenc_conf read different values "
        "(a secret, not shown)\n" in done.stdout
    )
    assert "yaml-text" in done.stdout
    for text in ("0123", "83", "hunter2"):
        assert text not in done.stdout


def test_own_classes() -> None:
    """--app adds the classes of an application."""
    write(
        "shop_compat.py",
        "from pynenc_conf import ConfigBase, ConfigField\n"
        "class ConfigShop(ConfigBase):\n    open = ConfigField(True)\n",
    )
    path = write("shop.yaml", 'shop: {open: "no"}\n')
    assert found(path) == []
    assert found(path, "--app", "shop_compat") == [("bool-text", "open", 1)]


# Files


FILES: dict[str, tuple[str, str | bytes]] = {
    "yaml-date": ("a.yaml", "x: 2024-13-45\n"),
    "file-top-level": ("a.yaml", "- 1\n"),
    "file-empty-json": ("a.json", ""),
    "file-duplicate-key": ("a.yaml", "redis_db: 1\nredis_db: 2\n"),
    "file-nesting": ("a.yaml", f"x: {'[' * 150}{']' * 150}\n"),
    "file-limits": ("a.json", "{}" + " " * 8 * 1024 * 1024),
    "file-bom": ("a.json", b"\xef\xbb\xbf{}"),
}


@pytest.mark.parametrize("row", sorted(FILES))
def test_files(row: str) -> None:
    """Each row about files that one library rejects is found."""
    items = run_json("compat", write(*FILES[row]))
    assert [item["id"] for item in items] == [row]


def test_file_that_both_reject() -> None:
    """A file that neither library can read is a finding with its line."""
    path = write("a.yaml", "b:\n  - [1\n")
    assert found(path) == [("", None, 3)]
    assert "neither pynenc nor pynenc_conf reads the file" in run("compat", path).stdout
    assert found("nothing.yaml") == [("", None, None)]
    assert run("compat", "nothing.yaml").exit_code == 1
    for text in ("[tool]\npynenc = 3\n", "tool = 3\n"):
        assert found(write("pyproject.toml", text)) == [("", None, None)]


def test_encoding() -> None:
    """A file is read as UTF-8, not in the encoding of the locale."""
    write("a.yaml", "redis_host: caf\u00e9\n")
    ascii_only = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    done = subprocess.run(
        [sys.executable, "-m", "pynenc_conf", "compat", "a.yaml"],
        env={**os.environ, **ascii_only, "PYTHONPATH": str(DOCS.parent)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert "rejects the file (UnicodeDecodeError); pynenc_conf reads it" in done.stdout
    assert "[file-encoding]" in done.stdout


def test_pyproject() -> None:
    """In `pyproject.toml`, the table `[tool.pynenc]` is compared."""
    text = "redis_db = true\n[tool.pynenc]\nredis_port = true\n"
    path = write("pyproject.toml", text)
    assert found(path) == [("number-bool", "redis_port", 3)]


def test_another_pyproject() -> None:
    """A file whose path only contains `pyproject.toml` is read from its top level."""
    text = "redis_db = 1\nredis_port = 1\n[tool.pynenc]\nredis_port = 2\n"
    path = write("my-pyproject.toml", text)
    assert sorted(found(path)) == [
        ("file-pyproject", "redis_db", 1),
        ("file-pyproject", "redis_port", 2),
    ]
    assert Original(None, path).redis_port == 2
    assert ConfigOrchestratorRedis(None, path).redis_port == 1


def test_a_file_is_read_once() -> None:
    """A file given twice is compared once."""
    path = write("a.yaml", "redis_db: true\n")
    assert len(found(path, path)) == 1


# Variables


ENV_FILE = """\
# The settings of the shop.
PYNENC__CYCLE_CONTROL=false
export PYNENC__REDIS_PORT="6380"  # a port
PYNENC__REDIS_PASSWORD_FILE=/run/secrets/password
PYNENC__CONFIGTASK__SHOP__PAY__MAX_RETRIES=3
PYNENC__CONFIGTASK__SHOP#PAY__CALL_RESULT_CACHE=no # a flag
PYNENC__CONFIGTASK__KEY_ARGUMENTS='id,user'
PYNENC__CONFIGORCHESTRATOR__BLOCKING_CONTROL=off
SHOP_CYCLE_CONTROL=false
"""


def test_variables() -> None:
    """Each row about variables is found with its line."""
    assert found("--env-file", write(".env", ENV_FILE)) == [
        ("bool-text", "cycle_control", 2),
        ("secret-files", "redis_password", 4),
        ("task-variable", "max_retries", 5),
        ("bool-text", "call_result_cache", 6),
        ("container-text", "key_arguments", 7),
        ("bool-text", "blocking_control", 8),
    ]


def test_findings_about_variables_are_true(monkeypatch: pytest.MonkeyPatch) -> None:
    """Both libraries read the variables as the command reports."""
    for name, text in Environment(
        write(".env", ENV_FILE), inherit=False
    ).values.items():
        if not name.endswith("_FILE"):
            monkeypatch.setenv(name, text)
    assert Original().cycle_control is True
    assert ConfigOrchestratorRedis().cycle_control is False
    there, here = OriginalTask("shop.pay"), ConfigTask("shop.pay")
    assert (there.max_retries, here.max_retries) == (0, 3)
    assert (there.call_result_cache, here.call_result_cache) == (True, False)
    assert there.key_arguments == tuple("id,user")
    assert here.key_arguments == ("id", "user")


def test_unreadable_lines_of_environment_files() -> None:
    """A line that is not NAME=value is a finding; the other lines are compared."""
    text = "PYNENC__REDIS_HOST='a\nPYNENC__CYCLE_CONTROL=no\nPYNENC__REDIS_DB\n"
    path = write(".env", text)
    assert found("--env-file", path) == [
        ("", None, 1),
        ("", None, 3),
        ("bool-text", "cycle_control", 2),
    ]
    assert (
        "not compared: a quote is never closed"
        in run("compat", "--env-file", path).stdout
    )


def test_files_that_variables_name() -> None:
    """Files named by variables are compared if they exist."""
    write("a.yaml", "redis_db: true\n")
    text = "PYNENC__FILEPATH=a.yaml\nPYNENC__CONFIGREDIS__FILEPATH=elsewhere.yaml\n"
    items = run_json("compat", "--env-file", write(".env", text))
    assert [item["id"] for item in items] == ["number-bool"]
    assert "file named by PYNENC__FILEPATH" in items[0]["origin"]


def test_class_files() -> None:
    """A general key in the class files of both parent and child is a finding."""
    write("parent.yaml", "redis_db: 1\n")
    write("child.yaml", "redis_db: 2\n")
    text = (
        "PYNENC__CONFIGREDIS__FILEPATH=parent.yaml\n"
        "PYNENC__CONFIGBROKERREDIS__FILEPATH=child.yaml\n"
    )
    items = run_json("compat", "--env-file", write(".env", text))
    assert [item["id"] for item in items] == ["class-file-general"]
    assert items[0]["class"] == "ConfigBrokerRedis"
    assert "`redis_db` of ConfigBrokerRedis: " in items[0]["message"]
    assert items[0]["path"] == "child.yaml"


def test_wrong_usage() -> None:
    """A missing environment file exits with 2."""
    assert run("compat", "--env-file", "nothing").exit_code == 2


# The original


SAMPLES: st.SearchStrategy[Any] = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-10, 100_000),
    st.floats(),
    st.text(max_size=5),
    st.sampled_from(["false", "no", "1", "2.5", "inf", "nan", "full", "keys", "a,b"]),
    st.lists(st.text(max_size=3), max_size=2),
    st.dictionaries(st.text(max_size=2), st.integers(), max_size=2),
)


@given(raw=SAMPLES, data=st.data())
def test_values_are_read_as_in_pynenc(raw: Any, data: st.DataObject) -> None:
    """The command reproduces the values and exceptions of pynenc."""
    settings = plan_of(ConfigTask).settings | plan_of(ConfigOrchestratorRedis).settings
    field = data.draw(st.sampled_from(sorted(settings)))
    cls = OriginalTask if field in plan_of(ConfigTask).settings else Original
    arguments = ("shop.pay",) if cls is OriginalTask else ()
    expected, failure = outcome(lambda: getattr(cls(*arguments, {field: raw}), field))
    value, rejection = outcome(lambda: original.read_value(settings[field], raw))
    assert bool(failure) is bool(rejection), (failure, rejection)
    assert repr(value) == repr(expected)


def outcome(call: Any) -> tuple[Any, Exception | None]:
    """Return the result of a call, or its exception."""
    try:
        return call(), None
    except Exception as error:  # noqa: BLE001 - any exception is a result
        return None, error


@given(raw=SAMPLES, data=st.data())
def test_no_finding_means_no_difference(raw: Any, data: st.DataObject) -> None:
    """Without a finding, both libraries read the same value or both reject it."""
    settings = plan_of(ConfigOrchestratorRedis).settings
    field = data.draw(st.sampled_from(sorted(settings)))
    finding = compare_value(settings[field], raw, raw, Origin(CONFIG_VALUES))
    there, failure = outcome(lambda: getattr(Original({field: raw}), field))
    here, rejection = outcome(
        lambda: getattr(ConfigOrchestratorRedis({field: raw}), field)
    )
    both_accept = failure is None and rejection is None
    both_reject = failure is not None and rejection is not None
    if finding is None:
        assert both_reject or (both_accept and repr(there) == repr(here))
    else:
        assert not both_reject
        assert not both_accept or repr(there) != repr(here)
        assert finding.id
    assert rejection is None or isinstance(rejection, ConfigTypeError)


def rows_that_compat_finds() -> set[str]:
    """Return the rows that can explain a value or a file."""
    setting = plan_of(ConfigTask).settings["max_retries"]
    return {*value_rows(setting, 1, 1, 1, 1), *file_rows("", b"", "", "")}


def test_every_row_is_documented() -> None:
    """Each row that the command can find is a difference in the documentation."""
    page = (DOCS / "reference/differences.md").read_text(encoding="utf-8")
    rows = set(re.findall(r"^### `([a-z-]+)`$", page, re.MULTILINE))
    others = {CLASS_FILES, CLASS_FILE_SECTIONS, PYPROJECT_NAME, SECRET_FILES}
    others |= {OVERRIDDEN_VARIABLES, SECTION_NAMES, TASK_VARIABLES, UNKNOWN_NAMES}
    assert rows >= rows_that_compat_finds() | others


def test_every_row_that_is_found_has_a_test() -> None:
    """Each row that the command can find is found by a test above."""
    others = {"file-encoding", "str-bool"}
    # pynenc also rejects infinity.
    assert (
        rows_that_compat_finds() - {"int-infinite"}
        == VALUES.keys() | FILES.keys() | others
    )
