"""What announcing and reading workers costs: `python -m tests.benchmarks.fleet`.

Starts a real server on loopback, and simulates 10, 1,000 and 10,000 workers.
"""

from __future__ import annotations

import io
import itertools
import json
import sys
import time
import tracemalloc
from collections.abc import Callable, Iterator
from typing import Any

from rich.console import Console

from pynenc_conf import ConfigBrokerRedis, ConfigOrchestratorRedis
from pynenc_conf._tools.fleet.layout import Layout
from pynenc_conf.fleet import members, report
from pynenc_conf.fleet._announcement import Record
from pynenc_conf.fleet._record import record_key
from tests.redis.conftest import Server

SIZES = (10, 1_000, 10_000)
DIFFERENT = 7
"""Workers whose configuration differs from the others'."""


def configs(host: str) -> list[Any]:
    """Return the configurations of a worker, with a few settings each."""
    values = {"redis_host": host, "redis_password": "secret", "redis_db": 2}
    return [ConfigOrchestratorRedis(values), ConfigBrokerRedis(values)]


def fastest(*functions: Callable[[], object], repeats: int = 300) -> list[float]:
    """Return the shortest time of each function, in seconds; called by turns."""
    times = [float("inf")] * len(functions)
    for _ in range(repeats):
        for index, function in enumerate(functions):
            begin = time.perf_counter()
            function()
            times[index] = min(times[index], time.perf_counter() - begin)
    return times


def measure_announcing(client: Any) -> Iterator[str]:
    """Compare a refresh with the same commands of redis-py alone."""
    record = Record(configs("prod"), "shop", "a", 60.0, None)
    pipeline = client.pipeline()
    record.write(pipeline)
    pipeline.execute()
    fields = client.hgetall(record_key("shop", "a"))

    def refresh() -> None:
        pipeline = client.pipeline()
        record.write(pipeline)
        pipeline.execute()

    def bare() -> None:
        pipeline = client.pipeline(transaction=False)
        pipeline.hset("bare", mapping=fields)
        pipeline.expire("bare", 60)
        pipeline.execute()

    def first() -> None:
        Record(configs("prod"), "shop", "a", 60.0, None)

    ours, floor, creation = fastest(refresh, bare, first)
    size = sum(len(name) + len(value) for name, value in fields.items())
    yield f"a record of two classes, three settings each: {size} bytes"
    yield (
        f"refresh {ours * 1e6:.0f} us, HSET + EXPIRE of the same size "
        f"{floor * 1e6:.0f} us: {ours / floor:.2f} times"
    )
    yield f"creating configs and record, once for each worker: {creation * 1e6:.0f} us"


def fill(client: Any, size: int) -> None:
    """Write the records of many workers."""
    client.flushdb()
    right = Record(configs("prod"), "shop", "a", 3600.0, None)
    wrong = Record(configs("localhost"), "shop", "a", 3600.0, None)
    pipeline = client.pipeline(transaction=False)
    for number in range(size):
        record = wrong if number < DIFFERENT else right
        record.key = record_key("shop", f"worker-{number:05}")
        record.write(pipeline)
        if len(pipeline) >= 1_000:
            pipeline.execute()
    pipeline.execute()


def measure_reading(client: Any, size: int) -> Iterator[str]:
    """Measure the time, the memory and the length of a report."""
    fill(client, size)
    begin = time.perf_counter()
    found = report(members(client, "shop"))
    seconds = time.perf_counter() - begin
    data = len(json.dumps(found.as_dict()))
    tracemalloc.start()
    report(members(client, "shop"))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    out = io.StringIO()
    Console(file=out, width=80).print(*Layout("shop").report(found), sep="\n")
    lines = len(out.getvalue().splitlines())
    assert [len(group.workers) for group in found.groups] in (
        [size - DIFFERENT, DIFFERENT],
        [DIFFERENT, size - DIFFERENT],
    )
    yield (
        f"{size:>6,} workers: {seconds:.2f} s, {seconds / size * 1e6:.0f} us each, "
        f"peak {peak / 2**20:.1f} MiB, {lines} lines, {data:,} bytes of JSON"
    )


def main() -> None:
    """Start a server, measure, and stop the server."""
    server = Server()
    server.start()
    try:
        with server.client() as client:
            lines = [measure_announcing(client)]
            lines += [measure_reading(client, size) for size in SIZES]
            for line in itertools.chain(*lines):
                sys.stdout.write(f"{line}\n")
    finally:
        server.stop()


if __name__ == "__main__":
    main()
