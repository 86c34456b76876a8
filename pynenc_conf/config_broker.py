"""Settings of the broker, which delivers invocations to the runners."""

from __future__ import annotations

from pynenc_conf.config_base import ConfigPynencBase
from pynenc_conf.config_redis import ConfigRedis
from pynenc_conf.field import ConfigField


class ConfigBroker(ConfigPynencBase):
    """Settings shared by all brokers."""

    queue_timeout_sec: ConfigField[float] = ConfigField(
        0.1, ge=0, doc="Maximum time to block while waiting for a message, in seconds."
    )


class ConfigBrokerRedis(ConfigBroker, ConfigRedis):
    """Settings of the broker that stores its queue in Redis."""
