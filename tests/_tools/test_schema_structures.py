"""The schema of structures accepts the same as the loader."""

from __future__ import annotations

import json
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from pynenc_conf import ConfigBase, ConfigError, ConfigField
from pynenc_conf._core.problems import MissingValue
from pynenc_conf._tools.schema.document import create_schema
from tests._tools.running import run
from tests._tools.shop import CANARY, ConfigShop
from tests._tools.test_schema import SCALARS as ALL_SCALARS

SCHEMA = create_schema([ConfigShop])
# The schema accepts every text that may be a JSON array.
SCALARS = ALL_SCALARS.filter(lambda value: not str(value).startswith('["'))
VALIDATOR = Draft202012Validator(SCHEMA)


def loads(document: dict[str, Any]) -> bool:
    """Whether the class accepts a document, if variables set what is missing."""
    Path("document.json").write_text(json.dumps(document), encoding="utf-8")
    try:
        ConfigShop(None, "document.json")
    except ConfigError as error:
        return all(isinstance(problem, MissingValue) for problem in error.problems)
    return True


def structures(**members: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Return a strategy for tables with some of these members, and other values."""
    unknown = {"zz": st.just(1)}
    return st.one_of(
        st.fixed_dictionaries({}, optional=members),
        st.fixed_dictionaries({}, optional=members | unknown),
        SCALARS,
    )


NUMBERS = st.sampled_from([0, 7, "7", " 25\n", 2.0]) | SCALARS
TEXTS = st.sampled_from(["a", "a.internal", 5]) | SCALARS
DELAYS = st.lists(NUMBERS, max_size=2) | SCALARS
RETRIES = structures(count=NUMBERS, delays=DELAYS)
SERVERS = structures(host=TEXTS, port=NUMBERS, retry=RETRIES, sender=TEXTS)
TREES = st.recursive(
    structures(value=NUMBERS),
    lambda below: structures(value=NUMBERS, below=below),
    max_leaves=3,
)
# The schema accepts every text for a NamedTuple.
POINTS = st.one_of(structures(x=NUMBERS, y=NUMBERS), st.lists(NUMBERS, max_size=3))
POINTS = POINTS.filter(lambda value: not isinstance(value, str))
FIELDS = {
    "size": NUMBERS,
    "api_key": TEXTS,
    "smtp": SERVERS,
    "backup": SERVERS,
    "relay": SERVERS,
    "mirrors": st.lists(SERVERS, max_size=2) | SCALARS,
    "by_name": st.dictionaries(st.sampled_from("abc"), SERVERS, max_size=2) | SCALARS,
    "either": SERVERS | NUMBERS,
    "tree": TREES,
    "position": POINTS,
    "corners": st.lists(POINTS, max_size=2),
    "labels": structures(team=TEXTS, color=TEXTS),
    "token": structures(user=TEXTS, password=TEXTS),
}
TABLES = st.sampled_from(sorted(FIELDS)).flatmap(
    lambda name: st.fixed_dictionaries({name: FIELDS[name]})
)
DOCUMENTS = TABLES | st.fixed_dictionaries({"shop": TABLES}) | st.just({})


@settings(max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(DOCUMENTS)
@example({"relay": {"host": "a"}, "shop": {"api_key": "b", "relay": {"port": 1}}})
@example({"backup": {}})
@example({"backup": {"retry": {}}})
@example({"backup": None})
@example({"smtp": {}})
@example({"smtp": None})
@example({"tree": {"below": {"value": 1, "below": {"below": None}}}})
@example({"tree": {"below": {"value": 1, "below": {"value": 2}}}})
@example({"either": {"host": "a"}})
@example({"either": {}})
@example({"mirrors": [{"host": "a", "retry": {"count": "x"}}]})
@example({"corners": [[], [1], [1, 2], {"x": 1}]})
@example({"corners": [[1, 2, 3]]})
def test_accepts_the_same_as_the_loader(document: dict[str, Any]) -> None:
    """The schema accepts a document if and only if the class accepts its values.

    It does not require any setting or member of a field, because a variable, another
    file or another table of the same file can set it.
    """
    assert VALIDATOR.is_valid(document) == loads(document)


def test_members_of_whole_structures_are_required() -> None:
    """In a list, a mapping or a union, members without a default are required."""
    assert VALIDATOR.is_valid({"relay": {"port": 1}})
    for name, value in (
        ("mirrors", [{"port": 1}]),
        ("by_name", {"a": {"port": 1}}),
        ("either", {"port": 1}),
    ):
        assert not VALIDATOR.is_valid({name: value})
    assert SCHEMA["$defs"]["Smtp"]["required"] == ["host"]


def test_members_have_descriptions_and_defaults() -> None:
    """Each member of a field has its description, its type and its default."""
    table = SCHEMA["$defs"]["ConfigShop.smtp"]["anyOf"][0]
    assert table["additionalProperties"] is False
    port = table["properties"]["port"]
    assert port["description"] == "TCP port of the server. int."
    assert port["default"] == 25
    assert "default" not in SCHEMA["properties"]["relay"]
    relay = SCHEMA["$defs"]["ConfigShop.relay"]["anyOf"][0]
    assert "default" not in relay["properties"]["host"]
    assert SCHEMA["properties"]["smtp"]["default"]["retry"]["count"] == 3


def test_members_of_secrets_are_secret() -> None:
    """The members of a secret structure are write-only, and have no default."""
    assert CANARY not in json.dumps(SCHEMA)
    members = SCHEMA["$defs"]["ConfigShop.token"]["anyOf"][0]["properties"]
    assert all(member["writeOnly"] for member in members.values())


def test_the_command_prints_the_schema() -> None:
    """The schema of own classes is a valid schema of the dialect 2020-12."""
    printed = json.loads(run("schema", "tests._tools.shop:ConfigShop").stdout)
    Draft202012Validator.check_schema(printed)
    assert printed == SCHEMA


@pytest.mark.parametrize("name", ["Smtp", "Retry", "Node", "Point"])
def test_structures_in_containers_are_defined_once(name: str) -> None:
    """A structure that is converted as a whole has one definition with its name."""
    assert f"#/$defs/{name}" in json.dumps(SCHEMA)
    assert name in SCHEMA["$defs"]
    assert f"{name}_" not in SCHEMA["$defs"]


@dataclass(frozen=True)
class Size:
    """The data of the members of an Enum."""

    width: int = 1


class Paper(Enum):
    """An Enum whose values are structures."""

    SMALL = Size()


def test_an_enum_may_have_any_values() -> None:
    """The schema of an Enum has its names, also if its values are not scalars."""

    class ConfigPaper(ConfigBase):
        """A class with an Enum of structures."""

        paper: ConfigField[Paper] = ConfigField(Paper.SMALL)

    accepts = Draft202012Validator(create_schema([ConfigPaper])).is_valid
    assert accepts({"paper": "small"})
    assert not accepts({"paper": "large"})
