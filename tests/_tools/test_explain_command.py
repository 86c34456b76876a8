"""The command `pynenc-conf explain`, and the entry point of all commands."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from pynenc_conf import ConfigOrchestratorRedis, ConfigTask
from pynenc_conf._core.declare.plan import plan_of
from pynenc_conf._tools.classes import catalogue
from tests._tools.running import run
from tests.catalogue_data import CLASSES


def test_output_is_the_explanation_of_the_instance() -> None:
    """`explain CLASS --file F --set K=V` prints the same as conf.explain()."""
    Path("pynenc.yaml").write_text("redis: {redis_port: 7}\n", encoding="utf-8")
    done = run(
        *("explain", "ConfigOrchestratorRedis", "--file", "pynenc.yaml"),
        *("--set", "cycle_control=no", "--set", "redis.redis_host=here"),
    )
    values = {"cycle_control": "no", "redis": {"redis_host": "here"}}
    expected = ConfigOrchestratorRedis(values, "pynenc.yaml").explain()
    assert (done.exit_code, done.output) == (0, f"{expected}\n")


@pytest.mark.parametrize(
    "name", ["orchestratorredis", "CONFIGORCHESTRATORREDIS", "ConfigOrchestratorRedis"]
)
def test_classes_are_found_by_name_and_section(name: str) -> None:
    """CLASS is the name of a class or of its section, in any case."""
    done = run("explain", name, "redis_host")
    assert done.exit_code == 0
    assert done.output.startswith("ConfigOrchestratorRedis.redis_host = localhost")


def test_every_class_of_the_catalogue_is_known() -> None:
    """The command finds all classes of the catalogue, and no others."""
    assert set(catalogue()) == {
        entry.name for entry in CLASSES if entry.module != "config_base"
    }


def test_own_classes_by_module() -> None:
    """CLASS may be module:Class, imported from the working directory."""
    code = (
        "from pynenc_conf import ConfigBase, ConfigField\n"
        "class ConfigMine(ConfigBase):\n    size = ConfigField(1)\n"
    )
    Path("own_module_of_test.py").write_text(code, encoding="utf-8")
    done = run("explain", "own_module_of_test:ConfigMine", "--set", "mine.size=3")
    assert done.exit_code == 0
    assert done.output == "ConfigMine\n  size  3  config_values mine.size\n"


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("ConfigRedsi", "did you mean ConfigRedis?"),
        ("rediss", "did you mean ConfigRedis?"),
        # Resembles the known classes only by "Config".
        ("ConfigBase", "; known classes: ConfigArgCache, "),
        ("ConfigShop", "write a class of your own as MODULE:CLASS; known classes: "),
        (
            "nothing_like_that:X",
            "module 'nothing_like_that': no such module; run the command in the folder",
        ),
        (
            "shop/conf.py:X",
            "a module is named without '.py'; did you mean 'shop.conf'?",
        ),
        ("pynenc_conf.config_redis:ConfigRedi", "did you mean ConfigRedis?"),
        ("json:Decoder", "module 'json' has no config classes"),
        (":ConfigRedis", "cannot import module ''"),
    ],
)
def test_unknown_classes(name: str, message: str) -> None:
    """An unknown class exits with 2 and a suggestion, or how to name a class."""
    done = run("explain", name)
    assert done.exit_code == 2
    assert message in done.stderr


def test_unknown_field() -> None:
    """An unknown field exits with 2 and a suggestion."""
    done = run("explain", "redis", "redis_hots")
    assert done.exit_code == 2
    assert "did you mean 'redis_host'?" in done.stderr


@pytest.mark.parametrize("setting", ["redis_port", "=1", "a=1 --set a.b=2"])
def test_invalid_set_options(setting: str) -> None:
    """--set without KEY=VALUE, or with a key inside a value, exits with 2."""
    done = run("explain", "redis", "--set", *setting.split())
    assert done.exit_code == 2
    assert "--set" in done.stderr


def test_invalid_settings_exit_with_1() -> None:
    """All invalid settings are listed on stderr; the exit code is 1."""
    done = run("explain", "redis", "--set", "redis_port=six", "--file", "none.yaml")
    assert done.exit_code == 1
    assert done.stdout == ""
    assert "redis_port: expected int, got 'six'" in done.stderr
    assert "--> none.yaml" in done.stderr


def test_json() -> None:
    """--json prints the class, and each field with its chain."""
    done = run("explain", "redis", "redis_port", "--json", "--set", "redis_port=1")
    data = json.loads(done.stdout)
    assert data["class"] == "ConfigRedis"
    (field,) = data["fields"]
    assert (field["field"], field["value"], field["default"]) == ("redis_port", 1, 6379)
    assert [item["origin"] for item in field["chain"]] == [
        "config_values redis_port",
        "default of ConfigRedis",
    ]
    assert (field["chain"][0]["overridden"], field["chain"][0]["key"]) == (
        None,
        "redis_port",
    )


def test_json_of_problems() -> None:
    """--json also applies to problems; the exit code is 1."""
    done = run("explain", "redis", "--json", "--set", "redis_port=six")
    (problem,) = json.loads(done.stdout)["problems"]
    assert done.exit_code == 1
    assert (problem["field"], problem["origin"]) == (
        "redis_port",
        "config_values redis_port",
    )


@pytest.mark.parametrize("name", sorted(catalogue()))
def test_every_class_as_json(name: str) -> None:
    """Every class can be explained as JSON."""
    data = json.loads(run("explain", name, "--json").stdout)
    names = [field["field"] for field in data["fields"]]
    assert names == list(plan_of(catalogue()[name]).settings)


def test_tasks() -> None:
    """--task selects the sections and variables of a task, for ConfigTask only."""
    text = "task:\n  mod.func:\n    max_retries: 2\n"
    Path("tasks.yaml").write_text(text, encoding="utf-8")
    done = run(
        "explain", "task", "max_retries", "--task", "mod.func", "--file", "tasks.yaml"
    )
    expected = ConfigTask("mod.func", None, "tasks.yaml").explain("max_retries")
    assert done.output == f"{expected}\n"
    quoted = run(
        *("explain", "task", "max_retries", "--task", "mod.func"),
        *("--set", 'task."mod.func".max_retries=4'),
    )
    assert quoted.output.startswith("ConfigTask.max_retries = 4")
    assert run("explain", "redis", "--task", "mod.func").exit_code == 2


def test_secrets_are_masked() -> None:
    """No output format shows a secret."""
    for extra in ([], ["--json"], ["redis_password"], ["redis_password", "--json"]):
        done = run("explain", "redis", *extra, "--set", "redis_password=hunter2")
        assert done.exit_code == 0
        assert "hunter2" not in done.output
        assert "***" in done.output


def test_module_runs() -> None:
    """`python -m pynenc_conf` runs the same command."""
    done = subprocess.run(
        [sys.executable, "-m", "pynenc_conf", "explain", "redis", "redis_db"],
        check=True,
        capture_output=True,
        text=True,
        env={"PYTHONPATH": ":".join(sys.path)},
    )
    assert done.stdout.startswith("ConfigRedis.redis_db = 0")


def test_missing_extra() -> None:
    """Without click and rich, the command prints how to install them."""
    code = (
        "import sys; sys.modules['click'] = None\n"
        "from pynenc_conf._tools.main import main; main()"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        check=False,
        capture_output=True,
        text=True,
        env={"PYTHONPATH": ":".join(sys.path)},
    )
    assert done.returncode == 2
    assert done.stderr == (
        "pynenc-conf needs its command-line extra: "
        "python -m pip install 'pynenc-conf[cli]'\n"
    )


def test_unknown_settings() -> None:
    """An unknown setting is a warning with a suggestion on stderr."""
    done = run("explain", "redis", "redis_host", "--set", "redis_hosst=x")
    assert done.exit_code == 0
    assert done.stderr == (
        "warning: unknown setting 'redis_hosst'; did you mean 'redis_host'?\n"
        "  --> config_values redis_hosst\n"
    )


def test_constructors_with_arguments() -> None:
    """A constructor that requires arguments is not called."""
    code = (
        "from pynenc_conf import ConfigBase, ConfigField\n"
        "class ConfigBranch(ConfigBase):\n    size = ConfigField(1)\n"
        "    def __init__(self, branch, values=None, path=None):\n"
        "        raise RuntimeError\n"
    )
    Path("branch_of_test.py").write_text(code, encoding="utf-8")
    done = run("explain", "branch_of_test:ConfigBranch", "--set", "branch.size=3")
    assert done.output == "ConfigBranch\n  size  3  config_values branch.size\n"
