"""Settings of the broker, which carries invocations to the runners."""

from __future__ import annotations

from pynenc_conf.config_base import ConfigPynencBase
from pynenc_conf.config_redis import ConfigRedis
from pynenc_conf.field import ConfigField


class ConfigBroker(ConfigPynencBase):
    """Settings every broker understands."""

    queue_timeout_sec = ConfigField(
        0.1, ge=0, doc="Longest blocking wait for a message, in seconds."
    )


class ConfigBrokerRedis(ConfigBroker, ConfigRedis):
    """Settings of the broker that keeps its queue in Redis."""
