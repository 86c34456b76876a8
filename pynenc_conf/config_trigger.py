"""Settings of the trigger, which starts tasks at times and on events."""

from __future__ import annotations

from pynenc_conf.config_base import ConfigPynencBase
from pynenc_conf.config_redis import ConfigRedis
from pynenc_conf.field import ConfigField


class ConfigTrigger(ConfigPynencBase):
    """Settings every trigger understands."""

    scheduler_interval_seconds = ConfigField(
        60, ge=0, doc="Seconds between two looks at the time-based triggers."
    )
    enable_scheduler = ConfigField(
        True, doc="Whether time-based triggers are looked at."
    )
    max_events_batch_size = ConfigField(
        100, ge=0, doc="Most events handled in one batch."
    )
    event_retention_days = ConfigField(7, ge=0, doc="Days for which events are kept.")


class ConfigTriggerRedis(ConfigTrigger, ConfigRedis):
    """Settings of the trigger that keeps its data in Redis."""
