"""Retry policies of redis-py, built from a `ConfigOrchestratorRedis`."""

# pyright: standard
# Much of redis-py's retries is untyped, which strict mode reports at every use.

from __future__ import annotations

import functools
import inspect
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar, cast

import redis.asyncio.retry
from redis import exceptions
from redis.backoff import AbstractBackoff, ExponentialBackoff
from redis.retry import Retry

from pynenc_conf.config_orchestrator import ConfigOrchestratorRedis

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["redis_retry", "with_redis_retry"]

P = ParamSpec("P")
R = TypeVar("R")

TRANSIENT: Any = (exceptions.ConnectionError, exceptions.TimeoutError, TimeoutError)
# A retry with the same credentials fails again, and can lock the user out.
_PERMANENT = (exceptions.AuthenticationError, exceptions.AuthorizationError)
MAX_TIMEOUT: float = 2_000_000.0  # seconds; a socket accepts at most 2**31 ms


def redis_retry(conf: ConfigOrchestratorRedis, *errors: type[Exception]) -> Retry:
    """Return the retry policy of `conf`, for operations that can safely be repeated.

    The policy retries the connection and timeout errors of redis-py, and `errors`. It
    makes at most `redis_retry_max_attempts` attempts (0 counts as 1). The delay after
    attempt n = 0, 1, ... is `redis_retry_base_delay_sec` * 2**n, but at most
    `redis_retry_max_delay_sec`. Use it with `call_with_retry`, or as the `retry`
    argument of another redis-py client.
    """
    return Retry(*_policy(conf, errors))


def with_redis_retry(
    conf: ConfigOrchestratorRedis | Callable[[Any], ConfigOrchestratorRedis],
    *errors: type[Exception],
) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Decorate a function or an `async def` with the policy of `redis_retry`.

    Every call reads the settings of `conf`. For a method, `conf` can be a function of
    the method's first argument:
    `with_redis_retry(lambda self: self.conf, StatusNotFound)`. The decorator does not
    retry rejected credentials, unless `errors` includes their exceptions.
    """

    def config_of(args: tuple[Any, ...]) -> ConfigOrchestratorRedis:
        return conf if isinstance(conf, ConfigOrchestratorRedis) else conf(args[0])

    def decorate(function: Callable[P, R]) -> Callable[P, R]:
        call = cast("Any", function)

        @functools.wraps(function)
        def repeat(*args: P.args, **kwargs: P.kwargs) -> R:
            retry = Retry(*_policy(config_of(args), errors))
            do = functools.partial(function, *args, **kwargs)
            fail = functools.partial(raise_permanent, errors=errors)
            return retry.call_with_retry(do, fail)

        @functools.wraps(function)
        async def repeat_async(*args: P.args, **kwargs: P.kwargs) -> Any:
            retry = redis.asyncio.retry.Retry(*_policy(config_of(args), errors))
            do = functools.partial(call, *args, **kwargs)
            return await retry.call_with_retry(do, raise_permanent_async(errors))

        return cast("Any", repeat_async) if _is_async(function) else repeat

    return decorate


class _Backoff(ExponentialBackoff):
    """The exponential backoff of redis-py, for any number of failures."""

    def compute(self, failures: int) -> float:
        # 2**1024 is too large for a float.
        return super().compute(min(failures, 1000))


def _policy(
    conf: ConfigOrchestratorRedis, errors: tuple[type[Exception], ...]
) -> tuple[AbstractBackoff, int, Any]:
    # redis-py counts failures from 1, and its retries exclude the first attempt.
    cap = min(conf.redis_retry_max_delay_sec, MAX_TIMEOUT)
    backoff = _Backoff(cap, conf.redis_retry_base_delay_sec / 2)
    return backoff, max(conf.redis_retry_max_attempts, 1) - 1, (*TRANSIENT, *errors)


def raise_permanent(error: Exception, errors: tuple[type[Exception], ...] = ()) -> None:
    """Raise an error that a retry cannot fix, unless `errors` includes its type."""
    if isinstance(error, _PERMANENT) and not isinstance(error, errors):
        raise error


def raise_permanent_async(
    errors: tuple[type[Exception], ...] = (),
) -> Callable[[Exception], Any]:
    """Return `raise_permanent` as a coroutine function, for asyncio's retries."""

    async def fail(error: Exception) -> None:
        raise_permanent(error, errors)

    return fail


def _is_async(function: Any) -> bool:
    call = getattr(function, "__call__", None)  # noqa: B004 - not a test of callability
    return inspect.iscoroutinefunction(function) or inspect.iscoroutinefunction(call)
