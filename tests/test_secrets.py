"""The program sees the plain value of a secret; no output shows the value."""

from __future__ import annotations

import contextlib
import json
import logging
import os
import traceback
import warnings
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from pynenc_conf import (
    ConfigBase,
    ConfigError,
    ConfigField,
    ConfigFileError,
    ConfigFileNotFoundError,
    ConfigRedis,
    ConfigTypeError,
    UnknownSettingWarning,
)
from tests.conftest import sources

if TYPE_CHECKING:
    from collections.abc import Iterator

# Digits, so that the canary can also be used as a number.
NUMBER = 7305918246735
CANARY = str(NUMBER)
PASSWORD_FILE = "PYNENC__REDIS_PASSWORD_FILE"
CLASS_PASSWORD = "PYNENC__CONFIGREDIS__REDIS_PASSWORD"


class Token:
    """An application class that quotes its input in its errors."""

    def __init__(self, text: Any) -> None:
        if text != f"good{CANARY}":
            msg = f"no token: {text!r}"
            raise ValueError(msg)
        self.text = text

    def __repr__(self) -> str:
        return f"Token({self.text!r})"


def careless(value: Any, _: type[str]) -> str:
    """Map a value like a careless application: the exception quotes the value."""
    try:
        return str(json.loads(value)["password"])
    except (TypeError, KeyError) as error:
        msg = f"bad password {value!r}"
        raise ValueError(msg) from error


TYPES = (
    str,
    int,
    float,
    bool,
    Path,
    Decimal,
    timedelta,
    Token,
    Any,
    int | None,
    int | str,
    tuple[str, ...],
    tuple[int, int],
    set[int],
    dict[str, str],
    dict[int, tuple[int, ...]],
    dict,
    list,
)


def vault(declared: Any = str, *, secret: Any = True, **options: Any) -> type[Any]:
    """Make a class with a secret field `value` that its parent defines."""
    field = ConfigField[Any](options.pop("default", None), secret=secret, **options)
    annotations = {"value": ConfigField[declared]}
    namespace = {"value": field, "__annotations__": annotations, "__module__": __name__}
    parent = type(ConfigBase)("ConfigVault", (ConfigBase,), namespace)
    return type("ConfigChild", (parent,), {"__module__": __name__})


def texts_of_instance(conf: Any) -> Iterator[str]:
    """Yield every text that an instance and its methods can print."""
    yield from (repr(conf), str(conf), f"{conf}", f"{conf!r:>500}", f"{conf}")
    yield conf.explain()
    yield repr(conf.safe_dict())
    record = logging.LogRecord("a", 20, "b", 1, "%s %r", (conf, conf), None)
    yield logging.Formatter().format(record)
    for name in conf.all_fields:
        info = conf.field_info(name)
        yield from (conf.explain(name), repr(info), str(info), info.display_value)
        yield from (json.dumps(info.as_dict()), info.source, repr(info.chain))
        yield from (info.display(candidate) for candidate in info.chain)


def texts_of_error(error: BaseException | None) -> Iterator[str]:
    """Yield every text of an error, its cause and its context."""
    if error is None:
        return
    yield from (str(error), repr(error), repr(error.args))
    yield "".join(traceback.format_exception(error))
    for problem in getattr(error, "problems", ()):
        yield from (str(problem), repr(problem), repr(problem.origin))
        yield from (str(problem.expected), str(problem.suggestion), problem.message)
    yield from texts_of_error(error.__cause__)
    yield from texts_of_error(error.__context__)


def assert_hidden(texts: Iterator[str]) -> None:
    """Fail with the first text that contains the canary."""
    leaks = [text for text in texts if CANARY in text]
    assert not leaks, leaks[0]


def raised_by(action: Any, *arguments: Any) -> ConfigError | None:
    """Return the error an action raises, with no frame of a test as its context."""
    try:
        action(*arguments)
    except ConfigError as error:
        return error
    return None


junk = st.text("@:/?#%&=+[]{},;. \\'\"-aZ0\n", max_size=6)
planted = st.builds(lambda before, after: f"{before}{CANARY}{after}", junk, junk)
passwords = planted | planted.map(quote) | planted.map(lambda text: quote(text, ""))


@given(passwords)
def test_password(password: str) -> None:
    """The instance holds the password as a plain str, and no output shows it."""
    before = ConfigRedis({"redis_password": CANARY})
    for give in (
        lambda: ConfigRedis({"redis_password": password}),
        lambda: ConfigRedis({"redis": {"redis_password": password}}),
        lambda: assigned(before, "redis_password", password),
        lambda: overridden(ConfigRedis, redis_password=password),
    ):
        conf = give()
        assert (type(conf.redis_password), conf.redis_password) == (str, password)
        assert_hidden(texts_of_instance(conf))
        assert conf.safe_dict()["redis_password"] == "***"


def assigned(conf: Any, name: str, value: Any) -> Any:
    """Return the instance after an assignment."""
    setattr(conf, name, value)
    return conf


def overridden(cls: type[Any], **values: Any) -> Any:
    """Return an instance created under an override."""
    with cls.override(**values) as conf:
        return conf


schemes = st.sampled_from(
    ("redis://", "rediss://", "unix://", "redis+tls://", "", "://")
)
users = st.sampled_from(("", "user", "me@corp.com", "a%40b", "a/b"))
hosts = st.sampled_from(
    ("host", "host:6379/0", "[::1]:1", "h1:1,redis://h2", "/a.sock")
)
queries = st.sampled_from(("", "?db=1", "?email=a@b.c", "?next=http://a/b", "#part"))


@given(schemes, users, passwords, hosts, queries)
@example("redis://", "me@corp.com", f"{CANARY}?x", "host", "")
@example("redis://", "user", f"a@{CANARY}?b", "host", "")
@example("redis://", "user", f"a://{CANARY}#b", "host/0", "?email=a@b.c")
def test_password_of_a_url(
    scheme: str, user: str, password: str, host: str, query: str
) -> None:
    """No output shows the password of a URL, even if the URL is malformed."""
    url = f"{scheme}{user}:{password}@{host}{query}"
    conf = ConfigRedis({"redis_url": url})
    assert conf.redis_url == url
    assert_hidden(texts_of_instance(conf))


@given(schemes, st.sampled_from(("", "user:pw@", "tok@")), hosts, passwords)
@example("redis://", "", "host", f"http://{CANARY}")
@example("redis://", "user:pw@", "host", f"a@{CANARY}")
def test_query_of_a_url(scheme: str, userinfo: str, host: str, query: str) -> None:
    """No output shows the query of a URL."""
    conf = ConfigRedis({"redis_url": f"{scheme}{userinfo}{host}?password={query}"})
    assert_hidden(texts_of_instance(conf))


@pytest.mark.parametrize(
    ("url", "masked"),
    [
        ("redis://user:pw@host:6379/0", "redis://user:***@host:6379/0"),
        ("redis://:pw@host", "redis://:***@host"),
        ("redis://token@host", "redis://***@host"),
        ("rediss://host:6379/0?password=pw", "rediss://host:6379/0?***"),
        ("redis://localhost:6379/0", "redis://localhost:6379/0"),
        ("", ""),
    ],
)
def test_masked_url(url: str, masked: str) -> None:
    """A masked URL still shows the scheme, user, host and path."""
    conf = ConfigRedis({"redis_url": url})
    assert conf.safe_dict()["redis_url"] == masked
    assert f"redis_url={masked!r}" in repr(conf)


keys = st.sampled_from(("a", 1, CANARY))
leaves = passwords | st.sampled_from((NUMBER, float(NUMBER), f"good{CANARY}", True))
secret_raws = st.recursive(
    leaves,
    lambda inner: (
        st.lists(inner, min_size=1) | st.dictionaries(keys, inner, min_size=1)
    ),
    max_leaves=3,
).filter(lambda raw: CANARY in repr(raw))


@pytest.mark.parametrize("declared", TYPES)
@settings(max_examples=30)
@given(secret_raws)
def test_secret_fields(declared: Any, raw: Any) -> None:
    """No text or error shows a secret of any type, whether it is valid or not."""
    made = []

    def make(cls: type[Any], item: Any) -> None:
        made.append(cls({"value": item}))

    assert_hidden(texts_of_error(raised_by(make, vault(declared, secret="url"), raw)))
    made.clear()  # text that is not a URL has no password to hide
    for options in ({}, {"choices": ("a", None)}, {"mapper": careless}):
        cls = vault(declared, **options)
        assert_hidden(texts_of_error(raised_by(make, cls, raw)))
        for source in sources(raw):
            problem = raised_by(source, cls, raw)
            # YAML keeps the text, so more values are valid.
            assert problem is None or isinstance(problem, ConfigTypeError)
            assert_hidden(texts_of_error(problem))
    for conf in made:
        assert_hidden(texts_of_instance(conf))


@pytest.mark.parametrize("secret", [True, "url"])
@pytest.mark.parametrize("default", [CANARY, NUMBER, (CANARY,), {CANARY: 1}, [NUMBER]])
def test_secret_defaults(secret: Any, default: Any) -> None:
    """Neither the instance nor the declaration shows a secret default."""
    if secret == "url" and default == CANARY:
        default = f"redis://user:{CANARY}@host"
    cls = vault(type(default), secret=secret, default=default, doc="A secret.")
    assert cls().value == default
    assert_hidden(texts_of_instance(cls()))
    field = vars(cls.__mro__[1])["value"]
    assert_hidden(iter((repr(field), str(field), str(cls.__mro__[1].__doc__))))
    error = raised_by(lambda: vault(secret=secret, default=default, choices=("a",)))
    assert isinstance(error, ConfigTypeError)
    assert_hidden(texts_of_error(error))


@pytest.mark.parametrize("name", ["a.yaml", "a.json", "a.toml"])
@given(st.data())
def test_broken_files(name: str, data: st.DataObject) -> None:
    """The error about a truncated file does not show the secret in it."""
    tree = {"redis": {"redis_password": data.draw(planted), "redis_port": 1}}
    text = json.dumps(tree, indent=1)
    if name == "a.toml":
        text = f"[redis]\nredis_password = {json.dumps(data.draw(planted))}\na = 1\n"
    at = data.draw(st.integers(1, len(text)))
    Path(name).write_text(text[:at] + data.draw(junk) + text[at:], encoding="utf-8")
    conf = None
    # Text in the wrong place may turn into a key that resembles a setting's name.
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always", UnknownSettingWarning)
        with contextlib.suppress(ConfigError):
            conf = ConfigRedis(None, name)
    assert_hidden(str(warning.message) for warning in caught)
    if conf is None:
        error = raised_by(ConfigRedis, None, name)
        assert isinstance(error, (ConfigFileError, ConfigTypeError))
        assert_hidden(texts_of_error(error))
    else:
        assert_hidden(texts_of_instance(conf))


def test_errors_about_names() -> None:
    """The error about an unknown name does not quote the secret under it."""
    error = raised_by(lambda: ConfigRedis.override(redis_pasword=CANARY))
    assert "did you mean 'redis_password'?" in str(error)
    assert_hidden(texts_of_error(error))


def write(path: str, content: str | bytes) -> str:
    """Write a file and return its path."""
    data = content if isinstance(content, bytes) else content.encode()
    Path(path).write_bytes(data)
    return path


@pytest.mark.parametrize(
    ("content", "password"),
    [
        (f"{CANARY}\n", CANARY),
        (f"{CANARY}\r\n", CANARY),
        (f"{CANARY}\n\n", f"{CANARY}\n"),
        (CANARY, CANARY),
        (f" {CANARY} ", f" {CANARY} "),
        ("\n", ""),
        ("", ""),
        ("é\n", "é"),
        ("x" * 65536, "x" * 65536),
    ],
)
def test_file_variable(
    content: str, password: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A `_FILE` variable names a file with the secret; one final newline is removed."""
    monkeypatch.setenv(PASSWORD_FILE, write("secret", content))
    conf = ConfigRedis()
    assert conf.redis_password == password
    assert_hidden(texts_of_instance(conf))
    source = conf.field_info("redis_password").source
    assert source == f"environment variable {PASSWORD_FILE} (the file secret)"


def test_file_variable_precedence(monkeypatch: pytest.MonkeyPatch) -> None:
    """A `_FILE` variable ranks just below the variable of the same scope."""
    names = (
        PASSWORD_FILE,
        "PYNENC__REDIS_PASSWORD",
        f"{CLASS_PASSWORD}_FILE",
        CLASS_PASSWORD,
    )
    for name in names:
        monkeypatch.setenv(name, write(name, name))
        conf = ConfigRedis({"redis_password": "weaker"})
        assert conf.redis_password == name
    chain = conf.field_info("redis_password").chain
    found = [candidate.value for candidate in chain]
    assert found == [*reversed(names), "weaker", ""]


@pytest.mark.parametrize(
    "kind", ["large", "directory", "fifo", "missing", "latin", "link"]
)
@pytest.mark.parametrize("variable", [PASSWORD_FILE, f"{CLASS_PASSWORD}_FILE"])
def test_bad_secret_files(
    kind: str, variable: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A secret file that is not small UTF-8 text is an error with variable and path."""
    words = {
        "large": "larger",
        "latin": "UTF-8",
        "directory": "directory",
        "fifo": "fifo",
    }
    if kind == "large":
        write(kind, CANARY + "x" * 65536)
    elif kind == "latin":
        write(kind, f"{CANARY}\xe9".encode("latin-1"))
    elif kind == "directory":
        Path(kind).mkdir()
    elif kind == "fifo":
        os.mkfifo(kind)
    elif kind == "link":
        Path(kind).symlink_to("nowhere")
    monkeypatch.setenv(variable, kind)
    error = raised_by(ConfigRedis)
    missing = kind in {"missing", "link"}
    assert type(error) is (ConfigFileNotFoundError if missing else ConfigFileError)
    (problem,) = error.problems
    assert problem.field == "redis_password"
    assert words.get(kind, "does not exist") in str(problem)
    # A value that does not name a file may be the secret itself.
    path = "" if kind == "missing" else f" (the file {kind})"
    assert str(error).endswith(f"environment variable {variable}{path}")
    assert_hidden(texts_of_error(error))


def test_empty_file_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    """An empty `_FILE` variable counts as unset."""
    for name in (PASSWORD_FILE, f"{CLASS_PASSWORD}_FILE"):
        monkeypatch.setenv(name, "")
    assert ConfigRedis({"redis_password": "weaker"}).redis_password == "weaker"
    # Later sources still count.
    monkeypatch.setenv("PYNENC__REDIS_URL_FILE", write("url", "redis://h"))
    monkeypatch.setenv(PASSWORD_FILE, write("secret", "x"))
    conf = ConfigRedis()
    assert (conf.redis_url, conf.redis_password) == ("redis://h", "x")


def test_file_variable_that_names_no_file(monkeypatch: pytest.MonkeyPatch) -> None:
    """The error about a missing secret file omits the path, which may be the secret."""
    monkeypatch.setenv(PASSWORD_FILE, CANARY)
    with pytest.raises(ConfigError) as caught:
        ConfigRedis()
    assert str(caught.value.problems[0]) == (
        "redis_password: the file that this variable names does not exist\n"
        f"  --> environment variable {PASSWORD_FILE}"
    )
    monkeypatch.setenv("PYNENC__REDIS_URL_FILE", "neither")
    with pytest.raises(ConfigError) as caught:
        ConfigRedis()
    assert len(caught.value.problems) == 2


def test_secret_of_another_type_from_a_file(monkeypatch: pytest.MonkeyPatch) -> None:
    """A secret read from a file is converted and checked like any other value."""
    monkeypatch.setenv("CONFIG__VALUE_FILE", write("secret", f"{CANARY}\n"))
    assert vault(int, default=0)().value == NUMBER
    error = raised_by(vault(bool, default=False))
    assert isinstance(error, ConfigTypeError)
    assert_hidden(texts_of_error(error))


def test_file_variables_are_for_secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    """Only secret fields, including URLs with a password, have a `_FILE` variable."""
    path = write("secret", "redis://host\n")
    monkeypatch.setenv("PYNENC__REDIS_HOST_FILE", path)
    monkeypatch.setenv("PYNENC__REDIS_URL_FILE", path)
    conf = ConfigRedis()
    assert (conf.redis_host, conf.redis_url) == ("localhost", "redis://host")
