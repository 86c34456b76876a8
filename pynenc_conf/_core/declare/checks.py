"""Mistakes in the declaration of a field, found when its class is created."""

from __future__ import annotations

# collections.abc would load collections.
from _collections_abc import Callable

from pynenc_conf._core.declare.field import ConfigField
from pynenc_conf._core.masking import format_value, type_name
from pynenc_conf._core.types.invalid import InvalidValue, describe_cause
from pynenc_conf._core.types.limits import with_limits
from pynenc_conf._core.types.unset import REQUIRED
from pynenc_conf.exceptions import ConfigError, ConfigTypeError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from typing import Any

# Entries of an instance's __dict__ beside the values of its fields.
LAYERS = "_layers"
ASSIGNED = "_assigned"

_MAX_PARTS = 1000
"""A declared type that is an alias may have more and more parts."""


RESERVED: set[str] = {LAYERS, ASSIGNED}
"""Names that the library uses itself: those of ConfigBase, once it is created."""

FATAL = (ConfigError, RecursionError, MemoryError)
"""Exceptions that an object of a declaration may raise, and that stay as they are."""

_NUMBERS = {int, float}
_SIMPLE = {bool, int, float, str, bytes, tuple, list, dict, set, type(None)}


def check_field(
    class_name: str,
    name: str,
    field: ConfigField[Any],
    config_meta: type,
    annotation: object = None,
) -> None:
    """Raise ConfigTypeError if a class cannot have a field, whatever the sources set.

    `config_meta` is the type of config classes. Most fields have nothing to check.
    """
    reason = None
    if not isinstance(name, str):  # pyright: ignore[reportUnnecessaryIsInstance]
        kind = type_name(type(name))
        message = f"{class_name}: the name of a field must be text, got {kind}"
        raise ConfigTypeError(message)
    if "." in name:
        reason = "a dot in a name separates a member from its field"
    elif name in RESERVED or name[:2] == "__":
        reason = "ConfigBase uses this name; give the field another name"
    if reason is not None:
        message = f"{class_name}.{name}: {reason}"
        raise ConfigTypeError(message)
    if field.secret is not False:
        check_secret(f"{class_name}.{name}", field)
    _check_limits(f"{class_name}.{name}", field)
    if field.mapper is None:
        if annotation is not None and not isinstance(annotation, str):
            check_type(f"{class_name}.{name}", annotation, config_meta)
        kind = type(field.default_value)
        if kind not in _SIMPLE:
            check_type(f"{class_name}.{name}", kind, config_meta)


def unreadable_declaration(
    where: str, cause: Exception, *, secret: bool
) -> ConfigTypeError:
    """Return the error for a declaration whose own objects raise an exception."""
    reason = type_name(type(cause)) if secret else describe_cause(cause)
    error = ConfigTypeError(f"{where}: the declaration cannot be read ({reason})")
    error.__cause__ = None if secret else cause
    return error


def check_secret(where: str, field: ConfigField[Any]) -> None:
    """Raise ConfigTypeError if `secret=` has no meaning. `where` names the field."""
    secret: Any = field.secret
    if isinstance(secret, (bool, str)) and secret in {False, True, "url"}:
        return
    # Not quoted: it may be the secret itself.
    message = (
        f"{where}: secret= must be True (masks the value), 'url' (masks the password "
        f"in a URL) or False"
    )
    raise ConfigTypeError(message)


def have_usual_names(fields: Mapping[str, object]) -> bool:
    """Whether no name in a class can be a mistake that `check_field` finds."""
    try:
        names = " ".join(fields)
    except TypeError:  # a name that is not text
        return False
    return "." not in names and "__" not in names and RESERVED.isdisjoint(fields)


def is_usual(field: ConfigField[Any], annotation: object) -> bool:
    """Whether nothing else in a field can be a mistake that `check_field` finds.

    Its checks would take most of the time of a class, and most fields need none.
    """
    try:
        return (
            type(field) is ConfigField
            and type(field.default_value) in _SIMPLE
            and field.secret is False
            and field.choices is None
            and (not field.limits or _has_usual_limits(field))
            and (annotation is None or type(annotation) is str)
        )
    except Exception:  # noqa: BLE001 - the default's class may have a hash that raises
        return False


def _has_usual_limits(field: ConfigField[Any]) -> bool:
    """Whether the bounds of a field are numbers, and hold for its default."""
    limits, default = field.limits, field.default_value
    if type(default) not in _NUMBERS or "gt" in limits or "lt" in limits:
        return False
    low, high = limits.get("ge", default), limits.get("le", default)
    are_numbers = type(low) in _NUMBERS and type(high) in _NUMBERS
    return are_numbers and low <= default <= high


def _check_limits(where: str, field: ConfigField[Any]) -> None:
    mistake = (
        _find_bypassed_method(type(field))
        or _find_unusable_bound(field)
        or _find_contradiction(field)
        or _find_invalid_default(field)
    )
    if mistake is not None:
        message = f"{where}: {mistake}"
        raise ConfigTypeError(message)


def check_type(
    where: str,
    declared: object,
    config_meta: type,
    member_types: Callable[[type], Iterable[object]] = lambda _: (),
) -> None:
    """Raise ConfigTypeError if a config class is part of a declared type.

    `config_meta` is the type of config classes. `member_types` returns the types of the
    members of a class; without it, members are not checked.
    """
    seen: list[object] = []
    pending = [declared]
    while pending and len(seen) < _MAX_PARTS:
        part = pending.pop()
        if any(part is known for known in seen):
            continue
        seen.append(part)
        if isinstance(part, type) and isinstance(part, config_meta):
            name = type_name(part)
            message = (
                f"{where}: the config class {name} cannot be the type of a field; "
                f"use a dataclass as the type, or inherit from {name}"
            )
            raise ConfigTypeError(message)
        pending += _parts_of(part)
        if isinstance(part, type):
            pending += member_types(part)


def _parts_of(declared: Any) -> list[object]:
    """Return the types in a typing form, such as the elements of a list."""
    kind = type_name(type(declared))
    if kind == "NewType":
        return [declared.__supertype__]
    if kind == "TypeAliasType":
        try:
            return [declared.__value__]
        except Exception:  # noqa: BLE001 - its value may be any expression
            return []
    origin = getattr(declared, "__origin__", None)
    arguments = getattr(declared, "__args__", ())
    # A value of type[ConfigShop] is a class, and one of Callable[[ConfigShop], int] a
    # function: neither is an instance.
    if origin in (type, Callable) or not isinstance(arguments, tuple):
        return []
    return [origin, *arguments]


def _find_bypassed_method(kind: type[ConfigField[Any]]) -> str | None:
    """Return the mistake of a subclass with a method that is never called."""
    if kind is ConfigField:
        return None
    bypassed = [name for name in ("__set__", "__delete__") if hasattr(kind, name)]
    if kind.__get__ is not ConfigField.__get__:
        bypassed.insert(0, "__get__")
    if not bypassed:
        return None
    return (
        f"{type_name(kind)}.{bypassed[0]} would not be called, because an instance "
        f"keeps its values in its __dict__; pass mapper= to convert values"
    )


def _find_unusable_bound(field: ConfigField[Any]) -> str | None:
    """Return why a bound is not one."""
    limits = field.limits
    for name, bound in limits.items():
        try:
            is_usable = bool(bound <= bound)  # noqa: PLR0124 - false for nan
        except Exception:  # noqa: BLE001 - whatever the bound's class raises
            is_usable = False
        if not is_usable:
            return f"no value can be compared with {_written(name, bound)}"
    for first, second in (("ge", "gt"), ("le", "lt")):
        if first in limits and second in limits:
            return f"{first}= and {second}= are both set; remove one of them"
    return None


def _find_contradiction(field: ConfigField[Any]) -> str | None:
    """Return why no value could be within the limits, each of which is usable."""
    limits, choices = field.limits, field.choices
    low = next((name for name in ("ge", "gt") if name in limits), None)
    high = next((name for name in ("le", "lt") if name in limits), None)
    if low is not None and high is not None:
        both = f"{_written(low, limits[low])} and {_written(high, limits[high])}"
        try:
            is_range = limits[low] < limits[high] or (
                (low, high) == ("ge", "le") and limits[low] <= limits[high]
            )
        except Exception:  # noqa: BLE001 - as above
            return f"{both} cannot be compared with each other"
        if not is_range:
            return f"no value can be within {both}"
    if choices is not None and not choices:
        return "choices= is empty, so no value would be valid"
    if limits and choices and not any(_is_within(field, each) for each in choices):
        return "none of the choices is within the bounds"
    return None


def _written(name: str, bound: object) -> str:
    return f"{name}={format_value(bound, secret=False)}"


def _find_invalid_default(field: ConfigField[Any]) -> str | None:
    default = field.default_value
    if default is REQUIRED or _is_within(field, default):
        return None
    _, expected = with_limits(_SAME, field.limits, field.choices)
    shown = format_value(default, field.secret)
    return f"the default must be within the limits: expected {expected}, got {shown}"


def _is_within(field: ConfigField[Any], value: object) -> bool:
    check, _ = with_limits(_SAME, field.limits, field.choices)
    try:
        check(value)
    except InvalidValue:
        return False
    return True


_SAME = (lambda value: value, "a value")
