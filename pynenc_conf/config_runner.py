"""Settings of the runners, which execute invocations."""

from __future__ import annotations

from pynenc_conf.config_base import ConfigPynencBase
from pynenc_conf.field import ConfigField


class ConfigRunner(ConfigPynencBase):
    """Settings every runner understands."""

    invocation_wait_results_sleep_time_sec = ConfigField(
        0.1, ge=0, doc="Pause between two looks at a dependency's result, in seconds."
    )
    runner_loop_sleep_time_sec = ConfigField(
        0.1, ge=0, doc="Pause between two iterations of the main loop, in seconds."
    )
    min_parallel_slots = ConfigField(
        1, ge=0, doc="Fewest tasks that may run in parallel."
    )


class ConfigThreadRunner(ConfigRunner):
    """Settings of the runner that gives each invocation a thread."""

    invocation_wait_results_sleep_time_sec = ConfigField(
        0.01, ge=0, doc="Pause between two looks at a dependency's result, in seconds."
    )
    runner_loop_sleep_time_sec = ConfigField(
        0.01, ge=0, doc="Pause between two iterations of the main loop, in seconds."
    )
    min_threads = ConfigField(1, ge=0, doc="Fewest threads that may run in parallel.")
    max_threads = ConfigField(
        0, ge=0, doc="Most threads that run in parallel; 0 for the number of CPUs."
    )
    final_invocation_cache_size = ConfigField(
        10000,
        ge=0,
        doc="Most final invocations remembered locally; the oldest are forgotten.",
    )


class ConfigMultiThreadRunner(ConfigThreadRunner):
    """Settings of the runner that scales by processes, each with its own threads."""

    min_threads = ConfigField(1, ge=0, doc="Fewest threads of each process.")
    max_threads = ConfigField(
        1, ge=0, doc="Most threads of each process; 0 for the number of CPUs."
    )
    min_processes = ConfigField(1, ge=0, doc="Fewest processes to keep running.")
    max_processes = ConfigField(
        0, ge=0, doc="Most processes to run; 0 for the number of CPUs."
    )
    idle_timeout_process_sec = ConfigField(
        4, ge=0, doc="Seconds after which an idle process is stopped."
    )
    enforce_max_processes = ConfigField(
        True, doc="Whether to keep `max_processes` running whatever the load."
    )


class ConfigPersistentProcessRunner(ConfigThreadRunner):
    """Settings of the runner whose processes live as long as it does."""

    num_processes = ConfigField(
        0, ge=0, doc="Processes to run; 0 for the number of CPUs."
    )
