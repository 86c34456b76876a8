"""The streams of the commands, and the warnings of Python on them."""

from __future__ import annotations

import io
import sys
import warnings
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def readable_output() -> Iterator[None]:
    """Escape what a stream cannot encode, and format warnings as other messages."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    with warnings.catch_warnings():
        warnings.showwarning = _show_warning
        yield


def _show_warning(  # noqa: PLR0913, PLR0917 - the parameters of warnings.showwarning
    message: Warning | str,
    category: type[Warning],
    filename: str,
    lineno: int,
    file: object = None,
    line: str | None = None,
) -> None:
    # Imported only for a warning, because --help needs none of its modules.
    from pynenc_conf._tools.output import labelled_text, show, text  # noqa: PLC0415

    del file, line
    sentence, *lines = str(message).split("\n")
    if not category.__module__.startswith("pynenc_conf"):
        # The warnings of this library name the place in the configuration.
        sentence = f"{category.__name__}: {sentence}"
        lines.append(f"  --> {filename}:{lineno}")
    origin = [text(line, "faint") for line in lines]
    show(labelled_text("warning", sentence, "warning"), *origin, stderr=True)
