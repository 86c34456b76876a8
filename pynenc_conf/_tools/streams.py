"""The streams of the commands, and the warnings of Python on them."""

from __future__ import annotations

import errno
import io
import os
import sys
import warnings
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from collections.abc import Iterator


# The disk or the quota is full, the file is too large, or the device fails.
_WRITE_ERRORS = {
    getattr(errno, name, errno.ENOSPC) for name in ("ENOSPC", "EDQUOT", "EFBIG", "EIO")
}


@contextmanager
def writable_output() -> Iterator[None]:
    """Exit with 2 and a message if a file with the output cannot be written."""
    try:
        yield
    except OSError as error:
        if error.errno not in _WRITE_ERRORS or error.filename is not None:
            raise
        # Python flushes both once more when it exits. A closed stream is None.
        nowhere = os.open(os.devnull, os.O_WRONLY)
        with suppress(OSError):
            click.echo(f"Error: cannot write the output: {error.strerror}", err=True)
        for stream in filter(None, (sys.stdout, sys.stderr)):
            try:
                stream.flush()
            except OSError:
                os.dup2(nowhere, stream.fileno())
        raise SystemExit(2) from None


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
