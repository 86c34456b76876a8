"""Scenarios in which settings change between two instances.

A scenario is a generator: it yields the value that an instance must have at this
moment, and then changes something.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from unittest import mock

from pynenc_conf import ConfigError
from tests.threads import run_in_thread

# The host and password of an instance, or the error that its creation raises.
Expected = str | type[Exception]
Scenario = Callable[[], Iterator[Expected]]

HOST = "PYNENC__REDIS_HOST"
LEAF = "CONFIGORCHESTRATORREDIS"
FILE = Path("pynenc.yaml")
PYPROJECT = Path("pyproject.toml")
DEFAULT = "localhost"


def write(host: str, path: Path = FILE) -> None:
    """Write a file that sets the host."""
    path.write_text(f"redis_host: {host}\n", encoding="utf-8")


def write_pyproject(host: str) -> None:
    """Write a pyproject.toml that sets the host."""
    text = f'[tool.pynenc]\nredis_host = "{host}"\n'
    PYPROJECT.write_text(text, encoding="utf-8")


def a_variable_is_set() -> Iterator[Expected]:
    """`os.environ[name] = value`."""
    yield DEFAULT
    os.environ[HOST] = "a"
    yield "a"


def a_variable_is_changed() -> Iterator[Expected]:
    """The variable changes to a value of the same length."""
    os.environ[HOST] = "a"
    yield "a"
    os.environ[HOST] = "b"
    yield "b"


def a_variable_is_deleted() -> Iterator[Expected]:
    """`del os.environ[name]`."""
    os.environ[HOST] = "a"
    yield "a"
    del os.environ[HOST]
    yield DEFAULT


def a_variable_is_emptied() -> Iterator[Expected]:
    """Empty text is a value."""
    os.environ[HOST] = "a"
    yield "a"
    os.environ[HOST] = ""
    yield ""


def a_variable_is_popped() -> Iterator[Expected]:
    """`os.environ.pop(name)`."""
    os.environ[HOST] = "a"
    yield "a"
    os.environ.pop(HOST)
    yield DEFAULT


def variables_are_updated() -> Iterator[Expected]:
    """`os.environ.update` and `|=`."""
    yield DEFAULT
    os.environ.update({HOST: "a"})
    yield "a"
    os.environ |= {HOST: "b"}
    yield "b"


def a_variable_is_a_default() -> Iterator[Expected]:
    """`os.environ.setdefault`."""
    yield DEFAULT
    os.environ.setdefault(HOST, "a")
    yield "a"


def all_variables_are_cleared() -> Iterator[Expected]:
    """`os.environ.clear()`."""
    os.environ[HOST] = "a"
    yield "a"
    os.environ.clear()
    yield DEFAULT


def a_variable_goes_and_comes_back() -> Iterator[Expected]:
    """A value cached before the variable was deleted is valid again."""
    os.environ[HOST] = "a"
    yield "a"
    os.environ[HOST] = "b"
    yield "b"
    os.environ[HOST] = "a"
    yield "a"


def a_variable_is_renamed() -> Iterator[Expected]:
    """A variable of another class does not set this class, even with the same text."""
    os.environ[HOST] = "a"
    yield "a"
    os.environ["PYNENC__CONFIGBROKER__REDIS_HOST"] = os.environ.pop(HOST)
    yield DEFAULT


def two_variables_swap_their_values() -> Iterator[Expected]:
    """Neither the names of the variables nor the set of their values changes."""
    os.environ |= {HOST: "a", "PYNENC__REDIS_USERNAME": "b"}
    yield "a"
    os.environ |= {HOST: "b", "PYNENC__REDIS_USERNAME": "a"}
    yield "b"


def a_variable_of_higher_precedence_appears() -> Iterator[Expected]:
    """The variable of a class overrides the general variable until it is deleted."""
    os.environ[HOST] = "a"
    yield "a"
    own = [f"PYNENC__{cls}__REDIS_HOST" for cls in ("CONFIGREDIS", LEAF)]
    os.environ |= dict.fromkeys(own, "b")
    yield "b"
    for name in own:
        del os.environ[name]
    yield "a"


def variables_are_patched() -> Iterator[Expected]:
    """`mock.patch.dict` begins and ends; afterwards every key is a different object."""
    os.environ[HOST] = "a"
    yield "a"
    with mock.patch.dict(os.environ, {HOST: "b"}):
        yield "b"
    yield "a"


def variables_are_patched_away() -> Iterator[Expected]:
    """`mock.patch.dict(..., clear=True)` begins and ends."""
    os.environ[HOST] = "a"
    yield "a"
    with mock.patch.dict(os.environ, clear=True):
        yield DEFAULT
    yield "a"


def the_environment_is_another_mapping() -> Iterator[Expected]:
    """`mock.patch("os.environ", {...})` begins, changes and ends."""
    os.environ[HOST] = "a"
    yield "a"
    with mock.patch("os.environ", {HOST: "b"}):
        yield "b"
        os.environ[HOST] = "c"
        yield "c"
    yield "a"


def a_variable_is_set_as_bytes() -> Iterator[Expected]:
    """`os.environb[name] = value`."""
    yield DEFAULT
    os.environb[os.fsencode(HOST)] = b"a"
    yield "a"


def another_thread_sets_a_variable() -> Iterator[Expected]:
    """All threads share one environment."""
    yield DEFAULT
    run_in_thread(lambda: os.environ.update({HOST: "a"}))
    yield "a"


def a_variable_names_another_file() -> Iterator[Expected]:
    """`PYNENC__FILEPATH` changes and the files do not."""
    write("a", Path("a.yaml"))
    write("b", Path("b.yaml"))
    os.environ["PYNENC__FILEPATH"] = "a.yaml"
    yield "a"
    os.environ["PYNENC__FILEPATH"] = "b.yaml"
    yield "b"


def the_file_that_a_variable_names_changes() -> Iterator[Expected]:
    """The file changes and the variable that names it does not."""
    write("a", Path("a.yaml"))
    os.environ["PYNENC__FILEPATH"] = "a.yaml"
    yield "a"
    write("longer", Path("a.yaml"))
    yield "longer"


def the_file_of_a_secret_changes() -> Iterator[Expected]:
    """The secret file changes and the variable that names it does not."""
    Path("secret").write_text("one", encoding="utf-8")
    os.environ["PYNENC__REDIS_PASSWORD_FILE"] = "secret"
    yield f"{DEFAULT}one"
    Path("secret").write_text("two", encoding="utf-8")
    yield f"{DEFAULT}two"


def a_pyproject_appears() -> Iterator[Expected]:
    """A pyproject.toml appears in the working directory."""
    yield DEFAULT
    write_pyproject("a")
    yield "a"


def a_pyproject_vanishes() -> Iterator[Expected]:
    """The pyproject.toml in the working directory is deleted."""
    write_pyproject("a")
    yield "a"
    PYPROJECT.unlink()
    yield DEFAULT


def a_file_grows() -> Iterator[Expected]:
    """The file is rewritten with longer text."""
    write("a")
    yield "a"
    write("longer")
    yield "longer"


def a_file_is_rewritten_in_its_size() -> Iterator[Expected]:
    """Only the timestamps show the change."""
    write("a")
    os.utime(FILE, ns=(1, 1))
    yield "a"
    write("b")
    yield "b"


def a_file_is_rewritten_and_its_time_put_back() -> Iterator[Expected]:
    """Size and modification time are unchanged; only the status change time differs."""
    write("a")
    os.utime(FILE, ns=(1, 1))
    yield "a"
    before = FILE.stat().st_ctime_ns
    while FILE.stat().st_ctime_ns == before:  # within one tick of the clock
        write("b")
        os.utime(FILE, ns=(1, 1))
    yield "b"


def a_file_is_replaced() -> Iterator[Expected]:
    """The new file has the same size and time; only the inode differs."""
    write("a")
    os.utime(FILE, ns=(1, 1))
    yield "a"
    write("b", Path("new"))
    os.utime("new", ns=(1, 1))
    Path("new").replace(FILE)
    yield "b"


def a_file_is_emptied() -> Iterator[Expected]:
    """An empty file sets nothing."""
    write("a")
    yield "a"
    FILE.write_bytes(b"")
    yield DEFAULT


def a_file_is_removed_and_created_again() -> Iterator[Expected]:
    """An instance raises an error while the file is missing."""
    write("a")
    yield "a"
    FILE.unlink()
    yield FileNotFoundError
    write("longer")
    yield "longer"


def a_file_is_broken_and_repaired() -> Iterator[Expected]:
    """Text parsed earlier does not replace text that cannot be parsed."""
    write("a")
    yield "a"
    FILE.write_text("redis_host: [", encoding="utf-8")
    yield ConfigError
    write("a")
    yield "a"


def a_file_becomes_a_directory() -> Iterator[Expected]:
    """Only a regular file is read."""
    write("a")
    yield "a"
    FILE.unlink()
    FILE.mkdir()
    yield ConfigError


def a_link_leads_elsewhere() -> Iterator[Expected]:
    """A symbolic link is pointed at another file, as Kubernetes does."""
    for name in ("a", "b"):
        write(name, Path(f"{name}.yaml"))
        os.utime(f"{name}.yaml", ns=(1, 1))
    FILE.symlink_to("a.yaml")
    yield "a"
    Path("link").symlink_to("b.yaml")
    Path("link").replace(FILE)
    yield "b"


def the_working_directory_changes() -> Iterator[Expected]:
    """A relative path names a file in the new working directory."""
    for name in ("a", "b"):
        Path(name).mkdir()
        write(name, Path(name, FILE))
        os.utime(Path(name, FILE), ns=(1, 1))
    os.chdir("a")
    yield "a"
    os.chdir(Path("..", "b"))
    yield "b"


def a_file_is_written_by_its_other_name() -> Iterator[Expected]:
    """A hard link is the same file."""
    write("a")
    Path("other").hardlink_to(FILE)
    yield "a"
    write("longer", Path("other"))
    yield "longer"


def another_process_writes_a_file() -> Iterator[Expected]:
    """Changes are detected by checking the file, so the writer does not matter."""
    write("a")
    yield "a"
    code = f"open({str(FILE)!r}, 'w').write('redis_host: longer')"
    subprocess.run([sys.executable, "-c", code], check=True)
    yield "longer"


OF_THE_ENVIRONMENT: list[Scenario] = [
    a_variable_is_set,
    a_variable_is_changed,
    a_variable_is_deleted,
    a_variable_is_emptied,
    a_variable_is_popped,
    variables_are_updated,
    a_variable_is_a_default,
    all_variables_are_cleared,
    a_variable_goes_and_comes_back,
    a_variable_is_renamed,
    two_variables_swap_their_values,
    a_variable_of_higher_precedence_appears,
    variables_are_patched,
    variables_are_patched_away,
    the_environment_is_another_mapping,
    a_variable_is_set_as_bytes,
    another_thread_sets_a_variable,
    a_variable_names_another_file,
    the_file_that_a_variable_names_changes,
    the_file_of_a_secret_changes,
    a_pyproject_appears,
    a_pyproject_vanishes,
]
OF_THE_FILE: list[Scenario] = [
    a_file_grows,
    a_file_is_rewritten_in_its_size,
    a_file_is_rewritten_and_its_time_put_back,
    a_file_is_replaced,
    a_file_is_emptied,
    a_file_is_removed_and_created_again,
    a_file_is_broken_and_repaired,
    a_file_becomes_a_directory,
    a_link_leads_elsewhere,
    the_working_directory_changes,
    a_file_is_written_by_its_other_name,
    another_process_writes_a_file,
]
