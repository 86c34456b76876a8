"""The variables of this process, read as a whole."""

from __future__ import annotations

import os

from pynenc_conf._core.declare.variables import encode_name

TYPE_CHECKING = False
if TYPE_CHECKING:
    Environment = dict[object, object]

_ENVIRON_TYPE = type(os.environ)

# The last copy of what os.environ stores. One object, so that a thread cannot pair one
# copy with what another thread derived from a different copy.
_last: Environment = {}
# The same for a mapping that replaces os.environ: its copy, and what was read from it.
_last_replacement: tuple[dict[str, str], Environment] = ({}, {})


def read_environment() -> Environment:
    """Return a copy of the environment, the same object while nothing changes.

    Comparing all of it costs less than looking up the names of one class, and shows
    exactly whether anything derived from the copy is still valid. `os.environ` itself
    is slow: each name that is missing raises an exception.
    """
    global _last, _last_replacement  # noqa: PLW0603 - see there
    environ = os.environ
    raw = getattr(environ, "_data", None)
    if type(environ) is not _ENVIRON_TYPE or type(raw) is not dict:
        # Tests and the command line replace os.environ by another mapping. A copy of a
        # dict is one step; a loop over it fails if another thread sets a variable.
        copied, environment = dict(environ), _last_replacement
        if copied != environment[0]:
            encoded: Environment = {encode_name(k): text for k, text in copied.items()}
            encoded.pop(None, None)  # not a possible name
            _last_replacement = environment = (copied, encoded)
        return environment[1]
    last = _last
    if raw != last:
        last = _last = raw.copy()
    return last


def read_variable(environment: Environment, key: object) -> str:
    """Return the text of a variable that is set; "" is a text too."""
    return os.fsdecode(environment[key])  # type: ignore[arg-type] # text, as os.environ stores it
