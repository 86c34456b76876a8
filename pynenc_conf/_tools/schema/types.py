"""What JSON Schema says about the values of one setting: their types, limits, texts.

A schema is to accept what the loader accepts. Where it cannot say that, it accepts
more: it does not look into a text that holds JSON, nor know an application's types.
"""

from __future__ import annotations

import types
import typing
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from datetime import timedelta
from enum import Enum
from math import ceil, floor
from pathlib import PurePath
from typing import TYPE_CHECKING, Any, NamedTuple

from pynenc_conf._core.types.scalars import BOOLEAN_TEXT
from pynenc_conf._tools.described import as_data
from pynenc_conf._tools.schema.patterns import any_case, exactly, integer, number, whole
from pynenc_conf.config_task import exception_config_mapper

if TYPE_CHECKING:
    from collections.abc import Callable

    from pynenc_conf._core.declare.plan import Setting

    Schema = dict[str, Any]

_KEYWORDS = {
    "ge": "minimum",
    "gt": "exclusiveMinimum",
    "le": "maximum",
    "lt": "exclusiveMaximum",
}
_JSON_ARRAY = r"\[[\s\S]*\]"
_JSON_OBJECT = r"\{[\s\S]*\}"
_NO_NUL = r"[^\u0000]*"
_AMOUNT = r"(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)"
_UNITS = "|".join(any_case(unit) for unit in ("ms", "us", "w", "d", "h", "m", "s"))
_DURATION = rf"-?\+?(?:{_AMOUNT}|(?:{_AMOUNT}\s*(?:{_UNITS})\s*)+)"
# Names have a module; whether there is such a class, only importing it would tell.
_NAMES = r"[^\[,]*\.[^,]*(?:,[^,]*\.[^,]*)*,?"


class _Form(NamedTuple):
    """What a type accepts: data that is no text, and fragments of texts.

    `texts` is None if every text is accepted, or it cannot be said which.
    """

    data: list[Schema]
    texts: list[str] | None


# What no schema can say anything about.
_ANYTHING = _Form([{}], None)


def schema_of(setting: Setting) -> Schema:
    """Return the schema of a setting's values, without words about it."""
    field = setting.field
    if field.mapper is exception_config_mapper:
        items = {"type": "string", "pattern": r"\."}
        data = [{"type": "array", "items": items}]
        return _schema(_Form(data, ["", _JSON_ARRAY, _NAMES]))
    if field.mapper is not None:
        return {}  # a mapper is code
    reader = _Types(field.limits, allow_inf=field.allow_inf)
    form = reader.form(setting.declared)
    if field.choices is None:
        return _schema(form)
    return _schema(_chosen(field.choices, form))


def _schema(form: _Form) -> Schema:
    """Return the schema that accepts what a form does."""
    if {} in form.data:
        return {}
    if form.texts is None:
        string: Schema = {"type": "string"}
    else:
        string = {"type": "string", "pattern": whole(*form.texts)}
    # The natural form first, for editors offer that.
    either = [*form.data, string] if form.texts is not None else [string, *form.data]
    return either[0] if len(either) == 1 else {"anyOf": either}


def _chosen(choices: Sequence[Any], form: _Form) -> _Form:
    """Return the form of a value that must be one of some."""
    values = [as_data(choice) for choice in choices]
    if form.texts is None:
        return _Form([{"enum": values}], []) if form is not _ANYTHING else form
    texts = []
    for value in values:
        same = type(value) is int
        texts.append(integer(value, value) if same else exactly(str(value)))
    # A float has more than one spelling.
    spelt = any(isinstance(value, float) for value in values)
    return _Form([{"enum": values}], form.texts if spelt else texts)


class _Types:
    """Gives the forms of the types of one field, whose limits hold for numbers."""

    def __init__(self, limits: Mapping[str, Any], *, allow_inf: bool) -> None:
        self.limits = limits
        self.allow_inf = allow_inf

    def form(self, declared: Any) -> _Form:
        """Return what a declared type accepts."""
        simple = _SIMPLE.get(declared) if isinstance(declared, type) else None
        if simple is not None:
            return simple(self)
        for link in ("__supertype__", "__value__"):  # NewType, and `type X = ...`
            if not isinstance(declared, type) and hasattr(declared, link):
                return self.form(getattr(declared, link))
        origin, arguments = typing.get_origin(declared), typing.get_args(declared)
        if origin is typing.Annotated:
            return self.form(arguments[0])
        if origin is typing.Literal:
            return _words(list(arguments), _spellings(arguments))
        if origin in {typing.Union, types.UnionType}:
            return self._union(arguments)
        cls = origin or declared
        return self._of_class(cls, arguments) if isinstance(cls, type) else _ANYTHING

    def _union(self, members: tuple[Any, ...]) -> _Form:
        forms = [self.form(member) for member in members]
        data = [schema for form in forms for schema in form.data]
        texts: list[str] = []
        for form in forms:
            if form.texts is None:
                return _Form(data, None)
            texts += form.texts
        return _Form(data, texts)

    def _of_class(self, cls: type, arguments: tuple[Any, ...]) -> _Form:
        if issubclass(cls, Enum):
            return _enum(cls)
        if typing.is_typeddict(cls) or issubclass(cls, Mapping):
            return self._mapping(arguments)
        text = issubclass(cls, (str, bytes, bytearray))
        if issubclass(cls, (Sequence, AbstractSet)) and not text:
            return self._sequence(cls, arguments)
        return _scalar_class(cls)

    def _sequence(self, cls: type, arguments: tuple[Any, ...]) -> _Form:
        if issubclass(cls, tuple) and arguments and arguments[-1] is not Ellipsis:
            exact = [_schema(self.form(argument)) for argument in arguments]
            array = {
                "type": "array",
                "prefixItems": exact,
                "minItems": len(exact),
                "maxItems": len(exact),
            }
            return _Form([array], None)
        if not arguments:
            return _Form([{"type": "array"}], None)
        item = self.form(arguments[0])
        data = [{"type": "array", "items": _schema(item)}]
        if item.texts is None:
            return _Form(data, None)
        one = f"(?:{'|'.join(item.texts)})"
        return _Form(data, ["", _JSON_ARRAY, rf"{one}(?:\s*,\s*{one})*\s*,?"])

    def _mapping(self, arguments: tuple[Any, ...]) -> _Form:
        table: Schema = {"type": "object"}
        if arguments:
            table["additionalProperties"] = _schema(self.form(arguments[-1]))
        return _Form([table], ["", _JSON_OBJECT])

    def bounds(self) -> Schema:
        """Return the limits of a number as keywords."""
        return {_KEYWORDS[name]: bound for name, bound in self.limits.items()}

    def integer(self) -> _Form:
        """Return what an int accepts, its limits kept by texts too."""
        limits = self.limits
        lows = [ceil(limits["ge"])] if "ge" in limits else []
        lows += [floor(limits["gt"]) + 1] if "gt" in limits else []
        highs = [floor(limits["le"])] if "le" in limits else []
        highs += [ceil(limits["lt"]) - 1] if "lt" in limits else []
        text = integer(max(lows, default=None), min(highs, default=None))
        return _Form([{"type": "integer", **self.bounds()}], [text])

    def number(self) -> _Form:
        """Return what a float accepts; of its limits texts can keep the sign."""
        negative = self.limits.get("ge", self.limits.get("gt", -1)) < 0
        text = number(negative=negative, infinite=self.allow_inf)
        return _Form([{"type": "number", **self.bounds()}], [text])


_BOOL = _Form(
    [{"type": "boolean"}, {"enum": [0, 1]}], [any_case(word) for word in BOOLEAN_TEXT]
)
_SIMPLE: dict[type, Callable[[_Types], _Form]] = {
    bool: lambda _: _BOOL,
    int: _Types.integer,
    float: _Types.number,
    str: lambda _: _Form([{"type": "number"}], None),
    object: lambda _: _ANYTHING,
}


def _spellings(choices: Sequence[Any]) -> list[str]:
    """Return the texts of a Literal's choices; people write true for True."""
    flags = [str(choice).lower() for choice in choices if isinstance(choice, bool)]
    return [*map(str, choices), *flags]


def _scalar_class(cls: type) -> _Form:
    if issubclass(cls, PurePath):
        return _Form([], [_NO_NUL])
    if issubclass(cls, timedelta):
        return _Form([{"type": "number"}], [_DURATION])
    if cls is types.NoneType:
        return _Form([{"type": "null"}], ["", any_case("null"), any_case("none")])
    return _ANYTHING


def _enum(cls: type[Enum]) -> _Form:
    """Return what an Enum accepts: values, and names in any case."""
    values = [as_data(member.value) for member in cls]
    names = [str(value) for value in values]
    names += [name.lower() for name in cls.__members__]
    return _words(values, names, fold=True)


def _words(values: list[Any], names: list[str], *, fold: bool = False) -> _Form:
    flags = [bool(value) for value in values if value in {0, 1}] if fold else []
    either = [any_case if fold and name == name.lower() else exactly for name in names]
    texts = [spell(name) for spell, name in zip(either, names, strict=True)]
    return _Form([{"enum": [*values, *flags]}], list(dict.fromkeys(texts)))
