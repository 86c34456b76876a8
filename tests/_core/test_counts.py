"""The cost of operations, counted instead of timed, and equal on every machine.

A profile hook counts every call of a Python function and of a function of the
interpreter. Limits on calls have some room, because versions of Python differ; calls
that access a file or parse one are counted exactly. Raise a limit only with a reason.
"""

from __future__ import annotations

import itertools
import json
import os
import subprocess
import sys
import warnings
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import Any

import pytest

import pynenc_conf
from pynenc_conf import (
    ConfigField,
    ConfigOrchestratorRedis,
    ConfigPynencBase,
    ConfigRedis,
    ConfigTask,
)
from pynenc_conf._core.sources import documents, request
from tests.test_imports import imported

# Functions of the interpreter that make a system call.
SYSTEM_CALLS = {"access", "fstat", "listdir", "lstat", "open", "read", "stat"}
EIGHT = {
    "redis_username": "someone",
    "redis_host": "cache.internal",
    "redis_port": 6380,
    "redis_db": 2,
    "socket_timeout": 2.5,
    "health_check_interval": 60,
    "max_pending_resolution_threads": 8,
    "redis_retry_base_delay_sec": 0.5,
}


class Counts:
    """The counts: calls of Python functions, and system calls by name."""

    def __init__(self) -> None:
        self.functions: Counter[str] = Counter()
        self.system: Counter[str] = Counter()

    @property
    def calls(self) -> int:
        """The number of calls of Python functions."""
        return self.functions.total()

    def see(self, frame: FrameType, event: str, argument: Any) -> None:
        """Count one event of `sys.setprofile`."""
        if event == "call":
            code = frame.f_code
            self.functions[f"{Path(code.co_filename).stem}.{code.co_name}"] += 1
        elif event == "c_call" and argument.__module__ in {"posix", "nt"}:
            name = argument.__name__
            self.system.update({name} & SYSTEM_CALLS)


def counted(work: Callable[[], object]) -> Counts:
    """Count the calls of a function when it runs a second time."""
    work()
    return counted_once(work)


def counted_once(work: Callable[[], object]) -> Counts:
    """Count the calls of a function."""
    counts = Counts()
    before = sys.getprofile()
    sys.setprofile(counts.see)
    try:
        work()
    finally:
        sys.setprofile(before)
    return counts


@pytest.fixture(autouse=True)
def _files_are_old(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make every file old enough to be trusted."""
    monkeypatch.setattr(documents, "_RACY_NS", -(10**18))


def yaml_text(values: dict[str, Any]) -> str:
    """Write flat settings as YAML."""
    return "".join(f"{name}: {value}\n" for name, value in values.items())


def wide(count: int) -> type[ConfigPynencBase]:
    """Make a class of many fields."""
    fields = {f"field_{number}": ConfigField(number) for number in range(count)}
    return type(ConfigPynencBase)("ConfigWide", (ConfigPynencBase,), fields)  # type: ignore[return-value]


def deep(classes: int) -> type[ConfigPynencBase]:
    """Make a chain of classes that have 64 fields in total."""
    cls: Any = ConfigPynencBase
    each = 64 // classes
    for level in range(classes):
        names = [f"field_{level * each + number}" for number in range(each)]
        fields = {name: ConfigField(0) for name in names}
        cls = type(ConfigPynencBase)(f"ConfigLevel{level}", (cls,), fields)
    return cls  # type: ignore[no-any-return]


def test_an_instance_of_defaults() -> None:
    """An instance costs one system call (for ./pyproject.toml) and few other calls."""
    counts = counted(ConfigOrchestratorRedis)
    assert counts.system == {"access": 1}
    assert counts.calls <= 13


def test_an_instance_from_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    """Unchanged variables are neither looked up nor converted again."""
    for name, value in EIGHT.items():
        monkeypatch.setenv(f"PYNENC__{name.upper()}", str(value))
    counts = counted(ConfigOrchestratorRedis)
    assert counts.system == {"access": 1}
    assert counts.calls <= 13


def test_an_instance_from_a_dict() -> None:
    """A dict is converted each time, with one call per value and no origins."""
    counts = counted(lambda: ConfigOrchestratorRedis(EIGHT))
    assert counts.system == {"access": 1}
    assert counts.calls <= 32
    assert counts.functions["origin.__init__"] == 0


MEMORY = """
import json, sys, tracemalloc
from pynenc_conf import ConfigOrchestratorRedis
given = json.loads(sys.argv[1])
ConfigOrchestratorRedis(given)
tracemalloc.start()
kept = [ConfigOrchestratorRedis(given) for _ in range(100)]
print(tracemalloc.get_traced_memory()[0] / len(kept))
"""


@pytest.mark.parametrize("given", [{}, EIGHT])
def test_the_memory_of_an_instance_from_a_dict(given: dict[str, object]) -> None:
    """An instance keeps each value once; what its layers have in common is shared.

    In a new process: attributes that other tests set make later instances larger.
    """
    command = [sys.executable, "-c", MEMORY, json.dumps(given)]
    # The environment of the library itself, in a folder without a pyproject.toml.
    path = {**os.environ, "PYTHONPATH": str(Path(pynenc_conf.__file__).parents[1])}
    done = subprocess.run(command, capture_output=True, text=True, check=True, env=path)
    assert 300 < float(done.stdout) <= 700


@pytest.mark.parametrize("name", ["pynenc.yaml", "pynenc.json", "pynenc.toml"])
def test_an_instance_from_an_unchanged_file(name: str) -> None:
    """An unchanged file costs one `stat`; nothing is opened, parsed or converted."""
    texts = {
        "pynenc.yaml": "redis_port: 1\n",
        "pynenc.json": '{"redis_port": 1}',
        "pynenc.toml": "redis_port = 1\n",
    }
    Path(name).write_text(texts[name], encoding="utf-8")
    counts = counted(lambda: ConfigOrchestratorRedis(None, name))
    assert counts.system == {"access": 1, "stat": 1}
    assert counts.calls <= 20
    assert counts.functions["origin.__init__"] == 0


def test_an_unrelated_pyproject() -> None:
    """An unrelated pyproject.toml costs one `stat` call; it is not parsed."""
    Path("pyproject.toml").write_text('[project]\nname = "x"\n', encoding="utf-8")
    counts = counted(ConfigOrchestratorRedis)
    assert counts.system == {"access": 1, "stat": 1}
    assert counts.calls <= 18


def test_two_files() -> None:
    """Each of two files is checked for a change; neither is checked again."""
    Path("pyproject.toml").write_text('[project]\nname = "x"\n', encoding="utf-8")
    Path("pynenc.yaml").write_text("redis_port: 1\n", encoding="utf-8")
    counts = counted(lambda: ConfigOrchestratorRedis(None, "pynenc.yaml"))
    assert counts.system == {"access": 1, "stat": 2}
    assert counts.calls <= 28


def test_two_young_files(set_trust: Callable[[bool], None]) -> None:
    """Each of two young files is read once; neither is read again to be checked."""
    set_trust(False)
    Path("pyproject.toml").write_text('[project]\nname = "x"\n', encoding="utf-8")
    Path("pynenc.yaml").write_text("redis_port: 1\n", encoding="utf-8")
    counts = counted(lambda: ConfigOrchestratorRedis(None, "pynenc.yaml"))
    assert counts.system["open"] == 2


def test_a_file_after_a_change_of_another() -> None:
    """If one of two files has changed, the file before it is checked again."""
    Path("pyproject.toml").write_text('[project]\nname = "x"\n', encoding="utf-8")
    sizes = itertools.count(1)

    def work() -> None:
        text = "redis_port: 1\n" + " " * next(sizes)
        Path("pynenc.yaml").write_text(text, encoding="utf-8")
        ConfigOrchestratorRedis(None, "pynenc.yaml")

    counts = counted(work)
    assert counts.system["stat"] == 1 + 2 + 1


def test_a_changed_file_is_opened_and_parsed_once() -> None:
    """A changed file is opened and parsed once for all classes and instances."""
    path = Path("pynenc.yaml")
    numbers = iter(range(10))

    def work() -> None:
        path.write_text(f"redis_db: {next(numbers)}\n", encoding="utf-8")
        os.utime(path, ns=(1, next(numbers)))
        for cls in (ConfigRedis, ConfigOrchestratorRedis) * 2:
            cls(None, path)

    counts = counted(work)
    assert counts.system["open"] == 1
    assert counts.functions["yaml.parse"] == 1
    assert counts.functions["documents._read"] == 1
    assert counts.functions["yaml.positions"] == 0


def test_fields_cost_nothing_by_themselves() -> None:
    """1,000 fields take as many calls as 10."""
    assert counted(wide(1000)).calls == counted(wide(10)).calls


def test_depth_costs_nothing() -> None:
    """64 fields take as many calls in 16 classes as in one."""
    assert counted(deep(16)).calls == counted(deep(1)).calls


def levels(count: int) -> type[ConfigPynencBase]:
    """Make a chain of classes with one field each."""
    cls: Any = ConfigPynencBase
    for level in range(count):
        fields = {f"field_{level}": ConfigField(0)}
        cls = type(ConfigPynencBase)(f"ConfigLevel{level}", (cls,), fields)
    return cls  # type: ignore[no-any-return]


@pytest.mark.parametrize("make", [levels, wide])
def test_a_class_costs_the_same_for_each_level_and_field(
    make: Callable[[int], type[ConfigPynencBase]],
) -> None:
    """A definition and its first instance take calls in proportion to their size."""
    ConfigRedis()  # imports what a first instance needs
    definitions, instances = [], []
    for count in (16, 32, 64):
        definitions.append(counted_once(lambda count=count: make(count)).calls)  # type: ignore[misc]
        instances.append(counted_once(make(count)).calls)
    for few, more, most in (definitions, instances):
        assert most - more <= 2.1 * (more - few)


def test_unrelated_variables_cost_no_calls(monkeypatch: pytest.MonkeyPatch) -> None:
    """The cost does not depend on unrelated variables in the environment."""
    few = counted(ConfigRedis).calls
    for number in range(300):
        monkeypatch.setenv(f"UNRELATED_{number}", "x")
    assert counted(ConfigRedis).calls == few


def test_tasks_of_one_file_are_linear() -> None:
    """Each task costs the same, whatever their number; the file is parsed once."""
    tasks = "".join(f"  mod.task_{n}: {{max_retries: {n % 7}}}\n" for n in range(400))
    Path("tasks.yaml").write_text(f"task:\n{tasks}", encoding="utf-8")

    def make(count: int) -> None:
        for number in range(count):
            task = ConfigTask(f"mod.task_{number}", None, "tasks.yaml")
            assert task.max_retries == number % 7

    counts = {count: counted(lambda count=count: make(count)) for count in (100, 400)}  # type: ignore[misc]
    assert counts[400].system == {"access": 400, "stat": 400}
    assert counts[400].functions["yaml.parse"] == 0
    each = (counts[400].calls - counts[100].calls) / 300
    assert each <= 125
    assert counts[100].calls <= 100 * each + 10


def test_assignment() -> None:
    """Converting, checking and recording an assignment takes few calls."""
    conf = ConfigRedis()
    for value in (1, "1"):
        counts = counted(lambda value=value: setattr(conf, "redis_port", value))  # type: ignore[misc]
        assert counts.calls <= 4
        assert not counts.system


def test_reading_calls_nothing() -> None:
    """A value is a plain attribute, so reading it calls nothing."""
    conf = ConfigRedis()
    assert counted(lambda: conf.redis_port).calls == 1  # the lambda


def test_positions_are_computed_on_request() -> None:
    """The index of positions of a file is built at the first request."""
    Path("pynenc.yaml").write_text(yaml_text(EIGHT), encoding="utf-8")
    conf = ConfigRedis(None, "pynenc.yaml")
    counts = Counts()
    sys.setprofile(counts.see)
    try:
        conf.explain()
        conf.explain("redis_host")
    finally:
        sys.setprofile(None)
    assert counts.functions["yaml.positions"] == 1
    assert counts.functions["yaml.parse"] == 0
    assert counts.system == {}


def test_modules_imported() -> None:
    """A class loads few modules, and its instances hardly any more."""
    code = "from pynenc_conf.config_orchestrator import ConfigOrchestratorRedis as C"
    # Each package counts as a module too.
    assert len(imported(code)) <= 50
    assert len(imported(f"{code}; C()") - imported(code)) <= 1


def test_modules_for_errors_are_loaded_by_an_error() -> None:
    """The code that compares names for suggestions is loaded only for an error."""
    code = "from pynenc_conf.config_orchestrator import ConfigOrchestratorRedis as C"
    assert "difflib" not in imported(f"{code}; C({{'redis_port': 1}})")


def sharing(count: int) -> list[type[ConfigPynencBase]]:
    """Make classes that read one file, with fields of similar names."""
    return [
        type(ConfigPynencBase)(
            f"ConfigShared{number}",
            (ConfigPynencBase,),
            {f"kettle_{number}": ConfigField(1)},
        )
        for number in range(count)
    ]  # type: ignore[return-value]


def search_calls(classes: list[Any], text: str, name: str) -> int:
    """Count the calls of the search when all classes read a new file."""
    Path(name).write_text(text, encoding="utf-8")
    counts = Counts()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        sys.setprofile(counts.see)
        try:
            for cls in classes:
                cls(None, name)
        finally:
            sys.setprofile(None)
    searching = ("suggestions.", "known_names.", "table._unknown", "request.first")
    return sum(n for name, n in counts.functions.items() if name.startswith(searching))


def test_the_search_of_a_file_is_limited_for_all_classes(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A file of unknown names is searched up to a limit, however many classes read."""
    monkeypatch.setattr(request, "_MAX_WORK", 20_000)
    text = "".join(f"kettla_{number}x: 1\n" for number in range(300))
    few, many = sharing(10), sharing(40)
    first = search_calls(few, text, "a.yaml")
    assert first > 100
    # Each class asks once whether it may search.
    assert search_calls(many, text + "a: 1\n", "b.yaml") <= first + 2 * len(many)


def test_sections_of_other_classes_cost_no_comparison() -> None:
    """What another class reads is known, and not compared with the names of a class."""
    for count in (20, 40):
        classes = sharing(count)
        text = "".join(
            f"shared{number}: {{kettle_{number}: 2}}\nkettle_{number}: 3\n"
            for number in range(count)
        )
        calls = search_calls(classes, text, f"c{count}.yaml")
        assert calls <= 6 * count * count
        per_class = calls / count
        assert per_class <= 3 * 2 * count


def test_a_long_mapping_is_not_searched() -> None:
    """A mapping of many keys costs each instance as much as a short one."""
    short: dict[str, Any] = {"redis_port": 1, "x": 1}
    long = short | {f"key_{number}": number for number in range(100_000)}
    few = counted(lambda: ConfigRedis(short))
    many = counted(lambda: ConfigRedis(long))
    assert many.calls <= few.calls + 5
    assert not many.functions["table.find_unknown_keys"]


def test_unknown_variables_are_searched_up_to_a_limit(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """An environment of unknown names is searched once, up to a limit for all."""
    monkeypatch.setattr(request, "_MAX_WORK", 20_000)
    for number in range(300):
        monkeypatch.setenv(f"PYNENC__KETTLA_{number}X", "1")
    few, many = sharing(10), sharing(40)
    first = search_calls(few, "a: 1\n", "d.yaml")
    monkeypatch.setenv("PYNENC__KETTLA_Y", "1")
    assert search_calls(many, "a: 1\n", "e.yaml") <= 2 * first + 10 * len(many)


def test_the_size_of_documents_that_are_kept_is_limited(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Documents are kept up to a total size, the newest always."""
    kept: dict[str, documents.Document] = {}
    monkeypatch.setattr(documents, "_cache", kept)
    monkeypatch.setattr(documents, "MAX_CACHED_BYTES", 1_000)
    for number in range(10):
        Path(f"{number}.yaml").write_text(f"a: {'x' * 300}\n", encoding="utf-8")
        documents.load(f"{number}.yaml")
        assert sum(len(d.data) for d in kept.values()) <= 1_000
    assert list(kept) == ["7.yaml", "8.yaml", "9.yaml"]
    Path("large.yaml").write_text(f"a: {'x' * 3000}\n", encoding="utf-8")
    documents.load("large.yaml")
    assert list(kept) == ["large.yaml"]
