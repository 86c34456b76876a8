"""The settings of the newest pynenc and its Redis plug-in, with either engine."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from typing import Any, NamedTuple

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.dropin.conftest import APPLICATION, Environment, run, surroundings

pytestmark = pytest.mark.skipif(
    sys.version_info < (3, 12), reason="these versions need Python 3.12"
)

Classes = dict[str, dict[str, Any]]
VALUES = {
    "bool": st.booleans(),
    "int": st.integers(1, 50),
    "float": st.integers(1, 50).map(lambda number: number + 0.5),
    "str": st.sampled_from(["a", "b", "c"]),
}


class Engines(NamedTuple):
    """Two programs that answer the same requests, and the classes that both have."""

    classes: Classes
    programs: tuple[subprocess.Popen[str], subprocess.Popen[str]]

    def ask(self, request: dict[str, Any]) -> list[Any]:
        """Return the answers of cistell and of this library."""
        answers = []
        for program in self.programs:
            assert program.stdin is not None
            assert program.stdout is not None
            program.stdin.write(json.dumps(request) + "\n")
            program.stdin.flush()
            answers.append(json.loads(program.stdout.readline()))
        return answers


@pytest.fixture(scope="module")
def engines(
    environment: Environment, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Engines]:
    """Start both programs in an environment with the newest versions."""
    python = environment("newest", "pynenc>=0.4", "pynenc-redis", engine=True)
    importing = [python, "-c", "import cistell"]
    if subprocess.run(importing, capture_output=True, check=False).returncode:
        pytest.skip("cistell has no wheel for this version of Python")
    programs = [
        subprocess.Popen(
            [python, str(APPLICATION / "resolve.py"), whose],
            cwd=tmp_path_factory.mktemp(whose),
            env=surroundings(python, {}),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for whose in ("theirs", "ours")
    ]
    try:
        theirs, ours = (json.loads(read_line(program)) for program in programs)
        assert theirs == ours
        yield Engines(theirs, (programs[0], programs[1]))
    finally:
        for program in programs:
            program.communicate()


def read_line(program: subprocess.Popen[str]) -> str:
    """Return the next line that a program writes."""
    assert program.stdout is not None
    return program.stdout.readline()


def section(name: str) -> str:
    """Return the section of a class."""
    return name.replace("Config", "").lower()


@st.composite
def requests(draw: st.DrawFn, classes: Classes) -> dict[str, Any]:
    """Draw a class and the settings that its sources have.

    Left out are the documented differences: a general key in the class files of two
    classes, and "false" in a variable.
    """
    name = draw(st.sampled_from([n for n, found in classes.items() if found["fields"]]))
    ancestors = classes[name]["ancestors"]
    kinds = {
        field: VALUES[kind]
        for field, (kind, _) in classes[name]["fields"].items()
        if kind in VALUES
    }
    table = st.fixed_dictionaries({}, optional=kinds)
    inner = st.fixed_dictionaries(
        {}, optional=kinds | dict.fromkeys(classes[name]["tables"], table)
    )
    sections = st.fixed_dictionaries(
        {}, optional={section(c): inner for c in ancestors if section(c)}
    )
    document = st.builds(dict.__or__, table, sections)
    files = {"main.json": draw(document)}
    variables = {}
    if draw(st.booleans()):
        files["other.json"] = draw(document)
        variables["PYNENC__FILEPATH"] = "other.json"
    for number, owner in enumerate(draw(st.sets(st.sampled_from(ancestors)))):
        files[f"{owner}.json"] = draw(document if number == 0 else sections)
        variables[f"PYNENC__{owner.upper()}__FILEPATH"] = f"{owner}.json"
    texts = {field: kind.filter(bool).map(str) for field, kind in kinds.items()}
    for owner in ["", *(f"{c.upper()}__" for c in ancestors)]:
        drawn = draw(st.fixed_dictionaries({}, optional=texts))
        variables |= {f"PYNENC__{owner}{f.upper()}": text for f, text in drawn.items()}
    for field, found in classes[name]["variables"].items():
        if field in texts and draw(st.booleans()):
            variables |= {variable: draw(texts[field]) for variable in found}
    return {
        "class": name,
        "values": draw(st.none() | document),
        "files": files,
        "path": draw(st.sampled_from([None, "main.json"])),
        "variables": variables,
    }


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=200)
@given(data=st.data())
def test_both_engines_read_the_same_values(
    engines: Engines, data: st.DataObject
) -> None:
    """Every field has the same value with cistell and with this library."""
    theirs, ours = engines.ask(data.draw(requests(engines.classes)))
    assert ours == theirs


def test_general_keys_are_for_the_first_class_that_has_the_field(
    engines: Engines,
) -> None:
    """A general key in a file overrides `config_values` in the section of its class."""
    request = {
        "class": "ConfigBrokerRedis",
        "values": {"redis": {"redis_host": "from-values"}},
        "files": {"main.json": {"redis_host": "from-file"}},
        "path": "main.json",
        "variables": {},
    }
    theirs, ours = engines.ask(request)
    assert ours["redis_host"] == theirs["redis_host"] == "'from-file'"


MAPPER_ERROR = """
import pickle
from pynenc_conf import dropin
dropin.install()
from pynenc.exceptions import ConfigError, PynencError
from pynenc.conf.config_broker import ConfigBroker
import pynenc_conf
try:
    ConfigBroker({"queues": 3})
except ConfigError as error:
    found = error
for error in (found, pickle.loads(pickle.dumps(found))):
    assert isinstance(error, PynencError), error
    assert isinstance(error, pynenc_conf.ConfigTypeError), error
    assert [problem.field for problem in error.problems] == ["queues"]
    assert "config_values queues" in str(error)
try:
    ConfigBroker({"queue_timeout_sec": "x"})
except pynenc_conf.ConfigTypeError as error:
    found = error
assert not isinstance(found, PynencError)
dropin.uninstall()
"""


def test_handlers_of_pynenc_catch_the_errors_of_its_mappers(
    environment: Environment,
) -> None:
    """An error that a mapper of pynenc raises is an error of both libraries."""
    python = environment("newest", "pynenc>=0.4", "pynenc-redis", engine=True)
    run("-c", MAPPER_ERROR, python=python, env={})


def test_the_catalogue_has_all_classes(engines: Engines) -> None:
    """The classes of pynenc and of its plug-in are compared, with all their fields."""
    assert {"ConfigPynenc", "ConfigTask", "ConfigBrokerRedis"} <= engines.classes.keys()
    assert len(engines.classes["ConfigBrokerRedis"]["fields"]) > 10
