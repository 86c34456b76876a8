"""A small shop on pynenc, whose configuration is this library's."""

from __future__ import annotations

import json
import os

from pynenc_conf import dropin

dropin.install()

# The drop-in must be in place before these.
from pynenc import Pynenc  # noqa: E402

# Ours, which is to be pynenc's.
from pynenc_conf import RetryError  # noqa: E402

app = Pynenc(
    config_values=json.loads(os.environ.get("SHOP_VALUES", "null")),
    config_filepath=os.environ.get("SHOP_FILE"),
)
# What begins a workflow has a decorator of its own in newer versions.
workflow = getattr(app, "workflow", app.task)


@app.task
def add(first: int, second: int) -> int:
    """Return a sum."""
    return first + second


@app.task
def flaky(failures: int) -> int:
    """Succeed after a number of failures; return how many there were."""
    retries: int = flaky.invocation.num_retries
    if retries < failures:
        raise RetryError
    return retries


@app.task
def single(number: int) -> int:
    """Be registered once at a time, as is configured."""
    return number


@workflow
def order(prices: list[int]) -> int:
    """Add prices up in a workflow."""
    # In newer versions only the task that begins the workflow has this.
    root = getattr(order.wf, "root", order.wf)
    total = 0
    for price in prices:
        total = root.execute_task(add, total, price).result
    order.wf.set_data("total", total)
    found: int = order.wf.get_data("total")
    return found
