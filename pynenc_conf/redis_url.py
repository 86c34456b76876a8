"""Converts a `redis_url` to connection options of redis-py, and validates it."""

# pyright: standard
# These functions of redis-py are untyped, which strict mode reports at every use.

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from redis import exceptions

from pynenc_conf.exceptions import ConfigTypeError, Problem

if TYPE_CHECKING:
    from types import ModuleType

    from pynenc_conf.config_redis import ConfigRedis

_EXPECTED = (
    "a redis://, rediss:// or unix:// URL with options of redis-py, and with / ? # @ % "
    "in a password written as %2F %3F %23 %40 %25"
)
_POOL_OPTIONS = ("connection_class", "max_connections")


def url_options(conf: ConfigRedis, module: ModuleType) -> dict[str, Any]:
    """Return the connection options that `redis_url` contains.

    Raises ConfigTypeError for an invalid URL; the error does not quote the URL.
    """
    options = _parse_url(conf.redis_url, module)
    if options is not None:
        return options
    problem = Problem(
        f"expected {_EXPECTED} (a secret, not shown)",
        field="redis_url",
        origin=conf.field_info("redis_url").origin,
        expected=_EXPECTED,
    )
    heading = f"{type(conf).__name__}: 1 invalid setting"
    raise ConfigTypeError(heading, [problem])


def _parse_url(url: str, module: ModuleType) -> dict[str, Any] | None:
    """Return the options of a URL, or None if redis-py rejects it.

    A separate function, so that no traceback contains its local variables or the error
    of redis-py, which quotes the URL.
    """
    with contextlib.suppress(TypeError, ValueError, exceptions.RedisError):
        options: dict[str, Any] = module.parse_url(url)
        # Creating a connection reports unknown options before the first command.
        own = {key: options[key] for key in options if key not in _POOL_OPTIONS}
        options.get("connection_class", module.Connection)(**own)
        if options.get("max_connections", 0) >= 0 and not _has_cut_password(url):
            return options
    return None


def _has_cut_password(url: str) -> bool:
    """Whether a / ? # in a password ends the address, so that the host is a part of it.

    Messages show the host. Such a URL has an @ after its address. An @ is valid in the
    path of a socket and in the value of an option.
    """
    parts = urlsplit(url)
    option_names = (item.partition("=")[0] for item in parts.query.split("&"))
    after_address = (parts.netloc and parts.path, parts.fragment, *option_names)
    return any("@" in text for text in after_address)
