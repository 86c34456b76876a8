"""Conversion to a structure: a mapping of members, each converted to its own type."""

from __future__ import annotations

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from typing import TYPE_CHECKING, Any

from pynenc_conf._core.masking import NAME_HIDDEN, is_plain_name, type_name
from pynenc_conf._core.types.containers import build, parse_json, split_items
from pynenc_conf._core.types.invalid import (
    MEMBER,
    UNKNOWN_MEMBER,
    InvalidMembers,
    InvalidValue,
)
from pynenc_conf._core.types.recursion import once
from pynenc_conf._core.types.unset import REQUIRED

if TYPE_CHECKING:
    from pynenc_conf._core.types.scalars import Converter, ConvertTo
    from pynenc_conf._core.types.structures import Structure

_MAX_NAMES = 5
_MAX_PROBLEMS = 100


def structure_words(structure: Structure) -> str:
    """Return the type in words: its name, and the names of its first members."""
    names = list(structure.members)
    more = ", ..." if len(names) > _MAX_NAMES else ""
    listed = ", ".join(names[:_MAX_NAMES])
    return f"{type_name(structure.cls)} (a mapping with {listed}{more})"


def to_structure(
    structure: Structure, arguments: tuple[Any, ...], convert_to: ConvertTo
) -> Converter:
    """Return the conversion to a structure, and the type in words.

    `arguments` are those of a generic class.

    Every problem of the members is reported, not only the first; at most 100.
    """
    expected = structure_words(structure)
    # Made when they are first needed: a member may be of the structure's own type.
    converters: dict[str, Converter] = {}

    def convert(raw: Any) -> Any:
        values = {}
        problems: list[InvalidValue] = []
        given = read_members(structure, raw, expected)
        for name, item in given.items():
            if name not in structure.members:
                problems.append(unknown_member(structure, name))
                continue
            if name not in converters:
                converters[name] = convert_to(structure.members[name].declared)
            try:
                values[name] = converters[name][0](item)
            except InvalidValue as invalid:
                problems += invalid.inside(MEMBER, name)
        for name, member in structure.members.items():
            if member.default is REQUIRED and name not in given:
                problems.append(missing_member(name))
        if problems:
            raise InvalidMembers(expected, raw, problems[:_MAX_PROBLEMS])
        return build(structure.build, values, expected, raw)

    convert_once = once((structure.cls, arguments), convert, expected)

    def keep_or_convert(raw: Any) -> Any:
        return raw if structure.holds(raw) else convert_once(raw)

    return keep_or_convert, expected


def read_members(structure: Structure, raw: Any, expected: str) -> dict[str, Any]:
    """Return the raw values of members, by name.

    A mapping gives them, or the text of a JSON object; for a NamedTuple also a
    sequence, or text that means one. Of unknown names only the first are returned,
    because each is compared with the names of all members. Raises InvalidValue.
    """
    value = raw
    if isinstance(raw, str) and not (structure.is_tuple and raw.strip()[:1] != "{"):
        value = parse_json(raw.strip() or "{}", f"{expected}, as a JSON object")
    if isinstance(value, Mapping):
        members = {str(key): item for key, item in dict(value).items()}
        unknown = [name for name in members if name not in structure.members]
        for name in unknown[_MAX_PROBLEMS:]:
            del members[name]
        return members
    if not structure.is_tuple or isinstance(value, AbstractSet):
        raise InvalidValue(expected, raw)
    items = split_items(value, expected)
    if len(items) > len(structure.members):
        at_most = f"{expected}, at most {len(structure.members)}"
        raise InvalidValue(at_most, raw)
    return dict(zip(structure.members, items, strict=False))


def unknown_member(structure: Structure, name: str) -> InvalidValue:
    """Return the problem of a member that a structure does not have."""
    if not is_plain_name(name):
        return InvalidValue("a member", name, message=f"unknown member {NAME_HIDDEN}")
    invalid = InvalidValue(
        "a member", name, message="unknown member", choices=list(structure.members)
    )
    return invalid.inside(UNKNOWN_MEMBER, name)[0]


def missing_member(name: str) -> InvalidValue:
    """Return the problem of a member that has to be set and is not."""
    invalid = InvalidValue("a value", None, message="missing required member")
    return invalid.inside(MEMBER, name)[0]
