"""Variables of a container (`--no-env --env-file`), whose files are elsewhere."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests._tools.running import findings, only, place, run, run_json, write
from tests.redis.conftest import free_port

OPTIONS = ("--no-env", "--env-file", "a.env")
UNKNOWN = "*** (the file /run/secrets/redis of the container)"
APP = """\
from dataclasses import dataclass

from pynenc_conf import ConfigBase, ConfigField


@dataclass
class Token:
    user: str = "a"
    key: str = "b"


class ConfigKeys(ConfigBase):
    number: ConfigField[int] = ConfigField(secret=True)
    token: ConfigField[Token] = ConfigField(Token(), secret=True)

    def __init__(self, values=None, path=None):
        super().__init__(values, path)
        self.double = self.number + self.number * 1.0
"""


KEYS = """\
from pynenc_conf import ConfigField, ConfigRedis


class ConfigOwnKeys(ConfigRedis):
    api_key: ConfigField[str] = ConfigField("", secret=True)
"""


@pytest.fixture(autouse=True)
def _container() -> None:
    """Write the variables of a container."""
    write("a.env", "\nPYNENC__REDIS_PASSWORD_FILE=/run/secrets/redis\n")


def test_explain_a_secret_of_a_container() -> None:
    """The value is unknown, and its text and origin say where the container has it."""
    done = run("explain", "redis", "redis_password", *OPTIONS)
    assert (done.exit_code, done.stderr) == (0, "")
    assert done.stdout.splitlines()[0] == f"ConfigRedis.redis_password = {UNKNOWN}"
    assert f"  > {UNKNOWN}  a.env:2  PYNENC__REDIS_PASSWORD_FILE\n" in done.stdout
    (data,) = run_json("explain", "redis", "redis_password", *OPTIONS)["fields"]
    assert data["value"] == UNKNOWN
    assert run("explain", "--changed", *OPTIONS).stdout.count(UNKNOWN) == 6


def test_env_shows_a_secret_of_a_container() -> None:
    """`env` marks the variable, and shows that its value is unknown."""
    assert (
        f"  > PYNENC__REDIS_PASSWORD_FILE = {UNKNOWN}  (a.env:2)\n"
        in run("env", "redis", *OPTIONS).stdout
    )


def test_check_notes_a_secret_of_a_container() -> None:
    """`check` notes the secret once, and exits with 0."""
    finding = only(*OPTIONS)
    assert (finding["severity"], finding["code"]) == ("note", "container")
    assert place(finding) == ("a.env", 2, 1)
    assert "the file /run/secrets/redis of the container is not" in finding["message"]
    assert run("check", *OPTIONS).exit_code == 0


@pytest.mark.parametrize("command", ["ping", "fleet"])
def test_a_connection_needs_the_secret(command: str) -> None:
    """A command that connects to Redis cannot do so without the secret, and says so."""
    done = run(command, *OPTIONS)
    assert done.exit_code == (1 if command == "ping" else 2)
    text = " ".join(done.stderr.split())
    assert f"redis_password: {UNKNOWN} is not read on this machine; run" in text
    assert "--> a.env:2 PYNENC__REDIS_PASSWORD_FILE" in text


def test_a_connection_needs_no_other_secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    """A secret that the connection does not use can be unknown."""
    monkeypatch.syspath_prepend(Path.cwd())
    write("container_with_keys.py", KEYS)
    names = ("PYNENC__API_KEY_FILE", "PYNENC__REDIS_PASSWORD_FILE")
    lines = [f"{name}=/run/secrets/x" for name in names]
    url = f"PYNENC__REDIS_URL=redis://127.0.0.1:{free_port()}"
    write("a.env", "\n".join([*lines, url]))
    done = run("ping", "ownkeys", "--app", "container_with_keys", *OPTIONS)
    assert done.exit_code == 1
    assert "connection refused" in done.stdout


def test_a_file_of_this_machine_with_the_same_path() -> None:
    """A file of this machine is not that of the container, also at the same path."""
    path = Path(write("secret", "hunter2\n", mode=0o644)).resolve()
    write("a.env", f"PYNENC__REDIS_PASSWORD_FILE={path}\n")
    assert [item["code"] for item in findings(*OPTIONS)] == ["container"]
    assert f"*** (the file {path} of" in run("env", "redis", *OPTIONS).stdout


def test_file_variables_of_this_process(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without --no-env, the file is read: the variables are those of a process here."""
    write("a.env", f"PYNENC__REDIS_PASSWORD_FILE={write('secret', 'hunter2')}\n")
    chain = run("explain", "redis", "redis_password", *OPTIONS[1:]).stdout
    assert "  > ***  environment variable PYNENC__REDIS_PASSWORD_FILE (the" in chain
    monkeypatch.setenv("PYNENC__REDIS_PASSWORD_FILE", "nowhere")
    finding = only()
    assert (finding["severity"], finding["code"]) == ("error", "unreadable")


@pytest.mark.parametrize("path", ["hunter2", "/hunter2", "/a/b:hunter2"])
@pytest.mark.parametrize("command", ["explain", "env", "ping"])
def test_a_secret_in_the_wrong_variable(command: str, path: str) -> None:
    """Text that is not the path of a mounted file may be the secret, and is hidden."""
    write("a.env", f"PYNENC__REDIS_PASSWORD_FILE={path}\n")
    done = run(command, "redis", *OPTIONS)
    assert "hunter2" not in done.output
    assert "*** (a file of the container)" in done.output


def test_a_path_in_a_secret_of_kubernetes() -> None:
    """A path is hidden if the manifest declares it as a secret."""
    text = "kind: Secret\nstringData: {PYNENC__REDIS_PASSWORD_FILE: /run/hunter2/a}\n"
    options = ("--no-env", "--env-file", write("secret.yaml", text))
    for command in (("check",), ("explain", "redis"), ("env", "redis"), ("ping",)):
        assert "hunter2" not in run(*command, *options).output


def test_a_configuration_file_of_a_container() -> None:
    """A file that exists in the container only is a note; --file can replace it."""
    write("a.env", "PYNENC__FILEPATH=/etc/shop/pynenc.yaml\nPYNENC__REDIS_DB=2\n")
    finding = only(*OPTIONS)
    assert (finding["severity"], finding["code"]) == ("note", "container")
    assert place(finding) == ("a.env", 1, 1)
    done = run("explain", "redis", "redis_db", *OPTIONS)
    assert done.exit_code == 0
    assert done.stdout.startswith("ConfigRedis.redis_db = 2\n")
    assert done.stderr == (
        "note: the file /etc/shop/pynenc.yaml of the container does not exist on this "
        "machine, so its settings are unknown; give a copy with --file\n"
        "  --> a.env:1:1  variable PYNENC__FILEPATH\n"
    )
    write("a.env", "PYNENC__FILEPATH=missing.yaml\n")
    assert only(*OPTIONS)["message"].startswith(
        "the file missing.yaml of the container"
    )
    write("pynenc.yaml", "redis_db: 3\nredis_port: 5\n")
    write("a.env", "PYNENC__FILEPATH=pynenc.yaml\n")
    assert run_json("explain", "redis", "redis_db", *OPTIONS)["fields"][0]["value"] == 3


@pytest.mark.parametrize("command", ["check", "explain", "env"])
def test_a_structure_in_a_file(monkeypatch: pytest.MonkeyPatch, command: str) -> None:
    """Each command prints that the file of a whole structure is not read, once."""
    monkeypatch.syspath_prepend(Path.cwd())
    write("keys_in_a_file.py", APP)
    path = "/run/secrets/token"
    write("a.env", f"CONFIG__NUMBER=1\nCONFIG__TOKEN_FILE={path}\n")
    names = () if command == "check" else ("keys_in_a_file:ConfigKeys",)
    app = ("--app", "keys_in_a_file") if command == "check" else ()
    done = run(command, *names, *app, *OPTIONS)
    assert done.exit_code == 0
    assert (
        done.output.count(f"token: the file {path} of the container is not read") == 1
    )


@pytest.mark.parametrize("command", ["check", "explain"])
def test_the_home_of_a_container(monkeypatch: pytest.MonkeyPatch, command: str) -> None:
    """`~` is the home that the variables of the container have, for every purpose."""
    options = (*OPTIONS, "--env-dialect", "docker")
    for name in ("here", "there"):
        Path(name).mkdir()
    write("there/pynenc.yaml", "redis_db: 3\nunknown: 1\n")
    monkeypatch.setenv("HOME", str(Path("here").resolve()))
    home = Path("there").resolve()
    write("a.env", f"HOME={home}\nPYNENC__FILEPATH=~/pynenc.yaml\n")
    done = run(command, *options)
    assert "does not exist on this machine" not in done.output
    (field,) = run_json("explain", "redis", "redis_db", *options)["fields"]
    assert field["value"] == 3
    home.joinpath("pynenc.yaml").rename("here/pynenc.yaml")
    done = run(command, *options)
    assert done.exit_code == 0
    assert "the file ~/pynenc.yaml of the container does not exist" in done.output


def test_secrets_of_every_type(monkeypatch: pytest.MonkeyPatch) -> None:
    """An unknown secret is not invalid, and no constructor receives its text."""
    monkeypatch.syspath_prepend(Path.cwd())
    write("keys_of_a_container.py", APP)
    names = ("NUMBER_FILE", "TOKEN__KEY_FILE", "TOKEN_FILE")
    write("a.env", "".join(f"CONFIG__{name}=/run/secrets/{name}\n" for name in names))
    options = ("--app", "keys_of_a_container", *OPTIONS)
    found: Any = findings(*options)
    assert {item["code"] for item in found} == {"container"}
    assert [item["variable"] for item in found] == [f"CONFIG__{n}" for n in names]
    done = run("explain", "keys", *options)
    assert done.exit_code == 0
    assert "*** (the file /run/secrets/NUMBER_FILE of the container)" in done.stdout
    assert run("explain", "keys", "token.key", *options).exit_code == 0
