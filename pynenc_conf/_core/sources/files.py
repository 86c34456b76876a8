"""The source of files: `./pyproject.toml`, the file given, and those variables name."""

from __future__ import annotations

import os

# collections.abc would load collections.
from _collections_abc import Mapping

from pynenc_conf._core.masking import type_name
from pynenc_conf._core.problems import UnreadableFile, describe_unreadable_file
from pynenc_conf._core.sources.documents import MAX_CACHED_BYTES, is_current, load
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
    from pynenc_conf._core.sources.table import Data

    # A kind of file, the variable that names it, the scope it is for, and the path.
    File = tuple[str, str | None, Scope | None, object]
    Key = tuple[str, int, str | None]
    Converted = tuple[Document, Sequence[Layer] | None, list[UnknownName]]

PYPROJECT_FILE = "pyproject.toml"
_MAX_CONVERTED = 32
_MAX_ATTEMPTS = 5


class FileSource:
    """Reads the files of a class, and converts each once while it does not change."""

    names = (PYPROJECT, CONFIG_FILE, ENV_FILE, CLASS_FILE)

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        # By path, so that a document that was replaced is not kept. The layers are None
        # if each instance must have its own.
        self._converted: dict[Key, Converted] = {}
        self._named: tuple[Environment | None, list[File]] = (None, [])

    def layers(self, request: Request) -> Sequence[Layer]:
        """Return the layers of all files, as they were together at one moment.

        If one has changed when the last is read, all are read again: they may belong
        together.
        """
        files = self._find(request)
        if not files:
            return ()
        attempts = _MAX_ATTEMPTS
        problems, causes = len(request.problems), len(request.causes)
        unknown = len(request.unknown)
        while True:
            attempts -= 1
            layers: list[Layer] = []
            documents: list[Document] = []
            for file in files:
                layers += self._read(request, file, documents)
            if not attempts or all(map(is_current, documents[:-1])):
                return layers
            del request.problems[problems:], request.causes[causes:]
            if self._plan.is_strict:  # otherwise each name is reported only once
                del request.unknown[unknown:]
            files = self._find(request)

    def _find(self, request: Request) -> list[File]:
        """Return the files that there are, lowest precedence first."""
        files: list[File] = []
        # access() costs half of stat() if there is no such file, the usual case.
        if os.access(PYPROJECT_FILE, os.F_OK) and os.path.isfile(PYPROJECT_FILE):
            files.append((PYPROJECT, None, None, PYPROJECT_FILE))
        path = request.config_filepath
        if path is not None and is_provided(path):
            files.append((CONFIG_FILE, None, None, path))
        environment, named = self._named
        if environment is not request.environment:
            named = self._find_named(request.environment)
            self._named = (request.environment, named)
        return files + named

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
        text = None
        try:
            text = decode_path(path)
            document = load(text)
        except UnreadableFile as error:
            # Another process has removed ./pyproject.toml, which is optional.
            if not error.missing or kind != PYPROJECT:
                origin = Origin(kind, path=text, variable=variable)
                request.problems.append(describe_unreadable_file(error, origin))
            return ()
        documents.append(document)
        prefix: tuple[str, ...] = ()
        data: object = document.root
        if os.path.basename(document.path).lower() == PYPROJECT_FILE:
            prefix = ("tool", self._plan.leaf.TOML_CONFIG_ID)
            for key in prefix:
                data = data.get(key, {}) if isinstance(data, Mapping) else None
        table = Table(kind, variable, scope, document, prefix)
        if not isinstance(data, Mapping):
            not_table = UnreadableFile("expected a table of settings here")
            problem = describe_unreadable_file(not_table, table.origin())
            request.problems.append(problem)
            return ()
        layers = self._convert(request, table, document, data)
        if not self._plan.has_qualifiers:
            return layers
        sections = table.select_sections(self._plan, data)
        return [*layers, *table.qualified_layers(request, sections)]

    def _convert(
        self, request: Request, table: Table, document: Document, data: Data
    ) -> Sequence[Layer]:
        """Return the layers of a document, converted once for all instances."""
        key = (document.path, table.order, table.variable)
        known, layers, unknown = self._converted.get(key, (None, None, []))
        if known is document:
            if self._plan.is_strict:
                request.unknown += unknown
            if layers is not None:
                return layers
        sections = table.select_sections(self._plan, data)
        problems = len(request.problems)
        layers = table.layers(request, data, sections)
        if known is not document:
            unknown = table.find_unknown(self._plan, data, sections)
            request.unknown += unknown
            is_reusable = request.are_reusable(layers, problems)
            kept_documents = [each for each, *_ in list(self._converted.values())]
            size = sum(len(each.data) for each in [*kept_documents, document])
            if len(kept_documents) >= _MAX_CONVERTED or size > MAX_CACHED_BYTES:
                self._converted.clear()
            reusable = layers if is_reusable else None
            # Only strict classes report the names to each instance.
            kept = unknown if self._plan.is_strict else []
            self._converted[key] = (document, reusable, kept)
        return layers


def decode_path(path: object) -> str:
    """Return the text of a path; raises UnreadableFile if it is not a path."""
    try:
        if isinstance(path, (str, os.PathLike)):
            return str.__str__(os.fsdecode(path))
    except Exception:  # noqa: BLE001, S110 - a __fspath__ of the application's
        pass
    message = f"a path is expected here, got {type_name(type(path))}"
    raise UnreadableFile(message)
