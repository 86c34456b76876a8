"""Configuration files, read by pynenc and by pynenc_conf."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pynenc_conf._core.masking import type_name
from pynenc_conf._core.problems import UnreadableFile
from pynenc_conf._core.sources.documents import load
from pynenc_conf._tools.compat import original
from pynenc_conf._tools.compat.differences import file_rows, first_row
from pynenc_conf._tools.compat.findings import Finding
from pynenc_conf._tools.compat.values import ABSENT, compare_value
from pynenc_conf._tools.config_files import find_table, is_pyproject
from pynenc_conf.constants import TOML_CONFIG_ID
from pynenc_conf.origin import CONFIG_FILE, Origin

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from pynenc_conf._core.sources.documents import Document
    from pynenc_conf._tools.config_files import Keys, KnownSettings


def compare_file(
    path: str, variable: str | None, known: KnownSettings
) -> Iterator[Finding | None]:
    """Yield a finding, or None, for each value in a file.

    A file that cannot be read yields one finding. `variable` is the variable that
    names the file, if any.
    """
    pynenc_root, pynenc_error = _read_as_pynenc(path)
    try:
        document = load_document(path)
    except UnreadableFile as error:
        origin = Origin(CONFIG_FILE, path=path, variable=variable)
        origin.at(error.line, error.column)
        yield _describe_rejection(path, pynenc_error, error.message, origin)
        return
    if pynenc_error:
        origin = Origin(CONFIG_FILE, path=path, variable=variable)
        yield _describe_rejection(path, pynenc_error, "", origin)
        return
    prefix = _settings_path(path)
    root = find_table(document.root, prefix)
    for keys, settings, tables in known.tables(pynenc_root, root):
        for name, setting in settings.items():
            pynenc_raw, raw = (table.get(name, ABSENT) for table in tables)
            if pynenc_raw is not ABSENT or raw is not ABSENT:
                path_of_value = (*prefix, *keys, name)
                origin = Origin(
                    CONFIG_FILE,
                    keys=path_of_value,
                    document=document,
                    variable=variable,
                )
                yield compare_value(setting, pynenc_raw, raw, origin)


def load_document(path: str) -> Document:
    """Return a file as this library reads it. Raises UnreadableFile."""
    document = load(path)
    table: Any = document.root
    for key in _settings_path(path):
        table = table.get(key, {}) if isinstance(table, dict) else None
    if not isinstance(table, dict):
        msg = "expected a table of settings in [tool.pynenc]"
        raise UnreadableFile(msg)
    return document


def _read_as_pynenc(path: str) -> tuple[Mapping[str, Any], str]:
    """Return the settings that pynenc finds and "", or its exception's class name."""
    try:
        return original.read_file(path), ""
    except Exception as error:  # noqa: BLE001 - pynenc catches nothing either
        # pynenc turns the errors of its parsers into ValueErrors.
        is_plain = isinstance(error, ValueError) and not isinstance(error, UnicodeError)
        is_from_parser = type(error).__module__.startswith("yaml")
        name = "ValueError" if is_plain or is_from_parser else type_name(type(error))
        return {}, name


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


def _settings_path(path: str) -> Keys:
    return ("tool", TOML_CONFIG_ID) if is_pyproject(path) else ()
