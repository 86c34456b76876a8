"""What the environment says to a class, compared anew for every instance."""

from __future__ import annotations

import os

from pynenc_conf._core.sources.documents import UnreadableFile, read_regular_file

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any

    from pynenc_conf._core.sources.collect import Layer

    Rank = tuple[int, int, int]
    Environment = dict[object, Any]

MAX_SECRET_BYTES = 64 * 1024

_ENVIRON_TYPE = type(os.environ)
_encode = getattr(os.environ, "encodekey", os.fsencode)


def encode_name(name: str) -> object:
    """Return a name as `os.environ` keeps it; None if no variable can have it."""
    try:
        return _encode(name)
    except UnicodeError:
        return None


class Variable:
    """One environment variable that sets one field of a class, or names its file.

    `key` is the name as `os.environ` keeps it inside. `holds_path` is true for
    `..._FILE` variables, which name a file with a secret.
    """

    __slots__ = ("field", "holds_path", "key", "name", "rank")

    def __init__(
        self,
        name: str,
        field: str = "",
        rank: Rank = (0, 0, 0),
        *,
        holds_path: bool = False,
    ) -> None:
        self.name = name
        self.key = encode_name(name)
        self.field = field
        self.rank = rank
        self.holds_path = holds_path


class EnvironmentView:
    """What one environment says to one class.

    `files` names files, `found` has values; `layers` is what became of those, None
    until they are converted and where each instance must have its own.
    """

    __slots__ = ("environment", "files", "found", "layers")

    def __init__(
        self,
        environment: Environment,
        files: Iterable[Variable],
        variables: Iterable[Variable],
    ) -> None:
        self.environment = environment
        self.files = find_set_variables(files, environment)
        self.found = find_set_variables(variables, environment)
        self.layers: tuple[Layer, ...] | None = None


# The last copy of what os.environ keeps inside. One object, so that threads cannot
# pair the copy of one with what another derived from it.
_last: Environment = {}


def read_environment() -> Environment:
    """Return a copy of the environment, the same object while nothing changes.

    Comparing all of it costs less than looking up the names of one class, and tells
    exactly whether what was derived from the copy still holds. `os.environ` itself
    is slow to ask: each of its misses raises an exception.
    """
    global _last  # noqa: PLW0603 - see there
    environ = os.environ
    raw = getattr(environ, "_data", None)
    if type(environ) is not _ENVIRON_TYPE or type(raw) is not dict:
        # Tests may put another mapping in place of os.environ. A copy of a dict is
        # one step; a loop over it fails if another thread sets a variable.
        return {encode_name(name): text for name, text in dict(environ).items()}
    last = _last
    if raw != last:
        last = _last = raw.copy()
    return last


def find_set_variables(
    variables: Iterable[Variable], environment: Environment
) -> list[tuple[Variable, str]]:
    """Return the variables that are set, with their texts; "" is a text too."""
    return [
        (variable, os.fsdecode(environment[variable.key]))
        for variable in variables
        if variable.key in environment
    ]


def read_secret(path: str) -> str:
    """Read a secret from a small regular file, less one newline at its end.

    Raises Unreadable, which never quotes what the file holds.
    """
    content = read_regular_file(path, MAX_SECRET_BYTES)
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = None
    if text is None:  # not in the handler: its error quotes the content
        message = "is not UTF-8 text"
        raise UnreadableFile(message)
    return text[:-2] if text.endswith("\r\n") else text.removesuffix("\n")
