"""A small application that uses pynenc 0.0.24, configured by this library."""

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
    without_workflow,
    write_settings,
)
from tests.test_documentation import blocks_of

COMPONENTS = ("orchestrator", "broker", "state_backend", "arg_cache", "trigger")
REDIS_CLASSES = ["RedisOrchestrator", "RedisBroker", "RedisStateBackend"]


def part_of(report: dict[str, Any], expected: dict[str, Any]) -> dict[str, Any]:
    """Return the part of a report that has an expected value."""
    return {name: report[name] for name in expected}


@pytest.mark.parametrize("source", SOURCES)
def test_memory(source: str, drive: Drive) -> None:
    """Each kind of source configures an application with components in memory."""
    report = drive(write_settings(source, SETTINGS))
    assert part_of(report, TAKEN_UP) == TAKEN_UP
    assert report["components"][0] == "MemOrchestrator"
    assert report["conf"] == "pynenc_conf.config_pynenc"


def test_oldest_version(drive: Drive, environment: Environment) -> None:
    """The same settings configure the oldest supported pynenc, without workflows."""
    python = environment("oldest", "pynenc==0.0.21")
    report = drive(write_settings("yaml", SETTINGS), python=python, words=[NO_WORKFLOW])
    expected = without_workflow(TAKEN_UP)
    assert part_of(report, expected) == expected
    assert report["conf"] == "pynenc_conf.config_pynenc"


def test_defaults(drive: Drive) -> None:
    """Without settings the report differs, so `test_memory` shows their effect."""
    only = {"runner_cls": "ThreadRunner", "logging_level": "critical"}
    report = drive(write_settings("dict", only))
    expected = {"registered_once": False, "blocking": 1, "flaky": "RetryError"}
    assert part_of(report, expected) == expected
    assert report["left"] > 0


@pytest.mark.parametrize("source", SOURCES)
def test_redis(source: str, drive: Drive, redis_port: int) -> None:
    """Each kind of source configures an application that uses a real Redis."""
    report = drive(write_settings(source, SETTINGS | on_redis(redis_port, *COMPONENTS)))
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
    """Runners whose tasks run in separate processes have the same settings."""
    settings = SETTINGS | on_redis(redis_port, *COMPONENTS) | {"runner_cls": runner}
    env = write_settings(source, settings)
    with worker(str(APPLICATION / "work.py"), method, env=env):
        report = drive(env, where="none")
    assert part_of(report, BY_ANOTHER) == BY_ANOTHER
    assert report["components"][-1] == runner


# Without the workflow: pynenc's ProcessRunner can mark a task that waited for another
# as running after it has succeeded, and a caller then waits for its result forever.
# pynenc without this library does the same.
@pytest.mark.parametrize(
    ("method", "source"), [("fork", "yaml"), ("spawn", "dict"), ("spawn", "variables")]
)
def test_process_per_task(
    method: str, source: str, drive: Drive, redis_port: int
) -> None:
    """The runner that starts a process for each task has the same settings."""
    settings = SETTINGS | on_redis(redis_port, *COMPONENTS)
    env = write_settings(source, settings | {"runner_cls": "ProcessRunner"})
    with worker(str(APPLICATION / "work.py"), method, env=env):
        report = drive(env, where="none", words=[NO_WORKFLOW])
    expected = without_workflow(BY_ANOTHER)
    assert part_of(report, expected) == expected
    assert report["components"][-1] == "ProcessRunner"


def test_command_starts_a_runner(drive: Drive, redis_port: int) -> None:
    """`python -m pynenc_conf.dropin` runs tasks that another process registered."""
    settings = SETTINGS | on_redis(redis_port, *COMPONENTS)
    env = write_settings("yaml", settings | {"runner_cls": "PersistentProcessRunner"})
    words = ("--app", "shop", "runner", "start")
    with worker("-m", "pynenc_conf.dropin", *words, env=env):
        report = drive(env, where="none")
    assert part_of(report, BY_ANOTHER) == BY_ANOTHER


def test_main_module_without_the_application(drive: Drive, redis_port: int) -> None:
    """A spawned process installs the drop-in even without an importable main module."""
    settings = SETTINGS | on_redis(redis_port, *COMPONENTS)
    env = write_settings("dict", settings | {"runner_cls": "PersistentProcessRunner"})
    with worker("-c", "import shop; shop.app.runner.run()", env=env):
        report = drive(env, where="none")
    assert part_of(report, BY_ANOTHER) == BY_ANOTHER


@pytest.mark.parametrize("method", ["spawn", "forkserver", "fork"])
def test_any_process(method: str) -> None:
    """Every process that is started after `install()` has the drop-in."""
    code = (
        "import shop, multiprocessing, pickle\n"
        f"with multiprocessing.get_context({method!r}).Pool(1) as pool:\n"
        "    conf = pool.apply(pickle.loads, [pickle.dumps(shop.app.conf)])\n"
        "    name = pool.apply(eval, ['__import__(\"pynenc.conf\").conf.__name__'])\n"
        "assert conf == shop.app.conf\n"
        "print(name)\n"
    )
    env = write_settings("dict", SETTINGS)
    assert run("-c", code, env=env).splitlines()[-1] == "pynenc_conf"


def descriptions(output: str) -> dict[str, str]:
    """Return the descriptions that `show_config` prints, by field."""
    blocks = [block.strip().splitlines() for block in output.split("-" * 50)[1:-1]]
    return {lines[0].rstrip(": "): lines[-1].strip() for lines in blocks}


def test_show_config() -> None:
    """`show_config` prints the descriptions of this library and the current values."""
    env = write_settings("dict", SETTINGS)
    output = run("-m", "pynenc_conf.dropin", "--app", "shop", "show_config", env=env)
    conf = ConfigPynenc(SETTINGS)
    infos = [conf.field_info(name) for name in conf.all_fields]
    assert descriptions(output) == {
        info.name: f"Description: {info.doc}" for info in infos
    }
    assert "  Default: ThreadRunner" in output


def test_show_config_of_a_runner() -> None:
    """`runner show_config` prints the descriptions of this library too."""
    env = write_settings("dict", SETTINGS)
    words = ("--app", "shop", "runner", "show_config")
    output = run("-m", "pynenc_conf.dropin", *words, env=env)
    assert "Description: Maximum number of threads that run in parallel" in output


def test_pynenc_command(tmp_path: Path) -> None:
    """The command `pynenc` uses this library if `sitecustomize` installs it."""
    text = "from pynenc_conf import dropin\ndropin.install()\n"
    (tmp_path / "sitecustomize.py").write_text(text, encoding="utf-8")
    search = os.pathsep.join([str(tmp_path), str(ROOT), str(APPLICATION)])
    env = {**write_settings("dict", SETTINGS), "PYTHONPATH": search}
    output = run("-m", "pynenc", "--app", "shop", "show_config", env=env)
    assert descriptions(output)["app_id"] == "Description: Identity of the application."


def test_migration_page(tmp_path: Path) -> None:
    """The application in the documentation runs with the command given there."""
    page = (ROOT / "docs/how-to/migrate-from-pynenc-conf.md").read_text(
        encoding="utf-8"
    )
    blocks = list(blocks_of(page))
    (module,) = [block for block in blocks if block.file_name == "shop_app.py"]
    (tmp_path / "shop_app.py").write_text(module.text, encoding="utf-8")
    (commands,) = [block.text for block in blocks if block.language == "bash"]
    show_config = shlex.split(commands.splitlines()[0])
    assert show_config[:3] == ["python", "-m", "pynenc_conf.dropin"]
    search = os.pathsep.join([str(tmp_path), str(ROOT)])
    output = run(*show_config[1:], env={"PYTHONPATH": search})
    assert "  Default: shop\n" in output


def test_page_about_task_options(tmp_path: Path) -> None:
    """A file overrides a decorator, also with a value for all tasks."""
    page = (ROOT / "docs/how-to/set-task-options.md").read_text(encoding="utf-8")
    for block in blocks_of(page):
        if block.file_name in {"shop.py", "tasks.yaml"}:
            (tmp_path / block.file_name).write_text(block.text, encoding="utf-8")
    env = {"PYTHONPATH": os.pathsep.join([str(tmp_path), str(ROOT)])}
    names = "send_mail.conf.max_retries, shop.charge_card.conf.parallel_batch_size"
    code = f"import shop; print(shop.{names})"
    assert run("-c", code, env=env).splitlines()[-1] == "5 10"
    (tmp_path / "tasks.yaml").write_text("task: {max_retries: 2}", encoding="utf-8")
    assert run("-c", code, env=env).splitlines()[-1] == "2 10"
    (tmp_path / "tasks.yaml").write_text("", encoding="utf-8")
    assert run("-c", code, env=env).splitlines()[-1] == "1 10"
