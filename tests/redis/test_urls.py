"""What each part of a `redis_url` means, and which URLs are rejected."""

from __future__ import annotations

import asyncio
import ssl
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
import redis
from click.testing import CliRunner, Result
from hypothesis import example, given
from hypothesis import strategies as st

from pynenc_conf import ConfigError, ConfigField, ConfigRedis
from pynenc_conf._tools.cli import cli
from pynenc_conf.exceptions import ConfigTypeError
from pynenc_conf.redis_client import get_async_redis_client, get_redis_client
from pynenc_conf.redis_url import address_options, find_address_problems


def options_of(url: str) -> dict[str, Any]:
    """Return the options of a URL."""
    return address_options(ConfigRedis({"redis_url": url}))


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("redis://h", {"host": "h"}),
        ("redis://h/", {"host": "h"}),
        ("redis:///2", {"db": 2}),
        ("redis://h:80/2", {"host": "h", "port": 80, "db": 2}),
        ("redis://h:1", {"host": "h", "port": 1}),
        ("redis://h:65535", {"host": "h", "port": 65535}),
        ("redis://h?db=2", {"host": "h", "db": 2}),
        (f"redis://h/{'9' * 18}", {"host": "h", "db": 10**18 - 1}),
        (f"redis://h/{'0' * 20}1", {"host": "h", "db": 1}),
        ("redis://h?socket_timeout=0e-400", {"host": "h", "socket_timeout": 0.0}),
        ("redis://h%EF%BC%8Ex", {"host": "h\uff0ex"}),
        ("redis://[::1]:80", {"host": "::1", "port": 80}),
        ("redis://[fe80::1%25eth0]", {"host": "fe80::1%eth0"}),
        ("redis://u@h", {"username": "u", "host": "h"}),
        ("redis://u:@h", {"username": "u", "host": "h"}),
        ("redis://:a:b@h", {"password": "a:b", "host": "h"}),
        ("redis://%2F:%2525@h", {"username": "/", "password": "%25", "host": "h"}),
        ("redis://h?decode_responses=false", {"host": "h", "decode_responses": False}),
        ("redis://h?socket_keepalive=no", {"host": "h", "socket_keepalive": False}),
        ("redis://h?socket_timeout=0.5", {"host": "h", "socket_timeout": 0.5}),
        ("redis://h?client_name=a%2Bb", {"host": "h", "client_name": "a+b"}),
        ("redis://h?protocol=2", {"host": "h", "protocol": 2}),
        ("rediss://h?ssl_cert_reqs=none", {"host": "h", "ssl_cert_reqs": "none"}),
        (
            "rediss://h?ssl_min_version=TLSv1.3",
            {"host": "h", "ssl_min_version": ssl.TLSVersion.TLSv1_3},
        ),
        (
            "rediss://h?ssl_certfile=a.pem",
            {"host": "h", "ssl_certfile": "a.pem", "ssl_keyfile": "a.pem"},
        ),
        ("unix:///a%20b%2520?db=1", {"path": "/a b%20", "db": 1}),
        ("unix://u:p@/a", {"username": "u", "password": "p", "path": "/a"}),
        ("unix:///a?password=p", {"path": "/a", "password": "p"}),
    ],
)
def test_valid_url(url: str, expected: dict[str, Any]) -> None:
    """Every part is decoded once, and has the type of what it replaces."""
    options = options_of(url)
    assert options.pop("scheme") == url.partition(":")[0]
    assert options == expected
    assert {key: type(value) for key, value in options.items()} == {
        key: type(value) for key, value in expected.items()
    }


@pytest.mark.parametrize(
    ("url", "part"),
    [
        ("http://h", "scheme"),
        ("REDIS://h", "scheme"),
        ("redis:h", "scheme"),
        ("redis://h /0", "URL"),
        ("redis://h\n", "URL"),
        ("redis://h\0", "URL"),
        ("redis://\ud800", "URL"),
        ("redis://h#0", "fragment"),
        ("redis://:6379", "host"),
        ("redis://:pw@/0", "host"),
        ("redis://::1", "host"),
        ("redis://[::1", "host"),
        ("redis://[h]", "host"),
        ("redis://[::1]80", "host"),
        ("redis://a..b", "host"),
        (f"redis://{'a' * 64}", "host"),
        ("redis://%2F", "host"),
        ("redis://h%EF%BC%8Fx", "host"),  # fullwidth /
        ("redis://h%EF%BC%A0x", "host"),
        ("redis://h%EF%BC%9A1", "host"),
        ("redis://h%E2%84%80x", "host"),  # a/c
        ("redis://h%E2%80%A5x", "host"),  # ..
        ("redis://h%E3%80%80x", "host"),
        ("redis://h%00x", "host"),
        ("redis://[::1%25a%0Ab]", "host"),
        ("redis://[::1%25a%7Fb]", "host"),
        ("redis://[::1%25%E2%80%AEb]", "host"),
        ("redis://[::1%25a%20b]", "host"),
        ("redis://[::1%25a%EF%BC%8Fb]", "host"),
        ("redis://[::1%25.a]", "host"),
        ("redis://h:", "port"),
        ("redis://h:0", "port"),
        ("redis://h:65536", "port"),
        ("redis://h:+80", "port"),
        ("redis://h:%2080", "port"),
        ("redis://h:\uff18", "port"),
        ("redis://h:8_0", "port"),
        ("redis://:hunter2@h:hunter2", "port"),
        ("redis://h/3/4/5", "database"),
        ("redis://h/3/", "database"),
        ("redis://h/-1", "database"),
        ("redis://h/x", "database"),
        (f"redis://h/{'9' * 5000}", "database"),
        (f"redis://h/1{'0' * 18}", "database"),
        (f"redis://h?db={'9' * 40}", "option db"),
        ("redis://h/3?db=3", "option db"),
        ("redis://h?db=1&db=2", "option db"),
        ("redis://h?db=-1", "option db"),
        ("redis://h?db=", "option db"),
        ("redis://u:p@h?password=p", "option password"),
        ("redis://a@b@h", "username or password"),
        ("redis://u:%zz@h", "password"),
        ("redis://%ff:p@h", "username"),
        ("redis://:hunter2/x@h", "host"),
        ("redis://:hunter2?x@h", "host"),
        ("redis://h?", "option"),
        ("redis://h?retry_on_timeout=yes", "option"),
        ("redis://h?hunter2", "option"),
        ("redis://h?socket_timeout=-1", "option socket_timeout"),
        ("redis://h?socket_timeout=nan", "option socket_timeout"),
        ("redis://h?socket_timeout=inf", "option socket_timeout"),
        ("redis://h?socket_timeout=1e-400", "option socket_timeout"),
        ("redis://h?socket_timeout=%201", "option socket_timeout"),
        ("redis://h?socket_timeout=soon", "option socket_timeout"),
        ("redis://h?socket_connect_timeout=-1", "option socket_connect_timeout"),
        ("redis://h?health_check_interval=1.5", "option health_check_interval"),
        ("redis://h?max_connections=-1", "option max_connections"),
        ("redis://h?decode_responses=maybe", "option decode_responses"),
        ("redis://h?decode_responses=", "option decode_responses"),
        ("redis://h?protocol=4", "option protocol"),
        ("redis://h?client_name=a+b", "option client_name"),
        ("redis://h?client_name=a%20b", "option client_name"),
        ("redis://h?ssl_cert_reqs=none", "option ssl_cert_reqs"),
        ("rediss://h?ssl_cert_reqs=maybe", "option ssl_cert_reqs"),
        ("rediss://h?ssl_ca_certs=a%00", "option ssl_ca_certs"),
        ("rediss://h?ssl_keyfile=a.pem", "option ssl_keyfile"),
        ("rediss://h?ssl_min_version=1", "option ssl_min_version"),
        ("rediss://h?ssl_ciphers=hunter2", "option ssl_ciphers"),
        (
            "rediss://h?ssl_cert_reqs=none&ssl_check_hostname=yes",
            "option ssl_check_hostname",
        ),
        ("unix://", "path of the socket"),
        ("unix:///a%00", "path of the socket"),
        ("unix://a/b", "host"),
        ("unix://u:p@h/b", "host"),
        ("unix:///a?socket_keepalive=yes", "option socket_keepalive"),
    ],
)
def test_invalid_part(url: str, part: str) -> None:
    """An error names the invalid part of a URL, and does not quote the URL."""
    conf = ConfigRedis({"redis_url": url})
    for get in (get_redis_client, get_async_redis_client):
        with pytest.raises(ConfigTypeError, match=f"invalid {part}: ") as caught:
            get(conf)
        (problem,) = caught.value.problems
        assert (problem.field, str(problem.origin)) == (
            "redis_url",
            "config_values redis_url",
        )
        assert "hunter2" not in str(caught.value)
        assert caught.value.__context__ is None
    assert list(map(str, find_address_problems(conf))) == [str(problem)]


def test_suggestion() -> None:
    """A misspelled option has a suggestion; the name itself is not shown."""
    with pytest.raises(ConfigTypeError, match="did you mean 'socket_timeout'") as error:
        options_of("redis://h?sokcet_timeout=1")
    assert "sokcet" not in str(error.value)


def test_limits_of_a_subclass() -> None:
    """A part has the limits of the setting that it replaces, also in a subclass."""

    class ConfigSmall(ConfigRedis):
        redis_db: ConfigField[int] = ConfigField(0, ge=0, le=3)

    with pytest.raises(ConfigTypeError, match="invalid database"):
        address_options(ConfigSmall({"redis_url": "redis://h/4"}))


@given(
    username=st.text(min_size=1),
    password=st.text(min_size=1),
    db=st.integers(0, 2**31),
    path=st.text(),
)
def test_quoted_parts(username: str, password: str, db: int, path: str) -> None:
    """What is percent-encoded has the value that was encoded."""
    try:
        user, word, sock = (quote(each, "") for each in (username, password, path))
    except UnicodeEncodeError:
        return
    expected = {"scheme": "redis", "username": username, "password": password}
    found = options_of(f"redis://{user}:{word}@h:7/{db}")
    assert found == {**expected, "host": "h", "port": 7, "db": db}
    if path and path.isprintable():
        assert options_of(f"unix:///{sock}")["path"] == f"/{path}"


ANY_URL = st.builds(
    "{}://{}".format,
    st.sampled_from(["redis", "rediss", "unix"]),
    st.lists(
        st.sampled_from(
            [
                *"/?#@:[]%&=+. 0aé",
                *("%20", "%00", "h", "::1", "nan", "-1", "none"),
                *("db=", "socket_timeout=", "max_connections=", "ssl_cert_reqs="),
            ]
        ),
        max_size=12,
    ).map("".join)
    | st.text(),
)


@given(ANY_URL)
@example("redis://h?socket_timeout=1e999")
def test_any_url(url: str) -> None:
    """Any URL gives clients, or a ConfigError."""
    conf = ConfigRedis({"redis_url": url})
    for get in (get_redis_client, get_async_redis_client):
        try:
            pool: Any = get(conf).connection_pool
        except ConfigError:
            continue
        pool.make_connection()


@given(st.text() | st.text("a.ü-\0\ud800", max_size=80))
@example("a" * 64)
@example("a..b")
@example("\ud800")
def test_any_host(host: str) -> None:
    """A host that cannot be encoded is a ConfigError; others are for the resolver."""
    conf = ConfigRedis({"redis_host": host, "max_connection_attempts": 1})
    try:
        get_redis_client(conf)
    except ConfigTypeError:
        return
    assert "\0" not in host
    host.encode("idna")


@pytest.mark.parametrize("host", ["a" * 64, "a..b", "\ud800", ".a", "a\0"])
def test_host_that_cannot_be_encoded(host: str) -> None:
    """Clients and `ping` report a host name that cannot be encoded."""
    conf = ConfigRedis({"redis_host": host})
    with pytest.raises(ConfigTypeError, match="redis_host: expected a host name"):
        get_redis_client(conf)

    async def ping() -> None:
        await get_async_redis_client(conf).ping()

    with pytest.raises(ConfigTypeError, match="redis_host: expected a host name"):
        asyncio.run(ping())


def test_ping_of_a_host_that_cannot_be_encoded(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """`ping` reports a host name that cannot be encoded like other invalid settings."""
    for name, value in (("HOST", "a..b"), ("URL", "redis://a..b")):
        with monkeypatch.context() as context:
            context.setenv(f"PYNENC__REDIS_{name}", value)
            done = CliRunner().invoke(cli, ["ping"])
        assert done.exit_code == 1
        assert f"environment variable PYNENC__REDIS_{name}" in done.stderr


def test_password_that_cannot_be_encoded() -> None:
    """A username or password that UTF-8 cannot encode is reported, and not shown."""
    conf = ConfigRedis({"redis_password": "hunter2\udcff", "redis_username": "\udcff"})
    with pytest.raises(ConfigTypeError, match="redis_password: expected text") as error:
        get_redis_client(conf)
    assert [each.field for each in error.value.problems] == [
        "redis_username",
        "redis_password",
    ]
    assert "hunter2" not in str(error.value)


PROPERTIES = """
from pynenc_conf import ConfigRedis

class ConfigVaultUrl(ConfigRedis):
    redis_url = property(lambda self: "redis://:hunter2@127.0.0.1:1/3")

class ConfigVaultParts(ConfigRedis):
    redis_host = property(lambda self: "127.0.0.1")
    redis_port = property(lambda self: 1)
    redis_password = property(lambda self: "hunter2")
    redis_db = property(lambda self: 3)
"""


@pytest.mark.parametrize("name", ["vaulturl", "vaultparts"])
@pytest.mark.parametrize("option", [(), ("--json",)])
def test_settings_that_are_properties(
    name: str, option: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A class can compute a setting of the connection in a property."""
    Path("vault_app.py").write_text(PROPERTIES, encoding="utf-8")
    monkeypatch.syspath_prepend(str(Path.cwd()))
    runner = CliRunner()
    arguments = ["ping", name, "--app", "vault_app", *option]
    done = runner.invoke(cli, arguments, prog_name="pynenc-conf")
    assert done.exit_code == 1
    assert "connection refused: nothing listens at 127.0.0.1:1" in done.output
    assert "has no field" not in done.output
    assert "hunter2" not in done.output
    Path("vault.yaml").write_text("redis: {redis_host: a}\n", encoding="utf-8")
    arguments = ["check", "vault.yaml", "--app", "vault_app", *option]
    done = runner.invoke(cli, arguments, prog_name="pynenc-conf")
    assert done.exit_code == 0, done.output


def test_properties_that_cannot_be_encoded() -> None:
    """The error about a property does not show its value, which may be secret."""

    class ConfigVault(ConfigRedis):
        @property
        def redis_password(self) -> str:  # type: ignore[override] # a property
            return "hunter2\ud800"

    conf: Any = ConfigVault()
    with pytest.raises(ConfigTypeError, match="redis_password: expected text") as e:
        get_redis_client(conf)
    assert "hunter2" not in str(e.value)


def test_optional_credentials() -> None:
    """A class whose default for the credentials is None has none."""

    class ConfigOptional(ConfigRedis):
        redis_username: ConfigField[Any] = ConfigField(None)
        redis_password: ConfigField[Any] = ConfigField(None)

    options = address_options(ConfigOptional())
    assert (options["username"], options["password"]) == (None, None)


def test_errors_are_not_errors_of_redis() -> None:
    """Code that retries the errors of redis-py does not retry an invalid URL."""
    assert not issubclass(ConfigTypeError, redis.RedisError)


def check(text: str) -> Result:
    """Run `check` with a file."""
    Path("pynenc.yaml").write_text(text, encoding="utf-8")
    return CliRunner().invoke(cli, ["check", "pynenc.yaml", "--no-env"])


def test_check_of_an_invalid_url() -> None:
    """`check` reports an invalid URL at its place, and does not show it."""
    done = check("redis_url: redis://:hunter2@h/3/4\n")
    assert done.exit_code == 1
    assert "redis_url: invalid database: expected int" in done.output
    assert "--> pynenc.yaml:1:12" in done.output
    assert "hunter2" not in done.output


def test_check_of_an_invalid_host() -> None:
    """`check` reports a host name that cannot be encoded."""
    done = check("redis_host: a..b\n")
    assert done.exit_code == 1
    assert "redis_host: expected a host name or an IP address, got 'a..b'" in (
        " ".join(done.output.split())
    )


def test_check_of_replaced_settings() -> None:
    """`check` reports settings that a URL replaces, also by its options."""
    done = check(
        "redis_url: redis://h?health_check_interval=5\n"
        "redis_host: h\nredis_pool_health_check_interval: 2\nsocket_timeout: 3\n"
    )
    assert done.exit_code == 1, done.output
    text = " ".join(done.output.split())
    for line, name in ((2, "redis_host"), (3, "redis_pool_health_check_interval")):
        assert f"{name}: never used, because pynenc.yaml:1:12 redis_url is set" in text
        assert f"--> pynenc.yaml:{line}:" in text
    assert "socket_timeout: never used" not in text


def test_check_of_settings_that_another_class_uses() -> None:
    """`check` does not report a setting that a class without the URL uses."""
    done = check("brokerredis:\n  redis_url: redis://h\nredis_host: h\n")
    assert done.exit_code == 0, done.output
