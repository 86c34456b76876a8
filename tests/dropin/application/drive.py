"""Sells something in the shop, and reports what came out, as JSON in a file.

`drive.py REPORT thread` runs the shop's runner in a thread of its own; with `none`
that is left to another process. A third word, `no-workflow`, leaves out the task that
waits for others.
"""

from __future__ import annotations

import json
import sys
import threading
import time
import warnings
from pathlib import Path
from typing import Any

import shop


def before_the_runner() -> tuple[dict[str, Any], list[Any]]:
    """Use what needs no runner, registration and blocking control; return the calls."""
    first, second = shop.single(1), shop.single(1)
    pair: list[Any] = [shop.add(1, 1), shop.add(2, 2)]
    calls = [first, *pair]
    orchestrator = shop.app.orchestrator
    if not hasattr(shop.app, "arg_cache"):  # newer versions take ids
        pair = [item.invocation_id for item in pair]
    orchestrator.waiting_for_results(pair[0], pair[1:])
    found = {
        "registered_once": first.invocation_id == second.invocation_id,
        "blocking": len(list(orchestrator.get_blocking_invocations(5))),
    }
    return found, calls


def results(*, workflow: bool) -> dict[str, Any]:
    """Run tasks to their results."""
    calls: dict[str, Any] = {
        "add": shop.add(1, 2),
        "flaky": shop.flaky(2),
        "failed": shop.flaky(3),
    }
    if workflow:
        calls["order"] = shop.order([3, 4])
    return {name: outcome(call) for name, call in calls.items()}


def outcome(call: Any) -> Any:
    """Return the result of a call; what is raised is caught by pynenc's name."""
    from pynenc.exceptions import RetryError  # noqa: PLC0415 - after the shop

    try:
        return call.result
    except RetryError:
        return "RetryError"


def left_after_purge() -> int:
    """Count the invocations of a task that is done, once the old ones are purged.

    An invocation has its result a moment before it is known to be old.
    """
    orchestrator = shop.app.orchestrator
    horizon = orchestrator.conf.auto_final_invocation_purge_hours
    deadline = time.monotonic() + (0 if horizon else 10)
    while True:
        orchestrator.auto_purge()
        left = len(list(orchestrator.get_existing_invocations(shop.add)))
        if not left or time.monotonic() > deadline:
            return left
        time.sleep(0.02)


def settings() -> dict[str, Any]:
    """Say what components have made of their configuration."""
    pool = getattr(getattr(shop.app.broker, "client", None), "connection_pool", None)
    names = ("orchestrator", "broker", "state_backend", "trigger", "runner")
    return {
        "pool": getattr(pool, "max_connections", None),
        "components": [type(getattr(shop.app, name, None)).__name__ for name in names],
        "conf": type(shop.app.conf).__module__,
        "engine": type(shop.app.conf).__mro__[-2].__module__,
    }


def main(report: str, where: str, *words: str) -> None:
    """Do all of it."""
    # The runner says that it cannot handle signals in a thread.
    warnings.simplefilter("ignore")
    found, calls = before_the_runner()
    runner = threading.Thread(target=shop.app.runner.run, daemon=True)
    if where == "thread":
        runner.start()
    found |= results(workflow="no-workflow" not in words)
    for call in calls:
        outcome(call)
    if where == "thread":
        shop.app.runner.stop_runner_loop()
        runner.join(10)
        # pynenc's runners fail if this takes away what they look at.
        found["left"] = left_after_purge()
    Path(report).write_text(json.dumps(found | settings()), encoding="utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
