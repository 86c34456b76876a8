"""Tests of the values of scalars that are read without a constructor of PyYAML."""

from __future__ import annotations

from typing import Any

import yaml
from hypothesis import example, given
from hypothesis import strategies as st

from pynenc_conf._core.formats.yaml_scalar import TAG_PREFIX, Scalar, read_plain

numbers = st.integers().map(str) | st.floats().map(str)
texts = st.text("0123456789.-+_eExob:nysorfaltuiTN", max_size=8) | numbers


@given(st.sampled_from(["int", "float", "bool", "null"]), texts)
@example("int", "0123")
@example("int", "-0")
@example("float", "-0.0")
@example("bool", "oN")
@example("int", "\N{ARABIC-INDIC DIGIT THREE}")
def test_a_plain_scalar_has_the_value_of_pyyaml(tag: str, text: str) -> None:
    """A number or bool that needs no constructor has the value that PyYAML gives it."""
    found = read_plain(Scalar(tag, text))
    if found is None:
        return
    rules: Any = yaml.constructor.SafeConstructor
    node = yaml.ScalarNode(TAG_PREFIX + tag, text)
    expected = rules.yaml_constructors[node.tag](rules(), node)
    assert (type(found), repr(found)) == (type(expected), repr(expected))


def test_plain_scalars_need_no_constructor() -> None:
    """Decimal numbers and bools are plain; they are most of the scalars of a file."""
    for tag, text in (("int", "-17"), ("float", "2.5"), ("bool", "True")):
        assert repr(read_plain(Scalar(tag, text))) == text
    assert repr(read_plain(Scalar("number", "2.5"))) == "2.5"
