"""The measurements: the rows of the table, each with its target.

A row lists files and variables. `build` turns the row into a `Case` for one library, in
the process of that library.
"""

from __future__ import annotations

import itertools
import os
import subprocess
import sys
import threading
import time
import tracemalloc
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from timeit import Timer
from typing import Any

from tests.benchmarks import sample

Values = dict[str, Any]

# More rounds than any run requests.
MANY = 1000


class NotOffered(Exception):  # noqa: N818 - an answer, not an error
    """Raised when a library cannot do what a row measures."""


@dataclass
class Case:
    """The work of one library for a row: `found` is compared, `sample(n)` is timed.

    `sample` does the work `n` times and returns the duration (or size) of one time.
    """

    found: Any
    sample: Callable[[int], float]


@dataclass(frozen=True, eq=False)
class Row:
    """One line of the table.

    - `aim`: the maximum multiple of the floor; for "rate" a minimum, for "B" a maximum.
    - `unit`: "s" for a duration, "B" for bytes, "rate" for a quotient of rates.
    - `rounds`: maximum number of samples of each library.
    - `only`: the libraries that are measured; empty for all.
    """

    name: str
    title: str
    aim: float | None
    build: Callable[[Any], Case]
    expected: Any = None
    files: dict[str, Callable[[], str]] = field(default_factory=dict)
    variables: dict[str, str] = field(default_factory=dict)
    unit: str = "s"
    rounds: int = MANY
    only: tuple[str, ...] = ()


def repeated(run: Callable[[], object]) -> Callable[[int], float]:
    """Return a function that measures repeated calls."""
    return lambda count: Timer(run).timeit(count) / count


def prepared(
    run: Callable[[], object], prepare: Callable[[], None]
) -> Callable[[int], float]:
    """Return a function that measures calls, each after an unmeasured preparation."""

    def sample_of(count: int) -> float:
        spent = 0.0
        for _ in range(count):
            prepare()
            start = time.perf_counter()
            run()
            spent += time.perf_counter() - start
        return spent / count

    return sample_of


def changing(path: str) -> Callable[[], None]:
    """Return a function that changes the bytes of a file but not its values."""
    text = Path(path).read_text(encoding="utf-8")
    numbers = itertools.count()

    def change() -> None:
        Path(path).write_text(f"# {next(numbers)}\n{text}", encoding="utf-8")

    return change


def offered(adapter: Any, name: str) -> Any:
    """Return a function of an adapter, or raise NotOffered."""
    try:
        return getattr(adapter, name)
    except AttributeError:
        raise NotOffered from None


def values_of(instance: Any, names: Values) -> Values:
    """Return the values of fields."""
    return {name: getattr(instance, name) for name in names}


def instance(
    adapter: Any,
    *,
    values: Values | None = None,
    path: str | None = None,
    cold: bool = False,
    explained: bool = False,
) -> Case:
    """Make an instance of the class with 19 fields; explain it, if the library can."""
    make = offered(adapter, "maker")(values, path)
    explain = getattr(adapter, "explain", None) if explained else None
    run = make if explain is None else lambda: explain(make())
    timed = prepared(run, changing(str(path))) if cold else repeated(run)
    return Case(values_of(make(), sample.DEFAULTS), timed)


def changing_variable(adapter: Any) -> Case:
    """Make an instance after each change of a variable."""
    make = offered(adapter, "maker")(None, None)
    numbers = itertools.count(1)

    def change() -> None:
        os.environ["PYNENC__REDIS_PORT"] = str(next(numbers) % 2 + 1)

    change()
    change()
    found = values_of(make(), sample.DEFAULTS)
    return Case(found, prepared(make, change))


def of_classes(adapter: Any, *, specs: tuple[sample.Spec, ...]) -> Case:
    """Make an instance of the last of several classes."""
    make = offered(adapter, "classes")(specs)[-1]
    names = {name: value for spec in specs for name, value in spec.fields.items()}
    return Case(values_of(make(), names), repeated(make))


def definition(adapter: Any) -> Case:
    """Define the three classes."""
    define = partial(offered(adapter, "classes"), sample.CATALOGUE)
    return Case(values_of(define()[-1](), sample.DEFAULTS), repeated(define))


def statement(adapter: Any, *, code: str) -> Case:
    """Run a statement on an instance."""
    made = offered(adapter, "maker")(None, None)()
    timer = Timer(code, globals={"conf": made})
    timer.timeit(1)
    return Case(made.redis_port, lambda count: timer.timeit(count) / count)


def tasks(adapter: Any, *, items: int) -> Case:
    """Make the settings of many tasks from one file that has just been written."""
    make = offered(adapter, "task")
    change = changing("tasks.yaml")
    # If each item parses the whole file, two items are enough.
    items = min(items, getattr(adapter, "TASKS_AT_MOST", items))

    def make_all() -> None:
        for number in range(items):
            make(sample.task_id(number), "tasks.yaml")

    once = prepared(make_all, change)
    found = values_of(make(sample.task_id(1), "tasks.yaml"), sample.TASK_DEFAULTS)
    return Case(found, lambda count: once(count) / items)


def importing(adapter: Any) -> Case:
    """Import the library in a new interpreter; count the modules."""
    code = (
        "import os, sys; from time import perf_counter as now\n"
        f"before = len(sys.modules); start = now(); {adapter.IMPORT}\n"
        "print(now() - start, len(sys.modules) - before)"
    )

    def run() -> list[str]:
        command = [sys.executable, "-P", "-c", code]
        return subprocess.run(
            command, check=True, capture_output=True, text=True
        ).stdout.split()

    run()  # compiles modules that have no cached bytecode yet
    times = (float(run()[0]) for _ in itertools.count())
    return Case({"modules": int(run()[1])}, lambda _: next(times))


def process(adapter: Any) -> Case:
    """Make one instance from a YAML file in a new interpreter, from start to end."""
    command = [sys.executable, "-P", "-c", offered(adapter, "PROCESS")]

    def run(_: int) -> float:
        start = time.perf_counter()
        subprocess.run(command, check=True)
        return time.perf_counter() - start

    run(1)  # compiles modules that have no cached bytecode yet
    make = offered(adapter, "maker")(None, "pynenc.yaml")
    return Case(values_of(make(), sample.DEFAULTS), run)


def within(make: Callable[[], object], seconds: float, *, maximum: int) -> int:
    """Return the number of calls that fit into a duration, a multiple of 8."""
    make()
    fitting = seconds / Timer(make).timeit(2) * 2
    return max(8, int(min(fitting, maximum)) // 8 * 8)


def memory(adapter: Any, *, values: Values | None = None) -> Case:
    """Keep 10,000 instances, or fewer if they take too long."""
    make = offered(adapter, "maker")(values, None)
    count = within(make, 0.5, maximum=10_000)

    def measured(_: int) -> float:
        tracemalloc.start()
        before = tracemalloc.get_traced_memory()[0]
        kept = [make() for _ in range(count)]
        used = tracemalloc.get_traced_memory()[0] - before
        tracemalloc.stop()
        return used / len(kept)

    return Case(None, measured)


def threads(adapter: Any) -> Case:
    """Make instances in 8 threads, and the same number in one thread."""
    make = offered(adapter, "maker")(None, None)
    maximum = within(make, 0.1, maximum=4_000)
    failures: list[BaseException] = []

    def work(count: int) -> None:
        try:
            for _ in range(count):
                make()
        except BaseException as error:  # noqa: BLE001 - raised below
            failures.append(error)

    def spent(workers: int, count: int) -> float:
        group = [
            threading.Thread(target=work, args=(count // workers,))
            for _ in range(workers)
        ]
        start = time.perf_counter()
        for thread in group:
            thread.start()
        for thread in group:
            thread.join()
        return time.perf_counter() - start

    def rate(_: int) -> float:
        quotient = spent(1, maximum) / spent(8, maximum)
        if failures:
            raise failures[0]
        return quotient

    return Case(None, rate)


EIGHT_VALUES = sample.DEFAULTS | sample.EIGHT
CISTELLS = ("floor", "ours", "upstream", "cistell")


def _eight(
    name: str, title: str, path: str, text: str, cold_aim: float
) -> tuple[Row, Row]:
    build = partial(instance, path=path)
    cold = partial(build, cold=True)
    rest: Any = {"expected": EIGHT_VALUES, "files": {path: lambda: text}}
    return (
        Row(f"{name}-cold", f"{title} of 8, cold", cold_aim, cold, **rest),
        Row(f"{name}-warm", f"{title} of 8, warm", 2.5, build, **rest),
    )


def _all(name: str, title: str, aim: float, *, cold: bool) -> Row:
    return Row(
        name,
        title,
        aim,
        partial(instance, values=sample.ALL_VALUES, path="pynenc.yaml", cold=cold),
        expected=sample.ALL_EXPECTED,
        files={
            "pyproject.toml": lambda: sample.ALL_PYPROJECT,
            "pynenc.yaml": lambda: sample.ALL_FILE,
            "environment.toml": lambda: sample.ALL_ENV_FILE,
        },
        variables=sample.ALL_VARIABLES,
        only=CISTELLS,
    )


def _tasks(count: int, aim: float, *, only: tuple[str, ...], rounds: int) -> Row:
    return Row(
        f"tasks-{count}",
        f"{count:,} tasks of one YAML file, per task",
        aim,
        partial(tasks, items=count),
        expected=sample.task_values(1),
        files={"tasks.yaml": lambda: sample.tasks_text(count)},
        rounds=rounds,
        only=only,
    )


def _fields(name: str, title: str, specs: tuple[sample.Spec, ...]) -> Row:
    expected = {name: value for spec in specs for name, value in spec.fields.items()}
    return Row(name, title, 2.5, partial(of_classes, specs=specs), expected=expected)


def _big(
    name: str, title: str, aim: float, *, cold: bool, explained: bool = False
) -> Row:
    return Row(
        name,
        title,
        aim,
        partial(instance, path="big.yaml", cold=cold, explained=explained),
        expected=EIGHT_VALUES,
        files={"big.yaml": lambda: sample.big_text(5_000_000)},
        rounds=2 if cold else MANY,
        only=("floor", "ours"),
    )


def _statement(name: str, title: str, aim: float, code: str, port: int) -> Row:
    return Row(name, title, aim, partial(statement, code=code), expected=port)


ROWS = (
    Row("import", "import", None, importing, rounds=9),
    Row("defaults", "defaults", 2.5, instance, expected=sample.DEFAULTS),
    Row(
        "environment",
        "8 variables",
        2.5,
        instance,
        expected=EIGHT_VALUES,
        variables=sample.variables(sample.EIGHT),
    ),
    Row(
        "environment-changed",
        "a variable changes each time",
        2,
        changing_variable,
        expected=sample.DEFAULTS | {"redis_port": 1},
        variables={"PYNENC__REDIS_PORT": "1"},
    ),
    Row(
        "dict",
        "dict of 8",
        2.3,
        partial(instance, values=sample.EIGHT),
        expected=EIGHT_VALUES,
    ),
    *_eight("yaml", "YAML", "pynenc.yaml", sample.yaml_text(sample.EIGHT), 1.4),
    *_eight("toml", "TOML", "pynenc.toml", sample.toml_text(sample.EIGHT), 1.5),
    Row(
        "pyproject",
        "an unrelated pyproject.toml",
        1.35,
        instance,
        expected=sample.DEFAULTS,
        files={"pyproject.toml": sample.unrelated_pyproject},
        only=CISTELLS,
    ),
    _all("all-cold", "all sources, cold", 1.6, cold=True),
    _all("all-warm", "all sources, warm", 2.1, cold=False),
    _statement("read", "attribute read", 1.2, "conf.redis_port", 6379),
    _statement("assign-text", "assignment from text", 1.4, "conf.redis_port = '1'", 1),
    _statement("assign", "assignment of the right type", 1.6, "conf.redis_port = 1", 1),
    _tasks(1_000, 0.9, only=CISTELLS, rounds=5),
    _tasks(10_000, 0.6, only=("floor", "ours"), rounds=3),
    _fields("fields-10", "10 fields", sample.wide(10)),
    _fields("fields-100", "100 fields", sample.wide(100)),
    _fields("fields-1000", "1,000 fields", sample.wide(1000)),
    _fields("depth-1", "64 fields in 1 class", sample.deep(1)),
    _fields("depth-4", "64 fields in 4 classes", sample.deep(4)),
    _fields("depth-16", "64 fields in 16 classes", sample.deep(16)),
    Row("define", "definition of 3 classes", 1.7, definition, expected=sample.DEFAULTS),
    Row("memory", "memory of an instance", 700, memory, unit="B", rounds=2),
    Row(
        "memory-dict",
        "memory of an instance from a dict of 8",
        700,
        partial(memory, values=sample.EIGHT),
        unit="B",
        rounds=2,
    ),
    Row("threads", "8 threads / 1 thread", 0.4, threads, unit="rate", rounds=7),
    Row(
        "process",
        "a process that makes one instance from YAML",
        1.2,
        process,
        expected=EIGHT_VALUES,
        files={"pynenc.yaml": lambda: sample.yaml_text(sample.EIGHT)},
        rounds=9,
    ),
    _big("big-cold", "a 5 MB YAML file, cold", 0.8, cold=True),
    _big("big-explained", "the same, and the origins", 1.4, cold=True, explained=True),
    _big("big-warm", "a 5 MB YAML file, warm", 2.5, cold=False),
)
