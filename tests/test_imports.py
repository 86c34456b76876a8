"""What an import costs, counted in modules."""

from __future__ import annotations

import subprocess
import sys

import pytest

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
def test_imports_nothing_it_does_not_need(statement: str) -> None:
    """Importing, and making an instance without a file, loads no heavy module."""
    loaded = imported(statement)
    assert not loaded & set(FORBIDDEN)


def test_importing_the_orchestrators_module_stays_small() -> None:
    """The first config class costs few modules of our own, and hardly any others."""
    loaded = imported("import pynenc_conf.config_orchestrator")
    others = {name for name in loaded if not name.startswith("pynenc_conf")}
    assert others <= {"__future__", "_contextvars", "contextvars"}


def test_the_package_alone_loads_no_class() -> None:
    """`import pynenc_conf` loads nothing until a name is used."""
    assert imported("import pynenc_conf") <= {"__future__", "pynenc_conf"}
