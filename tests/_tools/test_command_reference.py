"""The reference pages of the commands: all commands, arguments and options."""

from __future__ import annotations

import importlib.util
import re
import sys
from pathlib import Path
from typing import Any

import click
import pytest

from pynenc_conf._tools.cli import COMMANDS, cli
from pynenc_conf._tools.parameters import Argument, Command
from tests._tools.running import run
from tests.test_pictures import load_screenshots

DOCS = Path(__file__).parents[2] / "docs"
REFERENCE = DOCS / "reference"
PAGE = (REFERENCE / "command-line.md").read_text("utf-8")


def load_reference() -> Any:
    """Import the extension of Sphinx that renders a command."""
    pytest.importorskip("sphinx")
    path = DOCS / "_ext" / "command_reference.py"
    spec = importlib.util.spec_from_file_location("command_reference", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def parameters_of(name: str) -> list[click.Parameter]:
    """Return the arguments of a command, and the options that its help shows."""
    context = click.Context(cli)
    command = cli.get_command(context, name)
    assert command is not None
    return [
        each
        for each in command.get_params(context)
        if not (isinstance(each, click.Option) and each.hidden)
    ]


def test_every_command_is_listed() -> None:
    """The page of the command line has a section for each command, in order."""
    part = PAGE.partition("\n## Commands\n")[2].partition("\n## ")[0]
    assert re.findall(r"^### (.*)$", part, re.MULTILINE) == list(COMMANDS)
    for name in COMMANDS:
        assert f"[`{name}`](command-line/{name}.md)" in part
        assert f"\ncommand-line/{name}\n" in PAGE


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_a_page(name: str) -> None:
    """The page of a command has the reference that click gives, and the exit codes."""
    page = (REFERENCE / "command-line" / f"{name}.md").read_text("utf-8")
    assert page.startswith(f"# {name}\n\n`pynenc-conf {name}` ")
    assert f"\n```{{command}} {name}\n```\n" in page


@pytest.mark.parametrize("name", COMMANDS)
def test_every_parameter_is_explained(name: str) -> None:
    """The help of a command explains every argument and option."""
    text = run(name, "--help").output
    for parameter in parameters_of(name):
        if isinstance(parameter, click.Option):
            assert parameter.help, parameter.name
            assert parameter.help.endswith("."), parameter.name
            assert f"  {parameter.opts[0]}" in text
        else:
            assert isinstance(parameter, Argument)
            assert f"  {parameter.title}  " in text


@pytest.mark.parametrize("name", COMMANDS)
def test_the_reference_has_every_parameter(name: str) -> None:
    """The reference of a command has what the help has: usage, text and parameters."""
    found = load_reference().read_command(name)
    assert found.usage.startswith(f"pynenc-conf {name} ")
    assert found.paragraphs[0] == COMMANDS[name]
    (examples,) = found.examples
    assert {line.split()[0] for line in examples.split("\n")} == {"pynenc-conf"}
    records = [record for _, part in found.parts for record in part]
    assert len(records) == len(parameters_of(name))
    for record, text in records:
        assert record
        assert text


def test_the_reference_as_nodes() -> None:
    """Each parameter is a term with an anchor, and a description with marked code."""
    reference = load_reference()
    shown = reference.definition_list(
        "check", [("--set KEY=VALUE", "Like `a` --file.")]
    )
    assert "--set KEY=VALUE" in shown.astext()
    (term,) = shown.findall(reference.nodes.term)
    assert term["ids"] == ["check-set"]
    codes = [each.astext() for each in shown.findall(reference.nodes.literal)]
    assert codes == ["--set KEY=VALUE", "a", "--file"]


def test_an_unknown_command() -> None:
    """A page that names an unknown command does not build."""
    with pytest.raises(TypeError, match="no command 'chekc'"):
        load_reference().read_command("chekc")


def test_parts_of_the_help() -> None:
    """The help lists arguments, options and sources apart; sources may be missing."""
    titles = {
        name: [part for part, _ in command.list_parameters(click.Context(command))]
        for name in COMMANDS
        if isinstance(command := cli.get_command(click.Context(cli), name), Command)
    }
    assert titles.keys() == COMMANDS.keys()
    assert titles["check"] == ["Arguments", "Options", "Sources"]
    assert titles["fleet"] == ["Options", "Sources"]


def test_pictures_have_the_lines_of_the_text() -> None:
    """The files of the pictures are those that the pages show, line by line."""
    pages = "".join(path.read_text("utf-8") for path in REFERENCE.rglob("*.md"))
    for text in load_screenshots().FILES.values():
        assert f"\n```yaml\n{text}```\n" in pages
