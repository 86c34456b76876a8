"""Settings of the trigger, which starts tasks at given times and on events."""

from __future__ import annotations

from pynenc_conf.config_base import ConfigPynencBase
from pynenc_conf.config_redis import ConfigRedis
from pynenc_conf.field import ConfigField


class ConfigTrigger(ConfigPynencBase):
    """Settings shared by all triggers."""

    scheduler_interval_seconds: ConfigField[int] = ConfigField(
        60, ge=0, doc="Interval between two checks of time-based triggers, in seconds."
    )
    enable_scheduler: ConfigField[bool] = ConfigField(
        True, doc="Whether to check time-based triggers."
    )
    max_events_batch_size: ConfigField[int] = ConfigField(
        100, ge=0, doc="Maximum number of events processed in one batch."
    )
    event_retention_days: ConfigField[int] = ConfigField(
        7, ge=0, doc="Time for which events are kept, in days."
    )


class ConfigTriggerRedis(ConfigTrigger, ConfigRedis):
    """Settings of the trigger that stores its data in Redis."""
