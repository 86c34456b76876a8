"""References of a container to objects that other manifests have."""

from __future__ import annotations

import json

import pytest

from pynenc_conf._tools.env_files import Environment
from tests._tools.running import findings, only, place, run, write
from tests.redis.conftest import free_port

POD = """\
kind: Pod
metadata: {name: shop}
spec:
  containers:
    - name: worker
      envFrom:
        - configMapRef: {name: shop}
        - secretRef: {name: none, optional: true}
      env:
        - name: PYNENC__REDIS_PASSWORD
          valueFrom: {secretKeyRef: {name: keys, key: password}}
        - name: PYNENC__REDIS_USERNAME
          valueFrom: {secretKeyRef: {name: keys, key: user, optional: true}}
        - {name: PYNENC__REDIS_URL, value: "redis://:$(PYNENC__REDIS_PASSWORD)@redis"}
        - name: PYNENC__APP_ID
          valueFrom: {fieldRef: {fieldPath: metadata.name}}
        - name: OTHER
          valueFrom: {secretKeyRef: {name: keys, key: other}}
"""
SHOP = """\
kind: ConfigMap
metadata: {name: shop}
data: {PYNENC__REDIS_DB: "2", PYNENC__APP_ID: shop}
"""
KEYS = "kind: Secret\nmetadata: {name: keys}\nstringData: {password: canary}\n"
ADD = "add its manifest with --env-file"
KEYS_ADD = f"Secret 'keys'; {ADD}"


def test_references_to_other_files() -> None:
    """What a container gets from objects in other files is a note of `check`."""
    options = ("--no-env", "--env-file", write("pod.yaml", POD))
    found = findings(*options)
    assert {(item["severity"], item["code"]) for item in found} == {
        ("note", "reference")
    }
    assert [(item["line"], item["variable"], item["message"]) for item in found] == [
        (7, None, f"the variables of ConfigMap 'shop' are unknown; {ADD}"),
        (
            11,
            "PYNENC__REDIS_PASSWORD",
            f"PYNENC__REDIS_PASSWORD is unknown: it is key 'password' of {KEYS_ADD}",
        ),
        (
            14,
            "PYNENC__REDIS_URL",
            "PYNENC__REDIS_URL is unknown: it contains $(PYNENC__REDIS_PASSWORD)",
        ),
        (
            15,
            "PYNENC__APP_ID",
            "PYNENC__APP_ID has a value that only the cluster knows (fieldRef)",
        ),
    ]
    assert run("check", *options).exit_code == 0
    done = run("explain", "redis", "--json", *options)
    assert done.exit_code == 0
    assert json.loads(done.stdout)["class"] == "ConfigRedis"
    assert done.stderr.count("note: ") == 4
    assert (
        f"note: the variables of ConfigMap 'shop' are unknown; {ADD}\n" in done.stderr
    )
    assert "\n  --> pod.yaml:7:" in done.stderr


@pytest.mark.parametrize("command", ["explain", "env", "ping", "compat"])
def test_every_command_prints_the_notes(command: str) -> None:
    """Each command that reads the variables prints on stderr what it cannot see."""
    arguments = {"compat": ()}.get(command, ("redis",))
    options = ("--no-env", "--env-file", write("pod.yaml", POD))
    settings = ("--set", f"redis_port={free_port()}", "--set", "socket_timeout=1")
    done = run(command, *arguments, *options, *settings)
    assert done.stderr.count("note: ") == 4


def test_manifests_in_several_files() -> None:
    """A container refers to the objects of all manifests, in any order."""
    pod, shop = write("pod.yaml", POD), write("shop.yaml", SHOP)
    keys = write("keys.yaml", f"---\n{KEYS}")
    for paths in ((pod, shop, keys), (keys, shop, pod)):
        environment = Environment(*paths, inherit=False)
        assert environment.unreadable == []
        assert environment.values == {
            "PYNENC__REDIS_DB": "2",
            "PYNENC__REDIS_PASSWORD": "canary",
            "PYNENC__REDIS_URL": "redis://:canary@redis",
        }
        assert environment.places["PYNENC__REDIS_DB"].path == "shop.yaml"
        secret = environment.places["PYNENC__REDIS_PASSWORD"]
        assert (secret.path, secret.line) == ("keys.yaml", 4)
        assert [item.name for item in environment.unresolved] == [
            "PYNENC__APP_ID",
            "OTHER",
        ]


def test_a_key_that_does_not_exist() -> None:
    """A key that its object does not have is a warning: the container cannot start."""
    text = POD.replace("key: password", "key: pasword")
    files = (write("pod.yaml", text), write("keys.yaml", KEYS), write("a.yaml", SHOP))
    found = findings("--no-env", *(f"--env-file={path}" for path in files))
    (warning,) = [item for item in found if item["severity"] == "warning"]
    assert warning["message"] == (
        "PYNENC__REDIS_PASSWORD has no value: Secret 'keys' has no key 'pasword'"
    )
    assert place(warning)[:2] == ("pod.yaml", 11)


@pytest.mark.parametrize(
    ("namespace", "expected"),
    [("live", "2"), ("test", "3"), ("other", "4"), (None, "4")],
)
def test_namespaces(namespace: str | None, expected: str) -> None:
    """A reference finds the object of its namespace, or else one without any."""
    texts = [_in_namespace(POD, namespace)]
    for number, each in enumerate(("live", "test", None), 2):
        text = _in_namespace(SHOP, each)
        texts.append(text.replace('"2"', f'"{number}"'))
    environment = Environment(write("all.yaml", "---\n".join(texts)), inherit=False)
    assert environment.values["PYNENC__REDIS_DB"] == expected


def _in_namespace(text: str, namespace: str | None) -> str:
    if namespace is None:
        return text
    return text.replace("{name: shop}", f"{{name: shop, namespace: {namespace}}}", 1)


def test_a_container_without_a_namespace() -> None:
    """Such a container finds the only object of a name, and none of several."""
    texts = [POD, _in_namespace(SHOP, "live"), _in_namespace(SHOP, "test")]
    for count, expected in ((2, "2"), (3, None)):
        path = write("all.yaml", "---\n".join(texts[:count]))
        environment = Environment(path, inherit=False)
        assert environment.values.get("PYNENC__REDIS_DB") == expected


def test_an_object_of_another_namespace() -> None:
    """A reference does not find an object of another namespace."""
    texts = [_in_namespace(POD, "live"), _in_namespace(SHOP, "test")]
    environment = Environment(write("all.yaml", "---\n".join(texts)), inherit=False)
    assert "PYNENC__REDIS_DB" not in environment.values
    message = f"the variables of ConfigMap 'shop' are unknown; {ADD}"
    assert message in [item.message for item in environment.unresolved]


@pytest.mark.parametrize("flag", ["yes", "on", "True"])
def test_optional_references(flag: str) -> None:
    """`optional` is a boolean of YAML, in each of its forms."""
    text = POD.replace("optional: true", f"optional: {flag}")
    environment = Environment(write("pod.yaml", text), inherit=False)
    assert not any("none" in item.message for item in environment.unresolved)


def test_errors_in_objects_of_other_files() -> None:
    """An error in an object that a container refers to has the place in its file."""
    text = "kind: ConfigMap\nmetadata: {name: shop}\ndata:\n  PYNENC__REDIS_DB: 2\n"
    files = (write("pod.yaml", POD), write("shop.yaml", text))
    found = findings("--no-env", *(f"--env-file={path}" for path in files))
    (error,) = [item for item in found if item["severity"] == "error"]
    assert place(error) == ("shop.yaml", 4, 21)


def test_an_unknown_value_replaces_a_known_one(monkeypatch: pytest.MonkeyPatch) -> None:
    """A variable whose reference is unresolved has no value of another source."""
    monkeypatch.setenv("PYNENC__REDIS_PASSWORD", "of this process")
    done = run("explain", "redis", "redis_password", "--env-file", write("a.yaml", POD))
    assert "ConfigRedis.redis_password = ''\n" in done.stdout


@pytest.mark.parametrize(
    ("container", "message"),
    [
        ("envFrom: {configMapRef: {name: a}}", "envFrom must be a list"),
        ("envFrom: [a]", "a source requires a configMapRef or a secretRef"),
        (
            "envFrom: [{configmapRef: {name: a}}]",
            "a source requires a configMapRef or a secretRef",
        ),
        ("env: {PYNENC__REDIS_DB: 2}", "env must be a list"),
        ("env: [{value: x}]", "a variable requires a name, which is text"),
        ("env: [PYNENC__REDIS_DB: x]", "a variable requires a name, which is text"),
        ("env: [{name: A, valueFrom: {}}]", "valueFrom of A must have a reference"),
        ("env: [{name: A, valueFrom: b}]", "valueFrom of A must have a reference"),
        (
            "env: [{name: A, valueFrom: {secretKeyRef: {name: b}}}]",
            "the reference of A requires a name and a key",
        ),
    ],
)
def test_malformed_containers(container: str, message: str) -> None:
    """A part of a container that Kubernetes rejects is an error, and not ignored."""
    text = f"kind: Pod\nspec:\n  containers: [{{name: a, {container}}}]\n"
    finding = only("--no-env", "--env-file", write("pod.yaml", text))
    assert (finding["code"], finding["line"]) == ("unreadable", 3)
    assert finding["message"] == message


@pytest.mark.parametrize("key", ["data", "stringData"])
def test_null_in_an_object(key: str) -> None:
    """An object without values may have a null, as when all lines are comments."""
    text = f"kind: Secret\nmetadata: {{name: a}}\n{key}:\n  # A: b\n---\n{SHOP}"
    environment = Environment(write("a.yaml", text), inherit=False)
    assert environment.unreadable == []
    assert environment.values["PYNENC__REDIS_DB"] == "2"


def test_null_in_a_container() -> None:
    """To Kubernetes, null is an empty list of variables, and an empty value."""
    head = "kind: Pod\nspec:\n  containers:\n  - name: a\n    envFrom:\n"
    for text, values in (
        (f"{head}    env:\n", {}),
        (f"{head}    env:\n    - name: A\n      value:\n", {"A": ""}),
    ):
        environment = Environment(write("a.yaml", text), inherit=False)
        assert (environment.values, environment.unreadable) == (values, [])


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("kind: ConfigMap\ndata: [A=1]\n", "data must be a mapping"),
        ("kind: Secret\nstringData: A=1\n", "stringData must be a mapping"),
        ("services:\n  a: {environment: A=1}\n", "environment must be a mapping or a"),
        ("services:\n  a: {env_file: {a: b}}\n", "env_file must be text or a list"),
    ],
)
def test_malformed_variables(text: str, message: str) -> None:
    """Variables in another form than a mapping or list are an error."""
    finding = only("--no-env", "--env-file", write("a.yaml", text))
    assert (finding["code"], finding["line"]) == ("unreadable", 2)
    assert finding["message"].startswith(message)


def test_an_unknown_container() -> None:
    """--service with a name that no container has is wrong usage, with all names."""
    done = run("check", "--env-file", write("pod.yaml", POD), "--service", "web")
    assert done.exit_code == 2
    assert "has no container 'web'; it has: shop/worker" in done.stderr


@pytest.mark.parametrize("is_one_file", [True, False])
@pytest.mark.parametrize("has_container", [True, False])
@pytest.mark.parametrize(
    ("kind", "data"), [("ConfigMap", "data"), ("Secret", "stringData")]
)
def test_objects_with_the_same_name(
    kind: str,
    data: str,
    has_container: bool,  # noqa: FBT001 - pytest passes it by name
    is_one_file: bool,  # noqa: FBT001
) -> None:
    """The last of several objects with one name replaces the others, with a warning."""
    head = f"kind: {kind}\nmetadata: {{name: shop}}\n{data}: "
    source = {"ConfigMap": "configMapRef", "Secret": "secretRef"}[kind]
    container = f"{{name: a, envFrom: [{{{source}: {{name: shop}}}}]}}"
    texts = [
        f"{head}{{PYNENC__REDIS_DB: '1', PYNENC__REDIS_PORT: '1'}}\n",
        f"{head}{{PYNENC__REDIS_DB: '2'}}\n",
        *([f"kind: Pod\nspec: {{containers: [{container}]}}\n"] * has_container),
    ]
    if is_one_file:
        texts = ["---\n".join(texts)]
    files = [write(f"{number}.yaml", text) for number, text in enumerate(texts)]
    assert Environment(*files, inherit=False).values == {"PYNENC__REDIS_DB": "2"}
    options = ("--no-env", *(f"--env-file={path}" for path in files))
    warning = only(*options)
    assert (warning["severity"], warning["code"]) == ("warning", "duplicate")
    assert place(warning) == (("0.yaml", 6, 18) if is_one_file else ("1.yaml", 2, 18))
    message = f"{kind} 'shop' replaces the one at 0.yaml:2:18, whose values are ignored"
    assert warning["message"] == message
    assert f"warning: {message}\n" in run("explain", *options).stderr


def test_objects_with_the_same_name_that_differ() -> None:
    """Objects of other namespaces or kinds, and without a name, replace no object."""
    unnamed = "kind: ConfigMap\ndata: {A: '1'}\n"
    secret = "kind: Secret\nmetadata: {name: shop}\nstringData: {B: '1'}\n"
    texts = [SHOP, _in_namespace(SHOP, "live"), unnamed, unnamed, secret]
    environment = Environment(write("all.yaml", "---\n".join(texts)), inherit=False)
    assert environment.replacements == []


@pytest.mark.parametrize("is_one_file", [True, False])
@pytest.mark.parametrize("has_container", [True, False])
def test_an_immutable_object(
    has_container: bool,  # noqa: FBT001 - pytest passes it by name
    is_one_file: bool,  # noqa: FBT001
) -> None:
    """An immutable object stays, and a warning names what cannot replace it."""
    container = "{name: a, envFrom: [{configMapRef: {name: shop}}]}"
    texts = [
        f"{SHOP}immutable: true\n",
        "kind: ConfigMap\nmetadata: {name: shop}\ndata: {PYNENC__REDIS_PORT: '1'}\n",
        *([f"kind: Pod\nspec: {{containers: [{container}]}}\n"] * has_container),
    ]
    if is_one_file:
        texts = ["---\n".join(texts)]
    files = [write(f"{number}.yaml", text) for number, text in enumerate(texts)]
    environment = Environment(*files, inherit=False)
    assert environment.values == {"PYNENC__REDIS_DB": "2", "PYNENC__APP_ID": "shop"}
    warning = only("--no-env", *(f"--env-file={path}" for path in files))
    assert (warning["severity"], warning["code"]) == ("warning", "duplicate")
    assert place(warning) == (("0.yaml", 7, 18) if is_one_file else ("1.yaml", 2, 18))
    assert warning["message"] == (
        "the values of ConfigMap 'shop' are ignored, because it cannot replace the one "
        "at 0.yaml:2:18, which is immutable"
    )


def test_a_file_whose_objects_are_replaced() -> None:
    """A file of which every object is replaced is readable, and sets nothing."""
    empty = "kind: ConfigMap\nmetadata: {name: shop}\ndata: {}\n"
    environment = Environment(
        write("a.yaml", SHOP), write("b.yaml", empty), inherit=False
    )
    assert (environment.values, environment.unreadable) == ({}, [])


def test_objects_of_other_kinds() -> None:
    """A manifest whose objects set no variables is ignored if others set some."""
    service = write("service.yaml", "kind: Service\nmetadata: {name: redis}\n")
    pod = write("pod.yaml", POD.split("      envFrom", maxsplit=1)[0])
    shop = write("shop.yaml", SHOP)
    for other in (pod, shop):
        environment = Environment(service, other, inherit=False)
        assert environment.unreadable == []
    empty = write("empty.yaml", "kind: ConfigMap\nmetadata: {name: shop}\n")
    environment = Environment(service, empty, inherit=False)
    assert [place.path for place, _ in environment.unreadable] == [service, empty]
    other = write("pynenc.yaml", "redis_db: 2\n")
    environment = Environment(other, pod, inherit=False)
    assert [place.path for place, _ in environment.unreadable] == [other]
