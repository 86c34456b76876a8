"""Conversions to typing forms: unions, Literal, Annotated, aliases, abstract types.

Imported only for types other than bool, int, float and str, because importing `typing`
is slow.
"""

from __future__ import annotations

import types
import typing
from collections.abc import Mapping
from contextlib import suppress
from enum import Enum
from typing import TYPE_CHECKING, Any

from pynenc_conf._core.formats.yaml_scalar import Scalar
from pynenc_conf._core.masking import type_name
from pynenc_conf._core.types.classes import (
    enum_converter,
    is_instance,
    member_word,
    of_class,
)
from pynenc_conf._core.types.containers import sequence
from pynenc_conf._core.types.hints import alias_value, is_alias, variable_type
from pynenc_conf._core.types.invalid import InvalidMembers, InvalidValue
from pynenc_conf._core.types.recursion import once
from pynenc_conf._core.types.scalars import ANY, is_truth, read_scalar, to_any
from pynenc_conf._core.types.structures import (
    optional_structure,
    unwrap,
    without_extras,
)

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
NEVER = "no value"
_NULL_TEXT = {"", "none", "null"}
_MAX_DEPTH = 5  # of unions in unions, which may refer to themselves


def converter(declared: Any, convert_to: ConvertTo) -> Converter:
    """Return the conversion to a declared type, and the type in words."""
    origin = typing.get_origin(declared)
    arguments = typing.get_args(declared)
    if origin in _UNIONS:
        return _union(arguments, convert_to)
    if origin is typing.Literal:
        return _literal(arguments)
    if is_alias(declared):
        return _alias(declared, convert_to)
    inner = arguments[0] if origin is typing.Annotated else _supertype(declared)
    if inner is not None:
        return convert_to(inner)
    # typing.Tuple without arguments has no such attribute.
    if origin is tuple and getattr(declared, "__args__", None) == ():
        return sequence(tuple, (), convert_to, is_empty=True)
    return _class(origin or declared, arguments, convert_to)


def _subclass(parent: Any) -> Converter:
    """Return the conversion to `type[parent]`: a class derived from `parent`."""
    parent = unwrap(parent)
    members = typing.get_args(parent) if typing.get_origin(parent) in _UNIONS else ()
    parents = [typing.get_origin(each) or each for each in members or (parent,)]
    classes = [types.NoneType if each is None else each for each in parents]
    words = [type_name(each) for each in classes if isinstance(each, type)]
    if len(words) < len(classes) or Any in classes:  # of Any, say, every class is one
        words = ["object"]
        classes = [object]
    expected = f"class derived from {' or '.join(words)}"

    def convert(raw: Any) -> Any:
        is_derived = isinstance(raw, type)
        with suppress(TypeError):  # a Protocol may not know its subclasses
            is_derived = is_derived and issubclass(raw, tuple(classes))
        if not is_derived:
            raise InvalidValue(expected, raw)
        return raw

    return convert, expected


def _supertype(declared: Any) -> Any:
    """Return the type behind a NewType, type variable or LiteralString, or None."""
    if declared is typing.LiteralString:
        return str
    if isinstance(declared, typing.TypeVar):
        return variable_type(declared)
    is_class = isinstance(declared, type)
    return None if is_class else getattr(declared, "__supertype__", None)


def takes_mapping(declared: Any, depth: int = 0) -> bool:
    """Whether a table is a value of this type, and not a section."""
    if optional_structure(declared) is not None:
        return True
    declared = unwrap(declared)
    if isinstance(declared, type):
        return issubclass(declared, Mapping) or declared is Any
    origin = typing.get_origin(declared)
    if origin in _UNIONS and depth < _MAX_DEPTH:
        members = typing.get_args(declared)
        return any(takes_mapping(member, depth + 1) for member in members)
    return declared is Any or (isinstance(origin, type) and issubclass(origin, Mapping))


def _class(
    declared: Any, arguments: tuple[Any, ...], convert_to: ConvertTo
) -> Converter:
    """Return the conversion to a class, which may be abstract, or to None or Any."""
    if declared in (None, types.NoneType):
        return _to_none, NULL
    if declared in (typing.Never, typing.NoReturn):
        return _to_never, NEVER
    if not isinstance(declared, type) or declared in {object, Any}:
        return to_any, ANY
    if declared is type and arguments:
        return _subclass(arguments[0])
    cls = _CONCRETE.get(declared, declared)
    if cls is tuple and declared is not tuple and arguments:
        arguments = (*arguments, ...)  # Sequence[int] has any length
    return of_class(cls, arguments, convert_to)


def _alias(declared: Any, convert_to: ConvertTo) -> Converter:
    """Resolve `type X = ...` with the first value, because it may refer to itself."""
    followed: list[Convert] = []
    expected = str(declared)

    def convert(raw: Any) -> Any:
        cause = None
        if not followed:
            try:
                value = alias_value(declared)
            except Exception as error:  # noqa: BLE001 - it may be any expression
                cause = error
            else:
                followed.append(convert_to(value)[0])
        if cause is not None:
            raise InvalidValue(expected, raw, cause=cause)
        return followed[0](raw)

    return once(declared, convert, expected), expected


def _to_never(raw: Any) -> Any:
    raise InvalidValue(NEVER, raw)


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
    rest = [without_extras(m) for m in members if m is not types.NoneType]
    pairs = [(member, convert_to(member)) for member in rest]
    # Only classes have instances; other types may have no hash.
    converters = {each: found for each, found in pairs if isinstance(each, type)}
    words = [word for _, (_, word) in pairs] + ([NULL] if optional else [])
    expected = " or ".join(words)
    # Text such as "" means None, unless a member is str or has a choice of that name.
    has_text = any(_takes_any_text(unwrap(member)) for member in rest)
    null_text = _NULL_TEXT if optional and not has_text else set[str]()
    choices = [convert for member, (convert, _) in pairs if _is_choice(member)]
    every = [convert for _, (convert, _) in pairs]

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
    raise InvalidValue(expected, only.given, steps=only.steps, choices=choices)


def _takes_any_text(member: Any) -> bool:
    # str, and classes derived from it that have no rules of their own.
    return getattr(member, "__new__", None) is str.__new__


def _is_choice(member: Any) -> bool:
    is_enum = isinstance(member, type) and hasattr(member, "__members__")
    return is_enum or typing.get_origin(member) is typing.Literal


def _is_of(value: object, member: Any) -> bool:
    if not isinstance(member, type):
        return False
    try:
        return not is_truth(value) and is_instance(value, member)
    except TypeError:  # a TypedDict has no instances, a Protocol may not know them
        return False


def _literal(choices: tuple[Any, ...]) -> Converter:
    words = [member_word(c) if isinstance(c, Enum) else c for c in choices]
    expected = f"one of {', '.join(map(repr, words))}"
    # A member has the spellings that its Enum has.
    enums = dict.fromkeys(type(each) for each in choices if isinstance(each, Enum))
    converters = [enum_converter(cls)[0] for cls in enums]
    by_text = {str(choice): choice for choice in reversed(choices)}
    # Files have true for Python's True.
    flags = [choice for choice in choices if isinstance(choice, bool)]
    by_text |= {str(flag).lower(): flag for flag in flags}
    listed = [str(word) for word in [*words, *(str(flag).lower() for flag in flags)]]

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
        for convert_member in converters:
            with suppress(InvalidValue):
                found = convert_member(raw)
                if any(found is choice for choice in choices):
                    return found
        if None in choices and is_null(raw):
            return None
        raise InvalidValue(expected, raw, choices=listed)

    return convert, expected
