"""The libraries to compare, each with its own Python environment and process."""

from __future__ import annotations

import json
import subprocess
import sys
import venv
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent.parent
UNRELATED_VARIABLES = 60


@dataclass(frozen=True)
class Library:
    """A library: its adapter's name, its title, and its requirements, if any."""

    name: str
    title: str
    requirements: tuple[str, ...] = ()
    python: tuple[int, int] = (3, 11)


LIBRARIES = (
    Library("floor", "floor"),
    Library("ours", "pynenc_conf"),
    Library("upstream", "pynenc 0.0.24", ("cistell==0.0.7", "pynenc==0.0.24")),
    Library("cistell", "cistell 0.1.2", ("cistell==0.1.2",), (3, 12)),
    Library("pydantic", "pydantic-settings", ("pydantic-settings[yaml,toml]",)),
    Library("dynaconf", "dynaconf", ("dynaconf",)),
    Library("typed", "typed-settings", ("typed-settings", "attrs", "cattrs")),
)


def interpreter(library: Library, cache: Path) -> Path:
    """Return the Python that has the library; the first run creates the environment.

    Raises CalledProcessError if the library cannot be installed.
    """
    if not library.requirements:
        return Path(sys.executable)
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    folder = cache / f"{library.name}-{version}"
    python = folder / "bin" / "python"
    done = folder / "requirements"
    wanted = "\n".join(library.requirements)
    if not done.exists() or done.read_text(encoding="utf-8") != wanted:
        venv.create(folder, clear=True, with_pip=True)
        command = [python, "-m", "pip", "install", "--quiet", *library.requirements]
        subprocess.run(command, check=True)
        done.write_text(wanted, encoding="utf-8")
    return python


class Process:
    """The process of one library."""

    def __init__(self, library: Library, python: Path, folder: Path) -> None:
        self.library = library
        variables = {"PYTHONPATH": str(ROOT), "LANG": "C.UTF-8"}
        for number in range(UNRELATED_VARIABLES - len(variables)):
            variables[f"UNRELATED_{number}"] = f"value {number}"
        module = "tests.benchmarks.worker"
        self._process = subprocess.Popen(
            [python, "-P", "-m", module, library.name, folder / library.name],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=variables,
            cwd=folder,
        )

    def ask(self, command: str, argument: str = "") -> Any:
        """Send a command and return the response."""
        stdin, stdout = self._process.stdin, self._process.stdout
        assert stdin is not None
        assert stdout is not None
        stdin.write(f"{json.dumps([command, argument])}\n")
        stdin.flush()
        line = stdout.readline()
        if not line:
            message = f"the process of {self.library.title} ended"
            raise RuntimeError(message)
        return json.loads(line)

    def close(self) -> None:
        """End the process."""
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait()
