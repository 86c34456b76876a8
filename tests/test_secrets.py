"""A secret is the plain value to the program, and is shown nowhere."""

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

# Digits, so that it can be planted as a number too.
NUMBER = 7305918246735
CANARY = str(NUMBER)
PASSWORD_FILE = "PYNENC__REDIS_PASSWORD_FILE"
CLASS_PASSWORD = "PYNENC__CONFIGREDIS__REDIS_PASSWORD"


class Token:
    """A class of an application that is careless about what it says."""

    def __init__(self, text: Any) -> None:
        if text != f"good{CANARY}":
            msg = f"no token: {text!r}"
            raise ValueError(msg)
        self.text = text

    def __repr__(self) -> str:
        return f"Token({self.text!r})"


def careless(value: Any, _: type[str]) -> str:
    """Map as some applications do: what is wrong is said in the exception."""
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
    """Make a class with a secret field `value`, which its parent defines."""
    field = ConfigField[Any](options.pop("default", None), secret=secret, **options)
    annotations = {"value": ConfigField[declared]}
    namespace = {"value": field, "__annotations__": annotations, "__module__": __name__}
    parent = type(ConfigBase)("ConfigVault", (ConfigBase,), namespace)
    return type("ConfigChild", (parent,), {"__module__": __name__})


def shown_of(conf: Any) -> Iterator[str]:
    """Yield all that an instance, and what can be asked of it, shows."""
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


def told_of(error: BaseException | None) -> Iterator[str]:
    """Yield all that an error tells, and those that it hangs on."""
    if error is None:
        return
    yield from (str(error), repr(error), repr(error.args))
    yield "".join(traceback.format_exception(error))
    for problem in getattr(error, "problems", ()):
        yield from (str(problem), repr(problem), repr(problem.origin))
        yield from (str(problem.expected), str(problem.suggestion), problem.message)
    yield from told_of(error.__cause__)
    yield from told_of(error.__context__)


def assert_hidden(texts: Iterator[str]) -> None:
    """Fail with the first text that shows the canary."""
    leaks = [text for text in texts if CANARY in text]
    assert not leaks, leaks[0]


def raised_by(action: Any, *arguments: Any) -> ConfigError | None:
    """Return the error an action raises, with nothing of a test as its context."""
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
    """The password is the plain str on the instance, and shown nowhere."""
    before = ConfigRedis({"redis_password": CANARY})
    for give in (
        lambda: ConfigRedis({"redis_password": password}),
        lambda: ConfigRedis({"redis": {"redis_password": password}}),
        lambda: assigned(before, "redis_password", password),
        lambda: overridden(ConfigRedis, redis_password=password),
    ):
        conf = give()
        assert (type(conf.redis_password), conf.redis_password) == (str, password)
        assert_hidden(shown_of(conf))
        assert conf.safe_dict()["redis_password"] == "***"


def assigned(conf: Any, name: str, value: Any) -> Any:
    """Return the instance after an assignment."""
    setattr(conf, name, value)
    return conf


def overridden(cls: type[Any], **values: Any) -> Any:
    """Return an instance made under an override."""
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
    """The password in a URL is shown nowhere, however badly the URL is written."""
    url = f"{scheme}{user}:{password}@{host}{query}"
    conf = ConfigRedis({"redis_url": url})
    assert conf.redis_url == url
    assert_hidden(shown_of(conf))


@given(schemes, st.sampled_from(("", "user:pw@", "tok@")), hosts, passwords)
@example("redis://", "", "host", f"http://{CANARY}")
@example("redis://", "user:pw@", "host", f"a@{CANARY}")
def test_query_of_a_url(scheme: str, userinfo: str, host: str, query: str) -> None:
    """What a URL carries behind its `?` is shown nowhere."""
    conf = ConfigRedis({"redis_url": f"{scheme}{userinfo}{host}?password={query}"})
    assert_hidden(shown_of(conf))


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
    """A masked URL still shows the scheme, user, host and path of a plain one."""
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
    """A secret of any type, that fits or does not, is told by no text or error."""
    made = []

    def make(cls: type[Any], item: Any) -> None:
        made.append(cls({"value": item}))

    assert_hidden(told_of(raised_by(make, vault(declared, secret="url"), raw)))
    made.clear()  # text that is no URL has no password to hide
    for options in ({}, {"choices": ("a", None)}, {"mapper": careless}):
        cls = vault(declared, **options)
        assert_hidden(told_of(raised_by(make, cls, raw)))
        for source in sources(raw):
            problem = raised_by(source, cls, raw)
            # YAML keeps the text, so that a few more values fit.
            assert problem is None or isinstance(problem, ConfigTypeError)
            assert_hidden(told_of(problem))
    for conf in made:
        assert_hidden(shown_of(conf))


@pytest.mark.parametrize("secret", [True, "url"])
@pytest.mark.parametrize("default", [CANARY, NUMBER, (CANARY,), {CANARY: 1}, [NUMBER]])
def test_secret_defaults(secret: Any, default: Any) -> None:
    """A secret default is shown neither by the instance nor by its declaration."""
    if secret == "url" and default == CANARY:
        default = f"redis://user:{CANARY}@host"
    cls = vault(type(default), secret=secret, default=default, doc="A secret.")
    assert cls().value == default
    assert_hidden(shown_of(cls()))
    field = vars(cls.__mro__[1])["value"]
    assert_hidden(iter((repr(field), str(field), str(cls.__mro__[1].__doc__))))
    error = raised_by(lambda: ConfigField(default, secret=secret, choices=("a",)))
    assert isinstance(error, ConfigTypeError)
    assert_hidden(told_of(error))


@pytest.mark.parametrize("name", ["a.yaml", "a.json", "a.toml"])
@given(st.data())
def test_broken_files(name: str, data: st.DataObject) -> None:
    """A file that holds a secret and breaks off anywhere is refused without it."""
    tree = {"redis": {"redis_password": data.draw(planted), "redis_port": 1}}
    text = json.dumps(tree, indent=1)
    if name == "a.toml":
        text = f"[redis]\nredis_password = {json.dumps(data.draw(planted))}\na = 1\n"
    at = data.draw(st.integers(1, len(text)))
    Path(name).write_text(text[:at] + data.draw(junk) + text[at:], encoding="utf-8")
    conf = None
    # Text in the wrong place may make a key that nearly is a setting's name.
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always", UnknownSettingWarning)
        with contextlib.suppress(ConfigError):
            conf = ConfigRedis(None, name)
    assert_hidden(str(warning.message) for warning in said)
    if conf is None:
        error = raised_by(ConfigRedis, None, name)
        assert isinstance(error, (ConfigFileError, ConfigTypeError))
        assert_hidden(told_of(error))
    else:
        assert_hidden(shown_of(conf))


def test_errors_about_names() -> None:
    """A secret under a wrong name is not quoted by the error about the name."""
    error = raised_by(lambda: ConfigRedis.override(redis_pasword=CANARY))
    assert "did you mean 'redis_password'?" in str(error)
    assert_hidden(told_of(error))


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
    """A `_FILE` variable names a file with the secret, less one newline at its end."""
    monkeypatch.setenv(PASSWORD_FILE, write("secret", content))
    conf = ConfigRedis()
    assert conf.redis_password == password
    assert_hidden(shown_of(conf))
    source = conf.field_info("redis_password").source
    assert source == f"environment variable {PASSWORD_FILE} (the file secret)"


def test_file_variable_precedence(monkeypatch: pytest.MonkeyPatch) -> None:
    """A `_FILE` variable is just below the variable of its own scope."""
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
    """A file that is no small file of UTF-8 text is an error with variable and path."""
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
    # What names no file may be the secret itself.
    path = "" if kind == "missing" else f" (the file {kind})"
    assert str(error).endswith(f"environment variable {variable}{path}")
    assert_hidden(told_of(error))


def test_empty_file_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    """An empty `_FILE` variable is as if it were not set."""
    for name in (PASSWORD_FILE, f"{CLASS_PASSWORD}_FILE"):
        monkeypatch.setenv(name, "")
    assert ConfigRedis({"redis_password": "weaker"}).redis_password == "weaker"
    # It ends nothing: those after it count.
    monkeypatch.setenv("PYNENC__REDIS_URL_FILE", write("url", "redis://h"))
    monkeypatch.setenv(PASSWORD_FILE, write("secret", "x"))
    conf = ConfigRedis()
    assert (conf.redis_url, conf.redis_password) == ("redis://h", "x")


def test_file_variable_that_names_no_file(monkeypatch: pytest.MonkeyPatch) -> None:
    """What names no file may be the secret: that is said without it."""
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
    """A secret that a file holds is converted, and refused, as any other."""
    monkeypatch.setenv("CONFIG__VALUE_FILE", write("secret", f"{CANARY}\n"))
    assert vault(int, default=0)().value == NUMBER
    error = raised_by(vault(bool, default=False))
    assert isinstance(error, ConfigTypeError)
    assert_hidden(told_of(error))


def test_file_variables_are_for_secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    """A field that is no secret has no `_FILE` variable; a secret URL has."""
    path = write("secret", "redis://host\n")
    monkeypatch.setenv("PYNENC__REDIS_HOST_FILE", path)
    monkeypatch.setenv("PYNENC__REDIS_URL_FILE", path)
    conf = ConfigRedis()
    assert (conf.redis_host, conf.redis_url) == ("localhost", "redis://host")
