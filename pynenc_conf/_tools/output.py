"""How the commands print: for people with rich, for programs as JSON.

Meaning is never in a colour alone, and the colours are ones that a dark and a light
terminal can both show. What is not a terminal gets plain lines of any length.
"""

from __future__ import annotations

import json
import sys
import textwrap
import warnings
from contextlib import contextmanager
from typing import TYPE_CHECKING, NoReturn

import click
from rich.console import Console
from rich.text import Text
from rich.theme import Theme

from pynenc_conf.exceptions import UnknownSettingWarning

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rich.console import RenderableType

    from pynenc_conf.exceptions import ConfigError, Problem

# Yellow and cyan cannot be read on white, nor blue on black.
_THEME = Theme(
    {
        "heading": "bold",
        "name": "bold",
        "winner": "bold green",
        "faint": "dim",
        "error": "bold red",
        "warning": "bold magenta",
        "note": "bold",
    }
)
_ENDLESS = 100_000


def console_for(*, stderr: bool = False) -> Console:
    """Return the console to print on; NO_COLOR leaves the layout, and no escapes."""
    console = Console(
        stderr=stderr, theme=_THEME, highlight=False, markup=False, emoji=False
    )
    if console.no_color:
        console = Console(
            stderr=stderr,
            theme=_THEME,
            highlight=False,
            markup=False,
            emoji=False,
            color_system=None,
        )
    return console


def is_terminal() -> bool:
    """Whether a person looks at what is printed."""
    return console_for().is_terminal


def show(*parts: RenderableType, stderr: bool = False) -> None:
    """Print parts below each other, fitted to a terminal, or plain and not wrapped."""
    console = console_for(stderr=stderr)
    if console.is_terminal:
        for part in parts:
            console.print(part)
        return
    console.width = _ENDLESS
    with console.capture() as capture:
        for part in parts:
            console.print(part)
    lines = [line.rstrip() for line in capture.get().splitlines()]
    click.echo("\n".join(lines), err=stderr)


def text(value: object, style: str = "") -> Text:
    """Return text to print; a file may hold escapes, which no terminal is to obey."""
    # Not the style of the whole, which what is appended would inherit.
    return Text().append(clean(str(value)), style)


def hanging(label: str, words: str, style: str) -> Text:
    """Return a labelled sentence; on a terminal its further lines are indented."""
    whole = clean(f"{label}: {words}")
    console = console_for()
    if console.is_terminal:
        whole = textwrap.fill(
            whole, console.width, subsequent_indent="    ", break_on_hyphens=False
        )
    line = Text(whole)
    line.stylize(style, 0, len(label))
    return line


def clean(words: str) -> str:
    """Spell out the characters that a terminal would act on or not show."""
    if words.isprintable():
        return words
    kept = (c if c.isprintable() or c == "\n" else ascii(c)[1:-1] for c in words)
    return "".join(kept)


def print_json(data: object) -> None:
    """Print data as JSON, in ASCII, for programs."""
    click.echo(json.dumps(data, indent=2))


def counted(number: int, noun: str) -> str:
    """Return a number of things in words, as in "1 error" and "2 errors"."""
    return f"{number} {noun}{'' if number == 1 else 's'}"


def fail(error: ConfigError, *, as_json: bool) -> NoReturn:
    """Print what is wrong with the configuration, and exit with 1."""
    if as_json:
        problems = [problem_dict(problem) for problem in error.problems]
        print_json({"error": error.message, "problems": problems})
    else:
        heading, *lines = str(error).split("\n")
        told = [
            text(line, "faint" if line.startswith("    -->") else "") for line in lines
        ]
        show(text(heading, "error"), *told, stderr=True)
    sys.exit(1)


@contextmanager
def warnings_shown() -> Iterator[None]:
    """Print the library's warnings as sentences, without a line of our own code."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always", UnknownSettingWarning)
        yield
    for item in caught:
        first, *lines = str(item.message).split("\n")
        more = [text(line, "faint") for line in lines]
        show(hanging("warning", first, "warning"), *more, stderr=True)


def problem_dict(problem: Problem) -> dict[str, object]:
    """Return a problem as plain data."""
    return {
        "field": problem.field,
        "message": problem.message,
        "origin": str(problem.origin),
        "expected": problem.expected,
        "suggestion": problem.suggestion,
    }
