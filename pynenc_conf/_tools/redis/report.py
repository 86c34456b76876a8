"""The report of `pynenc-conf ping`: settings, server and problems."""

from __future__ import annotations

from textwrap import wrap
from typing import TYPE_CHECKING, Any, NamedTuple

from pynenc_conf import redis_client
from pynenc_conf._core.masking import MASK, type_name
from pynenc_conf._tools.output import indent, show, text
from pynenc_conf._tools.redis.diagnosis import Failure, diagnose
from pynenc_conf._tools.redis.probe import address_of, uses_tls
from pynenc_conf._tools.redis.server import Server
from pynenc_conf.config_redis import ConfigRedis
from pynenc_conf.redis_url import REPLACED_SETTINGS, replaced_settings

if TYPE_CHECKING:
    from pynenc_conf._core.report.explain import FieldInfo

_WIDTH = 80


class Report(NamedTuple):
    """The result of a connection: what the server reports, and why it fails."""

    conf: ConfigRedis
    workers: int
    server: Server | None
    failures: list[Failure]

    @classmethod
    def create(cls, conf: ConfigRedis, workers: int) -> Report:
        """Connect with the settings of an instance."""
        server = None
        try:
            server = Server.query(conf)
            failures = list(server.find_failures(conf, workers))
        except Exception as error:  # noqa: BLE001 - other servers cause any error
            failure = diagnose(redis_client.connection_options(conf), error)
            failures = [failure._replace(reason=hide_address(conf, failure.reason))]
        finally:
            redis_client.close_redis_pools()
        return cls(conf, workers, server, failures)

    def show(self) -> None:
        """Print the report."""
        conf = self.conf
        options = redis_client.connection_options(conf)
        place = f"{_address(conf)}, database {shown_database(conf)}"
        _show_settings(conf)
        show(text(f"Redis at {place}{' with TLS' if uses_tls(options) else ''}"))
        if self.server is not None:
            show(*map(text, self.server.describe(conf, self.workers)))
        for failure in self.failures:
            _show_failure(conf, failure)
        if not self.failures:
            show(text("ok"))

    def as_dict(self) -> dict[str, Any]:
        """Return the report as plain data, secrets masked."""
        conf = self.conf
        options = redis_client.connection_options(conf)
        failures = [
            {
                "reason": failure.reason,
                "settings": list(map(_setting_data, _settings_to_check(conf, failure))),
            }
            for failure in self.failures
        ]
        return {
            "class": type_name(type(conf)),
            "ok": not failures,
            "address": _address(conf),
            "database": shown_database(conf),
            "tls": uses_tls(options),
            "workers": self.workers,
            "settings": list(map(_setting_data, _settings(conf))),
            "server": self.server and self.server.as_dict(conf),
            "failures": failures,
        }


def _address(conf: ConfigRedis) -> str:
    return hide_address(conf, address_of(redis_client.connection_options(conf)))


def hide_address(conf: ConfigRedis, text: str) -> str:
    """Return text without the address, if a file declares it as a secret."""
    options = redis_client.connection_options(conf)
    address = ("redis_url",) if conf.redis_url else ("redis_host", "redis_port")
    # The password of a URL is not part of an address.
    if not any(_is_secret(conf, name) for name in address):
        return text
    for part in (address_of(options), options.get("path"), options.get("host")):
        text = text.replace(part, MASK) if part else text
    return text


def shown_database(conf: ConfigRedis) -> int | str:
    """Return the number of the database, masked if a file declares it as a secret."""
    if _is_secret(conf, "redis_url" if conf.redis_url else "redis_db"):
        return MASK
    return int(redis_client.connection_options(conf).get("db") or 0)


def _is_secret(conf: ConfigRedis, name: str) -> bool:
    # A class can have a property in place of a setting.
    return name in conf.all_fields and conf.field_info(name).secret is True


def _setting_data(info: FieldInfo) -> dict[str, Any]:
    data = info.as_dict()
    return {"field": info.name, "value": data["value"], "origin": info.source}


def _settings(conf: ConfigRedis) -> list[FieldInfo]:
    """Return the settings of the connection, without those that a URL replaces."""
    return [
        conf.field_info(name)
        for name in conf.all_fields
        if name in ConfigRedis.config_fields()
        and not (conf.redis_url and name in REPLACED_SETTINGS)
    ]


def _show_settings(conf: ConfigRedis) -> None:
    infos = _settings(conf)
    show(text(type_name(type(conf)), "heading"))
    for info in infos:
        if not info.is_default:
            setting = f"  {info.name} = {info.display_value}"
            fits = len(setting) + 2 + len(info.source) <= _WIDTH
            if fits:
                show(text(f"{setting}  {info.source}"))
            else:
                show(text(setting), indent(text(f"--> {info.source}"), 4))
    if conf.redis_url:
        show(text("  (redis_url overrides host, port, db, username and password)"))
    # No-break spaces keep a name and its value on one line.
    defaults = [
        f"{info.name}\xa0=\xa0{info.display_value}" for info in infos if info.is_default
    ]
    lines = wrap(
        ", ".join(defaults), _WIDTH, initial_indent="    ", subsequent_indent="    "
    )
    lines = ["  defaults:", *(line.replace("\xa0", " ") for line in lines)]
    show(*(text(line, "faint") for line in lines))


def _show_failure(conf: ConfigRedis, failure: Failure) -> None:
    show(text(f"failed: {failure.reason}", "error"))
    for info in _settings_to_check(conf, failure):
        show(
            text(f"  check {info.name} = {info.display_value}"),
            indent(text(f"--> {info.source}", "faint"), 4),
        )


def _settings_to_check(conf: ConfigRedis, failure: Failure) -> list[FieldInfo]:
    replaced = replaced_settings(conf)
    fields = []
    for name in failure.fields:
        if name in replaced:
            fields.append("redis_url")
        elif conf.redis_url or name != "redis_url":
            fields.append(name)
    names = [name for name in dict.fromkeys(fields) if name in conf.all_fields]
    return list(map(conf.field_info, names))
