"""The place where a value was found: file, line, column and key, or variable."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any, Protocol

    class _ParsedFile(Protocol):
        """A parsed file that can find the position of a value."""

        path: str

        def position(self, keys: tuple[str, ...], /) -> tuple[int, int | None] | None:
            """Return line and column of the value at a path of keys, or None."""


DEFAULT: str = "default"
"""The default of the field."""
CONFIG_VALUES: str = "config_values"
"""The mapping that the constructor received."""
PYPROJECT: str = "pyproject.toml"
"""The table `[tool.pynenc]` of `./pyproject.toml`."""
CONFIG_FILE: str = "config_filepath"
"""The file whose path the constructor received."""
ENV_FILE: str = "environment file"
"""The file that `PYNENC__FILEPATH` names, for every class."""
CLASS_FILE: str = "class file"
"""The file that `PYNENC__<CLASS>__FILEPATH` names, for one class."""
ENVIRONMENT: str = "environment variable"
"""A variable, or the file with a secret that the variable names."""
OVERRIDE: str = "override"
"""A temporary value of `override(...)`."""
ASSIGNMENT: str = "assignment"
"""An assignment to an attribute of the instance."""

_MAX_LENGTH = 10_000  # characters; longer than any path


class Origin:
    """The place where one value was found. An attribute that does not apply is None.

    - `source`: the kind of place, one of the constants of this module.
    - `key`: the dotted path of the value in its mapping or file (`redis.redis_port`).
    - `path`: the file that contains the value.
    - `line`, `column`: the position in the file, counted from 1. `column` is None in
      TOML files, because their parser reports no columns.
    - `variable`: the environment variable that held the value or named the file.
    - `owner`: the name of the class that has the default or the override.

    The position is computed when it is first read, from the text that was parsed.
    """

    __slots__ = (
        "_document",
        "_keys",
        "_position",
        "owner",
        "path",
        "source",
        "variable",
    )

    def __init__(  # noqa: PLR0913 - keyword arguments, independent of each other
        self,
        source: str,
        *,
        keys: Sequence[str] = (),
        document: _ParsedFile | None = None,
        path: str | None = None,
        variable: str | None = None,
        owner: str | None = None,
    ) -> None:
        self.source: str = source
        self.path: str | None = document.path if document is not None else path
        self.variable: str | None = variable
        self.owner: str | None = owner
        self._keys = tuple(keys)
        self._document = document
        self._position: tuple[int | None, int | None] | None = None

    @property
    def key(self) -> str | None:
        """The dotted path of the value in its mapping or file."""
        return join_keys(self._keys) if self._keys else None

    @property
    def line(self) -> int | None:
        """The line of the value in its file, counted from 1."""
        return self._find_position()[0]

    @property
    def column(self) -> int | None:
        """The column of the value in its file, counted from 1."""
        return self._find_position()[1]

    def inside(self, *keys: str) -> Origin:
        """Return the origin of a part of this value; a variable has no keys inside."""
        if not keys or not self._keys:
            return self
        part = Origin(
            self.source,
            keys=(*self._keys, *keys),
            document=self._document,
            path=self.path,
            variable=self.variable,
            owner=self.owner,
        )
        if self._document is None:
            part.at(*self._find_position())
        return part

    def holder(self) -> Origin:
        """Return the origin of the table that has this value, at the same position."""
        table = Origin(
            self.source, keys=self._keys[:-1], path=self.path, variable=self.variable
        )
        table.at(*self._find_position())
        return table

    def at(self, line: int | None, column: int | None) -> None:
        """Set the position of the value, for a caller that knows it already."""
        self._position = (line, column)

    def resolve_position(self) -> None:
        """Compute the position now and release the file, which can contain secrets."""
        self._find_position()
        self._document = None

    def _find_position(self) -> tuple[int | None, int | None]:
        position = self._position
        if position is None:
            found, document = None, self._document
            if document is not None:
                found = document.position(self._keys)
            # Stored, so that the file is searched only once for this value.
            position = self._position = found or (None, None)
        return position

    def __str__(self) -> str:
        text = self._format()
        if len(text) > _MAX_LENGTH:
            text = f"{text[: _MAX_LENGTH - 3]}..."
        return escape_line(text)

    def _format(self) -> str:
        if self.path is not None and self.source != ENVIRONMENT:
            place = ":".join(
                str(part)
                for part in (self.path, *self._find_position())
                if part is not None
            )
            text = f"{place}  {self.key}" if self.key else place
            return f"{text} (file named by {self.variable})" if self.variable else text
        if self.source == ENVIRONMENT:
            if self.line is not None:  # in a file of variables
                return f"{self.path}:{self.line}  {self.variable}"
            held = f" (the file {self.path})" if self.path is not None else ""
            return f"environment variable {self.variable}{held}"
        if self.source in (DEFAULT, OVERRIDE):
            return f"{self.source} of {self.owner}"
        return f"{self.source} {self.key}" if self.key else self.source

    def __repr__(self) -> str:
        return f"<Origin {self}>"

    def _identity(self) -> tuple[object, ...]:
        return (
            self.source,
            self._keys,
            self.path,
            self.variable,
            self.owner,
            self._find_position(),
        )

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Origin):
            return NotImplemented
        return self._identity() == other._identity()

    def __hash__(self) -> int:
        return hash(self._identity())

    def __reduce__(self) -> tuple[Any, ...]:
        # A pickle contains the position but not the document, which holds the whole
        # file, including the secrets of other settings.
        return _restore_origin, self._identity()


def _restore_origin(  # noqa: PLR0913, PLR0917 - the members of the pickle, in order
    source: str,
    keys: tuple[str, ...],
    path: str | None,
    variable: str | None,
    owner: str | None,
    position: tuple[int | None, int | None],
) -> Origin:
    origin = Origin(source, keys=keys, path=path, variable=variable, owner=owner)
    origin.at(*position)
    return origin


def join_keys(keys: Sequence[str]) -> str:
    """Return keys as `a.b.c`; a key that is empty or contains a dot is quoted."""
    return ".".join(f'"{key}"' if "." in key or not key else key for key in keys)


def escape_line(text: str) -> str:
    """Return text on one line: line breaks and control characters are escaped.

    Names, values and paths must neither start a new line of the output nor send
    commands to a terminal.
    """
    if text.isprintable():
        return text
    return "".join(
        char if char.isprintable() else char.encode("unicode_escape").decode()
        for char in text
    )
