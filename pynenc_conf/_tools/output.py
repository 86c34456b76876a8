"""Output of the commands: text with rich, or JSON.

Colour never carries meaning by itself, and all colours are readable on dark and on
light terminals. Output that does not go to a terminal is plain text, not wrapped.
"""

from __future__ import annotations

import functools
import json
import os
import sys
import textwrap
import warnings
from collections import Counter
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, NoReturn, TypeVar

import click

from pynenc_conf.exceptions import ConfigError, UnknownSettingWarning
from pynenc_conf.origin import escape_line

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from rich.console import Console, RenderableType
    from rich.padding import Padding
    from rich.text import Text

    from pynenc_conf.exceptions import Problem

Item = TypeVar("Item")

# Yellow and cyan are hard to read on white, and blue on black.
_STYLES = {
    "heading": "bold",
    "name": "bold",
    "winner": "bold green",
    "faint": "dim",
    "error": "bold red",
    "warning": "bold magenta",
    "note": "bold",
}
_UNLIMITED_WIDTH = 100_000
MAX_PRINTED = 1_000
"""Findings, notes or problems of one kind that are printed; --json has all."""
# Commands replace os.environ while they read the variables of a deployment.
_ENVIRON = os.environ


def create_console(*, stderr: bool = False) -> Console:
    """Return the console to print on; NO_COLOR keeps the layout without escapes."""
    from rich.console import Console  # noqa: PLC0415 - slow to import
    from rich.theme import Theme  # noqa: PLC0415

    console = Console(
        stderr=stderr,
        theme=Theme(_STYLES),
        highlight=False,
        markup=False,
        emoji=False,
        color_system=None if _ENVIRON.get("NO_COLOR") else "auto",
        _environ=_ENVIRON,
    )
    if not console.is_terminal:
        console.width = _UNLIMITED_WIDTH
    return console


def is_terminal(*, stderr: bool = False) -> bool:
    """Whether stdout or stderr is a terminal, or is to be treated as one."""
    stream = sys.stderr if stderr else sys.stdout
    forced = _ENVIRON.get("FORCE_COLOR") or _ENVIRON.get("TTY_COMPATIBLE")
    # A closed stream is None.
    if stream is None or (not forced and not stream.isatty()):
        return False
    return create_console(stderr=stderr).is_terminal


def show(*parts: RenderableType, stderr: bool = False) -> None:
    """Print parts below each other: fitted to a terminal, or else not wrapped."""
    console = create_console(stderr=stderr)
    if console.is_terminal:
        for part in parts:
            console.print(part)
        return
    with console.capture() as capture:
        for part in parts:
            console.print(part)
    lines = [line.rstrip() for line in capture.get().splitlines()]
    # click itself writes UTF-8 to a stream of ASCII.
    click.echo("\n".join(lines), file=sys.stderr if stderr else sys.stdout)


def show_text(plain: str) -> None:
    """Print lines without styles, with control characters escaped."""
    lines = map(escape_line, plain.split("\n"))
    # click itself writes UTF-8 to a stream of ASCII.
    click.echo("\n".join(map(str.rstrip, lines)), file=sys.stdout)


def text(value: object, style: str = "") -> Text:
    """Return one line to print, with line breaks and control characters escaped."""
    from rich.text import Text  # noqa: PLC0415 - slow to import

    # The style is not the base style, which appended text would inherit.
    return Text().append(escape_line(str(value)), style)


def labelled_text(label: str, sentence: str, style: str) -> Text:
    """Return a labelled sentence; on a terminal, further lines are indented."""
    from rich.text import Text  # noqa: PLC0415 - slow to import

    whole = escape_line(f"{label}: {sentence}")
    console = create_console()
    if console.is_terminal:
        whole = textwrap.fill(
            whole, console.width, subsequent_indent="    ", break_on_hyphens=False
        )
    line = Text(whole)
    line.stylize(style, 0, len(label))
    return line


def indent(part: RenderableType, columns: int = 2) -> Padding:
    """Return a part indented by some columns, also where it is wrapped."""
    from rich.padding import Padding  # noqa: PLC0415 - slow to import

    # Not padded to the width, which is large for output that is not wrapped.
    return Padding(part, (0, 0, 0, columns), expand=False)


def print_json(data: object) -> None:
    """Print data as JSON, in ASCII. Raises UsageError."""
    try:
        written = json.dumps(data, indent=2)
    except RecursionError:
        msg = "the data has too many levels for JSON"
        raise click.UsageError(msg) from None
    click.echo(written)


def count(number: int, noun: str) -> str:
    """Return a number with its noun, such as "1 error" or "2 errors"."""
    return f"{number} {noun}{'' if number == 1 else 's'}"


def limit_output(
    items: Iterable[Item],
    kind_of: Callable[[Item], str],
    command: str = "--json",
) -> tuple[list[Item], list[Text]]:
    """Return the items to print, and a line for the others of each kind.

    `command` shows all items.
    """
    items = list(items)
    counts: Counter[str] = Counter()
    printed = []
    for item in items:
        kind = kind_of(item)
        counts[kind] += 1
        if counts[kind] <= MAX_PRINTED:
            printed.append(item)
    rest = {kind: number - MAX_PRINTED for kind, number in counts.items()}
    return printed, [
        text(f"{number:,} more {kind}{'' if number == 1 else 's'}; {command} shows all")
        for kind, number in rest.items()
        if number > 0
    ]


def exit_with_error(
    error: ConfigError, *, as_json: bool, exit_code: int = 1
) -> NoReturn:
    """Print the problems of an invalid configuration, and exit."""
    if as_json:
        print_json(error_data(error))
    else:
        print_error(error)
    sys.exit(exit_code)


def print_error(error: ConfigError) -> None:
    """Print the problems of an invalid configuration to stderr."""
    problems, more = limit_output(error.problems, lambda _: "problem")
    if more:
        error = ConfigError(error.message, problems)
    heading, *lines = str(error).split("\n")
    parts = map(_indented_line, lines)
    show(text(heading, "error"), *parts, *map(indent, more), stderr=True)


def _indented_line(line: str) -> Padding:
    content = line.lstrip(" ")
    style = "faint" if content.startswith("-->") else ""
    return indent(text(content, style), len(line) - len(content))


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
def print_warnings() -> Iterator[None]:
    """Print every warning about unknown settings while the block runs.

    Commands report the names in `config_values` themselves.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("always", UnknownSettingWarning)
        of_values = r"(?s).*\n  --> config_values "
        warnings.filterwarnings("ignore", of_values, UnknownSettingWarning)
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
