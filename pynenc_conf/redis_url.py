"""What a `redis_url` says, as options of redis-py, and which ones are refused."""

# pyright: standard
# redis-py leaves these functions untyped, which strict mode reports at every step.

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from redis import exceptions

from pynenc_conf.exceptions import ConfigTypeError, Problem

if TYPE_CHECKING:
    from types import ModuleType

    from pynenc_conf.config_redis import ConfigRedis

_URLS = (
    "a redis://, rediss:// or unix:// URL with redis-py's options, where / ? # @ % of "
    "a password are %2F %3F %23 %40 %25"
)
_OF_THE_POOL = ("connection_class", "max_connections")


def url_options(conf: ConfigRedis, module: ModuleType) -> dict[str, Any]:
    """Return what redis-py's pools of `module` are told by `redis_url`.

    Raises ConfigTypeError for a URL that cannot be used, and quotes nothing of it.
    """
    options = _parsed(conf.redis_url, module)
    if options is not None:
        return options
    problem = Problem(
        f"expected {_URLS} (a secret, not shown)",
        field="redis_url",
        origin=conf.field_info("redis_url").origin,
        expected=_URLS,
    )
    heading = f"{type(conf).__name__}: 1 invalid setting"
    raise ConfigTypeError(heading, [problem])


def _parsed(url: str, module: ModuleType) -> dict[str, Any] | None:
    """Return what a URL says; None where redis-py refuses it, in words that quote it.

    A function of its own, so that no local of it stands in a traceback.
    """
    with contextlib.suppress(TypeError, ValueError, exceptions.RedisError):
        options: dict[str, Any] = module.parse_url(url)
        # An option that no connection takes should not wait for the first command.
        own = {key: options[key] for key in options if key not in _OF_THE_POOL}
        options.get("connection_class", module.Connection)(**own)
        if options.get("max_connections", 0) >= 0 and not _is_cut(url):
            return options
    return None


def _is_cut(url: str) -> bool:
    """Whether a / ? # of a password ends the address: its beginning became the host.

    Hosts are shown. An @ that is left behind the address gives such a URL away; in
    the path of a socket, and in the value of an option, it is in its place.
    """
    parts = urlsplit(url)
    names = (item.partition("=")[0] for item in parts.query.split("&"))
    behind = (parts.netloc and parts.path, parts.fragment, *names)
    return any("@" in text for text in behind)
