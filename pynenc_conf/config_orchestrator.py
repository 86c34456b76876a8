"""Settings of the orchestrator, which decides what may run and when."""

from __future__ import annotations

from pynenc_conf.config_base import ConfigPynencBase
from pynenc_conf.config_redis import ConfigRedis
from pynenc_conf.field import ConfigField


class ConfigOrchestrator(ConfigPynencBase):
    """Settings every orchestrator understands."""

    cycle_control = ConfigField(
        True,
        doc="Whether to detect and prevent cycles of task calls, which never end: "
        "task1 calls task2 and task2 calls task1.",
    )
    blocking_control = ConfigField(
        True,
        doc="Whether to watch tasks that wait on other tasks: a waiting invocation "
        "gives its slot to another until what it waits for is done, and invocations "
        "that many depend on go first.",
    )
    auto_final_invocation_purge_hours = ConfigField(
        24.0,
        ge=0,
        allow_inf=True,
        doc="Hours after which a final invocation is purged from the orchestrator; "
        "its details stay in the state backend.",
    )


class ConfigOrchestratorRedis(ConfigOrchestrator, ConfigRedis):
    """Settings of the orchestrator that keeps its data in Redis."""

    max_pending_resolution_threads = ConfigField(
        50,
        ge=1,
        doc="Most worker threads that resolve PENDING invocations whose timeout "
        "expires; each may hold a Redis connection.",
    )
    redis_retry_max_attempts = ConfigField(
        3,
        ge=0,
        doc="Most attempts of a Redis operation that meets a retryable exception, "
        "such as a status not found, before the exception is raised.",
    )
    redis_retry_base_delay_sec = ConfigField(
        0.1,
        ge=0,
        doc="Delay before the first retry, in seconds; retry n waits base * 2**n.",
    )
    redis_retry_max_delay_sec = ConfigField(
        1.0,
        ge=0,
        allow_inf=True,
        doc="Longest delay between two attempts, in seconds.",
    )
