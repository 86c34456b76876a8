"""Threads and asyncio tasks that use the same classes do not disturb each other.

What happens at one moment in the middle of something is in `test_interleavings.py`.
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
from pynenc_conf._core.sources import documents
from tests.threads import PATIENCE, elsewhere, together

ROOT = Path(__file__).parents[2]
MANY = 64


class ConfigLists(ConfigPynencBase):
    """Settings that can be changed inside."""

    names: ConfigField[list[str]] = ConfigField(["a"])
    kinds: ConfigField[frozenset[str]] = ConfigField(frozenset({"x", "y"}))


@pytest.fixture
def _sources(monkeypatch: pytest.MonkeyPatch) -> None:
    """Say something in each kind of source."""
    text = "redis: {redis_port: 7}\ntask: {max_retries: 3, m.t: {max_retries: 4}}\n"
    Path("pynenc.yaml").write_text(text, encoding="utf-8")
    Path("own.toml").write_text("socket_timeout = 3.5\n", encoding="utf-8")
    monkeypatch.setenv("PYNENC__REDIS_HOST", "cache-1")
    monkeypatch.setenv("PYNENC__CONFIGREDIS__FILEPATH", "own.toml")
    monkeypatch.setenv("PYNENC__NAMES", "b,c")


def life(number: int, shared: ConfigOrchestratorRedis) -> list[object]:
    """Do all that can be done with instances, and tell what they said."""
    conf = ConfigOrchestratorRedis({"redis_db": number}, "pynenc.yaml")
    said: list[object] = [repr(conf), conf.explain(), conf.explain("redis_port")]
    before, mark = copy.copy(conf), hash(conf)
    conf.redis_db = number + 1000
    with pytest.raises(ConfigTypeError) as caught:
        conf.redis_port = f"port {number}"  # type: ignore[assignment] # on purpose
    said += [str(caught.value), conf.explain("redis_db"), conf == before]
    said += [mark == hash(before), before.redis_db, hash(conf) == hash(before)]
    loaded = pickle.loads(pickle.dumps(conf))
    said += [loaded == conf, loaded.explain(), copy.deepcopy(conf).explain()]
    with ConfigRedis.override(redis_port=number + 1):
        with ConfigOrchestratorRedis.override(redis_db=number + 2):
            inner = ConfigOrchestratorRedis(None, "pynenc.yaml")
            said += [inner.explain("redis_port"), inner.redis_db]
        said += [ConfigRedis(None, "pynenc.yaml").redis_port]
    said += [ConfigRedis(None, "pynenc.yaml").redis_port]
    lists = ConfigLists()
    lists.names.append(str(number))
    said += [repr(lists), ConfigLists.names]
    task = ConfigTask(("m.t", "other")[number % 2], {"call_result_cache": True})
    said += [task.explain(), ConfigTask("m.t", None, "pynenc.yaml").max_retries]
    with pytest.raises(ConfigTypeError) as caught:
        ConfigRedis({"redis_db": f"db {number}", "redis_port": number - MANY})
    said += [str(caught.value), shared.explain(), hash(shared), shared == before]
    return said


@pytest.mark.usefixtures("_sources")
@pytest.mark.parametrize("age", [-(10**18), 10**18], ids=["trusted", "young"])
def test_threads_do_as_one_alone(age: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """What 64 threads do at once has for each the result that it has alone."""
    monkeypatch.setattr(documents, "_RACY_NS", age)
    shared = ConfigOrchestratorRedis(None, "pynenc.yaml")
    alone = [life(number, shared) for number in range(MANY)]
    # Not positioned yet: the first question for a line is asked by many threads.
    shared = ConfigOrchestratorRedis(None, "pynenc.yaml")

    def work(number: int) -> list[list[object]]:
        return [life(number, shared) for _ in range(4)]

    given = together(partial(work, number) for number in range(MANY))
    assert given == [[one] * 4 for one in alone]


@pytest.mark.usefixtures("_sources")
def test_readers_of_an_instance_that_another_thread_assigns() -> None:
    """They have the old value or the new one, whatever they do with the instance."""
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

    _, *seen = together([assign, *(partial(read, use) for use in uses * 2)])
    assert all(values <= set(range(500)) for values in seen)


def family() -> list[type[Any]]:
    """Make classes that nobody has used yet."""

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
    """A class and its ancestors, first used by 64 threads at once, is planned right."""
    for _ in range(20):
        classes = family()
        works = [partial(lambda cls: (cls(), plan_of(cls)), cls) for cls in classes]
        given = together((works * MANY)[:MANY])
        for cls, size in zip(classes, (1, 3, 5), strict=True):
            mine = [pair for pair in given if type(pair[0]) is cls]
            assert {conf.size for conf, _ in mine} == {size}
            assert {id(plan) for _, plan in mine} == {id(plan_of(cls))}


def test_a_new_default_while_others_instantiate() -> None:
    """An instance has a default of the time in which it was made."""

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

    together([assign, *[read] * 8])
    assert ConfigHeir().size == 199


class ConfigPair(ConfigPynencBase):
    """Two settings that a thread changes one after the other."""

    left = ConfigField(0)
    right = ConfigField(0)


def test_an_instance_has_one_state_of_the_environment() -> None:
    """However many variables another thread sets, an instance sees one moment."""
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
        together([write, *[read] * 8])
        assert (ConfigPair().left, ConfigPair().right) == (299, 299)
    finally:
        os.environ.clear()
        os.environ.update(before)


def said_by(works: list[Callable[[], object]]) -> list[str]:
    """Give the warnings of works that are done together."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        together(works)
    return sorted(str(warning.message).partition("\n")[0] for warning in caught)


def test_a_near_miss_is_told_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Also where many threads come by it first, and each has parsed the file."""
    monkeypatch.setattr(suggestions, "_warned", {})  # other tests have slips, too
    Path("slips.json").write_text('{"redis_prot": 1}', encoding="utf-8")
    monkeypatch.setenv("PYNENC__REDIS_HOTS", "x")
    values = {"redis": {"redis_dbb": 1}}
    parsing = iter(range(2))
    original = json.parse

    def parse(text: str) -> Any:
        # The second to come is as far when the first goes on.
        if next(parsing, None) == 0:
            elsewhere(lambda: ConfigRedis(None, "slips.json"))
        return original(text)

    monkeypatch.setattr(json, "parse", parse)
    made = [lambda: ConfigRedis(values, "slips.json")] * MANY
    assert said_by(made) == [
        "unknown setting 'PYNENC__REDIS_HOTS'; did you mean 'PYNENC__REDIS_HOST'?",
        "unknown setting 'redis_dbb'; did you mean 'redis_db'?",
        "unknown setting 'redis_prot'; did you mean 'redis_port'?",
    ]
    Path("slips.json").write_text('{"redis_prot": 2}', encoding="utf-8")
    assert len(said_by(made)) == 1  # another content is another place


def test_tasks_have_their_own_overrides() -> None:
    """Tasks that are switched inside of `override`, also in threads, see their own."""

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
    """A child that is forked in the midst of it goes on, for no lock is held."""
    command = [sys.executable, "-W", "ignore::DeprecationWarning", "-c", FORKING]
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        command, env=environment, capture_output=True, check=True, timeout=PATIENCE
    )
    assert done.stdout == b"True\n"
