"""Configuration files that pynenc or pynenc_conf cannot read."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from pynenc_conf._core.masking import type_name
from pynenc_conf._core.problems import UnreadableFile
from pynenc_conf._core.sources.documents import load
from pynenc_conf._tools.compat import original
from pynenc_conf._tools.compat.differences import file_rows, first_row
from pynenc_conf._tools.compat.findings import Finding
from pynenc_conf._tools.config_files import is_pyproject
from pynenc_conf.constants import TOML_CONFIG_ID
from pynenc_conf.origin import CONFIG_FILE, Origin


def compare_file(path: str, variable: str | None) -> Finding | None:
    """Return which of the libraries cannot read a file, None if both can.

    `variable` is the variable that names the file, if any.
    """
    pynenc_error = _read_as_pynenc(path)
    origin = Origin(CONFIG_FILE, path=path, variable=variable)
    problem = ""
    try:
        _check_document(path)
    except UnreadableFile as error:
        origin.at(error.line, error.column)
        problem = error.message
    if pynenc_error or problem:
        return _describe_rejection(path, pynenc_error, problem, origin)
    return None


def _check_document(path: str) -> None:
    """Read a file as this library does. Raises UnreadableFile."""
    table: Any = load(path).root
    for key in ("tool", TOML_CONFIG_ID) if is_pyproject(path) else ():
        table = table.get(key, {}) if isinstance(table, dict) else None
    if not isinstance(table, dict):
        msg = "expected a table of settings in [tool.pynenc]"
        raise UnreadableFile(msg)


def _read_as_pynenc(path: str) -> str:
    """Return the class name of pynenc's exception, "" if pynenc reads the file."""
    try:
        original.read_file(path)
    except Exception as error:  # noqa: BLE001 - pynenc catches nothing either
        # pynenc turns the errors of its parsers into ValueErrors.
        is_plain = isinstance(error, ValueError) and not isinstance(error, UnicodeError)
        is_from_parser = type(error).__module__.startswith("yaml")
        return "ValueError" if is_plain or is_from_parser else type_name(type(error))
    return ""


def _describe_rejection(
    path: str, pynenc_error: str, problem: str, origin: Origin
) -> Finding:
    """Return which library rejects a file; "" means that the library reads it."""
    if pynenc_error and problem:
        message = f"neither pynenc nor pynenc_conf reads the file: {problem}"
        return Finding("", origin, message)
    is_readable = os.path.isfile(path) and os.access(path, os.R_OK)
    data = Path(path).read_bytes() if is_readable else b""
    row = first_row(file_rows(path, data, pynenc_error, problem))
    if problem:
        message = f"pynenc reads the file; pynenc_conf rejects it: {problem}"
    else:
        message = f"pynenc rejects the file ({pynenc_error}); pynenc_conf reads it"
    return Finding(row, origin, message)
