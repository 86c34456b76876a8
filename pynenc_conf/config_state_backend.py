"""Settings of the state backend, which keeps the details of invocations."""

from __future__ import annotations

from pynenc_conf.config_base import ConfigPynencBase
from pynenc_conf.config_redis import ConfigRedis
from pynenc_conf.field import ConfigField


class ConfigStateBackend(ConfigPynencBase):
    """Settings every state backend understands: none so far."""


class ConfigStateBackendRedis(ConfigStateBackend, ConfigRedis):
    """Settings of the state backend that keeps its data in Redis."""

    pagination_batch_size = ConfigField(
        100, ge=1, doc="Items read per page of a large collection."
    )
