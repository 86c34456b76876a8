"""References `$(NAME)` in the variables of a container, which Kubernetes replaces."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pynenc_conf._tools.env_files import Environment
from tests._tools.running import write

DEFINED = {"A": "1", "B": "$(A)", "E": "", "A$": "2"}


def environment_of(value: str, *objects: Any, **container: Any) -> Environment:
    """Return the environment of a container whose last variable V has a value."""
    env = [
        {"name": name, "value": DEFINED[name].replace("$", "$$")} for name in DEFINED
    ]
    env.append({"name": "V", "value": value})
    spec = {"containers": [{"name": "a", "env": env, **container}]}
    items = [{"kind": "Pod", "spec": spec}, *objects]
    text = json.dumps({"kind": "List", "items": items})
    return Environment(write("pod.json", text), inherit=False)


def expand(text: str) -> str:
    """Return a text whose references are replaced, read one character at a time."""
    parts = []
    while text:
        name, closing, rest = text[2:].partition(")")
        if text.startswith("$$"):
            parts.append("$")
            text = text[2:]
        elif text.startswith("$(") and closing:
            parts.append(DEFINED.get(name, f"$({name})"))
            text = rest
        else:
            parts.append(text[0])
            text = text[1:]
    return "".join(parts)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("$(A)", "1"),
        ("x$(A)-$(A)x", "x1-1x"),
        ("$(B)", "$(A)"),
        ("x$(E)y", "xy"),
        ("$(N)", "$(N)"),
        ("$$(A)", "$(A)"),
        ("$$$(A)", "$1"),
        ("$$$$(A)", "$$(A)"),
        ("$$$$$(N)", "$$$(N)"),
        ("$(A", "$(A"),
        ("$(A)-$(A", "1-$(A"),
        ("$(A$(B)", "$(A$(B)"),
        ("$(A$(B))", "$(A$(B))"),
        ("$(A$$)", "$(A$$)"),
        ("$(A$)", "2"),
        ("$($($($(", "$($($($("),
        ("$()", "$()"),
        ("$", "$"),
        ("$(A)$", "1$"),
        ("$A ${A} $? (A)", "$A ${A} $? (A)"),
        ("\\\\$(A)", "\\\\1"),
        ("$(A\\n)", "$(A\\n)"),
        ("$\u00e9$(A)", "$\u00e91"),
    ],
)
def test_references(value: str, expected: str) -> None:
    """A reference ends at the first `)`; `$$` is `$`; any other text stays as it is."""
    assert environment_of(value).values["V"] == expected
    assert expand(value) == expected


@given(st.text("$()AB"))
def test_any_references(value: str) -> None:
    """Any text is expanded by the same rule."""
    assert environment_of(value).values["V"] == expand(value)


def test_references_that_do_not_end() -> None:
    """The time does not grow with the square of the number of references."""
    assert environment_of("$(" * 100_000).values["V"] == "$(" * 100_000


@pytest.mark.parametrize("kind", ["ConfigMap", "Secret"])
def test_references_to_variables_of_a_source(kind: str) -> None:
    """The variables of `envFrom` are defined before those of `env`."""
    field, key = ("data", "config") if kind == "ConfigMap" else ("stringData", "secret")
    found = {"kind": kind, "metadata": {"name": "shop"}, field: {"HOST": "redis"}}
    key = {"config": "configMapRef", "secret": "secretRef"}[key]
    sources = [{"prefix": "P_", key: {"name": "shop"}}]
    environment = environment_of("$(P_HOST):$(HOST)", found, envFrom=sources)
    assert environment.values["V"] == "redis:$(HOST)"
    assert environment.secrets == ({"P_HOST", "V"} if kind == "Secret" else set())


@pytest.mark.parametrize("optional", [True, False])
def test_references_to_an_unknown_source(optional: bool) -> None:  # noqa: FBT001
    """If a source is unknown, a variable that it may set is unknown, and not text."""
    sources = [{"configMapRef": {"name": "none", "optional": optional}}]
    environment = environment_of("$(HOST):$(A)", envFrom=sources)
    assert "V" not in environment.values
    messages = [item.message for item in environment.unresolved]
    assert messages[-1] == "V is unknown: it contains $(HOST)"
    assert environment_of("$(A):$( )", envFrom=sources).values["V"] == "1:$( )"


@pytest.mark.parametrize(
    "name",
    [
        *("REDIS_SERVICE_HOST", "REDIS_SERVICE_PORT", "REDIS_SERVICE_PORT_TLS"),
        *("REDIS_PORT_6379_TCP", "REDIS_PORT_6379_TCP_ADDR"),
    ],
)
def test_references_to_services(name: str) -> None:
    """A variable that Kubernetes sets for a service is unknown, and not text."""
    environment = environment_of(f"redis://$({name})")
    assert "V" not in environment.values
    (item,) = environment.unresolved
    assert item.message == f"V is unknown: it contains $({name})"
    assert environment_of("$(SERVICE_HOST)").values["V"] == "$(SERVICE_HOST)"
