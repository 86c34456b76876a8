"""Text of values: sets in an order that does not depend on the hash seed."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pynenc_conf._core.masking import format_value, sorted_elements

SCALARS = st.text(max_size=3) | st.integers() | st.none() | st.binary(max_size=2)


@given(st.lists(SCALARS | st.frozensets(SCALARS, max_size=4), max_size=8))
def test_equal_sets_have_equal_text(elements: list[object]) -> None:
    """Equal sets have equal text, however their elements were added."""
    forth, back = set(elements), set(dict.fromkeys(reversed(elements)))
    assert format_value(forth, secret=False) == format_value(back, secret=False)
    assert sorted_elements(forth) == sorted_elements(frozenset(back))


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ({10, 9, 1}, "{1, 9, 10}"),
        (frozenset({"b", "a"}), "frozenset({'a', 'b'})"),
        ({"b", 2, None}, "{'b', 2, None}"),
        ([{"b", "a"}, ({1, 0},)], "[{'a', 'b'}, ({0, 1},)]"),
        ({"key": {"b", "a"}}, "{'key': {'a', 'b'}}"),
        ({frozenset({"b", "a"}): 1}, "{frozenset({'a', 'b'}): 1}"),
        (set(), "set()"),
        (frozenset(), "frozenset()"),
    ],
)
def test_sets_are_shown_in_order(value: object, text: str) -> None:
    """A set is ordered by value if its elements can be compared, otherwise by text."""
    assert format_value(value, secret=False) == text


def test_a_secret_set_is_not_shown() -> None:
    """A secret set is masked."""
    assert format_value({"b", "a"}, secret=True) == "***"


def test_elements_without_text_or_order_are_kept() -> None:
    """Elements that have neither text nor order keep the set's own order."""

    class Silent:
        def __repr__(self) -> str:
            raise RuntimeError

    elements = {Silent(), Silent(), 10**5000}
    assert set(sorted_elements(elements)) == elements
    assert format_value(elements, secret=False) == "<set>"


def test_elements_without_text_are_compared() -> None:
    """Elements without text are ordered by value."""

    class Silent(int):
        def __repr__(self) -> str:
            raise RuntimeError

    # In a set, such a large number follows the small ones.
    elements = {Silent(2**61), Silent(9), Silent(1)}
    assert sorted_elements(elements) == sorted(elements)
    assert sorted_elements({Silent(2**61 + 1), Silent(2**61)}) == [2**61, 2**61 + 1]
