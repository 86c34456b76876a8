"""The list of sources, and the state that each keeps of a class."""

from __future__ import annotations

from typing import Any

from pynenc_conf import ConfigBase, ConfigField, ConfigRedis
from pynenc_conf._core.resolve import precedence
from pynenc_conf._core.sources.collect import SOURCES, sources_of
from pynenc_conf.origin import OVERRIDE


def test_sources_are_listed_in_order_of_precedence() -> None:
    """The list of sources names every kind of source, lowest precedence first."""
    names = [name for source in SOURCES for name in source.names]
    assert names == [*precedence.SOURCES, OVERRIDE]


def test_a_class_keeps_its_sources_until_it_changes() -> None:
    """The state of the sources is discarded when a field of the class is replaced."""

    class ConfigChanging(ConfigBase):
        size: ConfigField[int] = ConfigField(1)

    class ConfigChild(ConfigChanging):
        """A class that inherits the field."""

    before = sources_of(ConfigChild)
    assert sources_of(ConfigChild) is before
    assert before.plan.leaf is ConfigChild
    changing: Any = ConfigChanging
    changing.size = 2
    after = sources_of(ConfigChild)
    assert after is not before
    assert after.plan.defaults == {"size": 2}


def test_classes_share_no_state() -> None:
    """Each class has sources of its own, also if it only inherits its fields."""

    class ConfigRedisChild(ConfigRedis):
        """A class with no field of its own."""

    own = set(map(id, sources_of(ConfigRedisChild).all))
    assert own.isdisjoint(map(id, sources_of(ConfigRedis).all))
