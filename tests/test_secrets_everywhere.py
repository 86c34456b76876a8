"""No output shows a canary planted in any source of a secret; public parts show."""

from __future__ import annotations

import io
import json
import logging
import pickle
import pydoc
import traceback
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from rich.console import Console
from rich.pretty import pretty_repr
from rich.traceback import Traceback

import pynenc_conf
from pynenc_conf import (
    ConfigBase,
    ConfigError,
    ConfigField,
    ConfigOrchestratorRedis,
    ConfigRedis,
    ConfigTask,
    default_config_field_mapper,
)
from pynenc_conf.redis_client import connection_options, get_redis_client
from tests._tools.running import run
from tests.conftest import toml
from tests.test_secrets import CANARY, assert_hidden, texts_of_error, texts_of_instance

PACKAGE = str(Path(pynenc_conf.__file__).parent)
ON_LOOPBACK = {"redis_host": "127.0.0.1", "redis_port": 1}

# A place is a name and a function that sets the setting and returns a factory.
Make = Callable[[], Any]
Place = Callable[[pytest.MonkeyPatch, str, str], Make]


def in_values(_: pytest.MonkeyPatch, name: str, text: str) -> Make:
    """Pass the value in config_values."""
    return lambda: ConfigRedis({name: text})


def in_section(_: pytest.MonkeyPatch, name: str, text: str) -> Make:
    """Pass the value in a section, to a class that inherits the field."""
    return lambda: ConfigOrchestratorRedis({"redis": {name: text}})


def in_task(_: pytest.MonkeyPatch, name: str, text: str) -> Make:
    """Pass the value to a task, whose constructor differs."""
    return lambda: ConfigSecretTask("mod.task", {name: text}, None, {"max_retries": 1})


def in_options(_: pytest.MonkeyPatch, name: str, text: str) -> Make:
    """Pass the value in the options of a task."""
    return lambda: ConfigSecretTask("mod.task", None, None, {name: text})


def in_yaml(_: pytest.MonkeyPatch, name: str, text: str) -> Make:
    """Write the value to a YAML file."""
    Path("a.yaml").write_text(yaml.safe_dump({name: text}), encoding="utf-8")
    return lambda: ConfigRedis(None, "a.yaml")


def in_toml(_: pytest.MonkeyPatch, name: str, text: str) -> Make:
    """Write the value to a TOML file."""
    Path("a.toml").write_text(f"{name} = {toml(text)}\n", encoding="utf-8")
    return lambda: ConfigRedis(None, "a.toml")


def in_json(patch: pytest.MonkeyPatch, name: str, text: str) -> Make:
    """Write the value to a JSON file that a variable names."""
    Path("a.json").write_text(json.dumps({name: text}), encoding="utf-8")
    patch.setenv("PYNENC__FILEPATH", "a.json")
    return ConfigRedis


def in_class_file(patch: pytest.MonkeyPatch, name: str, text: str) -> Make:
    """Write the value to the class file."""
    Path("b.json").write_text(json.dumps({"redis": {name: text}}), encoding="utf-8")
    patch.setenv("PYNENC__CONFIGREDIS__FILEPATH", "b.json")
    return ConfigOrchestratorRedis


def in_variable(patch: pytest.MonkeyPatch, name: str, text: str) -> Make:
    """Set the variable of all classes."""
    patch.setenv(f"PYNENC__{name}".upper(), text)
    return ConfigRedis


def in_class_variable(patch: pytest.MonkeyPatch, name: str, text: str) -> Make:
    """Set the variable of one class."""
    patch.setenv(f"PYNENC__CONFIGREDIS__{name}".upper(), text)
    return ConfigOrchestratorRedis


def in_secret_file(patch: pytest.MonkeyPatch, name: str, text: str) -> Make:
    """Write the value to a file that a `_FILE` variable names."""
    Path("secret").write_text(text, encoding="utf-8", newline="")
    patch.setenv(f"PYNENC__{name}_FILE".upper(), "secret")
    return ConfigRedis


def in_place_of_a_file(patch: pytest.MonkeyPatch, name: str, text: str) -> Make:
    """Set the `_FILE` variable to the secret itself, by mistake."""
    patch.setenv(f"PYNENC__{name}_FILE".upper(), text)
    return ConfigRedis


def in_override(_: pytest.MonkeyPatch, name: str, text: str) -> Make:
    """Override the value."""

    def make() -> ConfigRedis:
        with ConfigRedis.override(**{name: text}) as conf:
            return conf

    return make


def in_assignment(_: pytest.MonkeyPatch, name: str, text: str) -> Make:
    """Assign the value."""

    def make() -> ConfigRedis:
        conf = ConfigRedis()
        setattr(conf, name, text)
        return conf

    return make


def in_default(_: pytest.MonkeyPatch, name: str, text: str) -> Make:
    """Make the value the default of a subclass."""
    return type("ConfigOwn", (ConfigRedis,), {name: text})


class ConfigSecretTask(ConfigTask):
    """A task with the same settings."""

    redis_password = ConfigField("", secret=True, doc="A password.")
    redis_url = ConfigField("", secret="url", doc="A URL with one.")


PLACES: list[Place] = [
    in_values,
    in_section,
    in_task,
    in_options,
    in_yaml,
    in_toml,
    in_json,
    in_class_file,
    in_variable,
    in_class_variable,
    in_secret_file,
    in_place_of_a_file,
    in_override,
    in_assignment,
    in_default,
]


def texts_of_frames(error: BaseException | None) -> Iterator[str]:
    """Yield the local variables of this library's frames in the traceback."""
    if error is None:
        return
    yield from texts_of_frames(error.__cause__)
    yield from texts_of_frames(error.__context__)
    lines = traceback.TracebackException.from_exception(error, capture_locals=True)
    for frame in lines.stack:
        if frame.filename.startswith(PACKAGE):
            yield f"{frame.name}: {frame.locals}"
    ours = error.__traceback__
    while ours and not ours.tb_frame.f_code.co_filename.startswith(PACKAGE):
        ours = ours.tb_next
    if ours is not None:
        shown = Traceback.from_exception(type(error), error, ours, show_locals=True)
        out = io.StringIO()
        Console(file=out, width=500).print(shown)
        yield out.getvalue()


def all_texts_of_error(error: BaseException) -> Iterator[str]:
    """Yield every text of an error, in this process and after pickling."""
    yield from texts_of_error(error)
    yield from texts_of_frames(error)
    yield from texts_of_error(pickle.loads(pickle.dumps(error)))
    yield repr(pickle.dumps(error))  # The error holds no other content of the file.
    for problem in getattr(error, "problems", ()):
        for name in (*problem.origin.__slots__, *problem.__slots__):
            held = getattr(problem.origin, name, getattr(problem, name, None))
            yield repr(getattr(held, "root", held))
    record = logging.LogRecord("a", 40, "b", 1, "%s", (error,), None)
    yield logging.Formatter().format(record)


def all_texts_of_instance(conf: Any) -> Iterator[str]:
    """Yield every text of an instance and its class."""
    yield from texts_of_instance(conf)
    yield pretty_repr(conf)
    yield type(conf).__doc__ or ""
    for name in conf.all_fields:
        info = conf.field_info(name)
        yield from (repr(vars(type(conf)).get(name)), repr(info.chain), repr(info))


def check_hidden(make: Make) -> None:
    """Fail if an instance, warning or error that results contains the canary."""
    with warnings.catch_warnings(record=True) as warned:
        warnings.simplefilter("always")
        try:
            conf = make()
        except ConfigError as error:
            # The frames of a test contain what the test plants.
            assert_hidden(all_texts_of_error(error))
        else:
            assert_hidden(all_texts_of_instance(conf))
    assert_hidden(str(item.message) for item in warned)


junk = st.text("@:/?#%&=+[]{},;. \\'\"-aZ0\n\u00e9", max_size=6)
planted = st.builds(lambda before, after: f"{before}{CANARY}{after}", junk, junk)
userinfos = st.sampled_from([":{0}@", "{0}@", "{0}:@", "me:{0}@", "m%65:{0}@", ""])
urls = st.builds(
    lambda scheme, userinfo, secret, host, tail: (
        f"{scheme}://{userinfo.format(secret)}{host}{tail.format(secret)}"
    ),
    st.sampled_from(["redis", "rediss", "unix", "REDIS", "no scheme", "http"]),
    userinfos,
    planted | planted.map(lambda text: quote(text, safe="")),
    st.sampled_from(["h:1/0", "[::1]:1", "127.0.0.1", "h:port", "", "/run/r.sock"]),
    st.sampled_from(["", "?password={0}", "?db=1&password={0}", "#{0}", "?{0}"]),
)


@settings(max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    place=st.sampled_from(PLACES),
    setting=st.tuples(st.just("redis_password"), planted)
    | st.tuples(st.just("redis_url"), urls),
    beside=st.sampled_from([{}, {"redis_port": "six"}, {"redis_hots": "x"}]),
)
def test_no_place_leaks(
    place: Place, setting: tuple[str, str], beside: dict[str, Any]
) -> None:
    """No output shows a secret, wherever it is set and whatever is set beside it."""
    name, text = setting
    with pytest.MonkeyPatch.context() as patch:
        for other, value in beside.items():
            patch.setenv(f"PYNENC__{other}".upper(), value)
        if "\0" not in text:
            check_hidden(place(patch, name, text))


def raising(error: Callable[[Any], BaseException]) -> Any:
    """Make a mapper that quotes its input in the exception it raises."""

    def mapper(value: Any, _: Any) -> Any:
        raise error(value)

    return mapper


class QuotingError(ConfigError):
    """An application's subclass of this library's error."""


def noted(value: Any) -> BaseException:
    """Return an error that has the value in a note."""
    error = ValueError("bad")
    error.add_note(f"it was {value}")
    return error


def caused(value: Any) -> BaseException:
    """Return an error that has the value in its cause."""
    error = ValueError("bad")
    error.__cause__ = error.__context__ = LookupError(value)
    return error


@pytest.mark.parametrize(
    "error",
    [
        ValueError,
        LookupError,
        QuotingError,
        noted,
        caused,
        lambda value: ExceptionGroup("bad", [ValueError(value)]),
        lambda value: UnicodeDecodeError("utf-8", str(value).encode(), 0, 1, value),
    ],
)
def test_no_mapper_leaks(error: Any) -> None:
    """No output shows the exception of a secret's mapper, nor its notes or causes."""

    class ConfigMapped(ConfigBase):
        token = ConfigField("", mapper=raising(error), secret=True)

    check_hidden(lambda: ConfigMapped({"token": CANARY}))
    conf = ConfigMapped()
    check_hidden(lambda: setattr(conf, "token", CANARY))


MISPLACED: list[Make] = [
    lambda: ConfigRedis({"redis": {"redis_host": {"redis_password": CANARY}}}),
    lambda: ConfigRedis({"redis_port": {"redis_password": CANARY}}),
    lambda: ConfigRedis({"redis_port": [{"redis_password": CANARY}]}),
    lambda: ConfigRedis({"redis": CANARY, "redis_port": "x"}),
    lambda: ConfigRedis({"redis_port": "x", CANARY: 1, f"redis {CANARY}": 2}),
    lambda: ConfigRedis([{"redis_password": CANARY}]),  # type: ignore[arg-type]
    lambda: ConfigRedis(f"redis_password: {CANARY}"),  # type: ignore[arg-type]
    lambda: ConfigRedis(None, {"redis_password": CANARY}),  # type: ignore[arg-type]
    lambda: ConfigTask({"redis_password": CANARY}),  # type: ignore[arg-type]
    lambda: ConfigRedis.override(redis_pasword=CANARY),  # type: ignore[return-value]
    lambda: default_config_field_mapper(CANARY, bool),
]


@pytest.mark.parametrize("make", MISPLACED)
def test_no_wrong_place_leaks(make: Make) -> None:
    """No output shows a secret in a wrong place: nested, as a key, as an argument."""
    check_hidden(make)


SECRET_FILE = f"""\
redis:
  redis_password: {CANARY}
  redis_url: redis://me:{CANARY}@127.0.0.1:1/0?password={CANARY}
  redis_port: six
redis_pasword: &a !!str {CANARY}
x {CANARY}: 1
redis_host: {{redis_password: {CANARY}}}
retry_for: [[{CANARY}]]
"""
GOOD_FILE = f"redis: {{redis_password: {CANARY}, redis_host: 127.0.0.1, redis_port: 1}}"
URL_FILE = f"redis_url: 'redis://me:{CANARY}@127.0.0.1:1/0'"
COMMANDS = [
    ("explain", "redis", "--file", "{file}"),
    ("explain", "redis", "redis_password", "--file", "{file}"),
    ("check", "{file}"),
    ("explain", "redis", "--set", f"redis.redis_password {CANARY}"),
    ("env", "redis"),
    ("diff", "{file}", "defaults"),
    ("diff", "{file}", "good.yaml"),
    ("template", "redis"),
    ("schema", "redis"),
    ("compat", "{file}"),
    ("compat", "{file}", "--env-file", "secret.env"),
    ("ping", "--file", "{file}"),
]


@pytest.mark.parametrize("name", ["bad.yaml", "good.yaml", "url.yaml"])
@pytest.mark.parametrize("as_json", [False, True])
@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_no_command_leaks(
    command: tuple[str, ...],
    name: str,
    as_json: bool,  # noqa: FBT001 - a parameter of the test
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """No command prints a secret, whether its files are valid or not."""
    files = {"bad.yaml": SECRET_FILE, "good.yaml": GOOD_FILE, "url.yaml": URL_FILE}
    files["secret.env"] = f"PYNENC__REDIS_PASSWORD={CANARY}\nPYNENC__REDIS_PORT=x\n"
    for file, text in files.items():
        Path(file).write_text(text, encoding="utf-8")
        Path(file).chmod(0o600)
    monkeypatch.setenv("PYNENC__REDIS_PASSWORD", CANARY)
    monkeypatch.setenv("PYNENC__CONFIGREDIS__REDIS_PASSWORD_FILE", CANARY)
    words = [word.replace("{file}", name) for word in command]
    with warnings.catch_warnings(record=True) as warned:
        warnings.simplefilter("always")
        done = run(*words, *(["--json"] if as_json else []))
    assert_hidden(iter([done.stdout, done.stderr, repr(done.exception)]))
    assert_hidden(str(item.message) for item in warned)
    assert done.output


CLIENTS = [
    {"redis_password": CANARY},
    {"redis_url": f"redis://me:{CANARY}@127.0.0.1:1/0"},
    {"redis_url": f"redis://:{CANARY}@127.0.0.1:port"},
    {"redis_url": f"redis://{CANARY}/x@127.0.0.1:1/0"},
    {"redis_url": f"redis://{CANARY}?x@127.0.0.1:1/0"},
    {"redis_url": f"redis://{CANARY}#x@127.0.0.1:1/0"},
    {"redis_url": f"redis://127.0.0.1:1/0?no_option={CANARY}"},
    {"redis_url": f"redis://127.0.0.1:1/0?socket_timeout={CANARY}x"},
]


@pytest.mark.parametrize("values", CLIENTS)
def test_no_client_leaks(values: dict[str, Any]) -> None:
    """Neither a Redis client, its pool nor a connection error shows a secret."""
    conf = ConfigRedis(ON_LOOPBACK | values)
    check_hidden(lambda: connection_options(conf) and conf)
    try:
        client = get_redis_client(conf)
    except ConfigError:
        return
    assert_hidden(iter([repr(client), repr(client.connection_pool)]))
    with pytest.raises(Exception) as caught:  # noqa: PT011 - redis-py's own
        client.ping()
    assert_hidden(iter(texts_of_error(caught.value)))


def test_redeclaring_a_secret_field_as_public() -> None:
    """A subclass that redeclares a secret field as public does not show its default."""

    class ConfigOwn(ConfigRedis):
        redis_password = ConfigField(CANARY)
        redis_url = ConfigField(f"redis://me:{CANARY}@h")
        redis_host = ConfigField("shown")

    check_hidden(ConfigOwn)
    assert repr(vars(ConfigOwn)["redis_host"]) == "ConfigField('shown')"


def test_a_url_whose_password_is_cut() -> None:
    """An @ after a URL's address means that part of the password became the host."""
    for url in ("redis://pw/x@h/0", "redis://me:1?x@h", "redis://pw#x@h"):
        with pytest.raises(ConfigError, match="redis_url"):
            connection_options(ConfigRedis({"redis_url": url}))
    for url in ("unix:///run/a@b.sock", "redis://h/0?client_name=a@b", "redis://a:b@h"):
        assert connection_options(ConfigRedis({"redis_url": url}))


def test_public_parts_are_shown() -> None:
    """Only the secret parts are masked; every other part of a value is shown."""
    url = f"redis://me:{CANARY}@cache-1.internal:6380/3?password={CANARY}"
    conf = ConfigRedis({"redis_url": url, "redis_password": CANARY})
    shown = "'redis://me:***@cache-1.internal:6380/3?***'"
    assert shown in conf.explain("redis_url")
    assert "redis_password=***" in repr(conf)
    with pytest.raises(ConfigError) as caught:
        ConfigRedis({"redis_password": CANARY, "redis_port": "public"})
    assert "got 'public'" in str(caught.value)


def test_documented_exceptions() -> None:
    """The attribute itself, `vars` and a pickle hold the secret, as documented."""
    conf = ConfigRedis({"redis_password": CANARY})
    assert conf.redis_password == vars(conf)["redis_password"] == CANARY
    assert CANARY.encode() in pickle.dumps(conf)
    # A secret in the code of a class is in its documentation too.
    own = type("ConfigOwn", (ConfigRedis,), {"redis_password": CANARY})
    assert CANARY in pydoc.render_doc(own, renderer=pydoc.plaintext)
    assert CANARY not in pydoc.render_doc(ConfigRedis, renderer=pydoc.plaintext)
