"""Reports of a running worker: what its instances have, and why.

The environment variable `PYNENC_CONF_REPORT` turns the reports on. A report never
raises an exception, and a report to a file never waits: a process logs one warning.
"""

from __future__ import annotations

import json
import os
import stat
import sys
import time
from contextlib import contextmanager, suppress

from pynenc_conf._core.declare.plan import plan_of
from pynenc_conf._core.masking import type_name
from pynenc_conf._core.sources.documents import expand_home

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from logging import Logger
    from typing import Any

    Config = Any  # a ConfigBase, whose module imports this one

MAX_RESULTS = 10_000
"""The number of distinct results that one process reports."""

_OFF = {"0", "false", "no", "off"}
_ON = {"1", "true", "yes", "on"}
_INFO = 20  # logging.INFO
_paused = False


class _Process:
    """What this process has reported; a forked child has a record of its own."""

    def __init__(self) -> None:
        self.pid = os.getpid()
        self.results: dict[int, object] = {}
        self.warned = False
        self.line_is_open = False
        """Whether the last line could not be written to its end."""


_process = _Process()


def report_instance(config: Config, target: str) -> None:
    """Report a new instance, unless this process has reported the same result.

    `target` is the value of the variable: a word, or the path of a file.
    """
    word = target.strip().lower()
    if _paused or word in _OFF:
        return
    try:
        if word in _ON:
            _report_as_text(config)
        else:
            _report_as_line(config, expand_home(target))
    except Exception as error:  # noqa: BLE001 - a report must not disturb the worker
        _warn(f"cannot report the configuration: {type_name(type(error))}")


@contextmanager
def pause_reports() -> Iterator[None]:
    """Report nothing while the block runs: a command is not a worker."""
    global _paused  # noqa: PLW0603 - read for each new instance
    before, _paused = _paused, True
    try:
        yield
    finally:
        _paused = before


def _report_as_text(config: Config) -> None:
    text = config.explain()
    if not _is_new(config, text):
        return
    name = " ".join(filter(None, (type_name(type(config)), _find_task(config))))
    message = f"{name} of process {os.getpid()} on {_host()}\n{text}"
    logger = _find_logger()
    if logger.hasHandlers() and logger.isEnabledFor(_INFO):
        logger.info("%s", message)
    elif sys.stderr is not None:
        sys.stderr.write(f"{message}\n")


def _report_as_line(config: Config, path: str) -> None:
    fields = [config.field_info(name).as_dict() for name in config.all_fields]
    if not _is_new(config, json.dumps(fields)):
        return
    now = time.time()
    seconds = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(now))
    report = {
        "time": f"{seconds}.{int(now % 1 * 1000):03}Z",
        "host": _host(),
        "pid": os.getpid(),
        "class": type_name(type(config)),
        "task": _find_task(config),
        "fields": fields,
    }
    try:
        _append_line(path, json.dumps(report))
    except OSError as error:
        _warn(f"cannot write the report to {path!r}: {error.strerror or error}")


def _is_new(config: Config, result: str) -> bool:
    """Whether the process has not reported a result; it is recorded as reported."""
    results = _this_process().results
    if len(results) >= MAX_RESULTS:
        _warn(f"{MAX_RESULTS} results were reported, and no more are")
        return False
    claim = object()
    key = hash((type(config), _find_task(config), result))
    # In one step, so that one of several threads reports it.
    return results.setdefault(key, claim) is claim


def _this_process() -> _Process:
    global _process  # noqa: PLW0603 - replaced in a forked child
    if _process.pid != os.getpid():
        _process = _Process()
    return _process


def _find_task(config: Config) -> str | None:
    """Return the task that the instance is for: its section in a class's section."""
    if not plan_of(type(config)).has_qualifiers:
        return None
    names = config.get_extra_qualifiers(type(config))
    return str(names[-1]) or None if names else None


def _append_line(path: str, line: str) -> None:
    """Append a line to a regular file in one write.

    The system does not mix one write with those of other processes, whatever their
    size. Raises OSError.
    """
    flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT
    for name in ("O_CLOEXEC", "O_NOCTTY", "O_NONBLOCK"):  # missing on some systems
        flags |= getattr(os, name, 0)
    descriptor = os.open(path, flags, 0o600)
    try:
        # Writing to a pipe or a device may wait, or mix lines.
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            message = "not a regular file"
            raise OSError(message)
        process = _this_process()
        data = f"{line}\n".encode()
        if process.line_is_open:
            data = b"\n" + data
        written = os.write(descriptor, data)
        process.line_is_open = written < len(data)
        if process.line_is_open:
            message = f"only {written} of {len(data)} bytes could be written"
            raise OSError(message)
    finally:
        os.close(descriptor)


def _warn(message: str) -> None:
    """Log one warning for each process."""
    process = _this_process()
    if process.warned:
        return
    process.warned = True
    with suppress(Exception):  # of a handler of the application's
        _find_logger().warning("PYNENC_CONF_REPORT: %s", message)


def _find_logger() -> Logger:
    # Imported for a report only: commands import this module to prevent reports.
    import logging  # noqa: PLC0415

    return logging.getLogger("pynenc_conf")


def _host() -> str:
    import socket  # noqa: PLC0415 - only a report needs it

    return socket.gethostname()
