"""Converts a `redis_url` to connection options, and validates it.

redis-py ignores or reinterprets parts of a URL that it does not expect. This module
rejects a URL with such a part. No error quotes the URL.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from pynenc_conf._core.declare.plan import plan_of
from pynenc_conf._core.masking import format_value, type_name
from pynenc_conf._core.problems import combine_problems, find_closest_name
from pynenc_conf._core.types.invalid import InvalidValue
from pynenc_conf._redis_options import OPTIONS, InvalidPart, read_path
from pynenc_conf.config_redis import ConfigRedis
from pynenc_conf.exceptions import Problem

if TYPE_CHECKING:
    from collections.abc import Callable

    from pynenc_conf._core.declare.setting import Setting

__all__ = [
    "REPLACED_SETTINGS",
    "address_options",
    "find_address_problems",
    "replaced_settings",
]

REPLACED_SETTINGS = (
    "redis_username",
    "redis_password",
    "redis_host",
    "redis_port",
    "redis_db",
)
"""The settings that `redis_url` replaces as a whole."""
HOST = "a host name or an IP address"
_UTF8 = "text that UTF-8 can encode"
# Servers read the number of a database as a signed 64-bit integer.
_DATABASE_DIGITS = 18
_DATABASE = f"a database number of at most {_DATABASE_DIGITS} digits"
_SCHEMES = ("redis", "rediss", "unix")
# The options that replace a setting, and have its type and limits.
_SETTINGS = {
    "db": "redis_db",
    "socket_timeout": "socket_timeout",
    "socket_connect_timeout": "socket_connect_timeout",
    "health_check_interval": "health_check_interval",
    "max_connections": "redis_pool_max_connections",
}
_INVALID_ESCAPE = re.compile("%(?![0-9A-Fa-f]{2})")
_ESCAPED = "/ ? # @ % written as %2F %3F %23 %40 %25"


def address_options(conf: ConfigRedis) -> dict[str, Any]:
    """Return server, credentials and database, and the `scheme` of a URL.

    `redis_url`, if set, replaces the other settings, and can have further options.
    Raises ConfigTypeError, without secrets, for settings that no client can use.
    """
    if conf.redis_url:
        options, problem = _parse(conf)
        _raise(conf, [problem] if problem else [])
        return options
    _raise(conf, find_address_problems(conf))
    return {
        "scheme": "redis",
        "host": conf.redis_host,
        "port": conf.redis_port,
        "db": conf.redis_db,
        "username": conf.redis_username or None,
        "password": conf.redis_password or None,
    }


def find_address_problems(conf: ConfigRedis) -> list[Problem]:
    """Return the problems of `redis_url`, or else of the settings that it replaces."""
    if conf.redis_url:
        problem = _parse(conf)[1]
        return [problem] if problem else []
    return [
        _problem(conf, name, expected)
        for name, is_valid, expected in (
            ("redis_host", is_valid_host(conf.redis_host), HOST),
            ("redis_username", _is_utf8(conf.redis_username), _UTF8),
            ("redis_password", _is_utf8(conf.redis_password), _UTF8),
            ("redis_db", conf.redis_db < 10**_DATABASE_DIGITS, _DATABASE),
        )
        if not is_valid
    ]


def replaced_settings(conf: ConfigRedis) -> list[str]:
    """Return the settings that have no effect because of `redis_url`."""
    if not conf.redis_url:
        return []
    options, _ = _parse(conf)
    found = [*REPLACED_SETTINGS]
    found += [setting for option, setting in _SETTINGS.items() if option in options]
    if "health_check_interval" in options:
        found.append("redis_pool_health_check_interval")
    return found


def is_valid_host(host: str) -> bool:
    """Whether the system's resolver accepts this text, which it encodes with IDNA."""
    try:
        host.encode("idna")
    except UnicodeError:
        return False
    return "\0" not in host and not host.startswith(".")


def _parse(conf: ConfigRedis) -> tuple[dict[str, Any], Problem | None]:
    """Return the options, and the problem if the URL is invalid.

    A separate function, so that no traceback contains its local variables.
    """
    try:
        # A subclass can narrow the limits of a setting, or replace it by a property.
        settings = plan_of(ConfigRedis).settings | plan_of(type(conf)).settings
        return _read_url(conf.redis_url, settings), None
    except InvalidPart as error:
        part, expected, suggestion = error.facts
    message = f"invalid {part}: expected {expected} (a secret, not shown)"
    return {}, _problem(conf, "redis_url", expected, message, suggestion)


def _problem(
    conf: ConfigRedis,
    name: str,
    expected: str,
    message: str = "",
    suggestion: str | None = None,
) -> Problem:
    if name not in conf.all_fields:
        # A property of the application, whose value may be secret.
        return Problem(message or f"expected {expected}", field=name, expected=expected)
    info = conf.field_info(name)
    return Problem(
        message or f"expected {expected}, got {format_value(info.value, info.secret)}",
        field=name,
        origin=info.origin,
        expected=expected,
        suggestion=suggestion,
    )


def _raise(conf: ConfigRedis, problems: list[Problem]) -> None:
    if problems:
        raise combine_problems(type_name(type(conf)), problems)


def _is_utf8(text: str | None) -> bool:
    try:
        (text or "").encode()
    except UnicodeEncodeError:
        return False
    return True


def _read_url(url: str, settings: dict[str, Setting]) -> dict[str, Any]:
    if not url.isprintable() or " " in url:
        raise InvalidPart(
            part="URL", expected="no control characters, and spaces written as %20"
        )
    scheme, separator, rest = url.partition("://")
    if not separator or scheme not in _SCHEMES:
        raise InvalidPart(
            part="scheme",
            expected="a URL that starts with redis://, rediss:// or unix://",
        )
    if "#" in rest:
        raise InvalidPart(part="fragment", expected="no fragment, and # written as %23")
    address, has_query, query = rest.partition("?")
    authority, _, path = address.partition("/")
    userinfo, _, server = authority.rpartition("@")
    options = {"scheme": scheme, **_read_credentials(userinfo)}
    if scheme == "unix":
        if server:
            raise InvalidPart(
                part="host", expected="no host: unix:///path or unix://user:pw@/path"
            )
        part = "path of the socket"
        options["path"] = read_path(_decode(path and f"/{path}", part), part)
    else:
        if server or userinfo:
            options |= _read_server(server, settings)
        if path:
            database = _decode(path, "database")
            options["db"] = _read_database("database", database, settings)
    for item in query.split("&") if has_query else ():
        name, value = _read_option(item, scheme, settings)
        if name in options:
            raise InvalidPart(
                part=f"option {name}", expected="each value only once in the URL"
            )
        options[name] = value
    return _check_tls(options)


def _decode(text: str, part: str) -> str:
    """Decode percent-escapes once."""
    try:
        if not _INVALID_ESCAPE.search(text):
            return unquote(text, errors="strict")
    except UnicodeDecodeError:
        pass
    raise InvalidPart(part, "UTF-8 in percent-escapes, and % written as %25")


def _read_credentials(userinfo: str) -> dict[str, Any]:
    if "@" in userinfo:
        raise InvalidPart(part="username or password", expected=f"text with {_ESCAPED}")
    username, _, password = userinfo.partition(":")
    found = {
        "username": _decode(username, "username"),
        "password": _decode(password, "password"),
    }
    return {name: value for name, value in found.items() if value}


def _read_server(server: str, settings: dict[str, Setting]) -> dict[str, Any]:
    """Return host and port."""
    bracketed, bracket, rest = server.partition("]")
    if bracket:
        host, colon, port = bracketed, *_split_port(rest)
        is_valid = host.startswith("[") and _is_ipv6(host := _decode(host[1:], "host"))
    else:
        host, colon, port = server.partition(":")
        host = _decode(host, "host")
        is_valid = bool(host) and _is_name(host)
    if not is_valid:
        expected = f"{HOST} (IPv6 in brackets), and a password with {_ESCAPED}"
        raise InvalidPart(part="host", expected=expected)
    if not colon:
        return {"host": host}
    return {"host": host, "port": _read_number("port", port, settings["redis_port"])}


def _split_port(rest: str) -> tuple[str, str]:
    if rest and not rest.startswith(":"):
        raise InvalidPart(
            part="host", expected="nothing but a port after an address in brackets"
        )
    return rest[:1], rest[1:]


def _is_name(text: str) -> bool:
    """Whether a text is a host or a zone in which no sign has a meaning of its own.

    IDNA replaces some signs, such as the fullwidth "/".
    """
    if not is_valid_host(text):
        return False
    encoded = text.encode("idna").decode()
    return is_valid_host(encoded) and all(
        each.isprintable() and not re.search(r"[\s\[\]/?#@:%]", each)
        for each in (text, encoded)
    )


def _is_ipv6(host: str) -> bool:
    from ipaddress import IPv6Address  # noqa: PLC0415 - rare

    try:
        IPv6Address(host)
    except ValueError:
        return False
    zone = host.partition("%")[2]
    return is_valid_host(host) and (not zone or _is_name(zone))


def _read_number(part: str, text: str, setting: Setting) -> Any:
    """Return a port or a database: decimal digits only, within the setting's limits."""
    if text.isascii() and text.isdecimal():
        return _convert(part, text, setting.convert)
    raise InvalidPart(part, f"{setting.expected}, in decimal digits")


def _read_database(part: str, text: str, settings: dict[str, Setting]) -> Any:
    number = _read_number(part, text, settings["redis_db"])
    if len(text.lstrip("0")) > _DATABASE_DIGITS:
        raise InvalidPart(part, _DATABASE)
    return number


def _convert(part: str, text: str, convert: Callable[[Any], Any]) -> Any:
    expected = ""
    try:
        # The conversions ignore spaces, and accept the digits of every script.
        if text.isascii() and text.strip() == text:
            value = convert(text)
            # A float rounds 1e-400 to 0, which means no limit.
            if value or not re.search("[1-9]", text.lower().partition("e")[0]):
                return value
            expected = "0, or a number that is not rounded to 0"
        else:
            convert("")
    except InvalidValue as error:
        expected = error.expected
    raise InvalidPart(part, expected)


def _read_option(
    item: str, scheme: str, settings: dict[str, Setting]
) -> tuple[str, Any]:
    raw_name, _, raw_value = item.partition("=")
    name = _decode(raw_name, "option")
    if name not in _SETTINGS and name not in OPTIONS:
        # The name is not shown, because it can be a part of a password.
        known = [*_SETTINGS, *OPTIONS]
        suggestion = find_closest_name(name, known)
        raise InvalidPart(
            part="option",
            expected=f"options such as {', '.join(known)}",
            suggestion=suggestion,
        )
    part = f"option {name}"
    if name.startswith("ssl_") and scheme != "rediss":
        raise InvalidPart(part, "a rediss:// URL for TLS options")
    if "+" in raw_value:
        raise InvalidPart(part, "+ written as %2B, and a space as %20")
    value = _decode(raw_value, part)
    if not value:
        raise InvalidPart(part, "a value that is not empty")
    if name == "db":
        return name, _read_database(part, value, settings)
    if name in _SETTINGS:
        return name, _convert(part, value, settings[_SETTINGS[name]].convert)
    return name, OPTIONS[name](value, part)


def _check_tls(options: dict[str, Any]) -> dict[str, Any]:
    """Return the options, or raise an error for options that contradict each other."""
    if "ssl_keyfile" in options and "ssl_certfile" not in options:
        raise InvalidPart(
            part="option ssl_keyfile", expected="the option ssl_certfile too"
        )
    if "ssl_certfile" in options:
        # One file can have both. Older asyncio clients ignore a certificate alone.
        options.setdefault("ssl_keyfile", options["ssl_certfile"])
    if options.get("ssl_cert_reqs") == "none" and options.get("ssl_check_hostname"):
        raise InvalidPart(
            part="option ssl_check_hostname", expected="false without a certificate"
        )
    if options["scheme"] == "unix" and "socket_keepalive" in options:
        raise InvalidPart(
            part="option socket_keepalive", expected="a redis:// or rediss:// URL"
        )
    return options
