"""Run functions in threads that the interpreter switches as often as possible."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Iterable
from types import FrameType
from typing import Any

TIMEOUT = 60  # seconds until a test fails instead of waiting forever


def run_together(functions: Iterable[Callable[[], Any]]) -> list[Any]:
    """Run functions in threads that start at once, and return their results.

    An exception in a thread is raised again after all threads have ended.
    """
    calls = list(functions)
    results: dict[int, Any] = {}
    failures: list[BaseException] = []
    start = threading.Barrier(len(calls))

    def run(number: int, function: Callable[[], Any]) -> None:
        try:
            start.wait(TIMEOUT)
            results[number] = function()
        except BaseException as error:  # noqa: BLE001 - raised by the main thread
            failures.append(error)

    threads = [threading.Thread(target=run, args=each) for each in enumerate(calls)]
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    finally:
        sys.setswitchinterval(interval)
    if failures:
        raise failures[0]
    return [results[number] for number in range(len(calls))]


def run_in_thread(function: Callable[[], Any]) -> None:
    """Run a function in another thread and wait for its end."""
    thread = threading.Thread(target=function)
    thread.start()
    thread.join()


def interrupt_at_each(
    event: str,
    prepare: Callable[[], Iterable[Callable[[], Any]]],
    first: int = 1,
    step: int = 1,
) -> int:
    """Run a function repeatedly, and interrupt each run at a different point.

    `prepare` returns the function, a change that another thread makes, and a check that
    runs after both. In the first run, the change happens before the first "line" or
    "opcode" of the library that the function executes, in the second run before the
    second, and so on; `first` and `step` select a part of these points. Returns the
    number of points.
    """
    function, change, check = prepare()
    function()  # import the modules that are loaded when needed
    seen = 0
    moment = first - step

    def trace(frame: FrameType, trace_event: str, _: Any) -> Any:
        nonlocal seen
        if not frame.f_globals.get("__name__", "").startswith("pynenc_conf"):
            return None
        frame.f_trace_opcodes = event == "opcode"
        if trace_event == event:
            seen += 1
            if seen == moment:
                run_in_thread(change)
        return trace

    while True:
        seen, moment = 0, moment + step
        function, change, check = prepare()
        before = sys.gettrace()
        # Python 3.12 checks only here whether a frame traces opcodes.
        sys._getframe().f_trace_opcodes = event == "opcode"  # noqa: SLF001
        sys.settrace(trace)
        try:
            function()
        finally:
            sys.settrace(before)
        if seen < moment:
            return seen
        check()
