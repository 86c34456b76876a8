"""The text output of the commands: on terminals, in pipes, without colour."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests._tools.running import findings, only, run, run_json, write

ESCAPE = re.compile(r"\x1b\[[0-9;]*m")
COMMANDS = [
    ("explain", "orchestratorredis", "--file", "pynenc.yaml"),
    ("explain", "redis", "redis_host", "--file", "pynenc.yaml"),
    ("check", "wrong.yaml"),
    ("env", "redis"),
    ("diff", "pynenc.yaml", "defaults"),
]


@pytest.fixture(autouse=True)
def _files() -> None:
    text = "redis_host: one\nredis: {redis_host: two}\n"
    Path("pynenc.yaml").write_text(text, encoding="utf-8")
    Path("wrong.yaml").write_text("redis_port: six\nredis_hots: x\n", encoding="utf-8")


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """Print as on a terminal of 80 columns."""
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.delenv("NO_COLOR", raising=False)
    return monkeypatch


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: " ".join(command[:3]))
@pytest.mark.parametrize("columns", [80, 120])
def test_output_fits_a_terminal(
    command: tuple[str, ...], columns: int, terminal: pytest.MonkeyPatch
) -> None:
    """Output on a terminal is coloured and not wider than the terminal."""
    terminal.setenv("COLUMNS", str(columns))
    text = run(*command).stdout
    assert ESCAPE.search(text)
    lines = ESCAPE.sub("", text).splitlines()
    assert max(map(len, lines)) <= columns


def test_wrapped_errors_are_indented(terminal: pytest.MonkeyPatch) -> None:
    """Each line of a wrapped problem is indented as its first line."""
    terminal.setenv("COLUMNS", "40")
    done = run("explain", "redis", "--set", "redis_port=70000")
    _, *lines = ESCAPE.sub("", done.stderr).splitlines()
    assert len(lines) > 2
    assert all(line.startswith("  ") for line in lines)


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: " ".join(command[:3]))
def test_no_color(command: tuple[str, ...], terminal: pytest.MonkeyPatch) -> None:
    """With NO_COLOR, the text is the same but without escape sequences."""
    coloured = run(*command).stdout
    terminal.setenv("NO_COLOR", "1")
    assert run(*command).stdout == ESCAPE.sub("", coloured)


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: " ".join(command[:3]))
def test_pipes(command: tuple[str, ...]) -> None:
    """Output in a pipe has no escape sequences and no trailing white space."""
    text = run(*command).stdout
    assert "\x1b" not in text
    assert not re.search(r"[ \t]$", text, re.MULTILINE)


@pytest.mark.usefixtures("terminal")
def test_table_of_a_class() -> None:
    """On a terminal, a class is a table; names of fields are not wrapped."""
    text = run("explain", "orchestratorredis", "--file", "pynenc.yaml").stdout
    lines = ESCAPE.sub("", text).splitlines()
    assert lines[0].strip() == "ConfigOrchestratorRedis"
    assert lines[1].split() == ["Field", "Value", "Origin"]
    assert any(line.startswith("auto_final_invocation_purge_hours ") for line in lines)


@pytest.mark.parametrize("columns", [60, 80, 120])
def test_no_word_is_broken(columns: int, terminal: pytest.MonkeyPatch) -> None:
    """Long values and origins hang under their column, and their words are whole."""
    url = "redis://averylonghost.internal.shop.example.com:6379/0"
    name = "PYNENC__CONFIGORCHESTRATORREDIS__REDIS_URL"
    terminal.setenv("COLUMNS", str(columns))
    terminal.setenv("PYNENC__CONFIGREDIS__REDIS_USERNAME", " ".join(["abc"] * 29))
    terminal.setenv(name, url)
    for field in ([], ["redis_url"], ["redis_username"]):
        text = run("explain", "orchestratorredis", *field, "--file", "pynenc.yaml")
        lines = ESCAPE.sub("", text.stdout).splitlines()
        assert max(map(len, lines)) <= columns
        words = {word for line in lines for word in line.split()}
        assert field == ["redis_username"] or {url, name} <= words
    rows = ESCAPE.sub("", run("explain", "redis").stdout).splitlines()
    parts = [row for row in rows if "abc" in row]
    assert len(parts) > 1
    assert len({part.index("abc") for part in parts}) == 1


@pytest.mark.usefixtures("terminal")
def test_defaults_of_a_class() -> None:
    """The origin of a default is `default`; the view of a field names the class."""
    lines = ESCAPE.sub("", run("explain", "redis").stdout).splitlines()
    assert ["redis_db", "0", "default"] in [line.split() for line in lines]
    assert "default of ConfigRedis" in run("explain", "redis", "redis_db").stdout


@pytest.mark.usefixtures("terminal")
def test_chain_of_a_field() -> None:
    """The value is marked; the other candidates have the rule that overrides them."""
    text = run("explain", "redis", "redis_host", "--file", "pynenc.yaml").stdout
    lines = [line.rstrip() for line in ESCAPE.sub("", text).splitlines()]
    assert lines == [
        "ConfigRedis.redis_host = two",
        "  Name or address of the server.",
        "  >  two        pynenc.yaml:2:21  redis.redis_host",
        "  |  one        pynenc.yaml:1:13  redis_host",
        "                overridden: the winning section is more specific",
        "  |  localhost  default of ConfigRedis",
        "                overridden: defaults have the lowest precedence",
    ]


@pytest.mark.usefixtures("terminal")
def test_colours_for_dark_and_light() -> None:
    """Only red, green and magenta are used: they are readable on black and white."""
    for command in COMMANDS:
        codes = {
            code
            for found in re.findall(r"\x1b\[([0-9;]*)m", run(*command).stdout)
            for code in found.split(";")
        }
        assert codes <= {"0", "1", "2", "31", "32", "35"}


def test_control_characters_are_escaped() -> None:
    """Control characters in paths are escaped; names with them are not shown."""
    name = "\x1b[31mred\u202e.json"
    Path(name).write_text('{"\\u001b[31mred\\u202e": 1}', encoding="utf-8")
    for extra in ([], ["--format", "github"]):
        text = run("check", name, *extra).stdout
        assert "\x1b" not in text
        assert "\u202e" not in text
        assert "\\x1b[31mred\\u202e" in text


@pytest.mark.parametrize(
    "command", ["check", "diff", "env", "explain", "schema", "template"]
)
def test_help(command: str) -> None:
    """The help of every command has examples and the option --json."""
    done = run(command, "--help")
    assert done.exit_code == 0
    assert f"Examples:\n    pynenc-conf {command}" in done.stdout
    assert "--json" in done.stdout
    assert f"  {command} " in run("--help").stdout


@pytest.mark.parametrize(
    ("command", "keys"),
    [
        (COMMANDS[0], ["class", "fields"]),
        (COMMANDS[2], ["files", "classes", "findings", "errors", "warnings", "notes"]),
        (COMMANDS[3], ["class", "fields", "files"]),
        (COMMANDS[4], ["a", "b", "differences"]),
        (("template",), ["classes"]),
        (("schema",), ["$schema", "title", "type", "properties", "$defs"]),
    ],
)
def test_json_forms(
    command: tuple[str, ...], keys: list[str], terminal: pytest.MonkeyPatch
) -> None:
    """--json prints one object with documented keys, also on a terminal."""
    terminal.setenv("COLUMNS", "20")
    assert list(json.loads(run(*command, "--json").stdout)) == keys


def test_completion(monkeypatch: pytest.MonkeyPatch) -> None:
    """Shell completion offers commands, classes, sections and fields."""
    monkeypatch.setenv("_PYNENC_CONF_COMPLETE", "bash_complete")
    for words, expected in (
        ("pynenc-conf exp", "explain"),
        ("pynenc-conf explain configre", "ConfigRedis"),
        ("pynenc-conf explain ConfigRedis redis_po", "redis_port"),
        ("pynenc-conf env ConfigTa", "ConfigTask"),
        ("pynenc-conf env Tas", "task"),
    ):
        monkeypatch.setenv("COMP_WORDS", words)
        monkeypatch.setenv("COMP_CWORD", str(len(words.split()) - 1))
        assert f"plain,{expected}" in run().stdout.splitlines()


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("explain --app {app} ConfigQ", ["ConfigQuay"]),
        ("explain --app={app} Qua", ["quay"]),
        ("explain --app {app} quay dep", ["depth"]),
        ("template --app {app} redis ConfigQ", ["ConfigQuay"]),
        ("ping --app {app} configr", ["ConfigRedis"]),
        ("explain --app no_such_module ConfigRe", ["ConfigRedis"]),
        ("explain --app {app} Z", []),
    ],
)
def test_completion_of_an_application(
    words: str, expected: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Shell completion knows the classes of --app, and ignores what modules print."""
    monkeypatch.syspath_prepend(Path.cwd())
    code = (
        "from pynenc_conf import ConfigBase, ConfigField, ConfigRedis\n"
        "print('plain,noise')\n"
        "class ConfigQuay(ConfigBase):\n    depth = ConfigField(1)\n"
    )
    Path("quay_of_test.py").write_text(code, encoding="utf-8")
    words = f"pynenc-conf {words.format(app='quay_of_test')}"
    monkeypatch.setenv("_PYNENC_CONF_COMPLETE", "bash_complete")
    monkeypatch.setenv("COMP_WORDS", words)
    monkeypatch.setenv("COMP_CWORD", str(len(words.split()) - 1))
    assert run().stdout.split() == [f"plain,{name}" for name in expected]


def test_output_of_a_module(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a module prints when it is imported goes to stderr, not into the JSON."""
    monkeypatch.syspath_prepend(Path.cwd())
    Path("noise_of_test.py").write_text("print('noise')\n", encoding="utf-8")
    done = run("explain", "redis", "--json", "--app", "noise_of_test")
    assert json.loads(done.stdout)["class"] == "ConfigRedis"
    assert done.stderr == "noise\n"


@pytest.mark.skipif(sys.platform == "win32", reason="requires a POSIX shell")
@pytest.mark.parametrize("command", ["explain redis", "env redis", "check"])
@pytest.mark.parametrize("stream", [1, 2])
def test_closed_streams(command: str, stream: int) -> None:
    """A command whose stdout or stderr is closed has the same exit code."""
    line = f'"$0" -m pynenc_conf {command} {stream}>&-'
    shell = ["sh", "-c", line, sys.executable]
    done = subprocess.run(shell, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="requires /dev/full")
@pytest.mark.parametrize(
    "command", ["explain redis", "env redis --json", "check", "schema", "--help"]
)
def test_full_disk(command: str) -> None:
    """A command that cannot write its output says why, and exits with 2."""
    line = f'"$0" -m pynenc_conf {command} >/dev/full'
    shell = ["sh", "-c", line, sys.executable]
    done = subprocess.run(shell, capture_output=True, text=True, check=False)
    message = "Error: cannot write the output: No space left on device\n"
    assert (done.returncode, done.stderr) == (2, message)
    for other in ("2>&1", "2>&-"):
        both = ["sh", "-c", f"{line} {other}", sys.executable]
        assert subprocess.run(both, capture_output=True, check=False).returncode == 2


MANY = 1_003


def references(number: int) -> str:
    """Return a manifest with references to an unknown Secret."""
    env = [
        {
            "name": f"PYNENC__A{each}",
            "valueFrom": {"secretKeyRef": {"name": "b", "key": "c"}},
        }
        for each in range(number)
    ]
    pod = {"kind": "Pod", "spec": {"containers": [{"name": "a", "env": env}]}}
    return write("pod.json", json.dumps(pod))


@pytest.mark.parametrize(
    ("command", "line"),
    [
        (("check",), "3 more notes; --json shows all"),
        (("explain", "redis"), "3 more notes; `pynenc-conf check --json` shows all"),
        (("compat",), "3 more notes; `pynenc-conf check --json` shows all"),
    ],
    ids=" ".join,
)
def test_many_notes(command: tuple[str, ...], line: str) -> None:
    """Of each kind of finding, 1,000 are printed, and the number of the others."""
    output = run(*command, "--no-env", "--env-file", references(MANY)).output
    assert output.count("is unknown: it is key") == 1_000
    assert output.count(f"{line}\n") == 1
    options = ("--no-env", "--env-file", references(1_000))
    assert " more note" not in run(*command, *options).output


def test_many_findings() -> None:
    """Warnings do not hide the errors of another line; JSON and the counts have all."""
    lines = [f"PYNENC__A{number}=1\n" * 2 for number in range(MANY)]
    path = write("a.env", "".join([*lines, "PYNENC__REDIS_PORT=x\n"]))
    output = run("check", "--no-env", "--env-file", path).output
    assert "error[value]: redis_port: expected int, got 'x'\n" in output
    assert f"{2 * MANY - 1_000:,} more warnings; --json shows all\n" in output
    assert output.endswith(
        f"a.env: 1 error, {2 * MANY} warnings (17 classes checked)\n"
    )
    assert len(findings("--no-env", "--env-file", path)) == 2 * MANY + 1


@pytest.mark.parametrize("command", ["explain", "env", "ping"])
def test_many_problems(command: str) -> None:
    """Of the problems of one error, 1,000 are printed; JSON has all."""
    path = write("a.env", "a b\n" * MANY)
    options = ("redis", "--no-env", "--env-file", path)
    done = run(command, *options)
    assert done.exit_code == 1
    assert done.stderr.count("--> a.env:") == 1_000
    assert done.stderr.endswith("\n  3 more problems; --json shows all\n")
    assert len(run_json(command, *options)["problems"]) == MANY


def test_many_problems_of_all_classes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of the problems of all classes, 1,000 are printed, with the number of others."""
    monkeypatch.syspath_prepend(Path.cwd())
    code = (
        "from pynenc_conf import ConfigBase, ConfigField\n"
        "class ConfigJetty(ConfigBase):\n"
        f"    for number in range({MANY}):\n"
        "        locals()[f'a{number}'] = ConfigField(1)\n"
    )
    Path("jetty_of_test.py").write_text(code, encoding="utf-8")
    path = write("a.json", json.dumps({f"a{number}": "x" for number in range(MANY)}))
    done = run("explain", "--app", "jetty_of_test", "--file", path)
    assert done.exit_code == 1
    assert done.stderr.count("--> a.json:") == 1_000
    assert done.stderr.endswith("\n  3 more problems; --json shows all\n")


def test_many_references_in_one_value() -> None:
    """The message about a value lists some of the references in the value."""
    names = [f"A{number}" for number in range(8)]
    env = [{"name": n, "valueFrom": {"fieldRef": {"fieldPath": "x"}}} for n in names]
    env.append({"name": "PYNENC__A", "value": "".join(f"$({n})" for n in names)})
    pod = {"kind": "Pod", "spec": {"containers": [{"name": "a", "env": env}]}}
    path = write("pod.json", json.dumps(pod))
    assert only("--no-env", "--env-file", path)["message"] == (
        "PYNENC__A is unknown: it contains $(A0), $(A1), $(A2), $(A3), $(A4) and 3 more"
    )
