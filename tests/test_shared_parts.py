"""Values and types that hold one part twice at each level: 2 ** 40 parts in all.

Work that grows with the number of parts would not end.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from pynenc_conf import ConfigBase, ConfigField, ConfigTypeError

LEVELS = 40


def doubled(kind: Callable[[Any], Any]) -> Any:
    """Return a value whose levels each hold the next level twice."""
    value = kind(["q"])
    for _ in range(LEVELS):
        value = kind([value, value])
    return value


VALUES = {
    "list": doubled(list),
    "tuple": doubled(tuple),
    "dict": doubled(lambda items: dict(enumerate(items))),
}
names = pytest.mark.parametrize("name", VALUES)


@dataclass
class Holder:
    """Holds any value."""

    item: Any = None


class ConfigAll(ConfigBase):
    """Has a field of each kind of type."""

    whole: ConfigField[int] = ConfigField(1)
    text: ConfigField[str] = ConfigField("")
    anything: ConfigField[Any] = ConfigField(None)
    items: ConfigField[list[Any]] = ConfigField([])
    pair: ConfigField[tuple[Any, Any]] = ConfigField((1, 2))
    keys: ConfigField[dict[str, Any]] = ConfigField({})
    nested: ConfigField[list[list[int]]] = ConfigField([])
    either: ConfigField[int | list[Any] | None] = ConfigField(None)
    mapped: ConfigField[Any] = ConfigField(None, mapper=lambda value, _: value)
    chosen: ConfigField[Any] = ConfigField(1, choices=(1, 2))
    holder: ConfigField[Holder] = ConfigField(Holder())


@names
@pytest.mark.parametrize("field", ConfigAll().all_fields)
def test_a_value_of_shared_parts_is_a_value_or_an_error(field: str, name: str) -> None:
    """A value with too many parts is a value of its field, or a ConfigTypeError."""
    value = VALUES[name]
    raw = {"item": value} if field == "holder" else value
    conf = ConfigAll()
    messages = []
    for call in (lambda: ConfigAll({field: raw}), lambda: setattr(conf, field, raw)):
        try:
            call()
        except ConfigTypeError as error:
            messages.append(str(error))
    assert all(len(message) < 1000 for message in messages)


def test_the_number_of_parts_is_limited() -> None:
    """An error names the limit on the number of parts."""
    with pytest.raises(ConfigTypeError, match="with at most 1,000,000 parts"):
        ConfigAll({"anything": VALUES["list"]})


@names
def test_a_default_of_shared_parts_is_shown(name: str) -> None:
    """A default may have any number of parts; the text of a value is cut."""

    class ConfigShared(ConfigBase):
        value: ConfigField[Any] = ConfigField(VALUES[name])
        inside: ConfigField[Any] = ConfigField((VALUES[name], {1}))

    conf = ConfigShared()
    for text in (repr(conf), conf.explain(), conf.explain("value")):
        assert "..." in text
        assert len(text) < 1000
    assert conf.field_info("value").as_dict()["value"].endswith("...")
    assert conf.safe_dict()["value"] is conf.value


def test_the_words_of_a_type_are_limited() -> None:
    """A type may have its parts many times; its words are cut."""
    declared: Any = int
    for _ in range(LEVELS):
        declared = dict[str, declared] | list[declared] | tuple[declared, ...]

    class ConfigNested(ConfigBase):
        # The annotation is evaluated now: the type is not known to the module.
        __annotations__ = {"value": ConfigField[declared]}
        value = ConfigField[Any](None, doc="Any value.")

    conf = ConfigNested({"value": {"a": []}})
    assert conf.value == {"a": []}
    assert len(conf.field_info("value").expected) < 2000
    with pytest.raises(ConfigTypeError) as caught:
        ConfigNested({"value": 1})
    assert len(str(caught.value)) < 2000
