"""From a declared type to the function that converts raw values to that type."""

from __future__ import annotations

from pynenc_conf._core.types import scalars
from pynenc_conf._core.types.invalid import InvalidValue, shorten_words

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from pynenc_conf._core.types.scalars import Converter

_SIMPLE: dict[object, Converter] = {
    bool: (scalars.to_bool, scalars.BOOL),
    int: (scalars.to_int, scalars.INT),
    float: (scalars.to_float, scalars.FLOAT),
    str: (scalars.to_str, scalars.STR),
}


def converter(declared: Any, *, allow_inf: bool = False) -> Converter:
    """Return the conversion to a declared type, and the type in words.

    `declared` is a class or a typing form, as listed in the documentation. An instance
    of any other class is accepted unchanged; another value is passed to the class.
    `allow_inf` applies to every float in the type.
    """
    if declared is float and allow_inf:
        return scalars.to_float_or_inf, scalars.FLOAT
    simple = _SIMPLE.get(declared) if isinstance(declared, type) else None
    if simple is not None:
        return simple
    # Imported only for classes that declare such types.
    from pynenc_conf._core.types import typing_forms  # noqa: PLC0415

    # Each part of the type once, by identity: a type may have one part many times.
    known: dict[int, tuple[object, Converter]] = {}

    def convert_to(item: Any) -> Converter:
        if isinstance(item, type) and item in _SIMPLE:
            return converter(item, allow_inf=allow_inf)
        if id(item) not in known:
            convert, words = typing_forms.converter(item, convert_to)
            known[id(item)] = item, (convert, shorten_words(words))
        return known[id(item)][1]

    return convert_to(declared)


def from_mapper(mapper: Callable[[Any, Any], Any], expected_type: Any) -> Converter:
    """Return the conversion by a field's mapper: `mapper(value, expected_type)`.

    An exception of the mapper becomes the cause of an InvalidValue.
    """
    expected = f"what {getattr(mapper, '__name__', 'its mapper')} accepts"

    def convert(raw: Any) -> Any:
        value = scalars.to_any(raw)
        try:
            return mapper(value, expected_type)
        except Exception as error:  # noqa: BLE001 - whatever the user's code raises
            cause = error
        raise InvalidValue(expected, raw, cause=cause)

    return convert, expected
