"""Lines as `docker run --env-file` and `kubectl create --from-env-file` read them.

The text after the first `=` is the value: quotes, comments and spaces are part of it. A
line without `=` inherits the variable from the environment of the client.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pynenc_conf._core.problems import UnreadableFile
from pynenc_conf._tools.dialects.assignment import SPACES, Assignment

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pynenc_conf._tools.dialects.assignment import Lookup

_MAX_LINE_BYTES = 65_535  # of the buffer in which Docker reads lines


def read(text: str, lookup: Lookup) -> Iterator[Assignment | UnreadableFile]:
    """Yield the variables and the errors of a file."""
    for number, each in enumerate(text.split("\n"), 1):
        line = each.removesuffix("\r").lstrip(SPACES)
        name, equals, text_after = line.partition("=")
        if len(each.encode()) > _MAX_LINE_BYTES:
            message = f"Docker rejects a line of more than {_MAX_LINE_BYTES} bytes"
            yield UnreadableFile(message, number, 1)
        elif not line or line.startswith("#"):
            continue
        elif not name:
            yield UnreadableFile("expected a name before '='", number, 1)
        elif " " in name or "\t" in name:
            message = "Docker rejects spaces and 'export' in a name; write NAME=value"
            yield UnreadableFile(message, number, 1)
        else:
            value = text_after if equals else lookup(name)
            if value is not None:
                yield Assignment(name, value, number)
