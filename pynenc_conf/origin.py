"""Where a value was found, as a value that travels with it."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from pynenc_conf._core.sources.documents import Document

DEFAULT = "default"
CONFIG_VALUES = "config_values"
PYPROJECT = "pyproject.toml"
CONFIG_FILE = "config_filepath"
ENV_FILE = "environment file"
CLASS_FILE = "class file"
ENVIRONMENT = "environment variable"
OVERRIDE = "override"
ASSIGNMENT = "assignment"

_LONGEST = 10_000  # more than any path that exists


class Origin:
    """Where one value was found.

    - `source`: the kind of place, one of the names above.
    - `key`: the dotted path of the value inside a mapping or file
      (`redis.redis_port`); None elsewhere.
    - `path`: the file it stands in; None elsewhere. `line` and `column` count from 1;
      `column` is None for TOML, whose parser reports none.
    - `variable`: the environment variable that held the value, or named the file.
    - `owner`: for defaults and overrides the name of the class.

    A position is looked for when it is first asked for, in the text that was parsed.
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

    def __init__(  # noqa: PLR0913 - by name, each one fact about a place
        self,
        source: str,
        *,
        keys: Sequence[str] = (),
        document: Document | None = None,
        path: str | None = None,
        variable: str | None = None,
        owner: str | None = None,
    ) -> None:
        self.source = source
        self.path = document.path if document is not None else path
        self.variable = variable
        self.owner = owner
        self._keys = tuple(keys)
        self._document = document
        self._position: tuple[int | None, int | None] | None = None

    @property
    def key(self) -> str | None:
        """The dotted path of the value inside its mapping or file."""
        return join_keys(self._keys) if self._keys else None

    @property
    def line(self) -> int | None:
        """The line of the value in its file, counted from 1."""
        return self._find_position()[0]

    @property
    def column(self) -> int | None:
        """The column of the value in its file, counted from 1."""
        return self._find_position()[1]

    def at(self, line: int | None, column: int | None) -> None:
        """Place this origin at a position that is already known."""
        self._position = (line, column)

    def resolve_position(self) -> None:
        """Look for the position now, and let go of the file: it may hold secrets."""
        self._find_position()
        self._document = None

    def _find_position(self) -> tuple[int | None, int | None]:
        position = self._position
        if position is None:
            found, document = None, self._document
            if document is not None:
                found = document.position(self._keys)
            # Kept, so that a document is searched once for each value.
            position = self._position = found or (None, None)
        return position

    def __str__(self) -> str:
        text = self._format()
        if len(text) > _LONGEST:
            text = f"{text[: _LONGEST - 3]}..."
        # A path or name with a line break must not look like a line of its own.
        return text if text.isprintable() else text.encode("unicode_escape").decode()

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
        # The position goes into a pickle, the document does not: it holds the whole
        # file, with settings (and secrets) that are not this value's.
        return _origin_from, self._identity()


def _origin_from(  # noqa: PLR0913, PLR0917 - the fields of the pickle, in its order
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
    """Join keys as `a.b.c`, with quotes around a key that has a dot of its own."""
    return ".".join(f'"{key}"' if "." in key or not key else key for key in keys)
