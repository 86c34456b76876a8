"""The options in the query of a Redis URL that replace no setting."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pynenc_conf._core.types.invalid import InvalidValue
from pynenc_conf._core.types.scalars import BOOL, to_bool

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["OPTIONS", "InvalidPart", "read_path"]


class InvalidPart(Exception):  # noqa: N818 - users see it as a Problem
    """Raised when a part of a URL is invalid; neither text quotes the URL."""

    def __init__(self, part: str, expected: str, suggestion: str | None = None) -> None:
        super().__init__(part)
        self.facts = (part, expected, suggestion)


def _read_text(text: str, _: str) -> str:
    return text


def _read_bool(text: str, part: str) -> bool:
    try:
        return to_bool(text)
    except InvalidValue:
        pass
    raise InvalidPart(part, BOOL)


def read_path(text: str, part: str) -> str:
    """Return the path of a file or socket. Raises InvalidPart."""
    if text and text.isprintable():
        return text
    raise InvalidPart(part, "a path without control characters")


def _read_client_name(text: str, part: str) -> str:
    if text.isascii() and text.isprintable() and " " not in text:
        return text
    raise InvalidPart(part, "printable ASCII characters without spaces")


def _read_ciphers(text: str, part: str) -> str:
    import ssl  # noqa: PLC0415 - rare

    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).set_ciphers(text)
    except (ValueError, OSError):
        pass
    else:
        return text
    raise InvalidPart(part, "ciphers that OpenSSL knows")


def _read_tls_version(text: str, part: str) -> Any:
    import ssl  # noqa: PLC0415 - rare

    version = _read_choice("TLSv1.2", "TLSv1.3")(text, part)
    return getattr(ssl.TLSVersion, version.replace(".", "_"))


def _read_choice(*choices: str) -> Callable[[str, str], str]:
    def read(text: str, part: str) -> str:
        if text in choices:
            return text
        raise InvalidPart(part, " or ".join(choices))

    return read


def _read_protocol(text: str, part: str) -> int:
    return int(_read_choice("2", "3")(text, part))


# The options that no setting has, each with the function that reads its value.
OPTIONS: dict[str, Callable[[str, str], Any]] = {
    "username": _read_text,
    "password": _read_text,
    "client_name": _read_client_name,
    "protocol": _read_protocol,
    "decode_responses": _read_bool,
    "socket_keepalive": _read_bool,
    "ssl_ca_certs": read_path,
    "ssl_certfile": read_path,
    "ssl_keyfile": read_path,
    "ssl_cert_reqs": _read_choice("required", "optional", "none"),
    "ssl_check_hostname": _read_bool,
    "ssl_min_version": _read_tls_version,
    "ssl_ciphers": _read_ciphers,
}
