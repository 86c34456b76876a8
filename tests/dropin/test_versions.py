"""Newer versions of pynenc, of which this library replaces only the engine.

Each version has a separate environment; together they need Python 3.12 or newer.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.dropin.conftest import APPLICATION, Drive, Environment, run, worker
from tests.dropin.conftest import ENGINE as CISTELL
from tests.dropin.scenario import (
    BY_ANOTHER,
    POOL_SIZE,
    SETTINGS,
    TAKEN_UP,
    on_redis,
    write_settings,
)

pytestmark = pytest.mark.skipif(
    sys.version_info < (3, 12), reason="these versions need Python 3.12"
)

DOCS = Path(__file__).parents[2] / "docs"
WITH_REDIS = ("pynenc==0.3.1", "pynenc-redis==0.3.0")
COMPONENTS = ("orchestrator", "broker", "state_backend", "client_data_store", "trigger")
SQLITE = {
    f"{name}_cls": f"SQLite{name.title().replace('_', '')}" for name in COMPONENTS
}


@pytest.fixture
def with_redis(environment: Environment) -> str:
    """Return the Python of an environment with the newest Redis plug-in."""
    return environment("redis", *WITH_REDIS, engine=True)


@pytest.fixture
def newest(environment: Environment) -> str:
    """Return the Python of an environment with the newest pynenc."""
    return environment("newest", "pynenc>=0.4", "pynenc-redis", engine=True)


@pytest.fixture(params=["with_redis", "newest"])
def python(request: pytest.FixtureRequest) -> str:
    """Return the Python of each environment."""
    found: str = request.getfixturevalue(request.param)
    return found


def has_effect(report: dict[str, Any]) -> bool:
    """Whether the settings have an effect on pynenc's classes with this engine."""
    assert {name: report[name] for name in TAKEN_UP} == TAKEN_UP
    assert report["conf"] == "pynenc.conf.config_pynenc"
    return bool(report["engine"] == "pynenc_conf._core.base")


@pytest.mark.parametrize("source", ["dict", "variables"])
def test_memory(source: str, python: str, drive: Drive) -> None:
    """This engine configures an application with components in memory."""
    assert has_effect(drive(write_settings(source, SETTINGS), python=python))


@pytest.mark.parametrize("source", ["yaml", "toml"])
def test_sqlite(source: str, python: str, drive: Drive, tmp_path: Path) -> None:
    """This engine configures an application that uses SQLite."""
    place = {"sqlite_db_path": str(tmp_path / "shop.db")}
    report = drive(write_settings(source, SETTINGS | SQLITE | place), python=python)
    assert has_effect(report)
    assert report["components"][0] == "SQLiteOrchestrator"


def test_processes(python: str, drive: Drive, tmp_path: Path) -> None:
    """Tasks in other processes have the same settings."""
    own = {"sqlite_db_path": str(tmp_path / "shop.db")}
    own["runner_cls"] = "PersistentProcessRunner"
    env = write_settings("dict", SETTINGS | SQLITE | own)
    with worker(str(APPLICATION / "work.py"), "spawn", python=python, env=env):
        report = drive(env, python=python, where="none")
    assert {name: report[name] for name in BY_ANOTHER} == BY_ANOTHER


@pytest.mark.parametrize("source", ["dict", "yaml", "toml", "variables"])
def test_redis(source: str, with_redis: str, drive: Drive, redis_port: int) -> None:
    """This engine configures the Redis plug-in, with all components on a server."""
    settings = SETTINGS | on_redis(redis_port, *COMPONENTS)
    report = drive(write_settings(source, settings), python=with_redis)
    assert has_effect(report)
    assert report["components"][:2] == ["RedisOrchestrator", "RedisBroker"]
    assert report["pool"] == POOL_SIZE


def test_show_config(python: str) -> None:
    """`show_config` prints the descriptions of pynenc's own catalogue."""
    env = write_settings("dict", SETTINGS)
    words = ("-m", "pynenc_conf.dropin", "--app", "shop", "show_config")
    shown = run(*words, python=python, env=env)
    assert "app_id" in shown
    assert "The id of the application." in shown


# The engine alone


@pytest.fixture
def answers(with_redis: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the results of cistell and of this library for the same calls."""
    importing = [with_redis, "-c", "import cistell"]
    if subprocess.run(importing, capture_output=True, check=False).returncode:
        pytest.skip(f"{CISTELL} has no wheel for this version of Python")
    script = str(APPLICATION / "engine.py")
    theirs, ours = (
        json.loads(run(script, whose, python=with_redis, env={}))
        for whose in ("theirs", "ours")
    )
    return theirs, ours


# For each entry of the page: the result of cistell 0.1, and of this library.
DIFFERENCES: dict[str, tuple[Any, Any]] = {
    "bool-text": (True, False),
    "engine-shadowed": (False, True),
    "engine-override": ("Berlin", "Paris"),
    "engine-info": (
        ["config_filepath", "7"],
        ["shop.yaml:4:11  shop.berlin.size", "7"],
    ),
    "engine-secret": ([None, "<secret>"], ["***", "***"]),
    "engine-explain": ("amount = 3 [from: config_filepath]", "ConfigShop"),
    "engine-hash": (False, True),
}


def test_names_and_meanings(answers: tuple[dict[str, Any], dict[str, Any]]) -> None:
    """All names of the engine exist, and work the same except for these entries."""
    theirs, ours = answers
    assert all(ours["names"])
    assert ours["leaks"] == []
    same = ours.keys() - DIFFERENCES.keys()
    assert {name: ours[name] for name in same} == {name: theirs[name] for name in same}


def test_differences(answers: tuple[dict[str, Any], dict[str, Any]]) -> None:
    """Each entry of the page describes the results of both engines."""
    found = {name: tuple(item[name] for item in answers) for name in DIFFERENCES}
    assert found == DIFFERENCES
    page = (DOCS / "how-to/migrate-from-cistell.md").read_text(encoding="utf-8")
    rows = set(re.findall(r"^`(engine-[a-z-]+)`\n: ", page, re.MULTILINE))
    assert rows == DIFFERENCES.keys() - {"bool-text"}
