"""A place that settings come from: a mapping of the caller's, or a file."""

from __future__ import annotations

import os

from pynenc_conf._core.resolve.precedence import SOURCES
from pynenc_conf._core.sources.documents import UnreadableFile
from pynenc_conf.origin import (
    CLASS_FILE,
    CONFIG_FILE,
    ENV_FILE,
    PYPROJECT,
    Origin,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from typing import Any

    from pynenc_conf._core.declare.plan import Plan, Scope
    from pynenc_conf._core.sources.documents import Document
    from pynenc_conf._core.sources.environment import EnvironmentView

    Table = Mapping[str, Any]
else:
    # Loaded when the interpreter starts; collections.abc would load collections.
    from _collections_abc import Mapping

PYPROJECT_FILE = "pyproject.toml"
_NOTHING = object()


class Source:
    """A mapping or file that settings come from, and how its origins are told.

    `kind` is one of SOURCES, `variable` what named the file. `scope` is set for the
    file of one class, whose section alone is looked at.
    """

    def __init__(
        self, kind: str, variable: str | None = None, scope: Scope | None = None
    ) -> None:
        self.kind = kind
        self.order = SOURCES.index(kind)
        self.variable = variable
        self.scope = scope
        self.document: Document | None = None
        self.prefix: tuple[str, ...] = ()

    def origin(self, *keys: str) -> Origin:
        """Return where the value at a path of keys stands."""
        return Origin(
            self.kind,
            keys=(*self.prefix, *keys),
            document=self.document,
            variable=self.variable,
        )

    def sections(self, plan: Plan) -> Iterable[tuple[str, Scope]]:
        """Return the sections that count in it, each with its scope."""
        scope = self.scope
        return plan.sections.items() if scope is None else ((scope.section, scope),)


def is_provided(argument: object) -> bool:
    """Whether an argument of the caller's is there at all."""
    try:
        return bool(argument)
    except Exception:  # noqa: BLE001 - its own method raises, and so may others
        return True


def decode_path(path: object) -> str:
    """Return the text of a path; raises Unreadable where it is none."""
    try:
        if isinstance(path, (str, os.PathLike)):
            return str.__str__(os.fsdecode(path))
    except Exception:  # noqa: BLE001, S110 - a __fspath__ of the application's
        pass
    message = f"a path is expected here, got {type(path).__name__}"
    raise UnreadableFile(message)


def files(
    plan: Plan, heard: EnvironmentView, config_filepath: str | os.PathLike[str] | None
) -> list[tuple[Source, object]]:
    """List `./pyproject.toml`, the file given, and those that variables name."""
    found: list[tuple[Source, object]] = []
    # access() costs half of stat() where there is no such file, the usual case.
    if os.access(PYPROJECT_FILE, os.F_OK) and os.path.isfile(PYPROJECT_FILE):
        found.append((Source(PYPROJECT), PYPROJECT_FILE))
    if config_filepath is not None and is_provided(config_filepath):
        found.append((Source(CONFIG_FILE), config_filepath))
    for variable, path in heard.files:
        if not path:
            continue  # an empty variable is as if it were not set
        scope = plan.class_files.get(variable)
        kind = ENV_FILE if scope is None else CLASS_FILE
        found.append((Source(kind, variable.name, scope), path))
    return found


def select_fields(plan: Plan, table: Table) -> dict[str, Any]:
    """Pick the fields of the class out of a table, going through the shorter one."""
    settings = plan.settings
    if len(table) < len(settings):
        # A copy is one step: another thread may change the caller's own mapping.
        return {name: raw for name, raw in dict(table).items() if name in settings}
    return {
        name: raw
        for name in settings
        if (raw := table.get(name, _NOTHING)) is not _NOTHING
    }


def select_sections(
    plan: Plan, source: Source, table: Table
) -> Iterator[tuple[str, Scope, Table]]:
    """Yield the sections in a table that count, each with its scope and table."""
    for section, scope in source.sections(plan):
        inner = table.get(section)
        if isinstance(inner, Mapping):
            yield section, scope, inner
