"""What every instance of a class needs, computed once per class."""

from __future__ import annotations

from pynenc_conf._core.declare.annotations import declared_type
from pynenc_conf._core.declare.field import ConfigField
from pynenc_conf._core.declare.metaclass import is_root
from pynenc_conf._core.declare.scopes import check_conflicts, list_fields, list_scopes
from pynenc_conf._core.declare.variables import list_file_variables, list_variables
from pynenc_conf._core.problems import find_closest_name
from pynenc_conf._core.types.invalid import InvalidValue, describe_cause, describe_value
from pynenc_conf.exceptions import ConfigError, Problem

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from pynenc_conf._core.declare.scopes import Scope
    from pynenc_conf._core.masking import Secrecy
    from pynenc_conf._core.types.scalars import Convert
    from pynenc_conf.origin import Origin


class Setting:
    """One field as one class has it: the most derived definition, with its type.

    - `owner`: the class of that definition.
    - `convert`: converts a raw value, or raises InvalidValue; `expected`: the declared
      type in words.
    - `takes_mapping`: whether a table is a value for it, and not a section.
    - `secret`: inherited, so that a redefinition does not show what an ancestor masks.
    """

    def __init__(
        self, name: str, definitions: list[tuple[type, ConfigField[Any]]]
    ) -> None:
        self.name: str = name
        self.owner: type = definitions[0][0]
        self.field: ConfigField[Any] = definitions[0][1]
        levels = [field.secret for _, field in definitions]
        self.secret: Secrecy = "url" if "url" in levels else False
        if True in levels:
            self.secret = True
        with_types = (pair for pair in definitions if not pair[1].keeps_type)
        typed_by, typed = next(with_types, definitions[-1])
        self.declared: Any = declared_type(typed_by, name, typed)
        convert, expected = self.field.converter(self.declared)
        self.convert: Convert = convert
        self.expected: str = expected
        self.takes_mapping: bool = _takes_mapping(self.declared)

    def describe(
        self, error: Exception, raw: object, origin: Origin
    ) -> tuple[Problem, list[BaseException]]:
        """Return the problem of a raw value that `convert` rejected, and its cause.

        The cause is the exception of a mapper or of an application's own class, unless
        it may quote a secret.
        """
        invalid = error
        if not isinstance(invalid, InvalidValue):
            invalid = InvalidValue(self.expected, raw, cause=error)
        got = f"a value of type {type(invalid.raw).__name__}"
        suggestion = None
        if self.secret:
            got += " (a secret, not shown)"
        else:
            try:
                got = describe_value(invalid.raw)
                suggestion = find_closest_name(invalid.raw, invalid.choices)
            except Exception:  # noqa: BLE001 - the value's own methods raise
                suggestion = None
        part = f" in {invalid.part}" if invalid.part and not self.secret else ""
        message = f"expected {invalid.expected}, got {got}{part}"
        causes: list[BaseException] = []
        if invalid.cause is not None and not self.secret:
            causes.append(invalid.cause)
            reason = describe_cause(invalid.cause)
            complete = isinstance(invalid.cause, ConfigError)
            message = reason if complete else f"{message} ({reason})"
        problem = Problem(
            message,
            field=self.name,
            origin=origin,
            expected=invalid.expected,
            suggestion=suggestion,
        )
        return problem, causes


class Plan:
    """The settings, scopes, names and defaults of one class.

    - `settings`: name to Setting, in order of declaration, ancestors first.
    - `scopes`: lowest precedence first; `sections`: section name to the first scope
      that has the name; `scope_fields`: each scope with the fields of its class.
    - `variables`, `file_variables`: the environment variables that set fields, and
      those that name files.
    - `defaults`: shared by all instances; `mutable` names those that are copied.
    - `has_qualifiers`, `has_extra_variables`: whether the class uses the hooks.
    """

    def __init__(self, leaf: type[Any]) -> None:
        check_conflicts(leaf)
        self.leaf = leaf
        self.settings = _settings(leaf)
        self.scopes = list_scopes(leaf)
        self.sections: dict[str, Scope] = {}
        for scope in self.scopes:
            self.sections.setdefault(scope.section, scope)
        self.scope_fields = [
            (scope, [name for name in list_fields(scope.cls) if name in self.settings])
            for scope in self.scopes
        ]
        secret = {name: setting.secret for name, setting in self.settings.items()}
        self.variables = list_variables(leaf, self.scope_fields, secret)
        self.file_variables = list_file_variables(leaf, self.scopes)
        self.defaults = {
            name: setting.field.default_value for name, setting in self.settings.items()
        }
        self.mutable = [
            name for name, value in self.defaults.items() if not is_shareable(value)
        ]
        root = next(filter(is_root, leaf.__mro__))
        self.has_qualifiers = _overrides(leaf, root, "get_extra_qualifiers")
        self.has_extra_variables = _overrides(leaf, root, "get_extra_env_keys")

    def copy_defaults(self) -> dict[str, Any]:
        """Return the values of an instance that no source sets."""
        values = self.defaults.copy()
        if self.mutable:
            from copy import deepcopy  # noqa: PLC0415 - few classes need it

            for name in self.mutable:
                try:
                    values[name] = deepcopy(values[name])
                except Exception:  # noqa: BLE001, S112 - a lock, say: shared as it is
                    continue
        return values


def plan_of(cls: type[Any]) -> Plan:
    """Return the plan of a class, computed when it is first needed.

    Raises ConfigMultiInheritanceError if two parents define the same field.
    """
    # Asked for again: the class may have changed while it was planned.
    while "plan" not in (derived := cls._derived):
        derived.setdefault("plan", Plan(cls))
    plan: Plan = derived["plan"]
    return plan


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


_ABSENT = object()
_IMMUTABLE = {bool, int, float, str, bytes, type(None), object}


def _takes_mapping(declared: object) -> bool:
    if declared in {bool, int, float, str}:
        return False
    from pynenc_conf._core.types.typing_forms import takes_mapping  # noqa: PLC0415

    return takes_mapping(declared)


def _settings(leaf: type) -> dict[str, Setting]:
    settings = {}
    for name in list_fields(leaf):
        # Each looked up once: another thread may be changing them.
        items = [(cls, vars(cls).get(name, _ABSENT)) for cls in leaf.__mro__]
        found = [(cls, item) for cls, item in items if item is not _ABSENT]
        # A subclass that puts a property or method in its place has no such setting.
        if found and isinstance(found[0][1], ConfigField):
            fields = [(cls, _as_field(item)) for cls, item in found]
            settings[name] = Setting(name, fields)
    return settings


def _as_field(item: object) -> ConfigField[Any]:
    """Return a field unchanged, and a field without a type or default for the rest."""
    return item if isinstance(item, ConfigField) else ConfigField(None)


def _overrides(leaf: type, root: type, hook: str) -> bool:
    return getattr(leaf, hook) is not getattr(root, hook)
