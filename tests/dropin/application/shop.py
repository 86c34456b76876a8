"""A small application that uses pynenc, configured by this library."""

from __future__ import annotations

import json
import os

from pynenc_conf import dropin

dropin.install()

# The drop-in must be installed before these imports.
from pynenc import Pynenc  # noqa: E402

# This library's class, which should also be pynenc's.
from pynenc_conf import RetryError  # noqa: E402

app = Pynenc(
    config_values=json.loads(os.environ.get("SHOP_VALUES", "null")),
    config_filepath=os.environ.get("SHOP_FILE"),
)
# In newer versions, a different decorator marks the first task of a workflow.
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
    """A task that is registered only once at a time, according to its configuration."""
    return number


@workflow
def order(prices: list[int]) -> int:
    """Add prices in a workflow."""
    # In newer versions only the first task of a workflow has this attribute.
    root = getattr(order.wf, "root", order.wf)
    total = 0
    for price in prices:
        total = root.execute_task(add, total, price).result
    order.wf.set_data("total", total)
    found: int = order.wf.get_data("total")
    return found
