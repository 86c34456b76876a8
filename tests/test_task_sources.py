"""Settings of one task: its sections and variables."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pynenc_conf import ConfigField, ConfigTask
from tests.differential import World, create_world

pynenc_task = pytest.importorskip("pynenc.conf.config_task")

TASK = "mod.func"
SHELL_NAME = "PYNENC__CONFIGTASK__MOD__FUNC__MAX_RETRIES"
HASH_NAME = "PYNENC__CONFIGTASK__MOD#FUNC__MAX_RETRIES"


def test_task_section_outranks_the_class_section_of_its_source() -> None:
    """`task: {mod.func: ...}` overrides `task: {...}`, but not a higher source."""
    Path("tasks.yaml").write_text("max_retries: 9\n", encoding="utf-8")
    values = {"max_retries": 1, "task": {"max_retries": 2, TASK: {"max_retries": 3}}}
    assert ConfigTask(TASK, values).max_retries == 3
    assert ConfigTask("mod.other", values).max_retries == 2
    assert ConfigTask(TASK, values, "tasks.yaml").max_retries == 9


def test_task_options_are_general_keys_of_config_values() -> None:
    """Options override general config_values, but not the section of the task."""
    options = {"max_retries": 5}
    values: dict[str, Any] = {"max_retries": 1}
    conf = ConfigTask(TASK, values, task_options=options)
    assert conf.max_retries == 5
    assert values == {"max_retries": 1}
    assert conf.task_options is options
    assert (
        ConfigTask(TASK, {"task": {"max_retries": 2}}, None, options).max_retries == 2
    )


def test_precedence_of_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    """Precedence: general variable, class, task with `__`, task with `#`."""
    names = ["PYNENC__MAX_RETRIES", "PYNENC__CONFIGTASK__MAX_RETRIES"]
    for value, name in enumerate([*names, SHELL_NAME, HASH_NAME], 1):
        monkeypatch.setenv(name, str(value))
        conf = ConfigTask(TASK)
        assert conf.max_retries == value
        assert conf.field_info("max_retries").origin.variable == name
    assert ConfigTask("mod.other").max_retries == 2


@pytest.mark.parametrize("shell", ["dash", "bash", "sh"])
def test_a_shell_can_export_the_spelling_with_underscores(shell: str) -> None:
    """`export PYNENC__CONFIGTASK__MOD__FUNC__MAX_RETRIES=7` reaches the task."""
    if not any((Path(d) / shell).exists() for d in os.get_exec_path()):
        pytest.skip(f"no {shell} on this machine")
    code = (
        "from pynenc_conf import ConfigTask; print(ConfigTask('mod.func').max_retries)"
    )
    script = f'export {SHELL_NAME}=7; exec "$0" -c "$1"'
    done = subprocess.run(
        [shell, "-c", script, sys.executable, code],
        check=True,
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )
    assert done.stdout.strip() == "7"


def test_subclass_reads_both_sections(monkeypatch: pytest.MonkeyPatch) -> None:
    """A subclass has task sections in `task` and in its own section."""

    class ConfigMyTask(ConfigTask):
        extra = ConfigField(0)

    values = {"task": {TASK: {"extra": 1}}, "mytask": {TASK: {"max_retries": 2}}}
    conf = ConfigMyTask(TASK, values)
    assert (conf.extra, conf.max_retries) == (1, 2)
    monkeypatch.setenv(HASH_NAME, "8")
    assert ConfigMyTask(TASK, values).max_retries == 2
    monkeypatch.setenv(HASH_NAME.replace("CONFIGTASK", "CONFIGMYTASK"), "9")
    assert ConfigMyTask(TASK, values).max_retries == 9


def test_origin_of_a_task_section() -> None:
    """The origin of a value for one task has section, task and position."""
    text = "task:\n  max_retries: 1\n  mod.func:\n    max_retries: 2\n"
    Path("tasks.yaml").write_text(text, encoding="utf-8")
    info = ConfigTask(TASK, None, "tasks.yaml").field_info("max_retries")
    assert str(info.origin) == 'tasks.yaml:4:18  task."mod.func".max_retries'
    assert str(info.chain[1].origin) == "tasks.yaml:2:16  task.max_retries"


def test_override_gives_an_instance_and_reaches_every_task() -> None:
    """ConfigTask.override does not require a task id, and applies to all tasks."""
    with ConfigTask.override(max_retries=4) as conf:
        assert conf.max_retries == 4
        assert ConfigTask(TASK, {"task": {TASK: {"max_retries": 1}}}).max_retries == 4
    assert ConfigTask(TASK).max_retries == 0


FIELDS = ("parallel_batch_size", "max_retries")
tables = st.dictionaries(st.sampled_from(FIELDS), st.integers(0, 99), max_size=2)
task_ids = st.sampled_from(("mod.func", "a.b.c", "single", "Mod.Func"))
task_tables = st.builds(
    lambda own, tasks: own | tasks,
    tables,
    st.dictionaries(task_ids, tables, max_size=3),
)
mappings = st.builds(
    lambda general, task, inner: general | ({"task": task} if inner else {}),
    tables,
    task_tables,
    st.booleans(),
)
variables = st.dictionaries(
    st.builds(
        lambda prefix, name: f"PYNENC__{prefix}{name.upper()}",
        st.sampled_from(
            (
                "",
                "CONFIGTASK__",
                "CONFIGTASK__MOD#FUNC__",
                "CONFIGTASK__A#B#C__",
                "CONFIGTASK__SINGLE__",
            )
        ),
        st.sampled_from(FIELDS),
    ),
    st.integers(0, 99).map(str),
    max_size=4,
)


@settings(max_examples=200)
@given(task_ids, mappings, mappings, tables, variables)
def test_tasks_are_equal_to_the_originals(
    task_id: str,
    values: dict[str, Any],
    in_file: dict[str, Any],
    options: dict[str, Any],
    environment: dict[str, str],
) -> None:
    """The original and this library agree on every combination of sources."""
    world = World([], values, {"tasks.yaml": in_file}, "tasks.yaml", environment)
    with create_world(world):
        expected = pynenc_task.ConfigTask(task_id, values, "tasks.yaml", options)
        found = ConfigTask(task_id, values, "tasks.yaml", options)
    for name in FIELDS:
        assert getattr(found, name) == getattr(expected, name)
