"""Conversions to containers: sequences, sets and mappings, with their items.

Text for a sequence is a JSON array or comma-separated, text for a mapping is a JSON
object.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from functools import partial
from typing import TYPE_CHECKING, Any, Unpack, get_args, get_origin

from pynenc_conf._core.formats.json import DuplicateKey, parse_value
from pynenc_conf._core.formats.yaml_scalar import NUMBER, Scalar
from pynenc_conf._core.masking import sorted_elements, type_name
from pynenc_conf._core.problems import UnreadableFile
from pynenc_conf._core.types.invalid import ELEMENT, KEY, Inside, InvalidValue
from pynenc_conf._core.types.scalars import read_scalar

if TYPE_CHECKING:
    from collections.abc import Callable

    from pynenc_conf._core.types.scalars import Converter, ConvertTo

_FACTORIES = (bool, int, float, str, list, tuple, set, frozenset, dict)


def sequence(
    cls: type,
    arguments: tuple[Any, ...],
    convert_to: ConvertTo,
    *,
    is_empty: bool = False,
) -> Converter:
    """Return the conversion to a sequence or set, and the type in words.

    `is_empty` stands for `tuple[()]`, which has no arguments either.
    """
    is_fixed = is_empty or (
        issubclass(cls, tuple) and arguments and arguments[-1] is not Ellipsis
    )
    types: list[Any] = list(arguments[:1] or (Any,))
    rest: int | None = 0
    if is_fixed:
        types, rest = element_types(arguments)
    elements = [convert_to(each) for each in types]
    words = [word for _, word in elements]
    if is_fixed and rest is not None:
        words[rest] = f"any number of {words[rest]}"
    expected = type_name(cls)
    if is_empty:
        expected = "tuple without elements"
    elif arguments:
        listed = ", ".join(words)
        expected += f" of ({listed})" if is_fixed else f" of {listed}"

    def convert(raw: Any) -> Any:
        items = split_items(raw, expected)
        more = len(items) - len(elements)
        each = elements
        if rest is not None and more >= -1:
            each = elements[:rest] + elements[rest : rest + 1] * (more + 1)
            each += elements[rest + 1 :]
        elif more:
            least = f", at least {len(elements) - 1}"
            exactly = least if rest is not None else f", exactly {len(elements)}"
            raise InvalidValue(expected + ("" if is_empty else exactly), raw)
        pairs = zip(items, each, strict=True)
        values = []
        for number, (item, (convert_item, _)) in enumerate(pairs):
            with Inside(ELEMENT, number):
                values.append(convert_item(item))
        return build(cls, values, expected, raw)

    return convert, expected


def element_types(arguments: tuple[Any, ...]) -> tuple[list[Any], int | None]:
    """Return the types of the elements of a tuple, and the index of the repeated one.

    `tuple[int, *tuple[str, ...]]` has the types int and str, and str is repeated.
    """
    if arguments[1:2] and arguments[1] is Ellipsis:
        return [arguments[0]], 0
    found: list[Any] = []
    rest = None
    for each in arguments:
        inner = _unpacked(each)
        if inner is None:
            found.append(each)
            continue
        types, index = element_types(inner)
        if index is not None:
            rest = len(found) + index
        found += types
    return found, rest


def _unpacked(argument: Any) -> tuple[Any, ...] | None:
    """Return the arguments of the tuple in `*tuple[...]`; None of any other type."""
    if getattr(argument, "__unpacked__", False):
        return get_args(argument)
    if get_origin(argument) is not Unpack:
        return None
    (inner,) = get_args(argument)
    # A `*Ts` that stands for no types may be any.
    return get_args(inner) if get_origin(inner) is tuple else (Any, ...)


def split_items(raw: Any, expected: str) -> Sequence[Any]:
    """Return the elements of a sequence, or of text that means one."""
    value = read_scalar(raw, expected) if type(raw) is Scalar else raw
    if type(raw) is Scalar and value is not None and raw.tag != NUMBER:
        value = raw.text  # a single number for a list in YAML: `ports: 80`
    if isinstance(value, str):
        text = value.strip()
        if text.startswith("["):
            value = parse_json(text, f"{expected}, as a JSON array or comma-separated")
        elif text:
            # A comma at the end does not mean an empty element.
            value = [part.strip() for part in text.removesuffix(",").split(",")]
        else:
            value = []
    taken = isinstance(value, (Sequence, AbstractSet))
    if taken and not isinstance(value, (bytes, bytearray)):
        return sorted_elements(value)
    raise InvalidValue(expected, raw)


def mapping(cls: type, arguments: tuple[Any, ...], convert_to: ConvertTo) -> Converter:
    """Return the conversion to a mapping, and the type in words."""
    key_type, value_type = arguments or (Any, Any)
    convert_key, key_words = convert_to(key_type)
    convert_value, value_words = convert_to(value_type)
    expected = "mapping"
    if arguments:
        expected += f" of {key_words} to {value_words}"

    def convert(raw: Any) -> Any:
        value = raw
        if isinstance(raw, str):
            value = parse_json(raw.strip() or "{}", f"{expected}, as a JSON object")
        if not isinstance(value, Mapping):
            raise InvalidValue(expected, raw)
        result = {}
        for key, item in dict(value).items():
            with Inside(KEY, str(key)):
                new_key = convert_key(key)
                if new_key in result:
                    distinct = f"{expected}, each key once"
                    raise InvalidValue(distinct, raw)
                result[new_key] = convert_value(item)
        if issubclass(dict, cls):
            return result
        return build(_constructor(cls, raw, value_type), result, expected, raw)

    return convert, expected


def _constructor(cls: type, raw: Any, value_type: Any) -> Callable[[Any], Any]:
    """Return the function that makes a mapping of another class than dict from a dict.

    A defaultdict has the factory of the given one, or else the built-in class of its
    values, if they have one.
    """
    if cls is not defaultdict:
        return cls
    by_type = get_origin(value_type) or value_type
    factory = by_type if by_type in _FACTORIES else None
    return partial(cls, getattr(raw, "default_factory", factory))


def keep_or_build(cls: type, convert_to: ConvertTo) -> Converter:
    """Keep an instance of a special container, build one from any other value."""
    convert_plain, _ = convert_to(dict if issubclass(cls, Mapping) else list)
    expected = type_name(cls)

    def convert(raw: Any) -> Any:
        if isinstance(raw, cls):
            return raw
        return build(_constructor(cls, raw, None), convert_plain(raw), expected, raw)

    return convert, expected


def parse_json(text: str, expected: str) -> Any:
    """Return the value of JSON text. Raises InvalidValue."""
    try:
        return parse_value(text)
    except DuplicateKey:
        expected += ", each key once"
    except UnreadableFile:
        pass
    raise InvalidValue(expected, text)


def build(cls: Callable[[Any], Any], value: Any, expected: str, raw: Any) -> Any:
    """Return `cls(value)`; its exception becomes the cause of an InvalidValue."""
    try:
        return cls(value)
    except Exception as error:  # noqa: BLE001 - whatever the user's class raises
        cause = error
    raise InvalidValue(expected, raw, cause=cause)
