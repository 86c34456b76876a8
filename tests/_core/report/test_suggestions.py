"""Unknown keys and variables that resemble a known name cause a warning."""

from __future__ import annotations

import itertools
import threading
import warnings
from collections.abc import Callable
from difflib import get_close_matches
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pynenc_conf import (
    ConfigBase,
    ConfigField,
    ConfigOrchestratorRedis,
    ConfigRedis,
    ConfigTask,
    UnknownSettingWarning,
)
from pynenc_conf._core.report import suggestions
from pynenc_conf._core.sources.documents import load
from pynenc_conf._core.sources.table import Table

# A mapping warns once for each key of a class, so each test has fresh classes.
pytestmark = pytest.mark.usefixtures("fresh_classes")


def warnings_of(make: Callable[[], Any]) -> list[str]:
    """Return the warnings that `make` causes, without their origins."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        make()
    assert all(item.category is UnknownSettingWarning for item in caught)
    return [str(item.message).partition("\n")[0] for item in caught]


def yaml(text: str, name: str = "pynenc.yaml") -> str:
    """Write a file whose content no other test uses, so that the file is parsed."""
    Path(name).write_text(f"{text}\n# {next(_numbers)}\n", encoding="utf-8")
    return name


_numbers = itertools.count()


def test_a_file() -> None:
    """An unknown key that resembles a field warns with its origin and a suggestion."""
    path = yaml("redis:\n  redis_hots: x\n")
    with pytest.warns(UnknownSettingWarning) as caught:
        ConfigRedis(None, path)
    (item,) = caught
    assert str(item.message) == (
        "unknown setting 'redis_hots'; did you mean 'redis_host'?\n"
        "  --> pynenc.yaml:2:15  redis.redis_hots"
    )
    assert isinstance(item.message, UnknownSettingWarning)
    problem = item.message.problem
    assert problem.origin is not None
    assert (problem.origin.line, problem.suggestion) == (2, "redis_host")
    assert item.filename == __file__


def test_code_of_no_module() -> None:
    """Code that belongs to no module, such as a template, is warned like other code."""
    code = compile("ConfigRedis({'redis_hots': 1})", "template", "exec")
    with pytest.warns(UnknownSettingWarning) as caught:
        exec(code, {"ConfigRedis": ConfigRedis})  # noqa: S102
    assert [item.filename for item in caught] == ["template"]


@pytest.mark.parametrize(
    ("text", "suggestion"),
    [
        ("redis_hots: x", "redis_host"),
        ("Redis-Host: x", "redis_host"),
        ("redisHost: x", "redis_host"),
        ("redsi: {redis_host: x}", "redis"),
        ("orchestrator_redis: {redis_host: x}", "orchestratorredis"),
        ("redis: {redis_pasword: x}", "redis_password"),
        ("orchestrator: {cycle_contrl: on}", "cycle_control"),
        # Every name has six letters. A known name does not end the search.
        ("redis: {redis_host: x, redis_prot: y}", "redis_port"),
        ("'no name': x\nredis_hots: y", "redis_host"),
    ],
)
def test_misspelled_names(text: str, suggestion: str) -> None:
    """Unknown keys and sections are compared with the names that the class reads."""
    (warning,) = warnings_of(lambda: ConfigOrchestratorRedis(None, yaml(text)))
    assert warning.endswith(f"; did you mean {suggestion!r}?")


@pytest.mark.parametrize(
    "text",
    [
        "plugin: {redis_hots: x}",
        "zzz: 1",
        "redis: {cycle_control: on}",
        "broker: {zzz: 1}",
        "queue_timeout_sec: 1",
        "orchestrator: {}",
        "'hunter2 redis_host': x",
        "'redis host': x",
        "broker: {zzz: {redis_hots: x}}",
        "pynencbsae: {redis_host: x}",
    ],
)
def test_other_names_do_not_warn(text: str) -> None:
    """Elsewhere a name that resembles none, or that any class knows, does not warn."""
    assert not warnings_of(lambda: ConfigRedis(None, yaml(text)))


def test_allowed_differences_depend_on_length() -> None:
    """A name of six letters may differ in one letter, a longer name in more letters."""

    class ConfigLengths(ConfigBase):
        kettle = ConfigField(1)
        max_kettles = ConfigField(1)
        x_y_z = ConfigField(1)

    assert warnings_of(lambda: ConfigLengths({"kettla": 2})) == [
        "unknown setting 'kettla'; did you mean 'kettle'?"
    ]
    assert warnings_of(lambda: ConfigLengths({"x-y-z": 2})) == [
        "unknown setting 'x-y-z'; did you mean 'x_y_z'?"
    ]
    assert not warnings_of(lambda: ConfigLengths({"min_kettles": 2}))


def test_a_very_long_name_is_not_compared() -> None:
    """A name of 80 characters is compared with known names, a longer one is not."""
    longest = "kettle_" * 11 + "abc"
    names = {"ConfigLongest": {"x" + longest[1:]: ConfigField(1)}}
    names["ConfigLonger"] = {"y" + longest: ConfigField(1)}
    longest_class, longer_class = (
        type(ConfigBase)(name, (ConfigBase,), {"__module__": __name__, **fields})
        for name, fields in names.items()
    )
    assert len(warnings_of(lambda: longest_class({longest: 2}))) == 1
    assert not warnings_of(lambda: longer_class({"z" + longest: 2}))


@pytest.mark.parametrize(
    ("name", "known", "similar"),
    [
        ("prot", "port", True),
        ("form", "from", True),
        ("prto", "port", False),
        ("por", "port", True),
        ("post", "port", False),
        ("ports", "port", True),
        ("timeuot_of_x", "timeout_of_x", True),
        ("", "port", False),
        ("p", "o", False),
    ],
)
def test_swapped_letters(name: str, known: str, similar: bool) -> None:  # noqa: FBT001
    """Two adjacent letters that are swapped are one mistake, also in a short name."""
    assert suggestions.find_intended_name(name, {known}) == (known if similar else None)


LETTERS = st.text("abc_", min_size=1, max_size=12)


@given(LETTERS, LETTERS)
def test_no_similar_name_is_left_out(name: str, known: str) -> None:
    """A name is found if it is as similar as its length requires."""
    required = 0.8 if len(name) <= 6 else 0.85
    if get_close_matches(name, [known], 1, required):
        assert suggestions.find_intended_name(name, {known}) == known


def test_names_that_are_not_text() -> None:
    """A key of config_values that is not a string gets no suggestion."""
    assert not warnings_of(lambda: ConfigRedis({5: 1, ("redis_hots",): 2}))


def test_long_tables() -> None:
    """A table with more than a thousand names in config_values is not searched."""

    class ConfigLong(ConfigBase):
        kettle_of_fish = ConfigField(1)

    class ConfigLonger(ConfigLong):
        """A class that reads the section of another, too."""

    table: dict[str, Any] = {"kettle_of_fihs": 1}
    table |= {f"{number}": 1 for number in range(999)}
    assert len(warnings_of(lambda: ConfigLonger({"long": dict(table)}))) == 1
    table = {"kettle_of_fsih": 1, **{f"{number}": 1 for number in range(1000)}}
    assert not warnings_of(lambda: ConfigLonger({"long": table}))


def test_names_in_other_tables_do_not_suppress_warnings() -> None:
    """A name warns even if another table contains it or it has warned elsewhere."""

    class ConfigHeld(ConfigBase):
        kettle_of_tea = ConfigField(1)

    values: dict[str, Any] = {"unheard_of_it": {"kettle_of_tae": 1}, "zzz": 1}
    assert not warnings_of(lambda: ConfigHeld(values))
    assert len(warnings_of(lambda: ConfigHeld({"held": {"kettle_of_tae": 1}}))) == 1
    assert len(warnings_of(lambda: ConfigHeld({"kettle_of_tae": 1}))) == 1


def test_once_for_each_document() -> None:
    """An unknown key warns once, however many instances and classes read its file."""
    path = yaml("redis_hots: x\n")

    def make() -> None:
        for cls in (ConfigRedis, ConfigRedis, ConfigOrchestratorRedis):
            cls(None, path)

    assert len(warnings_of(make)) == 1
    assert not warnings_of(make)
    other = yaml("redis_hots: y\n", "other.yaml")
    assert len(warnings_of(lambda: ConfigRedis(None, other))) == 1


def test_a_mapping() -> None:
    """An unknown key of config_values warns once; known keys do not warn."""

    class ConfigSimilarOne(ConfigBase):
        colour_of_cat = ConfigField("red")

    values = {"similarone": {"colour_of_cta": "x"}, "other": {"colour_of_cta": 1}}
    (warning,) = warnings_of(lambda: [ConfigSimilarOne(values) for _ in range(3)])
    assert warning == "unknown setting 'colour_of_cta'; did you mean 'colour_of_cat'?"
    with pytest.warns(UnknownSettingWarning, match="config_values colour_of_dat"):
        ConfigSimilarOne({"colour_of_dat": 1})


@pytest.fixture
def searches(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """Return a list that records each search for unknown names."""
    found: list[object] = []
    real = Table.find_unknown

    def find_unknown(*given: Any) -> Any:
        found.append(given)
        return real(*given)

    monkeypatch.setattr(Table, "find_unknown", find_unknown)
    return found


def test_a_name_is_searched_for_once(searches: list[object]) -> None:
    """Names in config_values that resemble no known name are searched for only once."""

    class ConfigSimilarTwo(ConfigBase):
        colour_of_dog = ConfigField("red")

    values = {
        "plugin_of_two": {"a": 1},
        "similartwo": {"colour_of_dog": 2},
        "unheard_of": 3,
    }
    for _ in range(3):
        ConfigSimilarTwo(dict(values))
    assert len(searches) == 1


def test_mappings_with_many_tasks_are_not_searched_each_time(
    searches: list[object],
) -> None:
    """The tables of ten tasks in config_values are searched once, not once per task."""

    class ConfigLateTask(ConfigTask):
        """A class that has not read the tables yet."""

    tasks = {f"shop.task{number}": {"max_retries": 1} for number in range(10)}
    for task in tasks:
        assert ConfigLateTask(task, {"task": tasks}).max_retries == 1
    assert len(searches) == 1


def test_a_file_of_many_tasks_is_searched_once(searches: list[object]) -> None:
    """The names in a file are searched once, however many tasks read the file."""
    tasks = "".join(
        f"  shop.task{number}: {{max_retries: 1}}\n" for number in range(10)
    )
    path = yaml(f"task:\n  retry_for: [builtins.OSError]\n{tasks}")
    for number in range(10):
        assert ConfigTask(f"shop.task{number}", None, path).max_retries == 1
    assert len(searches) == 1


def test_sections_of_tasks() -> None:
    """A key in the section of a task is compared with the fields of the task class."""
    path = yaml("task:\n  shop.mail:\n    max_retires: 3\n")
    (warning,) = warnings_of(lambda: ConfigTask("shop.mail", None, path))
    assert warning.endswith("did you mean 'max_retries'?")


@pytest.mark.parametrize(
    ("name", "suggestion"),
    [
        ("PYNENC__REDIS_HOTS", "PYNENC__REDIS_HOST"),
        ("PYNENC__REDIS__REDIS_HOST", "PYNENC__CONFIGREDIS__REDIS_HOST"),
        ("PYNENC__CONFIGREDSI__REDIS_DB", "PYNENC__CONFIGREDIS__REDIS_DB"),
        ("PYNENC__redis_host", "PYNENC__REDIS_HOST"),
        ("PYNENC__FILE_PATH", "PYNENC__FILEPATH"),
        ("PYNENC__PLUGIN__SIZE", None),
        ("PYNENC__CONFIGPLUGIN__REDIS_HOST", None),
        ("PYNENC__REDIS_PASSWORD_FILE", None),
        ("PYNENC__CONFIGTASK__SHOP__MAIL__MAX_RETRIES", None),
        ("OTHER__REDIS_HOTS", None),
    ],
)
def test_variables(
    name: str, suggestion: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A variable whose name resembles a known variable warns once."""
    monkeypatch.setenv(name, "")
    found = warnings_of(
        lambda: [ConfigRedis(), ConfigRedis(), ConfigOrchestratorRedis()]
    )
    expected = f"unknown setting {name!r}; did you mean {suggestion!r}?"
    assert found == ([] if suggestion is None else [expected])


def test_each_variable_warns(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every misspelled variable causes its own warning with its own origin."""
    for name in ("PYNENC__LIKE_NOTHING", "PYNENC__REDIS_HOTS", "PYNENC__REDIS_PROT"):
        monkeypatch.setenv(name, "")
    with pytest.warns(UnknownSettingWarning) as caught:
        ConfigRedis()
    assert {str(item.message) for item in caught} == {
        f"unknown setting 'PYNENC__{name}'; did you mean 'PYNENC__{suggestion}'?\n"
        f"  --> environment variable PYNENC__{name}"
        for name, suggestion in [
            ("REDIS_HOTS", "REDIS_HOST"),
            ("REDIS_PROT", "REDIS_PORT"),
        ]
    }


def test_unused_namespaces_do_not_warn() -> None:
    """A variable that resembles a name in an unused namespace does not warn."""

    class ConfigFarBase(ConfigBase):
        ENV_PREFIX = "FAR"

    class ConfigFar(ConfigFarBase):
        shelf_of_far = ConfigField(1)

    assert not warnings_of(lambda: ConfigRedis(None, yaml("shelf_of_faar: 1")))
    assert warnings_of(lambda: ConfigFar(None, yaml("shelf_of_faar: 2", "far.yaml")))


def test_variables_of_other_namespaces(monkeypatch: pytest.MonkeyPatch) -> None:
    """A variable that belongs to, or resembles, another namespace does not warn."""

    class ConfigAfarBase(ConfigBase):
        ENV_PREFIX = "AFAR"

    class ConfigAfar(ConfigAfarBase):
        shelf_of_afar = ConfigField(1)

    class ConfigResemblingBase(ConfigBase):
        ENV_PREFIX = "ANEAR"

    class ConfigResembling(ConfigResemblingBase):
        shelf_of_afaar = ConfigField(1)

    monkeypatch.setenv("PYNENC__SHELF_OF_AFARR", "1")
    monkeypatch.setenv("ANEAR__SHELF_OF_AFAR", "1")
    assert not warnings_of(ConfigRedis)
    assert not warnings_of(ConfigResembling)
    assert not warnings_of(ConfigAfar)


def test_memory_of_warnings_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """The memory of past warnings is bounded, and the bound changes no result."""
    monkeypatch.setattr(suggestions, "_MAX_REMEMBERED", 3)

    class ConfigForgets(ConfigBase):
        kettle_of_ink = ConfigField(1)

    for number in range(12):
        values = {f"unheard_of_{number}_{word}": 1 for word in ("this", "that")}
        assert not warnings_of(lambda values=values: ConfigForgets(values))
        conf = ConfigForgets({**values, "kettle_of_ink": number})
        assert conf.kettle_of_ink == number
        assert len(suggestions._unrelated) <= 3  # noqa: SLF001
    assert len(warnings_of(lambda: ConfigForgets({"kettle_of_inq": 1}))) == 1


def test_a_class_that_is_imported_later_is_known() -> None:
    """An unknown key stops warning once a class that declares it is imported."""

    class ConfigEarly(ConfigBase):
        shelf_of_early = ConfigField(1)

    assert warnings_of(lambda: ConfigEarly(None, yaml("shelf_of_earlyx: 1")))

    class ConfigLate(ConfigBase):
        shelf_of_earlyx = ConfigField(1)

    assert not warnings_of(
        lambda: ConfigEarly(None, yaml("shelf_of_earlyx: 2", "b.yaml"))
    )
    assert ConfigLate(None, "b.yaml").shelf_of_earlyx == 2


def test_threads() -> None:
    """Many threads that read the same misspelled name cause a single warning."""
    path = yaml("redis_hots: threads\n")
    start = threading.Barrier(8)

    def make() -> None:
        start.wait()
        ConfigRedis(None, path)

    def run_all() -> None:
        threads = [threading.Thread(target=make) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    load(path)  # or two of them may parse it, and have a document each
    assert len(warnings_of(run_all)) == 1
