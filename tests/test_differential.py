"""The original engine is the oracle: all values must be equal.

The documented differences are excluded from the generated worlds and have their own
tests.
"""

from __future__ import annotations

from typing import Any

import cistell
import pytest
from cistell.exceptions import ConfigMultiInheritanceError as OriginalConflictError
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from pynenc_conf import ConfigBase, ConfigField, ConfigMultiInheritanceError
from tests.differential import (
    CLASS_NAMES,
    DEFAULTS,
    FIELDS,
    ClassSpec,
    World,
    build,
    create_world,
)

names = st.sampled_from(FIELDS)
# Every value is valid for every declared type, and both engines convert it equally.
numbers = st.integers(0, 99)
raw_values = numbers | numbers.map(str)
tables = st.dictionaries(names, raw_values, max_size=3)


@st.composite
def hierarchies(draw: st.DrawFn) -> list[ClassSpec]:
    """Draw up to five classes; the last is the one to instantiate."""
    size = draw(st.integers(1, 5))
    class_names = draw(st.permutations(CLASS_NAMES))[:size]
    specs: list[ClassSpec] = []
    for index in range(size):
        possible = list(range(index))
        bases = (
            draw(st.lists(st.sampled_from(possible), max_size=3, unique=True))
            if possible
            else []
        )
        fields = draw(st.dictionaries(names, st.sampled_from(DEFAULTS), max_size=2))
        specs.append(ClassSpec(class_names[index], tuple(bases), fields))
    return specs


def section(name: str) -> str:
    """Return the section name of a class."""
    return name.replace("Config", "").lower()


@st.composite
def worlds(draw: st.DrawFn) -> World:
    """Draw classes and all sources of their values."""
    classes = draw(hierarchies())
    sections = sorted({section(spec.name) for spec in classes} | {"unrelated"})
    mappings = st.builds(
        lambda general, inner: general | inner,
        tables,
        st.dictionaries(st.sampled_from(sections), tables | st.just(5), max_size=3),
    )
    world = World(classes, values=draw(st.none() | mappings))
    extensions = st.sampled_from(("yaml", "YML", "json", "toml"))
    if draw(st.booleans()):
        world.files["pyproject.toml"] = draw(mappings)
    if draw(st.booleans()):
        world.config_file = f"config.{draw(extensions)}"
        world.files[world.config_file] = draw(mappings)
    if draw(st.booleans()):
        name = f"environment.{draw(extensions)}"
        world.files[name] = draw(mappings)
        world.variables["CONFIG__FILEPATH"] = name
    general_taken: set[str] = set()
    sections_taken: set[str] = set()
    for spec in draw(st.lists(st.sampled_from(classes), max_size=3, unique_by=id)):
        name = f"class_{spec.name}.{draw(extensions)}"
        data: dict[str, Any] = draw(mappings)
        # No key is in two class files: their precedence is a documented difference.
        data = {key: value for key, value in data.items() if key not in general_taken}
        general_taken |= data.keys() & set(FIELDS)
        if section(spec.name) in sections_taken:
            data.pop(section(spec.name), None)
        sections_taken.add(section(spec.name))
        world.files[name] = data
        world.variables[f"CONFIG__{spec.name.upper()}__FILEPATH"] = name
    prefixes = ["", *(f"{spec.name.upper()}__" for spec in classes), "UNRELATED__"]
    variables = st.builds(
        lambda prefix, name: f"CONFIG__{prefix}{name.upper()}",
        st.sampled_from(prefixes),
        names,
    )
    world.variables |= draw(st.dictionaries(variables, numbers.map(str), max_size=5))
    return world


# Some names resemble each other on purpose.
@pytest.mark.filterwarnings("ignore::pynenc_conf.UnknownSettingWarning")
@settings(max_examples=600)
@given(worlds())
def test_values_are_equal_to_the_originals(world: World) -> None:
    """Both engines agree for all classes, mappings, files and variables."""
    try:
        original = build(world.classes, cistell.ConfigBase, cistell.ConfigField)[-1]
    except TypeError:  # Python finds no method resolution order
        assume(False)
    ours = build(world.classes, ConfigBase, ConfigField)[-1]
    with create_world(world):
        try:
            expected = original(world.values, world.config_file)
        except OriginalConflictError:
            with pytest.raises(ConfigMultiInheritanceError):
                ours(world.values, world.config_file)
            return
        found = ours(world.values, world.config_file)
    assert set(found.all_fields) == set(expected.all_fields)
    values = {name: getattr(found, name) for name in found.all_fields}
    assert values == {name: getattr(expected, name) for name in found.all_fields}
    for name, value in values.items():
        info = found.field_info(name)
        assert info.value == value
        assert [candidate.overridden is None for candidate in info.chain].count(
            True
        ) == 1
        assert info.chain[0].overridden is None
