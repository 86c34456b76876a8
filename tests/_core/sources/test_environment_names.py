"""Tests of how the names of variables are selected before they are read."""

from __future__ import annotations

import functools
import os
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from pynenc_conf import ConfigField, ConfigPynencBase, ConfigTask
from pynenc_conf._core.declare.variables import encode_name
from pynenc_conf._core.sources.environment import _other_starts

prefixes = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1)


@given(prefixes.map(str.upper), st.text(max_size=3))
@example("ID__", "\N{LATIN SMALL LETTER DOTLESS I}d__x")
@example("S__", "\N{LATIN SMALL LETTER LONG S}__x")
@example("P__", "p__x")
def test_no_name_with_a_prefix_is_left_out(prefix: str, rest: str) -> None:
    """A name that is the prefix in capitals is read, in whatever letters it is."""
    for name in (prefix + rest, prefix.lower() + rest, rest):
        key: Any = encode_name(name)
        if key is not None and name.upper().startswith(prefix):
            assert key[:1] not in _other_starts(prefix)


def test_variables_of_a_task_are_found_whenever_they_are_set(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A variable of one task is read as soon as it is set, and no longer than that."""
    assert ConfigTask("a.b").max_retries == 0
    monkeypatch.setenv("PYNENC__CONFIGTASK__A__B__MAX_RETRIES", "3")
    assert ConfigTask("a.b").max_retries == 3
    assert ConfigTask("a.c").max_retries == 0
    monkeypatch.delenv("PYNENC__CONFIGTASK__A__B__MAX_RETRIES")
    assert ConfigTask("a.b").max_retries == 0


def test_a_replacement_may_have_impossible_names(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A mapping in the place of os.environ may have names that no variable can have."""
    names = {"\ud800": "1", "PYNENC__\ud800": "1", "PYNENC__MAX_RETRIES": "3"}
    monkeypatch.setattr(os, "environ", names)
    assert ConfigTask("a.b").max_retries == 3


@pytest.mark.parametrize(
    "wrap", [lambda hook: hook, functools.wraps(ConfigTask.get_extra_env_keys)]
)
def test_another_hook_may_name_any_variable(
    monkeypatch: pytest.MonkeyPatch, wrap: Any
) -> None:
    """A subclass of ConfigTask may name variables with a prefix of its own."""

    @wrap
    def hook(_self: Any, field_name: str, _cls: type) -> list[str]:
        return [f"MINE_{field_name.upper()}"]

    class ConfigMine(ConfigTask):
        get_extra_env_keys = hook

    class ConfigOther(ConfigPynencBase):
        port: ConfigField[int] = ConfigField(1)
        get_extra_env_keys = hook

    monkeypatch.setenv("MINE_MAX_RETRIES", "4")
    monkeypatch.setenv("MINE_PORT", "5")
    assert ConfigMine("a.b").max_retries == 4
    assert ConfigOther().port == 5
