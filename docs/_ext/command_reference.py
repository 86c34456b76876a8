"""The directive `{command} NAME`: the reference of a command, read from click.

It shows what `pynenc-conf NAME --help` prints: usage, description, and each argument
and option. The lists are definition lists, which fit narrow screens.
"""

from __future__ import annotations

import inspect
import re
import sys
from typing import TYPE_CHECKING, Any, NamedTuple

import click
from docutils import nodes
from sphinx.util.docutils import SphinxDirective

from pynenc_conf._tools.cli import cli
from pynenc_conf._tools.parameters import Command

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sphinx.application import Sphinx

# In the help, code is in backticks or is clearly an option, a file or a variable.
CODE = re.compile(
    r"`([^`]+)`|(?<![\w-])(--[a-z-]+|\./[\w.]+|PYNENC_[A-Z_]+(?:=F)?|[A-Z]{3,}=\w+"
    r"|(?:MODULE:)?CLASS\b|FIELD\b|FILE\b)"
)


class Reference(NamedTuple):
    """What the help of a command says; each paragraph of examples is one text."""

    usage: str
    paragraphs: list[str]
    examples: list[str]
    parts: list[tuple[str, list[tuple[str, str]]]]


class CommandDirective(SphinxDirective):
    """Inserts the reference of one command."""

    required_arguments = 1

    def run(self) -> list[nodes.Node]:
        """Return usage, description, examples, and the lists of parameters."""
        name = self.arguments[0]
        found = read_command(name)
        for module in (f"commands.{name}", "options", "sources", "parameters"):
            path = sys.modules[f"pynenc_conf._tools.{module}"].__file__
            self.env.note_dependency(str(path))
        self.env.note_dependency(__file__)
        shown: list[nodes.Node] = [code_block(found.usage)]
        shown += [paragraph(text) for text in found.paragraphs]
        shown += [code_block(text) for text in found.examples]
        for title, records in found.parts:
            shown += [nodes.rubric(title, title), definition_list(name, records)]
        return shown


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the directive."""
    app.add_directive("command", CommandDirective)
    return {"parallel_read_safe": True}


def read_command(name: str) -> Reference:
    """Return the reference of a command of `pynenc-conf`."""
    group = click.Context(cli, info_name="pynenc-conf", **cli.context_settings)
    command = cli.get_command(group, name)
    if not isinstance(command, Command):
        msg = f"pynenc-conf has no command {name!r}"
        raise TypeError(msg)
    context = click.Context(command, info_name=name, parent=group)
    usage = command.get_usage(context).removeprefix("Usage: ")
    paragraphs, examples = [], []
    for text in inspect.cleandoc(command.help or "").split("\n\n"):
        if text.startswith("\b"):
            lines = text.split("\n")[2:]  # "\b" and "Examples:"
            examples.append("\n".join(line.strip() for line in lines))
        else:
            paragraphs.append(" ".join(text.split()))
    return Reference(
        usage, paragraphs, examples, list(command.list_parameters(context))
    )


def code_block(text: str) -> nodes.Node:
    """Return lines of a shell."""
    return nodes.literal_block(text, text, language="bash")


def definition_list(command: str, records: list[tuple[str, str]]) -> nodes.Node:
    """Return names, each with an anchor (`#check-env-file`), and their descriptions."""
    shown = nodes.definition_list()
    for name, text in records:
        word = re.search(r"--([\w-]+)", name)  # `-h, --help` has a short form too
        anchor = f"{command}-{(word[1] if word else name).lower()}"
        term = nodes.term("", "", nodes.literal(name, name), ids=[anchor])
        definition = nodes.definition("", paragraph(text))
        shown += nodes.definition_list_item("", term, definition)
    return shown


def paragraph(text: str) -> nodes.Node:
    """Return a paragraph of help, in which code is marked."""
    return nodes.paragraph("", "", *inline(text))


def inline(text: str) -> Iterator[nodes.Node]:
    """Yield the text and the code of a paragraph."""
    end = 0
    for match in CODE.finditer(text):
        code = match[1] or match[2]
        yield nodes.Text(text[end : match.start()])
        yield nodes.literal(code, code)
        end = match.end()
    yield nodes.Text(text[end:])
