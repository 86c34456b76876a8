"""What the environment says, looked up at every instance and never remembered."""

from __future__ import annotations

import os

from pynenc_conf.core.documents import Unreadable, read_regular_file

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    Rank = tuple[int, int, int]

MAX_SECRET_BYTES = 64 * 1024

_ENVIRON_TYPE = type(os.environ)


class Variable:
    """One environment variable that sets one field of a class.

    `key` is the name as `os.environ` keeps it inside: looking 60 names up in that
    dict costs a fiftieth of asking `os.environ` for them, each miss of which raises
    an exception. `holds_path` is true for `..._FILE` variables, which name a file
    with a secret.
    """

    __slots__ = ("field", "holds_path", "key", "name", "rank")

    def __init__(
        self, name: str, field: str, rank: Rank, *, holds_path: bool = False
    ) -> None:
        self.name = name
        self.key = _encoded(name)
        self.field = field
        self.rank = rank
        self.holds_path = holds_path


def present(variables: Iterable[Variable]) -> list[tuple[Variable, str]]:
    """Return the variables that are set, with their texts; "" is a text too."""
    environ = os.environ
    raw = getattr(environ, "_data", None)
    # Tests may put another mapping in place of os.environ: use it as a mapping.
    if type(environ) is not _ENVIRON_TYPE or type(raw) is not dict:
        found = [(variable, environ.get(variable.name)) for variable in variables]
        return [(variable, text) for variable, text in found if text is not None]
    hits = [(variable, raw.get(variable.key)) for variable in variables]
    return [
        (variable, environ.decodevalue(value))
        for variable, value in hits
        if value is not None
    ]


def _encoded(name: str) -> object:
    encode = getattr(os.environ, "encodekey", None)
    return encode(name) if encode is not None else name


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
        raise Unreadable(message)
    return text[:-2] if text.endswith("\r\n") else text.removesuffix("\n")
