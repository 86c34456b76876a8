"""The types of the members of a class, from its annotations."""

from __future__ import annotations

import sys
import typing
from importlib import import_module
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

from pynenc_conf._core.types.invalid import describe_cause

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    Hints = dict[str, Any]
    Reasons = dict[str, str]

_known: WeakKeyDictionary[type, tuple[Hints, Reasons]] = WeakKeyDictionary()


def member_hints(cls: type, local_names: Mapping[str, Any] | None = None) -> Hints:
    """Return the annotations of a class and its ancestors, evaluated.

    `local_names` are those of the function around the class, to be given once. An
    annotation that cannot be evaluated is left out; `unknown_hints` has its name.
    """
    return _evaluate(cls, local_names or {})[0]


def unknown_hints(cls: type) -> Reasons:
    """Return the members whose annotations could not be evaluated, with the reasons."""
    return _evaluate(cls, {})[1]


def _evaluate(cls: type, local_names: Mapping[str, Any]) -> tuple[Hints, Reasons]:
    known = _known.get(cls)
    if known is None or (known[1] and local_names):
        known = _known[cls] = _evaluate_all(cls, local_names) or _evaluate_each(
            cls, local_names
        )
    return known


def _evaluate_all(
    cls: type, local_names: Mapping[str, Any]
) -> tuple[Hints, Reasons] | None:
    try:
        hints = typing.get_type_hints(
            cls, localns=dict(local_names) or None, include_extras=True
        )
    except Exception:  # noqa: BLE001 - an annotation may be any expression
        return None
    return hints, {}


def _evaluate_each(cls: type, local_names: Mapping[str, Any]) -> tuple[Hints, Reasons]:
    hints: Hints = {}
    unknown: Reasons = {}
    for base in reversed(cls.__mro__):
        module = vars(sys.modules.get(base.__module__, typing))
        # Up to Python 3.12, text does not know the T of `class Box[T]`.
        own = {each.__name__: each for each in _parameters(base)}
        names = {**own, **vars(base), **local_names}
        for name, annotation in _annotations(base).items():
            holder = type("Holder", (), {"__annotations__": {name: annotation}})
            try:
                hints |= typing.get_type_hints(
                    holder, module, names, include_extras=True
                )
            except Exception as error:  # noqa: BLE001 - as above
                unknown[name] = describe_cause(error)
                hints.pop(name, None)  # of an ancestor
            else:
                unknown.pop(name, None)
    return hints, unknown


def _annotations(cls: type) -> Mapping[str, Any]:
    found: Mapping[str, Any] = vars(cls).get("__annotations__", {})
    if sys.version_info >= (3, 14):
        library: Any = import_module("annotationlib")
        found = library.get_annotations(cls, format=library.Format.FORWARDREF)
    return found


def bound_hints(cls: type, arguments: tuple[Any, ...]) -> Hints:
    """Return the annotations of a class with its type variables replaced.

    `arguments` are those of a generic class: `Box[int]` has the argument int. A generic
    ancestor has those that the class gives it: `class Numbers(Box[int])`.
    """
    hints = member_hints(cls)
    bindings = _find_bindings(cls, arguments)
    if not any(bindings.values()):
        return hints
    owners: dict[str, type] = {}
    for base in reversed(cls.__mro__):
        owners |= dict.fromkeys(_annotations(base), base)
    every: dict[Any, Any] = {}
    for known in reversed(bindings.values()):
        every |= known
    # A TypedDict has the annotations of its ancestors as its own.
    return {
        name: substitute(hint, every | bindings.get(owners.get(name, cls), {}))
        for name, hint in hints.items()
    }


def _find_bindings(cls: type, arguments: tuple[Any, ...]) -> dict[type, dict[Any, Any]]:
    """Return what the type variables of a class and its ancestors stand for."""
    found = {cls: _bind(_parameters(cls), arguments)}
    pending = [cls]
    while pending:
        current = pending.pop()
        for base in vars(current).get("__orig_bases__", current.__bases__):
            origin = typing.get_origin(base) or base
            if not isinstance(origin, type) or origin in found:
                continue
            given = [substitute(part, found[current]) for part in typing.get_args(base)]
            found[origin] = _bind(_parameters(origin), given)
            pending.append(origin)
    return found


def _bind(parameters: Sequence[Any], arguments: Sequence[Any]) -> dict[Any, Any]:
    """Return the argument of each type variable, and a tuple of those of `*Ts`."""
    if not arguments:
        return {}
    first = next((i for i, each in enumerate(parameters) if _is_variadic(each)), None)
    if first is None:
        return dict(zip(parameters, arguments, strict=False))
    after = len(parameters) - first - 1
    end = len(arguments) - after
    known = dict(zip(parameters[:first], arguments[:first], strict=False))
    known |= dict(zip(parameters[first + 1 :], arguments[end:], strict=False))
    return known | {parameters[first]: tuple(arguments[first:end])}


def _is_variadic(parameter: object) -> bool:
    # Also the one of typing_extensions.
    return type(parameter).__name__ == "TypeVarTuple"


def _parameters(cls: Any) -> tuple[Any, ...]:
    return getattr(cls, "__parameters__", ()) or getattr(cls, "__type_params__", ())


def variable_type(variable: Any) -> Any:
    """Return the type of a type variable that stands for no other type."""
    if getattr(variable, "has_default", bool)():
        return variable.__default__
    if variable.__constraints__:
        return typing.Union[variable.__constraints__]  # noqa: UP007 - not known here
    return variable.__bound__ or Any


def is_alias(declared: Any) -> bool:
    """Whether a type is `type X = ...`, or `X[int]` with a parameter."""
    # Also the one of typing_extensions.
    alias = typing.get_origin(declared) or declared
    return type(alias).__name__ == "TypeAliasType"


def alias_value(declared: Any) -> Any:
    """Return the type that an alias stands for. Raises what its expression raises."""
    alias: Any = typing.get_origin(declared) or declared
    known = _bind(alias.__type_params__, typing.get_args(declared))
    return substitute(alias.__value__, known)


def substitute(hint: Any, known: Mapping[Any, Any]) -> Any:
    """Return a type with its type variables replaced by the types they stand for."""
    if isinstance(hint, typing.TypeVar):
        return known.get(hint, hint)
    parameters = getattr(hint, "__parameters__", ())
    if not parameters or isinstance(hint, type):
        return hint
    arguments: list[Any] = []
    for parameter in parameters:
        if _is_variadic(parameter):
            arguments += known.get(parameter, (typing.Unpack[parameter],))
        else:
            arguments.append(known.get(parameter, parameter))
    return hint[tuple(arguments)]
