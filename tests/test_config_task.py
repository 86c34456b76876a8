"""Task options as JSON, exception classes by name, and the making of a ConfigTask."""

from __future__ import annotations

import builtins
import json
from enum import StrEnum
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pynenc_conf.config_task import (
    ConcurrencyControlType,
    ConfigTask,
    TaskOptionsJSONEncoder,
    exception_config_mapper,
    exception_mapper,
    options_deserializer,
)
from pynenc_conf.exceptions import ConfigError, ConfigTypeError, RetryError

BUILTIN_EXCEPTIONS = sorted(
    {
        item
        for item in vars(builtins).values()
        if isinstance(item, type) and issubclass(item, Exception)
    },
    key=lambda item: item.__name__,
)
exceptions = st.sampled_from([*BUILTIN_EXCEPTIONS, RetryError])
concurrency = st.sampled_from(ConcurrencyControlType)
names = st.lists(st.text()).map(tuple)
task_options = st.fixed_dictionaries(
    {},
    optional={
        "retry_for": st.lists(exceptions).map(tuple),
        "running_concurrency": concurrency,
        "registration_concurrency": concurrency,
        "key_arguments": names,
        "disable_cache_args": names,
        "max_retries": st.integers(0, 2**63),
        "parallel_batch_size": st.integers(0, 2**63),
        "call_result_cache": st.booleans(),
        "force_new_workflow": st.booleans(),
    },
)
# None of these leads to an exception class, and all of them have a dot.
HOSTILE_NAMES = [
    ".",
    "..",
    ".ValueError",
    "builtins.",
    "builtins..ValueError",
    "builtins.ValueError.args",
    "builtins.KeyboardInterrupt",
    "builtins.int",
    "builtins.print",
    "os.system",
    "os.path.join",
    "no_such_module.Error",
    "no.such.module.Error",
    "..os.error",
    "../os.error",
    "/etc/passwd.Error",
    "__import__('os').system('true')",
    "builtins\0.ValueError",
    "builtins.Value\0Error",
    "built\nins.ValueError",
    "\ud800.Error",
    "\N{GREEK SMALL LETTER ALPHA}.Error",
    " builtins.ValueError",
    f"{'a' * 10_000}.Error",
    f"{'a.' * 1_000}Error",
    "." * 1_000,
]
BROKEN_MODULES = {
    "raises": "raise RuntimeError('on import')",
    "exits": "raise SystemExit(3)",
    "is_no_python": "def broken(:",
    "imports_nothing": "import no_such_module",
    "raises_on_getattr": "def __getattr__(name): raise OSError(name)",
    "lies_about_its_bases": "class Liar:\n    __bases__ = 3\nError = Liar()",
}


class Speed(StrEnum):
    """An enum of an application's own."""

    FAST = "fast"


@given(task_options)
def test_options_survive_json(options: dict[str, Any]) -> None:
    """What `options_to_json` writes, `options_from_json` reads back."""
    conf = ConfigTask("module.task", task_options=options)
    assert ConfigTask.options_from_json(conf.options_to_json()) == options


@given(task_options)
def test_options_from_json_configure_the_same_task(options: dict[str, Any]) -> None:
    """A task made from the options read back has the values of the first one."""
    conf = ConfigTask("module.task", task_options=options)
    again = ConfigTask.options_from_json(conf.options_to_json())
    assert ConfigTask("module.task", task_options=again) == conf


@given(task_options)
def test_json_is_the_original_s(options: dict[str, Any]) -> None:
    """Processes that run the original read the same JSON, and write it."""
    theirs = pytest.importorskip("pynenc.conf.config_task")
    text = json.dumps(options, cls=TaskOptionsJSONEncoder)
    assert text == json.dumps(options, cls=theirs.TaskOptionsJSONEncoder)
    assert theirs.ConfigTask.options_from_json(text) == options


def test_json_holds_the_options_only() -> None:
    """What other sources say is not in the JSON."""
    conf = ConfigTask("module.task", {"max_retries": 3}, None, {"retry_for": ()})
    assert json.loads(conf.options_to_json()) == {"retry_for": []}


def test_encoder_names_exception_classes() -> None:
    """An exception class becomes its module and name."""
    text = json.dumps([RetryError, KeyError], cls=TaskOptionsJSONEncoder)
    assert json.loads(text) == [
        "pynenc_conf.exceptions.RetryError",
        "builtins.KeyError",
    ]


def test_encoder_writes_the_value_of_an_enum() -> None:
    """A StrEnum becomes its value, also where `default` is called by hand."""
    assert json.dumps(Speed.FAST, cls=TaskOptionsJSONEncoder) == '"fast"'
    assert TaskOptionsJSONEncoder().default(Speed.FAST) == "fast"


@pytest.mark.parametrize("item", [object(), int, KeyboardInterrupt, {1}])
def test_encoder_refuses_other_objects(item: object) -> None:
    """What has no form in JSON is a TypeError, as with json itself."""
    with pytest.raises(TypeError):
        json.dumps(item, cls=TaskOptionsJSONEncoder)


def test_deserializer_leaves_other_options_alone() -> None:
    """Only the options that are no JSON types are rebuilt."""
    pairs = [("max_retries", 3), ("mine", ["a"])]
    assert options_deserializer(pairs) == {"max_retries": 3, "mine": ["a"]}


def test_deserializer_keeps_text_whole() -> None:
    """One name written where a list is meant is not split into its letters."""
    options = ConfigTask.options_from_json('{"key_arguments": "id,user"}')
    conf = ConfigTask("module.task", task_options=options)
    assert conf.key_arguments == ("id", "user")


def test_deserializer_refuses_unknown_concurrency() -> None:
    """An unknown kind of concurrency control is a ValueError."""
    with pytest.raises(ValueError, match="sometimes"):
        ConfigTask.options_from_json('{"running_concurrency": "sometimes"}')


@given(st.lists(exceptions))
def test_classes_and_their_names_mean_the_same(classes: list[type[Exception]]) -> None:
    """An exception may be given as a class or as its module and name."""
    as_names = [f"{item.__module__}.{item.__name__}" for item in classes]
    assert exception_mapper(classes) == tuple(classes)
    assert exception_mapper(as_names) == tuple(classes)
    assert exception_mapper([*as_names, *classes]) == tuple(classes * 2)


@given(st.lists(exceptions))
def test_text_means_the_same_as_a_list(classes: list[type[Exception]]) -> None:
    """Text, as from the environment, is comma-separated or a JSON array."""
    as_names = [f"{item.__module__}.{item.__name__}" for item in classes]
    for text in (", ".join(as_names), json.dumps(as_names), f" {','.join(as_names)} "):
        assert exception_config_mapper(text, tuple) == tuple(classes)


@pytest.mark.parametrize("text", ["", " ", "[]", " [ ] "])
def test_empty_text_is_no_exception(text: str) -> None:
    """Empty text retries for nothing."""
    assert exception_config_mapper(text, tuple) == ()


def test_comma_at_the_end_is_no_name() -> None:
    """A list of names may end in a comma."""
    assert exception_config_mapper("builtins.KeyError,", tuple) == (KeyError,)


@pytest.mark.parametrize("text", ["[", '["builtins.KeyError"', f"{'[' * 100_000}"])
def test_broken_json_is_a_type_error(text: str) -> None:
    """Text that begins like a JSON array has to be one."""
    with pytest.raises(ConfigTypeError, match="JSON array"):
        exception_config_mapper(text, tuple)


@pytest.mark.parametrize("text", ["[1]", "[null]", '[["builtins.KeyError"]]', "[{}]"])
def test_json_array_holds_names_only(text: str) -> None:
    """A JSON array of anything but names is refused."""
    with pytest.raises(TypeError):
        exception_config_mapper(text, tuple)


def test_mapper_refuses_another_expected_type() -> None:
    """The mapper makes tuples, whatever else a field asks for."""
    with pytest.raises(ConfigTypeError, match="list"):
        exception_config_mapper(["builtins.KeyError"], list)


@pytest.mark.parametrize("name", HOSTILE_NAMES, ids=range(len(HOSTILE_NAMES)))
def test_hostile_name_is_a_type_error(name: str) -> None:
    """A name that leads to no exception class is a TypeError and nothing else."""
    with pytest.raises(ConfigTypeError):
        exception_mapper([name])


@pytest.mark.parametrize("name", ["", "ValueError", "no dot", "os"])
def test_name_without_a_module_is_a_value_error(name: str) -> None:
    """A name without a dot is a ValueError, as in the original."""
    with pytest.raises(ValueError, match=r"module\.Name"):
        exception_mapper([name])


@pytest.mark.parametrize(
    "item", [None, 3, b"builtins.KeyError", int, KeyboardInterrupt]
)
def test_what_is_no_name_is_a_type_error(item: Any) -> None:
    """An item is a name or an exception class."""
    with pytest.raises(ConfigTypeError):
        exception_mapper([item])


@given(st.text() | st.text(alphabet="a._/\\ \0[]\",'"))
def test_any_text_is_a_value_or_a_known_error(text: str) -> None:
    """Whatever the text, a class, a TypeError or a ValueError comes out."""
    try:
        found = exception_config_mapper(text, tuple)
    except (TypeError, ValueError):
        return
    assert isinstance(found, tuple)


@pytest.mark.parametrize("code", BROKEN_MODULES.values(), ids=BROKEN_MODULES)
def test_module_that_cannot_be_imported_is_a_type_error(
    code: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever a module does when it is imported, what comes out is a TypeError."""
    # A name for each: an imported module stays imported.
    name = f"broken_{abs(hash(code))}"
    (tmp_path / f"{name}.py").write_text(code, encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(ConfigTypeError):
        exception_mapper([f"{name}.Error"])


@pytest.mark.parametrize("name", HOSTILE_NAMES, ids=range(len(HOSTILE_NAMES)))
@pytest.mark.parametrize("wrap", [list, tuple])
def test_hostile_name_in_a_task_is_a_config_error(name: str, wrap: Any) -> None:
    """A task that is configured with such a name says so, and names the field."""
    with pytest.raises(ConfigTypeError) as caught:
        ConfigTask("module.task", {"retry_for": wrap([name])})
    assert [problem.field for problem in caught.value.problems] == ["retry_for"]


def test_task_options_are_kept_as_given() -> None:
    """`task_options` is the very dict that was given."""
    options: dict[str, Any] = {"max_retries": 2}
    assert ConfigTask("module.task", task_options=options).task_options is options


def test_task_options_are_empty_without_any() -> None:
    """Without options, each task has an empty dict of its own."""
    one, two = ConfigTask("module.one"), ConfigTask("module.two")
    assert one.task_options == {}
    assert one.task_options is not two.task_options


def test_values_of_the_caller_are_not_changed() -> None:
    """Options are laid over a copy of the values."""
    values = {"max_retries": 1}
    conf = ConfigTask("module.task", values, None, {"max_retries": 2})
    assert conf.max_retries == 2
    assert values == {"max_retries": 1}


@pytest.mark.parametrize("options", [None, {"max_retries": 2}])
def test_values_that_are_no_mapping_are_a_config_error(options: Any) -> None:
    """Values that are no mapping are refused, with options as without."""
    with pytest.raises(ConfigError, match="mapping"):
        ConfigTask("module.task", 5, None, options)  # type: ignore[arg-type]


def test_task_id_is_kept() -> None:
    """A task knows its id."""
    assert ConfigTask("module.task").task_id == "module.task"


def test_extra_variables_are_the_task_s_lowest_first() -> None:
    """A task has a variable that a shell can export, and the original's."""
    assert ConfigTask("a.b.c").get_extra_env_keys("max_retries", ConfigTask) == [
        "PYNENC__CONFIGTASK__A__B__C__MAX_RETRIES",
        "PYNENC__CONFIGTASK__A#B#C__MAX_RETRIES",
    ]


def test_extra_variables_carry_the_name_of_the_instantiated_class() -> None:
    """A subclass has variables of its own, and none for its parent."""

    class ConfigMine(ConfigTask):
        pass

    conf = ConfigMine("a.b")
    assert conf.get_extra_env_keys("max_retries", ConfigTask) is None
    assert conf.get_extra_env_keys("max_retries", ConfigMine) == [
        "PYNENC__CONFIGMINE__A__B__MAX_RETRIES",
        "PYNENC__CONFIGMINE__A#B__MAX_RETRIES",
    ]


def test_id_without_a_dot_has_one_variable() -> None:
    """Where there is no dot to replace, both spellings are one."""
    assert ConfigTask("task").get_extra_env_keys("max_retries", ConfigTask) == [
        "PYNENC__CONFIGTASK__TASK__MAX_RETRIES"
    ]


def test_retry_for_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Exceptions can be named in a variable."""
    text = "builtins.KeyError,builtins.OSError"
    monkeypatch.setenv("PYNENC__CONFIGTASK__MODULE__TASK__RETRY_FOR", text)
    assert ConfigTask("module.task").retry_for == (KeyError, OSError)


def test_retry_for_from_a_file(tmp_path: Path) -> None:
    """Exceptions can be named in a file, for one task."""
    file = tmp_path / "pynenc.yaml"
    file.write_text(
        "task:\n  module.task:\n    retry_for: [builtins.KeyError]\n", encoding="utf-8"
    )
    assert ConfigTask("module.task", None, str(file)).retry_for == (KeyError,)
    assert ConfigTask("module.other", None, str(file)).retry_for == (RetryError,)


def test_override_needs_no_task_id() -> None:
    """Overriding settings of all tasks does not ask for the id of one."""
    with ConfigTask.override(max_retries=4):
        assert ConfigTask("module.task").max_retries == 4


@pytest.mark.parametrize("task_id", [None, {"max_retries": 1}, 5])
def test_task_id_is_text(task_id: Any) -> None:
    """Anything but text in the place of the task's id is refused, and says so."""
    with pytest.raises(ConfigTypeError, match="expected a task id as first argument"):
        ConfigTask(task_id)
