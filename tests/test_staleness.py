"""Whatever changes between two instances, the next one sees it.

A parsed file, a copy of the environment and converted values are kept from one
instance to the next. `staleness.py` has the 34 ways to make them stale.
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
    Said,
    Way,
)
from tests.threads import together


@pytest.fixture(autouse=True)
def _environment_of_its_own() -> Iterator[None]:
    """Put every variable back."""
    before = os.environ.copy()
    yield
    os.environ.clear()
    os.environ.update(before)


@pytest.fixture(params=["trusted", "young"])
def _age(request: pytest.FixtureRequest, set_trust: Callable[[bool], None]) -> None:
    """Let every file count as old enough to be trusted, or as too young."""
    set_trust(request.param == "trusted")


def check(path: Path | None, said: Said) -> None:
    """Compare what two instances of each of two classes say."""
    for cls in (ConfigRedis, ConfigOrchestratorRedis) * 2:
        if isinstance(said, str):
            conf = cls(None, path)
            assert conf.redis_host + conf.redis_password == said
            assert conf.field_info("redis_host").value == conf.redis_host
        else:
            with pytest.raises(said):
                cls(None, path)


@pytest.mark.usefixtures("_age")
@pytest.mark.parametrize("way", OF_THE_ENVIRONMENT, ids=lambda way: way.__name__)
def test_environment(way: Way) -> None:
    """Whatever happens to the variables, the next instance has what they say now."""
    for said in way():
        check(None, said)


@pytest.mark.usefixtures("_age")
@pytest.mark.parametrize("way", OF_THE_FILE, ids=lambda way: way.__name__)
def test_file(way: Way) -> None:
    """Whatever happens to a file, the next instance has what it says now."""
    for said in way():
        check(FILE, said)


def test_there_are_34_ways() -> None:
    """None is lost, and each says what happens."""
    ways = [*OF_THE_ENVIRONMENT, *OF_THE_FILE]
    assert len(ways) == len(set(ways)) == 34
    assert all(way.__doc__ for way in ways)


def test_putenv_is_not_seen() -> None:
    """`os.putenv` changes what child processes get, not what Python knows."""
    os.putenv(HOST, "a")
    try:
        check(None, DEFAULT)
    finally:
        os.unsetenv(HOST)


class ConfigMany(ConfigPynencBase):
    """A field for each thread."""

    field_0 = ConfigField(-1)
    field_1 = ConfigField(-1)
    field_2 = ConfigField(-1)
    field_3 = ConfigField(-1)


def test_threads_see_what_they_set() -> None:
    """A thread that sets a variable has its value, whatever other threads set."""

    def work(number: int) -> None:
        for step in range(300):
            os.environ[f"PYNENC__FIELD_{number}"] = str(step)
            assert getattr(ConfigMany(), f"field_{number}") == step

    together(partial(work, number) for number in range(4))


def test_what_can_change_is_not_shared(monkeypatch: pytest.MonkeyPatch) -> None:
    """A list from a variable is each instance's own."""

    class ConfigNames(ConfigPynencBase):
        names: ConfigField[list[str]] = ConfigField([])

    monkeypatch.setenv("PYNENC__NAMES", "a,b")
    ConfigNames().names.append("c")
    assert ConfigNames().names == ["a", "b"]


def test_an_error_is_not_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    """A bad variable is refused by every instance, not only by the first."""
    monkeypatch.setenv("PYNENC__REDIS_PORT", "six")
    for _ in range(3):
        with pytest.raises(ConfigError, match="PYNENC__REDIS_PORT"):
            ConfigRedis()
