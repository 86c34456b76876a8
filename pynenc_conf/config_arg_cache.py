"""Settings of the argument cache, which keeps large task arguments out of messages."""

from __future__ import annotations

from pynenc_conf.config_base import ConfigPynencBase
from pynenc_conf.config_redis import ConfigRedis
from pynenc_conf.field import ConfigField


class ConfigArgCache(ConfigPynencBase):
    """Settings shared by all argument caches."""

    min_size_to_cache: ConfigField[int] = ConfigField(
        1024,
        ge=0,
        doc="Minimum size of a serialized argument to be cached, in characters; "
        "shorter arguments are passed directly.",
    )
    local_cache_size: ConfigField[int] = ConfigField(
        1024, ge=0, doc="Maximum number of items in the cache of one process."
    )


class ConfigArgCacheRedis(ConfigArgCache, ConfigRedis):
    """Settings of the argument cache that stores its items in Redis."""
