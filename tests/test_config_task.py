"""Task options as JSON, exception classes by name, and creating a ConfigTask."""

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
# Names with a dot that do not name an exception class.
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
    """An enum that an application defines."""

    FAST = "fast"


@given(task_options)
def test_options_survive_json(options: dict[str, Any]) -> None:
    """`options_from_json` is the inverse of `options_to_json`."""
    conf = ConfigTask("module.task", task_options=options)
    assert ConfigTask.options_from_json(conf.options_to_json()) == options


@given(task_options)
def test_options_from_json_configure_the_same_task(options: dict[str, Any]) -> None:
    """A task created from the decoded options has the values of the original task."""
    conf = ConfigTask("module.task", task_options=options)
    again = ConfigTask.options_from_json(conf.options_to_json())
    assert ConfigTask("module.task", task_options=again) == conf


@given(task_options)
def test_json_is_equal_to_the_originals(options: dict[str, Any]) -> None:
    """The original library reads and writes the same JSON."""
    theirs = pytest.importorskip("pynenc.conf.config_task")
    text = json.dumps(options, cls=TaskOptionsJSONEncoder)
    assert text == json.dumps(options, cls=theirs.TaskOptionsJSONEncoder)
    assert theirs.ConfigTask.options_from_json(text) == options


def test_json_holds_the_options_only() -> None:
    """The JSON does not contain values of other sources."""
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
    """A StrEnum becomes its value, also if `default` is called directly."""
    assert json.dumps(Speed.FAST, cls=TaskOptionsJSONEncoder) == '"fast"'
    assert TaskOptionsJSONEncoder().default(Speed.FAST) == "fast"


@pytest.mark.parametrize("item", [object(), int, KeyboardInterrupt, {1}])
def test_encoder_rejects_other_objects(item: object) -> None:
    """An object that JSON cannot represent is a TypeError, as in the json module."""
    with pytest.raises(TypeError):
        json.dumps(item, cls=TaskOptionsJSONEncoder)


def test_deserializer_leaves_other_options_alone() -> None:
    """Only options whose type does not exist in JSON are converted."""
    pairs = [("max_retries", 3), ("mine", ["a"])]
    assert options_deserializer(pairs) == {"max_retries": 3, "mine": ["a"]}


def test_deserializer_keeps_text_whole() -> None:
    """Text in place of a list is not split into characters."""
    options = ConfigTask.options_from_json('{"key_arguments": "id,user"}')
    conf = ConfigTask("module.task", task_options=options)
    assert conf.key_arguments == ("id", "user")


def test_deserializer_rejects_unknown_concurrency() -> None:
    """An unknown concurrency control type is a ValueError."""
    with pytest.raises(ValueError, match="sometimes"):
        ConfigTask.options_from_json('{"running_concurrency": "sometimes"}')


@given(st.lists(exceptions))
def test_classes_and_their_names_mean_the_same(classes: list[type[Exception]]) -> None:
    """An exception can be given as a class or as its "module.Name"."""
    as_names = [f"{item.__module__}.{item.__name__}" for item in classes]
    assert exception_mapper(classes) == tuple(classes)
    assert exception_mapper(as_names) == tuple(classes)
    assert exception_mapper([*as_names, *classes]) == tuple(classes * 2)


@given(st.lists(exceptions))
def test_text_means_the_same_as_a_list(classes: list[type[Exception]]) -> None:
    """Text, such as the value of a variable, is comma-separated or a JSON array."""
    as_names = [f"{item.__module__}.{item.__name__}" for item in classes]
    for text in (", ".join(as_names), json.dumps(as_names), f" {','.join(as_names)} "):
        assert exception_config_mapper(text, tuple) == tuple(classes)


@pytest.mark.parametrize("text", ["", " ", "[]", " [ ] "])
def test_empty_text_means_no_exceptions(text: str) -> None:
    """Empty text means that no exception causes a retry."""
    assert exception_config_mapper(text, tuple) == ()


def test_comma_at_the_end_is_ignored() -> None:
    """A list of names can end with a comma."""
    assert exception_config_mapper("builtins.KeyError,", tuple) == (KeyError,)


@pytest.mark.parametrize("text", ["[", '["builtins.KeyError"', f"{'[' * 100_000}"])
def test_broken_json_is_a_type_error(text: str) -> None:
    """Text that starts with a bracket must be a JSON array."""
    with pytest.raises(ConfigTypeError, match="JSON array"):
        exception_config_mapper(text, tuple)


@pytest.mark.parametrize("text", ["[1]", "[null]", '[["builtins.KeyError"]]', "[{}]"])
def test_json_array_holds_names_only(text: str) -> None:
    """A JSON array that contains anything other than names is rejected."""
    with pytest.raises(TypeError):
        exception_config_mapper(text, tuple)


def test_mapper_rejects_another_expected_type() -> None:
    """The mapper returns tuples, and rejects any other expected type."""
    with pytest.raises(ConfigTypeError, match="list"):
        exception_config_mapper(["builtins.KeyError"], list)


@pytest.mark.parametrize("name", HOSTILE_NAMES, ids=range(len(HOSTILE_NAMES)))
def test_hostile_name_is_a_type_error(name: str) -> None:
    """A name that does not name an exception class is a TypeError."""
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
def test_other_items_are_a_type_error(item: Any) -> None:
    """An item is a name or an exception class."""
    with pytest.raises(ConfigTypeError):
        exception_mapper([item])


@given(st.text() | st.text(alphabet="a._/\\ \0[]\",'"))
def test_any_text_is_a_value_or_a_known_error(text: str) -> None:
    """Any text gives classes, a TypeError or a ValueError."""
    try:
        found = exception_config_mapper(text, tuple)
    except (TypeError, ValueError):
        return
    assert isinstance(found, tuple)


@pytest.mark.parametrize("code", BROKEN_MODULES.values(), ids=BROKEN_MODULES)
def test_module_that_cannot_be_imported_is_a_type_error(
    code: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A module that fails while it is imported causes a TypeError."""
    # Each module has its own name, because an imported module stays imported.
    name = f"broken_{abs(hash(code))}"
    (tmp_path / f"{name}.py").write_text(code, encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(ConfigTypeError):
        exception_mapper([f"{name}.Error"])


@pytest.mark.parametrize("name", HOSTILE_NAMES, ids=range(len(HOSTILE_NAMES)))
@pytest.mark.parametrize("wrap", [list, tuple])
def test_hostile_name_in_a_task_is_a_config_error(name: str, wrap: Any) -> None:
    """The error for such a name in a task's configuration names the field."""
    with pytest.raises(ConfigTypeError) as caught:
        ConfigTask("module.task", {"retry_for": wrap([name])})
    assert [problem.field for problem in caught.value.problems] == ["retry_for"]


def test_task_options_are_kept_as_given() -> None:
    """`task_options` is the dict that was passed, not a copy."""
    options: dict[str, Any] = {"max_retries": 2}
    assert ConfigTask("module.task", task_options=options).task_options is options


def test_task_options_are_empty_without_any() -> None:
    """Without options, each task has its own empty dict."""
    one, two = ConfigTask("module.one"), ConfigTask("module.two")
    assert one.task_options == {}
    assert one.task_options is not two.task_options


def test_values_of_the_caller_are_not_changed() -> None:
    """Options override the values of a copy of config_values."""
    values = {"max_retries": 1}
    conf = ConfigTask("module.task", values, None, {"max_retries": 2})
    assert conf.max_retries == 2
    assert values == {"max_retries": 1}


@pytest.mark.parametrize("options", [None, {"max_retries": 2}])
def test_values_that_are_not_a_mapping_are_a_config_error(options: Any) -> None:
    """config_values must be a mapping, with and without options."""
    with pytest.raises(ConfigError, match="mapping"):
        ConfigTask("module.task", 5, None, options)  # type: ignore[arg-type]


def test_task_id_is_kept() -> None:
    """`task_id` is the id that was passed."""
    assert ConfigTask("module.task").task_id == "module.task"


def test_extra_variables_are_the_task_s_lowest_first() -> None:
    """A task has a variable that a shell can export, and that of the original."""
    assert ConfigTask("a.b.c").get_extra_env_keys("max_retries", ConfigTask) == [
        "PYNENC__CONFIGTASK__A__B__C__MAX_RETRIES",
        "PYNENC__CONFIGTASK__A#B#C__MAX_RETRIES",
    ]


def test_extra_variables_carry_the_name_of_the_instantiated_class() -> None:
    """A subclass has its own variables, and none of its parent class."""

    class ConfigMine(ConfigTask):
        pass

    conf = ConfigMine("a.b")
    assert conf.get_extra_env_keys("max_retries", ConfigTask) is None
    assert conf.get_extra_env_keys("max_retries", ConfigMine) == [
        "PYNENC__CONFIGMINE__A__B__MAX_RETRIES",
        "PYNENC__CONFIGMINE__A#B__MAX_RETRIES",
    ]


def test_id_without_a_dot_has_one_variable() -> None:
    """A task id without a dot has only one spelling."""
    assert ConfigTask("task").get_extra_env_keys("max_retries", ConfigTask) == [
        "PYNENC__CONFIGTASK__TASK__MAX_RETRIES"
    ]


def test_retry_for_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """A variable can contain names of exceptions."""
    text = "builtins.KeyError,builtins.OSError"
    monkeypatch.setenv("PYNENC__CONFIGTASK__MODULE__TASK__RETRY_FOR", text)
    assert ConfigTask("module.task").retry_for == (KeyError, OSError)


def test_retry_for_from_a_file(tmp_path: Path) -> None:
    """A file can contain names of exceptions, for one task."""
    file = tmp_path / "pynenc.yaml"
    file.write_text(
        "task:\n  module.task:\n    retry_for: [builtins.KeyError]\n", encoding="utf-8"
    )
    assert ConfigTask("module.task", None, str(file)).retry_for == (KeyError,)
    assert ConfigTask("module.other", None, str(file)).retry_for == (RetryError,)


def test_override_needs_no_task_id() -> None:
    """Overriding the settings of all tasks does not require a task id."""
    with ConfigTask.override(max_retries=4):
        assert ConfigTask("module.task").max_retries == 4


@pytest.mark.parametrize("task_id", [None, {"max_retries": 1}, 5])
def test_task_id_is_text(task_id: Any) -> None:
    """A task id that is not text is rejected."""
    with pytest.raises(ConfigTypeError, match="expected a task id as first argument"):
        ConfigTask(task_id)
