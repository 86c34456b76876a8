"""Every instance sees all changes made before its creation.

Parsed files, a copy of the environment and converted values are kept from one
instance to the next. `staleness.py` has 34 scenarios that make them stale.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest

from pynenc_conf import (
    ConfigError,
    ConfigField,
    ConfigOrchestratorRedis,
    ConfigPynencBase,
    ConfigRedis,
)
from tests.staleness import (
    DEFAULT,
    FILE,
    HOST,
    OF_THE_ENVIRONMENT,
    OF_THE_FILE,
    Expected,
    Scenario,
)
from tests.threads import run_together


@pytest.fixture(autouse=True)
def _restored_environment() -> Iterator[None]:
    """Restore every variable after the test."""
    before = os.environ.copy()
    yield
    os.environ.clear()
    os.environ.update(before)


@pytest.fixture(params=["trusted", "young"])
def _age(request: pytest.FixtureRequest, set_trust: Callable[[bool], None]) -> None:
    """Make every file old enough to be trusted, or too young."""
    set_trust(request.param == "trusted")


def check(path: Path | None, expected: Expected) -> None:
    """Check two instances of each of two classes against the expected value."""
    for cls in (ConfigRedis, ConfigOrchestratorRedis) * 2:
        if isinstance(expected, str):
            conf = cls(None, path)
            assert conf.redis_host + conf.redis_password == expected
            assert conf.field_info("redis_host").value == conf.redis_host
        else:
            with pytest.raises(expected):
                cls(None, path)


@pytest.mark.usefixtures("_age")
@pytest.mark.parametrize(
    "scenario", OF_THE_ENVIRONMENT, ids=lambda scenario: scenario.__name__
)
def test_environment(scenario: Scenario) -> None:
    """The next instance has the current values of all variables."""
    for expected in scenario():
        check(None, expected)


@pytest.mark.usefixtures("_age")
@pytest.mark.parametrize(
    "scenario", OF_THE_FILE, ids=lambda scenario: scenario.__name__
)
def test_file(scenario: Scenario) -> None:
    """The next instance has the current values of all files."""
    for expected in scenario():
        check(FILE, expected)


def test_there_are_34_scenarios() -> None:
    """All 34 scenarios are collected, and each describes its change."""
    ways = [*OF_THE_ENVIRONMENT, *OF_THE_FILE]
    assert len(ways) == len(set(ways)) == 34
    assert all(scenario.__doc__ for scenario in ways)


def test_putenv_is_not_seen() -> None:
    """`os.putenv` changes the environment of child processes, not `os.environ`."""
    os.putenv(HOST, "a")
    try:
        check(None, DEFAULT)
    finally:
        os.unsetenv(HOST)


class ConfigMany(ConfigPynencBase):
    """A class with one field per thread."""

    field_0 = ConfigField(-1)
    field_1 = ConfigField(-1)
    field_2 = ConfigField(-1)
    field_3 = ConfigField(-1)


def test_threads_see_their_own_changes() -> None:
    """A thread that sets a variable gets its value, whatever other threads set."""

    def work(number: int) -> None:
        for step in range(300):
            os.environ[f"PYNENC__FIELD_{number}"] = str(step)
            assert getattr(ConfigMany(), f"field_{number}") == step

    run_together(partial(work, number) for number in range(4))


def test_mutable_values_are_not_shared(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each instance has its own copy of a list from a variable."""

    class ConfigNames(ConfigPynencBase):
        names: ConfigField[list[str]] = ConfigField([])

    monkeypatch.setenv("PYNENC__NAMES", "a,b")
    ConfigNames().names.append("c")
    assert ConfigNames().names == ["a", "b"]


def test_an_error_is_raised_every_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every instance, not only the first, reports an invalid variable."""
    monkeypatch.setenv("PYNENC__REDIS_PORT", "six")
    for _ in range(3):
        with pytest.raises(ConfigError, match="PYNENC__REDIS_PORT"):
            ConfigRedis()
