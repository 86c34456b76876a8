"""Reading what the workers of an application announce."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pynenc_conf.fleet._record import (
    ALL_KEYS,
    app_of,
    decode_snapshots,
    key_pattern,
    worker_of,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    import redis

    from pynenc_conf import Snapshot

_BATCH = 500
_MISSED = 2 / 3
"""The part of its lifetime after which a record has missed a refresh."""


@dataclass(frozen=True, slots=True)
class Member:
    """One worker, as it announced itself.

    - `worker`, `host`, `pid`: its name, machine and process id; `started`: the time of
      its first announcement, in seconds since 1970 by the clock of its host.
    - `age`: time since its last announcement, in seconds by the clock of the server;
      `ttl`: lifetime of its record after an announcement, in seconds.
    - `configs`: a `Snapshot` of each config, with the settings that are not at their
      defaults; empty if the record is not readable.
    """

    worker: str
    host: str
    pid: int
    started: float
    age: float
    ttl: float
    configs: tuple[Snapshot, ...]

    @property
    def is_silent(self) -> bool:
        """Whether it has missed a refresh: it was stopped or killed, or lost Redis."""
        return self.age > self.ttl * _MISSED

    @property
    def fingerprint(self) -> tuple[tuple[str, str], ...]:
        """The classes and fingerprints, which are equal for equal configurations."""
        return tuple((each.class_name, each.fingerprint) for each in self.configs)

    def as_dict(self) -> dict[str, Any]:
        """Return the worker as plain data for JSON."""
        return {
            "worker": self.worker,
            "host": self.host,
            "pid": self.pid,
            "started": self.started,
            "age": self.age,
            "ttl": self.ttl,
            "silent": self.is_silent,
            "configs": [config.as_dict() for config in self.configs],
        }


def members(client: redis.Redis, app_id: str) -> Iterator[Member]:
    """Yield the workers of an application, in no particular order.

    Reads in batches with SCAN, HGETALL and PTTL, so a user that may only read is
    sufficient, and memory is bounded. Raises the errors of redis-py.
    """
    keys: list[bytes] = []
    seen: set[bytes] = set()  # SCAN may return a key twice
    for key in _scan(client, key_pattern(app_id)):
        if key not in seen:
            seen.add(key)
            keys.append(key)
        if len(keys) == _BATCH:
            yield from _read(client, keys)
            keys = []
    yield from _read(client, keys)


def find_apps(client: redis.Redis) -> list[str]:
    """Return the applications that have workers, sorted. Raises those of redis-py."""
    return sorted({app_of(_to_text(key)) for key in _scan(client, ALL_KEYS)})


# Any client of the server can have written bytes that a client cannot decode.
_AS_BYTES: Any = {"NEVER_DECODE": True}


def _scan(client: redis.Redis, pattern: str) -> Iterator[bytes]:
    return client.scan_iter(match=pattern, count=_BATCH, **_AS_BYTES)


def _read(client: redis.Redis, keys: list[bytes]) -> Iterator[Member]:
    pipeline: Any = client.pipeline(transaction=False)
    for key in keys:
        pipeline.execute_command("HGETALL", key, **_AS_BYTES)
        pipeline.pttl(key)
    replies = pipeline.execute(raise_on_error=False) if keys else []
    for key, fields, remaining in zip(keys, replies[::2], replies[1::2], strict=True):
        # It may have expired, or been replaced, since its key was found.
        if isinstance(fields, dict) and fields and isinstance(remaining, int):
            yield _decode(key, fields, remaining)


def _decode(key: bytes, fields: dict[bytes, bytes], remaining: int) -> Member:
    texts = {_to_text(name): _to_text(value) for name, value in fields.items()}
    ttl = _number(texts.get("ttl"))
    try:
        configs = tuple(decode_snapshots(texts))
    except ValueError:
        configs = ()
    return Member(
        worker=worker_of(_to_text(key)),
        host=texts.get("host", ""),
        pid=int(_number(texts.get("pid"))),
        started=_number(texts.get("started")),
        age=max(ttl - remaining / 1000, 0.0),
        ttl=ttl,
        configs=configs,
    )


def _to_text(reply: bytes) -> str:
    return reply.decode(errors="replace")


def _number(text: str | None) -> float:
    try:
        number = float(text or 0)
    except ValueError:
        return 0.0
    return number if abs(number) < 1e12 else 0.0  # noqa: PLR2004 - also for nan
