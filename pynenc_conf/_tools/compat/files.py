"""Configuration files, read by pynenc and by pynenc_conf."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from pynenc_conf._core.sources.documents import UnreadableFile, load
from pynenc_conf._tools.compat import original
from pynenc_conf._tools.compat.differences import file_rows, first_row
from pynenc_conf._tools.compat.findings import Finding
from pynenc_conf._tools.compat.values import ABSENT
from pynenc_conf._tools.config_files import find_table, is_pyproject
from pynenc_conf.constants import TOML_CONFIG_ID
from pynenc_conf.origin import CONFIG_FILE, Origin

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from pynenc_conf._core.declare.plan import Setting
    from pynenc_conf._core.sources.documents import Document
    from pynenc_conf._tools.config_files import Keys, KnownSettings


class FilePair(NamedTuple):
    """One file as pynenc and as pynenc_conf read it.

    `pynenc_root` has the settings that pynenc finds, `pynenc_error` the class name
    of its exception or "". `document` is this library's, None if `error` is set.
    """

    path: str
    pynenc_root: Mapping[str, Any]
    pynenc_error: str
    document: Document | None
    error: UnreadableFile | None

    @classmethod
    def read(cls, path: str) -> FilePair:
        """Read a file in both ways."""
        pynenc_root: dict[str, Any] = {}
        pynenc_error = ""
        try:
            pynenc_root = original.read_file(path)
        except Exception as error:  # noqa: BLE001 - pynenc catches nothing either
            pynenc_error = _name_pynenc_error(error)
        try:
            document = load_document(path)
        except UnreadableFile as error:
            return cls(path, pynenc_root, pynenc_error, None, error)
        return cls(path, pynenc_root, pynenc_error, document, None)

    def values(self, known: KnownSettings) -> Iterator[tuple[Setting, Any, Any, Keys]]:
        """Yield setting, pynenc's raw value, our raw value, and keys in the file.

        A missing raw value is ABSENT.
        """
        if self.pynenc_error or self.document is None:
            return
        prefix = _settings_path(self.path)
        root = find_table(self.document.root, prefix)
        for keys, settings, tables in known.tables(self.pynenc_root, root):
            for name, setting in settings.items():
                pynenc_raw, raw = (table.get(name, ABSENT) for table in tables)
                if pynenc_raw is not ABSENT or raw is not ABSENT:
                    yield setting, pynenc_raw, raw, (*prefix, *keys, name)

    def describe_rejection(self, variable: str | None) -> Finding | None:
        """Return which library rejects the file, None if neither does."""
        if not self.pynenc_error and self.error is None:
            return None
        problem = self.error.message if self.error is not None else ""
        if self.pynenc_error and problem:
            row = ""
            message = f"neither pynenc nor pynenc_conf reads the file: {problem}"
        else:
            data = b""
            if os.path.isfile(self.path) and os.access(self.path, os.R_OK):
                data = Path(self.path).read_bytes()
            row = first_row(file_rows(self.path, data, self.pynenc_error, problem))
            message = f"pynenc reads the file; pynenc_conf rejects it: {problem}"
            if not problem:
                message = (
                    f"pynenc rejects the file ({self.pynenc_error}); "
                    f"pynenc_conf reads it"
                )
        origin = Origin(CONFIG_FILE, path=self.path, variable=variable)
        if self.error is not None and self.error.line is not None:
            origin.at(self.error.line, self.error.column)
        return Finding(row, origin, message)


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


def _name_pynenc_error(error: Exception) -> str:
    # pynenc turns the errors of its parsers into ValueErrors.
    plain = isinstance(error, ValueError) and not isinstance(error, UnicodeError)
    from_parser = type(error).__module__.startswith("yaml")
    return "ValueError" if plain or from_parser else type(error).__name__


def _settings_path(path: str) -> Keys:
    return ("tool", TOML_CONFIG_ID) if is_pyproject(path) else ()
