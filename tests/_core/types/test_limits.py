"""Tests of limits, and of the shortcut for numbers within bounds."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pynenc_conf import ConfigField, ConfigPynencBase, ConfigTypeError
from pynenc_conf._core.types.converter import converter
from pynenc_conf._core.types.invalid import InvalidValue
from pynenc_conf._core.types.limits import with_limits, with_shortcut

numbers = st.integers() | st.floats() | st.sampled_from([2**2000, -(2**2000)])
raw_values = (
    numbers
    | st.booleans()
    | st.none()
    | st.binary(max_size=3)
    | st.text(max_size=5)
    | numbers.filter(lambda number: abs(number) < 2**1000).map(str)
    | st.sampled_from([" 7 ", "1_000", "٣", "1e999", "nan", "-inf", "0x1", "1.0"])
)
bounds = (st.integers(-99, 99) | st.floats(-99, 99)) | st.sampled_from([2**2000])
limits = st.dictionaries(st.sampled_from(["ge", "gt", "le", "lt"]), bounds)


def outcome(convert: Any, raw: object) -> tuple[object, ...]:
    """Return the type and text of the result, or what the error says."""
    try:
        value = convert(raw)
    except InvalidValue as error:
        return error.expected, repr(error.given), error.__context__
    return type(value), repr(value)


@given(
    declared=st.sampled_from([int, float]),
    limited=limits,
    allow_inf=st.booleans(),
    raw=raw_values,
)
def test_the_shortcut_changes_no_result(
    *, declared: type, limited: dict[str, Any], allow_inf: bool, raw: object
) -> None:
    """Numbers and their text convert in the same way with the shortcut as without."""
    inner = converter(declared, allow_inf=allow_inf)
    complete = with_limits(inner, limited, None)
    short = with_shortcut(complete, declared, limited, allow_inf=allow_inf)
    assert outcome(short[0], raw) == outcome(complete[0], raw)


def test_an_assignment_follows_a_change_of_the_class() -> None:
    """An assignment is checked against the limits that the class has at that time."""

    class ConfigChanged(ConfigPynencBase):
        port: Any = ConfigField(1, le=9)

    conf = ConfigChanged()
    conf.port = 9
    ConfigChanged.port = ConfigField(1, le=5)
    with pytest.raises(ConfigTypeError, match="at most 5"):
        conf.port = 9
    ConfigChanged.port = ConfigField("one")
    conf.port = "9"
    assert conf.port == "9"


def test_a_subclass_may_extend_assignment() -> None:
    """`super().__setattr__` in a subclass converts, checks and records."""
    names = []

    class ConfigWatched(ConfigPynencBase):
        port: ConfigField[int] = ConfigField(1, le=9)

        def __setattr__(self, name: str, value: Any) -> None:
            names.append(name)
            super().__setattr__(name, value)

    class ConfigWatchedTwice(ConfigWatched):
        host = ConfigField("a", choices=["a", "b"])

    conf = ConfigWatchedTwice()
    conf.port = "7"  # type: ignore[assignment] # pyright: ignore[reportAttributeAccessIssue] # text is converted
    conf.host = "b"
    assert (conf.port, conf.host, names) == (7, "b", ["port", "host"])
    assert "assignment" in conf.explain("port")
    with pytest.raises(ConfigTypeError, match="at most 9"):
        conf.port = 10
