"""Settings of the orchestrator, which decides which invocations run, and when."""

from __future__ import annotations

from pynenc_conf.config_base import ConfigPynencBase
from pynenc_conf.config_redis import ConfigRedis
from pynenc_conf.field import ConfigField


class ConfigOrchestrator(ConfigPynencBase):
    """Settings shared by all orchestrators."""

    cycle_control: ConfigField[bool] = ConfigField(
        True,
        doc="Whether to detect cycles of task calls, such as task1 calling task2 and "
        "task2 calling task1, and prevent endless loops.",
    )
    blocking_control: ConfigField[bool] = ConfigField(
        True,
        doc="Whether to control invocations that wait for other invocations: the "
        "runner pauses a waiting invocation, gives its slot to another one, and "
        "resumes it when the required invocation has finished. Invocations with many "
        "dependents run first.",
    )
    auto_final_invocation_purge_hours: ConfigField[float] = ConfigField(
        24.0,
        ge=0,
        allow_inf=True,
        doc="Time after which the orchestrator purges a final invocation, in hours; "
        "the details remain in the state backend.",
    )


class ConfigOrchestratorRedis(ConfigOrchestrator, ConfigRedis):
    """Settings of the orchestrator that stores its data in Redis."""

    max_pending_resolution_threads: ConfigField[int] = ConfigField(
        50,
        ge=1,
        doc="Maximum number of threads that resolve PENDING invocations after their "
        "timeout. Each thread can hold one Redis connection.",
    )
    redis_retry_max_attempts: ConfigField[int] = ConfigField(
        3,
        ge=0,
        doc="Maximum number of attempts for a Redis operation that raises a retryable "
        "exception, such as status not found, before the exception is raised.",
    )
    redis_retry_base_delay_sec: ConfigField[float] = ConfigField(
        0.1,
        ge=0,
        doc="Delay before the first retry, in seconds; doubled for each further retry.",
    )
    redis_retry_max_delay_sec: ConfigField[float] = ConfigField(
        1.0,
        ge=0,
        allow_inf=True,
        doc="Maximum delay between two attempts, in seconds.",
    )
