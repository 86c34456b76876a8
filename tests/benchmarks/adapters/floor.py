"""The hand-written floor; see `tests/benchmarks/floor.py`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.benchmarks.floor import Field, Floor
from tests.benchmarks.sample import CATALOGUE, EIGHT, LIMITS, TASK_DEFAULTS, Spec

IMPORT = "import tests.benchmarks.floor"
PROCESS = (
    "from tests.benchmarks.floor import Field, Floor\n"
    f"fields = {{name: Field(value) for name, value in {EIGHT!r}.items()}}\n"
    "type('ConfigRedis', (Floor,), fields)(None, 'pynenc.yaml')"
)
DISTRIBUTIONS = ("pyyaml", "tomli")


def classes(specs: tuple[Spec, ...]) -> list[type]:
    """Make config classes."""
    made: list[type] = []
    for spec in specs:
        bases = tuple(made[index] for index in spec.bases) or (Floor,)
        fields = {
            name: Field(value, **LIMITS.get(name, {}))
            for name, value in spec.fields.items()
        }
        made.append(type(spec.name, bases, fields))
    return made


_catalogue = classes(CATALOGUE)[-1]
_task = classes((Spec("ConfigTask", (), TASK_DEFAULTS),))[-1]


def maker(values: dict[str, Any] | None, path: str | None) -> Callable[[], Any]:
    """Return a function that makes an instance of the class with 19 fields."""
    return lambda: _catalogue(values, path)


def task(task_id: str, path: str) -> Any:
    """Make the settings of a task."""
    return _task(None, path, task_id)
