"""The sources of one instance as a list of layers, lowest precedence first.

Here is the edge: files and the environment are read once, and every value given for
a field is converted. What is wrong is collected, and raised all at once.
"""

from __future__ import annotations

import os

from pynenc_conf._core.declare.plan import is_shareable
from pynenc_conf._core.problems import (
    as_invalid_value,
    causes_of,
    describe_invalid_value,
    describe_unreadable_file,
    raise_problems,
)
from pynenc_conf._core.resolve.precedence import (
    EXTRA_VARIABLE,
    FROM_ENVIRONMENT,
    GENERAL_KEY,
    QUALIFIED_SECTION,
    SECTION,
    override_rank,
)
from pynenc_conf._core.sources.documents import UnreadableFile, is_current, load
from pynenc_conf._core.sources.environment import (
    Variable,
    encode_name,
    read_environment,
    read_secret,
)
from pynenc_conf._core.sources.files import (
    PYPROJECT_FILE,
    Source,
    decode_path,
    files,
    is_provided,
    select_fields,
    select_sections,
)
from pynenc_conf._core.sources.overrides import active_overrides
from pynenc_conf.exceptions import Problem
from pynenc_conf.origin import (
    CONFIG_VALUES,
    ENVIRONMENT,
    OVERRIDE,
    PYPROJECT,
    Origin,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from typing import Any

    from pynenc_conf._core.base import ConfigBase
    from pynenc_conf._core.declare.plan import Plan, Scope
    from pynenc_conf._core.resolve.precedence import Rank
    from pynenc_conf._core.sources.documents import Document
    from pynenc_conf._core.sources.environment import EnvironmentView

    Table = Mapping[str, Any]
    FilePath = str | os.PathLike[str]
else:
    # Loaded when the interpreter starts; collections.abc would load collections.
    from _collections_abc import Mapping

_CONVERTED_AT_MOST = 32
_FILES_ATTEMPTS = 5


class Layer:
    """What one place says: converted values by field name, all of one rank.

    `origin(name)` tells where the value of a field was found.
    """

    __slots__ = ("_origins", "rank", "values")

    def __init__(
        self,
        rank: Rank,
        values: dict[str, Any],
        origins: Callable[[str], Origin] | dict[str, Origin],
    ) -> None:
        self.rank = rank
        self.values = values
        self._origins = origins

    def origin(self, name: str) -> Origin:
        """Return where the value of a field was found."""
        origins = self._origins
        return origins[name] if isinstance(origins, dict) else origins(name)

    def __deepcopy__(self, memo: object) -> Layer:
        # A layer never changes once it is made.
        return self

    def __reduce__(self) -> tuple[Any, ...]:
        origins = {name: self.origin(name) for name in self.values}
        return Layer, (self.rank, self.values, origins)


class _Gathering:
    """Collects the layers and the problems of one instance."""

    def __init__(self, plan: Plan, config: ConfigBase) -> None:
        self.plan = plan
        self.config = config
        self.layers: list[Layer] = []
        self.problems: list[Problem] = []
        self.causes: list[BaseException] = []

    def add(self, rank: Rank, raw: Table, origin: Callable[[str], Origin]) -> None:
        """Convert the raw values of one place and add them as a layer."""
        settings = self.plan.settings
        values = {}
        for name, item in raw.items():
            setting = settings[name]
            try:
                values[name] = setting.convert(item)
            except Exception as error:  # noqa: BLE001 - also what an application's types raise
                refused = as_invalid_value(setting, item, error)
                self.problems.append(
                    describe_invalid_value(setting, refused, origin(name))
                )
                self.causes += causes_of(setting, refused)
        if values:
            self.layers.append(Layer(rank, values, origin))

    def add_table(self, source: Source, table: Table) -> None:
        """Add a source's general keys and its sections."""
        plan = self.plan
        general = select_fields(plan, table)
        for name in plan.sections.keys() & general.keys():
            # A table of a section's name is the section, unless the field wants one.
            wanted = plan.settings[name].takes_mapping
            if isinstance(general[name], Mapping) and not wanted:
                del general[name]
        if general:
            # General keys count as the first ancestor's.
            index = source.scope.index if source.scope is not None else 0
            self.add((index, source.order, GENERAL_KEY), general, source.origin)
        # A file was searched when it was new.
        searched = source.document is not None
        quiet = searched or plan.quiet.issuperset(table)
        for section, scope, inner in select_sections(plan, source, table):
            found = select_fields(plan, inner)
            if found:
                rank = (scope.index, source.order, SECTION)
                self.add(rank, found, _under(source, section))
            quiet = searched or (quiet and plan.quiet.issuperset(inner))
        if not quiet:
            from pynenc_conf._core.report import suggestions  # noqa: PLC0415 - only oddities

            suggestions.look(plan, source, table)

    def add_qualified(
        self, source: Source, sections: Iterable[tuple[str, Scope, Table]]
    ) -> None:
        """Add the sections within sections that this very instance listens to."""
        for section, scope, inner in sections:
            names = self.config.get_extra_qualifiers(scope.cls) or ()
            for depth, name in enumerate(names, QUALIFIED_SECTION):
                try:
                    innermost = inner.get(name)
                    if not isinstance(innermost, Mapping):
                        continue
                    found = select_fields(self.plan, innermost)
                except Exception as error:  # noqa: BLE001 - as in _add_values
                    self.add_broken(error, source.origin(section, name))
                    continue
                rank = (scope.index, source.order, depth)
                self.add(rank, found, _under(source, section, name))

    def add_broken(self, error: Exception, origin: Origin) -> None:
        """Add the problem of a mapping whose own methods raise."""
        kind = type(error).__name__
        message = f"expected a mapping of settings, got one that raises {kind}"
        self.problems.append(Problem(message, origin=origin, expected="mapping"))
        self.causes.append(error)

    def add_file(self, source: Source, path: object) -> None:
        """Add a file, or the problem why it cannot be read."""
        plan = self.plan
        # What is no path at all may be settings, secrets among them.
        named = None
        try:
            named = decode_path(path)
            document = load(named)
        except UnreadableFile as error:
            if error.missing and source.kind == PYPROJECT:
                return  # nobody asked for it; another process has removed it
            origin = Origin(source.kind, path=named, variable=source.variable)
            self.problems.append(describe_unreadable_file(error, origin))
            return
        source.document = document
        table: object = document.root
        if os.path.basename(document.path).lower() == PYPROJECT_FILE:
            source.prefix = ("tool", plan.leaf.TOML_CONFIG_ID)
            for key in source.prefix:
                table = table.get(key, {}) if isinstance(table, Mapping) else None
        if not isinstance(table, Mapping):
            problem = UnreadableFile("expected a table of settings here")
            self.problems.append(describe_unreadable_file(problem, source.origin()))
            return
        self._add_document(source, document, table)
        if plan.has_qualifiers:
            self.add_qualified(source, select_sections(plan, source, table))

    def _add_document(self, source: Source, document: Document, table: Table) -> None:
        """Add what a file says to a class, converted once for all its instances."""
        converted = self.plan.converted
        # By path, so that a document that was replaced is not kept.
        key = (document.path, source.order, source.variable)
        known, layers = converted.get(key, (None, ()))
        if known is document:
            self.layers.extend(layers)
            return
        if self.plan.searched.get(key) is not document:
            from pynenc_conf._core.report import suggestions  # noqa: PLC0415 - once a document

            if len(self.plan.searched) >= _CONVERTED_AT_MOST:
                self.plan.searched.clear()
            self.plan.searched[key] = document
            suggestions.look(self.plan, source, table)
        reusable = self.reusable(lambda: self.add_table(source, table))
        if reusable is not None:
            if len(converted) >= _CONVERTED_AT_MOST:
                converted.clear()
            converted[key] = (document, reusable)

    def reusable(self, add: Callable[[], None]) -> tuple[Layer, ...] | None:
        """Call what adds layers; return those if other instances may have them too."""
        problems, start = len(self.problems), len(self.layers)
        add()
        layers = tuple(self.layers[start:])
        settings = self.plan.settings
        # What instances must not share is converted anew for each, and a mapper may
        # look at more than the value.
        good = len(self.problems) == problems and all(
            is_shareable(value) and settings[name].field.mapper is None
            for layer in layers
            for name, value in layer.values.items()
        )
        return layers if good else None


def gather(
    plan: Plan,
    config: ConfigBase,
    config_values: Table | None,
    config_filepath: FilePath | None,
) -> tuple[Layer, ...]:
    """Return all that the sources say about the fields of `config`, lowest first.

    Raises ConfigTypeError, ConfigFileError or ConfigFileNotFoundError, with all the
    problems of all sources.
    """
    gathering = _Gathering(plan, config)
    if config_values is not None and is_provided(config_values):
        _add_values(gathering, config_values)
    heard = plan.heard_in(read_environment())
    if plan.looked is not heard.environment:
        from pynenc_conf._core.report import suggestions  # noqa: PLC0415 - once a change

        plan.looked = heard.environment
        suggestions.look_at_variables(plan, heard.environment)
    _add_files(gathering, heard, config_filepath)
    _add_variables(gathering, heard)
    for depth, (cls, values) in enumerate(active_overrides()):
        if cls in plan.leaf.__mro__:
            origin = Origin(OVERRIDE, owner=cls.__name__)
            rank = override_rank(len(plan.scopes), depth)
            gathering.add(rank, values, dict.fromkeys(values, origin).__getitem__)
    if gathering.problems:
        raise_problems(plan.leaf.__name__, gathering.problems, gathering.causes)
    layers = gathering.layers
    if len(layers) > 1:
        layers.sort(key=_rank_of)
    return tuple(layers)


def _add_values(gathering: _Gathering, config_values: Any) -> None:
    message = f"expected a mapping of settings, got {type(config_values).__name__}"
    source = Source(CONFIG_VALUES)
    sections: list[tuple[str, Scope, Table]] = []
    try:
        good = isinstance(config_values, Mapping)
        if good:
            gathering.add_table(source, config_values)
            if gathering.plan.has_qualifiers:
                sections += select_sections(gathering.plan, source, config_values)
        elif isinstance(config_values, (str, os.PathLike)):
            message += "; a file's path is given as config_filepath"
    except Warning:
        raise
    except Exception as error:  # noqa: BLE001 - a mapping whose own methods raise
        gathering.add_broken(error, source.origin())
        return
    if not good:
        problem = Problem(message, origin=source.origin(), expected="mapping")
        gathering.problems.append(problem)
    gathering.add_qualified(source, sections)


def _add_files(
    gathering: _Gathering, heard: EnvironmentView, config_filepath: FilePath | None
) -> None:
    """Add the files as they were together at one moment.

    If one has changed when the last is read, all are read again, for they may belong
    together.
    """
    plan = gathering.plan
    found = files(plan, heard, config_filepath)
    if len(found) < 2:  # noqa: PLR2004 - nothing belongs to it
        for source, path in found:
            gathering.add_file(source, path)
        return
    attempts = _FILES_ATTEMPTS
    while True:
        attempts -= 1
        together = _Gathering(plan, gathering.config)
        for source, path in found:
            together.add_file(source, path)
        documents = [source.document for source, _ in found if source.document]
        if not attempts or all(map(is_current, documents[:-1])):
            break
        found = files(plan, heard, config_filepath)
    gathering.layers += together.layers
    gathering.problems += together.problems
    gathering.causes += together.causes


def _add_variables(gathering: _Gathering, heard: EnvironmentView) -> None:
    """Add what the environment says, converted once while it does not change."""
    if heard.layers is None:
        layers = gathering.reusable(lambda: _add_found(gathering, heard.found))
        # A file with a secret may change although its variable does not.
        if not any(variable.holds_path for variable, _ in heard.found):
            heard.layers = layers
    else:
        gathering.layers.extend(heard.layers)
    if gathering.plan.has_extra_variables:
        _add_found(gathering, _extra_variables(gathering, heard))


def _add_found(gathering: _Gathering, found: Iterable[tuple[Variable, str]]) -> None:
    """Add variables' values, and the secrets in files that they name."""
    places: dict[Rank, tuple[dict[str, str], dict[str, Origin]]] = {}
    for variable, text in found:
        origin = Origin(ENVIRONMENT, variable=variable.name)
        content = text
        if variable.holds_path:
            if not text:
                continue  # an empty variable is as if it were not set
            origin.path = text
            try:
                content = read_secret(text)
            except UnreadableFile as error:
                if not os.path.lexists(text):
                    # It may be the secret itself, set in the wrong variable.
                    origin.path = None
                    error.message = "the file that this variable names does not exist"
                problem = describe_unreadable_file(error, origin, field=variable.field)
                gathering.problems.append(problem)
                continue
        raw, origins = places.setdefault(variable.rank, ({}, {}))
        raw[variable.field] = content
        origins[variable.field] = origin
    for rank, (raw, origins) in places.items():
        gathering.add(rank, raw, origins.__getitem__)


def _extra_variables(
    gathering: _Gathering, heard: EnvironmentView
) -> Iterator[tuple[Variable, str]]:
    """Yield the variables that are set among those of this very instance."""
    for scope, fields in gathering.plan.scope_fields:
        for field in fields:
            names = gathering.config.get_extra_env_keys(field, scope.cls) or ()
            for depth, name in enumerate(names, EXTRA_VARIABLE):
                text = heard.environment.get(encode_name(name))
                if text is not None:
                    rank = (scope.index, FROM_ENVIRONMENT, depth)
                    yield Variable(name, field, rank), os.fsdecode(text)


def _under(source: Source, *sections: str) -> Callable[[str], Origin]:
    return lambda name: source.origin(*sections, name)


def _rank_of(layer: Layer) -> Rank:
    return layer.rank
