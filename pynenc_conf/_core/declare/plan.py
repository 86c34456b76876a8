"""What every instance of a class needs, computed once per class."""

from __future__ import annotations

from pynenc_conf._core.declare.checks import FATAL, unreadable_declaration
from pynenc_conf._core.declare.field import ConfigField, is_field
from pynenc_conf._core.declare.metaclass import is_root
from pynenc_conf._core.declare.scopes import check_conflicts, list_fields, list_scopes
from pynenc_conf._core.declare.setting import Setting, field_setting
from pynenc_conf._core.declare.variables import (
    check_namespace,
    extra_prefix,
    has_usual_names,
    list_file_variables,
    list_variables,
    variable_suffixes,
)
from pynenc_conf._core.masking import has_few_parts, type_name
from pynenc_conf._core.types.unset import REQUIRED

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from pynenc_conf._core.declare.annotations import Declarations
    from pynenc_conf._core.declare.scopes import Scope
    from pynenc_conf._core.declare.variables import Variable
    from pynenc_conf._core.types.scalars import Convert


class Plan:
    """The settings, scopes, names and defaults of one class.

    - `settings`: name to Setting, in order of declaration, ancestors first.
    - `assignments`: the conversion of each field, and None for other attributes that
      were set without a warning.
    - `structures`: those that have members; `members`: path to Setting of all members,
      and `all_settings`: fields and members; `converters`: the conversion of each of
      these. `required`: the fields without a default.
    - `scopes`: lowest precedence first; `sections`: section name to the first scope
      that has the name; `section_fields`: the fields that have the name of a section;
      `scope_fields`: each scope with the fields of its class.
    - `own_fields`: None, or the fields of each scope, if its section sets only those.
    - `file_variables`: the environment variables that name files; `suffixes` what the
      variables of members add to a field's; `has_usual_names`: whether all variables
      begin with the class's prefix.
    - `defaults`: shared by all instances; `mutable` names those that are copied.
    - `has_qualifiers`, `has_extra_variables`: whether the class uses the hooks;
      `extra_prefix`: what the names of its extra variables begin with, if it is known.
    - `is_strict`: whether unknown names are errors. `field_names`, `table_names`,
      `tables_in_section`: the keys that are read, for any value, for a table outside of
      sections and for a table in a section. `known_names`: fields and sections.
    """

    def __init__(self, leaf: type[Any]) -> None:
        check_conflicts(leaf)
        check_namespace(leaf)
        self.leaf = leaf
        self.settings = _settings(leaf)
        self.structures = [s for s in self.settings.values() if s.members]
        self.members = {
            member.name: member
            for setting in self.structures
            for member in setting.descendants()
        }
        self.all_settings = self.settings
        if self.members:
            self.all_settings = self.settings | self.members
        self.converters = {name: s.convert for name, s in self.all_settings.items()}
        self.assignments: dict[str, Convert | None] = {
            name: setting.convert for name, setting in self.settings.items()
        }
        self.scopes = list_scopes(leaf)
        self.sections: dict[str, Scope] = {}
        for scope in self.scopes:
            self.sections.setdefault(scope.section, scope)
        self.section_fields = [name for name in self.sections if name in self.settings]
        listed: dict[type, dict[str, None]] = {}
        self.scope_fields = [
            (scope, [n for n in list_fields(scope.cls, listed) if n in self.settings])
            for scope in self.scopes
        ]
        self.own_fields: list[list[str]] | None = None
        if leaf._SETS_OWN_FIELDS_ONLY:  # noqa: SLF001 - an attribute of this library
            self.own_fields = [names for _, names in self.scope_fields]
        self.suffixes = variable_suffixes(leaf, self.all_settings)
        self.file_variables = list_file_variables(leaf, self.scopes)
        # As declared: commands mask more settings later, which are not read from files.
        self._in_files = {
            name
            for name, setting in self.all_settings.items()
            if setting.secret and f"{name}_file" not in self.all_settings
        }
        self._variables: tuple[Variable, ...] | None = None
        self._variable_names: frozenset[str] | None = None
        self.has_usual_names = has_usual_names(leaf)
        if not self.has_usual_names:
            self._variables = self.variables  # raises if a name is not text
        self.defaults = {
            name: setting.field.default_value
            for name, setting in self.settings.items()
            if setting.field.default_value is not REQUIRED
        }
        self.required = [name for name in self.settings if name not in self.defaults]
        self.mutable = [
            name for name, value in self.defaults.items() if not is_shareable(value)
        ]
        root = next(filter(is_root, leaf.__mro__))
        self.has_qualifiers = _overrides(leaf, root, "get_extra_qualifiers")
        self.has_extra_variables = _overrides(leaf, root, "get_extra_env_keys")
        self.extra_prefix = extra_prefix(leaf)
        self.is_strict = bool(leaf.STRICT)
        self.field_names = frozenset(self.settings)
        self.known_names = self.field_names.union(self.sections)
        self.tables_in_section = frozenset(
            name for name, setting in self.settings.items() if setting.takes_mapping
        )
        self.table_names = self.tables_in_section.union(self.sections)

    @property
    def variables(self) -> tuple[Variable, ...]:
        """The environment variables that set fields.

        Listed when they are first needed: their number grows with the square of the
        levels of a hierarchy, and mostly none of them is set.
        """
        if self._variables is None:
            self._variables = list_variables(
                self.leaf, self.scope_fields, self.suffixes, self._in_files
            )
        return self._variables

    @property
    def variable_names(self) -> frozenset[str]:
        """The names of the variables that set fields or name files."""
        if self._variable_names is None:
            names = [variable.name for variable in self.variables]
            names += [variable.name for variable in self.file_variables]
            self._variable_names = frozenset(names)
        return self._variable_names

    def copy_defaults(self) -> dict[str, Any]:
        """Return the values of an instance that no source sets."""
        values = self.defaults.copy()
        if self.mutable:
            for name in self.mutable:
                values[name] = copy_or_share(values[name])
        return values


def plan_of(cls: type[Any]) -> Plan:
    """Return the plan of a class, computed when it is first needed.

    Raises ConfigMultiInheritanceError if two parents define the same field.
    """
    # Asked for again: the class may have changed while it was planned.
    while "plan" not in (derived := cls._derived):
        plan = Plan(cls)
        for setting in plan.settings.values():
            if setting.unresolved:
                _warn_of_annotations(setting)
        derived.setdefault("plan", plan)
    found: Plan = derived["plan"]
    return found


def plan_without_warnings(cls: type[Any]) -> Plan:
    """Return the plan of a class, for the use of another class.

    Its warnings are left to its own first use. Raises as `plan_of` does.
    """
    plan: Plan = cls._derived.get("plan") or Plan(cls)
    if not any(setting.unresolved for setting in plan.settings.values()):
        plan = cls._derived.setdefault("plan", plan)
    return plan


def copy_or_share(value: Any) -> Any:
    """Return a copy of a value; the value itself if it cannot be copied."""
    from copy import deepcopy  # noqa: PLC0415 - few classes need it

    try:
        # A tuple that holds one tuple twice is copied twice.
        return deepcopy(value) if has_few_parts(value) else value
    except Exception:  # noqa: BLE001 - a lock, say
        return value


def is_shareable(value: object) -> bool:
    """Whether instances may share this object: nothing in it can change."""
    kind = type(value)
    try:
        if kind in _IMMUTABLE or issubclass(kind, type):
            return True
        if issubclass(kind, tuple):
            return _has_shareable_parts(value)
        # Members of an Enum are one object each; asking the class needs no import.
        members: Any = getattr(kind, "__members__", None)
        return bool(members) and members.get(getattr(value, "name", None)) is value
    except Exception:  # noqa: BLE001 - a metaclass may raise
        return False


def _has_shareable_parts(value: object) -> bool:
    pending: list[Any] = [value]
    seen: set[int] = set()
    while pending:
        part = pending.pop()
        if not issubclass(type(part), tuple):
            if not is_shareable(part):
                return False
        elif id(part) not in seen:
            seen.add(id(part))
            pending += part
    return True


_IMMUTABLE = {bool, int, float, str, bytes, type(None), object}


def _settings(leaf: type) -> dict[str, Setting]:
    definitions: dict[str, list[tuple[type, object]]]
    definitions = {name: [] for name in list_fields(leaf)}
    for cls in leaf.__mro__:
        # A copy, because another thread may be changing the class.
        for name, item in vars(cls).copy().items():
            if name in definitions:
                definitions[name].append((cls, item))
    settings = {}
    known: dict[type, Declarations] = {}
    for name, found in definitions.items():
        # A subclass that puts a property or method in its place has no such setting.
        if found and is_field(found[0][1]):
            fields = [(cls, _as_field(item)) for cls, item in found]
            settings[name] = _readable_setting(leaf, name, fields, known)
    return settings


def _readable_setting(
    leaf: type,
    name: str,
    fields: list[tuple[type, ConfigField[Any]]],
    known: dict[type, Declarations],
) -> Setting:
    """Return the setting of a field. Raises ConfigTypeError."""
    try:
        return field_setting(name, fields, known)
    except FATAL:
        raise
    except Exception as error:  # noqa: BLE001 - of the application's own types
        cause = error
    secret = any(field.secret is not False for _, field in fields)
    where = f"{type_name(leaf)}.{name}"
    raise unreadable_declaration(where, cause, secret=secret)


def _as_field(item: object) -> ConfigField[Any]:
    """Return a field unchanged, and a field without a type or default for the rest."""
    return item if is_field(item) else ConfigField(None)


def _warn_of_annotations(setting: Setting) -> None:
    from pynenc_conf._core.declare.unresolved import warn_of_annotation  # noqa: PLC0415

    for annotation in setting.unresolved:
        warn_of_annotation(annotation)


def _overrides(leaf: type, root: type, hook: str) -> bool:
    return getattr(leaf, hook) is not getattr(root, hook)
