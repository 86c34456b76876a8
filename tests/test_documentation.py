"""Every example of the README and the docs runs and prints the output shown.

The language of a fenced block decides how it is tested:

- `python`: with `>>>`, a doctest whose output is compared; otherwise, it is run.
  If its first line is a comment with a file's name (`# shop.py`), it is written to that
  file instead, to be imported, or run by pytest if the name begins with `test_`.
- `yaml`, `toml`, `json`: a file that can be loaded, or, after a line
  `<!-- broken -->`, one that cannot. A file name in the first line (`# shop.yaml`)
  writes it to that file.
- `ini` with a file name in the first line: written to that file.
- `console`: `$ pynenc-conf ...`, `$ python FILE` and `$ echo $?` print the lines that
  follow, up to the next `$`; `$ export NAME=value` and `$ unset NAME` apply to the rest
  of the page, and `$ printf 'text' > FILE` writes a file. After `<!-- numbers vary -->`
  numbers, and the name of the Redis server, may differ. After
  `<!-- second terminal -->` the command runs until the end of the page, and then reads
  an Enter.
- Blocks in any other language are not tested.

All blocks of a page share one namespace and an empty directory that holds
`docs/examples`. An unused port replaces port 16379, on which a page starts a server.
"""

from __future__ import annotations

import ast
import contextlib
import doctest
import os
import re
import secrets
import shlex
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from pynenc_conf import (
    ConfigBase,
    ConfigField,
    ConfigFileError,
    ConfigOrchestratorRedis,
    ConfigTask,
    ConfigTypeError,
)
from pynenc_conf._tools.classes import catalogue
from pynenc_conf._tools.cli import cli

# A mapping warns once for each key of a class, so each test has fresh classes.
pytestmark = pytest.mark.usefixtures("fresh_classes")

ROOT = Path(__file__).parent.parent
EXAMPLES = ROOT / "docs" / "examples"
# The pages below `reference/api/` are generated from the classes.
PAGES = [
    ROOT / "README.md",
    *sorted(
        path for path in (ROOT / "docs").rglob("*.md") if path.parent.name != "api"
    ),
]
FENCE = re.compile(
    r"^(?P<mark><!-- [a-z -]+ -->\n)?(?P<fence>```+)(?P<language>[a-z]+)\n"
    r"(?P<text>.*?)^(?P=fence)$",
    re.MULTILINE | re.DOTALL,
)
FILE_NAME = re.compile(r"# ([\w./-]+\.(?:py|ya?ml|toml|json|env))\n")
PORT = "16379"
FIRST_COMMAND = (
    'python3 -m venv .venv && .venv/bin/pip install --quiet ".[cli]" && '
    ".venv/bin/pynenc-conf explain ConfigOrchestratorRedis "
    "--file docs/examples/pynenc.yaml"
)
TEST_COMMAND = (
    'python3 -m venv .venv && .venv/bin/pip install --quiet ".[test]" && '
    ".venv/bin/python -m pytest"
)


@dataclass
class Block:
    """A fenced block of a page."""

    language: str
    text: str
    line: int
    mark: str

    @property
    def file_name(self) -> str | None:
        """The file that the block is written to."""
        found = FILE_NAME.match(self.text)
        return found[1] if found else None


def blocks_of(page: str) -> Iterator[Block]:
    """Yield the fenced blocks of a page."""
    for match in FENCE.finditer(page):
        line = page.count("\n", 0, match.start("text"))
        mark = (match["mark"] or "").strip("<!->\n ")
        yield Block(match["language"], match["text"], line, mark)


class Reader:
    """Executes the blocks of one page from top to bottom."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.monkeypatch = monkeypatch
        self.namespace: dict[str, Any] = {"__name__": "__main__"}
        self.exit_code = 0
        self.second_terminal: list[subprocess.Popen[str]] = []
        shutil.copytree(EXAMPLES, Path("docs", "examples"))
        # A copy, because the command appends to the list.
        monkeypatch.setattr(sys, "path", [str(Path.cwd()), *sys.path])

    def read(self, block: Block) -> None:
        """Execute one block."""
        if block.language == "python":
            self.python(block)
        elif block.language in {"yaml", "toml", "json"}:
            self.file(block)
        elif block.language == "ini" and block.file_name is not None:
            Path(block.file_name).write_text(block.text, encoding="utf-8")
        elif block.language == "console":
            for command, shown in commands_of(block.text):
                if block.mark == "second terminal":
                    self.start(command, shown)
                elif block.mark == "numbers vary":
                    assert without_numbers(self.command(command)) == without_numbers(
                        shown
                    ), command
                else:
                    assert self.command(command) == shown, command

    def python(self, block: Block) -> None:
        """Run a block as code, a doctest or a module."""
        if block.file_name is not None:
            path = Path(block.file_name)
            path.write_text(block.text, encoding="utf-8")
            if path.name.startswith("test_"):
                run_pytest(path)
        elif ">>> " in block.text:
            self.doctest(block)
        else:
            # The `from __future__` of this module does not apply to the page.
            code = compile(block.text, "<page>", "exec", dont_inherit=True)
            exec(code, self.namespace)  # noqa: S102 - the docs are ours

    def doctest(self, block: Block) -> None:
        """Compare the output of the examples with the output shown."""
        test = doctest.DocTestParser().get_doctest(
            block.text, {}, "example", None, block.line
        )
        test.globs = self.namespace
        report: list[str] = []
        doctest.DocTestRunner(verbose=False).run(
            test, out=report.append, clear_globs=False
        )
        assert not report, "".join(report)

    def file(self, block: Block) -> None:
        """Write a file and load it."""
        name = block.file_name or f"block.{block.language}"
        Path(name).write_text(block.text, encoding="utf-8")
        expected = pytest.raises(ConfigFileError) if block.mark == "broken" else None
        with expected or contextlib.nullcontext():
            ConfigBase(None, name)

    def command(self, command: str) -> str:
        """Run a command and return what it prints."""
        words = shlex.split(command, comments=True)
        if words[0] == "export":
            name, _, value = words[1].partition("=")
            self.monkeypatch.setenv(name, value)
        elif words[0] == "unset":
            self.monkeypatch.delenv(words[1])
        elif words == ["echo", "$?"]:
            return f"{self.exit_code}\n"
        elif words[0] == "printf" and words[2] == ">":
            Path(words[3]).write_text(words[1].replace("\\n", "\n"), encoding="utf-8")
        elif words[0] == "python":
            done = run_python(*words[1:])
            self.exit_code = done.returncode
            return done.stdout
        elif words[0] == "pynenc-conf":
            result = CliRunner().invoke(cli, words[1:], prog_name="pynenc-conf")
            self.exit_code = result.exit_code
            return result.output
        else:
            pytest.fail(f"no example can run {words[0]!r}")
        return ""

    def start(self, command: str, shown: str) -> None:
        """Start a Python program that runs until the end of the page."""
        process = subprocess.Popen(
            [sys.executable, *shlex.split(command)[1:]],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self.second_terminal.append(process)
        assert process.stdout is not None
        assert process.stdout.read(len(shown.rstrip())) == shown.rstrip()

    def close(self) -> None:
        """Press Enter in the second terminal."""
        for process in self.second_terminal:
            process.communicate("\n")
            assert process.returncode == 0


def commands_of(text: str) -> Iterator[tuple[str, str]]:
    """Yield the commands of a console block, with the output shown for each."""
    text = text.replace("\\\n", "")
    for part in re.split(r"^\$ ", text, flags=re.MULTILINE)[1:]:
        command, _, shown = part.partition("\n")
        yield command, shown


def without_numbers(text: str) -> str:
    """Replace the numbers, and the name of the server, in the output of `ping`."""
    text = re.sub(r"\b(redis|valkey) (?=\d)", "server ", text)
    return re.sub(r"\d+(\.\d+)*", "0", text)


def run_python(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Run Python in a separate process that finds the modules of the page."""
    search = os.pathsep.join([str(Path.cwd()), str(ROOT)])
    return subprocess.run(
        [sys.executable, *arguments],
        env={**os.environ, "PYTHONPATH": search},
        capture_output=True,
        text=True,
        check=False,
    )


def run_pytest(path: Path) -> None:
    """Run a module of tests in a separate Python process."""
    done = run_python("-m", "pytest", "-q", "-p", "no:cacheprovider", str(path))
    assert done.returncode == 0, done.stdout


def unused_port() -> int:
    """Return an unused port, from a range that outgoing connections do not use."""
    while True:
        port = 20_000 + secrets.randbelow(10_000)
        with socket.socket() as sock, contextlib.suppress(OSError):
            sock.bind(("127.0.0.1", port))
            return port


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_examples_give_the_output_shown(
    page: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Code runs, files load, and every output shown is the actual output."""
    reader = Reader(monkeypatch)
    modules = set(sys.modules)
    try:
        text = page.read_text(encoding="utf-8")
        for block in blocks_of(text.replace(PORT, str(unused_port()))):
            reader.read(block)
    finally:
        reader.close()
        # Two pages may write modules with the same name.
        for name in {path.stem for path in Path().glob("*.py")} - modules:
            sys.modules.pop(name, None)


def test_readme_has_the_first_and_the_test_command() -> None:
    """The README begins with exactly two commands for a new machine."""
    page = (ROOT / "README.md").read_text(encoding="utf-8")
    found = [block for block in blocks_of(page) if block.language == "bash"]
    assert [(block.mark, block.text.strip()) for block in found] == [
        ("first-command", FIRST_COMMAND),
        ("test-command", TEST_COMMAND),
    ]


class ConfigTable(ConfigBase):
    """A class with one field for each column of the tables of sources in `types.md`."""

    as_bool: ConfigField[bool] = ConfigField(True)
    as_int: ConfigField[int] = ConfigField(0)
    as_float: ConfigField[float] = ConfigField(0.0)
    as_str: ConfigField[str] = ConfigField("")
    as_tuple: ConfigField[tuple[str, ...]] = ConfigField(())


def tables_of_sources() -> Iterator[tuple[str, str, str]]:
    """Yield (text, type, result) for each cell of the tables of sources."""
    page = (ROOT / "docs/reference/types.md").read_text(encoding="utf-8")
    section = page.partition("## By source\n\n")[2].partition("\n#")[0]
    types: list[str] = []
    for line in section.splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if cells[0] == "Written":
            types = [re.sub(r"\W.*", "", cell.strip("`")) for cell in cells[1:]]
        elif line.startswith("| "):
            for name, cell in zip(types, cells[1:], strict=True):
                yield cells[0], f"as_{name}", cell


@pytest.mark.parametrize(("written", "name", "cell"), list(tables_of_sources()))
def test_tables_of_sources(
    written: str, name: str, cell: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each cell of the tables of sources shows the actual result."""
    text = written.partition("`")[2].removesuffix("`")
    paths = []
    if written.startswith("variable"):
        monkeypatch.setenv(f"CONFIG__{name.upper()}", text)
        paths = [None]
    elif written.startswith("YAML"):
        paths = [Path("table.yaml")]
        paths[0].write_text(f"{name}: {text}\n", encoding="utf-8")
    else:
        paths = [Path("table.toml"), Path("table.json")]
        paths[0].write_text(f"{name} = {text}\n", encoding="utf-8")
        paths[1].write_text(f'{{"{name}": {text}}}\n', encoding="utf-8")
    for path in paths:
        if cell == "error":
            with pytest.raises(ConfigTypeError):
                ConfigTable(None, path)
        else:
            value = getattr(ConfigTable(None, path), name)
            expected = ast.literal_eval(cell.strip("`"))
            assert (value, type(value)) == (expected, type(expected))


def every_class() -> list[type[ConfigBase]]:
    """Return all classes of the catalogue except ConfigTask."""
    return [cls for cls in catalogue().values() if not issubclass(cls, ConfigTask)]


def test_example_files_have_the_same_settings() -> None:
    """`pynenc.toml` has the same settings as `pynenc.yaml`, for every class."""
    for cls in every_class():
        configs = [cls(None, EXAMPLES / f"pynenc.{kind}") for kind in ("yaml", "toml")]
        assert configs[0] == configs[1]


def test_example_of_tasks() -> None:
    """`tasks.yaml` sets the values that its comments describe."""
    expected = {"any.task": 2, "shop.charge_card": 0, "shop.send_mail": 5}
    path = EXAMPLES / "tasks.yaml"
    found = {task: ConfigTask(task, None, path).max_retries for task in expected}
    assert found == expected


@pytest.mark.skipif(shutil.which("sh") is None, reason="no shell on this machine")
def test_example_of_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    """A POSIX shell can export every variable of `env.sh`, and each sets a field."""
    shutil.copytree(EXAMPLES, Path("docs", "examples"))
    Path("password").write_text("pw\n", encoding="utf-8")
    done = subprocess.run(
        ["sh", "-euc", ". docs/examples/env.sh; env"],  # noqa: S607 - any shell
        capture_output=True,
        text=True,
        check=True,
    )
    pairs = [line.split("=", 1) for line in done.stdout.splitlines()]
    exported = {pair[0]: pair[1] for pair in pairs if pair[0].startswith("PYNENC__")}
    text = (EXAMPLES / "env.sh").read_text(encoding="utf-8")
    written = re.findall(r"^export (\w+)=", text, re.MULTILINE)
    assert exported.keys() == set(written)
    for name, value in exported.items():
        monkeypatch.setenv(name, "password" if name.endswith("_FILE") else value)
    config = ConfigOrchestratorRedis()
    infos = [config.field_info(name) for name in config.all_fields]
    infos.append(ConfigTask("shop.send_mail").field_info("max_retries"))
    variables = {
        candidate.origin.variable for info in infos for candidate in info.chain
    }
    assert variables >= set(written)
