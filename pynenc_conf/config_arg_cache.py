"""Settings of the cache that keeps large task arguments out of messages."""

from __future__ import annotations

from pynenc_conf.config_base import ConfigPynencBase
from pynenc_conf.config_redis import ConfigRedis
from pynenc_conf.field import ConfigField


class ConfigArgCache(ConfigPynencBase):
    """Settings every argument cache understands."""

    min_size_to_cache = ConfigField(
        1024,
        ge=0,
        doc="Length, in characters, from which a serialized argument is cached; a "
        "shorter one is passed along directly.",
    )
    local_cache_size = ConfigField(
        1024, ge=0, doc="Most items in the cache of the local process."
    )


class ConfigArgCacheRedis(ConfigArgCache, ConfigRedis):
    """Settings of the argument cache that keeps its data in Redis."""
