"""Connections of redis-py that are reused only if their next reply is the right one.

An exception can interrupt any operation: Ctrl-C, a signal handler, a cancelled task.
redis-py closes the connection if the exception comes from the socket, but not if it
comes between two operations. Here a connection records how far it came, and which of
its commands affect the commands after them.
"""

# pyright: standard
# Much of redis-py's connections is untyped, which strict mode reports at every use.

from __future__ import annotations

import contextlib
import os
import socket
from typing import TYPE_CHECKING, Any

import redis.asyncio.connection
import redis.connection
from redis.exceptions import ResponseError

from pynenc_conf._core.frames import clear_frames

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterable, Iterator

__all__ = ["CLASSES"]


# Commands after which a connection differs from a new one, or has several replies.
_LASTING = {
    *("ASKING", "AUTH", "HELLO", "MONITOR", "PSYNC", "QUIT", "READONLY", "READWRITE"),
    *("REPLCONF", "RESET", "SELECT", "SYNC"),
    *("PSUBSCRIBE", "PUNSUBSCRIBE", "SSUBSCRIBE", "SUBSCRIBE", "SUNSUBSCRIBE"),
    "UNSUBSCRIBE",
}
# The subcommands of CLIENT that leave the connection as it is.
_CLIENT_QUERIES = {
    *("GETNAME", "GETREDIR", "HELP", "ID", "INFO", "LIST", "PAUSE", "TRACKINGINFO"),
    *("UNBLOCK", "UNPAUSE"),
}

# The commands that end the effect of WATCH and MULTI. Without MULTI, EXEC and DISCARD
# are errors.
_ENDS = {
    "": (),
    "WATCH": ("UNWATCH",),
    "MULTI": ("EXEC", "DISCARD"),
}


def _upper_words(argument: Any) -> list[str]:
    """Return the words of a part of a command, which redis-py splits too."""
    if isinstance(argument, (bytes, bytearray, memoryview)):
        argument = str(argument, "latin-1")
    elif not isinstance(argument, str):
        argument = str(argument)
    return argument.upper().split()  # type: ignore[no-any-return] # list[str]


def _is_lasting(name: str, subcommand: str) -> bool:
    if name == "CLIENT":
        return subcommand not in _CLIENT_QUERIES
    return name in _LASTING or (name, subcommand) == ("SCRIPT", "DEBUG")


# Stands for the class of redis-py that each class below is combined with.
_Base: Any = object


class _Tracked(_Base):  # type: ignore[misc] # Any
    """Records the state of a connection.

    - `is_ready`: whether it is authenticated and uses the database of the settings.
    - `unread`: the number of replies that the server still has to send.
    - `transaction`: the command, WATCH or MULTI, whose effect lasts; or "".
    - `generation`: the number of times that its pool had been closed when it became
      ready for use; None after a command that leaves its state changed, and after a
      connection was replaced during its use. The pool sets the number.
    """

    is_ready: bool = False
    unread: int = 0
    transaction: str = ""
    generation: int | None = None
    if TYPE_CHECKING:  # attributes of redis-py
        _sock: Any
        _reader: Any
        _writer: Any

    def is_reusable(self, generation: int) -> bool:
        """Whether the pool can give this connection to the next command."""
        return self._has_finished() and self.generation == generation

    def _has_finished(self) -> bool:
        return self.is_ready and not self.unread and not self.transaction

    def _reset_state(self) -> None:
        """Begin a new connection to the server."""
        self.is_ready, self.generation = False, None
        self.unread, self.transaction = 0, ""

    def _track(self, *command: Any) -> None:
        """Record a command, which has one reply, before it is sent."""
        self.unread += 1
        words = _upper_words(command[0])
        if len(words) == 1 and words[0] in {"CLIENT", "SCRIPT"}:
            words += _upper_words(command[1]) if command[1:] else []
        name, subcommand, *_ = *words, "", ""
        if name == "MULTI":
            self.transaction = name
        elif name == "WATCH":
            self.transaction = self.transaction or name
        elif name in _ENDS[self.transaction]:
            self.transaction = ""
        elif _is_lasting(name, subcommand):
            self.generation = None

    def pack_commands(self, commands: Iterable[Any]) -> Any:
        """Prepare commands, each of which has one reply."""
        commands = list(commands)
        for command in commands:
            self._track(*command)
        return super().pack_commands(commands)

    def _count_reply(self) -> None:
        # A subscription has more replies than commands.
        self.unread = max(self.unread - 1, 0)


class _Connection(_Tracked):
    """A connection for threads."""

    def _connect(self) -> Any:
        self._reset_state()
        return super()._connect()

    def connect(self) -> None:
        """Connect, authenticate and select the database, or stay unconnected."""
        if not (self.is_ready and self._sock):
            with self._handshake():
                super().connect()

    def connect_check_health(self, *args: Any, **options: Any) -> None:
        """Do the same; redis-py 6 and later call this method too."""
        if not (self.is_ready and self._sock):
            with self._handshake():
                super().connect_check_health(*args, **options)

    @contextlib.contextmanager
    def _handshake(self) -> Iterator[None]:
        self.is_ready = False
        self.disconnect()
        try:
            yield
        except BaseException as error:
            clear_frames(error)  # some have the password
            self.is_ready = False
            self.disconnect()
            raise

    def on_connect(self) -> None:
        """Authenticate and select the database."""
        super().on_connect()
        self.is_ready = True

    def on_connect_check_health(self, *args: Any, **options: Any) -> None:
        """Do the same; redis-py 6 and later call this method instead."""
        super().on_connect_check_health(*args, **options)
        self.is_ready = True

    def send_command(self, *args: Any, **options: Any) -> None:
        """Send a command, which has one reply."""
        self._track(*args)
        super().send_command(*args, **options)

    def read_response(self, *args: Any, **options: Any) -> Any:
        """Read one reply."""
        try:
            reply = super().read_response(*args, **options)
        except ResponseError:
            self._count_reply()
            raise
        self._count_reply()
        return reply

    def interrupt(self) -> None:
        """End the connection while another thread uses it.

        That thread finds the end of the stream. Its objects are left alone.
        """
        sock = self._sock
        if sock is not None:
            with contextlib.suppress(OSError):
                # The method of an SSLSocket would also remove its TLS state.
                socket.socket.shutdown(sock, socket.SHUT_RDWR)

    def forget(self) -> None:
        """Close the socket in a forked child; the parent's stays connected."""
        self.is_ready = False
        sock, self._sock = self._sock, None
        if sock is not None:
            with contextlib.suppress(OSError):
                sock.close()


class _AsyncConnection(_Tracked):
    """A connection for the tasks of one event loop."""

    async def _connect(self) -> None:
        self._reset_state()
        await super()._connect()

    async def connect(self) -> None:
        """Connect, authenticate and select the database, or stay unconnected."""
        if not (self.is_ready and self.is_connected):
            async with self._handshake():
                await super().connect()

    async def connect_check_health(self, *args: Any, **options: Any) -> None:
        """Do the same; redis-py 6 and later call this method too."""
        if not (self.is_ready and self.is_connected):
            async with self._handshake():
                await super().connect_check_health(*args, **options)

    @contextlib.asynccontextmanager
    async def _handshake(self) -> AsyncIterator[None]:
        self.is_ready = False
        await self.disconnect(nowait=True)
        try:
            yield
        except BaseException as error:
            clear_frames(error)  # some have the password
            self.is_ready = False
            await self.disconnect(nowait=True)
            raise

    async def on_connect(self) -> None:
        """Authenticate and select the database."""
        await super().on_connect()
        self.is_ready = True

    async def on_connect_check_health(self, *args: Any, **options: Any) -> None:
        """Do the same; redis-py 6 and later call this method instead."""
        await super().on_connect_check_health(*args, **options)
        self.is_ready = True

    async def send_command(self, *args: Any, **options: Any) -> None:
        """Send a command, which has one reply."""
        self._track(*args)
        await super().send_command(*args, **options)

    async def read_response(self, *args: Any, **options: Any) -> Any:
        """Read one reply."""
        try:
            reply = await super().read_response(*args, **options)
        except ResponseError:
            self._count_reply()
            raise
        self._count_reply()
        return reply

    async def interrupt(self) -> None:
        """End the connection, also while another task uses it."""
        writer: Any = self._writer
        if writer is None:
            return
        writer.transport.abort()
        if self._has_finished():
            await self.disconnect(nowait=True)
        # Else the task that uses it finds the end of the stream, and disconnects.
        with contextlib.suppress(OSError):
            await writer.wait_closed()

    def forget(self) -> Any:
        """Close the socket in a forked child, and return what the child must keep.

        The parent's socket stays connected. The transport must neither be closed nor
        deleted in the child: both would remove the socket from the epoll object that
        the parent's event loop uses.
        """
        self.is_ready = False
        kept = self._reader, self._writer
        self._reader = self._writer = None
        sock = kept[1] and kept[1].get_extra_info("socket")
        if sock is not None and sock.fileno() >= 0:
            with contextlib.suppress(OSError):
                os.close(sock.fileno())
        return kept


def _classes(module: Any, mixin: type) -> dict[str, Any]:
    """Return redis-py's connection classes with a mixin, by the scheme of a URL."""
    classes = {
        "redis": module.Connection,
        "rediss": module.SSLConnection,
        "unix": module.UnixDomainSocketConnection,
    }
    return {
        scheme: type(cls.__name__, (mixin, cls), {"__module__": __name__})
        for scheme, cls in classes.items()
    }


CLASSES = {
    redis.connection: _classes(redis.connection, _Connection),
    redis.asyncio.connection: _classes(redis.asyncio.connection, _AsyncConnection),
}
