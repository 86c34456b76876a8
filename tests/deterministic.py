"""A program that prints every text the library produces for a complex set of sources.

`test_determinism.py` runs the program with several hash seeds.
"""

from __future__ import annotations

import json
import pickle
import warnings
from collections.abc import Callable
from enum import Enum
from pathlib import Path
from typing import Any

from click.testing import CliRunner

from pynenc_conf import (
    ConfigError,
    ConfigField,
    ConfigOrchestratorRedis,
    ConfigPynencBase,
    ConfigTask,
)
from pynenc_conf._core.problems import find_closest_name
from pynenc_conf._tools.classes import catalogue
from pynenc_conf._tools.cli import cli

WORDS = ["alpha", "beta", "gamma", "delta", "epsilon", "zeta", "eta", "theta", "kappa"]
FILES = {
    "good.yaml": """
redis_host: from-file
redis_password: in-clear
redis_url: redis://user:in-clear@host
unrelated: 1
redis:
  redis_prot: 7
  redis_username: someone
  redis_password: in-clear
  redis_url: redis://user:in-clear@host
sets:
  words: !!set {kappa, beta, theta, eta}
  names: !!set {kappa, beta, theta, eta}
  numbers: [30, 4, 100]
task:
  max_retries: 2
  shop.mail: {max_retries: 3, retry_for: "builtins.ValueError,builtins.KeyError"}
  shop.other: {max_retires: 3}
orchestrator: {cycle_contrl: true}
""",
    "bad.toml": """
redis_port = "six"
redis_db = -1
cycle_control = "flase"
socket_timeout = [1]
max_pending_seconds = "x"
numbers = ["b", "a", "c"]
[sets]
words = {a = 1}
kind = "gren"
chosen = "delt"
""",
    "inline.toml": 'redis = {redis_password = "x", redis_url = "redis://:x@h"}',
    "other.json": json.dumps(
        {"redis_host": "other", "sets": {"words": WORDS[::-1], "numbers": [1]}}
    ),
}
VARIABLES = {
    "PYNENC__REDIS_DB": "3",
    "PYNENC__CONFIGORCHESTRATORREDIS__REDIS_DB": "4",
    "PYNENC__REDIS_PASWORD": "misspelled",
    "PYNENC__CONFIGRDIS__REDIS_HOST": "another",
    "PYNENC__CONFIGTASK__SHOP__MAIL__CALL_RESULT_CACHE": "yes",
    "PYNENC__MIXED": "[1, 2]",
}


class Kind(Enum):
    """A type without order."""

    RED = 1
    GREEN = 2
    BLUE = "blue"


class ConfigSets(ConfigPynencBase):
    """Sets in every place that allows them."""

    words: ConfigField[frozenset[str]] = ConfigField(frozenset(WORDS), doc="Words.")
    numbers: ConfigField[set[int]] = ConfigField({30, 4, 1000, -5}, doc="Numbers.")
    kinds: ConfigField[set[Kind]] = ConfigField(set(Kind))
    kind = ConfigField(Kind.RED)
    names: ConfigField[list[str]] = ConfigField([])
    deep: ConfigField[dict[str, tuple[set[str], ...]]] = ConfigField(
        {"deep": ({"a", "b", "c"}, set(WORDS))}
    )
    mixed: ConfigField[Any] = ConfigField(
        {"a", 1, None, ("b", frozenset({"c", "d", "e"})), frozenset({"f", "g"})}
    )
    chosen = ConfigField("alpha", choices=set(WORDS))  # type: ignore[arg-type] # as people do


def report(title: str, work: Callable[[], object]) -> None:
    """Print the result, the exception and the warnings of a function."""
    print(f"== {title}")  # noqa: T201 - a program
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            result = work()
        except ConfigError as error:
            result = f"{error}\n{[repr(problem) for problem in error.problems]}"
    print(result)  # noqa: T201 - a program
    for warning in caught:
        print("warning:", warning.message)  # noqa: T201 - a program


def classes() -> list[type[Any]]:
    """Return the classes whose texts are printed."""
    return [*catalogue().values(), ConfigSets]


def instance(cls: type[Any]) -> Any:
    """Make an instance with values from all sources."""
    values = {"redis_db": 2, "sets": {"names": set(WORDS)}, "redis_hots": 1}
    first = ("shop.mail",) if issubclass(cls, ConfigTask) else ()
    return cls(*first, values, "good.yaml")


def texts_of(cls: type[Any]) -> str:
    """Return all texts of an instance."""
    conf = instance(cls)
    lines = [repr(conf), conf.explain(), *map(conf.explain, conf.all_fields)]
    lines += [str(conf.all_fields), str(cls.config_fields()), str(cls.__doc__)]
    lines += [json.dumps(conf.field_info(name).as_dict()) for name in conf.all_fields]
    if cls is not ConfigSets:  # pickle writes a set as Python keeps it
        lines += [str(pickle.dumps(conf, protocol)) for protocol in range(6)]
    return "\n".join(lines)


def main() -> None:
    """Print all texts."""
    for cls in classes():
        report(cls.__name__, lambda cls=cls: texts_of(cls))  # type: ignore[misc]
    wrong = {"max_retries": "x", "retry_for": {"a", "b"}, "running_concurrency": "tsk"}
    report("values", lambda: ConfigTask("a.b", wrong | {"key_arguments": {"b": 1}}))
    errors = {ValueError, KeyError, OSError, ArithmeticError, LookupError}
    report("exceptions", lambda: ConfigTask("a.b", {"retry_for": errors}))
    for cls in (ConfigOrchestratorRedis, ConfigSets):
        report("file", lambda cls=cls: cls(None, "bad.toml"))  # type: ignore[misc]
    sets = {"numbers": {"b", "a", "c"}, "words": {1.5, None, "a"}, "chosen": "delt"}
    report("sets", lambda: ConfigSets(sets))
    report("override", lambda: ConfigSets.override(wrds={"a"}))
    report(
        "suggestions",
        lambda: [find_closest_name("zta", each) for each in (WORDS, WORDS[::-1])],
    )
    snapshot = CliRunner().invoke(
        cli, ["explain", "tests.deterministic:ConfigSets", "--json"]
    )
    Path("before.json").write_text(snapshot.stdout, encoding="utf-8")
    app = ["--app", "tests.deterministic"]
    own = "tests.deterministic:ConfigSets"
    for arguments in (
        ["template", *app],
        ["template", own, "--format", "toml"],
        ["template", own, "--format", "env"],
        ["schema", *app],
        ["check", "good.yaml", "bad.toml", "inline.toml", *app],
        ["check", "good.yaml", "--json", *app],
        ["env", own],
        ["env", "orchestratorredis", "--file", "good.yaml", "--json"],
        ["explain", own, "--file", "good.yaml", "--json"],
        ["explain", own, "--file", "other.json"],
        ["diff", "good.yaml", "other.json", *app],
        ["diff", "defaults", "other.json", "--json", *app],
        ["diff", "before.json", "other.json"],
        ["compat", "bad.toml", "other.json", *app],
    ):
        result = CliRunner().invoke(cli, arguments, prog_name="pynenc-conf")
        assert not isinstance(result.exception, Exception), result.exception
        report(" ".join(arguments), lambda result=result: result.output)  # type: ignore[misc]
