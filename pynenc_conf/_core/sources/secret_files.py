"""Secrets in files of their own, named by `..._FILE` variables."""

from __future__ import annotations

from pynenc_conf._core.problems import UnreadableFile
from pynenc_conf._core.sources.documents import read_regular_file

MAX_SECRET_BYTES = 64 * 1024


def read_secret(path: str) -> str:
    """Return the secret in a small regular file, without one newline at its end.

    Raises UnreadableFile, which never quotes the content of the file.
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
