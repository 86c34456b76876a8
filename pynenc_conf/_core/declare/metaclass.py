"""The metaclass of every config class: it collects the fields, once per class."""

from __future__ import annotations

from abc import ABCMeta

from pynenc_conf._core.declare.annotations import (
    is_annotated_as_field,
    namespace_annotations,
)
from pynenc_conf._core.declare.checks import (
    check_field,
    check_name,
    check_secret,
    check_type,
)
from pynenc_conf._core.declare.field import ConfigField
from pynenc_conf._core.frames import clear_frames
from pynenc_conf._core.masking import type_name
from pynenc_conf._core.types.unset import REQUIRED
from pynenc_conf.exceptions import ConfigTypeError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any


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
            _count_change()
            return created  # noqa: TRY300
        except BaseException as error:
            del namespace, kwds
            clear_frames(error)  # which says why
            raise

    # Hidden from type checkers, which would let any name pass.
    if not TYPE_CHECKING:

        def __setattr__(cls, name: str, value: Any) -> None:
            """Set a class attribute, and discard what was computed for the class."""
            try:
                if not name.startswith("__"):
                    value = _as_field(type_name(cls), (cls,), name, value)
                if isinstance(value, ConfigField):
                    _check(type_name(cls), (cls,), name, value)
                super().__setattr__(name, value)
                _forget_derived(cls)
            except BaseException as error:
                value = None
                clear_frames(error)  # which says why
                raise

        def __delattr__(cls, name: str) -> None:
            """Delete a class attribute, and discard what was computed for the class."""
            super().__delattr__(name)
            _forget_derived(cls)


def _prepare(name: str, bases: tuple[type, ...], namespace: dict[str, Any]) -> None:
    """Complete the namespace of a class. Raises ConfigTypeError."""
    for key in [key for key in namespace if not key.startswith("__")]:
        namespace[key] = _as_field(name, bases, key, namespace[key])
    annotations = namespace_annotations(namespace)
    for key, value in namespace.items():
        if isinstance(value, ConfigField):
            _check(name, bases, key, value, annotations.get(key))
    for key, annotation in annotations.items():
        is_field = isinstance(namespace.get(key), ConfigField)
        if not is_field and is_annotated_as_field(annotation, namespace):
            message = (
                f"{name}.{key} is annotated as a ConfigField but is not one; "
                f"write {key} = ConfigField(...)"
            )
            raise ConfigTypeError(message)
    namespace["__doc__"] = _described(namespace, annotations)
    # What other modules compute once per class. The metaclass must not annotate it:
    # `cls.__annotations__` of a class without annotations would be the metaclass's.
    namespace["_derived"] = {}


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
    return [key for key, item in items if isinstance(item, ConfigField)]


def config_bases(cls: type) -> list[type[Any]]:
    """Return the direct bases that are config classes, except ConfigBase."""
    return [base for base in cls.__bases__ if is_config(base) and not is_root(base)]


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


def _as_field(class_name: str, bases: tuple[type, ...], name: str, value: Any) -> Any:
    """Return an inherited field with a new default if a plain value redefines it.

    A field that redefines a secret field is secret too.
    """
    is_field = isinstance(value, ConfigField)
    if not is_field and hasattr(type(value), "__get__"):
        return value
    ancestors = (cls for base in bases for cls in base.__mro__)
    inherited = (vars(cls)[name] for cls in ancestors if name in vars(cls))
    field = next((item for item in inherited if isinstance(item, ConfigField)), None)
    if field is None:
        return value
    if not is_field:
        return field.with_default(value)
    check_secret(f"{class_name}.{name}", value)
    value.secret = True if value.secret is True else field.secret or value.secret
    return value


def _check(
    class_name: str,
    bases: tuple[type, ...],
    name: str,
    field: ConfigField[Any],
    annotation: object = None,
) -> None:
    """Raise ConfigTypeError if a class cannot have this field."""
    where = f"{class_name}.{name}"
    ancestors = (cls for base in bases for cls in base.__mro__)
    check_name(where, name, next(filter(is_root, ancestors), None))
    check_secret(where, field)
    check_field(where, field)
    if field.mapper is None:
        check_type(where, annotation, ConfigMeta)
        check_type(where, type(field.default_value), ConfigMeta)


def _count_change() -> None:
    global changes  # noqa: PLW0603 - read by what is collected of all classes
    changes += 1


def _forget_derived(cls: type) -> None:
    _count_change()
    # Another dict: a thread that plans the class right now fills the old one.
    type.__setattr__(cls, "_derived", {})
    child: type
    for child in cls.__subclasses__():
        _forget_derived(child)


def _described(
    namespace: Mapping[str, Any], annotations: Mapping[str, Any]
) -> str | None:
    doc: str | None = namespace.get("__doc__")
    lines = []
    for name, field in namespace.items():
        if isinstance(field, ConfigField) and field.doc:
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
            return type_name(only) if isinstance(only, type) else str(only)
        arguments = only.__args__
    default = field.default_value
    return "Any" if default is REQUIRED else type_name(type(default))
