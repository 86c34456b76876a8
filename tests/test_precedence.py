"""Precedence of the sources: the order of the original as one rule, case by case."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Generic, TypeVar

import pytest

from pynenc_conf import (
    ConfigBase,
    ConfigField,
    ConfigMultiInheritanceError,
    ConfigOrchestratorRedis,
    ConfigPynencBase,
    ConfigRedis,
    ConfigStateBackendRedis,
    ConfigThreadRunner,
    ConfigTypeError,
)

T = TypeVar("T")


class ConfigAlone(ConfigPynencBase):
    """A class without ancestors."""

    host = ConfigField("default")


def write(name: str, general: str, section: str | None = None) -> None:
    """Write a YAML file with a general key and an optional section."""
    text = f"host: {general}\n"
    if section is not None:
        text += f"alone:\n  host: {section}\n"
    Path(name).write_text(text, encoding="utf-8")


HOSTS = (
    "config_values",
    "config_values section",
    "pyproject",
    "pyproject section",
    "file",
    "file section",
    "PYNENC__FILEPATH file",
    "PYNENC__FILEPATH file section",
    "class file",
    "class file section",
    "general variable",
    "class variable",
)


@pytest.mark.parametrize("top", range(len(HOSTS)), ids=HOSTS)
def test_order_of_the_sources(monkeypatch: pytest.MonkeyPatch, top: int) -> None:
    """Each source overrides all lower ones, and a section overrides general keys."""
    values: dict[str, object] = {"host": HOSTS[0]}
    if top >= 1:
        values["alone"] = {"host": HOSTS[1]}
    if top >= 2:
        section = f"[tool.pynenc.alone]\nhost = '{HOSTS[3]}'\n" if top >= 3 else ""
        text = f"[tool.pynenc]\nhost = '{HOSTS[2]}'\n{section}"
        Path("pyproject.toml").write_text(text, encoding="utf-8")
    path = None
    if top >= 4:
        path = "given.yaml"
        write(path, HOSTS[4], HOSTS[5] if top >= 5 else None)
    if top >= 6:
        write("named.yaml", HOSTS[6], HOSTS[7] if top >= 7 else None)
        monkeypatch.setenv("PYNENC__FILEPATH", "named.yaml")
    if top >= 8:
        write("class.yaml", HOSTS[8], HOSTS[9] if top >= 9 else None)
        monkeypatch.setenv("PYNENC__CONFIGALONE__FILEPATH", "class.yaml")
    if top >= 10:
        monkeypatch.setenv("PYNENC__HOST", HOSTS[10])
    if top >= 11:
        monkeypatch.setenv("PYNENC__CONFIGALONE__HOST", HOSTS[11])
    conf = ConfigAlone(values, path)
    assert conf.host == HOSTS[top]
    chain = conf.field_info("host").chain
    assert [item.value for item in chain] == [*reversed(HOSTS[: top + 1]), "default"]


def test_assignment_overrides_every_source(monkeypatch: pytest.MonkeyPatch) -> None:
    """An assignment overrides every source."""
    monkeypatch.setenv("PYNENC__CONFIGALONE__HOST", "variable")
    conf = ConfigAlone()
    conf.host = "assigned"
    assert conf.host == "assigned"


def test_lowest_section_of_a_child_overrides_its_parents(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A section of a more derived class wins, whatever the source."""
    monkeypatch.setenv("PYNENC__CONFIGREDIS__REDIS_HOST", "parents-variable")
    conf = ConfigOrchestratorRedis({"orchestratorredis": {"redis_host": "childs"}})
    assert conf.redis_host == "childs"


def test_general_variable_overrides_every_section(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A general variable overrides everything except the class's own variable."""
    monkeypatch.setenv("PYNENC__REDIS_HOST", "general")
    values = {"orchestratorredis": {"redis_host": "section"}}
    assert ConfigOrchestratorRedis(values).redis_host == "general"
    monkeypatch.setenv("PYNENC__CONFIGREDIS__REDIS_HOST", "parents-own")
    assert ConfigOrchestratorRedis(values).redis_host == "general"
    monkeypatch.setenv("PYNENC__CONFIGORCHESTRATORREDIS__REDIS_HOST", "own")
    assert ConfigOrchestratorRedis(values).redis_host == "own"


def test_general_key_counts_as_the_first_ancestors() -> None:
    """A section of a later ancestor in config_values overrides a file's general key."""
    Path("pynenc.yaml").write_text("redis_host: file\n", encoding="utf-8")
    later = ConfigOrchestratorRedis({"redis": {"redis_host": "section"}}, "pynenc.yaml")
    assert later.redis_host == "section"
    first = ConfigOrchestratorRedis(
        {"orchestrator": {"redis_host": "section"}}, "pynenc.yaml"
    )
    assert first.redis_host == "file"


def test_sections_set_fields_of_siblings() -> None:
    """A section sets any field of the instance; the right base overrides the left."""
    conf = ConfigOrchestratorRedis(
        {
            "orchestrator": {"redis_host": "left", "redis_port": 1},
            "redis": {"cycle_control": False, "redis_port": 2},
        }
    )
    assert (conf.redis_host, conf.cycle_control, conf.redis_port) == ("left", False, 2)


def test_variables_do_not_set_fields_of_siblings(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The variable of a class sets only the fields that this class has."""
    monkeypatch.setenv("PYNENC__CONFIGORCHESTRATOR__REDIS_HOST", "ignored")
    assert ConfigOrchestratorRedis().redis_host == "localhost"


@pytest.mark.filterwarnings("ignore::pynenc_conf.UnknownSettingWarning")
def test_section_name_is_not_a_variable_name(monkeypatch: pytest.MonkeyPatch) -> None:
    """The name of a variable contains the class name, not the section name."""
    monkeypatch.setenv("PYNENC__ORCHESTRATOR__CYCLE_CONTROL", "false")
    assert ConfigOrchestratorRedis().cycle_control is True


def test_sources_of_the_parent_set_a_redefined_field(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A field that a child redefines is still set by the sources of its parent."""
    assert ConfigThreadRunner().runner_loop_sleep_time_sec == 0.01
    conf = ConfigThreadRunner({"runner": {"runner_loop_sleep_time_sec": 3}})
    assert conf.runner_loop_sleep_time_sec == 3.0
    monkeypatch.setenv("PYNENC__CONFIGRUNNER__RUNNER_LOOP_SLEEP_TIME_SEC", "4")
    assert ConfigThreadRunner().runner_loop_sleep_time_sec == 4.0


def test_class_without_fields_is_a_scope(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """The section and class file of an ancestor without fields count."""
    conf = ConfigStateBackendRedis({"statebackend": {"redis_host": "section"}})
    assert conf.redis_host == "section"
    file = tmp_path / "backend.json"
    file.write_text('{"statebackend": {"redis_host": "file"}}', encoding="utf-8")
    monkeypatch.setenv("PYNENC__CONFIGSTATEBACKEND__FILEPATH", str(file))
    assert ConfigStateBackendRedis().redis_host == "file"


def test_namespace_classes_are_not_scopes() -> None:
    """A class without fields directly below ConfigBase only defines a namespace."""
    assert ConfigRedis({"pynencbase": {"redis_host": "x"}}).redis_host == "localhost"


def test_class_file_sets_its_class_only(monkeypatch: pytest.MonkeyPatch) -> None:
    """Only the section of its own class is read from a class file."""
    text = "orchestratorredis: {redis_host: child}\nredis: {redis_port: 7}\n"
    Path("redis.yaml").write_text(text, encoding="utf-8")
    monkeypatch.setenv("PYNENC__CONFIGREDIS__FILEPATH", "redis.yaml")
    conf = ConfigOrchestratorRedis()
    assert (conf.redis_host, conf.redis_port) == ("localhost", 7)


def test_class_file_counts_at_its_class(monkeypatch: pytest.MonkeyPatch) -> None:
    """A general key in a class file overrides a section of the class elsewhere."""
    Path("child.yaml").write_text("redis_host: child\n", encoding="utf-8")
    monkeypatch.setenv("PYNENC__CONFIGORCHESTRATORREDIS__FILEPATH", "child.yaml")
    conf = ConfigOrchestratorRedis({"redis": {"redis_host": "section"}})
    assert conf.redis_host == "child"


def test_childs_class_file_overrides_its_parents(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A general key in the class file of a child overrides the parent's class file."""
    Path("parent.yaml").write_text("redis_host: parent\n", encoding="utf-8")
    Path("child.yaml").write_text("redis_host: child\n", encoding="utf-8")
    monkeypatch.setenv("PYNENC__CONFIGREDIS__FILEPATH", "parent.yaml")
    monkeypatch.setenv("PYNENC__CONFIGORCHESTRATORREDIS__FILEPATH", "child.yaml")
    assert ConfigOrchestratorRedis().redis_host == "child"


@pytest.mark.parametrize("nothing", [None, "", {}, (), 0])
def test_empty_arguments_count_as_omitted(nothing: Any) -> None:
    """An empty argument counts as omitted."""
    assert ConfigRedis(nothing, nothing) == ConfigRedis()


def test_the_first_exception_is_the_cause(monkeypatch: pytest.MonkeyPatch) -> None:
    """If several mappers raise, the cause is the exception of the lowest source."""

    def reject(value: int, _: type[int]) -> int:
        raise LookupError(value)

    class ConfigCause(ConfigBase):
        size = ConfigField(1, mapper=reject)

    for number in (2, 3):
        Path(f"{number}.yaml").write_text(f"size: {number}", encoding="utf-8")
    monkeypatch.setenv("CONFIG__FILEPATH", "3.yaml")
    with pytest.raises(ConfigTypeError) as caught:
        ConfigCause({"size": 1}, "2.yaml")
    assert len(caught.value.problems) == 3
    cause = caught.value.__cause__
    assert isinstance(cause, LookupError)
    assert cause.args == (1,)


def test_sections_of_the_instance_in_several_files(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The sections of the instantiated class also count if several files are read."""
    text = "hooked: {paris: {size: 3}}"
    Path("a.yaml").write_text(text, encoding="utf-8")
    Path("b.yaml").write_text("town: x", encoding="utf-8")
    monkeypatch.setenv("CONFIG__FILEPATH", "b.yaml")
    conf = ConfigHooked(None, "a.yaml")
    assert (conf.size, conf.town) == (3, "x")


def test_empty_filepath_variable_is_unset(monkeypatch: pytest.MonkeyPatch) -> None:
    """An empty FILEPATH variable names no file."""
    monkeypatch.setenv("PYNENC__FILEPATH", "")
    monkeypatch.setenv("PYNENC__CONFIGREDIS__FILEPATH", "")
    assert ConfigRedis().redis_host == "localhost"


def test_empty_variable_is_a_value(monkeypatch: pytest.MonkeyPatch) -> None:
    """An empty variable sets a str to empty text and a bool to False."""
    monkeypatch.setenv("PYNENC__REDIS_HOST", "")
    monkeypatch.setenv("PYNENC__CYCLE_CONTROL", "")
    conf = ConfigOrchestratorRedis()
    assert (conf.redis_host, conf.cycle_control) == ("", False)


def test_section_that_is_not_a_mapping_is_ignored() -> None:
    """Sections whose value is not a mapping and unknown keys are ignored."""
    conf = ConfigRedis({"redis": 5, "unknown": 1, "elsewhere": {"redis_port": 1}})
    assert conf == ConfigRedis()


def test_table_of_a_sections_name_is_the_section() -> None:
    """A table for a field named like a section is the section, unless it is valid."""

    class ConfigShape(ConfigPynencBase):
        shape = ConfigField("round")
        size = ConfigField(1)

    class ConfigTable(ConfigPynencBase):
        table: ConfigField[dict[str, int]] = ConfigField({})

    conf = ConfigShape({"shape": {"shape": "square", "size": 2}})
    assert (conf.shape, conf.size) == ("square", 2)
    assert ConfigTable({"table": {"rows": 3}}).table == {"rows": 3}


class ConfigTop(ConfigPynencBase):
    """The top of a diamond."""

    depth = ConfigField(0)
    names: ConfigField[list[str]] = ConfigField([])


class ConfigLeft(ConfigTop):
    """The left branch."""

    left = ConfigField(0)


class ConfigRight(ConfigTop):
    """The right branch."""

    right = ConfigField(0)


class ConfigBottom(ConfigLeft, ConfigRight):
    """The bottom of a diamond."""


def test_diamond(monkeypatch: pytest.MonkeyPatch) -> None:
    """The variable of a diamond's top overrides both branches; its section does not."""
    monkeypatch.setenv("PYNENC__CONFIGTOP__DEPTH", "1")
    assert ConfigBottom({"left": {"depth": 2}}).depth == 1
    assert ConfigBottom({"right": {"depth": 3}}).depth == 3
    monkeypatch.delenv("PYNENC__CONFIGTOP__DEPTH")
    assert ConfigBottom({"top": {"depth": 1}, "left": {"depth": 2}}).depth == 2


def test_diamond_of_files(monkeypatch: pytest.MonkeyPatch) -> None:
    """The class file of a diamond's top counts below those of both branches."""
    for name, depth in (("top", 1), ("left", 2)):
        text = f"depth: {depth}\nnames: [{name}]\n"
        Path(f"{name}.yaml").write_text(text, encoding="utf-8")
        monkeypatch.setenv(f"PYNENC__CONFIG{name.upper()}__FILEPATH", f"{name}.yaml")
    conf = ConfigBottom()
    assert (conf.depth, conf.names) == (2, ["left"])


def test_only_config_classes_are_scopes() -> None:
    """Only subclasses of ConfigBase have a section; other base classes do not."""

    class ConfigMixed(ConfigBase, Generic[T]):
        size = ConfigField(1)

    for section in ("base", "generic", "object"):
        assert ConfigMixed({section: {"size": 2}}).size == 1


def test_field_in_the_place_of_something_else() -> None:
    """A field may replace a plain attribute of the parent."""

    class ConfigPlain(ConfigBase):
        size = 5

    class ConfigSized(ConfigPlain):
        size = ConfigField(1)  # type: ignore[assignment] # on purpose

    assert ConfigSized({"size": "2"}).size == 2


def test_two_parents_with_one_field_conflict_when_instantiated() -> None:
    """Two parents that define the same field conflict; the error names both."""

    class ConfigOther(ConfigPynencBase):
        redis_host = ConfigField("other")

    class ConfigBoth(ConfigRedis, ConfigOther):
        pass

    with pytest.raises(ConfigMultiInheritanceError) as caught:
        ConfigBoth()
    for word in ("ConfigBoth", "redis_host", "ConfigRedis", "ConfigOther"):
        assert word in str(caught.value)


def test_conflict_depends_on_the_order_of_parents() -> None:
    """A field that a parent inherits conflicts only with a definition to its right."""

    class ConfigRedefines(ConfigTop):
        depth = ConfigField(5)

    class ConfigFine(ConfigRedefines, ConfigLeft):
        pass

    class ConfigConflict(ConfigLeft, ConfigRedefines):
        pass

    assert ConfigFine().depth == 5
    with pytest.raises(ConfigMultiInheritanceError):
        ConfigConflict()


def test_redefinition_in_the_child_resolves_the_conflict() -> None:
    """If the child redefines a field, its default and type apply without a conflict."""

    class ConfigChild(ConfigRedis):
        redis_port = ConfigField("a-socket")

    assert ConfigChild().redis_port == "a-socket"
    assert ConfigChild({"redis": {"redis_port": 1}}).redis_port == "1"


def test_instantiating_a_parent_ignores_its_children(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The sections and variables of a child do not affect its parent."""
    monkeypatch.setenv("PYNENC__CONFIGORCHESTRATORREDIS__REDIS_HOST", "child")
    conf = ConfigRedis({"orchestratorredis": {"redis_host": "child"}})
    assert conf.redis_host == "localhost"


def test_names() -> None:
    """The names of a section and variables are derived from the class name."""
    assert ConfigRedis().get_config_id(ConfigOrchestratorRedis) == "orchestratorredis"
    assert ConfigRedis.get_env_key("redis_host") == "PYNENC__REDIS_HOST"
    key = ConfigRedis.get_env_key("redis_host", ConfigRedis)
    assert key == "PYNENC__CONFIGREDIS__REDIS_HOST"
    assert ConfigOrchestratorRedis.config_fields() == [
        "max_pending_resolution_threads",
        "redis_retry_max_attempts",
        "redis_retry_base_delay_sec",
        "redis_retry_max_delay_sec",
    ]
    fields = ConfigOrchestratorRedis().all_fields
    assert fields[:2] == ["cycle_control", "blocking_control"]
    assert fields[-4:] == ConfigOrchestratorRedis.config_fields()
    by_class = ConfigOrchestratorRedis().config_cls_to_fields
    assert by_class["ConfigRedis"] == set(ConfigRedis.config_fields())
    assert by_class["ConfigOrchestratorRedis"] == set(fields)


def test_a_class_may_name_its_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    """Variables count whatever their names begin with, also after an instance."""

    class ConfigNamed(ConfigPynencBase):
        host = ConfigField("default")

        @classmethod
        def get_env_key(cls, field: str, config: type[ConfigBase] | None = None) -> str:
            return f"{'OWN' if config else 'ANY'}_{field.upper()}"

    assert ConfigNamed().host == ConfigAlone().host == "default"
    monkeypatch.setenv("ANY_HOST", "any")
    assert ConfigNamed().host == "any"
    monkeypatch.setenv("OWN_HOST", "own")
    assert ConfigNamed().host == "own"
    monkeypatch.setattr(ConfigBase, "get_env_key", vars(ConfigNamed)["get_env_key"])
    assert ConfigAlone().host == "own"
    monkeypatch.undo()
    assert ConfigNamed().host == ConfigAlone().host == "default"


def test_a_class_may_share_the_variables_of_another(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The names of another class's `get_env_key` begin with that class's prefix."""

    class ConfigShared(ConfigPynencBase):
        ENV_PREFIX = "SHOP"
        host = ConfigField("default")
        get_env_key = ConfigRedis.get_env_key

    assert ConfigShared().host == "default"
    monkeypatch.setenv("PYNENC__HOST", "any")
    assert ConfigShared().host == "any"
    monkeypatch.setenv("PYNENC__CONFIGSHARED__HOST", "own")
    assert ConfigShared().host == "own"


def test_a_namespace_is_not_a_scope(monkeypatch: pytest.MonkeyPatch) -> None:
    """A class that only defines a namespace has neither a section nor a file."""
    text = "redis_host: x\npynencbase: {redis_host: y}\n"
    Path("base.yaml").write_text(text, encoding="utf-8")
    monkeypatch.setenv("PYNENC__CONFIGPYNENCBASE__FILEPATH", "base.yaml")
    values = {"pynencbase": {"redis_host": "z"}}
    assert ConfigRedis(values).redis_host == "localhost"
    assert ConfigOrchestratorRedis(values).redis_host == "localhost"


def test_pyproject_may_be_a_folder() -> None:
    """A directory named pyproject.toml sets nothing."""
    Path("pyproject.toml").mkdir()
    assert ConfigRedis().redis_host == "localhost"


def test_an_empty_file_variable_hides_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    """An empty FILEPATH variable counts as unset and hides no other."""
    Path("class.yaml").write_text("redis_host: x\n", encoding="utf-8")
    monkeypatch.setenv("PYNENC__FILEPATH", "")
    monkeypatch.setenv("PYNENC__CONFIGREDIS__FILEPATH", "class.yaml")
    assert ConfigRedis().redis_host == "x"


class ConfigHooked(ConfigBase):
    """A class whose hooks name the section and variables of a branch."""

    size = ConfigField(1)
    town = ConfigField("Rome")

    def get_extra_qualifiers(self, config_cls: type[ConfigBase]) -> list[str] | None:
        """Name the branch for this class only."""
        return ["berlin", "paris"] if config_cls is ConfigHooked else None

    def get_extra_env_keys(
        self, field_name: str, config_cls: type[ConfigBase]
    ) -> list[str] | None:
        """Name two variables for this class only."""
        if config_cls is not ConfigHooked:
            return None
        return [f"BERLIN_{field_name}".upper(), f"PARIS_{field_name}".upper()]


class ConfigHookedChild(ConfigHooked):
    """A child class whose own section has no branches."""


def test_hooks_run_for_each_scope(monkeypatch: pytest.MonkeyPatch) -> None:
    """The names from a hook apply to the scope passed to it; the last name wins."""
    branches = {"berlin": {"size": 2, "town": "x"}, "paris": {"size": 3}}
    conf = ConfigHookedChild({"hooked": {"size": 4, **branches}})
    assert (conf.size, conf.town) == (3, "x")
    assert ConfigHookedChild({"hookedchild": branches}).size == 1
    assert ConfigHookedChild({"hooked": branches, "hookedchild": {"size": 5}}).size == 5
    assert ConfigHookedChild({"hooked": {"paris": {"size": 3}}}).size == 3
    monkeypatch.setenv("BERLIN_SIZE", "6")
    assert ConfigHookedChild({"hooked": branches}).size == 6
    monkeypatch.setenv("PARIS_SIZE", "7")
    assert ConfigHookedChild({"hooked": branches}).size == 7
    monkeypatch.setenv("CONFIG__CONFIGHOOKED__SIZE", "8")
    assert ConfigHooked().size == 7
    monkeypatch.setenv("CONFIG__CONFIGHOOKEDCHILD__SIZE", "9")
    assert ConfigHookedChild().size == 9


class ConfigEverywhere(ConfigBase):
    """A class whose hook names one variable for all scopes."""

    size = ConfigField(1)

    def get_extra_env_keys(
        self, field_name: str, config_cls: type[ConfigBase]
    ) -> list[str]:
        """Name the variable of existing deployments, whatever the scope."""
        del config_cls
        return [f"EVERYWHERE_{field_name}".upper()]


class ConfigEverywhereLeft(ConfigEverywhere):
    """One side of a diamond."""


class ConfigEverywhereRight(ConfigEverywhere):
    """The other side."""


class ConfigEverywhereLeaf(ConfigEverywhereLeft, ConfigEverywhereRight):
    """A class with five scopes."""


def test_one_variable_for_several_scopes(monkeypatch: pytest.MonkeyPatch) -> None:
    """A variable that a hook names for several scopes counts once, for the last."""
    monkeypatch.setenv("EVERYWHERE_SIZE", "2")
    monkeypatch.setenv("CONFIG__CONFIGEVERYWHERELEAF__SIZE", "3")
    chain = ConfigEverywhereLeaf().field_info("size").chain
    assert [candidate.value for candidate in chain] == [2, 3, 1]
    monkeypatch.setenv("EVERYWHERE_SIZE", "two")
    with pytest.raises(ConfigTypeError) as caught:
        ConfigEverywhereLeaf()
    assert len(caught.value.problems) == 1
