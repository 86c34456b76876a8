"""From what went wrong to the error that a reader sees."""

from __future__ import annotations

from pynenc_conf._core.masking import format_value
from pynenc_conf._core.types.converter import InvalidValue
from pynenc_conf.exceptions import (
    ConfigError,
    ConfigFileError,
    ConfigFileNotFoundError,
    ConfigTypeError,
    Problem,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from typing import NoReturn

    from pynenc_conf._core.declare.plan import Setting
    from pynenc_conf._core.sources.documents import UnreadableFile
    from pynenc_conf.origin import Origin
else:
    # Loaded when the interpreter starts; collections.abc would load collections.
    from _collections_abc import Mapping

_LONGEST_VALUE = 60
_LONGEST_CAUSE = 300
_NEARLY_ALL = 0.75


class _FileProblem(Problem):
    """A problem of a whole file; `missing` if it does not exist."""

    missing: bool = False


def describe_invalid_value(
    setting: Setting, refused: InvalidValue, origin: Origin
) -> Problem:
    """Describe a value that does not fit its field, without showing a secret."""
    got = f"a value of type {type(refused.raw).__name__}"
    suggestion = None
    if setting.secret:
        got += " (a secret, not shown)"
    else:
        try:
            got, suggestion = (
                describe_value(refused.raw),
                find_closest_name(refused.raw, refused.choices),
            )
        except Exception:  # noqa: BLE001 - the value's own methods raise
            suggestion = None
    part = f" in {refused.at}" if refused.at and not setting.secret else ""
    message = f"expected {refused.expected}, got {got}{part}"
    if refused.cause is not None and not setting.secret:
        said = _said(refused.cause)
        complete = isinstance(refused.cause, ConfigError)
        message = said if complete else f"{message} ({said})"
    return Problem(
        message,
        field=setting.name,
        origin=origin,
        expected=refused.expected,
        suggestion=suggestion,
    )


def as_invalid_value(setting: Setting, raw: object, error: Exception) -> InvalidValue:
    """Return a refusal as it is, and one that says what else was raised."""
    if isinstance(error, InvalidValue):
        return error
    return InvalidValue(setting.expected, raw, cause=error)


def describe_value(raw: object) -> str:
    """Return what a value is in words, where it is that of no secret setting."""
    nested = describe_nesting(raw)
    return nested or format_value(raw, secret=False, longest=_LONGEST_VALUE)


def describe_nesting(raw: object) -> str:
    """Name a value that may have a secret of another setting, one indent too deep."""
    if isinstance(raw, Mapping):
        return "a mapping"
    containers = (Mapping, list, tuple, set, frozenset)
    if isinstance(raw, containers) and any(isinstance(i, containers) for i in raw):
        return "a list of containers"
    return ""


def _said(cause: BaseException) -> str:
    """Return what a mapper's exception says, cut, and whatever its own __str__ does."""
    kind = type(cause).__name__
    try:
        text = str.__str__(str(cause))
    except Exception:  # noqa: BLE001 - it is the application's
        return kind
    # A mapper that speaks this library's language has said it all.
    text = text if isinstance(cause, ConfigError) else f"{kind}: {text}"
    return text if len(text) <= _LONGEST_CAUSE else f"{text[: _LONGEST_CAUSE - 3]}..."


def causes_of(setting: Setting, refused: InvalidValue) -> list[BaseException]:
    """Return a mapper's exception, unless it may quote a secret."""
    cause = refused.cause
    return [] if cause is None or setting.secret else [cause]


def describe_unreadable_file(
    error: UnreadableFile, origin: Origin, field: str | None = None
) -> Problem:
    """Describe a file that cannot be read."""
    if error.line is not None:
        origin.at(error.line, error.column)
    problem = _FileProblem(
        error.message, field=field, origin=origin, expected="a readable file"
    )
    problem.missing = error.missing
    return problem


def find_closest_name(text: object, names: Iterable[str]) -> str | None:
    """Return the name that was probably meant, or None; case does not count."""
    if not isinstance(text, str):
        return None
    by_folded = {name.casefold(): name for name in names}
    from difflib import SequenceMatcher, get_close_matches  # noqa: PLC0415 - only errors

    # Long text has no near name, and comparing it costs its square.
    folded = str.casefold(str.strip(text))[:_LONGEST_VALUE]
    if not folded:
        return None
    for close in get_close_matches(folded, by_folded, 3):
        # A slip keeps the first letter, or nearly all of the others: `n` is not `on`.
        ratio = SequenceMatcher(None, folded, close).ratio()
        if close[0] == folded[0] or ratio >= _NEARLY_ALL:
            return by_folded[close]
    return None


def raise_problems(
    class_name: str, problems: Sequence[Problem], causes: Sequence[BaseException] = ()
) -> NoReturn:
    """Raise one error for all problems, as the class that its callers catch.

    A file that cannot be read decides the class, for it comes before its values.
    """
    files = [problem for problem in problems if isinstance(problem, _FileProblem)]
    counts = [
        _count(len(files), "unusable file"),
        _count(len(problems) - len(files), "invalid setting"),
    ]
    heading = f"{class_name}: {', '.join(filter(None, counts))}"
    cause = causes[0] if causes else None
    if not files:
        raise ConfigTypeError(heading, problems) from cause
    if all(problem.missing for problem in files):
        raise ConfigFileNotFoundError(heading, problems) from cause
    raise ConfigFileError(heading, problems) from cause


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'s' if number > 1 else ''}" if number else ""
