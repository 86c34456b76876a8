"""Structures: dataclasses, attrs classes, NamedTuple and TypedDict, by their members.

Each of the four is a list of named members with types of their own. `Structure`
describes such a class; nothing else needs to know which of the four it is.
"""

from __future__ import annotations

import sys
import types
import typing
from collections.abc import Mapping
from enum import Enum
from typing import TYPE_CHECKING, Any

from pynenc_conf._core.types.exchange import exchange
from pynenc_conf._core.types.hints import (
    alias_value,
    bound_hints,
    is_alias,
    member_hints,
    unknown_hints,
    variable_type,
)
from pynenc_conf._core.types.unset import REQUIRED, UNSET

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


class Member:
    """One member of a structure: its type, its default, and a description or "".

    The default is REQUIRED if it must be set, UNSET if a TypedDict may leave it out, or
    if only an instance knows it. `is_stored`: whether an instance has it, which is
    not so if it is only passed to the class.
    """

    __slots__ = ("declared", "default", "doc", "is_stored")

    def __init__(
        self, declared: Any, default: Any, doc: str = "", *, is_stored: bool = True
    ) -> None:
        self.declared: Any = declared
        self.default: Any = default
        self.doc: str = doc
        self.is_stored: bool = is_stored


class Structure:
    """What is common to the four kinds of classes with members.

    - `members`: name to Member, in order of declaration.
    - `is_dict`: whether its values are dicts (TypedDict), which have no class.
    - `is_tuple`: whether a list of values sets the members in their order.
    """

    is_dict = False
    is_tuple = False

    def __init__(self, cls: Any, members: dict[str, Member]) -> None:
        self.cls = cls
        self.members = members

    def holds(self, value: object) -> bool:
        """Whether a value is an instance, complete and with its members converted."""
        return isinstance(value, self.cls)

    def get(self, instance: Any, name: str) -> Any:
        """Return a member of an instance; UNSET if the instance has no such member."""
        try:
            return self._read(instance, name)
        except Exception:  # noqa: BLE001 - a property of the application's
            return UNSET

    def _read(self, instance: Any, name: str) -> Any:
        return getattr(instance, name, UNSET)

    def build(self, values: dict[str, Any]) -> Any:
        """Return an instance; members that are not in `values` have their defaults."""
        return self.cls(**values)

    def replace(self, instance: Any, values: dict[str, Any]) -> Any:
        """Return a copy of an instance with these members instead of its own."""
        raise NotImplementedError


class _Dataclass(Structure):
    def _read(self, instance: Any, name: str) -> Any:
        # The class may have the default of what is not stored.
        is_stored = name not in self.members or self.members[name].is_stored
        return super()._read(instance, name) if is_stored else UNSET

    def replace(self, instance: Any, values: dict[str, Any]) -> Any:
        dataclasses = sys.modules["dataclasses"]
        fields = dataclasses.fields(instance)
        attributes = {each.name: each.name if each.init else None for each in fields}
        return exchange(dataclasses.replace, instance, values, attributes)


class _Attrs(Structure):
    def _read(self, instance: Any, name: str) -> Any:
        # The name of a private attribute (`_host`) and of its argument (`host`) differ.
        attributes = type(instance).__attrs_attrs__
        names = {_argument(attribute): attribute.name for attribute in attributes}
        return getattr(instance, names.get(name, name), UNSET)

    def replace(self, instance: Any, values: dict[str, Any]) -> Any:
        attributes = {
            attribute.name: _argument(attribute) if attribute.init else None
            for attribute in type(instance).__attrs_attrs__
        }
        return exchange(sys.modules["attr"].evolve, instance, values, attributes)


class _NamedTuple(Structure):
    is_tuple = True

    def replace(self, instance: Any, values: dict[str, Any]) -> Any:
        return instance._replace(**values)


class _TypedDict(Structure):
    is_dict = True

    def holds(self, value: object) -> bool:  # noqa: ARG002
        return False

    def _read(self, instance: Any, name: str) -> Any:
        return instance.get(name, UNSET) if isinstance(instance, Mapping) else UNSET

    def build(self, values: dict[str, Any]) -> Any:
        return values

    def replace(self, instance: Any, values: dict[str, Any]) -> Any:
        return {**instance, **values}


def structure_of(cls: type, arguments: tuple[Any, ...] = ()) -> Structure | None:
    """Return the description of a class with members, or None for any other class.

    `arguments` are those of a generic class: `Box[int]` has the argument int.
    """
    for find, kind in _KINDS.items():
        found = find(cls)
        if found is not None and not issubclass(cls, Enum):
            hints = bound_hints(cls, arguments)
            hints = {name: without_extras(hint) for name, hint in hints.items()}
            return kind(cls, dict(found(hints)))
    return None


def without_extras(hint: Any) -> Any:
    """Return the type in Final and Annotated, whose metadata may have no hash."""
    while typing.get_origin(hint) in (typing.Final, typing.Annotated):
        hint = typing.get_args(hint)[0]
    return hint


def member_types(cls: type) -> list[Any]:
    """Return the declared types of the members of a structure; of others, none."""
    is_structure = any(find(cls) is not None for find in _KINDS)
    return list(member_hints(cls).values()) if is_structure else []


if TYPE_CHECKING:
    Hints = dict[str, Any]
    Found = Callable[[Hints], Iterator[tuple[str, Member]]]


def _find_typed_dict(cls: Any) -> Found | None:
    # Not typing.is_typeddict(), which does not know the TypedDict of typing_extensions.
    required = getattr(cls, "__required_keys__", None)
    if required is None or not issubclass(cls, dict):
        return None

    def members(hints: Hints) -> Iterator[tuple[str, Member]]:
        # Without the annotations that cannot be evaluated.
        keys = required | getattr(cls, "__optional_keys__", frozenset())
        missing = sorted(keys - hints.keys())
        for name, hint in [*hints.items(), *((name, Any) for name in missing)]:
            declared, is_required = hint, name in required
            # The class itself does not see these in annotations that are text.
            while (qualifier := _qualifier(declared)) is not None:
                is_required = _QUALIFIERS.get(qualifier, is_required)
                (declared,) = typing.get_args(declared)
            declared = without_extras(declared)
            yield name, Member(declared, REQUIRED if is_required else UNSET)

    return members


def _qualifier(declared: Any) -> str | None:
    name = getattr(typing.get_origin(declared), "_name", None)
    return name if name in {"ReadOnly", *_QUALIFIERS} else None


# Whether a key must be there; ReadOnly says nothing about that.
_QUALIFIERS = {"Required": True, "NotRequired": False}


def _find_dataclass(cls: Any) -> Found | None:
    if not hasattr(cls, "__dataclass_fields__"):
        return None
    import dataclasses  # noqa: PLC0415 - loaded already; slow to load otherwise

    def members(hints: Hints) -> Iterator[tuple[str, Member]]:
        stored = {field.name for field in dataclasses.fields(cls)}
        # In order of declaration, with those that are passed and not stored.
        for name, field in cls.__dataclass_fields__.items():
            hint = hints.get(name, Any)
            if hint is dataclasses.InitVar or isinstance(hint, dataclasses.InitVar):
                declared = getattr(hint, "type", Any)  # none if it is only `InitVar`
                default = getattr(cls, name, REQUIRED)
                yield name, Member(without_extras(declared), default, is_stored=False)
            elif name in stored and field.init:
                default = field.default
                if field.default_factory is not dataclasses.MISSING:
                    default = _from_factory(field.default_factory)
                elif default is dataclasses.MISSING:
                    default = REQUIRED
                docs = (field.metadata.get("doc"), getattr(field, "doc", None))
                yield name, Member(hint, default, _first_text(*docs))

    return members


def _first_text(*found: object) -> str:
    """Return the first description that is text; metadata may hold anything."""
    return next((each for each in found if isinstance(each, str) and each), "")


def _from_factory(factory: Callable[[], Any]) -> Any:
    try:
        return factory()
    except Exception:  # noqa: BLE001 - it will raise again, when its value is needed
        return UNSET


def _find_attrs(cls: Any) -> Found | None:
    attributes = getattr(cls, "__attrs_attrs__", None)
    if attributes is None:
        return None

    def members(hints: Hints) -> Iterator[tuple[str, Member]]:
        nothing = sys.modules["attr"].NOTHING
        for attribute in attributes:
            if attribute.init:
                default = attribute.default
                if default is nothing:
                    default = REQUIRED
                elif hasattr(default, "takes_self"):
                    # Without the instance, a factory that takes it has no value yet.
                    takes_self = default.takes_self
                    default = UNSET if takes_self else _from_factory(default.factory)
                # Without an annotation it may have `type=`.
                is_form = not isinstance(attribute.type, (str, types.NoneType))
                other = attribute.type if is_form else Any
                hint = hints.get(attribute.name, other)
                doc = _first_text(attribute.metadata.get("doc"))
                yield _argument(attribute), Member(hint, default, doc)

    return members


def _argument(attribute: Any) -> str:
    name: str = getattr(attribute, "alias", None) or attribute.name.lstrip("_")
    return name


def _find_named_tuple(cls: Any) -> Found | None:
    names = getattr(cls, "_fields", None)
    defaults = getattr(cls, "_field_defaults", {})
    if not issubclass(cls, tuple) or not isinstance(names, tuple):
        return None

    def members(hints: Hints) -> Iterator[tuple[str, Member]]:
        for name in names:
            yield name, Member(hints.get(name, Any), defaults.get(name, REQUIRED))

    return members


_KINDS: dict[Callable[[Any], Found | None], type[Structure]] = {
    _find_typed_dict: _TypedDict,
    _find_dataclass: _Dataclass,
    _find_attrs: _Attrs,
    _find_named_tuple: _NamedTuple,
}


def optional_structure(declared: Any) -> tuple[Structure, bool] | None:
    """Return the structure behind a type, and whether the type accepts None too.

    Sees through `X | None`, Annotated, NewType and aliases; None for any other type.
    """
    is_optional = False
    for _ in range(_MAX_FORMS):
        declared = unwrap(declared)
        if typing.get_origin(declared) not in {typing.Union, types.UnionType}:
            break
        rest = [t for t in typing.get_args(declared) if t is not types.NoneType]
        if len(rest) != 1:
            return None
        declared, is_optional = rest[0], True
    cls = typing.get_origin(declared) or declared
    if not isinstance(cls, type):
        return None
    structure = structure_of(cls, typing.get_args(declared))
    return None if structure is None else (structure, is_optional)


def find_unknown_members(
    declared: Any, local_names: Mapping[str, Any]
) -> Iterator[tuple[str, str]]:
    """Yield the members whose annotations cannot be evaluated, with the reasons.

    Members are paths (`address.city`), in all structures that a type contains.
    `local_names` are those of the function around the config class, which may be
    around its structures too.
    """
    parts = [("", declared)]
    seen: dict[int, Any] = {}
    while parts:
        path, part = parts.pop()
        # By identity: to compare types may take exponential time.
        if id(part) in seen:
            continue
        seen[id(part)] = part
        parts += [(path, argument) for argument in typing.get_args(part)]
        # An alias may stand for endless types: `type X[T] = list[X[list[T]]]`.
        known = (typing.get_origin(part) or part) if is_alias(part) else part
        if known is not part and id(known) in seen:
            continue
        seen[id(known)] = known
        part = unwrap(part)
        if part is not known:
            parts.append((path, part))
            continue
        cls = typing.get_origin(part) or part
        if not isinstance(cls, type) or not any(find(cls) for find in _KINDS):
            continue
        hints = member_hints(cls, local_names)
        structure = structure_of(cls)
        for name, reason in unknown_hints(cls).items():
            # attrs removes the underscore of a private name. Other names are not
            # members, such as those of class variables.
            member = name.lstrip("_")
            if structure is not None and not {name, member}.isdisjoint(
                structure.members
            ):
                yield path + member, reason
        parts += [(f"{path}{name}.", hint) for name, hint in hints.items()]


def unwrap(declared: Any) -> Any:
    """Return the type behind Annotated, NewType, aliases, variables, LiteralString.

    An alias that stands for itself, or that cannot be evaluated, stays an alias.
    """
    for _ in range(_MAX_FORMS):
        if typing.get_origin(declared) is typing.Annotated:
            declared = typing.get_args(declared)[0]
        elif is_alias(declared):
            try:
                declared = alias_value(declared)
            except Exception:  # noqa: BLE001 - conversions report it
                return declared
        elif not isinstance(declared, type) and hasattr(declared, "__supertype__"):
            declared = declared.__supertype__
        elif isinstance(declared, typing.TypeVar):
            declared = variable_type(declared)
        elif declared is typing.LiteralString:
            declared = str
        else:
            break
    return declared


_MAX_FORMS = 100
"""An alias may refer to itself."""
