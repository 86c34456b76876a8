"""Conversions to containers: sequences, sets and mappings, with their items.

Text for a sequence is a JSON array or comma-separated, text for a mapping is a JSON
object.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import TYPE_CHECKING, Any

from pynenc_conf._core.formats.json import DuplicateKey, parse_value
from pynenc_conf._core.formats.yaml_scalar import NUMBER, Scalar
from pynenc_conf._core.masking import sorted_elements, type_name
from pynenc_conf._core.problems import UnreadableFile
from pynenc_conf._core.types.invalid import ELEMENT, KEY, Inside, InvalidValue
from pynenc_conf._core.types.scalars import read_scalar

if TYPE_CHECKING:
    from collections.abc import Callable

    from pynenc_conf._core.types.scalars import Converter, ConvertTo


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
    fixed = is_empty or (
        issubclass(cls, tuple) and arguments and arguments[-1] is not Ellipsis
    )
    element_types = arguments if fixed else arguments[:1] or (Any,)
    elements = [convert_to(element_type) for element_type in element_types]
    words = ", ".join(word for _, word in elements)
    expected = type_name(cls)
    if is_empty:
        expected = "tuple without elements"
    elif arguments:
        expected += f" of ({words})" if fixed else f" of {words}"

    def convert(raw: Any) -> Any:
        items = split_items(raw, expected)
        if fixed and len(items) != len(elements):
            exactly = "" if is_empty else f", exactly {len(elements)}"
            raise InvalidValue(expected + exactly, raw)
        pairs = zip(items, elements if fixed else elements * len(items), strict=True)
        values = []
        for number, (item, (convert_item, _)) in enumerate(pairs):
            with Inside(ELEMENT, number):
                values.append(convert_item(item))
        return build(cls, values, expected, raw)

    return convert, expected


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
        return result if issubclass(dict, cls) else build(cls, result, expected, raw)

    return convert, expected


def keep_or_build(cls: type, convert_to: ConvertTo) -> Converter:
    """Keep an instance of a special container, build one from any other value."""
    convert_plain, _ = convert_to(dict if issubclass(cls, Mapping) else list)
    expected = type_name(cls)

    def convert(raw: Any) -> Any:
        if isinstance(raw, cls):
            return raw
        return build(cls, convert_plain(raw), expected, raw)

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
