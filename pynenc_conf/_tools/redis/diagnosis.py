"""The reason why a connection to Redis fails, and the settings to check."""

from __future__ import annotations

import ssl
from socket import gaierror
from typing import TYPE_CHECKING, Any, NamedTuple

from redis import exceptions as errors

from pynenc_conf._core.masking import type_name
from pynenc_conf._tools.redis.probe import (
    DEFAULT_TIMEOUT,
    REDIS_REPLIES,
    TLS_ALERT,
    address_of,
    probe,
    uses_tls,
)
from pynenc_conf.origin import escape_line

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pynenc_conf._tools.redis.probe import Options

SERVER_FIELDS = ("redis_host", "redis_port")
_MAX_REPLY = 40  # characters
_MAX_ERROR = 120  # characters


class Failure(NamedTuple):
    """A reason why Redis cannot be used, and the settings to check."""

    reason: str
    fields: tuple[str, ...]


_NOAUTH = "the server requires a password, but none is set (NOAUTH)"
# Class of the error, part of its text in lower case, reason, settings to check. The
# first match counts.
_ERRORS: tuple[tuple[type[Exception], str, str, tuple[str, ...]], ...] = (
    (
        errors.AuthenticationError,
        "without any password",
        "a password is set, but the server has no password for this user",
        ("redis_password",),
    ),
    (errors.RedisError, "authentication required", _NOAUTH, ("redis_password",)),
    (errors.RedisError, "already authenticated", _NOAUTH, ("redis_password",)),
    (
        errors.AuthenticationError,
        "",
        "wrong password, or the user is unknown or disabled (WRONGPASS)",
        ("redis_username", "redis_password"),
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
        "the server is still loading its data (LOADING): try again later",
        SERVER_FIELDS,
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
        "the server has reached its maximum number of clients (maxclients)",
        ("redis_pool_max_connections",),
    ),
)


def diagnose(options: Options, error: Exception) -> Failure:
    """Return why the connection fails; `options` are keyword arguments of redis-py."""
    return (
        _diagnose_system_error(options, error)
        or _diagnose_redis_error(options, error)
        or _diagnose_by_probing(options, error)
        or Failure(
            f"{type_name(type(error))}: {_first_line(error, options)}", SERVER_FIELDS
        )
    )


def _diagnose_system_error(options: Options, error: Exception) -> Failure | None:
    """Return the failure for an error of the operating system or of TLS."""
    address = address_of(options)
    for cause in _causes(error):
        if isinstance(cause, gaierror):
            name = options.get("host")
            reason = f"the name {name} does not resolve: {cause.strerror}"
            return Failure(reason, ("redis_host",))
        if isinstance(cause, ConnectionRefusedError):
            reason = f"connection refused: nothing listens at {address}"
            return Failure(reason, SERVER_FIELDS)
        if isinstance(cause, ssl.SSLCertVerificationError):
            reason = f"the server's certificate is not trusted: {cause.verify_message}"
            return Failure(reason, ("redis_url",))
        if isinstance(cause, (FileNotFoundError, PermissionError)):
            file = address if "path" in options else "a file in the URL's TLS options"
            reason = f"{file}: {(cause.strerror or 'cannot be opened').lower()}"
            return Failure(reason, ("redis_url",))
    return None


def _diagnose_redis_error(options: Options, error: Exception) -> Failure | None:
    """Return the failure for an error that a Redis server reports."""
    message = str(error).lower()
    for error_type, phrase, reason, fields in _ERRORS:
        if isinstance(error, error_type) and phrase in message:
            return Failure(reason.format(db=options.get("db", 0)), fields)
    return None


def _diagnose_by_probing(options: Options, error: Exception) -> Failure | None:
    """Return the failure for a server that does not speak Redis, or only with TLS."""
    address = address_of(options)
    try:
        reply = probe(options)
    except TimeoutError:
        limit = options["socket_connect_timeout"] or DEFAULT_TIMEOUT
        reason = f"timed out: {address} did not accept a connection in {limit:g} s"
        return Failure(reason, (*SERVER_FIELDS, "socket_connect_timeout"))
    except OSError as system_error:
        reason = f"{address}: {system_error.strerror or system_error}"
        return Failure(reason, SERVER_FIELDS)
    if reply is None:
        reason = f"timed out: {address} accepts connections, but does not answer"
        return Failure(reason, (*SERVER_FIELDS, "socket_timeout"))
    return _diagnose_reply(options, error, reply)


def _diagnose_reply(options: Options, error: Exception, reply: bytes) -> Failure | None:
    """Return the failure for the reply of a server to PING."""
    if reply == TLS_ALERT:
        if uses_tls(options):
            reason = f"the TLS handshake failed: {_describe_tls_error(error)}"
            return Failure(reason, ("redis_url",))
        reason = "TLS mismatch: the server expects TLS; set redis_url to rediss://..."
        return Failure(reason, ("redis_url", *SERVER_FIELDS))
    if reply.startswith(REDIS_REPLIES):
        if uses_tls(options):
            reason = "TLS mismatch: the server does not use TLS; use redis://"
            return Failure(reason, ("redis_url",))
        if isinstance(error, errors.TimeoutError) and options["socket_timeout"]:
            reason = f"timed out: no answer in {options['socket_timeout']:g} s"
            return Failure(reason, ("socket_timeout",))
        return None
    text = _first_line(reply[:_MAX_REPLY].decode("latin-1"), options)
    answer = f": the server answers {text!r}" if reply else ""
    return Failure(f"not a Redis server{answer}", SERVER_FIELDS)


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__


def _describe_tls_error(error: Exception) -> str:
    default = "the server closed the connection; a client certificate may be required"
    for cause in _causes(error):
        if isinstance(cause, ssl.SSLError):
            reason: Any = cause.reason
            return str(reason).lower().replace("_", " ") if reason else default
    return default


def _first_line(text: object, options: Options) -> str:
    """Return the first line of a server's text, without credentials it repeats."""
    line = str(text)
    for name in ("password", "username"):
        if options.get(name):
            line = line.replace(str(options[name]), "***")
    return escape_line(line.split("\n", 1)[0].rstrip()[:_MAX_ERROR])
