"""Names that are nearly right warn when an instance meets them."""

from __future__ import annotations

import itertools
import threading
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

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


def told(make: Callable[[], Any]) -> list[str]:
    """Return what making instances warns of, without the places."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        make()
    assert all(item.category is UnknownSettingWarning for item in caught)
    return [str(item.message).partition("\n")[0] for item in caught]


def yaml(text: str, name: str = "pynenc.yaml") -> str:
    """Write a file that is the only one of its content, so that it is parsed."""
    Path(name).write_text(f"{text}\n# {next(_numbers)}\n", encoding="utf-8")
    return name


_numbers = itertools.count()


def test_a_file() -> None:
    """A key that is nearly a field warns, with its place and what was meant."""
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
    """Code that belongs to no module, as of a template, is warned as any other."""
    code = compile("ConfigRedis({'redis_hots': 1})", "template", "exec")
    with pytest.warns(UnknownSettingWarning) as caught:
        exec(code, {"ConfigRedis": ConfigRedis})  # noqa: S102
    assert [item.filename for item in caught] == ["template"]


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("redis_hots: x", "redis_host"),
        ("Redis-Host: x", "redis_host"),
        ("redisHost: x", "redis_host"),
        ("redsi: {redis_host: x}", "redis"),
        ("orchestrator_redis: {redis_host: x}", "orchestratorredis"),
        ("redis: {redis_pasword: x}", "redis_password"),
        ("orchestrator: {cycle_contrl: on}", "cycle_control"),
        # What is known does not end the search; each name is of six letters.
        ("redis: {redis_host: x, redis_prot: y}", "redis_port"),
        ("'no name': x\nredis_hots: y", "redis_host"),
    ],
)
def test_near_misses(text: str, meant: str) -> None:
    """Keys and sections are compared with those of all classes that exist."""
    (said,) = told(lambda: ConfigOrchestratorRedis(None, yaml(text)))
    assert said.endswith(f"; did you mean {meant!r}?")


@pytest.mark.parametrize(
    "text",
    [
        "plugin: {redis_hots: x}",
        "zzz: 1",
        "redis: {zzz: 1, cycle_control: on}",
        "queue_timeout_sec: 1",
        "orchestrator: {}",
        "'hunter2 redis_host': x",
        "'redis host': x",
        "redis: {zzz: {redis_hots: x}}",
        "redis: {redsi: {redis_host: x}}",
        "pynencbsae: {redis_host: x}",
    ],
)
def test_everything_else_is_silent(text: str) -> None:
    """What resembles nothing, or is known to any class, does not warn."""
    assert not told(lambda: ConfigRedis(None, yaml(text)))


def test_alike_by_the_length_of_a_name() -> None:
    """In a short name one letter of six may differ, in a long one that is too much."""

    class ConfigLengths(ConfigBase):
        kettle = ConfigField(1)
        max_kettles = ConfigField(1)
        x_y_z = ConfigField(1)

    assert told(lambda: ConfigLengths({"kettla": 2})) == [
        "unknown setting 'kettla'; did you mean 'kettle'?"
    ]
    assert told(lambda: ConfigLengths({"x-y-z": 2})) == [
        "unknown setting 'x-y-z'; did you mean 'x_y_z'?"
    ]
    assert not told(lambda: ConfigLengths({"min_kettles": 2}))


def test_a_very_long_name_is_not_compared() -> None:
    """A name of 80 letters may be a slip, a longer one is no name."""
    longest = "kettle_" * 11 + "abc"
    names = {"ConfigLongest": {"x" + longest[1:]: ConfigField(1)}}
    names["ConfigLonger"] = {"y" + longest: ConfigField(1)}
    longest_class, longer_class = (
        type(ConfigBase)(name, (ConfigBase,), {"__module__": __name__, **fields})
        for name, fields in names.items()
    )
    assert len(told(lambda: longest_class({longest: 2}))) == 1
    assert not told(lambda: longer_class({"z" + longest: 2}))


def test_names_that_are_no_text() -> None:
    """A key of config_values that is no text is nobody's slip."""
    assert not told(lambda: ConfigRedis({5: 1, ("redis_hots",): 2}))


def test_long_tables() -> None:
    """In a mapping of the code, a table of over a thousand names is passed over."""

    class ConfigLong(ConfigBase):
        kettle_of_fish = ConfigField(1)

    table: dict[str, Any] = {"kettle_of_fihs": 1}
    table |= {f"{number}": 1 for number in range(999)}
    assert len(told(lambda: ConfigLong({"long": dict(table)}))) == 1
    table = {"kettle_of_fsih": 1, **{f"{number}": 1 for number in range(1000)}}
    assert not told(lambda: ConfigLong({"long": table}))


def test_what_others_hold_does_not_silence() -> None:
    """A name warns though it stood in a table of another, or warned elsewhere."""

    class ConfigHeld(ConfigBase):
        kettle_of_tea = ConfigField(1)

    values: dict[str, Any] = {"unheard_of_it": {"kettle_of_tae": 1}, "zzz": 1}
    assert not told(lambda: ConfigHeld(values))
    assert len(told(lambda: ConfigHeld({"held": {"kettle_of_tae": 1}}))) == 1
    assert len(told(lambda: ConfigHeld({"kettle_of_tae": 1}))) == 1


def test_once_for_each_document() -> None:
    """However many instances and classes read a file, a key of it warns once."""
    path = yaml("redis_hots: x\n")

    def make() -> None:
        for cls in (ConfigRedis, ConfigRedis, ConfigOrchestratorRedis):
            cls(None, path)

    assert len(told(make)) == 1
    assert not told(make)
    other = yaml("redis_hots: y\n", "other.yaml")
    assert len(told(lambda: ConfigRedis(None, other))) == 1


def test_a_mapping() -> None:
    """A key of config_values warns once; what is known is passed over."""

    class ConfigNearOne(ConfigBase):
        colour_of_cat = ConfigField("red")

    values = {"nearone": {"colour_of_cta": "x"}, "other": {"colour_of_cta": 1}}
    (said,) = told(lambda: [ConfigNearOne(values) for _ in range(3)])
    assert said == "unknown setting 'colour_of_cta'; did you mean 'colour_of_cat'?"
    with pytest.warns(UnknownSettingWarning, match="config_values colour_of_dat"):
        ConfigNearOne({"colour_of_dat": 1})


def test_a_name_is_searched_for_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Names in config_values that resemble nothing cost one search, then nothing."""

    class ConfigNearTwo(ConfigBase):
        colour_of_dog = ConfigField("red")

    looked: list[object] = []
    real = Table.find_unknown
    monkeypatch.setattr(
        Table,
        "find_unknown",
        lambda *given: looked.append(given) or real(*given),
    )
    values = {"plugin_of_two": {"a": 1}, "neartwo": {"nothing": 2}, "unheard_of": 3}
    for _ in range(3):
        ConfigNearTwo(dict(values))
    assert len(looked) == 1


def test_mappings_with_many_tasks_are_not_searched_each_time(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Ten tasks' tables in config_values are looked at once, not for every task."""

    class ConfigTaskNear(ConfigTask):
        """A class that has not seen them."""

    looked: list[object] = []
    real = Table.find_unknown
    monkeypatch.setattr(
        Table,
        "find_unknown",
        lambda *given: looked.append(given) or real(*given),
    )
    tasks = {f"near.task{number}": {"max_retries": 1} for number in range(10)}
    for task in tasks:
        assert ConfigTaskNear(task, {"task": tasks}).max_retries == 1
    assert len(looked) == 1


def test_a_file_of_many_tasks_is_searched_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """However many tasks read a file, its names are looked at once."""
    looked: list[object] = []
    real = Table.find_unknown
    monkeypatch.setattr(
        Table,
        "find_unknown",
        lambda *given: looked.append(given) or real(*given),
    )
    tasks = "".join(
        f"  near.task{number}: {{max_retries: 1}}\n" for number in range(10)
    )
    path = yaml(f"task:\n  retry_for: [builtins.OSError]\n{tasks}")
    for number in range(10):
        assert ConfigTask(f"near.task{number}", None, path).max_retries == 1
    assert len(looked) == 1


def test_sections_of_tasks() -> None:
    """A key in the section of a task is compared with the fields of the task."""
    path = yaml("task:\n  shop.mail:\n    max_retires: 3\n")
    (said,) = told(lambda: ConfigTask("shop.mail", None, path))
    assert said.endswith("did you mean 'max_retries'?")


@pytest.mark.parametrize(
    ("name", "meant"),
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
    name: str, meant: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A variable that is nearly one that is read warns, once."""
    monkeypatch.setenv(name, "")
    said = told(lambda: [ConfigRedis(), ConfigRedis(), ConfigOrchestratorRedis()])
    expected = f"unknown setting {name!r}; did you mean {meant!r}?"
    assert said == ([] if meant is None else [expected])


def test_each_variable_warns(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each variable that is nearly one warns for itself, with its place."""
    for name in ("PYNENC__LIKE_NOTHING", "PYNENC__REDIS_HOTS", "PYNENC__REDIS_PROT"):
        monkeypatch.setenv(name, "")
    with pytest.warns(UnknownSettingWarning) as caught:
        ConfigRedis()
    assert {str(item.message) for item in caught} == {
        f"unknown setting 'PYNENC__{name}'; did you mean 'PYNENC__{meant}'?\n"
        f"  --> environment variable PYNENC__{name}"
        for name, meant in [("REDIS_HOTS", "REDIS_HOST"), ("REDIS_PROT", "REDIS_PORT")]
    }


def test_other_namespaces_are_others_business() -> None:
    """What is near a name of another namespace does not warn."""

    class ConfigFarBase(ConfigBase):
        ENV_PREFIX = "FAR"

    class ConfigFar(ConfigFarBase):
        shelf_of_far = ConfigField(1)

    assert not told(lambda: ConfigRedis(None, yaml("shelf_of_faar: 1")))
    assert told(lambda: ConfigFar(None, yaml("shelf_of_faar: 2", "far.yaml")))


def test_variables_of_other_namespaces(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is near, or is, a name of another namespace only does not warn."""

    class ConfigAfarBase(ConfigBase):
        ENV_PREFIX = "AFAR"

    class ConfigAfar(ConfigAfarBase):
        shelf_of_afar = ConfigField(1)

    class ConfigAnearBase(ConfigBase):
        ENV_PREFIX = "ANEAR"

    class ConfigAnear(ConfigAnearBase):
        shelf_of_afaar = ConfigField(1)

    monkeypatch.setenv("PYNENC__SHELF_OF_AFARR", "1")
    monkeypatch.setenv("ANEAR__SHELF_OF_AFAR", "1")
    assert not told(ConfigRedis)
    assert not told(ConfigAnear)
    assert not told(ConfigAfar)


def test_what_is_remembered_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """However many names and places are met, each is judged as at first."""
    monkeypatch.setattr(suggestions, "_MAX_REMEMBERED", 3)

    class ConfigForgets(ConfigBase):
        kettle_of_ink = ConfigField(1)

    for number in range(12):
        values = {f"unheard_of_{number}_{word}": 1 for word in ("this", "that")}
        assert not told(lambda values=values: ConfigForgets(values))
        conf = ConfigForgets({**values, "kettle_of_ink": number})
        assert conf.kettle_of_ink == number
        assert len(suggestions._unrelated) <= 3  # noqa: SLF001
    assert len(told(lambda: ConfigForgets({"kettle_of_inq": 1}))) == 1


def test_a_class_that_is_imported_later_is_known() -> None:
    """A key is no miss any more when a class that knows it exists."""

    class ConfigEarly(ConfigBase):
        shelf_of_early = ConfigField(1)

    assert told(lambda: ConfigEarly(None, yaml("shelf_of_earlyx: 1")))

    class ConfigLate(ConfigBase):
        shelf_of_earlyx = ConfigField(1)

    assert not told(lambda: ConfigEarly(None, yaml("shelf_of_earlyx: 2", "b.yaml")))
    assert ConfigLate(None, "b.yaml").shelf_of_earlyx == 2


def test_threads() -> None:
    """Many threads that meet one near miss give one warning."""
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
    assert len(told(run_all)) == 1
