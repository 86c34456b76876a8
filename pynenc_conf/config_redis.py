"""Settings of a connection to Redis."""

from __future__ import annotations

from pynenc_conf.config_base import ConfigPynencBase
from pynenc_conf.field import ConfigField


class ConfigRedis(ConfigPynencBase):
    """Where Redis is and how to talk to it."""

    redis_username = ConfigField("", doc='User to log in as; "" for none.')
    redis_password = ConfigField(
        "", secret=True, doc='Password to log in with; "" for none.'
    )
    redis_host = ConfigField("localhost", doc="Name or address of the server.")
    redis_port = ConfigField(6379, ge=1, le=65535, doc="TCP port of the server.")
    redis_db = ConfigField(0, ge=0, doc="Number of the database.")
    redis_url = ConfigField(
        "",
        secret="url",  # noqa: S106 - says that a part of it is one
        doc="URL of the server; when set, it replaces host, port, database, username "
        "and password.",
    )

    socket_timeout = ConfigField(
        5.0, ge=0, doc="Longest wait for data on an open connection, in seconds."
    )
    socket_connect_timeout = ConfigField(
        5.0, ge=0, doc="Longest wait while connecting, in seconds."
    )
    health_check_interval = ConfigField(
        30,
        ge=0,
        doc="Seconds between two liveness checks of an idle connection.",
    )
    max_connection_attempts = ConfigField(
        3, ge=0, doc="Attempts to connect before an error is raised."
    )

    redis_pool_max_connections = ConfigField(
        100, ge=0, doc="Most connections in one pool; 0 for no limit."
    )
    redis_pool_health_check_interval = ConfigField(
        30.0,
        ge=0,
        allow_inf=True,
        doc="Seconds between two health checks of a pooled connection.",
    )
