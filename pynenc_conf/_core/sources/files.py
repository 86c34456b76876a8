"""The source of files: `./pyproject.toml`, the file given, and those variables name."""

from __future__ import annotations

import os

# collections.abc would load collections.
from _collections_abc import Mapping

from pynenc_conf._core.masking import type_name
from pynenc_conf._core.problems import UnreadableFile, describe_unreadable_file
from pynenc_conf._core.sources.documents import (
    MAX_CACHED_BYTES,
    PYPROJECT_FILE,
    is_current,
    load,
)
from pynenc_conf._core.sources.mapping import is_provided
from pynenc_conf._core.sources.process_environment import read_variable
from pynenc_conf._core.sources.table import Table
from pynenc_conf.origin import CLASS_FILE, CONFIG_FILE, ENV_FILE, PYPROJECT, Origin

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from pynenc_conf._core.declare.plan import Plan
    from pynenc_conf._core.declare.scopes import Scope
    from pynenc_conf._core.resolve.layer import Layer
    from pynenc_conf._core.sources.documents import Document
    from pynenc_conf._core.sources.process_environment import Environment
    from pynenc_conf._core.sources.request import Request, UnknownName
    from pynenc_conf._core.sources.table import Data, Sections

    # A kind of file, the variable that names it, the scope it is for, and the path.
    File = tuple[str, str | None, Scope | None, object]
    Key = tuple[str, str, str | None, Scope | None]
    # What a class reads in a document: the table with its keys and sections, their
    # layers (None if each instance must have its own), and the names that each instance
    # reports.
    Converted = tuple[Table, Data, Sections, Sequence[Layer] | None, list[UnknownName]]

__all__ = ["PYPROJECT_FILE", "FileSource", "decode_path"]

_OPTIONAL_FILE = (PYPROJECT, None, None, PYPROJECT_FILE)
_MAX_CONVERTED = 32
_MAX_ATTEMPTS = 5


class FileSource:
    """Reads the files of a class, and converts each once while it does not change."""

    names = (PYPROJECT, CONFIG_FILE, ENV_FILE, CLASS_FILE)

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        # By path, so that a document that was replaced is not kept.
        self._converted: dict[Key, Converted] = {}
        self._named: tuple[Environment | None, list[File]] = (None, [])
        # What an instance has read and found current together.
        self._together: list[Document] = []

    def layers(self, request: Request) -> Sequence[Layer]:
        """Return the layers of all files, as they were together at one moment.

        If one has changed when the others are read, all are read again: they may belong
        together. Contents that were together before need no check. Signatures do not
        show it: a link, or the working directory, may lead to an earlier file again.
        """
        files = self._find(request)
        if not files:
            return ()
        if len(files) == 1:
            return self._read(request, files[0], [])
        attempts = _MAX_ATTEMPTS
        problems, causes = len(request.problems), len(request.causes)
        unknown = len(request.unknown)
        while True:
            attempts -= 1
            layers: list[Layer] = []
            documents: list[Document] = []
            for file in files:
                layers += self._read(request, file, documents)
            if not attempts or documents == self._together:
                return layers
            if all(map(is_current, documents[:-1])):
                self._together = documents
                return layers
            del request.problems[problems:], request.causes[causes:]
            if self._plan.is_strict:  # otherwise each name is reported only once
                del request.unknown[unknown:]
            files = self._find(request)

    def _find(self, request: Request) -> list[File]:
        """Return the files that there are, lowest precedence first."""
        files: list[File] = []
        # access() costs half of stat() if there is no such file, the usual case.
        if os.access(PYPROJECT_FILE, os.F_OK):
            files.append(_OPTIONAL_FILE)
        path = request.config_filepath
        if path is not None and is_provided(path):
            files.append((CONFIG_FILE, None, None, path))
        environment, named = self._named
        if environment is not request.environment:
            named = self._find_named(request.environment)
            self._named = (request.environment, named)
        return files + named if named else files

    def _find_named(self, environment: Environment) -> list[File]:
        """Return the files that variables name."""
        files: list[File] = []
        for variable in self._plan.file_variables:
            is_set = variable.key in environment
            path = read_variable(environment, variable.key) if is_set else ""
            if path:  # an empty variable counts as unset
                kind = ENV_FILE if variable.scope is None else CLASS_FILE
                files.append((kind, variable.name, variable.scope, path))
        return files

    def _read(
        self, request: Request, file: File, documents: list[Document]
    ) -> Sequence[Layer]:
        """Return the layers of one file; a problem if it cannot be read."""
        kind, variable, scope, path = file
        # An object that is not a path may hold settings, secrets among them.
        text = path if type(path) is str else None
        try:
            text = text or decode_path(path)
            document = load(text)
        except UnreadableFile as error:
            # ./pyproject.toml is optional: it may be removed now, or be no file.
            is_absent = error.missing or not os.path.isfile(PYPROJECT_FILE)
            if kind != PYPROJECT or not is_absent:
                origin = Origin(kind, path=text, variable=variable)
                request.problems.append(describe_unreadable_file(error, origin))
            return ()
        documents.append(document)
        known = self._converted.get((document.path, kind, variable, scope))
        if known is None or known[0].document is not document:
            return self._convert(request, file, document)
        table, data, sections, layers, unknown = known
        if unknown:
            request.unknown += unknown
        if layers is None:
            layers = table.layers(request, data, sections)
        if not self._plan.has_qualifiers:
            return layers
        return [*layers, *table.qualified_layers(request, sections)]

    def _convert(
        self, request: Request, file: File, document: Document
    ) -> Sequence[Layer]:
        """Return the layers of a document, and keep what all instances share."""
        kind, variable, scope, _ = file
        prefix: tuple[str, ...] = ()
        data: object = document.root
        if document.is_pyproject:
            prefix = ("tool", self._plan.leaf.TOML_CONFIG_ID)
            for key in prefix:
                data = data.get(key, {}) if isinstance(data, Mapping) else None
        table = Table(kind, variable, scope, document, prefix)
        if not isinstance(data, Mapping):
            not_table = UnreadableFile("expected a table of settings here")
            problem = describe_unreadable_file(not_table, table.origin())
            request.problems.append(problem)
            return ()
        sections = table.select_sections(self._plan, data)
        problems = len(request.problems)
        layers = table.layers(request, data, sections)
        unknown = table.find_unknown(self._plan, data, sections)
        request.unknown += unknown
        shared = layers if request.are_reusable(layers, problems) else None
        # Only strict classes report the names to each instance.
        kept = unknown if self._plan.is_strict else []
        self._keep(
            (document.path, kind, variable, scope),
            document,
            (table, data, sections, shared, kept),
        )
        if self._plan.has_qualifiers:
            return [*layers, *table.qualified_layers(request, sections)]
        return layers

    def _keep(self, key: Key, document: Document, converted: Converted) -> None:
        """Keep what was converted, and forget the rest if it would be too much."""
        before = self._converted.get(key)
        replaced = None if before is None else before[0].document
        # Mostly an earlier content of the same file, which was not larger.
        if replaced is None or len(replaced.data) < len(document.data):
            self._make_room(document)
        self._converted[key] = converted

    def _make_room(self, document: Document) -> None:
        tables = [table for table, *_ in list(self._converted.values())]
        documents = [table.document for table in tables if table.document is not None]
        size = sum(len(each.data) for each in [*documents, document])
        if len(documents) >= _MAX_CONVERTED or size > MAX_CACHED_BYTES:
            self._converted.clear()


def decode_path(path: object) -> str:
    """Return the text of a path; raises UnreadableFile if it is not a path."""
    try:
        if isinstance(path, (str, os.PathLike)):
            return str.__str__(os.fsdecode(path))
    except Exception:  # noqa: BLE001, S110 - a __fspath__ of the application's
        pass
    message = f"a path is expected here, got {type_name(type(path))}"
    raise UnreadableFile(message)
