"""Announcing the configuration of a worker, and refreshing it in the background."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import socket
import threading
import time
from typing import TYPE_CHECKING, Any

from redis.exceptions import AuthenticationError, RedisError, ResponseError

from pynenc_conf._core.frames import clear_frames
from pynenc_conf._core.report.snapshot import to_json_text
from pynenc_conf._core.report.syntax import PLAIN_TYPES
from pynenc_conf.config_base import ConfigBase
from pynenc_conf.exceptions import ConfigTypeError
from pynenc_conf.fleet._record import encode_snapshot, record_key
from pynenc_conf.origin import escape_line

if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Self

    import redis
    import redis.asyncio

_REFRESHES = 3
"""Refreshes in the lifetime of a record, so that one that fails does no harm."""
_MIN_TTL = 1.0
_MAX_TTL = 86_400.0
_EXIT_SECONDS = 2.0
"""Maximum time to remove a record when a worker ends."""

_logger = logging.getLogger("pynenc_conf")


def announce(  # noqa: PLR0913 - keyword arguments, independent of each other
    client: redis.Redis,
    configs: ConfigBase | Iterable[ConfigBase],
    *,
    app_id: str,
    worker: str | None = None,
    ttl: float = 60.0,
    key: bytes | None = None,
) -> Announcement:
    """Announce configurations in Redis while a `with` block runs.

    - `client`: a synchronous client, which a background thread will use.
    - `app_id`: the application; `worker`: the name of this worker, unique in the
      application; by default host name and process id.
    - `ttl`: seconds after which the record of a worker that was killed disappears, from
      1 to 86,400. The record is written three times in this time, each time with the
      current values.
    - `key`: the key for digests of secrets, the same for all workers, so that the
      report shows a worker with another secret. Without one, a secret counts only as
      set or not set.

    The block begins at once and ends within two seconds, whatever the server does. If
    Redis does not accept the record, the logger `pynenc_conf` gets one warning, and one
    message when Redis accepts it again. A forked child announces nothing. Raises
    ConfigTypeError for arguments that are not as described.
    """
    try:
        return Announcement(client, Record(configs, app_id, worker, ttl, key))
    except BaseException as error:
        key = None
        clear_frames(error)  # which says why
        raise


def announce_async(  # noqa: PLR0913 - as above
    client: redis.asyncio.Redis,
    configs: ConfigBase | Iterable[ConfigBase],
    *,
    app_id: str,
    worker: str | None = None,
    ttl: float = 60.0,
    key: bytes | None = None,
) -> AsyncAnnouncement:
    """Announce configurations in Redis while an `async with` block runs.

    The arguments are those of `announce`, with an asyncio client. A task of the event
    loop writes the record, instead of a thread.
    """
    try:
        return AsyncAnnouncement(client, Record(configs, app_id, worker, ttl, key))
    except BaseException as error:
        key = None
        clear_frames(error)
        raise


class Record:
    """What a worker announces, and whether it succeeded."""

    def __init__(
        self,
        configs: ConfigBase | Iterable[ConfigBase],
        app_id: str,
        worker: str | None,
        ttl: float,
        key: bytes | None,
    ) -> None:
        host = socket.gethostname()
        self.configs: list[ConfigBase] = _check_configs(configs)
        self.secret_key: bytes | None = key
        worker = f"{host}:{os.getpid()}" if worker is None else worker
        _check_name("app_id", app_id)
        _check_name("worker", worker)
        self.key: str = record_key(app_id, worker)
        self.ttl: float = _check_ttl(ttl)
        self.interval: float = self.ttl / _REFRESHES
        self.about: dict[str, str] = {
            "host": host,
            "pid": str(os.getpid()),
            "started": f"{time.time():.0f}",
            "ttl": f"{self.ttl:g}",
        }
        self._encoded = self._encode()
        self._values = self._read_values()
        self._has_problem = False

    def write(self, pipeline: Any) -> None:
        """Add the commands that write the record, without sending them."""
        values = self._read_values()
        if values != self._values:
            self._encoded = self._encode()
            self._values = values
        # A worker with this name may have announced other classes before.
        pipeline.delete(self.key)
        pipeline.hset(self.key, mapping=self._encoded)
        pipeline.pexpire(self.key, round(self.ttl * 1000))

    def succeeded(self) -> None:
        """Log the end of a problem."""
        if self._has_problem:
            self._has_problem = False
            with contextlib.suppress(Exception):  # of a handler of the application's
                _logger.info("the configuration is announced again in Redis")

    def failed(self, error: Exception) -> None:
        """Log the beginning of a problem."""
        if self._has_problem:
            return
        self._has_problem = True
        with contextlib.suppress(Exception):  # as above
            _logger.warning(
                "the configuration cannot be announced in Redis (%s); the worker is "
                "silent or missing in `pynenc-conf fleet`, and continues to run",
                describe_error(error),
            )

    def _encode(self) -> dict[str, str]:
        snapshots = [config.snapshot(self.secret_key) for config in self.configs]
        return {**self.about, **dict(map(encode_snapshot, snapshots))}

    def _read_values(self) -> list[tuple[type, Any]]:
        """Return the values in force; of those that can change in place, the text.

        With their types, because 0 is equal to False.
        """
        values = (
            getattr(config, name, None)
            for config in self.configs
            for name in config.all_fields
        )
        return [
            (type(each), each if type(each) in PLAIN_TYPES else to_json_text(each))
            for each in values
        ]


def describe_error(error: Exception) -> str:
    """Return the text of an error that has no secret, on one line.

    A server quotes the arguments of a command that it does not know, and an error that
    is not of the network may quote a value.
    """
    name = type(error).__name__
    is_quoting = isinstance(error, (ResponseError, AuthenticationError))
    if is_quoting or not isinstance(error, (RedisError, OSError)):
        return name
    return f"{name}: {escape_line(str(error))}"


class Announcement:
    """The context manager that `announce` returns."""

    def __init__(self, client: redis.Redis, record: Record) -> None:
        self._client = client
        self._record = record
        self._pid = 0
        self._ended = threading.Event()
        self._thread: threading.Thread | None = None

    def __enter__(self) -> Self:
        if self._thread is not None:
            msg = "an announcement can be used once; call announce() again"
            raise RuntimeError(msg)
        self._pid = os.getpid()
        self._thread = threading.Thread(
            target=self._run, name="pynenc_conf-fleet", daemon=True
        )
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        # A forked child has no thread, and the record belongs to its parent.
        if self._thread is not None and self._pid == os.getpid():
            self._ended.set()
            self._thread.join(_EXIT_SECONDS)

    def _run(self) -> None:
        while True:
            try:
                pipeline = self._client.pipeline()
                self._record.write(pipeline)
                pipeline.execute()
                self._record.succeeded()
            except Exception as error:  # noqa: BLE001 - never disturbs the worker
                self._record.failed(error)
            if self._ended.wait(self._record.interval):
                break
        with contextlib.suppress(Exception):
            self._client.delete(self._record.key)


class AsyncAnnouncement:
    """The asynchronous context manager that `announce_async` returns."""

    def __init__(self, client: redis.asyncio.Redis, record: Record) -> None:
        self._client = client
        self._record = record
        self._pid = 0
        self._task: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        if self._task is not None:
            msg = "an announcement can be used once; call announce_async() again"
            raise RuntimeError(msg)
        self._pid = os.getpid()
        self._task = asyncio.create_task(self._run(), name="pynenc_conf-fleet")
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._task is None or self._pid != os.getpid():
            return
        self._task.cancel()
        with contextlib.suppress(Exception):
            async with asyncio.timeout(_EXIT_SECONDS):
                await asyncio.wait([self._task])
                await self._client.delete(self._record.key)

    async def _run(self) -> None:
        while True:
            try:
                pipeline = self._client.pipeline()
                self._record.write(pipeline)
                await pipeline.execute()
                self._record.succeeded()
            except Exception as error:  # noqa: BLE001 - never disturbs the worker
                self._record.failed(error)
            await asyncio.sleep(self._record.interval)


def _check_configs(configs: Any) -> list[ConfigBase]:
    found = [configs] if isinstance(configs, ConfigBase) else list(configs)
    if not found or not all(isinstance(each, ConfigBase) for each in found):
        msg = "configs must be a config or several configs"
        raise ConfigTypeError(msg)
    if len({type(each).__name__ for each in found}) < len(found):
        msg = "configs must have different classes; announce each of these on its own"
        raise ConfigTypeError(msg)
    return found


def _check_name(argument: str, name: Any) -> None:
    if not isinstance(name, str) or not name:
        msg = f"{argument} must be text, and not empty"
        raise ConfigTypeError(msg)


def _check_ttl(ttl: Any) -> float:
    is_number = isinstance(ttl, (int, float)) and not isinstance(ttl, bool)
    if not is_number or not _MIN_TTL <= ttl <= _MAX_TTL:
        msg = f"ttl must be a number of seconds from {_MIN_TTL:g} to {_MAX_TTL:,.0f}"
        raise ConfigTypeError(msg)
    return float(ttl)
