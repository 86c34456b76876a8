"""Variables in Compose files, ConfigMaps and Secrets: `--env-file compose.yaml`."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pynenc_conf._tools.env_files import Environment
from pynenc_conf.config_redis import ConfigRedis
from tests._tools.running import findings, only, place, run, write

COMPOSE = """\
services:
  worker:
    env_file: worker.env
    environment:
      PYNENC__REDIS_HOST: ${HOST:-redis}
      PYNENC__REDIS_DB: 2
  web:
    environment:
      - PYNENC__REDIS_DB=3
      - PYNENC__REDIS_PORT
"""
SECRET = """\
kind: ConfigMap
data:
  PYNENC__REDIS_DB: "2"
---
kind: Secret
data:
  PYNENC__REDIS_HOST: {host}
stringData:
  PYNENC__REDIS_USERNAME: canary
"""


def encode(text: str) -> str:
    """Return the base64 of a text."""
    return base64.b64encode(text.encode()).decode()


def values(path: str, **options: Any) -> dict[str, str]:
    """Return the variables of a file, which has no errors."""
    environment = Environment(path, inherit=False, **options)
    assert environment.unreadable == []
    return environment.values


def test_services_of_a_compose_file(monkeypatch: pytest.MonkeyPatch) -> None:
    """--service chooses a service; its environment overrides its env_file."""
    write("worker.env", "PYNENC__REDIS_DB='1'\nPYNENC__REDIS_PORT=\"6390\"\n")
    path = write("compose.yaml", COMPOSE)
    assert values(path, service="worker") == {
        "PYNENC__REDIS_PORT": "6390",
        "PYNENC__REDIS_HOST": "redis",
        "PYNENC__REDIS_DB": "2",
    }
    assert values(path, service="web") == {"PYNENC__REDIS_DB": "3"}
    monkeypatch.setenv("PYNENC__REDIS_PORT", "6391")
    options = ("--env-file", path, "--service", "web")
    output = run("explain", "redis", "redis_port", *options).output
    assert "> 6391  compose.yaml:10  PYNENC__REDIS_PORT\n" in output


@pytest.mark.parametrize("service", [None, "other"])
def test_an_ambiguous_service(service: str | None) -> None:
    """A service that is not clear is wrong usage, with the names of all services."""
    option = () if service is None else ("--service", service)
    done = run("check", "--env-file", write("compose.yaml", COMPOSE), *option)
    assert done.exit_code == 2
    assert "worker, web" in done.stderr


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("text", "text"),
        ("'02'", "02"),
        ("02", "2"),
        ("1.50", "1.5"),
        ("1e3", "1e3"),
        ("true", "true"),
        ("True", "true"),
        ("0x10", "16"),
        ("-0x1F", "-31"),
        ("010", "8"),
        ("'010'", "010"),
        ("0b11", "3"),
        ("1_000", "1000"),
        ("-0", "0"),
        ("-0.0", "-0"),
        ("18446744073709551615", "18446744073709551615"),
        ("18446744073709551616", "1.8446744073709552e+19"),
        ("999999.5", "999999.5"),
        ("1000000.0", "1e+06"),
        ("-12345678.5", "-1.23456785e+07"),
        ("0.0001", "0.0001"),
        ("0.00001", "1e-05"),
        ("1.0e+400", "1.0e+400"),
        (".inf", "+Inf"),
        ("-.Inf", "-Inf"),
        (".nan", "NaN"),
        ("12:30", "12:30"),
        ("yes", "yes"),
        ('"$$A ${U:-b}"', "$A b"),
        ("\"'2'\"", "'2'"),
        ("", None),
        ("'${FROM_FILE}'", "x"),
    ],
)
def test_values_of_compose(value: str, expected: str | None) -> None:
    """Values are interpolated, with `.env` beside the file; quotes are YAML's."""
    write(".env", "FROM_FILE='x'\n")
    path = write("compose.yml", f"services: {{a: {{environment: {{A: {value}}}}}}}\n")
    assert values(path).get("A") == expected


def test_a_name_without_a_value() -> None:
    """A name alone that this process does not have removes the variable of a file."""
    write("a.env", "A=1\nB=1\n")
    for environment in ("[A]", "{A: }", "[A=2, A]"):
        text = f"services: {{a: {{env_file: a.env, environment: {environment}}}}}\n"
        assert values(write("compose.yaml", text)) == {"B": "1"}


def test_a_name_twice_in_a_list() -> None:
    """Of several entries for one name in a list of a Compose file, the last counts."""
    text = "services: {a: {environment: [A=1, B=2, A, A=3]}}\n"
    assert values(write("compose.yaml", text)) == {"A": "3", "B": "2"}


def test_several_env_files() -> None:
    """env_file is a path or a list; a file may be optional or raw."""
    write("a.env", 'A="1"\nB=1\n')
    write("b.env", 'B="2"\nC=${A}\n')
    text = "services:\n  a:\n    env_file:\n      - a.env\n      - path: b.env\n"
    text += "        format: raw\n      - path: none.env\n        required: false\n"
    assert values(write("compose.yaml", text)) == {"A": "1", "B": '"2"', "C": "${A}"}


@pytest.mark.parametrize(
    ("service", "message"),
    [
        ("{env_file: none.env}", "none.env: no such file"),
        ("{env_file: a.env}", "a.env:1: Compose rejects this name"),
        ("{environment: {A: [1]}}", "the value of A must be text or a number"),
        ("{environment: {A: '${B:?}'}}", "variable B, which is not set"),
        ("{environment: {A: '${B:?set $$B}'}}", "B, which is not set: set $$B"),
        ("{environment: {A: '${B?%s}'}}" % ("x" * 300), f"{'x' * 197}..."),
        ("{extends: {service: b}}", "'extends' is not supported"),
        ('{environment: {A: "b\\0"}}', "is not a possible variable"),
        ("{environment: {'A=B': c}}", "is not a possible variable"),
        (f"{{env_file: [{'a.env, ' * 200}]}}", "names more than 100 files"),
        ("canary", "a service must be a mapping"),
        ("{environment: [{A: canary}]}", "environment must be NAME=value"),
        ("{environment: [{A: canary=b}]}", "environment must be NAME=value"),
        ("{env_file: [{A: canary}]}", "env_file requires a path, which is text"),
        ("{env_file: [{path: {A: canary}}]}", "env_file requires a path"),
    ],
)
def test_unreadable_services(service: str, message: str) -> None:
    """What cannot be read is an error at its place in the Compose file."""
    write("a.env", "A#B=1\n")
    path = write("compose.yaml", f"services:\n  a: {service}\n")
    finding = only("--no-env", "--env-file", path)
    assert (finding["code"], finding["line"]) == ("unreadable", 2)
    assert message in finding["message"]
    assert "canary" not in finding["message"]


@pytest.mark.parametrize("flag", ["false", "False", "FALSE", '"false"'])
def test_optional_env_files(flag: str) -> None:
    """An env_file may be missing if it is not required, however false is written."""
    text = f"services: {{a: {{env_file: [{{path: none.env, required: {flag}}}]}}}}\n"
    assert values(write("compose.yaml", text)) == {}


def test_kubernetes() -> None:
    """ConfigMaps and Secrets of all documents, and of lists, set variables."""
    text = SECRET.format(host=encode("host"))
    expected = {
        "PYNENC__REDIS_DB": "2",
        "PYNENC__REDIS_HOST": "host",
        "PYNENC__REDIS_USERNAME": "canary",
    }
    path = write("config.yaml", text)
    assert values(path) == expected
    environment = Environment(path, inherit=False)
    assert environment.places["PYNENC__REDIS_HOST"][:3] == ("config.yaml", 7, 23)
    assert environment.secrets == {"PYNENC__REDIS_HOST", "PYNENC__REDIS_USERNAME"}
    items = text.replace("\n", "\n  ").replace("  ---\n  kind", "- kind").rstrip()
    path = write("list.yaml", f"kind: List\nitems:\n- {items}\n")
    assert values(path) == expected


CONTAINER = """\
kind: Deployment
metadata: {name: shop}
spec:
  template:
    spec:
      containers:
        - name: worker
          envFrom:
            - configMapRef: {name: shop}
            - prefix: PYNENC__
              secretRef: {name: keys}
          env:
            - name: PYNENC__REDIS_DB
              value: "5"
            - name: HOST
              value: redis
            - {name: PYNENC__REDIS_HOST, value: "$(HOST).$(OTHER) $$(HOST)"}
            - name: PYNENC__REDIS_PASSWORD
              valueFrom: {secretKeyRef: {name: keys, key: password}}
            - {name: URL, value: "redis://:$(PYNENC__REDIS_PASSWORD)@redis"}
            - name: PYNENC__APP_ID
              valueFrom: {secretKeyRef: {name: elsewhere, key: id}}
---
kind: ConfigMap
metadata: {name: shop}
data: {PYNENC__REDIS_DB: "2", PYNENC__REDIS_PORT: "6390"}
---
kind: ConfigMap
metadata: {name: other}
data: {PYNENC__REDIS_USERNAME: other}
---
kind: Secret
metadata: {name: keys}
stringData: {password: canary, REDIS_USERNAME: canary}
"""


def test_containers() -> None:
    """A container has its own variables, over those of maps that it refers to."""
    path = write("deployment.yaml", CONTAINER)
    assert values(path) == {
        "PYNENC__REDIS_DB": "5",
        "PYNENC__REDIS_PORT": "6390",
        "PYNENC__REDIS_USERNAME": "canary",
        "PYNENC__password": "canary",
        "HOST": "redis",
        "PYNENC__REDIS_HOST": "redis.$(OTHER) $(HOST)",
        "PYNENC__REDIS_PASSWORD": "canary",
        "URL": "redis://:canary@redis",
    }
    environment = Environment(path, inherit=False)
    password = "PYNENC__REDIS_PASSWORD"
    secrets = {"PYNENC__REDIS_USERNAME", "PYNENC__password", password, "URL"}
    assert environment.secrets == secrets
    assert environment.places["PYNENC__REDIS_DB"].line == 14


def test_values_that_double() -> None:
    """Values that double from one to the next are an error before memory is full."""
    doubled = [f"{{name: A{n + 1}, value: $(A{n})$(A{n})}}" for n in range(50)]
    env = ", ".join(["{name: A0, value: '0123456789'}", *doubled])
    text = f"kind: Pod\nspec: {{containers: [{{name: a, env: [{env}]}}]}}\n"
    environment = Environment(write("pod.yaml", text), inherit=False)
    assert environment.unreadable
    assert "variables expand to more than" in environment.unreadable[0][1]


def test_an_env_file_that_is_given_many_times() -> None:
    """The variables of all files of one service are limited together."""
    lines = [f"A{number}=${{A{number - 1}}}${{A{number - 1}}}" for number in range(17)]
    write("a.env", "\n".join(["A0=xxxxxxxxxxxxxxxx", *lines[1:]]))
    text = "services: {a: {env_file: [a.env]}}\n"
    path = write("compose.yaml", text)
    assert len(values(path)["A16"]) == 2**20
    write(path, text.replace("a.env", ", ".join(["a.env"] * 5)))
    environment = Environment(path, inherit=False)
    assert "variables expand to more than" in environment.unreadable[0][1]


def test_many_secrets() -> None:
    """The work for each setting does not grow with the number of secrets."""
    path = write("secret.yaml", "kind: Secret\nstringData: {KEY: canary}\n")
    environment = Environment(path, inherit=False)
    environment.secrets = None  # type: ignore[assignment] # not read again
    assert environment.declares_secret("key")
    assert not environment.declares_secret("other")


def test_an_ambiguous_container() -> None:
    """--service also chooses one of several containers."""
    text = CONTAINER.replace(
        "        - name: worker\n",
        "        - name: proxy\n          env: [{name: A, value: b}]\n"
        "        - name: worker\n",
    )
    path = write("deployment.yaml", text)
    done = run("check", "--env-file", path)
    assert done.exit_code == 2
    assert "--service: shop/proxy, shop/worker" in done.stderr
    assert values(path, service="shop/proxy") == {"A": "b"}
    assert run("check", "--env-file", path, "--service", "shop").exit_code == 2
    assert values(path, service="proxy") == {"A": "b"}
    assert values(path, service="worker")["HOST"] == "redis"


def test_containers_of_one_name() -> None:
    """Containers of the same object and name are wrong usage, not the last of them."""
    job = CONTAINER.replace("kind: Deployment", "kind: Job")
    path = write("deployment.yaml", f"{CONTAINER}---\n{job}")
    for options in ((), ("--service", "shop/worker")):
        done = run("check", "--env-file", path, *options)
        assert done.exit_code == 2
        assert "the manifests have 2 containers shop/worker" in done.stderr


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        ("kind: ConfigMap\ndata:\n  A: 1\n", 3, "requires text as the value of A"),
        ("---\nkind: Secret\ndata:\n  A: b!\n", 4, "the value of A must be base64"),
        ("kind: Secret\ndata:\n  A: /w==\n", 3, "the value of A must be base64"),
        ("kind: Service\n", None, "contains no service, ConfigMap or Secret"),
        ("a: 1\n---\na: [\n", 4, ""),
        ("---\n" * 600, None, "holds more than 500 documents"),
        ("- a\n", 1, "the top level must be a mapping"),
    ],
)
def test_unreadable_manifests(text: str, line: int | None, message: str) -> None:
    """What cannot be read is an error with its line in the whole file."""
    finding = only("--no-env", "--env-file", write("config.yaml", text))
    assert (finding["code"], finding["line"]) == ("unreadable", line)
    assert message in finding["message"]


@pytest.mark.parametrize("name", ["PYNENC__REDIS_HOST", "PYNENC__REDIS_PORT"])
@pytest.mark.parametrize(
    "command",
    [
        ("check",),
        ("check", "--json"),
        ("explain", "redis"),
        ("explain", "redis", "redis_host", "--json"),
        ("env", "redis"),
        ("env", "redis", "--json"),
        ("compat",),
        ("ping",),
        ("ping", "--json"),
    ],
    ids=" ".join,
)
def test_values_of_a_secret_are_not_shown(name: str, command: tuple[str, ...]) -> None:
    """A value in a Secret is masked, also if the setting is not a secret."""
    text = "kind: Secret\nstringData:\n  PYNENC__REDIS_USERNAME: canary\n"
    text += f"  {name}: canary\n"
    path = write("secret.yaml", text)
    options = ("--set", "max_connection_attempts=1", "--set", "socket_timeout=1")
    done = run(*command, "--no-env", "--env-file", path, *options)
    assert done.exit_code in {0, 1}
    assert "canary" not in done.output
    assert ConfigRedis({"redis_host": "x"}).field_info("redis_host").secret is False


def test_a_line_break_at_the_end_of_a_secret() -> None:
    """The line break that `base64` encodes with a value is a warning."""
    password = encode("canary\n")
    text = f"kind: Secret\ndata:\n  PYNENC__REDIS_PASSWORD: {password}\n"
    finding = only("--no-env", "--env-file", write("secret.yaml", text))
    assert finding["code"] == "stray"
    assert finding["message"] == "redis_password: the value ends with a line break"
    assert place(finding) == ("secret.yaml", 3, 27)


def test_compose_files_are_merged() -> None:
    """A later Compose file overrides an earlier one; `environment` overrides files."""
    base = write(
        "compose.yaml",
        "services:\n"
        "  worker: {env_file: a.env, environment: {B: base, C: base, D: base}}\n"
        "  beat: {environment: [E=base]}\n",
    )
    Path("deploy").mkdir()
    override = write(
        "deploy/prod.yaml",
        "services:\n"
        "  worker: {env_file: [b.env], environment: [C=prod, D, F=$G]}\n"
        "  cron: {environment: {H: '1'}}\n",
    )
    write("a.env", "A=a\nX=a\nD=a\n")
    write("b.env", "B=b\nX=b\n")
    write(".env", "G=g\n")
    environment = Environment(base, override, inherit=False, service="worker")
    assert environment.unreadable == []
    assert environment.repeated == []
    expected = {"A": "a", "B": "base", "C": "prod", "F": "g", "X": "b"}
    assert environment.values == expected
    assert environment.places["B"].path == base
    assert environment.places["C"].path == override


@pytest.mark.parametrize(("service", "name"), [("beat", "E"), ("cron", "H")])
def test_a_service_may_be_in_one_compose_file(service: str, name: str) -> None:
    """A service needs to be in one of the Compose files only."""
    base = write("compose.yaml", "services: {beat: {environment: {E: a}}}\n")
    override = write("prod.yaml", "services: {cron: {environment: {H: a}}}\n")
    environment = Environment(base, override, inherit=False, service=service)
    assert environment.values == {name: "a"}


def test_a_service_must_be_chosen_among_all_compose_files() -> None:
    """Two Compose files with one service each have two services."""
    files = [
        f"--env-file={write(f'{name}.yaml', f'services: {{{name}: {{}}}}')}"
        for name in ("beat", "cron")
    ]
    done = run("check", *files)
    assert done.exit_code == 2
    assert "choose a service" in done.output
    done = run("check", *files, "--service=web")
    assert "the Compose files have no service 'web'; they have: beat, cron" in (
        " ".join(done.output.split())
    )


def test_directives_of_yaml() -> None:
    """A directive of YAML belongs to the document after it."""
    text = "# a\n%YAML 1.2\n\n# b\n---\nservices: {a: {environment: {B: c}}}\n"
    assert values(write("compose.yaml", text)) == {"B": "c"}
    alone = only("--env-file", write("alone.yaml", "%YAML 1.2\n"))
    assert alone["code"] == "unreadable"


@pytest.mark.parametrize("name", ["compose.yaml", "secret.json"])
@given(data=st.binary(max_size=60))
def test_any_bytes(name: str, data: bytes) -> None:
    """Any bytes are variables or errors."""
    Path(name).write_bytes(data)
    Environment(name, inherit=False)


def test_a_secret_is_no_part_of_other_variables() -> None:
    """Lines do not expand the variables of a Secret, whose values would be shown."""
    secret = write("secret.yaml", "kind: Secret\nstringData: {KEY: canary}\n")
    path = write("a.env", "PYNENC__REDIS_HOST=x$KEY\n")
    options = ("--env-file", secret, "--env-file", path, "--env-dialect", "shell")
    assert "canary" not in run("explain", "redis", *options).output


def test_several_files_of_one_name() -> None:
    """A variable that two documents set is a warning; the last one is used."""
    text = "kind: ConfigMap\ndata: {A: '1'}\n---\nkind: ConfigMap\ndata: {A: '2'}\n"
    path = write("config.yaml", text)
    assert values(path) == {"A": "2"}
    assert [item["code"] for item in findings("--env-file", path)] == ["duplicate"]


def test_names_of_one_container_are_limited() -> None:
    """Prefixes cannot multiply the variables of a ConfigMap without a limit."""
    data = {f"A{number}": "" for number in range(2_000)}
    sources = [
        {"prefix": f"P{number}_", "configMapRef": {"name": "shop"}}
        for number in range(100)
    ]
    container = {"name": "worker", "envFrom": sources}
    pod = {"kind": "Pod", "spec": {"containers": [container]}}
    shop = {"kind": "ConfigMap", "metadata": {"name": "shop"}, "data": data}
    write("pod.json", json.dumps({"kind": "List", "items": [shop, pod]}))
    assert (
        "envFrom sets more than 100000 names"
        in only("--no-env", "--env-file", "pod.json")["message"]
    )


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("services: {}\n", "the Compose file has no services"),
        ("kind: Pod\nspec: {containers: []}\n", "the manifest has no container"),
    ],
)
def test_nothing_to_choose(text: str, message: str) -> None:
    """A manifest without a service or container is wrong usage, and says so."""
    done = run("check", "--env-file", write("a.yaml", text))
    assert done.exit_code == 2
    assert message in done.stderr


def test_a_container_without_variables() -> None:
    """A container without variables is read, as a service without variables is."""
    for text in (
        "kind: Pod\nspec: {containers: [{name: a}]}\n",
        "services: {a: {}}\n",
    ):
        assert values(write("a.yaml", text)) == {}
