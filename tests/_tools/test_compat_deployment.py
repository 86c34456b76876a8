"""`pynenc-conf compat`: all sources of a deployment together.

The tests run pynenc and its engine, to verify what the command reports.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import cistell
import pytest
from cistell.exceptions import ConfigMultiInheritanceError as OriginalConflictError
from hypothesis import assume, event, given, settings
from hypothesis import strategies as st
from pynenc.conf.config_redis import ConfigRedis as Original
from pynenc.conf.config_task import ConfigTask as OriginalTask

from pynenc_conf import ConfigBase, ConfigField, ConfigRedis, ConfigTask
from pynenc_conf._core.declare.plan import plan_of
from pynenc_conf._tools.compat import original
from pynenc_conf._tools.compat.comparison import Comparison
from pynenc_conf._tools.compat.deployment import Deployment
from pynenc_conf._tools.compat.values import read_as_pynenc
from pynenc_conf._tools.env_files import Environment
from tests._tools.running import run, run_json, sources
from tests.differential import World, build, create_world
from tests.test_differential import hierarchies, section


def write(name: str, text: str) -> str:
    """Write a file in the current directory and return its path."""
    Path(name).write_text(text, encoding="utf-8")
    return name


def found(*arguments: str) -> list[tuple[str, str | None, str]]:
    """Return row, field and origin of each finding."""
    items = run_json("compat", *arguments)
    return [(item["id"], item["field"], item["origin"]) for item in items]


def test_overridden_general_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    """A value that only this library rejects is a finding, also if it is overridden."""
    monkeypatch.setenv("PYNENC__REDIS_PORT", "abc")
    monkeypatch.setenv("PYNENC__CONFIGREDIS__REDIS_PORT", "6380")
    assert Original().redis_port == 6380
    with pytest.raises(TypeError):
        ConfigRedis()
    done = run("compat")
    assert done.exit_code == 1
    assert done.stdout == (
        "`redis_port` of ConfigRedis: pynenc does not read this value; pynenc_conf "
        "rejects the value: expected int, got 'abc'\n"
        "  --> environment variable PYNENC__REDIS_PORT  [variable-overridden]\n"
        "2 values compared, 1 finding\n"
    )


def test_value_that_both_libraries_override(monkeypatch: pytest.MonkeyPatch) -> None:
    """A value that both libraries override with the same value is not a finding."""
    path = write("a.yaml", 'cycle_control: "false"\nredis_host: no\n')
    assert len(found(path)) == 2
    monkeypatch.setenv("PYNENC__CYCLE_CONTROL", "1")
    monkeypatch.setenv("PYNENC__REDIS_HOST", "db")
    assert found(path) == []
    assert len(found(path, "--no-env")) == 2


def test_overridden_value_that_one_library_rejects() -> None:
    """A value in a file that only this library rejects is a finding at its line."""
    path = write("a.yaml", "redis_db: 1.5\n")
    variables = write(".env", "PYNENC__REDIS_DB=1\n")
    assert found(path, "--env-file", variables) == [
        ("int-lossy", "redis_db", "a.yaml:1:11  redis_db")
    ]


def test_equal_values_of_different_places() -> None:
    """Values from different places are not a finding if they are equal."""
    write("parent.yaml", "redis_db: 1\n")
    write("child.yaml", "redis_db: 1\n")
    text = (
        "PYNENC__CONFIGREDIS__FILEPATH=parent.yaml\n"
        "PYNENC__CONFIGBROKERREDIS__FILEPATH=child.yaml\n"
    )
    assert found("--env-file", write(".env", text)) == []
    write("child.yaml", "redis_db: 2\n")
    assert found("--env-file", ".env") == [
        (
            "class-file-general",
            "redis_db",
            (
                "child.yaml:1:11  redis_db "
                "(file named by PYNENC__CONFIGBROKERREDIS__FILEPATH)"
            ),
        )
    ]


def test_pyproject_is_always_read() -> None:
    """`./pyproject.toml` is compared without being named."""
    write("pyproject.toml", "[tool.pynenc]\nredis_db = true\n")
    expected = [("number-bool", "redis_db", "pyproject.toml:2  tool.pynenc.redis_db")]
    assert found() == expected
    assert found("pyproject.toml") == expected
    variables = write(".env", "PYNENC__REDIS_DB=1\n")
    assert found("--env-file", variables) == expected


def test_several_environment_files() -> None:
    """A later environment file overrides an earlier one, and the environment."""
    first = write("a.env", "PYNENC__CYCLE_CONTROL=false\n")
    second = write("b.env", "PYNENC__CYCLE_CONTROL=1\n")
    assert found("--env-file", first, "--env-file", second) == []
    assert [row for row, *_ in found("--env-file", second, "--env-file", first)] == [
        "bool-text"
    ]


def test_a_file_in_the_home_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    """Only pynenc_conf finds a file whose path begins with `~`."""
    monkeypatch.setenv("HOME", str(Path.cwd()))
    monkeypatch.setenv("PYNENC__FILEPATH", "~/shop.yaml")
    write("shop.yaml", "redis_db: 3\n")
    file, value = run_json("compat")
    assert file["message"].startswith("pynenc rejects the file (FileNotFoundError)")
    assert value["field"] == "redis_db"


def test_exceptions_are_not_imported() -> None:
    """The exceptions that `retry_for` names are the same for both libraries."""
    path = write("a.yaml", "retry_for: [shop_of_compat.Unavailable]\n")
    assert found(path) == []


def test_section_of_a_task_without_settings() -> None:
    """A section of a task that is empty fails with pynenc only."""
    path = write("a.yaml", "task:\n  shop.pay:\n  max_retries: 2\n")
    with pytest.raises(TypeError):
        OriginalTask("shop.pay", None, path)
    assert ConfigTask("shop.pay", None, path).max_retries == 2
    assert found(path) == [("", None, 'a.yaml:2:12  task."shop.pay"')]


APPLICATION = """
from pynenc_conf import ConfigBase, ConfigField

class ConfigPallet(ConfigBase):
    STRICT = True
    pallet = ConfigField(1)
"""


def test_sections_and_strict_classes() -> None:
    """A section with the name of a field, and unknown names, have rows of their own."""
    write("application_of_compat.py", APPLICATION)
    text = "pallet: {pallet: 2}\npallets: 3\n"
    path = write("a.yaml", text)
    items = run_json("compat", path, "--app", "application_of_compat")
    rows = {(item["id"], item["field"], item["line"]) for item in items}
    assert rows == {
        ("unknown-names", None, 2),
        ("section-named-field", "pallet", 1),
    }


def test_secrets_of_different_places() -> None:
    """A secret that the libraries read in different places is not shown."""
    write("parent.yaml", "redis_password: hunter2\n")
    write("child.yaml", "redis_password: hunter3\n")
    text = (
        "PYNENC__CONFIGREDIS__FILEPATH=parent.yaml\n"
        "PYNENC__CONFIGBROKERREDIS__FILEPATH=child.yaml\n"
    )
    output = run("compat", "--env-file", write(".env", text)).stdout
    assert "pynenc_conf reads ***" in output
    assert "hunter" not in output


# Random deployments

raw_values: st.SearchStrategy[Any] = st.one_of(
    st.sampled_from([0, 1, 2, "0", "1", "2", 2.0, True, "no", "1,2"]),
    st.sampled_from(["x", "", "nan", None, 1.5, [1]]),
)
texts = st.sampled_from(["0", "1", "2", "no", "off", "1,2", "", "1.5"])


@st.composite
def deployments(draw: st.DrawFn) -> World:
    """Draw classes, files and variables, with invalid values among them."""
    world = World(draw(hierarchies()))
    world.classes[-1].fields.setdefault("alpha", 1)
    defaults = st.sampled_from([1, 2.5, "text", True, True, ("a",)])
    for spec in world.classes:
        spec.fields = {name: draw(defaults) for name in spec.fields}
    names = st.sampled_from(sorted({n for each in world.classes for n in each.fields}))
    tables = st.dictionaries(names, raw_values, max_size=2)
    sections = sorted({section(spec.name) for spec in world.classes})
    mappings = st.builds(
        dict.__or__,
        tables,
        st.dictionaries(st.sampled_from(sections), tables | st.just(5), max_size=2),
    )
    if draw(st.booleans()):
        # TOML has no null.
        table = st.dictionaries(names, st.sampled_from([1, "2", True, 1.5]))
        world.files["pyproject.toml"] = draw(table)
    if draw(st.booleans()):
        world.config_file = "config.yaml"
        world.files[world.config_file] = draw(mappings)
    if draw(st.booleans()):
        world.files["environment.yaml"] = draw(mappings)
        world.variables["CONFIG__FILEPATH"] = "environment.yaml"
    for spec in draw(st.lists(st.sampled_from(world.classes), max_size=2)):
        world.files[f"class_{spec.name}.yaml"] = draw(mappings)
        variable = f"CONFIG__{spec.name.upper()}__FILEPATH"
        world.variables[variable] = f"class_{spec.name}.yaml"
    prefixes = ["", *(f"{spec.name.upper()}__" for spec in world.classes)]
    variables = st.builds(
        lambda prefix, name: f"CONFIG__{prefix}{name.upper()}",
        st.sampled_from(prefixes),
        names,
    )
    world.variables |= draw(st.dictionaries(variables, texts, max_size=4))
    return world


def outcome(cls: Any, path: str | None, *task: str) -> dict[str, str] | None:
    """Return the values of an instance as text, None if it cannot be made."""
    try:
        config = cls(*task, None, path)
    except (TypeError, ValueError, OverflowError):
        return None
    # The libraries have different classes as the default of `retry_for`.
    names = [name for name in config.all_fields if name != "retry_for"]
    return {name: repr(getattr(config, name)) for name in names}


@pytest.mark.filterwarnings("ignore::pynenc_conf.UnknownSettingWarning")
@settings(max_examples=300)
@given(deployments())
def test_findings_are_the_differences(world: World) -> None:
    """The command finds a difference if and only if the instances differ."""
    try:
        theirs = build(world.classes, cistell.ConfigBase, cistell.ConfigField)[-1]
    except TypeError:  # Python finds no method resolution order
        assume(False)
    ours = build(world.classes, ConfigBase, ConfigField)[-1]
    with create_world(world):
        path = world.config_file
        try:
            expected = outcome(theirs, path)
        except OriginalConflictError:
            assume(False)
        values = outcome(ours, path)
        comparison = Comparison([ours], sources(*([path] if path else [])))
        comparison.compare()
        model = read_model(ours, path)
    assert model == expected
    check_findings(comparison, values, expected)


def check_findings(
    comparison: Comparison,
    values: dict[str, str] | None,
    expected: dict[str, str] | None,
) -> None:
    """Assert that the findings are the differences between two outcomes."""
    fields = {finding.field for finding in comparison.findings}
    if values is not None and expected is not None:
        differing = {name for name in values if values[name] != expected[name]}
        event(f"both libraries make an instance, {bool(differing)}")
        assert fields == differing
    elif values is not None or expected is not None:
        event("one of the libraries makes an instance")
        assert fields


TASK_FIELDS = st.sampled_from(
    ["max_retries", "call_result_cache", "key_arguments", "running_concurrency"]
)
TASK_VALUES = st.sampled_from([0, 1, "1", "x", "no", True, 1.5, "task", None, ["a"]])
TASK_TEXTS = st.sampled_from(["0", "1", "x", "no", "task", ""])
TASK_TABLES = st.dictionaries(TASK_FIELDS, TASK_VALUES, max_size=2)
TASK_SECTIONS = TASK_TABLES | st.sampled_from([None, "max_retries", [], 1])


@st.composite
def task_files(draw: st.DrawFn) -> dict[str, Any]:
    """Draw a file with general keys, the section of all tasks, and of one task."""
    data: dict[str, Any] = draw(TASK_TABLES)
    if draw(st.booleans()):
        data["task"] = draw(TASK_TABLES)
        if draw(st.booleans()):
            data["task"]["shop.pay"] = draw(TASK_SECTIONS)
    return data


@pytest.mark.filterwarnings("ignore::pynenc_conf.UnknownSettingWarning")
@settings(max_examples=200)
@given(
    files=st.lists(task_files(), min_size=3, max_size=3),
    variables=st.dictionaries(
        st.tuples(
            st.sampled_from(["", "CONFIGTASK__", "CONFIGTASK__SHOP#PAY__"]), TASK_FIELDS
        ),
        TASK_TEXTS,
        max_size=3,
    ),
    spelling=st.sampled_from(["#", "__"]),
)
def test_findings_about_tasks_are_the_differences(
    files: list[dict[str, Any]], variables: dict[tuple[str, str], str], spelling: str
) -> None:
    """The command finds the differences between the settings of one task."""
    names = ("config.yaml", "environment.yaml", "class.yaml")
    world = World([], None, dict(zip(names, files, strict=True)), "config.yaml")
    world.variables = {
        f"PYNENC__{prefix}{field}".upper().replace("#", spelling): text
        for (prefix, field), text in variables.items()
    }
    world.variables["PYNENC__FILEPATH"] = "environment.yaml"
    world.variables["PYNENC__CONFIGTASK__FILEPATH"] = "class.yaml"
    with create_world(world):
        outcomes = [
            [outcome(cls, "config.yaml", task) for cls in (ConfigTask, OriginalTask)]
            for task in ("", "shop.pay")
        ]
        model = read_model(ConfigTask, "config.yaml", "shop.pay")
        comparison = Comparison([ConfigTask], sources("config.yaml"))
        comparison.compare()
    expected = outcomes[1][1]
    assert model == expected
    fields = {finding.field for finding in comparison.findings}
    differing: set[str] = set()
    for ours, theirs in outcomes:
        if ours is not None and theirs is not None:
            differing |= {name for name in ours if ours[name] != theirs[name]}
    assert fields >= differing
    if all(ours == theirs is not None for ours, theirs in outcomes):
        assert not fields
    if any((ours is None) is not (theirs is None) for ours, theirs in outcomes):
        assert fields


def read_model(
    cls: Any, path: str | None, task: str | None = None
) -> dict[str, str] | None:
    """Return the values that the command computes for pynenc, as `outcome` does."""
    plan = plan_of(cls)
    deployment = Deployment(Environment().values, set())
    values = dict(plan.defaults)
    for item in original.read_sources(plan, task, path, {}, deployment):
        if not item.name:
            return None
        value = read_as_pynenc(plan.settings[item.name], item.raw)
        if isinstance(value, Exception):
            return None
        values[item.name] = value
    values.pop("retry_for", None)
    return {name: repr(value) for name, value in values.items()}
