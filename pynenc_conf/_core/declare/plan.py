"""What every instance of a class needs, worked out once per class.

The order in which a class listens to its ancestors is `semantics.md`'s, which the
docs' page on precedence explains: the ancestors depth first, parents before
children, left to right, then the class itself. Each is a *scope*; what is addressed
to a later scope outranks what is addressed to an earlier one, whatever the source.
"""

from __future__ import annotations

from pynenc_conf._core.declare.annotations import declared_type
from pynenc_conf._core.declare.field import ConfigField
from pynenc_conf._core.declare.metaclass import (
    config_bases,
    is_root,
    own_fields,
    root_of,
    section_name,
)
from pynenc_conf._core.resolve.precedence import (
    CLASS_VARIABLE,
    CLASS_VARIABLE_FILE,
    FROM_ENVIRONMENT,
    GENERAL_VARIABLE,
    GENERAL_VARIABLE_FILE,
)
from pynenc_conf._core.sources.environment import EnvironmentView, Variable
from pynenc_conf.exceptions import ConfigMultiInheritanceError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from pynenc_conf._core.base import ConfigBase
    from pynenc_conf._core.masking import Secrecy
    from pynenc_conf._core.resolve.precedence import Rank
    from pynenc_conf._core.sources.collect import Layer
    from pynenc_conf._core.sources.documents import Document
    from pynenc_conf._core.sources.environment import Environment


class Setting:
    """One field as one class has it: the most derived definition, type resolved.

    `owner` is the class whose definition that is; `convert` reads a raw value or
    raises Refused; `expected` is the type in words; `takes_mapping` says that a
    table is a value for it and no section. `secret` is inherited: what an ancestor
    hides, a redefinition does not show.
    """

    __slots__ = (
        "convert",
        "declared",
        "expected",
        "field",
        "name",
        "owner",
        "secret",
        "takes_mapping",
    )

    def __init__(
        self, name: str, definitions: list[tuple[type, ConfigField[Any]]]
    ) -> None:
        self.name = name
        self.owner, self.field = definitions[0]
        levels = [field.secret for _, field in definitions]
        self.secret: Secrecy = "url" if "url" in levels else False
        if True in levels:
            self.secret = True
        with_types = (pair for pair in definitions if not pair[1].keeps_type)
        typed_by, typed = next(with_types, definitions[-1])
        self.declared = declared_type(typed_by, name, typed)
        self.convert, self.expected = self.field.converter(self.declared)
        self.takes_mapping = _takes_mapping(self.declared)


class Scope:
    """A class that the planned class listens to, at its place in the order.

    `section` is its section's name. `file_variable` names the variable for a file of
    this class alone; None where an earlier scope has the same, for it counts there.
    """

    __slots__ = ("cls", "file_variable", "index", "section")

    def __init__(
        self,
        index: int,
        cls: type[ConfigBase],
        section: str,
        file_variable: str | None,
    ) -> None:
        self.index = index
        self.cls = cls
        self.section = section
        self.file_variable = file_variable


class Plan:
    """The field table, scopes, names and defaults of one class.

    - `settings`: name to Setting, in declaration order, ancestors first.
    - `scopes`: all scopes; `sections`: section name to its scope, the first that has
      the name.
    - `variables`: the environment variables of the fields.
    - `file_variables`: the variable that names a file for every class, then those for
      the file of one class, which `class_files` maps to their scopes.
    - `scope_fields`: each scope with the names of the fields its class has.
    - `defaults`: shared by all instances; `mutable` names those to copy.
    - `has_qualifiers`, `has_extra_variables`: whether the class uses the hooks.
    - `converted`: layers of documents already read with this class's types.
    - `heard`: what the environment said last.
    - `quiet`: names in `config_values` that are no near misses; `searched` has the
      documents, and `looked` is the environment, that were searched for some.
    """

    def __init__(self, leaf: type[ConfigBase]) -> None:
        check_conflicts(leaf)
        self.leaf = leaf
        self.settings = _settings(leaf)
        self.scopes = tuple(_scopes(leaf))
        self.sections: dict[str, Scope] = {}
        for scope in self.scopes:
            self.sections.setdefault(scope.section, scope)
        self.class_files = {
            Variable(scope.file_variable): scope
            for scope in self.scopes
            if scope.file_variable is not None
        }
        self.file_variables = (
            Variable(leaf.get_env_key(leaf.ENV_FILEPATH)),
            *self.class_files,
        )
        self.scope_fields = [
            (scope, [name for name in fields_of(scope.cls) if name in self.settings])
            for scope in self.scopes
        ]
        self.variables = tuple(_variables(leaf, self.scope_fields, self.settings))
        self.defaults = {
            name: setting.field.default_value for name, setting in self.settings.items()
        }
        self.mutable = [
            name for name, value in self.defaults.items() if not is_shareable(value)
        ]
        root = root_of(leaf)
        self.has_qualifiers = _overrides(leaf, root, "get_extra_qualifiers")
        self.has_extra_variables = _overrides(leaf, root, "get_extra_env_keys")
        self.converted: dict[object, tuple[Document, tuple[Layer, ...]]] = {}
        self.heard: EnvironmentView | None = None
        self.quiet: set[object] = {*self.settings, *self.sections}
        self.searched: dict[object, Document] = {}
        self.looked: Environment | None = None

    def heard_in(self, environment: Environment) -> EnvironmentView:
        """Return what an environment says to the class."""
        heard = self.heard
        if heard is None or heard.environment is not environment:
            heard = EnvironmentView(environment, self.file_variables, self.variables)
            self.heard = heard
        return heard

    def fresh_defaults(self) -> dict[str, Any]:
        """Return the values of an instance that no source says anything to."""
        values = self.defaults.copy()
        if self.mutable:
            from copy import deepcopy  # noqa: PLC0415 - few classes need it

            for name in self.mutable:
                try:
                    values[name] = deepcopy(values[name])
                except Exception:  # noqa: BLE001, S112 - a lock, say: shared as it is
                    continue
        return values


def plan_of(cls: type[ConfigBase]) -> Plan:
    """Return the plan of a class, made when it is first needed.

    Raises ConfigMultiInheritanceError where two parents define the same field.
    """
    while not (plans := cls._plans):
        plans.append(Plan(cls))
    plan: Plan = plans[0]
    return plan


def check_conflicts(cls: type) -> dict[str, type]:
    """Refuse two bases that define one field; return the owners of inherited fields.

    Looks at the bases left to right: what a base *defines* may not be there yet,
    what it *inherits* may (so that a diamond is fine). The rule is the original's.
    """
    owners: dict[str, type] = {}
    for base in config_bases(cls):
        for name in own_fields(base):
            if name in owners:
                msg = (
                    f"{cls.__name__}: field {name!r} is defined by two parents, "
                    f"{owners[name].__name__} and {base.__name__}; define it in one "
                    f"of them only, or in an ancestor of both (redefining it in "
                    f"{cls.__name__} does not help)"
                )
                raise ConfigMultiInheritanceError(msg)
            owners[name] = base
        owners.update(check_conflicts(base))
    return owners


def is_shareable(value: object) -> bool:
    """Whether instances may share this object: nothing in it can change."""
    if isinstance(value, tuple):
        return all(map(is_shareable, value))
    kind = type(value)
    if kind in _IMMUTABLE or isinstance(value, type):
        return True
    # Members of an Enum are one object each; asking the class needs no import.
    members = getattr(kind, "__members__", {})
    return members.get(getattr(value, "name", None)) is value if members else False


_NOTHING = object()
_IMMUTABLE = {bool, int, float, str, bytes, type(None), object}


def fields_of(cls: type) -> list[str]:
    """Names of the fields a class has, its ancestors' first, each once."""
    names: dict[str, None] = {}
    for base in config_bases(cls):
        names.update(dict.fromkeys(fields_of(base)))
    names.update(dict.fromkeys(own_fields(cls)))
    return list(names)


def _takes_mapping(declared: object) -> bool:
    if declared in {bool, int, float, str}:
        return False
    from pynenc_conf._core.types.typing_forms import takes_mapping  # noqa: PLC0415

    return takes_mapping(declared)


def _settings(leaf: type) -> dict[str, Setting]:
    settings = {}
    for name in fields_of(leaf):
        # Each looked up once: another thread may be changing them.
        items = [(cls, vars(cls).get(name, _NOTHING)) for cls in leaf.__mro__]
        found = [(cls, item) for cls, item in items if item is not _NOTHING]
        # A subclass that puts a property or method in its place has no such setting.
        if found and isinstance(found[0][1], ConfigField):
            fields = [(cls, _field(item)) for cls, item in found]
            settings[name] = Setting(name, fields)
    return settings


def _field(item: object) -> ConfigField[Any]:
    """Return a field as it is, and for all else one that says nothing."""
    return item if isinstance(item, ConfigField) else ConfigField(None)


def _visited(cls: type[ConfigBase]) -> Iterator[type[ConfigBase]]:
    """Yield the classes to listen to, lowest first; a diamond's top comes twice."""
    for base in config_bases(cls):
        # A class that only names a namespace (ConfigPynencBase) is nobody's scope.
        if own_fields(base) or not any(map(is_root, base.__bases__)):
            yield from _visited(base)
    yield cls


def _scopes(leaf: type[ConfigBase]) -> Iterator[Scope]:
    files: set[tuple[str, str]] = set()
    for index, cls in enumerate(_visited(leaf)):
        section = section_name(leaf, cls)
        variable = leaf.get_env_key(leaf.ENV_FILEPATH, cls)
        first = (variable, section) not in files
        files.add((variable, section))
        yield Scope(index, cls, section, variable if first else None)


def _variables(
    leaf: type[ConfigBase],
    scope_fields: list[tuple[Scope, list[str]]],
    settings: dict[str, Setting],
) -> list[Variable]:
    """List the variables of all fields; each once, at the highest of its places."""
    found: dict[tuple[str, str], Variable] = {}

    def add(name: str, field: str, rank: Rank, file_depth: int) -> None:
        found[name, field] = Variable(name, field, rank)
        if settings[field].secret and f"{field}_file" not in settings:
            path_rank = (rank[0], rank[1], file_depth)
            found[f"{name}_FILE", field] = Variable(
                f"{name}_FILE", field, path_rank, holds_path=True
            )

    for scope, fields in scope_fields:
        for field in fields:
            rank = (scope.index, FROM_ENVIRONMENT, CLASS_VARIABLE)
            name = leaf.get_env_key(field, scope.cls)
            add(name, field, rank, CLASS_VARIABLE_FILE)
    # A general variable counts at every scope that has the field, so at the last one.
    last = scope_fields[-1][0].index
    for field in settings:
        rank = (last, FROM_ENVIRONMENT, GENERAL_VARIABLE)
        add(leaf.get_env_key(field), field, rank, GENERAL_VARIABLE_FILE)
    return list(found.values())


def _overrides(leaf: type, root: type, hook: str) -> bool:
    return getattr(leaf, hook) is not getattr(root, hook)
