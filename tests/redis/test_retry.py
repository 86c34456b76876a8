"""The retry policy of a ConfigOrchestratorRedis."""

from __future__ import annotations

import asyncio
import inspect
from typing import Any

import pytest
import redis
from hypothesis import given
from hypothesis import strategies as st

from pynenc_conf import ConfigOrchestratorRedis
from pynenc_conf.redis_client import redis_retry, with_redis_retry


class StatusNotFoundError(Exception):
    """Replaces pynenc's error for an invocation without a status."""


class Flaky:
    """Fails a number of times, then succeeds; counts its calls."""

    def __init__(self, failures: int, error: type[Exception], **values: Any) -> None:
        self.failures = failures
        self.error = error
        self.calls = 0
        self.conf = fast(**values)

    def __call__(self) -> str:
        """Fail or succeed."""
        self.calls += 1
        if self.calls <= self.failures:
            raise self.error
        return "done"


def fast(**values: Any) -> ConfigOrchestratorRedis:
    """Return a config that retries without delay."""
    return ConfigOrchestratorRedis({"redis_retry_base_delay_sec": 0, **values})


def no_matter(_: Exception) -> None:
    """Ignore a failure."""


@pytest.fixture
def delays(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Record the delays instead of waiting."""
    found: list[float] = []

    async def sleep(seconds: float) -> None:  # noqa: RUF029, RUF100
        found.append(seconds)

    monkeypatch.setattr("redis.retry.sleep", found.append)
    monkeypatch.setattr("redis.asyncio.retry.sleep", sleep)
    return found


@pytest.mark.parametrize("attempts", [0, 1, 3, 5])
def test_attempts(attempts: int) -> None:
    """redis_retry_max_attempts is the number of attempts; 0 counts as 1."""
    flaky = Flaky(99, redis.exceptions.ConnectionError)
    retry = redis_retry(fast(redis_retry_max_attempts=attempts))
    with pytest.raises(redis.exceptions.ConnectionError):
        retry.call_with_retry(flaky, no_matter)
    assert flaky.calls == max(attempts, 1)


def test_delays(delays: list[float]) -> None:
    """The delay is base * 2**n for n = 0, 1, ..., and at most the maximum."""
    conf = ConfigOrchestratorRedis({"redis_retry_max_attempts": 7})
    expected = pytest.approx([0.1, 0.2, 0.4, 0.8, 1.0, 1.0])
    with pytest.raises(redis.exceptions.TimeoutError):
        redis_retry(conf).call_with_retry(
            Flaky(99, redis.exceptions.TimeoutError), no_matter
        )
    assert delays == expected
    delays.clear()

    @with_redis_retry(conf)
    async def fail() -> None:  # noqa: RUF029, RUF100
        raise redis.exceptions.TimeoutError

    with pytest.raises(redis.exceptions.TimeoutError):
        asyncio.run(fail())
    assert delays == expected


@given(
    base=st.floats(0, 1e6),
    cap=st.floats(0, allow_nan=False),
    failures=st.integers(1, 10**9),
)
def test_any_delay(base: float, cap: float, failures: int) -> None:
    """Every accepted configuration gives a delay that `sleep` accepts."""
    values = {"redis_retry_base_delay_sec": base, "redis_retry_max_delay_sec": cap}
    retry = redis_retry(ConfigOrchestratorRedis(values))
    delay = retry._backoff.compute(failures)  # noqa: SLF001
    assert 0 <= delay <= min(cap, 2_000_000)
    if failures <= 10 and base >= 1e-300:
        expected = min(cap, base * 2 ** (failures - 1), 2_000_000)
        assert delay == pytest.approx(expected)


def test_errors_that_the_caller_names() -> None:
    """Exceptions other than redis-py's are retried only if the caller names them."""
    flaky = Flaky(2, StatusNotFoundError)
    retry = redis_retry(fast(), StatusNotFoundError)
    assert retry.call_with_retry(flaky, no_matter) == "done"
    flaky = Flaky(2, StatusNotFoundError)
    with pytest.raises(StatusNotFoundError):
        redis_retry(fast()).call_with_retry(flaky, no_matter)
    assert flaky.calls == 1


def test_policy_is_a_retry_of_redis_py() -> None:
    """The policy is a Retry of redis-py, which its clients accept."""
    retry = redis_retry(fast())
    assert type(retry) is redis.retry.Retry
    redis.Redis(retry=retry).close()


def test_decorator() -> None:
    """The decorator retries a function, and passes on arguments and result."""
    flaky = Flaky(2, StatusNotFoundError)

    @with_redis_retry(fast(), StatusNotFoundError)
    def status(name: str, *, suffix: str = "") -> str:
        """Say how it is."""
        return f"{name} {flaky()}{suffix}"

    assert status("all", suffix="!") == "all done!"
    assert (status.__name__, status.__doc__) == ("status", "Say how it is.")


def test_decorator_of_async_functions() -> None:
    """A decorated `async def` is still a coroutine function."""
    flaky = Flaky(2, StatusNotFoundError)

    @with_redis_retry(fast(), StatusNotFoundError)
    async def status(name: str) -> str:
        await asyncio.sleep(0)
        return f"{name} {flaky()}"

    assert inspect.iscoroutinefunction(status)
    assert asyncio.run(status("all")) == "all done"


def test_decorator_of_methods() -> None:
    """For a method, each call can get the config from `self`."""

    class Orchestrator(Flaky):
        @with_redis_retry(lambda self: self.conf, StatusNotFoundError)
        def status(self) -> str:
            return self()

    one = Orchestrator(3, StatusNotFoundError, redis_retry_max_attempts=3)
    with pytest.raises(StatusNotFoundError):
        one.status()
    one.calls = 0
    one.conf.redis_retry_max_attempts = 4
    assert one.status() == "done"


def test_rejected_credentials_are_not_retried() -> None:
    """The decorator does not retry a wrong password, unless its error is named."""
    flaky = Flaky(1, redis.exceptions.AuthenticationError)
    with pytest.raises(redis.exceptions.AuthenticationError):
        with_redis_retry(fast())(flaky)()
    flaky.calls = 0
    named = with_redis_retry(fast(), redis.exceptions.AuthenticationError)
    assert named(flaky)() == "done"
