"""Why there is no connection to Redis: one failure told from the other."""

from __future__ import annotations

import socket
import ssl
from contextlib import closing, suppress
from typing import TYPE_CHECKING, Any, NamedTuple

import redis
from redis import exceptions as errors

from pynenc_conf._tools.output import clean

if TYPE_CHECKING:
    from collections.abc import Iterator

WHERE = ("redis_host", "redis_port")
_WHO = ("redis_username", "redis_password")
_PROBE_TIMEOUT = 2.0
_REPLIES = (b"+PONG", b"-ERR", b"-NOAUTH", b"-NOPERM", b"-LOADING", b"-DENIED")
# How TLS begins to complain.
_TLS = b"\x15\x03"

# What a server says, in redis-py's words, and what it means; the first that fits.
_NOAUTH = "the server asks for a password, and none is set (NOAUTH)"
_ANSWERS: tuple[tuple[type[Exception], str, str, tuple[str, ...]], ...] = (
    (
        errors.AuthenticationError,
        "without any password",
        "a password is set, but the server has none for this user",
        ("redis_password",),
    ),
    (errors.RedisError, "authentication required", _NOAUTH, ("redis_password",)),
    (errors.RedisError, "already authenticated", _NOAUTH, ("redis_password",)),
    (
        errors.AuthenticationError,
        "",
        "wrong password, or the user is unknown or disabled (WRONGPASS)",
        _WHO,
    ),
    (
        errors.NoPermissionError,
        "",
        "the user may not run PING (NOPERM)",
        ("redis_username",),
    ),
    (
        errors.BusyLoadingError,
        "",
        "the server is still loading its data (LOADING): wait, and try again",
        WHERE,
    ),
    (
        errors.RedisError,
        "db index is out of range",
        "database {db} is out of range: the server has fewer databases",
        ("redis_db",),
    ),
    (
        errors.RedisError,
        "max number of clients",
        "the server has as many clients as its maxclients allows",
        ("redis_pool_max_connections",),
    ),
)


class Finding(NamedTuple):
    """What is wrong, and the settings to look at."""

    what: str
    fields: tuple[str, ...]


def diagnosis(opts: dict[str, Any], error: Exception) -> Finding:
    """Say why there is no connection; `opts` is what redis-py was told."""
    return (
        _unreachable(opts, error)
        or _refused(opts, error)
        or _misunderstood(opts, error)
        or Finding(f"{type(error).__name__}: {_safe(error, opts)}", WHERE)
    )


def _unreachable(opts: dict[str, Any], error: Exception) -> Finding | None:
    """Explain what the operating system says."""
    address = address_of(opts)
    unix = "path" in opts
    for cause in _causes(error):
        if isinstance(cause, socket.gaierror):
            what = f"the name {opts.get('host')} does not resolve: {cause.strerror}"
            return Finding(what, ("redis_host",))
        if isinstance(cause, ConnectionRefusedError):
            return Finding(f"connection refused: nothing listens at {address}", WHERE)
        if isinstance(cause, ssl.SSLCertVerificationError):
            what = f"the server's certificate is not trusted: {cause.verify_message}"
            return Finding(what, ("redis_url",))
        if isinstance(cause, (FileNotFoundError, PermissionError)):
            reason = (cause.strerror or "cannot be opened").lower()
            thing = address if unix else "a file that the TLS options of the URL name"
            return Finding(f"{thing}: {reason}", ("redis_url",))
    return None


def _refused(opts: dict[str, Any], error: Exception) -> Finding | None:
    """Explain what a Redis server says."""
    said = str(error).lower()
    for kind, phrase, what, fields in _ANSWERS:
        if isinstance(error, kind) and phrase in said:
            return Finding(what.format(db=opts.get("db", 0)), fields)
    return None


def _misunderstood(opts: dict[str, Any], error: Exception) -> Finding | None:
    """Look at what the server really speaks."""
    try:
        answer = _probe(opts)
    except TimeoutError:
        limit = opts["socket_connect_timeout"] or _PROBE_TIMEOUT
        what = f"timed out: {address_of(opts)} took no connection in {limit:g} s"
        return Finding(what, (*WHERE, "socket_connect_timeout"))
    except OSError as failed:
        return Finding(f"{address_of(opts)}: {failed.strerror or failed}", WHERE)
    if answer is None:
        what = f"timed out: {address_of(opts)} takes connections, but does not answer"
        return Finding(what, (*WHERE, "socket_timeout"))
    if answer == _TLS:
        return _tls_spoken(opts, error)
    if answer.startswith(_REPLIES):
        return _redis_spoken(opts, error)
    said = f": it answers {_safe(answer[:40].decode('latin-1'), opts)!r}"
    return Finding(f"not a Redis server{said if answer else ''}", WHERE)


def _tls_spoken(opts: dict[str, Any], error: Exception) -> Finding:
    if uses_tls(opts):
        return Finding(f"the TLS handshake failed: {_reason(error)}", ("redis_url",))
    what = "TLS mismatch: the server expects TLS, a redis_url with rediss://"
    return Finding(what, ("redis_url", *WHERE))


def _redis_spoken(opts: dict[str, Any], error: Exception) -> Finding | None:
    if uses_tls(opts):
        what = "TLS mismatch: the server speaks Redis without TLS, redis://"
        return Finding(what, ("redis_url",))
    if isinstance(error, errors.TimeoutError) and opts["socket_timeout"]:
        what = f"timed out: no answer in {opts['socket_timeout']:g} s"
        return Finding(what, ("socket_timeout",))
    return None


def _probe(opts: dict[str, Any]) -> bytes | None:
    """Return how the server answers to a bare PING: None if not at all, or _TLS.

    Raises OSError where it cannot be reached.
    """
    with _connection(opts) as plain:
        try:
            plain.sendall(b"PING\r\n")
            answer = plain.recv(64)
        except TimeoutError:
            return None
        except OSError:
            answer = b""
    if answer and not answer.startswith(_TLS):
        return answer
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    # Nothing is sent; the question is whether there is TLS.
    context.verify_mode = ssl.CERT_NONE
    with (
        suppress(OSError),
        _connection(opts) as raw,
        closing(context.wrap_socket(raw)),
    ):
        return _TLS
    return _TLS if answer else b""


def _connection(opts: dict[str, Any]) -> socket.socket:
    timeout = min(opts["socket_connect_timeout"] or _PROBE_TIMEOUT, _PROBE_TIMEOUT)
    if "path" not in opts:
        address = opts.get("host", "localhost"), opts.get("port", 6379)
        return socket.create_connection(address, timeout)
    plain = socket.socket(socket.AF_UNIX)
    plain.settimeout(timeout)
    try:
        plain.connect(opts["path"])
    except BaseException:
        plain.close()
        raise
    return plain


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__


def _reason(error: Exception) -> str:
    found = (each for each in _causes(error) if isinstance(each, ssl.SSLError))
    reason = next((each.reason for each in found), None)
    return (
        (reason or "the server ended it; does it ask for a client certificate?")
        .lower()
        .replace("_", " ")
    )


def _safe(words: object, opts: dict[str, Any]) -> str:
    """Return what a server said, which may repeat what it was told."""
    said = str(words)
    for name in ("password", "username"):
        if opts.get(name):
            said = said.replace(str(opts[name]), "***")
    return clean(said.split("\n", 1)[0].rstrip()[:120])


def address_of(opts: dict[str, Any]) -> str:
    """Return where the server is, in words."""
    if "path" in opts:
        return f"the socket {opts['path']}"
    host = opts.get("host", "localhost")
    return f"{f'[{host}]' if ':' in host else host}:{opts.get('port', 6379)}"


def uses_tls(opts: dict[str, Any]) -> bool:
    """Whether connections are made with TLS."""
    return issubclass(opts["connection_class"], redis.SSLConnection)
