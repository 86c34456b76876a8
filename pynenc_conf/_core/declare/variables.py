"""The environment variables of a class: their names, and the fields that they set."""

from __future__ import annotations

import os

from pynenc_conf._core.masking import type_name
from pynenc_conf.exceptions import ConfigTypeError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping
    from typing import Any, TypeVar

    from pynenc_conf._core.declare.scopes import Scope
    from pynenc_conf._core.declare.setting import Setting

    Hook = TypeVar("Hook", bound=Callable[..., object])

_encode = getattr(os.environ, "encodekey", os.fsencode)


def encode_name(name: str) -> object:
    """Return a name as `os.environ` stores it; None if it is not a possible name."""
    try:
        return _encode(name)
    except UnicodeError:
        return None


_prefix_of: dict[object, Callable[[type], str]] = {}


def names_begin_with(prefix_of: Callable[[type], str]) -> Callable[[Hook], Hook]:
    """Declare of a hook that all variables that it names begin with a prefix.

    `prefix_of` returns the prefix for the class of an instance. The hook is not called
    while no variable has the prefix: a file may have thousands of tasks, and each has
    20 variables of its own.
    """

    def declare(hook: Hook) -> Hook:
        # Not an attribute of the function: functools.wraps() would copy that to a
        # function that names other variables.
        _prefix_of[hook] = prefix_of
        return hook

    return declare


def extra_prefix(leaf: Any) -> object:
    """Return the prefix of the variables that a class's hook names, if it has one.

    In the form in which `os.environ` stores names.
    """
    hook = leaf.get_extra_env_keys
    # Another callable may have no hash.
    prefix_of = _prefix_of.get(hook) if type(hook) is type(encode_name) else None
    return None if prefix_of is None else encode_name(prefix_of(leaf))


class Variable:
    """One environment variable that sets one field of a class, or a member of it.

    - `field`: the name of the setting (`port`, `smtp.port`).

    - `key`: the name as `os.environ` stores it.
    - `scope`: the index of the scope that the value is addressed to.
    - `general`: whether the variable sets the field for every class that has it.
    - `holds_path`: whether it names a file that holds a secret (`..._FILE`).
    """

    __slots__ = ("field", "general", "holds_path", "key", "name", "scope")

    def __init__(
        self, name: str, field: str, scope: int, *, general: bool, holds_path: bool
    ) -> None:
        self.name = name
        self.key = encode_name(name)
        self.field = field
        self.scope = scope
        self.general = general
        self.holds_path = holds_path


class FileVariable:
    """An environment variable that names a configuration file.

    `scope` is the class whose section alone counts in the file, None if the file is
    for every class.
    """

    def __init__(self, name: str, scope: Scope | None) -> None:
        self.name = name
        self.key = encode_name(name)
        self.scope = scope


def check_namespace(leaf: Any) -> None:
    """Raise ConfigTypeError if the names of a class cannot be composed."""
    for attribute in (
        *("TOML_CONFIG_ID", "ENV_PREFIX", "ENV_SEP", "ENV_FILEPATH"),
        "IGNORE_CLASS_NAME_SUBSTR",
    ):
        found = getattr(leaf, attribute)
        if not isinstance(found, str) or (attribute == "ENV_SEP" and not found):
            message = f"{type_name(leaf)}.{attribute} must be text that is not empty"
            raise ConfigTypeError(message)


_usual: list[object] = []


def begins_with_prefix(get_env_key: Hook) -> Hook:
    """Declare that the variables that a method names begin with the class's prefix.

    Then a class does not list its variables while no variable has the prefix.
    """
    _usual.append(get_env_key)
    return get_env_key


def has_usual_names(leaf: Any) -> bool:
    """Whether all variables of a class begin with its prefix."""
    method = leaf.get_env_key
    # Another class's method begins its names with the prefix of that class.
    if getattr(method, "__self__", None) is not leaf:
        return False
    function = getattr(method, "__func__", None)
    return any(function is known for known in _usual)


def _name(leaf: Any, field: str, *classes: type) -> str:
    """Return the name of a variable, as the class defines it."""
    name: object = leaf.get_env_key(field, *classes)
    if not isinstance(name, str):
        kind = type_name(type(name))
        message = f"{type_name(leaf)}.get_env_key must return text, got {kind}"
        raise ConfigTypeError(message)
    return name


def list_variables(
    leaf: Any,
    scope_fields: Iterable[tuple[Scope, list[str]]],
    suffixes: Mapping[str, list[tuple[str, str]]],
    in_files: Collection[str],
) -> tuple[Variable, ...]:
    """Return the variables of all settings; each once, for the last scope that it has.

    `suffixes` are those of `variable_suffixes`; `in_files` the settings that have a
    `..._FILE` variable too.
    """
    found: dict[tuple[str, str], Variable] = {}

    def add(name: str, field: str, scope: int, *, general: bool) -> None:
        for path, suffix in suffixes[field]:
            own = name + suffix
            found[own, path] = Variable(
                own, path, scope, general=general, holds_path=False
            )
            if path in in_files:
                file = f"{own}_FILE"
                found[file, path] = Variable(
                    file, path, scope, general=general, holds_path=True
                )

    last = 0
    for scope, fields in scope_fields:
        last = scope.index
        for field in fields:
            add(_name(leaf, field, scope.cls), field, last, general=False)
    # A general variable counts at every scope that has the field, so at the last one.
    for field in suffixes:
        add(_name(leaf, field), field, last, general=True)
    return tuple(found.values())


def variable_suffixes(
    leaf: Any, settings: Mapping[str, Setting]
) -> dict[str, list[tuple[str, str]]]:
    """Return what is added to a field's variable, for the field and for its members.

    By field: pairs of a setting's name and a suffix (`smtp.port`, `__PORT`).
    """
    found: dict[str, list[tuple[str, str]]] = {}
    for name in settings:
        field, *keys = name.split(".")
        suffix = "".join(f"{leaf.ENV_SEP}{key.upper()}" for key in keys)
        found.setdefault(field, []).append((name, suffix))
    return found


def list_file_variables(leaf: Any, scopes: Iterable[Scope]) -> tuple[FileVariable, ...]:
    """Return the variables that name files: the one for every class, then each scope's.

    Of two scopes that have the same variable and section, the first counts.
    """
    general = FileVariable(_name(leaf, leaf.ENV_FILEPATH), None)
    found: dict[tuple[str, str], FileVariable] = {}
    for scope in scopes:
        name = _name(leaf, leaf.ENV_FILEPATH, scope.cls)
        found.setdefault((name, scope.section), FileVariable(name, scope))
    return (general, *found.values())
