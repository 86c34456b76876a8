"""Settings of a connection to Redis."""

from __future__ import annotations

from pynenc_conf.config_base import ConfigPynencBase
from pynenc_conf.field import ConfigField


class ConfigRedis(ConfigPynencBase):
    """Address, credentials, timeouts and connection pool of a Redis server."""

    redis_username: ConfigField[str] = ConfigField(
        "", doc='Name of the Redis user; "" for none.'
    )
    redis_password: ConfigField[str] = ConfigField(
        "", secret=True, doc='Password of the Redis user; "" for none.'
    )
    redis_host: ConfigField[str] = ConfigField(
        "localhost", doc="Name or address of the server."
    )
    redis_port: ConfigField[int] = ConfigField(
        6379, ge=1, le=65535, doc="TCP port of the server."
    )
    redis_db: ConfigField[int] = ConfigField(0, ge=0, doc="Database number.")
    redis_url: ConfigField[str] = ConfigField(
        "",
        secret="url",  # noqa: S106 - not a password, but the kind of secret
        doc="URL of the server; if set, it replaces host, port, database, username and "
        "password.",
    )

    socket_timeout: ConfigField[float] = ConfigField(
        5.0,
        ge=0,
        doc="Maximum time to wait for data on an open connection, in seconds; 0 for no "
        "limit.",
    )
    socket_connect_timeout: ConfigField[float] = ConfigField(
        5.0,
        ge=0,
        doc="Maximum time to wait for a connection, in seconds; 0 for no limit.",
    )
    health_check_interval: ConfigField[int] = ConfigField(
        30,
        ge=0,
        doc="Time between two liveness checks of an idle connection, in seconds; 0 to "
        "disable the check.",
    )
    max_connection_attempts: ConfigField[int] = ConfigField(
        3,
        ge=0,
        doc="Maximum number of attempts to connect before an error is raised.",
    )

    redis_pool_max_connections: ConfigField[int] = ConfigField(
        100, ge=0, doc="Maximum number of connections in one pool; 0 for no limit."
    )
    redis_pool_health_check_interval: ConfigField[float] = ConfigField(
        30.0,
        ge=0,
        allow_inf=True,
        doc="Time between two health checks of a pooled connection, in seconds; 0 to "
        "disable the check.",
    )
