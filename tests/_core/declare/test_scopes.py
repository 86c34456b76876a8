"""The scopes of a class, with and without diamonds."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pynenc_conf import (
    ConfigBase,
    ConfigField,
    ConfigTypeError,
    UnknownSettingWarning,
)
from pynenc_conf._core.declare.metaclass import config_bases, is_root, own_fields
from pynenc_conf._core.declare.plan import plan_of
from pynenc_conf._core.declare.scopes import list_fields, list_scopes


def visit_all(cls: type[Any], *, skip: bool = True) -> Iterator[type[Any]]:
    """Yield the classes in the original's order, once for each path.

    `skip`: without those that only name a namespace.
    """
    for base in config_bases(cls):
        if not skip or own_fields(base) or not any(map(is_root, base.__bases__)):
            yield from visit_all(base, skip=skip)
    yield cls


@st.composite
def hierarchies(draw: st.DrawFn) -> type[Any]:
    """Draw a class whose ancestors inherit from each other in any way."""
    made: list[type[Any]] = []
    for number in range(draw(st.integers(1, 7))):
        chosen = draw(st.sets(st.integers(0, number), max_size=3)) - {number}
        bases = [made[index] for index in sorted(chosen, reverse=True)]
        bases += [ConfigBase] if draw(st.booleans()) or not bases else []
        namespace = {f"f{number}": ConfigField(1)} if draw(st.booleans()) else {}
        try:
            made.append(type(f"C{number}", tuple(bases), namespace))
        except TypeError:  # Python finds no order of the bases
            made.append(type(f"C{number}", (bases[0],), namespace))
    return made[-1]


@given(hierarchies())
def test_first_and_last_places_are_in_the_order_of_the_original(cls: type[Any]) -> None:
    """Scopes are the first and last place of each class, in the original's order."""
    classes = list(visit_all(cls))
    last = len(classes) - 1
    ends = {classes.index(each) for each in classes}
    ends |= {last - classes[::-1].index(each) for each in classes}
    scopes = list_scopes(cls)
    assert [scope.cls for scope in scopes] == [classes[place] for place in sorted(ends)]
    assert [scope.index for scope in scopes] == list(range(len(scopes)))
    names = [name for each in visit_all(cls, skip=False) for name in own_fields(each)]
    assert list_fields(cls) == list(dict.fromkeys(names))


@pytest.mark.parametrize("height", [3, 60])
def test_stacked_diamonds_have_few_scopes(height: int) -> None:
    """Each diamond on another one adds at most six scopes, not twice as many."""
    top: Any = type("Top", (ConfigBase,), {"value": ConfigField(1)})
    for level in range(height):
        left = type(f"Left{level}", (top,), {})
        right = type(f"Right{level}", (top,), {})
        top = type(f"Both{level}", (left, right), {})
    assert len(list_scopes(top)) <= 6 * height + 2
    assert len(plan_of(top).variables) <= 4 * height + 3
    assert top({"both1": {"value": 2}}).value == 2
    with pytest.warns(UnknownSettingWarning, match="valeu"):
        top({"valeu": 2})
    root = top.__mro__[-3]
    root.value = 5  # every class below is planned again
    assert top().value == 5
    with pytest.raises(ConfigTypeError, match="value"):
        top({"value": "x"})
