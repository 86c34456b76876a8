"""Runs tasks of the shop, and writes a report of their results as JSON.

`drive.py REPORT thread` runs the shop's runner in a separate thread; with `none`,
another process runs it. A third word, `no-workflow`, omits the task that waits for
others.
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
    """Register and block invocations, which needs no runner; return the calls."""
    first, second = shop.single(1), shop.single(1)
    pair: list[Any] = [shop.add(1, 1), shop.add(2, 2)]
    calls = [first, *pair]
    orchestrator = shop.app.orchestrator
    if not hasattr(shop.app, "arg_cache"):  # newer versions expect ids
        pair = [item.invocation_id for item in pair]
    orchestrator.waiting_for_results(pair[0], pair[1:])
    found = {
        "registered_once": first.invocation_id == second.invocation_id,
        "blocking": len(list(orchestrator.get_blocking_invocations(5))),
    }
    return found, calls


def results(*, workflow: bool) -> dict[str, Any]:
    """Run tasks and return their results."""
    calls: dict[str, Any] = {
        "add": shop.add(1, 2),
        "flaky": shop.flaky(2),
        "failed": shop.flaky(3),
    }
    if workflow:
        calls["order"] = shop.order([3, 4])
    return {name: outcome(call) for name, call in calls.items()}


def outcome(call: Any) -> Any:
    """Return the result of a call, or the name of pynenc's exception."""
    from pynenc.exceptions import RetryError  # noqa: PLC0415 - after the shop

    try:
        return call.result
    except RetryError:
        return "RetryError"


def left_after_purge() -> int:
    """Return the number of invocations of a finished task after a purge.

    An invocation has its result slightly before pynenc considers it final.
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
    """Return the effects of the settings on the components."""
    pool = getattr(getattr(shop.app.broker, "client", None), "connection_pool", None)
    names = ("orchestrator", "broker", "state_backend", "trigger", "runner")
    return {
        "pool": getattr(pool, "max_connections", None),
        "components": [type(getattr(shop.app, name, None)).__name__ for name in names],
        "conf": type(shop.app.conf).__module__,
        "engine": type(shop.app.conf).__mro__[-2].__module__,
    }


def main(report: str, where: str, *words: str) -> None:
    """Run the shop and write the report."""
    # The runner warns that it cannot handle signals in a thread.
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
        # pynenc's runners fail if their invocations are purged while they run.
        found["left"] = left_after_purge()
    Path(report).write_text(json.dumps(found | settings()), encoding="utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
