"""A bare connection to a server, to find out which protocol it speaks."""

from __future__ import annotations

import socket
import ssl
from contextlib import closing, suppress
from typing import Any

import redis

# The keyword arguments that redis-py creates connections with.
Options = dict[str, Any]

DEFAULT_TIMEOUT = 2.0
REDIS_REPLIES = (b"+PONG", b"-ERR", b"-NOAUTH", b"-NOPERM", b"-LOADING", b"-DENIED")
TLS_ALERT = b"\x15\x03"
"""The first bytes of a TLS server's answer to bytes that are not TLS."""


def address_of(options: Options) -> str:
    """Return the address of the server as text."""
    if "path" in options:
        return f"the socket {options['path']}"
    host = options.get("host", "localhost")
    return f"{f'[{host}]' if ':' in host else host}:{options.get('port', 6379)}"


def uses_tls(options: Options) -> bool:
    """Whether connections use TLS."""
    return issubclass(options["connection_class"], redis.SSLConnection)


def probe(options: Options) -> bytes | None:
    """Return the server's answer to PING: TLS_ALERT for TLS, None for no answer.

    Raises OSError if the server cannot be reached.
    """
    with _connect(options) as plain:
        try:
            plain.sendall(b"PING\r\n")
            answer = plain.recv(64)
        except TimeoutError:
            return None
        except OSError:
            answer = b""
    if answer and not answer.startswith(TLS_ALERT):
        return answer
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    # Nothing is sent, so the certificate does not matter.
    context.verify_mode = ssl.CERT_NONE
    with (
        suppress(OSError),
        _connect(options) as raw,
        closing(context.wrap_socket(raw)),
    ):
        return TLS_ALERT
    return TLS_ALERT if answer else b""


def _connect(options: Options) -> socket.socket:
    timeout = min(options["socket_connect_timeout"] or DEFAULT_TIMEOUT, DEFAULT_TIMEOUT)
    if "path" not in options:
        address = options.get("host", "localhost"), options.get("port", 6379)
        return socket.create_connection(address, timeout)
    connection = socket.socket(socket.AF_UNIX)
    connection.settimeout(timeout)
    try:
        connection.connect(options["path"])
    except BaseException:
        connection.close()
        raise
    return connection
