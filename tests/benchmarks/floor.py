"""The floor: the least code that gives the same values.

It has no origins, located errors, hooks, containers or secrets; an invalid value
raises the exception of its type, or ValueError. Files and the environment are checked
for every instance, as in the library.
"""

from __future__ import annotations

import os
import time

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import Any

    Rank = tuple[int, int, int]
    Layers = list[tuple[Rank, dict[str, Any]]]
    # A type, the conversion to it, and the bounds, if it has any.
    Check = tuple[type, Callable[[Any], Any], float | None, float]

_ENVIRON_TYPE = type(os.environ)
_PREFIX = os.fsencode("PYNENC__")
_RACY_NS = 2_000_000_000
_TRUE = {"true", "yes", "on", "1"}


class Field:
    """A default that is read on the class; each instance has its own value."""

    def __init__(
        self, default: Any, ge: float | None = None, le: float = float("inf")
    ) -> None:
        self.default = default
        kind = type(default)
        # A value of the right type needs no call, only a comparison with its bounds.
        self.check: Check = (kind, _CONVERTERS[kind], ge, le)

    def __get__(self, instance: object, owner: type) -> Any:
        return self.default


class _Plan:
    """The data that every instance of a class needs."""

    def __init__(self, leaf: type[Floor]) -> None:
        scopes = list(_visited(leaf))
        fields = _fields(leaf)
        self.defaults = {name: field.default for name, field in fields.items()}
        self.checks = {name: field.check for name, field in fields.items()}
        self.sections: dict[str, int] = {}
        self.variables: dict[str, tuple[Rank, str]] = {}
        self.files = ["PYNENC__FILEPATH"]
        for index, cls in enumerate(scopes):
            self.sections.setdefault(cls.__name__.replace("Config", "").lower(), index)
            own = f"PYNENC__{cls.__name__.upper()}__"
            self.files.append(f"{own}FILEPATH")
            for name in _fields(cls):
                self.variables[f"{own}{name.upper()}"] = (index, 5, 1), name
        for name in self.defaults:
            self.variables[f"PYNENC__{name.upper()}"] = (len(scopes) - 1, 5, 0), name
        self.environment: tuple[dict[str, str] | None, Layers] = None, []
        self.tables: dict[tuple[str, int], tuple[Any, Layers]] = {}


class Floor:
    """A config class; its fields are `Field`s."""

    _plan: _Plan
    _checks: dict[str, Check]

    def __init__(  # noqa: C901 - straight down, as hand-written code is
        self,
        values: dict[str, Any] | None = None,
        path: str | None = None,
        task_id: str | None = None,
    ) -> None:
        try:
            plan = type(self).__dict__["_plan"]
        except KeyError:
            plan = type(self)._plan = _Plan(type(self))  # noqa: SLF001
            type(self)._checks = plan.checks  # noqa: SLF001
        variables = _environment()
        layers = _values_in_variables(plan, variables) if variables else []
        if variables and task_id is not None:
            layers = layers + _values_in_task_variables(plan, variables, task_id)
        if values:
            layers = layers + _table(plan, values, 0, task_id)
        if os.access("pyproject.toml", os.F_OK):
            layers = layers + _file(plan, "pyproject.toml", 1, task_id)
        if path:
            layers = layers + _file(plan, path, 2, task_id)
        if variables:
            for order, variable in enumerate(plan.files, 3):
                named = variables.get(variable)
                if named:
                    layers = layers + _file(plan, named, min(order, 4), task_id)
        merged = plan.defaults.copy()
        if layers:
            if len(layers) > 1:
                layers = sorted(layers, key=_rank)
            for _, layer_values in layers:
                merged.update(layer_values)
        _set_dict(self, merged)

    def __setattr__(self, name: str, value: Any) -> None:
        try:
            kind, convert, low, high = self._checks[name]
        except KeyError:
            object.__setattr__(self, name, value)
            return
        if type(value) is not kind:
            value = convert(value)
        if low is not None and not low <= value <= high:
            raise ValueError(value)
        self.__dict__[name] = value


_set_dict = vars(Floor)["__dict__"].__set__


def _rank(layer: tuple[Rank, dict[str, Any]]) -> Rank:
    return layer[0]


def _fields(cls: type) -> dict[str, Field]:
    found: dict[str, Field] = {}
    for base in reversed(cls.__mro__):
        found |= {name: it for name, it in vars(base).items() if type(it) is Field}
    return found


def _visited(cls: type[Floor]) -> Iterator[type[Floor]]:
    for base in cls.__bases__:
        if base is not Floor and issubclass(base, Floor):
            yield from _visited(base)
    yield cls


def _bool(raw: Any) -> bool:
    return raw.lower() in _TRUE if isinstance(raw, str) else bool(raw)


_CONVERTERS: dict[type, Callable[[Any], Any]] = {
    bool: _bool,
    int: int,
    float: float,
    str: str,
}

# The latest copy of the data of os.environ, and the variables found in it.
_seen: tuple[dict[Any, Any], dict[str, str]] = {}, {}


def _environment() -> dict[str, str]:
    global _seen  # noqa: PLW0603 - both at once, so that threads cannot mix them
    environ: Any = os.environ
    if type(environ) is not _ENVIRON_TYPE:  # a test's
        return {key: environ[key] for key in environ if key.startswith("PYNENC__")}
    raw = environ._data  # noqa: SLF001 - one compare instead of a lookup per name
    snapshot, found = _seen
    if raw == snapshot:
        return found
    snapshot = raw.copy()
    found = {
        environ.decodekey(key): environ.decodevalue(value)
        for key, value in snapshot.items()
        if key.startswith(_PREFIX)
    }
    _seen = snapshot, found
    return found


def _values_in_variables(plan: _Plan, variables: dict[str, str]) -> Layers:
    known, layers = plan.environment
    if known is not variables:
        ranked: dict[Rank, dict[str, Any]] = {}
        for variable, text in variables.items():
            if variable in plan.variables:
                rank, name = plan.variables[variable]
                ranked.setdefault(rank, {})[name] = text
        layers = [(rank, _converted(plan, texts)) for rank, texts in ranked.items()]
        plan.environment = variables, layers
    return layers


def _values_in_task_variables(
    plan: _Plan, variables: dict[str, str], task_id: str
) -> Layers:
    own = f"PYNENC__CONFIGTASK__{task_id.replace('.', '#').upper()}__"
    table = {name: variables.get(own + name.upper()) for name in plan.defaults}
    values = {name: text for name, text in table.items() if text is not None}
    return [((0, 5, 2), _converted(plan, values))]


def _converted(plan: _Plan, table: dict[str, Any]) -> dict[str, Any]:
    checks, values = plan.checks, {}
    for name, raw in table.items():
        if name in checks:
            kind, convert, low, high = checks[name]
            value = raw if type(raw) is kind else convert(raw)
            if low is not None and not low <= value <= high:
                raise ValueError(value)
            values[name] = value
    return values


def _table(
    plan: _Plan, table: dict[str, Any], order: int, task_id: str | None
) -> Layers:
    layers: Layers = [((0, order, 0), _converted(plan, table))]
    if not plan.sections.keys().isdisjoint(table):
        for section, index in plan.sections.items():
            inner = table.get(section)
            if isinstance(inner, dict):
                layers.append(((index, order, 1), _converted(plan, inner)))
    if task_id is not None:
        layers += _task_tables(plan, table, order, task_id)
    return layers


def _task_tables(
    plan: _Plan, table: dict[str, Any], order: int, task_id: str
) -> Layers:
    return [
        ((index, order, 2), _converted(plan, table[section][task_id]))
        for section, index in plan.sections.items()
        if section in table and task_id in table[section]
    ]


def _file(plan: _Plan, path: str, order: int, task_id: str | None) -> Layers:
    tree = _load(path)
    known = plan.tables.get((path, order))
    if known is None or known[0] is not tree:
        known = plan.tables[path, order] = tree, _table(plan, tree, order, None)
    if task_id is None:
        return known[1]
    return known[1] + _task_tables(plan, tree, order, task_id)


_files: dict[str, tuple[Any, bytes, dict[str, Any]]] = {}


def _load(path: str) -> dict[str, Any]:
    known = _files.get(path)
    now = os.stat(path)  # noqa: PTH116 - the floor
    signature = (now.st_mtime_ns, now.st_ctime_ns, now.st_size, now.st_ino, now.st_dev)
    if known is not None and known[0] == signature:
        return known[2]
    with open(path, "rb", 0) as file:  # noqa: PTH123 - the floor
        data = file.read()
    if time.time_ns() - max(now.st_mtime_ns, now.st_ctime_ns) < _RACY_NS:
        signature = ()
    same = known is not None and known[1] == data
    tree = known[2] if known is not None and same else _parse(path, data)
    _files[path] = signature, data, tree
    return tree


def _parse(path: str, data: bytes) -> dict[str, Any]:
    # Imported only when needed, as any library would do.
    if path.endswith(".yaml"):
        import yaml  # noqa: PLC0415

        tree: dict[str, Any] = yaml.load(data, yaml.CSafeLoader) or {}
    else:
        import tomli  # noqa: PLC0415

        tree = tomli.loads(data.decode())
    if path.endswith("pyproject.toml"):
        tree = tree.get("tool", {}).get("pynenc", {})
    return tree
