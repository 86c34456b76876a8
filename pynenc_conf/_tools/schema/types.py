"""The schema of the values of one setting: types, limits and patterns of text.

A schema accepts every value that the loader accepts. If JSON Schema cannot express a
rule, the schema accepts more: text that contains JSON, for example, is not parsed.
"""

from __future__ import annotations

import types
import typing
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from enum import Enum
from math import ceil, floor
from typing import TYPE_CHECKING, Any

from pynenc_conf._core.masking import type_name
from pynenc_conf._core.report.syntax import to_json_value
from pynenc_conf._core.types.containers import element_types
from pynenc_conf._core.types.hints import alias_value, is_alias
from pynenc_conf._core.types.structures import structure_of, unwrap
from pynenc_conf._core.types.unset import REQUIRED
from pynenc_conf._tools.schema.forms import (
    ANYTHING,
    BOOL,
    Form,
    find_choices_form,
    find_enum_form,
    find_literal_form,
    find_scalar_form,
    limit_keywords,
    plain_limits,
    schema_of,
)
from pynenc_conf._tools.schema.patterns import (
    match_float,
    match_integer,
    match_whole,
)
from pynenc_conf._tools.settings import (
    default_data,
    describe_type,
    has_printable_default,
)
from pynenc_conf.config_task import exception_config_mapper

if TYPE_CHECKING:
    from collections.abc import Callable

    from pynenc_conf._core.declare.setting import Setting
    from pynenc_conf._core.types.structures import Structure

    Schema = dict[str, Any]

_COMMA = r"\s*,\s*"
_JSON_ARRAY = r"\[[\s\S]*\]"
_JSON_OBJECT = r"\{[\s\S]*\}"
# Names contain a module. Whether the class exists is known only after an import.
_CLASS_NAMES = r"[^\[,]*\.[^,]*(?:,[^,]*\.[^,]*)*,?"


_MAX_ALIASES = 10
"""Aliases in aliases; `type X[T] = list[X[list[T]]]` stands for endless types."""
_NO_ELEMENTS: tuple[Any, ...] = ((),)
"""Stands for the arguments of `tuple[()]`, which has none."""


class Definitions:
    """The definitions of a schema, each with a name of its own."""

    def __init__(self) -> None:
        self.schemas: dict[str, Schema] = {}
        self._names: dict[object, str] = {}

    def reference(
        self, key: object, owner: type, suffix: str, create: Callable[[], Schema]
    ) -> Schema:
        """Return a reference to the definition with a key, which is created once."""
        name = self._names.get(key)
        if name is None:
            name = f"{type_name(owner)}{suffix}"
            if name in self.schemas:
                name = f"{owner.__module__}.{name}"
            while name in self.schemas:
                name += "_"
            self._names[key] = name
            self.schemas[name] = {}  # a definition may refer to itself
            self.schemas[name] = create()
        return {"$ref": f"#/$defs/{name}"}


def create_value_schema(setting: Setting, definitions: Definitions) -> Schema:
    """Return the schema of a setting's values, without descriptions."""
    field = setting.field
    if setting.structure is not None:
        return schema_of(_find_members_form(setting, setting.structure, definitions))
    if field.mapper is exception_config_mapper:
        items = {"type": "string", "pattern": r"\."}
        data = [{"type": "array", "items": items}]
        return schema_of(Form(data, ["", _JSON_ARRAY, _CLASS_NAMES]))
    if field.mapper is not None:
        return {}  # only the mapper decides which values are accepted
    forms = _FormFinder(field.limits, definitions, allow_inf=field.allow_inf)
    form = forms.find(setting.declared)
    if field.choices is None:
        return schema_of(form)
    return schema_of(find_choices_form(field.choices, form))


def _find_members_form(
    setting: Setting, structure: Structure, definitions: Definitions
) -> Form:
    """Return the form of a structure whose members are settings.

    No member is required, because another table or a variable can set it.
    """
    members = {
        name: _create_member_schema(member, definitions)
        for name, member in setting.members.items()
    }
    form = _find_structure_form(structure, members, ())
    if not setting.is_optional:
        return form
    table, *arrays = form.data
    required = [name for name, m in structure.members.items() if m.default is REQUIRED]
    if required:
        # An empty table is a structure without any members, and not the default.
        table = table | {"minProperties": 1}
        arrays = [array | {"minItems": 1} for array in arrays]
    null = find_scalar_form(types.NoneType, {})
    texts = None if form.texts is None else [*form.texts, *(null.texts or ())]
    return Form([table, *arrays, *null.data], texts)


def describe_setting(setting: Setting) -> Schema:
    """Return the annotations of a setting: its description, and if it is secret."""
    sentences = [setting.field.doc, f"{describe_type(setting)}."]
    schema: Schema = {"description": " ".join(filter(None, sentences))}
    if setting.secret:
        schema["writeOnly"] = True  # JSON Schema's keyword for values not to be shown
    return schema


def _create_member_schema(setting: Setting, definitions: Definitions) -> Schema:
    schema = describe_setting(setting) | create_value_schema(setting, definitions)
    if not setting.secret and has_printable_default(setting):
        schema["default"] = to_json_value(default_data(setting))
    return schema


def _find_structure_form(
    structure: Structure, members: dict[str, Schema], required: Sequence[str]
) -> Form:
    """Return the form of a structure from the schemas of its members."""
    table: Schema = {
        "type": "object",
        "properties": members,
        "additionalProperties": False,
    }
    if required:
        table["required"] = list(required)
    if not structure.is_tuple:
        return Form([table], [_JSON_OBJECT] if required else ["", _JSON_OBJECT])
    array = {
        "type": "array",
        "prefixItems": list(members.values()),
        "minItems": len(required),
        "maxItems": len(members),
    }
    return Form([table, array], None)


def _match_element(form: Form) -> str:
    """Return the fragment for one element of a sequence that is text."""
    return "[^,]*" if form.texts is None else f"(?:{'|'.join(form.texts)})"


class _FormFinder:
    """Finds the forms of types, with the limits of one field for numbers."""

    def __init__(
        self, limits: Mapping[str, Any], definitions: Definitions, *, allow_inf: bool
    ) -> None:
        self.limits = limits
        self.definitions = definitions
        self.allow_inf = allow_inf
        self.aliases: list[Any] = []  # those in whose values the finder is

    def find(self, declared: Any) -> Form:
        """Return the form of a declared type."""
        simple = _SIMPLE.get(declared) if isinstance(declared, type) else None
        if simple is not None:
            return simple(self)
        if is_alias(declared):
            return self._find_alias_form(declared)
        origin, arguments = typing.get_origin(declared), typing.get_args(declared)
        inner = unwrap(declared)  # without Annotated and NewType
        if inner is not declared:
            return self.find(inner)
        if origin is typing.Literal:
            return find_literal_form(arguments)
        if origin in {typing.Union, types.UnionType}:
            return self._find_union_form(arguments)
        if origin is tuple and getattr(declared, "__args__", None) == ():
            arguments = _NO_ELEMENTS
        return self._find_class_form(origin or declared, arguments)

    def _find_alias_form(self, alias: Any) -> Form:
        """Return the form of `type X = ...`; anything where X contains itself."""
        if alias in self.aliases or len(self.aliases) == _MAX_ALIASES:
            return ANYTHING
        try:
            value = alias_value(alias)
        except Exception:  # noqa: BLE001 - the loader reports it with each value
            return ANYTHING
        self.aliases.append(alias)
        form = self.find(value)
        self.aliases.pop()
        return form

    def _find_union_form(self, members: tuple[Any, ...]) -> Form:
        forms = [self.find(member) for member in members]
        data = [schema for form in forms for schema in form.data]
        if any(form.texts is None for form in forms):
            return Form(data, None)
        return Form(data, [text for form in forms for text in form.texts or ()])

    def _find_class_form(self, cls: Any, arguments: tuple[Any, ...]) -> Form:
        if not isinstance(cls, type):
            return ANYTHING
        if issubclass(cls, Enum):
            return find_enum_form(cls)
        structure = structure_of(cls, arguments)
        if structure is not None:
            return self._find_whole_form(structure, arguments)
        if issubclass(cls, Mapping):
            return self._find_mapping_form(arguments)
        is_text = issubclass(cls, (str, bytes, bytearray))
        if issubclass(cls, (Sequence, AbstractSet)) and not is_text:
            return self._find_sequence_form(cls, arguments)
        return find_scalar_form(cls, self.limits)

    def _find_whole_form(
        self, structure: Structure, arguments: tuple[Any, ...]
    ) -> Form:
        """Return the form of a structure that is converted as a whole."""
        key = (structure.cls, repr(arguments), self.allow_inf, repr(self.limits))
        required = [
            name
            for name, member in structure.members.items()
            if member.default is REQUIRED
        ]

        def create() -> Schema:
            members = {
                name: schema_of(self.find(member.declared))
                for name, member in structure.members.items()
            }
            form = _find_structure_form(structure, members, required)
            return schema_of(Form(form.data, []))

        reference = self.definitions.reference(key, structure.cls, "", create)
        form = _find_structure_form(structure, {}, required)
        return Form([reference], form.texts)

    def _find_sequence_form(self, cls: type, arguments: tuple[Any, ...]) -> Form:
        if arguments == _NO_ELEMENTS:
            return Form([{"type": "array", "maxItems": 0}], ["", r"\[\s*\]"])
        if issubclass(cls, tuple) and arguments and arguments[-1] is not Ellipsis:
            parts, rest = element_types(arguments)
            items = [schema_of(self.find(each)) for each in parts]
            if rest is not None:
                known = {"prefixItems": items[:rest]} if rest else {}
                return Form(
                    [{"type": "array", **known, "minItems": len(items) - 1}], None
                )
            array: Schema = {
                "type": "array",
                "prefixItems": items,
                "minItems": len(items),
                "maxItems": len(items),
            }
            texts = _COMMA.join(_match_element(self.find(part)) for part in parts)
            # A comma at the end does not mean an empty element.
            text = rf"(?![\s\S]*,\s*$){texts}|{texts}\s*,"
            return Form([array], [_JSON_ARRAY, text])
        if not arguments:
            return Form([{"type": "array"}], None)
        item = self.find(arguments[0])
        data = [{"type": "array", "items": schema_of(item)}]
        if item.texts is None:
            return Form(data, None)
        one = _match_element(item)
        return Form(data, ["", _JSON_ARRAY, rf"{one}(?:{_COMMA}{one})*\s*,?"])

    def _find_mapping_form(self, arguments: tuple[Any, ...]) -> Form:
        table: Schema = {"type": "object"}
        if arguments:
            table["additionalProperties"] = schema_of(self.find(arguments[-1]))
            keys = self.find(arguments[0])
            if keys.texts is not None and len(arguments) > 1:
                table["propertyNames"] = {"pattern": match_whole(*keys.texts)}
        return Form([table], ["", _JSON_OBJECT])

    def find_int_form(self) -> Form:
        """Return the form of an int; patterns include the limits."""
        limits = plain_limits(self.limits)
        lows = [ceil(limits["ge"])] if "ge" in limits else []
        lows += [floor(limits["gt"]) + 1] if "gt" in limits else []
        highs = [floor(limits["le"])] if "le" in limits else []
        highs += [ceil(limits["lt"]) - 1] if "lt" in limits else []
        text = match_integer(max(lows, default=None), min(highs, default=None))
        return Form([{"type": "integer", **limit_keywords(self.limits)}], [text])

    def find_float_form(self) -> Form:
        """Return the form of a float; of the limits, patterns include only the sign."""
        limits = plain_limits(self.limits)
        negative = limits.get("ge", limits.get("gt", -1)) < 0
        text = match_float(negative=negative, infinite=self.allow_inf)
        return Form([{"type": "number", **limit_keywords(self.limits)}], [text])


_SIMPLE: dict[type, Callable[[_FormFinder], Form]] = {
    bool: lambda _: BOOL,
    int: _FormFinder.find_int_form,
    float: _FormFinder.find_float_form,
    str: lambda _: Form([{"type": "number"}], None),
    object: lambda _: ANYTHING,
}
