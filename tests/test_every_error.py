"""Every exception of the library is a ConfigError, and its text is on known lines."""

from __future__ import annotations

import os
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pynenc_conf import (
    ConfigBase,
    ConfigError,
    ConfigField,
    ConfigFileNotFoundError,
    ConfigOrchestratorRedis,
    ConfigRedis,
    ConfigTask,
    UnknownSettingWarning,
)
from pynenc_conf.exceptions import Problem
from pynenc_conf.origin import CONFIG_VALUES, Origin
from tests._tools.running import run


class Nameless(type):
    """The type of classes whose name cannot be read."""

    @property
    def __name__(cls) -> str:  # type: ignore[override]
        message = "no name"
        raise LookupError(message)


class Value(metaclass=Nameless):
    """A value without a readable type name, in any place."""

    def __repr__(self) -> str:
        message = "no repr"
        raise ValueError(message)


class NamelessError(Exception, metaclass=Nameless):
    """An exception of such a class."""


class NamelessMeta(Nameless, type(ConfigBase)):  # type: ignore[misc]
    """The type of config classes whose name cannot be read."""


class ConfigNameless(ConfigBase, metaclass=NamelessMeta):
    """A config class without a readable name."""

    size = ConfigField(1)
    other: ConfigField[Value] = ConfigField()


def raise_nameless(*_: Any) -> Any:
    """Raise an exception without a readable type name."""
    raise NamelessError


class ConfigMapped(ConfigBase):
    """A class whose mapper raises such an exception."""

    mapped = ConfigField("", mapper=raise_nameless)


class BrokenMapping(dict[str, Any]):
    """A mapping that raises such an exception."""

    get = raise_nameless


NAMELESS: dict[str, Callable[[], Any]] = {
    "value": lambda: ConfigRedis({"redis_port": Value()}),
    "text": lambda: ConfigRedis({"redis_host": Value()}),
    "secret": lambda: ConfigRedis({"redis_password": Value()}),
    "mapping": lambda: ConfigRedis(Value()),  # type: ignore[arg-type]
    "path": lambda: ConfigRedis(None, Value()),  # type: ignore[arg-type]
    "broken mapping": lambda: ConfigRedis(BrokenMapping(a=1)),
    "mapper": lambda: ConfigMapped({"mapped": 1}),
    "task id": lambda: ConfigTask(Value()),  # type: ignore[arg-type]
    "exception class": lambda: ConfigTask("a.b", {"retry_for": [Value()]}),
    "assignment": lambda: setattr(ConfigRedis(), "redis_port", Value()),
    "required": ConfigNameless,
    "config class": lambda: ConfigNameless({"size": "x", "other": 1}),
    "override": lambda: ConfigNameless.override(sise=1),
    "strict key": lambda: type(ConfigBase)(
        "ConfigShop", (ConfigBase,), {"STRICT": True, "size": ConfigField(1)}
    )({"shop": {Value(): 1}}),
}


@pytest.mark.parametrize("name", NAMELESS)
def test_classes_without_a_readable_name(name: str) -> None:
    """A class whose `__name__` raises causes no exception but a ConfigError."""
    with pytest.raises(ConfigError) as caught:
        NAMELESS[name]()
    assert str(caught.value)
    assert repr(caught.value.problems)


def test_a_config_class_without_a_readable_name() -> None:
    """A config class has the name that it was given, whatever its metaclass says."""
    conf = ConfigNameless({"nameless": {"size": 2}, "other": Value()})
    assert conf.size == 2
    assert repr(conf) == "ConfigNameless(size=2, other=<Value>)"
    assert conf.explain("size").startswith("ConfigNameless.size = 2\n")


@pytest.mark.parametrize("path", ["a.yaml", "sub/a.yaml", "~/a.yaml"])
def test_a_deleted_working_directory(
    path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A relative path in a working directory that was deleted is a missing file."""
    before = Path.cwd()
    Path("deleted").mkdir()
    monkeypatch.chdir("deleted")
    (before / "deleted").rmdir()
    with pytest.raises(ConfigFileNotFoundError, match="no such file"):
        ConfigRedis(None, path)
    assert ConfigRedis({"redis_port": 1}).redis_port == 1


MODULES = (5, b"x", Value(), Value, "pynenc_confusing")


@pytest.mark.parametrize("number", range(len(MODULES)))
def test_code_whose_module_has_no_name(number: int) -> None:
    """Code whose `__name__` is not text is warned like other code."""
    code = compile("ConfigRedis({'redis_hots': 1})", "template", "exec")
    cls = type(ConfigBase)("ConfigRedis", (ConfigRedis,), {})
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        exec(code, {"ConfigRedis": cls, "__name__": MODULES[number]})  # noqa: S102
    assert [item.filename for item in caught] == ["template"]
    assert caught[0].category is UnknownSettingWarning


class ConfigHooks(ConfigBase):
    """A class with one hook that a test replaces."""

    size = ConfigField(1)


HOOKS = ("get_extra_qualifiers", "get_extra_env_keys", "get_env_key", "get_config_id")


def with_hook(hook: str, found: Any) -> Any:
    """Make a class whose hook returns a value."""
    method: Any = lambda *_: found  # noqa: E731
    if hook in {"get_env_key", "get_config_id"}:
        method = classmethod(method)
    return type(ConfigBase)("ConfigHooked", (ConfigHooks,), {hook: method})


FOUND = (5, [5], "text", [[]], [None], b"x", Value(), [Value], (), ["x"], {"x"})


@pytest.mark.parametrize("hook", HOOKS)
@pytest.mark.parametrize("number", range(len(FOUND)))
def test_what_hooks_return(hook: str, number: int) -> None:
    """What a hook returns is used, or a ConfigError."""
    cls = with_hook(hook, FOUND[number])
    for values in ({}, {"hooked": {"size": 2}, "hooks": {"x": {"size": 2}}}):
        try:
            assert cls(values).size in {1, 2}
        except ConfigError as error:
            assert "Hooked" in str(error) or "a hook must" in str(error)  # noqa: PT017


@pytest.mark.parametrize(
    "name",
    [
        *("TOML_CONFIG_ID", "ENV_PREFIX", "ENV_SEP", "ENV_FILEPATH"),
        "IGNORE_CLASS_NAME_SUBSTR",
    ],
)
def test_names_of_a_namespace(name: str) -> None:
    """A class attribute of the namespace that is not text is an error with its name."""
    cls = type(ConfigBase)("ConfigSpace", (ConfigHooks,), {name: None})
    with pytest.raises(ConfigError, match=f"ConfigSpace.{name} must be text"):
        cls()


def test_a_separator_cannot_be_empty() -> None:
    """An empty separator would make the parts of a variable unreadable."""
    cls = type(ConfigBase)("ConfigSpace", (ConfigHooks,), {"ENV_SEP": ""})
    with pytest.raises(ConfigError, match=r"ENV_SEP must be text that is not empty"):
        cls()


def test_a_hook_that_raises_passes_unchanged() -> None:
    """An exception of the application's own hook reaches the caller as it is."""

    class ConfigRaising(ConfigHooks):
        get_config_id = classmethod(raise_nameless)  # type: ignore[assignment]

    with pytest.raises(NamelessError):
        ConfigRaising()


def test_a_hook_that_raises_concerns_its_class_alone() -> None:
    """The names that a class does not know are searched in all classes that work."""
    fields = {"kettle": ConfigField(1)}
    cls: Any = type(ConfigBase)("ConfigKettles", (ConfigBase,), fields)
    broken = type(ConfigBase)(
        "ConfigBroken", (ConfigHooks,), {"get_config_id": classmethod(raise_nameless)}
    )
    with pytest.warns(UnknownSettingWarning, match="'kettla'; did you mean 'kettle'"):
        cls({"kettla": 1})
    assert broken


def test_options_that_cannot_be_merged() -> None:
    """Options of a task that are no mapping, or one that raises, are a problem."""
    options: Any
    for options in ([1], 5, BrokenMapping(max_retries=1), Value()):
        try:
            ConfigTask("a.b", {"max_retries": 2}, None, options)
        except ConfigError as error:
            assert "expected a mapping of settings" in str(error)  # noqa: PT017


APP = """
from pynenc_conf import ConfigBase, ConfigField
from pynenc_conf.config_base import ConfigPynencBase

class Incomparable:
    def __eq__(self, other):
        raise ValueError("cannot be compared")
    __hash__ = None
    def __repr__(self):
        return "Incomparable()"

class Meta(type(ConfigBase)):
    @property
    def __name__(cls):
        raise ValueError("no name")
"""
CLASSES = {
    "conflict": """
class ConfigOne(ConfigPynencBase):
    size = ConfigField(1)
class ConfigTwo(ConfigPynencBase):
    size = ConfigField(2)
class ConfigBoth(ConfigOne, ConfigTwo):
    pass
""",
    "section": """
class ConfigHook(ConfigPynencBase):
    size = ConfigField(1)
    @classmethod
    def get_config_id(cls, config_cls):
        raise ValueError("no section")
""",
    "equality": """
class ConfigEqual(ConfigPynencBase):
    item: ConfigField[Incomparable] = ConfigField(Incomparable())
    items: ConfigField[list] = ConfigField([Incomparable()])
""",
    "name": """
class ConfigName(ConfigPynencBase, metaclass=Meta):
    size = ConfigField(1)
""",
}
COMMANDS = (
    ("diff", "defaults", "a.yaml"),
    ("schema",),
    ("template",),
    ("template", "--format", "env"),
    ("compat", "a.yaml"),
    ("compat", "--env-file", "a.env"),
    ("check", "a.yaml"),
)


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
@pytest.mark.parametrize("as_json", [False, True])
@pytest.mark.parametrize("kind", CLASSES)
def test_commands_and_classes_that_do_not_work(
    kind: str,
    as_json: bool,  # noqa: FBT001 - a parameter of the test
    command: tuple[str, ...],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """No command ends with a traceback because of a class that cannot be used."""
    monkeypatch.syspath_prepend(".")
    module = f"app_{kind}_{os.getpid()}"
    Path(f"{module}.py").write_text(APP + CLASSES[kind], encoding="utf-8")
    Path("a.yaml").write_text("redis: {redis_port: 1}\n", encoding="utf-8")
    Path("a.env").write_text("PYNENC__REDIS_PORT=1\n", encoding="utf-8")
    done = run(*command, "--app", module, *(["--json"] if as_json else []))
    assert done.exception is None or isinstance(done.exception, SystemExit)
    assert done.output


hostile = st.text("a\n\r\t\0\x1b\x85\u2028\u202e\ud800'\"", max_size=5)


@given(hostile, hostile, hostile, hostile)
def test_a_problem_has_two_lines(message: str, field: str, key: str, hint: str) -> None:
    """A problem is one line, and its origin another, whatever they hold."""
    origin = Origin(CONFIG_VALUES, keys=[key])
    problem = Problem(message, field=field, origin=origin, suggestion=hint)
    error = ConfigError("heading", [problem])
    assert len(str(error).split("\n")) == 3
    assert all(line.isprintable() for line in str(error).split("\n"))
    assert all(line.isprintable() for line in str(problem).split("\n"))
    assert str(UnknownSettingWarning(problem)) == str(problem)


class Shown:
    """A value whose repr has line breaks."""

    def __repr__(self) -> str:
        return "Shown(\n\x1b[31m)"


class ConfigLines(ConfigBase):
    """A class whose values have control characters in their repr."""

    shown: ConfigField[Shown] = ConfigField(Shown(), doc="Text\n    of two lines.")
    keyed: ConfigField[dict[str, int]] = ConfigField({})


@given(hostile)
def test_texts_have_their_lines(key: str) -> None:
    """A config, its explanations and its errors escape values, keys and file names."""
    conf = ConfigLines({"keyed": {key: 1}})
    texts = [repr(conf), repr(conf.field_info("keyed"))]
    texts += conf.explain().split("\n")
    texts += conf.explain("keyed").split("\n") + conf.explain("shown").split("\n")
    assert len(conf.explain().split("\n")) == 3
    with pytest.raises(ConfigError) as caught:
        ConfigLines({"keyed": {key: "x"}})
    assert len(str(caught.value).split("\n")) == 3
    texts += str(caught.value).split("\n")
    with pytest.raises(ConfigError) as caught:
        ConfigLines(None, f"{key}.yaml")
    texts += str(caught.value).split("\n")
    assert all(text.isprintable() for text in texts)


def test_control_characters_alone_are_escaped() -> None:
    """Letters of other alphabets stay readable beside an escaped character."""
    conf = ConfigRedis({"redis_host": "größe"})
    assert "'größe'" in repr(conf)
    origin = Origin(CONFIG_VALUES, keys=["größe\n\x1b"])
    assert str(origin) == "config_values größe\\n\\x1b"
    assert ConfigOrchestratorRedis().explain("redis_host")
