"""Output of the commands: text with rich, or JSON.

Colour never carries meaning by itself, and all colours are readable on dark and on
light terminals. Output that does not go to a terminal is plain text, not wrapped.
"""

from __future__ import annotations

import functools
import io
import json
import os
import sys
import textwrap
import warnings
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, NoReturn

import click
from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text
from rich.theme import Theme

from pynenc_conf.exceptions import ConfigError, UnknownSettingWarning

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from rich.console import RenderableType

    from pynenc_conf.exceptions import Problem

# Yellow and cyan are hard to read on white, and blue on black.
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
_UNLIMITED_WIDTH = 100_000


def create_console(*, stderr: bool = False) -> Console:
    """Return the console to print on; NO_COLOR keeps the layout without escapes."""
    return Console(
        stderr=stderr,
        theme=_THEME,
        highlight=False,
        markup=False,
        emoji=False,
        color_system=None if os.environ.get("NO_COLOR") else "auto",
    )


def is_terminal() -> bool:
    """Whether stdout is a terminal."""
    return create_console().is_terminal


def show(*parts: RenderableType, stderr: bool = False) -> None:
    """Print parts below each other: fitted to a terminal, or else not wrapped."""
    console = create_console(stderr=stderr)
    if console.is_terminal:
        for part in parts:
            console.print(part)
        return
    console.width = _UNLIMITED_WIDTH
    with console.capture() as capture:
        for part in parts:
            console.print(part)
    lines = [line.rstrip() for line in capture.get().splitlines()]
    # click itself writes UTF-8 to a stream of ASCII.
    click.echo("\n".join(lines), file=sys.stderr if stderr else sys.stdout)


def text(value: object, style: str = "") -> Text:
    """Return text to print, with control characters escaped."""
    # The style is not the base style, which appended text would inherit.
    return Text().append(escape_control_characters(str(value)), style)


def labelled_text(label: str, sentence: str, style: str) -> Text:
    """Return a labelled sentence; on a terminal, further lines are indented."""
    whole = escape_control_characters(f"{label}: {sentence}")
    console = create_console()
    if console.is_terminal:
        whole = textwrap.fill(
            whole, console.width, subsequent_indent="    ", break_on_hyphens=False
        )
    line = Text(whole)
    line.stylize(style, 0, len(label))
    return line


def grid() -> Table:
    """Return a grid with a mark, a value and an origin in each row."""
    rows = Table.grid(padding=(0, 2, 0, 0))
    rows.add_column(no_wrap=True)
    rows.add_column(overflow="fold")
    rows.add_column(overflow="fold")
    return rows


def indent(part: RenderableType) -> Padding:
    """Return a part indented by two columns."""
    # Not padded to the width, which is large for output that is not wrapped.
    return Padding(part, (0, 0, 0, 2), expand=False)


def escape_control_characters(value: str) -> str:
    """Escape the characters that a terminal would interpret or not show."""
    if value.isprintable():
        return value
    return "".join(c if c.isprintable() or c == "\n" else ascii(c)[1:-1] for c in value)


def print_json(data: object) -> None:
    """Print data as JSON, in ASCII."""
    click.echo(json.dumps(data, indent=2))


def count(number: int, noun: str) -> str:
    """Return a number with its noun, such as "1 error" or "2 errors"."""
    return f"{number} {noun}{'' if number == 1 else 's'}"


def exit_with_error(
    error: ConfigError, *, as_json: bool, exit_code: int = 1
) -> NoReturn:
    """Print the problems of an invalid configuration, and exit."""
    if as_json:
        print_json(error_data(error))
    else:
        heading, *lines = str(error).split("\n")
        rest = [
            text(line, "faint" if line.startswith("    -->") else "") for line in lines
        ]
        show(text(heading, "error"), *rest, stderr=True)
    sys.exit(exit_code)


def exits_with_error(
    command: Callable[..., None], exit_code: int = 1
) -> Callable[..., None]:
    """Make a command print a ConfigError, and exit."""

    @functools.wraps(command)
    def run(*arguments: Any, as_json: bool, **options: Any) -> None:
        try:
            command(*arguments, as_json=as_json, **options)
        except ConfigError as error:
            exit_with_error(error, as_json=as_json, exit_code=exit_code)

    return run


def exits_with_usage_error(command: Callable[..., None]) -> Callable[..., None]:
    """Make a command print a ConfigError, and exit as for an invalid argument."""
    return exits_with_error(command, 2)


@contextmanager
def readable_output() -> Iterator[None]:
    """Escape what a stream cannot encode, and format warnings as other messages."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    with warnings.catch_warnings():
        warnings.showwarning = _show_warning
        yield


def _show_warning(  # noqa: PLR0913, PLR0917 - the parameters of warnings.showwarning
    message: Warning | str,
    category: type[Warning],
    filename: str,
    lineno: int,
    file: object = None,
    line: str | None = None,
) -> None:
    del file, line
    sentence, *lines = str(message).split("\n")
    if not category.__module__.startswith("pynenc_conf"):
        # The warnings of this library name the place in the configuration.
        sentence = f"{category.__name__}: {sentence}"
        lines.append(f"  --> {filename}:{lineno}")
    origin = [text(line, "faint") for line in lines]
    show(labelled_text("warning", sentence, "warning"), *origin, stderr=True)


@contextmanager
def print_warnings() -> Iterator[None]:
    """Print every warning about unknown settings while the block runs."""
    with warnings.catch_warnings():
        warnings.simplefilter("always", UnknownSettingWarning)
        yield


def error_data(error: ConfigError) -> dict[str, object]:
    """Return the problems of an invalid configuration as plain data."""
    problems = [_problem_data(problem) for problem in error.problems]
    return {"error": error.message, "problems": problems}


def _problem_data(problem: Problem) -> dict[str, object]:
    return {
        "field": problem.field,
        "message": problem.message,
        "origin": str(problem.origin),
        "expected": problem.expected,
        "suggestion": problem.suggestion,
    }
