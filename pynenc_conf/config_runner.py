"""Settings of the runners, which execute invocations."""

from __future__ import annotations

from pynenc_conf.config_base import ConfigPynencBase
from pynenc_conf.field import ConfigField


class ConfigRunner(ConfigPynencBase):
    """Settings shared by all runners."""

    invocation_wait_results_sleep_time_sec: ConfigField[float] = ConfigField(
        0.1,
        ge=0,
        doc="Pause between two checks of the result of a dependency, in seconds.",
    )
    runner_loop_sleep_time_sec: ConfigField[float] = ConfigField(
        0.1, ge=0, doc="Pause between two iterations of the main loop, in seconds."
    )
    min_parallel_slots: ConfigField[int] = ConfigField(
        1, ge=0, doc="Minimum number of tasks that can run in parallel."
    )


class ConfigThreadRunner(ConfigRunner):
    """Settings of the runner that executes each invocation in a thread."""

    invocation_wait_results_sleep_time_sec: ConfigField[float] = ConfigField(
        0.01,
        ge=0,
        doc="Pause between two checks of the result of a dependency, in seconds.",
    )
    runner_loop_sleep_time_sec: ConfigField[float] = ConfigField(
        0.01, ge=0, doc="Pause between two iterations of the main loop, in seconds."
    )
    min_threads: ConfigField[int] = ConfigField(
        1, ge=0, doc="Minimum number of threads that can run in parallel."
    )
    max_threads: ConfigField[int] = ConfigField(
        0,
        ge=0,
        doc="Maximum number of threads that run in parallel; 0 for the number of CPUs.",
    )
    final_invocation_cache_size: ConfigField[int] = ConfigField(
        10000,
        ge=0,
        doc="Maximum number of final invocations cached locally; the oldest are "
        "evicted first.",
    )


class ConfigMultiThreadRunner(ConfigThreadRunner):
    """Settings of the runner that scales by processes, each with its own threads."""

    min_threads: ConfigField[int] = ConfigField(
        1, ge=0, doc="Minimum number of threads in each process."
    )
    max_threads: ConfigField[int] = ConfigField(
        1,
        ge=0,
        doc="Maximum number of threads in each process; 0 for the number of CPUs.",
    )
    min_processes: ConfigField[int] = ConfigField(
        1, ge=0, doc="Minimum number of processes."
    )
    max_processes: ConfigField[int] = ConfigField(
        0, ge=0, doc="Maximum number of processes; 0 for the number of CPUs."
    )
    idle_timeout_process_sec: ConfigField[int] = ConfigField(
        4, ge=0, doc="Time after which an idle process is stopped, in seconds."
    )
    enforce_max_processes: ConfigField[bool] = ConfigField(
        True, doc="Whether to keep `max_processes` running regardless of the load."
    )


class ConfigPersistentProcessRunner(ConfigThreadRunner):
    """Settings of the runner whose processes run until the runner stops."""

    num_processes: ConfigField[int] = ConfigField(
        0, ge=0, doc="Number of processes; 0 for the number of CPUs."
    )
