"""The variables of this process, read as a whole."""

from __future__ import annotations

import os

from pynenc_conf._core.declare.variables import encode_name

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Protocol, TypeVar

    Environment = dict[object, object]

    class Named(Protocol):
        """A variable's name, as `os.environ` stores it."""

        key: object

    V = TypeVar("V", bound=Named)

_ENVIRON_TYPE = type(os.environ)

# The last copy of what os.environ stores. One object, so that a thread cannot pair one
# copy with what another thread derived from a different copy.
_last: Environment = {}


def read_environment() -> Environment:
    """Return a copy of the environment, the same object while nothing changes.

    Comparing all of it costs less than looking up the names of one class, and shows
    exactly whether anything derived from the copy is still valid. `os.environ` itself
    is slow: each name that is missing raises an exception.
    """
    global _last  # noqa: PLW0603 - see there
    environ = os.environ
    raw = getattr(environ, "_data", None)
    if type(environ) is not _ENVIRON_TYPE or type(raw) is not dict:
        # Tests may replace os.environ by another mapping. A copy of a dict is one
        # step; a loop over it fails if another thread sets a variable.
        return {encode_name(name): text for name, text in dict(environ).items()}
    last = _last
    if raw != last:
        last = _last = raw.copy()
    return last


def find_set_variables(
    variables: Iterable[V], environment: Environment
) -> list[tuple[V, str]]:
    """Return the variables that are set, with their texts; "" is a text too."""
    return [
        (variable, os.fsdecode(environment[variable.key]))  # type: ignore[arg-type] # text, as os.environ stores it
        for variable in variables
        if variable.key in environment
    ]
