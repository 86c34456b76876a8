"""Conversions to typing forms: unions, Literal, Annotated, aliases, abstract types.

Imported only for types other than bool, int, float and str, because importing `typing`
is slow.
"""

from __future__ import annotations

import types
import typing
from collections.abc import Mapping
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from pynenc_conf._core.formats.yaml_scalar import Scalar
from pynenc_conf._core.masking import type_name
from pynenc_conf._core.types.classes import of_class
from pynenc_conf._core.types.invalid import InvalidMembers, InvalidValue
from pynenc_conf._core.types.scalars import ANY, read_scalar, to_any
from pynenc_conf._core.types.structures import optional_structure

if TYPE_CHECKING:
    from pynenc_conf._core.types.scalars import Convert, Converter, ConvertTo

# The class that is built for an abstract type of collections.abc.
_CONCRETE: dict[object, type] = {
    typing.get_origin(typing.Sequence[Any]): tuple,
    typing.get_origin(typing.Iterable[Any]): tuple,
    typing.get_origin(typing.Collection[Any]): tuple,
    typing.get_origin(typing.MutableSequence[Any]): list,
    typing.get_origin(typing.AbstractSet[Any]): frozenset,
    typing.get_origin(typing.MutableSet[Any]): set,
    typing.get_origin(typing.Mapping[Any, Any]): dict,
    typing.get_origin(typing.MutableMapping[Any, Any]): dict,
}
_UNIONS = {typing.Union, types.UnionType}
NULL = "null"
_NULL_TEXT = {"", "none", "null"}


def converter(declared: Any, convert_to: ConvertTo) -> Converter:
    """Return the conversion to a declared type, and the type in words."""
    origin = typing.get_origin(declared)
    arguments = typing.get_args(declared)
    if origin in _UNIONS:
        return _union(arguments, convert_to)
    if origin is typing.Literal:
        return _literal(arguments)
    if origin is typing.Annotated:
        return convert_to(arguments[0])
    # NewType has a supertype, `type X = ...` has a value.
    if not isinstance(declared, type) and hasattr(declared, "__supertype__"):
        return convert_to(declared.__supertype__)
    if type_name(type(declared)) == "TypeAliasType":
        return _alias(declared, convert_to)
    return _class(origin or declared, arguments, convert_to)


def takes_mapping(declared: Any) -> bool:
    """Whether a table is a value of this type, and not a section."""
    if optional_structure(declared) is not None:
        return True
    if isinstance(declared, type):
        return issubclass(declared, Mapping) or declared is Any
    origin = typing.get_origin(declared)
    if origin in _UNIONS:
        return any(map(takes_mapping, typing.get_args(declared)))
    return declared is Any or (isinstance(origin, type) and issubclass(origin, Mapping))


def _class(
    declared: Any, arguments: tuple[Any, ...], convert_to: ConvertTo
) -> Converter:
    """Return the conversion to a class, which may be abstract, or to None or Any."""
    cls = _CONCRETE.get(declared, declared)
    if cls is tuple and declared is not tuple and arguments:
        arguments = (*arguments, ...)  # Sequence[int] has any length
    if cls in {None, types.NoneType}:
        return _to_none, NULL
    if not isinstance(cls, type) or cls in {object, Any}:
        return to_any, ANY
    return of_class(cls, arguments, convert_to)


def _alias(declared: Any, convert_to: ConvertTo) -> Converter:
    """Resolve `type X = ...` with the first value, because it may refer to itself."""
    followed: list[Convert] = []

    def convert(raw: Any) -> Any:
        if not followed:
            followed.append(convert_to(declared.__value__)[0])
        return followed[0](raw)

    return convert, str(declared)


def _to_none(raw: Any) -> None:
    value = read_scalar(raw, NULL) if type(raw) is Scalar else raw
    if not is_null(value):
        raise InvalidValue(NULL, value)


def is_null(raw: object) -> bool:
    """Whether a raw value means None, if the type accepts None and no text."""
    if type(raw) is Scalar:
        return raw.tag == "null"
    return raw is None or (isinstance(raw, str) and raw.lower() in _NULL_TEXT)


def _union(members: tuple[Any, ...], convert_to: ConvertTo) -> Converter:
    """Try the members in order, after members that the value is an instance of."""
    optional = types.NoneType in members
    rest = [member for member in members if member is not types.NoneType]
    converters = {member: convert_to(member) for member in rest}
    words = [word for _, word in converters.values()] + ([NULL] if optional else [])
    expected = " or ".join(words)
    # Text such as "" means None, unless a member is str or has a choice of that name.
    null_text = _NULL_TEXT if optional and str not in rest else set[str]()
    choices = [converters[member][0] for member in rest if _is_choice(member)]
    every = [convert for convert, _ in converters.values()]

    def convert(raw: Any) -> Any:
        value = raw
        if type(raw) is Scalar:
            with suppress(ValueError):  # an impossible date may be text
                value = raw.value
        if optional and value is None:
            return None
        if isinstance(value, str) and value.lower() in null_text:
            return _first([*choices, lambda _: None], raw, expected)
        if type(value) in converters:
            return converters[type(value)][0](raw)
        for member, (convert_member, _) in converters.items():
            if _is_of(value, member):
                return convert_member(raw)
        return _first(every, raw, expected)

    return convert, expected


def _first(converters: list[Convert], raw: Any, expected: str) -> Any:
    """Return the result of the first conversion that accepts the value."""
    errors = []
    for convert in converters:
        try:
            return convert(raw)
        except InvalidValue as invalid:
            errors.append(invalid)
    choices = [choice for invalid in errors for choice in invalid.choices]
    only = errors[0] if len(errors) == 1 else InvalidValue(expected, raw)
    if isinstance(only, InvalidMembers):
        raise only
    raise InvalidValue(expected, only.raw, steps=only.steps, choices=choices)


def _is_choice(member: Any) -> bool:
    is_enum = isinstance(member, type) and hasattr(member, "__members__")
    return is_enum or typing.get_origin(member) is typing.Literal


def _is_of(value: object, member: Any) -> bool:
    if not isinstance(member, type) or typing.is_typeddict(member):
        return False
    return not isinstance(value, bool) and isinstance(value, member)


def _literal(choices: tuple[Any, ...]) -> Converter:
    expected = f"one of {', '.join(map(repr, choices))}"
    by_text = {str(choice): choice for choice in reversed(choices)}
    # Files have true for Python's True.
    flags = [choice for choice in choices if isinstance(choice, bool)]
    by_text |= {str(flag).lower(): flag for flag in flags}

    def convert(raw: Any) -> Any:
        candidates = (
            (raw.text, read_scalar(raw, expected)) if type(raw) is Scalar else (raw,)
        )
        for candidate in candidates:
            for choice in choices:
                if type(choice) is type(candidate) and choice == candidate:
                    return choice
        text = candidates[0]
        if isinstance(text, str) and text.strip() in by_text:
            return by_text[text.strip()]
        raise InvalidValue(expected, raw, choices=list(by_text))

    return convert, expected
