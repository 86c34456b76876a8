"""When to try an operation on Redis again: redis-py's own policies, from a config."""

# pyright: standard
# redis-py leaves much of its retries untyped, which strict mode reports at every step.

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
# Asking again with the same credentials gets the same answer, or the user locked out.
_REFUSED = (exceptions.AuthenticationError, exceptions.AuthorizationError)
LONGEST = 2_000_000.0  # seconds, three weeks: sockets take no more than 2**31 ms


def redis_retry(conf: ConfigOrchestratorRedis, *errors: type[Exception]) -> Retry:
    """Return the policy that `conf` has for operations that may be tried again.

    For redis-py's connection and timeout errors, and for `errors`: at most
    `redis_retry_max_attempts` attempts (0 counts as 1), after attempt n = 0, 1, ...
    a delay of `redis_retry_base_delay_sec` * 2**n, or `redis_retry_max_delay_sec` if
    that is shorter. For `call_with_retry`, or the `retry` of a client of one's own.
    """
    return Retry(*_policy(conf, errors))


def with_redis_retry(
    conf: ConfigOrchestratorRedis | Callable[[Any], ConfigOrchestratorRedis],
    *errors: type[Exception],
) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Make a function, or an `async def`, follow `redis_retry(conf, *errors)`.

    `conf` is read at each call. For a method it may be a function of the first
    argument: `with_redis_retry(lambda self: self.conf, StatusNotFound)`. Refused
    credentials are not tried again, unless `errors` names them.
    """

    def config_of(args: tuple[Any, ...]) -> ConfigOrchestratorRedis:
        return conf if isinstance(conf, ConfigOrchestratorRedis) else conf(args[0])

    def decorate(function: Callable[P, R]) -> Callable[P, R]:
        call = cast("Any", function)

        @functools.wraps(function)
        def repeat(*args: P.args, **kwargs: P.kwargs) -> R:
            retry = Retry(*_policy(config_of(args), errors))
            do = functools.partial(function, *args, **kwargs)
            return retry.call_with_retry(do, lambda error: give_up(error, errors))

        @functools.wraps(function)
        async def repeat_async(*args: P.args, **kwargs: P.kwargs) -> Any:
            retry = redis.asyncio.retry.Retry(*_policy(config_of(args), errors))
            do = functools.partial(call, *args, **kwargs)
            return await retry.call_with_retry(do, agive_up(errors))

        return cast("Any", repeat_async) if _is_async(function) else repeat

    return decorate


class _Backoff(ExponentialBackoff):
    """redis-py's exponential backoff, for any number of failures."""

    def compute(self, failures: int) -> float:
        # 2**1024 is no float.
        return super().compute(min(failures, 1000))


def _policy(
    conf: ConfigOrchestratorRedis, errors: tuple[type[Exception], ...]
) -> tuple[AbstractBackoff, int, Any]:
    # redis-py counts failures from 1, and retries without the first attempt.
    cap = min(conf.redis_retry_max_delay_sec, LONGEST)
    backoff = _Backoff(cap, conf.redis_retry_base_delay_sec / 2)
    return backoff, max(conf.redis_retry_max_attempts, 1) - 1, (*TRANSIENT, *errors)


def give_up(error: Exception, errors: tuple[type[Exception], ...] = ()) -> None:
    """Raise what no further attempt can change."""
    if isinstance(error, _REFUSED) and not isinstance(error, errors):
        raise error


def agive_up(errors: tuple[type[Exception], ...] = ()) -> Callable[[Exception], Any]:
    """Return `give_up` in the form that asyncio's retries call."""

    async def decide(error: Exception) -> None:
        give_up(error, errors)

    return decide


def _is_async(function: Any) -> bool:
    call = getattr(function, "__call__", None)  # noqa: B004 - is it an `async def`?
    return inspect.iscoroutinefunction(function) or inspect.iscoroutinefunction(call)
