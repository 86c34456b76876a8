"""One error reports every problem with its origin and the expected value."""

from __future__ import annotations

import pickle
from pathlib import Path
from typing import Any

import pytest

from pynenc_conf import (
    ConfigBase,
    ConfigError,
    ConfigField,
    ConfigFileError,
    ConfigFileNotFoundError,
    ConfigMultiInheritanceError,
    ConfigOrchestratorRedis,
    ConfigRedis,
    ConfigTypeError,
    UnknownFieldError,
)

DESIGN = """\
ConfigOrchestratorRedis: 2 invalid settings
  redis_port: expected int, got 'six'
    --> pynenc.yaml:3:15  redis.redis_port
  cycle_control: expected bool (true/false, yes/no, on/off, 1/0), got 'flase'; \
did you mean 'false'?
    --> environment variable PYNENC__CYCLE_CONTROL"""


def positive(value: Any, expected_type: type[int]) -> int:
    """Read a positive number, as an application's mapper would."""
    number = expected_type(value)
    if number <= 0:
        msg = "not positive"
        raise ValueError(msg)
    return number


class ConfigSample(ConfigBase):
    """Fields of many kinds."""

    count = ConfigField(1)
    rate = ConfigField(1.5)
    flag = ConfigField(False)
    mapped = ConfigField(1, mapper=positive)
    ports: ConfigField[tuple[int, ...]] = ConfigField(())
    limits: ConfigField[dict[str, int]] = ConfigField({})
    mode = ConfigField("fast", choices=("fast", "safe"))


def error_of(
    values: Any = None, path: Any = None, cls: type[Any] = ConfigSample
) -> ConfigError:
    """Return the error that an instantiation raises."""
    with pytest.raises(ConfigError) as caught:
        cls(values, path)
    return caught.value


def two_problems(monkeypatch: pytest.MonkeyPatch) -> ConfigError:
    """Return the error of the example in the documentation."""
    text = "cycle_control: true\nredis:\n  redis_port: six\n"
    Path("pynenc.yaml").write_text(text, encoding="utf-8")
    monkeypatch.setenv("PYNENC__CYCLE_CONTROL", "flase")
    return error_of(None, "pynenc.yaml", ConfigOrchestratorRedis)


def test_text_of_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    """An error names the class, and per field the expectation, value and origin."""
    assert str(two_problems(monkeypatch)) == DESIGN


def test_problems_as_data(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each problem has its field, origin, expectation and suggestion."""
    error = two_problems(monkeypatch)
    port, cycle = error.problems
    assert (port.field, cycle.field) == ("redis_port", "cycle_control")
    assert port.expected == "int"
    assert cycle.expected == "bool (true/false, yes/no, on/off, 1/0)"
    assert (port.suggestion, cycle.suggestion) == (None, "false")
    origin: Any = port.origin
    assert (origin.path, origin.line, origin.column) == ("pynenc.yaml", 3, 15)
    assert origin.key == "redis.redis_port"
    variable: Any = cycle.origin
    assert variable.variable == "PYNENC__CYCLE_CONTROL"


def test_all_sources_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """One instantiation reports the problems of all sources, in order of precedence."""
    Path("pyproject.toml").write_text('[tool.config]\ncount = "a"\n', encoding="utf-8")
    Path("a.json").write_text('{"count": "b"}', encoding="utf-8")
    Path("b.yaml").write_text("sample:\n  count: c\n", encoding="utf-8")
    Path("c.toml").write_text('rate = "d"\n', encoding="utf-8")
    monkeypatch.setenv("CONFIG__FILEPATH", "b.yaml")
    monkeypatch.setenv("CONFIG__CONFIGSAMPLE__FILEPATH", "c.toml")
    monkeypatch.setenv("CONFIG__COUNT", "e")
    monkeypatch.setenv("CONFIG__CONFIGSAMPLE__COUNT", "f")
    error = error_of({"count": "x", "sample": {"flag": "y"}}, "a.json")
    assert str(error).startswith("ConfigSample: 8 invalid settings\n")
    places = {str(problem.origin) for problem in error.problems}
    assert places == {
        "config_values count",
        "config_values sample.flag",
        "pyproject.toml:2  tool.config.count",
        "a.json:1:11  count",
        "b.yaml:2:10  sample.count (file named by CONFIG__FILEPATH)",
        "c.toml:1  rate (file named by CONFIG__CONFIGSAMPLE__FILEPATH)",
        "environment variable CONFIG__COUNT",
        "environment variable CONFIG__CONFIGSAMPLE__COUNT",
    }


@pytest.mark.parametrize(
    ("name", "text", "place"),
    [
        ("a.yaml", "# a\ncount:   x\n", "a.yaml:2:10"),
        ("a.YML", "sample: {flag: off, count: x}", "a.YML:1:28"),
        ("a.yaml", "count:\n  - 1\n", "a.yaml:2:3"),
        ("a.json", '{\n  "rate": 1,\n  "count": "x"}', "a.json:3:12"),
        ("a.json", '{"sample":\n{"count": null}}', "a.json:2:11"),
        ("a.toml", 'rate = 1\n\ncount = "x"\n', "a.toml:3"),
        ("a.toml", '[sample]\n# b\ncount = """\nx"""\n', "a.toml:3"),
        ("a.toml", 'sample.count = "x"\n', "a.toml:1"),
        ("pyproject.toml", '[tool.config.sample]\ncount = "x"\n', "pyproject.toml:2"),
    ],
)
def test_places_in_files(name: str, text: str, place: str) -> None:
    """A problem in YAML or JSON has a line and a column, a problem in TOML a line."""
    Path(name).write_text(text, encoding="utf-8")
    path = None if name == "pyproject.toml" else name
    (problem,) = error_of(None, path).problems
    assert problem.field == "count"
    assert str(problem.origin).startswith(f"{place}  ")
    assert f"\n  --> {place}  " in str(problem)


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"count": 2.5}, "count: expected int, got 2.5"),
        ({"count": "x" * 500}, "count: expected int, got 'xxx"),
        ({"ports": [1, "b"]}, "ports: expected int, got 'b' in element [1]"),
        ({"limits": {"a": "b"}}, "limits: expected int, got 'b' in key 'a'"),
        ({"mode": "sfae"}, "'sfae'; did you mean 'safe'?"),
        ({"mode": "Fast"}, "expected one of 'fast', 'safe', got 'Fast'; did you mean"),
        ({"mapped": -1}, "mapped: expected what positive accepts, got -1 (ValueError:"),
        ({"flag": "ture"}, "got 'ture'; did you mean 'true'?"),
    ],
)
def test_message_texts(values: dict[str, Any], message: str) -> None:
    """A message names the expected and the given value, and suggests a known name."""
    error = error_of(values)
    assert message in str(error)
    assert all(len(line) < 160 for line in str(error).splitlines())


@pytest.mark.parametrize(
    ("error", "base"),
    [
        (ConfigTypeError, TypeError),
        (ConfigFileError, ValueError),
        (ConfigFileNotFoundError, FileNotFoundError),
        (ConfigMultiInheritanceError, ConfigError),
        (UnknownFieldError, KeyError),
    ],
)
def test_hierarchy(error: type[Exception], base: type[Exception]) -> None:
    """Every error is a ConfigError and also the matching built-in exception."""
    assert issubclass(error, ConfigError)
    with pytest.raises(base, match="words"):
        raise error("words")  # noqa: EM101 - the text is the test


def test_built_in_errors_catch() -> None:
    """Code written for TypeError, ValueError and FileNotFoundError keeps working."""
    with pytest.raises(TypeError):
        ConfigSample({"count": "x"})
    with pytest.raises(FileNotFoundError):
        ConfigSample(None, "missing.yaml")
    Path("a.ini").touch()
    with pytest.raises(ValueError, match="unsupported extension"):
        ConfigSample(None, "a.ini")


def test_rejected_assignment() -> None:
    """An invalid assignment raises, and the old value and its origin remain."""
    conf = ConfigSample({"count": 5})
    with pytest.raises(ConfigTypeError) as caught:
        conf.count = "x"  # type: ignore[assignment]
    assert str(caught.value) == (
        "ConfigSample: 1 invalid setting\n"
        "  count: expected int, got 'x'\n"
        "    --> assignment"
    )
    assert conf.count == 5
    assert conf.field_info("count").source == "config_values count"


def test_shadowed_values_are_checked(monkeypatch: pytest.MonkeyPatch) -> None:
    """An invalid value is an error even if a higher source overrides it."""
    monkeypatch.setenv("CONFIG__COUNT", "7")
    with ConfigSample.override(count=8):
        (problem,) = error_of({"count": "x"}).problems
    assert str(problem.origin) == "config_values count"


def test_mapper_exceptions_are_chained() -> None:
    """The exception of a mapper is the cause of the error that reports it."""
    for error in (error_of({"mapped": "-5"}), assignment_error("mapped", "-5")):
        assert isinstance(error, ConfigTypeError)
        assert isinstance(error.__cause__, ValueError)
        assert str(error.__cause__) == "not positive"


def assignment_error(name: str, value: Any) -> ConfigError:
    """Return the error that an assignment raises."""
    with pytest.raises(ConfigError) as caught:
        setattr(ConfigSample(), name, value)
    return caught.value


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_errors_pickle(protocol: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """A pickled error keeps its class, text, problems and origins."""
    errors = [
        two_problems(monkeypatch),
        error_of(None, "missing.yaml"),
        error_of(None, Path.cwd()),
        error_of({"mapped": -1}),
    ]
    for error in errors:
        Path("pynenc.yaml").unlink(missing_ok=True)
        copy = pickle.loads(pickle.dumps(error, protocol))
        assert type(copy) is type(error)
        assert (str(copy), copy.args) == (str(error), error.args[:1])
        assert [vars_of(each) for each in copy.problems] == [
            vars_of(each) for each in error.problems
        ]


def vars_of(problem: Any) -> list[Any]:
    """Return all attributes of a problem."""
    names = ("field", "message", "origin", "expected", "suggestion")
    return [getattr(problem, name) for name in names]


@pytest.mark.parametrize(
    "path", [5, True, b"a.yaml", object(), ["a.yaml"], {"a": 1}, ("a", "b")]
)
def test_config_filepath_of_a_wrong_type(path: Any) -> None:
    """A config_filepath that is not a path is an error that names the type."""
    error = error_of(None, path)
    assert isinstance(error, ConfigFileError)
    kind = type(path).__name__
    expected = f"a path is expected here, got {kind}\n  --> config_filepath"
    assert str(error.problems[0]) == expected


@pytest.mark.parametrize("values", [5, "count", ["count"], {"count"}, [("count", 1)]])
def test_config_values_that_are_not_a_mapping(values: Any) -> None:
    """If config_values is not a mapping, the error names its type."""
    error = error_of(values)
    assert isinstance(error, ConfigTypeError)
    assert f"expected a mapping of settings, got {type(values).__name__}" in str(error)


@pytest.mark.parametrize(
    "text", ["tool = 3\n", "[tool]\nconfig = 3\n", "[[tool]]\n", "[[tool.config]]\n"]
)
def test_pyproject_table_that_is_not_a_table(text: str) -> None:
    """A `[tool] config` that is not a table is an error with the file as its origin."""
    Path("pyproject.toml").write_text(text, encoding="utf-8")
    (problem,) = error_of().problems
    assert "expected a table of settings" in problem.message
    assert str(problem.origin).startswith("pyproject.toml")


def test_pynenc_table_that_is_not_a_table() -> None:
    """The origin of `[tool] pynenc = 3` has the line."""
    Path("pyproject.toml").write_text("[tool]\n\npynenc = 3\n", encoding="utf-8")
    (problem,) = error_of(cls=ConfigRedis).problems
    assert str(problem.origin) == "pyproject.toml:3  tool.pynenc"


@pytest.mark.parametrize("text", ["", "a = 1", "[tool.other]\na = 1\n", "[tool]\n"])
def test_pyproject_without_our_table(text: str) -> None:
    """A pyproject.toml without this library's table sets nothing."""
    Path("pyproject.toml").write_text(text, encoding="utf-8")
    assert ConfigSample() == ConfigSample({"count": 1})


def test_files_broken_in_several_ways(monkeypatch: pytest.MonkeyPatch) -> None:
    """Invalid and missing files are reported together with invalid values."""
    Path("pyproject.toml").write_text("[tool\n", encoding="utf-8")
    Path("folder.json").mkdir()
    Path("latin.yaml").write_bytes(b"# a\nmode: caf\xe9\n")
    monkeypatch.setenv("CONFIG__FILEPATH", "folder.json")
    monkeypatch.setenv("CONFIG__CONFIGSAMPLE__FILEPATH", "latin.yaml")
    monkeypatch.setenv("CONFIG__COUNT", "x")
    error = error_of({"rate": "y"}, "missing.toml")
    assert isinstance(error, ConfigFileError)
    heading = "ConfigSample: 4 unusable files, 2 invalid settings"
    assert str(error).splitlines()[0] == heading
    found = {str(p.origin).split("  ")[0]: p.message for p in error.problems}
    assert "pyproject.toml:1:6" in found
    assert (
        "UTF-8" in found["latin.yaml:2 (file named by CONFIG__CONFIGSAMPLE__FILEPATH)"]
    )
    assert "directory" in found["folder.json (file named by CONFIG__FILEPATH)"]
    assert found["missing.toml"] == f"no such file in {Path.cwd()}"
    assert {problem.field for problem in error.problems} == {None, "count", "rate"}


@pytest.mark.parametrize(
    ("wrong", "kind"),
    [({}, ConfigFileNotFoundError), ({"count": "x"}, ConfigFileNotFoundError)],
)
def test_only_missing_files(wrong: dict[str, str], kind: type[ConfigError]) -> None:
    """If files are missing and none is invalid, the error is a FileNotFoundError."""
    error = error_of(wrong, "sub/missing.yaml")
    assert type(error) is kind
    assert len(error.problems) == 1 + len(wrong)


def test_message_about_a_missing_file(monkeypatch: pytest.MonkeyPatch) -> None:
    """A missing file is reported with the variable that names it and a suggestion."""
    Path("pynenc.yaml").touch()
    monkeypatch.setenv("CONFIG__FILEPATH", "pynec.yaml")
    assert str(error_of()) == (
        "ConfigSample: 1 unusable file\n"
        "  no such file; did you mean 'pynenc.yaml'?\n"
        "    --> pynec.yaml (file named by CONFIG__FILEPATH)"
    )


def test_path_in_the_place_of_values() -> None:
    """The error for a path given as config_values names the right parameter."""
    with pytest.raises(ConfigTypeError, match="path of a file as config_filepath"):
        ConfigSample("pynenc.yaml")


@pytest.mark.parametrize("path", ["~no-such-user/a.yaml", "~\udcff/a.yaml"])
def test_an_unknown_home(path: str) -> None:
    """The error for a path in the home of an unknown user names the path as given."""
    with pytest.raises(ConfigFileNotFoundError, match="the home of this user") as error:
        ConfigSample(None, path)
    origin = error.value.problems[0].origin
    assert origin is not None
    assert origin.path == path


@pytest.mark.parametrize("length", [58, 59])
def test_long_values_are_cut(length: int) -> None:
    """An error shows at most 60 characters of a value, including the quotes."""
    text = "x" * length
    with pytest.raises(ConfigTypeError) as caught:
        ConfigSample({"count": text})
    displayed = repr(text) if length == 58 else f"'{'x' * 56}..."
    assert caught.value.problems[0].message.endswith(f", got {displayed}")


def test_long_values_are_cut_in_a_repr() -> None:
    """The repr of an instance shows at most 120 characters of a value."""
    for length, cut in ((118, False), (119, True)):
        text = "x" * length
        displayed = f"'{'x' * 116}..." if cut else repr(text)
        assert f"redis_host={displayed}, " in repr(ConfigRedis({"redis_host": text}))


class Broken(ConfigField[str]):
    """An application's field whose converter raises an arbitrary exception."""

    def converter(self, declared: object) -> Any:
        """Return a converter and the description of what it expects."""
        del declared

        def convert(raw: Any) -> Any:
            raise LookupError(raw)

        return convert, "what is known"


def test_any_exception_of_a_converter_is_a_problem() -> None:
    """An exception of an application's field is a problem with an origin too."""

    class ConfigBroken(ConfigBase):
        first = Broken("")
        second = Broken("")

    error = error_of({"first": "a", "second": "b"}, cls=ConfigBroken)
    values = {"first": "a", "second": "b"}
    assert [str(problem) for problem in error.problems] == [
        f"{name}: expected what is known, got {raw!r} (LookupError: {raw})\n"
        f"  --> config_values {name}"
        for name, raw in values.items()
    ]
    assert repr(error.__cause__) == "LookupError('a')"


@pytest.mark.parametrize(
    ("values", "kind", "hint"),
    [
        (["a"], "list", ""),
        ("pynenc.yaml", "str", "; pass the path of a file as config_filepath"),
    ],
)
def test_message_about_values_that_are_not_a_mapping(
    values: Any, kind: str, hint: str
) -> None:
    """The error for config_values that is not a mapping shows its type only."""
    expected = f"expected a mapping of settings, got {kind}{hint}"
    error = error_of(values)
    (problem,) = error.problems
    assert str(problem) == f"{expected}\n  --> config_values"
    assert (problem.field, problem.expected) == (None, "mapping")


def test_message_about_a_value_in_place_of_a_table() -> None:
    """A value in place of a table of settings is a problem with an origin."""
    Path("pyproject.toml").write_text("[tool]\nconfig = 1\n", encoding="utf-8")
    (problem,) = error_of().problems
    place = "pyproject.toml:2  tool.config"
    assert str(problem) == f"expected a table of settings here\n  --> {place}"
