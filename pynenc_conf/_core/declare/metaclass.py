"""The metaclass of every config class: it collects the fields, once per class."""

from __future__ import annotations

from abc import ABCMeta

from pynenc_conf._core.declare.annotations import (
    annotated_as_fields,
    namespace_annotations,
)
from pynenc_conf._core.declare.checks import (
    FATAL,
    RESERVED,
    check_field,
    check_secret,
    have_usual_names,
    is_usual,
    unreadable_declaration,
)
from pynenc_conf._core.declare.field import ConfigField, is_field
from pynenc_conf._core.declare.local_names import find_local_names
from pynenc_conf._core.frames import clear_frames
from pynenc_conf._core.masking import type_name
from pynenc_conf._core.types.unset import REQUIRED
from pynenc_conf.exceptions import ConfigTypeError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Any


# What abc.ABCMeta sets when it creates a class.
_OF_ABC = {"__abstractmethods__", "_abc_impl"}

changes = 0
"""The number of times that a class was created or changed."""


class ConfigMeta(ABCMeta):
    """The type of config classes.

    A subclass of ABCMeta, so that abstract base classes can be mixed in. Redefining
    a parent's field with a plain value (`redis_port = 6380`) gives it a new default.
    Each described field adds a `:cvar` line to the docstring of its class, because
    pynenc's command line reads the descriptions there.
    """

    def __new__(
        cls, name: str, bases: tuple[type, ...], namespace: dict[str, Any], **kwds: Any
    ) -> ConfigMeta:
        """Create the class; instantiating it reports conflicts of fields."""
        try:
            _prepare(name, bases, namespace)
            created = super().__new__(cls, name, bases, namespace, **kwds)
        except BaseException as error:
            del namespace, kwds
            clear_frames(error)  # which says why
            raise
        if "_SETS_OWN_FIELDS_ONLY" in namespace:
            RESERVED.update(dir(created), vars(created))
        _count_change()
        return created

    # Hidden from type checkers, which would let any name pass.
    if not TYPE_CHECKING:

        def __setattr__(cls, name: str, value: Any) -> None:
            """Set a class attribute, and discard what was computed for the class."""
            # Without calls: each new class gets these.
            if name in _OF_ABC and not issubclass(type(value), ConfigField):
                type.__setattr__(cls, name, value)
                return
            try:
                inherited = _inherited_fields((cls,), {name: value}).get(name, ())
                if inherited or is_field(value):
                    checked = _checked_field(type_name(cls), name, value, inherited)
                    value = value if checked is None else checked
                super().__setattr__(name, value)
                _forget_derived(cls)
            except BaseException as error:
                value = checked = None
                clear_frames(error)  # which says why
                raise

        def __delattr__(cls, name: str) -> None:
            """Delete a class attribute, and discard what was computed for the class."""
            super().__delattr__(name)
            _forget_derived(cls)


def _prepare(name: str, bases: tuple[type, ...], namespace: dict[str, Any]) -> None:
    """Complete the namespace of a class. Raises ConfigTypeError."""
    inherited = _inherited_fields(bases, namespace)
    annotations = namespace_annotations(namespace)
    fields = {
        key: value
        for key, value in namespace.items()
        # What is_field() does: the call would take most of the time.
        if issubclass(type(value), ConfigField) or key in inherited
    }
    have_usual = have_usual_names(fields)
    for key, value in list(fields.items()):
        annotation = annotations.get(key)
        if have_usual and key not in inherited and is_usual(value, annotation):
            continue
        found = inherited.get(key, ())
        field = _checked_field(name, key, value, found, annotation)
        if field is not None:
            namespace[key] = fields[key] = field
        else:
            del fields[key]
    if annotations:
        local_names = find_local_names(
            namespace.get("__module__"),
            namespace.get("__qualname__", name),
            annotations.values(),
        )
        if local_names:
            namespace["_local_names"] = local_names
        others = {key: kind for key, kind in annotations.items() if key not in fields}
        for key in annotated_as_fields(others, namespace):
            message = (
                f"{name}.{key} is annotated as a ConfigField but is not one; "
                f"write {key} = ConfigField(...)"
            )
            raise ConfigTypeError(message)
    namespace["__doc__"] = _described(namespace.get("__doc__"), fields, annotations)
    # What other modules compute once per class. The metaclass must not annotate it:
    # `cls.__annotations__` of a class without annotations would be the metaclass's.
    namespace["_derived"] = {}


def _checked_field(
    class_name: str,
    name: str,
    value: Any,
    inherited: Sequence[ConfigField[Any]],
    annotation: object = None,
) -> ConfigField[Any] | None:
    """Return the field that a class attribute is, or None. Raises ConfigTypeError.

    `inherited` are the fields of this name of the ancestors, nearest first.
    """
    field = value if is_field(value) else None
    try:
        field = _as_field(class_name, name, value, inherited)
        if field is not None:
            check_field(class_name, name, field, ConfigMeta, annotation)
    except FATAL:
        raise
    except Exception as error:  # noqa: BLE001 - of the application's objects
        cause = error
    else:
        return field
    where = f"{class_name}.{name}"
    known = inherited if field is None else [field, *inherited]
    secret = any(each.secret is not False for each in known)
    raise unreadable_declaration(where, cause, secret=secret)


def is_config(cls: type) -> bool:
    """Whether this is a config class."""
    return isinstance(cls, ConfigMeta)


def is_root(cls: type) -> bool:
    """Whether this is ConfigBase, or a replacement of it for other rules."""
    return is_config(cls) and "_SETS_OWN_FIELDS_ONLY" in vars(cls)


def own_fields(cls: type) -> list[str]:
    """Return the names of the fields that a class itself defines, in their order."""
    # A copy, because other threads may set attributes of the class at the same time.
    items = vars(cls).copy().items()
    return [key for key, item in items if is_field(item)]


def config_bases(cls: type) -> list[type[Any]]:
    """Return the direct bases that are config classes, except ConfigBase."""
    return [base for base in cls.__bases__ if is_config(base) and not is_root(base)]


def descendants(cls: type[Any]) -> list[type[Any]]:
    """Return the subclasses of a class and theirs, each once, however many paths."""
    found: dict[type[Any], None] = {}

    def visit(parent: type[Any]) -> None:
        for child in parent.__subclasses__():
            if child not in found:
                found[child] = None
                visit(child)

    visit(cls)
    return list(found)


def section_name(leaf: type[Any], cls: type[Any]) -> str:
    """Return the name of the section of `cls`, as `leaf` defines it."""
    definition = next(vars(c) for c in leaf.__mro__ if "get_config_id" in vars(c))
    method = definition["get_config_id"]
    if isinstance(method, (classmethod, staticmethod)):
        found: object = leaf.get_config_id(cls)
    else:
        # In the original it is a method of instances, and subclasses override it as
        # such. There is no instance yet; the method reads only names of the class.
        found = method(leaf, cls)
    try:
        return str(found)
    except Exception:  # noqa: BLE001 - its own method
        message = f"{type_name(leaf)}.get_config_id must return text"
    raise ConfigTypeError(message)


def _inherited_fields(
    bases: tuple[type, ...], namespace: Mapping[str, Any]
) -> dict[str, list[ConfigField[Any]]]:
    """Return the ancestors' fields of the same names as attributes, nearest first."""
    inherited: dict[str, list[ConfigField[Any]]] = {}
    keys = namespace.keys()
    for base in bases:
        for cls in base.__mro__:
            names = vars(cls)
            # A set operation for each class is much faster than a search for each key.
            if "_SETS_OWN_FIELDS_ONLY" not in names and cls is not object:
                for key in keys & names.keys():
                    item = names.get(key)
                    if is_field(item):
                        inherited.setdefault(key, []).append(item)
    return inherited


def _as_field(
    class_name: str, name: str, value: Any, inherited: Sequence[ConfigField[Any]]
) -> ConfigField[Any] | None:
    """Return the field that a class has under a name; None if it is not a field.

    A plain value that redefines a field of an ancestor is its new default. A field that
    redefines a secret field is secret too.
    """
    nearest = inherited[0] if inherited else None
    if is_field(value):
        if nearest is not None and nearest.secret:
            check_secret(f"{class_name}.{name}", value)
            value.secret = value.secret is True or nearest.secret
        return value
    if nearest is None or hasattr(type(value), "__get__"):
        return None
    return nearest.with_default(value)


def _count_change() -> None:
    global changes  # noqa: PLW0603 - read by what is collected of all classes
    changes += 1


def _forget_derived(cls: type) -> None:
    _count_change()
    # Another dict: a thread that plans the class right now fills the old one.
    for each in (cls, *descendants(cls)):
        type.__setattr__(each, "_derived", {})


def _described(
    doc: str | None,
    fields: Mapping[str, ConfigField[Any]],
    annotations: Mapping[str, Any],
) -> str | None:
    lines = []
    for name, field in fields.items():
        if field.doc:
            written = _type_words(annotations.get(name), field)
            lines.append(f"    :cvar ConfigField[{written}] {name}:")
            lines.append(f"        {field.doc}")
    if not lines:
        return doc
    return "\n".join([(doc or "").rstrip(), "", *lines, "    "])


def _type_words(annotation: Any, field: ConfigField[Any]) -> str:
    # In a module where annotations are text, a quoted one is text in text.
    text = annotation.strip("'\"") if isinstance(annotation, str) else ""
    arguments = getattr(annotation, "__args__", ())
    if text.startswith("ConfigField[") and text.endswith("]"):
        return text.removeprefix("ConfigField[").removesuffix("]")
    while arguments:  # ClassVar[ConfigField[int]] has it inside
        only = arguments[0]
        if getattr(only, "__origin__", None) is not ConfigField:
            return _written(only)
        arguments = only.__args__
    default = field.default_value
    return "Any" if default is REQUIRED else type_name(type(default))


def _written(declared: Any) -> str:
    """Return the text of a type, "Any" if it is too long or cannot be read."""
    try:
        if isinstance(declared, type):
            return type_name(declared)
        return "Any" if _is_deeper(declared, _MAX_LEVELS) else str(declared)
    except Exception:  # noqa: BLE001 - the type's own methods
        return "Any"


def _is_deeper(declared: Any, levels: int) -> bool:
    """Whether a type has types in it at more levels."""
    arguments = getattr(declared, "__args__", ())
    return bool(arguments) and (
        levels == 0 or any(_is_deeper(each, levels - 1) for each in arguments)
    )


_MAX_LEVELS = 10
"""The text of a deeper type may be very long: a type may occur in it many times."""
