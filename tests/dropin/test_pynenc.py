"""A small application on the real pynenc 0.0.24, configured by this library."""

from __future__ import annotations

import os
import shlex
from pathlib import Path
from typing import Any

import pytest

from pynenc_conf import ConfigPynenc
from tests.dropin.conftest import (
    APPLICATION,
    ROOT,
    Drive,
    Environment,
    run,
    worker,
)
from tests.dropin.scenario import (
    BY_ANOTHER,
    NO_WORKFLOW,
    POOL_SIZE,
    SETTINGS,
    SOURCES,
    TAKEN_UP,
    on_redis,
    said_by,
    without_workflow,
)
from tests.test_documentation import blocks_of

COMPONENTS = ("orchestrator", "broker", "state_backend", "arg_cache", "trigger")
REDIS_CLASSES = ["RedisOrchestrator", "RedisBroker", "RedisStateBackend"]


def part_of(report: dict[str, Any], expected: dict[str, Any]) -> dict[str, Any]:
    """Return what a report says about what is expected."""
    return {name: report[name] for name in expected}


@pytest.mark.parametrize("source", SOURCES)
def test_memory(source: str, drive: Drive) -> None:
    """With everything in memory, each kind of source configures the application."""
    report = drive(said_by(source, SETTINGS))
    assert part_of(report, TAKEN_UP) == TAKEN_UP
    assert report["components"][0] == "MemOrchestrator"
    assert report["conf"] == "pynenc_conf.config_pynenc"


def test_oldest_version(drive: Drive, environment: Environment) -> None:
    """So it is with the oldest pynenc that is mirrored, which has no workflows."""
    python = environment("oldest", "pynenc==0.0.21")
    report = drive(said_by("yaml", SETTINGS), python=python, words=[NO_WORKFLOW])
    expected = without_workflow(TAKEN_UP)
    assert part_of(report, expected) == expected
    assert report["conf"] == "pynenc_conf.config_pynenc"


def test_defaults(drive: Drive) -> None:
    """Without settings it is otherwise, so what `test_memory` sees is their effect."""
    only = {"runner_cls": "ThreadRunner", "logging_level": "critical"}
    report = drive(said_by("dict", only))
    expected = {"registered_once": False, "blocking": 1, "flaky": "RetryError"}
    assert part_of(report, expected) == expected
    assert report["left"] > 0


@pytest.mark.parametrize("source", SOURCES)
def test_redis(source: str, drive: Drive, redis_port: int) -> None:
    """So it does with all components on a real Redis."""
    report = drive(said_by(source, SETTINGS | on_redis(redis_port, *COMPONENTS)))
    assert part_of(report, TAKEN_UP) == TAKEN_UP
    assert report["components"] == [*REDIS_CLASSES, "RedisTrigger", "ThreadRunner"]
    assert report["pool"] == POOL_SIZE


@pytest.mark.parametrize(
    ("runner", "method", "source"),
    [
        ("PersistentProcessRunner", "fork", "dict"),
        ("PersistentProcessRunner", "spawn", "variables"),
        ("MultiThreadRunner", "spawn", "toml"),
    ],
)
def test_processes(
    runner: str, method: str, source: str, drive: Drive, redis_port: int
) -> None:
    """Runners whose tasks run in processes of their own see the same settings."""
    settings = SETTINGS | on_redis(redis_port, *COMPONENTS) | {"runner_cls": runner}
    env = said_by(source, settings)
    with worker(str(APPLICATION / "work.py"), method, env=env):
        report = drive(env, where="none")
    assert part_of(report, BY_ANOTHER) == BY_ANOTHER
    assert report["components"][-1] == runner


# Without the workflow: pynenc's ProcessRunner marks a task that waited for another as
# running, often after it has succeeded, and whoever asks for its result then waits for
# good. pynenc by itself does so too (see `docs/migration.md`).
@pytest.mark.parametrize(
    ("method", "source"), [("fork", "yaml"), ("spawn", "dict"), ("spawn", "variables")]
)
def test_process_per_task(
    method: str, source: str, drive: Drive, redis_port: int
) -> None:
    """So does the runner that starts a process for each task."""
    settings = SETTINGS | on_redis(redis_port, *COMPONENTS)
    env = said_by(source, settings | {"runner_cls": "ProcessRunner"})
    with worker(str(APPLICATION / "work.py"), method, env=env):
        report = drive(env, where="none", words=[NO_WORKFLOW])
    expected = without_workflow(BY_ANOTHER)
    assert part_of(report, expected) == expected
    assert report["components"][-1] == "ProcessRunner"


def test_command_starts_a_runner(drive: Drive, redis_port: int) -> None:
    """`python -m pynenc_conf.dropin` runs the tasks of another process."""
    settings = SETTINGS | on_redis(redis_port, *COMPONENTS)
    env = said_by("yaml", settings | {"runner_cls": "PersistentProcessRunner"})
    words = ("--app", "shop", "runner", "start")
    with worker("-m", "pynenc_conf.dropin", *words, env=env):
        report = drive(env, where="none")
    assert part_of(report, BY_ANOTHER) == BY_ANOTHER


def test_main_module_without_the_application(drive: Drive, redis_port: int) -> None:
    """A spawned process has the drop-in also if its main module cannot be imported."""
    settings = SETTINGS | on_redis(redis_port, *COMPONENTS)
    env = said_by("dict", settings | {"runner_cls": "PersistentProcessRunner"})
    with worker("-c", "import shop; shop.app.runner.run()", env=env):
        report = drive(env, where="none")
    assert part_of(report, BY_ANOTHER) == BY_ANOTHER


@pytest.mark.parametrize("method", ["spawn", "forkserver", "fork"])
def test_any_process(method: str) -> None:
    """Every kind of process that is started afterwards has the drop-in."""
    code = (
        "import shop, multiprocessing, pickle\n"
        f"with multiprocessing.get_context({method!r}).Pool(1) as pool:\n"
        "    conf = pool.apply(pickle.loads, [pickle.dumps(shop.app.conf)])\n"
        "    name = pool.apply(eval, ['__import__(\"pynenc.conf\").conf.__name__'])\n"
        "assert conf == shop.app.conf\n"
        "print(name)\n"
    )
    env = said_by("dict", SETTINGS)
    assert run("-c", code, env=env).splitlines()[-1] == "pynenc_conf"


def descriptions(shown: str) -> dict[str, str]:
    """Return what `show_config` prints, by field."""
    blocks = [block.strip().splitlines() for block in shown.split("-" * 50)[1:-1]]
    return {lines[0].rstrip(": "): lines[-1].strip() for lines in blocks}


def test_show_config() -> None:
    """`show_config` prints our descriptions and the values in force."""
    env = said_by("dict", SETTINGS)
    shown = run("-m", "pynenc_conf.dropin", "--app", "shop", "show_config", env=env)
    conf = ConfigPynenc(SETTINGS)
    infos = [conf.field_info(name) for name in conf.all_fields]
    assert descriptions(shown) == {
        info.name: f"Description: {info.doc}" for info in infos
    }
    assert "  Default: ThreadRunner" in shown


def test_show_config_of_a_runner() -> None:
    """So does `runner show_config`."""
    env = said_by("dict", SETTINGS)
    words = ("--app", "shop", "runner", "show_config")
    shown = run("-m", "pynenc_conf.dropin", *words, env=env)
    assert "Description: Maximum number of threads that run in parallel" in shown


def test_pynenc_command(tmp_path: Path) -> None:
    """The command `pynenc` itself does where `sitecustomize` puts the library in."""
    text = "from pynenc_conf import dropin\ndropin.install()\n"
    (tmp_path / "sitecustomize.py").write_text(text, encoding="utf-8")
    search = os.pathsep.join([str(tmp_path), str(ROOT), str(APPLICATION)])
    env = {**said_by("dict", SETTINGS), "PYTHONPATH": search}
    shown = run("-m", "pynenc", "--app", "shop", "show_config", env=env)
    assert descriptions(shown)["app_id"] == "Description: Identity of the application."


def test_migration_page(tmp_path: Path) -> None:
    """The application of the docs' page runs with the command that stands there."""
    page = (ROOT / "docs" / "migration.md").read_text(encoding="utf-8")
    blocks = list(blocks_of(page))
    (module,) = [block for block in blocks if block.file_name == "shop_app.py"]
    (tmp_path / "shop_app.py").write_text(module.text, encoding="utf-8")
    (commands,) = [block.text for block in blocks if block.language == "bash"]
    show_config = shlex.split(commands.splitlines()[0])
    assert show_config[:3] == ["python", "-m", "pynenc_conf.dropin"]
    search = os.pathsep.join([str(tmp_path), str(ROOT)])
    shown = run(*show_config[1:], env={"PYTHONPATH": search})
    assert "  Default: shop\n" in shown
