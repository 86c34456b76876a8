"""Threads and asyncio tasks that use the same classes do not disturb each other.

`test_interleavings.py` tests events in the middle of an operation.
"""

from __future__ import annotations

import asyncio
import copy
import os
import pickle
import subprocess
import sys
import warnings
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from pynenc_conf import (
    ConfigField,
    ConfigOrchestratorRedis,
    ConfigPynencBase,
    ConfigRedis,
    ConfigTask,
    ConfigTypeError,
)
from pynenc_conf._core.declare.plan import plan_of
from pynenc_conf._core.formats import json
from pynenc_conf._core.report import suggestions
from tests.threads import TIMEOUT, run_in_thread, run_together

ROOT = Path(__file__).parents[2]
MANY = 64


class ConfigLists(ConfigPynencBase):
    """Settings whose values can be changed in place."""

    names: ConfigField[list[str]] = ConfigField(["a"])
    kinds: ConfigField[frozenset[str]] = ConfigField(frozenset({"x", "y"}))


@pytest.fixture
def _sources(monkeypatch: pytest.MonkeyPatch) -> None:
    """Set a value in each kind of source."""
    text = "redis: {redis_port: 7}\ntask: {max_retries: 3, m.t: {max_retries: 4}}\n"
    Path("pynenc.yaml").write_text(text, encoding="utf-8")
    Path("own.toml").write_text("socket_timeout = 3.5\n", encoding="utf-8")
    monkeypatch.setenv("PYNENC__REDIS_HOST", "cache-1")
    monkeypatch.setenv("PYNENC__CONFIGREDIS__FILEPATH", "own.toml")
    monkeypatch.setenv("PYNENC__NAMES", "b,c")


def use_instances(number: int, shared: ConfigOrchestratorRedis) -> list[object]:
    """Use every operation of instances and return the results."""
    conf = ConfigOrchestratorRedis({"redis_db": number}, "pynenc.yaml")
    results: list[object] = [repr(conf), conf.explain(), conf.explain("redis_port")]
    before, mark = copy.copy(conf), hash(conf)
    conf.redis_db = number + 1000
    with pytest.raises(ConfigTypeError) as caught:
        conf.redis_port = f"port {number}"  # type: ignore[assignment] # on purpose
    results += [str(caught.value), conf.explain("redis_db"), conf == before]
    results += [mark == hash(before), before.redis_db, hash(conf) == hash(before)]
    loaded = pickle.loads(pickle.dumps(conf))
    results += [loaded == conf, loaded.explain(), copy.deepcopy(conf).explain()]
    with ConfigRedis.override(redis_port=number + 1):
        with ConfigOrchestratorRedis.override(redis_db=number + 2):
            inner = ConfigOrchestratorRedis(None, "pynenc.yaml")
            results += [inner.explain("redis_port"), inner.redis_db]
        results += [ConfigRedis(None, "pynenc.yaml").redis_port]
    results += [ConfigRedis(None, "pynenc.yaml").redis_port]
    lists = ConfigLists()
    lists.names.append(str(number))
    results += [repr(lists), ConfigLists.names]
    task = ConfigTask(("m.t", "other")[number % 2], {"call_result_cache": True})
    results += [task.explain(), ConfigTask("m.t", None, "pynenc.yaml").max_retries]
    with pytest.raises(ConfigTypeError) as caught:
        ConfigRedis({"redis_db": f"db {number}", "redis_port": number - MANY})
    results += [str(caught.value), shared.explain(), hash(shared), shared == before]
    return results


@pytest.mark.usefixtures("_sources")
@pytest.mark.parametrize("trusted", [True, False], ids=["trusted", "young"])
def test_threads_get_the_results_of_a_single_thread(
    trusted: bool,  # noqa: FBT001
    set_trust: Callable[[bool], None],
) -> None:
    """Each operation has the same result in 64 threads at once as in one thread."""
    set_trust(trusted)
    shared = ConfigOrchestratorRedis(None, "pynenc.yaml")
    alone = [use_instances(number, shared) for number in range(MANY)]
    # No positions are known yet, so many threads request the first line number.
    shared = ConfigOrchestratorRedis(None, "pynenc.yaml")

    def work(number: int) -> list[list[object]]:
        return [use_instances(number, shared) for _ in range(4)]

    given = run_together(partial(work, number) for number in range(MANY))
    assert given == [[one] * 4 for one in alone]


@pytest.mark.usefixtures("_sources")
def test_readers_during_an_assignment() -> None:
    """Readers of an instance under assignment see the old value or the new one."""
    shared = ConfigOrchestratorRedis(None, "pynenc.yaml")
    uses: list[Callable[[], object]] = [
        lambda: copy.copy(shared).redis_db,
        lambda: pickle.loads(pickle.dumps(shared)).redis_db,
        lambda: shared.field_info("redis_db").value,
        lambda: shared.safe_dict()["redis_db"],
        lambda: int(repr(shared).partition("redis_db=")[2].partition(",")[0]),
        lambda: hash(shared) and shared.redis_db,
    ]

    def assign() -> None:
        for number in range(500):
            shared.redis_db = number

    def read(use: Callable[[], object]) -> set[object]:
        return {use() for _ in range(200)}

    _, *seen = run_together([assign, *(partial(read, use) for use in uses * 2)])
    assert all(values <= set(range(500)) for values in seen)


def family() -> list[type[Any]]:
    """Make classes that have not been used yet."""

    class ConfigOld(ConfigPynencBase):
        size = ConfigField(1)
        wide: ConfigField[int] = ConfigField(2)

    class ConfigChild(ConfigOld):
        size = ConfigField(3)
        long = ConfigField(4)

    class ConfigGrandchild(ConfigChild):
        size = 5  # type: ignore[assignment] # a new default

    return [ConfigOld, ConfigChild, ConfigGrandchild]


def test_first_use_by_many_threads() -> None:
    """A class whose first use is by 64 threads at once is planned correctly."""
    for _ in range(20):
        classes = family()
        functions = [partial(lambda cls: (cls(), plan_of(cls)), cls) for cls in classes]
        given = run_together((functions * MANY)[:MANY])
        for cls, size in zip(classes, (1, 3, 5), strict=True):
            mine = [pair for pair in given if type(pair[0]) is cls]
            assert {conf.size for conf, _ in mine} == {size}
            assert {id(plan) for _, plan in mine} == {id(plan_of(cls))}


def test_a_new_default_while_others_instantiate() -> None:
    """An instance has a default that was current while the instance was created."""

    class ConfigDefault(ConfigPynencBase):
        size = ConfigField(0)

    class ConfigHeir(ConfigDefault):
        own = ConfigField(0)

    begun = ended = 0

    def assign() -> None:
        nonlocal begun, ended
        for number in range(1, 200):
            begun = number
            ConfigDefault.size = number
            ended = number

    def read() -> None:
        while ended < 199:
            oldest = ended
            size = ConfigHeir().size
            assert oldest <= size <= begun

    run_together([assign, *[read] * 8])
    assert ConfigHeir().size == 199


class ConfigPair(ConfigPynencBase):
    """Two settings that a thread changes one after the other."""

    left = ConfigField(0)
    right = ConfigField(0)


def test_an_instance_has_one_state_of_the_environment() -> None:
    """An instance reads all variables as they were at one moment."""
    before = os.environ.copy()
    ended = False

    def write() -> None:
        nonlocal ended
        for number in range(1, 300):
            os.environ["PYNENC__LEFT"] = str(number)
            os.environ[f"PYNENC__OTHER_{number}"] = "x"
            os.environ["PYNENC__RIGHT"] = str(number)
            os.environ.pop(f"PYNENC__OTHER_{number - 9}", None)
        ended = True

    def read() -> None:
        last = 0
        while not ended:
            conf = ConfigPair()
            assert conf.left - conf.right in {0, 1}
            assert conf.left >= last
            last = conf.left

    try:
        run_together([write, *[read] * 8])
        assert (ConfigPair().left, ConfigPair().right) == (299, 299)
    finally:
        os.environ.clear()
        os.environ.update(before)


def warnings_of(functions: list[Callable[[], object]]) -> list[str]:
    """Run the functions in parallel threads and return their warnings."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        run_together(functions)
    return sorted(str(warning.message).partition("\n")[0] for warning in caught)


def test_a_misspelled_name_warns_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """A misspelled name warns once even if many threads parse the file at once."""
    monkeypatch.setattr(suggestions, "_warned", {})  # other tests misspell names too
    Path("misspelled.json").write_text('{"redis_prot": 1}', encoding="utf-8")
    monkeypatch.setenv("PYNENC__REDIS_HOTS", "x")
    values = {"redis": {"redis_dbb": 1}}
    parsing = iter(range(2))
    original = json.parse

    def parse(text: str) -> Any:
        # The second thread gets equally far before the first continues.
        if next(parsing, None) == 0:
            run_in_thread(lambda: ConfigRedis(None, "misspelled.json"))
        return original(text)

    monkeypatch.setattr(json, "parse", parse)
    made = [lambda: ConfigRedis(values, "misspelled.json")] * MANY
    assert warnings_of(made) == [
        "unknown setting 'PYNENC__REDIS_HOTS'; did you mean 'PYNENC__REDIS_HOST'?",
        "unknown setting 'redis_dbb'; did you mean 'redis_db'?",
        "unknown setting 'redis_prot'; did you mean 'redis_port'?",
    ]
    Path("misspelled.json").write_text('{"redis_prot": 2}', encoding="utf-8")
    assert len(warnings_of(made)) == 1  # Different content has a different origin.


def test_tasks_have_their_own_overrides() -> None:
    """Tasks that are switched inside `override` see their own overrides."""

    async def work(number: int) -> None:
        for step in range(5):
            with ConfigRedis.override(redis_db=number):
                await asyncio.sleep(0)
                with ConfigRedis.override(redis_port=step + 1):
                    conf = await asyncio.to_thread(ConfigRedis)
                    assert (conf.redis_db, conf.redis_port) == (number, step + 1)
                await asyncio.sleep(0)
                assert ConfigRedis() == ConfigRedis({"redis_db": number})
            assert ConfigRedis().redis_db == 0

    async def all_of_them() -> None:
        async with asyncio.TaskGroup() as group:
            for number in range(1, 33):
                group.create_task(work(number))

    asyncio.run(all_of_them())


FORKING = """
import os, sys, threading
from pynenc_conf import ConfigOrchestratorRedis
sys.setswitchinterval(1e-6)

def make():
    return ConfigOrchestratorRedis({"redis_db": 3}, "pynenc.yaml").explain()

expected, ended = make(), False

def busy():
    while not ended:
        make()

threads = [threading.Thread(target=busy) for _ in range(8)]
for thread in threads:
    thread.start()
codes = []
for _ in range(30):
    child = os.fork()
    if child == 0:
        os._exit(make() != expected)
    codes.append(os.waitpid(child, 0)[1])
ended = True
print(codes == [0] * 30)
"""


@pytest.mark.usefixtures("_sources")
def test_fork_while_threads_instantiate() -> None:
    """A child forked while threads instantiate continues, because no lock is held."""
    command = [sys.executable, "-W", "ignore::DeprecationWarning", "-c", FORKING]
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        command, env=environment, capture_output=True, check=True, timeout=TIMEOUT
    )
    assert done.stdout == b"True\n"
