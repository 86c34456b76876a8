"""The declared type of a field: its annotation, evaluated, or its default's type."""

from __future__ import annotations

from sys import modules

from pynenc_conf.core.field import ConfigField

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


def declared_type(owner: type, name: str, field: ConfigField[Any]) -> Any:
    """Return the type of a field that `owner` defines.

    An annotation that cannot be evaluated (a name imported for type checkers only)
    counts as absent. A default of None without annotation accepts anything.
    """
    default = field.default_value
    by_default = object if default is None else type(default)
    annotation = _evaluated(_annotation(owner, name), owner)
    while not _is_field(annotation):
        arguments = getattr(annotation, "__args__", ())
        if not arguments:  # neither ConfigField[...] nor ClassVar[ConfigField[...]]
            return by_default
        annotation = _evaluated(arguments[0], owner)
    declared = _evaluated(annotation.__args__[0], owner)
    if type(declared) is type:
        return declared
    return _completed(declared, owner, by_default)


def _is_field(annotation: Any) -> bool:
    origin = getattr(annotation, "__origin__", None)
    return isinstance(origin, type) and issubclass(origin, ConfigField)


def _annotation(owner: type, name: str) -> Any:
    try:
        return owner.__annotations__.get(name)
    except NameError:  # Python 3.14 evaluates annotations when they are asked for
        return None


def _names(owner: type) -> dict[str, Any]:
    module = modules.get(owner.__module__)
    return dict(vars(module)) if module is not None else {}


def _evaluated(annotation: Any, owner: type) -> Any:
    """Evaluate an annotation that is text; what cannot be evaluated stays text."""
    text = getattr(annotation, "__forward_arg__", annotation)
    if not isinstance(text, str):
        return annotation
    # The module's names first: a field may have the name of a type.
    for local in ({}, vars(owner).copy()):
        try:
            # An annotation is code of the module that declares the class. It may be
            # text in text: quoted, where annotations are text anyway.
            return _evaluated(eval(text, _names(owner), local), owner)  # noqa: S307
        except Exception:  # noqa: BLE001, S112 - then it cannot be evaluated so
            continue
    return text


def _completed(declared: Any, owner: type, by_default: type) -> Any:
    """Evaluate what is text inside a type, such as list["int"]."""
    import typing  # noqa: PLC0415 - only such declarations need it

    if isinstance(declared, typing.TypeVar):
        return declared.__bound__ or by_default
    if isinstance(declared, str):
        return by_default
    holder = type("Holder", (), {"__annotations__": {"declared": declared}})
    try:
        names = _names(owner)
        hints = typing.get_type_hints(holder, names, vars(owner).copy())
    except Exception:  # noqa: BLE001 - then it counts as absent
        return by_default
    return hints["declared"]
