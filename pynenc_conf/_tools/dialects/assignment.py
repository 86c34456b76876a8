"""One variable that a file sets, and what is unreadable in a file."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from pynenc_conf._core.problems import UnreadableFile

# Returns the value of a variable in the environment of the program that reads the file.
Lookup = Callable[[str], str | None]

# The characters that the programs written in Go remove around names and values.
SPACES = (
    "\t\n\v\f\r \x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008"
    "\u2009\u200a\u2028\u2029\u202f\u205f\u3000"
)


_MAX_EXPANDED = 8 * 1024 * 1024  # characters, as many as the bytes of a file


class Budget:
    """Limits what variables add to one file: each line may double the one before."""

    def __init__(self) -> None:
        self._left = _MAX_EXPANDED

    def spend(self, value: str | None) -> str | None:
        """Return the value of a variable. Raises UnreadableFile."""
        self._left -= len(value or "")
        if self._left < 0:
            message = f"variables expand to more than {_MAX_EXPANDED} characters"
            raise UnreadableFile(message)
        return value


DIALECT_NAMES = ("docker", "shell", "compose")
"""The programs whose reading of lines is known."""


_MAX_MESSAGE = 200  # characters


def missing_variable(name: str, reason: str) -> UnreadableFile:
    """Return the error of `${NAME:?reason}`, whose reason is written in the file."""
    reason = reason.strip()
    if len(reason) > _MAX_MESSAGE:
        reason = f"{reason[: _MAX_MESSAGE - 3]}..."
    message = f"requires the variable {name}, which is not set"
    return UnreadableFile(f"{message}: {reason}" if reason else message)


class UnreadableEntry(UnreadableFile):
    """An unreadable part of a file, whose path is known."""

    def __init__(
        self, message: str, line: int | None, column: int | None, path: str
    ) -> None:
        super().__init__(message, line, column)
        self.path = path


class Unresolved(NamedTuple):
    """A reference to an object that is not in the files of a deployment.

    `name` is the variable that it sets, "" if it sets several; `message` names the
    unknown object. `is_wrong` means that the object is in the files and lacks the key.
    """

    name: str
    message: str
    line: int | None
    column: int | None
    path: str
    is_wrong: bool = False


class Replacement(NamedTuple):
    """An object of a manifest that replaces an object with the same name.

    `message` names the object and the place of the first one.
    """

    message: str
    line: int | None
    column: int | None
    path: str


class Assignment(NamedTuple):
    """A variable with its value and its position.

    `path` is the file that a reference leads to, None for the file that is read.
    `is_secret` means that the file declares the value as a secret.
    """

    name: str
    value: str
    line: int | None
    column: int | None = 1
    path: str | None = None
    is_secret: bool = False
