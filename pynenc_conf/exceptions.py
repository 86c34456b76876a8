"""The exceptions and the warnings of this library."""

from __future__ import annotations

from pynenc_conf.origin import escape_line

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from pynenc_conf.origin import Origin


_ENOENT = 2  # errno.ENOENT, the same number on every platform


class Problem:
    """One thing that is wrong with a configuration.

    - `message`: a description for the person who fixes the problem.
    - `field`: the name of the setting, or None for a problem of a whole file.
    - `origin`: the place of the value, or None.
    - `expected`: a description of the valid values.
    - `suggestion`: the known name or value closest to an invalid one, or None.

    No attribute contains the value of a secret.
    """

    __slots__ = ("expected", "field", "message", "origin", "suggestion")

    def __init__(
        self,
        message: str,
        *,
        field: str | None = None,
        origin: Origin | None = None,
        expected: str = "",
        suggestion: str | None = None,
    ) -> None:
        if origin is not None:
            origin.resolve_position()
        self.message: str = message
        self.field: str | None = field
        self.origin: Origin | None = origin
        self.expected: str = expected
        self.suggestion: str | None = suggestion

    def __repr__(self) -> str:
        return f"Problem({self.message!r}, field={self.field!r}, at={self.origin!s})"

    def __str__(self) -> str:
        text = f"{self.field}: {self.message}" if self.field else self.message
        if self.suggestion is not None:
            text += f"; did you mean {self.suggestion!r}?"
        text = escape_line(text)
        return text if self.origin is None else f"{text}\n  --> {self.origin}"

    def __reduce__(self) -> tuple[Any, ...]:
        state = {name: getattr(self, name) for name in self.__slots__}
        return _restore_problem, (state,)


def _restore_problem(state: dict[str, Any]) -> Problem:
    return Problem(state.pop("message"), **state)


class ConfigError(Exception):
    """Base of the errors that this library raises about a configuration.

    `problems` contains every `Problem` that was found. It is empty if `message`
    describes the error completely.
    """

    def __init__(self, message: str = "", problems: Sequence[Problem] = ()) -> None:
        super().__init__(message)
        self.message: str = message
        self.problems: tuple[Problem, ...] = tuple(problems)

    def __str__(self) -> str:
        lines = [self.message] if self.message else []
        for problem in self.problems:
            lines += [f"  {line}" for line in str(problem).splitlines()]
        return "\n".join(lines)

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self.message, self.problems), self.__dict__.copy()


class ConfigMultiInheritanceError(ConfigError):
    """Raised when two parents of a class define the same field."""


class ConfigTypeError(ConfigError, TypeError):
    """Raised when a value does not match the declared type or the limits of a field."""


class ConfigFileError(ConfigError, ValueError):
    """Raised when a configuration file cannot be read or is invalid."""


class ConfigFileNotFoundError(ConfigError, FileNotFoundError):
    """Raised when a configuration file that was named explicitly does not exist.

    `errno` and `filename` are those of a FileNotFoundError for the first such file.
    """

    def __init__(self, message: str = "", problems: Sequence[Problem] = ()) -> None:
        super().__init__(message, problems)
        self.errno: int | None = _ENOENT
        origins = (problem.origin for problem in self.problems)
        paths = (origin.path for origin in origins if origin is not None)
        self.filename: Any = next(filter(None, paths), None)


class UnknownFieldError(ConfigError, KeyError):
    """Raised when a class does not have the requested field."""


class RetryError(Exception):
    """Raised by a task to request a retry; the default of `ConfigTask.retry_for`."""


class UnknownSettingWarning(UserWarning):
    """Warns about a name that is set and that no class reads, probably misspelled.

    `problem` has the origin of the unknown name, and the known name that is closest as
    its suggestion, or None.
    """

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem)
        self.problem: Problem = problem


class UnresolvedAnnotationWarning(UserWarning):
    """Warns about an annotation that cannot be evaluated, and is ignored.

    A name in the annotation is misspelled, or exists only for type checkers. `problem`
    has the class and the field.
    """

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem)
        self.problem: Problem = problem
