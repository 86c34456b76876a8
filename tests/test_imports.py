"""The public names of the package, and the number of modules that an import loads."""

from __future__ import annotations

import subprocess
import sys
import tomllib
from importlib import import_module
from pathlib import Path

import pytest

import pynenc_conf
from pynenc_conf import Candidate, ConfigRedis, FieldInfo, Origin

# Modules that an application may never need, or that are slow to import.
FORBIDDEN = (
    *("click", "collections", "dataclasses", "importlib.metadata", "inspect", "json"),
    *("logging", "pathlib", "re", "redis", "rich", "tomli", "tomllib", "typing"),
    "yaml",
)


def imported(statement: str) -> set[str]:
    """Return the modules that a statement loads in a bare interpreter."""
    code = f"import os, sys; before = set(sys.modules); {statement}\n"
    code += "print(*sorted(set(sys.modules) - before))"

    done = subprocess.run(
        [
            sys.executable,
            "-I",
            "-S",
            "-c",
            f"import sys; sys.path[:] = {sys.path!r}; {code}",
        ],
        check=True,
        capture_output=True,
        text=True,
    )
    return set(done.stdout.split())


@pytest.mark.parametrize(
    "statement",
    [
        "import pynenc_conf",
        "import pynenc_conf.config_orchestrator",
        "from pynenc_conf.config_orchestrator import ConfigOrchestratorRedis as C; C()",
    ],
)
def test_imports_only_what_it_needs(statement: str) -> None:
    """Importing, and making an instance without a file, loads no slow module."""
    loaded = imported(statement)
    assert not loaded & set(FORBIDDEN)


def test_importing_the_orchestrators_module_stays_small() -> None:
    """The first config class loads few modules of this library and hardly others."""
    loaded = imported("import pynenc_conf.config_orchestrator")
    others = {name for name in loaded if not name.startswith("pynenc_conf")}
    assert others <= {"__future__", "_contextvars", "contextvars"}


def test_the_package_loads_no_class() -> None:
    """`import pynenc_conf` loads nothing until a name is used."""
    assert imported("import pynenc_conf") <= {"__future__", "pynenc_conf"}


# Public names


def test_all_is_sorted_and_importable() -> None:
    """`__all__` is sorted, and each of its names can be imported."""
    assert pynenc_conf.__all__ == sorted(set(pynenc_conf.__all__))
    for name in pynenc_conf.__all__:
        assert getattr(pynenc_conf, name).__name__ == name


def test_all_has_every_config_class_and_exception() -> None:
    """`__all__` has every config class and exception of the public modules."""
    folder = Path(pynenc_conf.__file__).parent
    stems = [path.stem for path in folder.glob("config_*.py")]
    for stem in [*stems, "exceptions", "field"]:
        module = import_module(f"pynenc_conf.{stem}")
        for name, item in vars(module).items():
            if isinstance(item, type) and name.startswith("Config"):
                assert name in pynenc_conf.__all__
                assert getattr(pynenc_conf, name) is item
            elif isinstance(item, type) and issubclass(item, Exception):
                assert name in pynenc_conf.__all__


@pytest.mark.parametrize(
    "statement",
    [
        "",
        "pynenc_conf.ConfigTask",
        "import pynenc_conf.redis_client, pynenc_conf.dropin",
    ],
)
def test_dir_lists_public_names(statement: str) -> None:
    """`dir()` lists the public names and special names, whatever is imported."""
    code = f"import pynenc_conf; {statement}\nprint(*dir(pynenc_conf))"
    done = subprocess.run(
        [sys.executable, "-c", f"import sys; sys.path[:] = {sys.path!r}; {code}"],
        check=True,
        capture_output=True,
        text=True,
    )
    special = {name for name in done.stdout.split() if name.startswith("__")}
    assert "__version__" in special
    assert set(done.stdout.split()) - special == set(pynenc_conf.__all__)


def test_unknown_name() -> None:
    """A name that the package does not have is an AttributeError."""
    with pytest.raises(AttributeError, match="no_such_name"):
        _ = pynenc_conf.no_such_name


def test_version() -> None:
    """`__version__` is the version of the distribution."""
    text = (Path(__file__).parents[1] / "pyproject.toml").read_text(encoding="utf-8")
    assert pynenc_conf.__version__ == tomllib.loads(text)["project"]["version"]


def test_types_of_provenance_are_public() -> None:
    """The package has the types of everything that `field_info` returns."""
    info = ConfigRedis({"redis_port": 7000}).field_info("redis_port")
    assert type(info) is FieldInfo
    assert type(info.origin) is Origin
    assert {type(candidate) for candidate in info.chain} == {Candidate}
