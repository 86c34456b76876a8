"""`override`: temporary values above every source, in one context."""

from __future__ import annotations

import asyncio
import threading

import pytest

from pynenc_conf import (
    ConfigBroker,
    ConfigOrchestratorRedis,
    ConfigRedis,
    ConfigTypeError,
    UnknownFieldError,
)


def test_override_has_precedence_over_every_source(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The values override every source inside the block, and only there."""
    monkeypatch.setenv("PYNENC__CONFIGREDIS__REDIS_PORT", "2")
    with ConfigRedis.override(redis_port=1) as conf:
        assert conf.redis_port == 1
        assert ConfigRedis({"redis": {"redis_port": 3}}).redis_port == 1
        assert str(conf.field_info("redis_port").origin) == "override of ConfigRedis"
        assert conf.field_info("redis_port").chain[1].overridden is not None
    assert ConfigRedis().redis_port == 2


def test_override_reaches_subclasses_only() -> None:
    """An override applies to the class and its subclasses only."""
    with ConfigRedis.override(redis_host="x"):
        assert ConfigOrchestratorRedis().redis_host == "x"
        assert ConfigBroker() == ConfigBroker()
    with ConfigOrchestratorRedis.override(redis_host="y"):
        assert ConfigRedis().redis_host == "localhost"


def test_overrides_nest() -> None:
    """The innermost override wins, and each one ends separately."""
    with ConfigOrchestratorRedis.override(redis_port=1, redis_db=1):
        with ConfigRedis.override(redis_port=2):
            conf = ConfigOrchestratorRedis()
            assert (conf.redis_port, conf.redis_db) == (2, 1)
        assert ConfigOrchestratorRedis().redis_port == 1


def test_one_override_may_be_entered_again() -> None:
    """An override object can be entered several times, also inside itself."""
    override = ConfigRedis.override(redis_port=1)
    for _ in range(2):
        with override, override:
            assert ConfigRedis().redis_port == 1
        assert ConfigRedis().redis_port == 6379


def test_error_inside_restores() -> None:
    """An exception in the block ends the override and propagates."""
    with pytest.raises(ZeroDivisionError), ConfigRedis.override(redis_port=1):
        raise ZeroDivisionError
    assert ConfigRedis().redis_port == 6379


def test_bad_value_raises_at_the_with_statement() -> None:
    """An invalid value raises on entering the block and never takes effect."""
    with pytest.raises(ConfigTypeError, match="override of ConfigRedis"):
        ConfigRedis.override(redis_port="six").__enter__()
    assert ConfigRedis().redis_port == 6379


def test_unknown_field_has_a_suggestion() -> None:
    """Overriding an unknown field raises an error with a suggestion."""
    with pytest.raises(UnknownFieldError, match="did you mean 'redis_host'"):
        ConfigRedis.override(redis_hots="x")


def test_existing_instances_do_not_change() -> None:
    """An override applies to instances created in the block, which keep its values."""
    before = ConfigRedis()
    with ConfigRedis.override(redis_port=1):
        inside = ConfigRedis()
        assert before.redis_port == 6379
    assert inside.redis_port == 1


def test_threads_do_not_see_each_others_overrides() -> None:
    """A thread started inside a block does not inherit the override."""
    seen: list[int] = []
    with ConfigRedis.override(redis_port=1):
        thread = threading.Thread(target=lambda: seen.append(ConfigRedis().redis_port))
        thread.start()
        thread.join()
    assert seen == [6379]


def test_one_override_entered_by_several_threads() -> None:
    """Threads that share an override object enter and leave it independently."""
    override = ConfigRedis.override(redis_port=1)
    barrier = threading.Barrier(4)
    seen: list[tuple[int, int]] = []

    def work() -> None:
        for _ in range(20):
            barrier.wait()
            with override as conf:
                inside = conf.redis_port
            seen.append((inside, ConfigRedis().redis_port))

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert seen == [(1, 6379)] * 80


def test_asyncio_tasks_do_not_disturb_each_other() -> None:
    """Concurrent asyncio tasks each see their own override."""

    async def work(port: int) -> int:
        with ConfigRedis.override(redis_port=port):
            await asyncio.sleep(0)
            return ConfigRedis().redis_port

    async def both() -> list[int]:
        return await asyncio.gather(work(1), work(2))

    assert asyncio.run(both()) == [1, 2]


def test_the_constructor_is_called_if_possible() -> None:
    """The instance from `with` has been initialised by its class's constructor."""

    class ConfigNoted(ConfigRedis):
        def __init__(self) -> None:
            super().__init__()
            self.note = "made"

    with ConfigNoted.override(redis_port=1) as conf:
        assert (conf.note, conf.redis_port) == ("made", 1)
