"""Every error this library raises."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from pynenc_conf.origin import Origin


_ENOENT = 2  # the module errno need not be loaded for what is so everywhere


class Problem:
    """One thing that is wrong, where it is, and what to do about it.

    `field` is the setting's name, None for a problem of a whole file. `origin` says
    where the value was found (a `pynenc_conf.origin.Origin`), `expected` what
    would have been right, `suggestion` what was probably meant, or None. `message`
    is the sentence a reader sees; a secret's value is in none of these.
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
        self.message = message
        self.field = field
        self.origin = origin
        self.expected = expected
        self.suggestion = suggestion

    def __repr__(self) -> str:
        return f"Problem({self.message!r}, field={self.field!r}, at={self.origin!s})"

    def __str__(self) -> str:
        text = f"{self.field}: {self.message}" if self.field else self.message
        if self.suggestion is not None:
            text += f"; did you mean {self.suggestion!r}?"
        return text if self.origin is None else f"{text}\n  --> {self.origin}"

    def __reduce__(self) -> tuple[Any, ...]:
        state = {name: getattr(self, name) for name in self.__slots__}
        return _problem_from, (state,)


def _problem_from(state: dict[str, Any]) -> Problem:
    return Problem(state.pop("message"), **state)


class ConfigError(Exception):
    """Root of every error this library raises.

    `problems` lists all that was wrong, each a `Problem`; it is empty where the
    message alone says everything.
    """

    def __init__(self, message: str = "", problems: Sequence[Problem] = ()) -> None:
        super().__init__(message)
        self.message = message
        self.problems = tuple(problems)

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
    """Raised when a value does not fit the declared type or the limits of a field."""


class ConfigFileError(ConfigError, ValueError):
    """Raised when a configuration file cannot be read or is broken."""


class ConfigFileNotFoundError(ConfigError, FileNotFoundError):
    """Raised when a configuration file that somebody named does not exist.

    `errno` and `filename` are those of the first such file, as FileNotFoundError's.
    """

    def __init__(self, message: str = "", problems: Sequence[Problem] = ()) -> None:
        super().__init__(message, problems)
        self.errno = _ENOENT
        origins = (problem.origin for problem in self.problems)
        paths = (origin.path for origin in origins if origin is not None)
        self.filename = next(filter(None, paths), None)


class UnknownFieldError(ConfigError, KeyError):
    """Raised when a class is asked for a field that it does not have."""


class RetryError(Exception):
    """Raised by a task to be run again; what `retry_for` holds by default."""


class UnknownSettingWarning(UserWarning):
    """Warns of a setting that no class reads, but that is nearly one that exists.

    `problem` says where it stands and what was probably meant.
    """

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem)
        self.problem = problem
