"""No frame of the library shows what it was given, however a call ends."""

from __future__ import annotations

import asyncio
import io
import itertools
import json
import pickle
import sys
import traceback
import warnings
from collections.abc import Callable, Iterator, Mapping
from contextvars import copy_context
from functools import partial
from pathlib import Path
from types import FrameType
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from rich.console import Console
from rich.traceback import Traceback

import pynenc_conf
from pynenc_conf import (
    ConfigBase,
    ConfigError,
    ConfigField,
    ConfigRedis,
    ConfigTask,
    ConfigTypeError,
    default_config_field_mapper,
)
from pynenc_conf._core import frames
from pynenc_conf._core.report import suggestions
from pynenc_conf.redis_client import (
    connection_options,
    get_async_redis_client,
    get_redis_client,
)

SECRET = "hunter-7305918246735"
PACKAGE = str(Path(pynenc_conf.__file__).parent)

Make = Callable[[], Any]


class BrokenError(Exception):
    """Raised by code of the application."""


class ShownMapping(Mapping[str, Any]):
    """A mapping of the application's, with its content in its repr."""

    def __init__(self, content: dict[str, Any], broken: str = "") -> None:
        self.content = content
        self.broken = broken

    def fail(self, method: str) -> None:
        """Raise, if this method is the broken one."""
        if method == self.broken:
            raise BrokenError

    def __getitem__(self, key: str) -> Any:
        self.fail("getitem")
        return self.content[key]

    def __iter__(self) -> Iterator[str]:
        self.fail("iter")
        return iter(self.content)

    def __len__(self) -> int:
        self.fail("len")
        return len(self.content)

    def __repr__(self) -> str:
        return f"ShownMapping({self.content})"


class BrokenValue:
    """A value whose own methods raise, and whose repr is its content."""

    def __str__(self, *_: Any) -> str:
        raise BrokenError

    __bool__ = __int__ = __index__ = __iter__ = __fspath__ = __eq__ = __str__  # type: ignore[assignment]
    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return "BrokenValue()"


def raise_broken(*_: Any) -> Any:
    """Raise in a hook or mapper."""
    raise BrokenError


def raise_nested(*_: Any) -> Any:
    """Raise an error that has others as its cause, context and parts."""
    try:
        raise_from_library()
    except ConfigError as error:
        context = error
    part = BrokenError()
    part.__context__ = context
    message = "nested"
    raise ExceptionGroup(message, [part, ExceptionGroup(message, [context])])


def raise_from_library() -> None:
    """Make the library raise an error while it holds a secret."""
    ConfigRedis({"redis_password": SECRET, "redis_port": "six"})


class ConfigFrames(ConfigRedis):
    """A class with a setting for each kind of failure."""

    size = ConfigField(1, ge=0)
    mapped = ConfigField("", mapper=raise_broken)
    grouped = ConfigField("", mapper=raise_nested)
    keyed: ConfigField[dict[str, int]] = ConfigField({})

    @property
    def through_super(self) -> str:
        """The secret, read as a property that replaces it would read it."""
        return super().redis_password


class ConfigOne(ConfigBase):
    """One of two parents."""

    token = ConfigField("", secret=True)


class ConfigTwo(ConfigBase):
    """Another parent."""

    token = ConfigField("", secret=True)


class ConfigConflict(ConfigOne, ConfigTwo):
    """A class that cannot have instances."""


class ConfigSections(ConfigRedis):
    """A class whose hook for sections raises."""

    get_extra_qualifiers = raise_broken  # type: ignore[assignment]


class ConfigVariables(ConfigRedis):
    """A class whose hook for variables raises."""

    get_extra_env_keys = raise_broken  # type: ignore[assignment]


class ConfigId(ConfigRedis):
    """A class whose section has no name."""

    get_config_id = classmethod(raise_broken)  # type: ignore[assignment]


class ConfigKey(ConfigRedis):
    """A class whose variables have no names."""

    get_env_key = classmethod(raise_broken)  # type: ignore[assignment]


class ConfigFramesTask(ConfigTask):
    """A task that has a secret."""

    token = ConfigField("", secret=True)


FAILURES: dict[str, dict[str, Any]] = {
    "invalid": {"size": "six"},
    "out of limits": {"size": -1},
    "unknown": {"redis_hots": "x"},
    "unknown in section": {"frames": {"zzz": "x"}},
    "broken": {"size": BrokenValue()},
    "broken text": {"redis_host": BrokenValue()},
    "mapper": {"mapped": "x"},
    "group": {"grouped": "x"},
    "nested": {"keyed": {"a": BrokenValue()}},
    "broken section": {"frames": ShownMapping({"size": SECRET}, "len")},
}


def in_values(_: pytest.MonkeyPatch, cls: Any, values: dict[str, Any]) -> Make:
    """Give the secret as a value of a mapping."""
    return lambda: cls({"redis_password": SECRET, **values})


def in_section(_: pytest.MonkeyPatch, cls: Any, values: dict[str, Any]) -> Make:
    """Give the secret in a section, and nested in a public value."""
    redis = {"redis_password": SECRET, "redis_username": {"a": SECRET}}
    return lambda: cls({"redis": redis, **values})


def in_mapping(_: pytest.MonkeyPatch, cls: Any, values: dict[str, Any]) -> Make:
    """Give the secret in a mapping of another class."""
    return lambda: cls(ShownMapping({"redis_password": SECRET, **values}))


def in_wrong_argument(_: pytest.MonkeyPatch, cls: Any, values: dict[str, Any]) -> Make:
    """Give the secret in the place of the path."""
    return lambda: cls(values, {"redis_password": SECRET})


def in_yaml(_: pytest.MonkeyPatch, cls: Any, values: dict[str, Any]) -> Make:
    """Write the secret to a YAML file."""
    Path("a.yaml").write_text(f"redis_password: {SECRET}\n", encoding="utf-8")
    return lambda: cls(values, "a.yaml")


def in_broken_file(_: pytest.MonkeyPatch, cls: Any, values: dict[str, Any]) -> Make:
    """Write the secret to files that cannot be parsed."""
    for name in ("b.yaml", "b.toml", "b.json"):
        text = f'{{"redis_password": "{SECRET}", : [\n'
        Path(name).write_text(text, encoding="utf-8")
    return lambda: [cls(values, name) for name in ("b.yaml", "b.toml", "b.json")]


def in_variable(patch: pytest.MonkeyPatch, cls: Any, values: dict[str, Any]) -> Make:
    """Set the secret as a variable."""
    patch.setenv("PYNENC__REDIS_PASSWORD", SECRET)
    return lambda: cls(values)


def in_secret_file(patch: pytest.MonkeyPatch, cls: Any, values: dict[str, Any]) -> Make:
    """Write the secret to a file that a variable names."""
    Path("secret").write_text(SECRET, encoding="utf-8")
    patch.setenv("PYNENC__REDIS_PASSWORD_FILE", "secret")
    return lambda: cls(values)


def in_url(_: pytest.MonkeyPatch, cls: Any, values: dict[str, Any]) -> Make:
    """Give the secret as the password in a URL."""
    return lambda: cls({"redis_url": f"redis://me:{SECRET}@h/0", **values})


def in_override(_: pytest.MonkeyPatch, cls: Any, values: dict[str, Any]) -> Make:
    """Override with the secret."""

    def make() -> Any:
        # None of the values may be a local variable here.
        with ConfigRedis.override(redis_password=SECRET):
            return cls(values)

    return make


PLACES = (
    in_values,
    in_section,
    in_mapping,
    in_wrong_argument,
    in_yaml,
    in_broken_file,
    in_variable,
    in_secret_file,
    in_url,
    in_override,
)
CLASSES = (ConfigFrames, ConfigConflict, ConfigSections, ConfigVariables)
CLASSES += (ConfigId, ConfigKey)  # type: ignore[assignment]


def stacks(error: traceback.TracebackException | None) -> Iterator[Any]:
    """Yield every stack of an exception, its causes, contexts and parts."""
    if error is not None:
        yield error.stack
        for each in (error.__cause__, error.__context__, *(error.exceptions or ())):
            yield from stacks(each)


def shown_locals(error: BaseException) -> Iterator[str]:
    """Yield the variables of all frames except this module's."""
    found = traceback.TracebackException.from_exception(error, capture_locals=True)
    for stack in stacks(found):
        for frame in stack:
            if frame.filename != __file__:
                yield f"{frame.filename}:{frame.lineno} {frame.name}: {frame.locals}"
    shown = Traceback.from_exception(
        type(error),
        error,
        error.__traceback__,
        show_locals=True,
        suppress=[__file__],
        max_frames=1000,
    )
    out = io.StringIO()
    Console(file=out, width=500).print(shown)
    yield out.getvalue()


def error_of(make: Make) -> BaseException | None:
    """Return what a call raises; an unknown name is an error too."""
    suggestions._warned.clear()  # noqa: SLF001 - of other tests
    suggestions._unrelated.clear()  # noqa: SLF001
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        try:
            copy_context().run(make)
        except BaseException as error:  # noqa: BLE001 - returned
            return error
    return None


def check_hidden(make: Make, *, raises: bool = True) -> None:
    """Fail if a call does not raise, or if a frame shows the secret."""
    error = error_of(make)
    assert error is not None or not raises
    if error is not None:
        leaks = [text for text in shown_locals(error) if SECRET in text]
        assert not leaks, leaks[0]


@settings(
    max_examples=150,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    deadline=None,
)
@given(
    st.sampled_from(PLACES),
    st.sampled_from(CLASSES),
    st.lists(st.sampled_from(sorted(FAILURES)), min_size=1, max_size=3),
)
def test_no_frame_shows_a_value(place: Any, cls: Any, failures: list[str]) -> None:
    """No frame shows a secret, wherever it is given and whatever fails beside it."""
    values: dict[str, Any] = {}
    for failure in failures:
        values |= FAILURES[failure]
    with pytest.MonkeyPatch.context() as patch:
        check_hidden(place(patch, cls, values), raises=False)


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("failure", FAILURES)
def test_each_failure_is_one(place: Any, failure: str) -> None:
    """Each failure alone raises, and shows no secret."""
    cls = type(ConfigBase)("ConfigFrames", (ConfigFrames,), {})
    with pytest.MonkeyPatch.context() as patch:
        check_hidden(place(patch, cls, FAILURES[failure]))


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("cls", CLASSES)
def test_each_class_fails(place: Any, cls: Any) -> None:
    """Neither conflicting parents nor a hook that raises shows a secret."""
    with pytest.MonkeyPatch.context() as patch:
        check_hidden(place(patch, cls, {"redis": {"redis_port": "x"}}))


BROKEN_MAPPINGS = ("getitem", "iter", "len")
GOOD = {"redis_password": SECRET}


def secret_conf() -> ConfigFrames:
    """Make an instance that has the secret."""
    return ConfigFrames(GOOD)


CALLS: dict[str, Make] = {
    **{
        f"mapping {name}": lambda name=name: ConfigRedis(ShownMapping(GOOD, name))  # type: ignore[misc]
        for name in BROKEN_MAPPINGS
    },
    **{
        f"task {name}": lambda name=name: ConfigTask(  # type: ignore[misc]
            "a.b", ShownMapping(GOOD, name), None, {"max_retries": 1}
        )
        for name in ("getitem", "iter")
    },
    "task options": lambda: ConfigFramesTask(
        "a.b", {}, None, {"token": SECRET, "max_retries": "x"}
    ),
    "task options are broken": lambda: ConfigTask(
        "a.b",
        GOOD,
        None,
        ShownMapping({"token": SECRET}, "iter"),  # type: ignore[arg-type]
    ),
    "task id": lambda: ConfigTask(ShownMapping(GOOD)),  # type: ignore[arg-type]
    "task path": lambda: ConfigTask("a.b", GOOD, ShownMapping(GOOD)),  # type: ignore[arg-type]
    "options from JSON": lambda: ConfigTask.options_from_json(f'{{"token": "{SECRET}"'),
    "options from JSON of a wrong kind": lambda: ConfigTask.options_from_json(
        json.dumps({"token": SECRET, "running_concurrency": "x"})
    ),
    "options to JSON": lambda: ConfigFramesTask(
        "a.b", None, None, {"token": SECRET, "other": object()}
    ).options_to_json(),
    "assignment": lambda: setattr(secret_conf(), "size", {"a": SECRET}),
    "assignment of a secret": lambda: setattr(
        secret_conf(), "redis_password", [SECRET]
    ),
    "assignment to a mapper": lambda: setattr(secret_conf(), "mapped", {"a": SECRET}),
    "assignment of an attribute": lambda: setattr(secret_conf(), "redis_hots", SECRET),
    "assignment to a group": lambda: setattr(secret_conf(), "grouped", {"a": SECRET}),
    "assignment without a plan": lambda: setattr(
        object.__new__(ConfigConflict), "token", SECRET
    ),
    "override": lambda: ConfigRedis.override(redis_pasword=SECRET),
    "override of a conflict": lambda: ConfigConflict.override(token=SECRET),
    "override of a bad value": lambda: ConfigRedis.override(
        redis_port={"a": SECRET}
    ).__enter__(),
    "override of a class with a bad hook": lambda: ConfigId.override(
        redis_password=SECRET
    ),
    "default mapper": lambda: default_config_field_mapper(SECRET, int),
    "default mapper of a broken value": lambda: default_config_field_mapper(
        BrokenValue(), list
    ),
    "unknown field": lambda: secret_conf().field_info("zzz"),
    "explain an unknown field": lambda: secret_conf().explain("zzz"),
    "explain a conflict": lambda: object.__new__(ConfigConflict).explain(),
    "class": lambda: type(ConfigBase)(
        "ConfigMade", (ConfigRedis,), {"redis_port": 70_000, "redis_password": SECRET}
    ),
    "field": lambda: ConfigField(SECRET, SECRET),  # type: ignore[arg-type]
    "field of choices": lambda: ConfigField(SECRET, choices=5),  # type: ignore[arg-type]
    "field of broken choices": lambda: ConfigField(
        SECRET,
        secret=True,
        choices=ShownMapping(GOOD, "iter"),  # type: ignore[arg-type]
    ),
    "equality": lambda: equals(BrokenValue()),
    **{
        f"client of {tail}": lambda tail=tail: get_redis_client(  # type: ignore[misc]
            ConfigRedis({"redis_url": f"redis://me:{SECRET}@h/{tail}"})
        )
        for tail in ("?no_option=1", "?socket_timeout=x", "/x@y", "?max_connections=-1")
    },
    "asyncio client": lambda: get_async_redis_client(
        ConfigRedis({"redis_url": f"redis://me:{SECRET}@h:port"})
    ),
    "options of a client": lambda: connection_options(
        ConfigRedis({"redis_url": f"redis://:{SECRET}@h:port"})
    ),
}


def equals(value: Any) -> bool:
    """Compare two configs, of which one has a value that cannot be compared."""
    one, other = secret_conf(), secret_conf()
    vars(one)["redis_host"] = value
    return one == other


@pytest.mark.parametrize("name", CALLS)
def test_no_frame_of_another_call_shows_a_value(name: str) -> None:
    """No frame of any public function shows what the function was given."""
    check_hidden(CALLS[name])


# Of an instance and a task that have the secret.
INTERRUPTED: dict[str, Callable[[Any, Any], object]] = {
    "create": lambda *_: ConfigFrames({"redis": GOOD, "size": 2}, "a.yaml"),
    "task": lambda *_: ConfigFramesTask("a.b", {"task": {"a.b": {"token": SECRET}}}),
    "assign": lambda conf, _: setattr(conf, "redis_password", SECRET),
    "explain": lambda conf, _: conf.explain(),
    "field": lambda conf, _: conf.field_info("redis_password"),
    "safe_dict": lambda conf, _: conf.safe_dict(),
    "repr": lambda conf, _: repr(conf),
    "pickle": lambda conf, _: conf.__getstate__(),
    "override": lambda *_: ConfigRedis.override(redis_password=SECRET).__enter__(),
    "mapper": lambda *_: default_config_field_mapper(SECRET, str),
    "as_dict": lambda conf, _: conf.field_info("redis_url").as_dict(),
    "super": lambda conf, _: conf.through_super,
    "field of choices": lambda *_: ConfigField(SECRET, secret=True, choices=[SECRET]),
    "client": lambda conf, _: connection_options(conf),
    "to JSON": lambda _, task: task.options_to_json(),
    "from JSON": lambda *_: ConfigTask.options_from_json(f'{{"token": "{SECRET}"}}'),
}


def is_inner(frame: FrameType) -> bool:
    """Whether a frame is below another frame of the library."""
    caller = frame.f_back
    while caller is not None and not caller.f_code.co_filename.startswith(PACKAGE):
        caller = caller.f_back
    return caller is not None


def interrupted(
    make: Callable[[], object], line: int
) -> tuple[bool, BaseException | None]:
    """Interrupt a call at a line of the library.

    Return whether there is such a line, and the exception, unless it was handled.
    """
    left = line

    def trace(frame: FrameType, event: str, _: Any) -> Any:
        nonlocal left
        name = frame.f_code.co_filename
        if not name.startswith(PACKAGE) or name == frames.__file__:
            return None
        # Not in the function that the application calls, which clears the others.
        if event == "line" and is_inner(frame):
            left -= 1
            if left == 0:
                raise KeyboardInterrupt
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        copy_context().run(make)
    except KeyboardInterrupt as error:
        return True, error
    finally:
        sys.settrace(before)
    return left <= 0, None


@pytest.mark.parametrize("name", INTERRUPTED)
def test_no_frame_of_an_interrupted_call_shows_a_value(name: str) -> None:
    """No frame shows a secret when a call is interrupted at any line of the library."""
    Path("a.yaml").write_text(f"redis_password: {SECRET}\n", encoding="utf-8")
    conf = ConfigFrames({**GOOD, "redis_url": f"redis://me:{SECRET}@h/0"})
    task = ConfigFramesTask("a.b", None, None, {"token": SECRET, "other": LookupError})
    # The first call alone computes what is kept.
    copy_context().run(INTERRUPTED[name], conf, task)
    errors = []
    for line in itertools.count(1):
        is_reached, error = interrupted(partial(INTERRUPTED[name], conf, task), line)
        errors += [error] if error is not None else []
        if not is_reached:
            break
    assert errors
    for error in errors:
        found = traceback.TracebackException.from_exception(error, capture_locals=True)
        for stack in stacks(found):
            leaks = [
                f for f in stack if f.filename != __file__ and SECRET in str(f.locals)
            ]
            assert not leaks, (leaks[0], leaks[0].locals)


def test_unpickling_passes_values_to_no_frame() -> None:
    """No frame of the library has a secret in its variables while pickle loads one."""
    text = pickle.dumps(secret_conf())
    found: list[str] = []

    def see(frame: FrameType, _: str, __: object) -> None:
        if frame.f_code.co_filename.startswith(PACKAGE):
            values = frame.f_locals.values()
            found.extend(repr(each) for each in values if isinstance(each, str | dict))

    before = sys.getprofile()
    sys.setprofile(see)
    try:
        conf = pickle.loads(text)
    finally:
        sys.setprofile(before)
    assert conf.redis_password == SECRET
    assert not [text for text in found if SECRET in text]


def test_frames_of_the_application_stay() -> None:
    """The variables of the application's own frames stay in a traceback."""

    def mapper(value: Any, _: Any) -> Any:
        reason = f"because of {value}"
        raise BrokenError(reason)

    class ConfigMapped(ConfigBase):
        item = ConfigField("", mapper=mapper)

    error = error_of(lambda: ConfigMapped({"item": "x"}))
    assert isinstance(error, ConfigTypeError)
    assert error.__cause__ is not None
    found = traceback.TracebackException.from_exception(
        error.__cause__, capture_locals=True
    )
    assert found.stack[-1].locals is not None
    assert found.stack[-1].locals["reason"] == "'because of x'"


def test_generators_of_the_application_go_on() -> None:
    """Clearing the frames of an exception ends no generator of the application."""

    def wait() -> Iterator[str]:
        try:
            raise_from_library()
        except ConfigError as error:
            yield str(error)
            yield from error_texts(error)

    waiting = wait()
    assert "redis_port" in next(waiting)

    class ConfigGenerator(ConfigBase):
        item = ConfigField("", mapper=lambda *_: next(waiting))

    conf = ConfigGenerator({"item": "x"})
    assert conf.item == "a"
    error = error_of(lambda: ConfigGenerator({"item": "x", "generator": {"zzz": 5}}))
    assert error is not None
    assert next(waiting) == "c"


def error_texts(_: ConfigError) -> Iterator[str]:
    """Yield some texts, while the error is being handled."""
    yield from ("a", "b", "c")


def test_an_asyncio_client_has_no_frames() -> None:
    """A client that cannot be created in an event loop shows no password."""

    async def connect() -> None:
        get_async_redis_client(ConfigRedis({"redis_url": f"redis://:{SECRET}@h:port"}))

    check_hidden(lambda: asyncio.run(connect()))
