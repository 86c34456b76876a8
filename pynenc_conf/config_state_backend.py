"""Settings of the state backend, which stores the details of invocations."""

from __future__ import annotations

from pynenc_conf.config_base import ConfigPynencBase
from pynenc_conf.config_redis import ConfigRedis
from pynenc_conf.field import ConfigField


class ConfigStateBackend(ConfigPynencBase):
    """Settings shared by all state backends; there are none yet."""


class ConfigStateBackendRedis(ConfigStateBackend, ConfigRedis):
    """Settings of the state backend that stores its data in Redis."""

    pagination_batch_size: ConfigField[int] = ConfigField(
        100, ge=1, doc="Number of items read per page of a large collection."
    )
