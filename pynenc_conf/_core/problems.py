"""Problems of files and names, and the one error that reports all problems at once."""

from __future__ import annotations

from pynenc_conf.exceptions import (
    ConfigError,
    ConfigFileError,
    ConfigFileNotFoundError,
    ConfigTypeError,
    Problem,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from typing import Any

    from pynenc_conf.origin import Origin

shared_errors: list[type[Exception]] = []
"""Classes of another library whose handlers must catch the errors that they cause."""

READABLE_FILE = "a readable file"
"""What is expected where a file is wrong as a whole."""

_MAX_NAME = 60
_MIN_RATIO = 0.75


class UnreadableFile(Exception):  # noqa: N818 - a finding, never shown under this name
    """Raised when a file cannot be read or parsed.

    The message is one line, repeats neither path nor position, and never holds a
    value of the file, which may be a secret. Raise it outside of ``except`` blocks:
    the parsers' own errors quote the file and must not hang on in ``__context__``.
    """

    def __init__(
        self,
        message: str,
        line: int | None = None,
        column: int | None = None,
        *,
        missing: bool = False,
    ) -> None:
        """Keep the position (1-based) apart from the message."""
        super().__init__(message)
        self.message = message
        self.line = line
        self.column = column
        self.missing = missing


class _FileProblem(Problem):
    """A problem of a whole file; `missing` if it does not exist."""

    missing: bool = False


class MissingValue(Problem):
    """A required setting, or a required member, that no source sets.

    `ways` are the keys and variables that set it.
    """

    ways: tuple[str, ...] = ()


def describe_unreadable_file(
    error: UnreadableFile, origin: Origin, field: str | None = None
) -> Problem:
    """Describe a file that cannot be read."""
    if error.line is not None:
        origin.at(error.line, error.column)
    problem = _FileProblem(
        error.message, field=field, origin=origin, expected=READABLE_FILE
    )
    problem.missing = error.missing
    return problem


def find_closest_name(text: object, names: Iterable[str]) -> str | None:
    """Return the name that was probably meant, or None, regardless of case."""
    if not isinstance(text, str):
        return None
    by_folded = {name.casefold(): name for name in names}
    from difflib import SequenceMatcher, get_close_matches  # noqa: PLC0415 - only errors

    # Long text resembles no name, and comparing it takes quadratic time.
    folded = str.casefold(str.strip(text))[:_MAX_NAME]
    if not folded:
        return None
    for close in get_close_matches(folded, by_folded, 3):
        # A typing error keeps the first letter, or nearly all others: `n` is not `on`.
        ratio = SequenceMatcher(None, folded, close).ratio()
        if close[0] == folded[0] or ratio >= _MIN_RATIO:
            return by_folded[close]
    return None


def combine_problems(
    class_name: str, problems: Sequence[Problem], causes: Sequence[BaseException] = ()
) -> ConfigError:
    """Return one error for all problems, of the class that its callers catch.

    A file that cannot be read decides the class, for a file comes before its values.
    """
    files = [problem for problem in problems if isinstance(problem, _FileProblem)]
    invalid = len(problems) - len(files)
    counts = [_count(len(files), "unusable file"), _count(invalid, "invalid setting")]
    heading = f"{class_name}: {', '.join(filter(None, counts))}"
    kind: type[ConfigError] = ConfigTypeError
    if files:
        missing = all(problem.missing for problem in files)
        kind = ConfigFileNotFoundError if missing else ConfigFileError
    for shared in shared_errors:
        if any(isinstance(cause, shared) for cause in causes):
            kind = join_errors(kind, shared)
    error = kind(heading, problems)
    error.__cause__ = causes[0] if causes else None
    return error


def join_errors(kind: type[ConfigError], shared: type[Exception]) -> type[ConfigError]:
    """Return a class of errors that handlers of either class catch."""

    def reduce(error: ConfigError) -> tuple[Any, ...]:
        content = (kind, shared, error.message, error.problems)
        return _restore_joined, content, error.__dict__.copy()

    names = {"__module__": kind.__module__, "__doc__": kind.__doc__}
    return type(kind.__name__, (kind, shared), {**names, "__reduce__": reduce})


def _restore_joined(
    kind: type[ConfigError],
    shared: type[Exception],
    message: str,
    problems: Sequence[Problem],
) -> ConfigError:
    return join_errors(kind, shared)(message, problems)


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'s' if number > 1 else ''}" if number else ""
