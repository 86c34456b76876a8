"""Forms of simple types: which data and which text stand for their values."""

from __future__ import annotations

import json
import re
import types
from datetime import date, time, timedelta
from decimal import Decimal
from enum import Enum, Flag, FlagBoundary
from functools import reduce
from math import isfinite
from numbers import Integral, Real
from operator import or_
from pathlib import PurePath
from typing import TYPE_CHECKING, Any, NamedTuple

from pynenc_conf._core.report.syntax import to_data
from pynenc_conf._core.types.scalars import BOOLEAN_TEXT
from pynenc_conf._tools.schema.patterns import (
    DURATION,
    match_any_case,
    match_exactly,
    match_integer,
    match_whole,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    Schema = dict[str, Any]
    # Values as data, and pattern fragments of text.
    Spellings = tuple[list[Any], list[str]]

_SCALARS = (str, int, float, types.NoneType)
_KEYWORDS = {
    "ge": "minimum",
    "gt": "exclusiveMinimum",
    "le": "maximum",
    "lt": "exclusiveMaximum",
}
_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]{0,99})(?:\.[0-9]{1,99})?\Z")
_NO_NUL = r"[^\u0000]*"


class Form(NamedTuple):
    """What a type accepts: schemas of data, and pattern fragments of text.

    `texts` is None if every text is accepted, or if no pattern describes the text.
    """

    data: list[Schema]
    texts: list[str] | None


ANYTHING = Form([{}], None)
BOOL = Form(
    [{"type": "boolean"}, {"enum": [0, 1]}],
    [match_any_case(word) for word in BOOLEAN_TEXT],
)


def schema_of(form: Form) -> Schema:
    """Return the schema that accepts the same as a form."""
    if {} in form.data:
        return {}
    # Editors suggest the first alternative.
    if form.texts is None:
        schemas: list[Schema] = [{"type": "string"}, *form.data]
    elif not form.texts:
        schemas = form.data
    else:
        text = {"type": "string", "pattern": match_whole(*form.texts)}
        schemas = [*form.data, text]
    return schemas[0] if len(schemas) == 1 else {"anyOf": schemas}


def plain_limits(limits: Mapping[str, Any]) -> dict[str, int | float]:
    """Return the limits that are finite numbers; a duration is its seconds."""
    plain = {name: _plain_number(limit) for name, limit in limits.items()}
    return {name: number for name, number in plain.items() if number is not None}


def _plain_number(limit: Any) -> int | float | None:
    if isinstance(limit, timedelta):
        limit = limit.total_seconds()
    if isinstance(limit, Integral):
        return int(limit)
    if not isinstance(limit, (Real, Decimal)):
        return None
    try:
        number = float(limit)
    except OverflowError:  # a Fraction
        return None
    return number if isfinite(number) else None


def limit_keywords(limits: Mapping[str, Any]) -> Schema:
    """Return the keywords of JSON Schema for the limits that are numbers."""
    return {_KEYWORDS[name]: limit for name, limit in plain_limits(limits).items()}


def find_choices_form(choices: Sequence[Any], form: Form) -> Form:
    """Return the form of a value that must be one of the choices."""
    values = list(map(_choice_data, choices))
    has_parts = any(isinstance(choice, (Flag, bytes, bytearray)) for choice in choices)
    if has_parts or not all(isinstance(value, _SCALARS) for value in values):
        return form  # the parts of a choice have many spellings
    if form is ANYTHING:
        return form
    spellings = [_spell_choice(*pair) for pair in zip(choices, values, strict=True)]
    data = [value for found, _ in spellings for value in found]
    if form.texts is None:
        # The loader reads a number in a file as text.
        numbers = [json.loads(text) for text in map(str, data) if _NUMBER.match(text)]
        return Form([{"enum": [*data, *numbers]}], [])
    if any(isinstance(value, float) for value in values):
        return Form([{"enum": data}], form.texts)  # one float has many spellings
    texts = [text for _, found in spellings for text in found]
    return Form([{"enum": data}], list(dict.fromkeys(texts)))


def _spell_choice(choice: Any, value: Any) -> Spellings:
    """Return the spellings of one choice, which is a value as data."""
    if isinstance(choice, Enum):
        members = type(choice).__members__.items()
        names = [name for name, member in members if member is choice]
        return _spell_members([value], names)
    if value is None:
        return [None], find_scalar_form(types.NoneType, {}).texts or []
    if isinstance(value, bool):
        words = [word for word, flag in BOOLEAN_TEXT.items() if flag is value]
        return [value, int(value)], list(map(match_any_case, words))
    if isinstance(value, float) and not isfinite(value):
        return [], []  # JSON has no such number
    is_int = isinstance(value, int)
    return [value], [
        match_integer(value, value) if is_int else match_exactly(str(value))
    ]


def _choice_data(choice: Any) -> Any:
    """Return a choice as data; a duration as seconds, which have one spelling."""
    if isinstance(choice, timedelta):
        return choice.total_seconds()
    return to_data(choice.value if isinstance(choice, Enum) else choice)


def find_scalar_form(cls: type, limits: Mapping[str, Any]) -> Form:
    """Return the form of a class without parts; an application's takes anything."""
    if issubclass(cls, PurePath):
        return Form([], [_NO_NUL])
    if issubclass(cls, timedelta):
        keywords = {
            "minimum": _seconds(timedelta.min),
            "maximum": _seconds(timedelta.max),
        }
        return Form(
            [{"type": "number", **keywords, **limit_keywords(limits)}], [DURATION]
        )
    if issubclass(cls, (date, time)):
        return Form([], None)  # which text is a date, no pattern says
    if cls in (bytes, bytearray):
        return Form([{"type": "array"}], [])
    if cls is types.NoneType:
        return Form(
            [{"type": "null"}], ["", match_any_case("null"), match_any_case("none")]
        )
    return ANYTHING


def _seconds(duration: timedelta) -> int:
    return duration // timedelta(seconds=1)


def find_literal_form(choices: Sequence[Any]) -> Form:
    """Return the form of a Literal; a choice True is also written as `true`."""
    flags = [str(choice).lower() for choice in choices if isinstance(choice, bool)]
    texts = [match_exactly(text) for text in (*map(str, choices), *flags)]
    data: list[Any] = []
    for choice in choices:
        if isinstance(choice, Enum) or choice is None:
            values, spellings = _spell_choice(choice, _choice_data(choice))
            data += values
            texts += spellings
        elif not isinstance(choice, bytes):  # no value of a file is bytes
            data.append(choice)
    return Form([{"enum": data}] if data else [], list(dict.fromkeys(texts)))


def find_enum_form(cls: type[Enum]) -> Form:
    """Return the form of an Enum: its values, and its names in any case."""
    if issubclass(cls, Flag):
        return _find_flag_form(cls)
    values = [to_data(member.value) for member in cls]
    data, texts = _spell_members(values, cls.__members__)
    return Form([{"enum": data}], list(dict.fromkeys(texts)))


def _spell_members(values: Sequence[Any], names: Iterable[str]) -> Spellings:
    """Return the spellings of members of an Enum with these values and names."""
    flags = [bool(value) for value in values if value in (0, 1)]
    texts = [
        match_any_case(text) if text == text.lower() else match_exactly(text)
        for text in (*map(str, values), *map(str.lower, names))
    ]
    return [*values, *flags], texts


def _find_flag_form(cls: type[Flag]) -> Form:
    """Return the form of a Flag: a number, or names in any case, joined by `|`."""
    names = [match_any_case(name) for name in cls.__members__]
    values = [str(member.value) for member in cls.__members__.values()]
    one = f"(?:{'|'.join([*names, *values])})"
    bits = reduce(or_, (member.value for member in cls), 0).bit_length()
    low, high = -(2**bits), 2**bits - 1
    data: Schema = {"type": "integer", "minimum": low, "maximum": high}
    number = match_integer(low, high)
    if vars(cls)["_boundary_"] is not FlagBoundary.STRICT:
        data, number = {"type": "integer"}, match_integer(None, None)
    flags = {"enum": [False, True]}  # numbers to Python, not to JSON Schema
    return Form([data, flags], [rf"{one}(?:\s*\|\s*{one})*", number])
