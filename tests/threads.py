"""Threads that do something together, switched as often as the interpreter can."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Iterable
from types import FrameType
from typing import Any

PATIENCE = 60  # seconds, after which a test fails instead of waiting for ever


def together(works: Iterable[Callable[[], Any]]) -> list[Any]:
    """Do each work in a thread of its own, all begun at once; return what they give.

    What a thread raises is raised here, when all have ended.
    """
    todo = list(works)
    given: dict[int, Any] = {}
    failures: list[BaseException] = []
    start = threading.Barrier(len(todo))

    def run(number: int, work: Callable[[], Any]) -> None:
        try:
            start.wait(PATIENCE)
            given[number] = work()
        except BaseException as error:  # noqa: BLE001 - raised by the main thread
            failures.append(error)

    threads = [threading.Thread(target=run, args=each) for each in enumerate(todo)]
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
    return [given[number] for number in range(len(todo))]


def elsewhere(work: Callable[[], Any]) -> None:
    """Let another thread do it, and wait: so it happens at exactly this moment."""
    thread = threading.Thread(target=work)
    thread.start()
    thread.join()


def at_each(
    event: str,
    prepare: Callable[[], Iterable[Callable[[], Any]]],
    first: int = 1,
    step: int = 1,
) -> int:
    """Do a work again and again, while another thread does something in its midst.

    `prepare` gives the work, what the other thread does, and what is done when both
    have ended. The first time this happens before the first "line" or "opcode" of the
    library that the work runs, then before the second, and so on to the last; `first`
    and `step` leave some out. Returns how many there are.
    """
    work, change, then = prepare()
    work()  # what is imported when needed is there now
    seen = 0
    moment = first - step

    def trace(frame: FrameType, happened: str, _: Any) -> Any:
        nonlocal seen
        if not frame.f_globals.get("__name__", "").startswith("pynenc_conf"):
            return None
        frame.f_trace_opcodes = event == "opcode"
        if happened == event:
            seen += 1
            if seen == moment:
                elsewhere(change)
        return trace

    while True:
        seen, moment = 0, moment + step
        work, change, then = prepare()
        before = sys.gettrace()
        # Python 3.12 asks only here whether any frame wants to see opcodes.
        sys._getframe().f_trace_opcodes = event == "opcode"  # noqa: SLF001
        sys.settrace(trace)
        try:
            work()
        finally:
            sys.settrace(before)
        if seen < moment:
            return seen
        then()
