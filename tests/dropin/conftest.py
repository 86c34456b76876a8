"""Fixtures for the drop-in: versions of pynenc, processes, and a real server."""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import shutil
import signal
import subprocess
import sys
import venv
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import PREFIXES
from tests.redis.conftest import Server

ROOT = Path(__file__).parent.parent.parent
APPLICATION = Path(__file__).parent / "application"
ENGINE = "cistell==0.1.2"
"""The compiled engine of pynenc 0.2 and later."""
TIMEOUT = 60
"""Seconds after which a program counts as hung."""

Drive = Callable[..., dict[str, Any]]
Environment = Callable[..., str]


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    """Start a real server for all tests of this process."""
    found = Server()
    found.start()
    yield found
    found.stop()
    shutil.rmtree(found.folder)


@pytest.fixture
def redis_port(server: Server) -> int:
    """Return the port of a server without data."""
    with server.client(socket_timeout=10) as client:
        client.flushall()
    return server.port


def surroundings(python: str, env: Mapping[str, str]) -> dict[str, str]:
    """Return an environment in which a program can import the shop and this library."""
    # Other environments already contain the project.
    own = [str(ROOT)] if python == sys.executable else []
    search = os.pathsep.join([*own, str(APPLICATION)])
    # Neither the developer's settings nor those of a test that runs now.
    own_variables = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(PREFIXES)
    }
    return {**own_variables, "PYTHONPATH": search, **env}


def run(*arguments: str, python: str = sys.executable, env: Mapping[str, str]) -> str:
    """Run Python until it exits, and return its output."""
    done = subprocess.run(
        [python, *arguments],
        env=surroundings(python, env),
        capture_output=True,
        text=True,
        check=False,
        timeout=TIMEOUT,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@contextlib.contextmanager
def worker(
    *arguments: str, python: str = sys.executable, env: Mapping[str, str]
) -> Iterator[None]:
    """Run Python during the block, then end it and all processes that it started."""
    log = Path("worker.log")
    with (
        log.open("wb") as output,
        subprocess.Popen(
            [python, *arguments],
            env=surroundings(python, env),
            stdout=output,
            stderr=output,
            start_new_session=True,
        ) as process,
    ):
        try:
            yield
        finally:
            ended = process.poll() is not None
            # Child processes belong to the same group, which exists until they all end.
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
    assert not ended, log.read_text(encoding="utf-8", errors="replace")


@pytest.fixture
def drive(tmp_path: Path) -> Drive:
    """Return a function that runs the shop and returns its report."""

    def drives(
        env: Mapping[str, str],
        *,
        python: str = sys.executable,
        where: str = "thread",
        words: Sequence[str] = (),
    ) -> dict[str, Any]:
        report = tmp_path / "report.json"
        script = str(APPLICATION / "drive.py")
        run(script, str(report), where, *words, python=python, env=env)
        found: dict[str, Any] = json.loads(report.read_text(encoding="utf-8"))
        return found

    return drives


@pytest.fixture(scope="session")
def environment(
    tmp_path_factory: pytest.TempPathFactory, worker_id: str
) -> Environment:
    """Return a function that creates a virtual environment once for all processes.

    `environment(name, *requirements)` returns its Python; this project is installed
    from the checkout. `engine` selects whether the compiled cistell is installed.
    """
    base = tmp_path_factory.getbasetemp()
    shared = base if worker_id == "master" else base.parent

    def make(name: str, *requirements: str, engine: bool = False) -> str:
        folder = shared / f"environment-{name}"
        python = folder / "bin" / "python"
        with Path(f"{folder}.lock").open("w", encoding="utf-8") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not (folder / "complete").exists():
                venv.create(folder, with_pip=True, clear=True, symlinks=True)
                if engine:
                    install_engine(python)
                install(python, *requirements, str(ROOT))
                (folder / "complete").touch()
        return str(python)

    return make


def install_engine(python: Path) -> None:
    """Install cistell, or only its metadata if it has no wheel for this Python.

    Its engine is compiled, and has wheels for Python 3.12 and 3.13. This library
    replaces the engine, so another version's wheel is sufficient for all programs that
    do not run cistell itself.
    """
    wheel_only = ["--only-binary", ENGINE, ENGINE]
    try:
        install(python, *wheel_only)
    except AssertionError:
        if sys.version_info < (3, 14):
            raise
        command = [
            str(python),
            "-c",
            "import sysconfig; print(sysconfig.get_path('platlib'))",
        ]
        folder = subprocess.run(command, capture_output=True, text=True, check=True)
        target = [
            "--no-deps",
            "--python-version",
            "3.13",
            "--target",
            folder.stdout.strip(),
        ]
        install(python, *target, *wheel_only)


def install(python: Path, *requirements: str) -> None:
    """Install packages into an environment."""
    command = [str(python), "-m", "pip", "install", "--quiet", *requirements]
    done = subprocess.run(
        command,
        env={**os.environ, "PIP_DISABLE_PIP_VERSION_CHECK": "1"},
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    assert done.returncode == 0, done.stdout + done.stderr
