"""Files whose fields all have the same version, writers that change them, and readers.

As a program, the module is a writer with readers in separate processes:
`python -m tests.changing by_renaming pynenc.yaml fork`.
"""

from __future__ import annotations

import json
import multiprocessing
import os
import shutil
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from pynenc_conf import (
    ConfigError,
    ConfigField,
    ConfigFileNotFoundError,
    ConfigPynencBase,
)
from tests.threads import run_together

NAMES = [f"version_{number}" for number in range(12)]
OF_THE_SECTION = NAMES[6:]
# All versions have the same number of digits, so that all files have the same size.
FIRST, LAST = 1000, 1015


class ConfigVersions(ConfigPynencBase):
    """Fields that have equal values if the file is read as a whole."""

    locals().update({name: ConfigField(0, ge=0) for name in NAMES})


def text_of(kind: str, version: int) -> str:
    """Return the text of a file in which all fields have the version.

    Each version starts at a different line.
    """
    general = dict.fromkeys(NAMES[:6], version)
    section = dict.fromkeys(OF_THE_SECTION, version)
    if kind == "json":
        text = json.dumps(general | {"versions": section})
    else:
        sign, heading = (
            (": ", "versions:\n") if kind == "yaml" else (" = ", "[versions]\n")
        )
        text = "".join(f"{name}{sign}{version}\n" for name in general) + heading
        text += "".join(f"  {name}{sign}{version}\n" for name in section)
    before = version % 5
    return "\n" * before + text + "\n" * (5 - before)


def write_new(folder: Path, kind: str, version: int) -> Path:
    """Write a new file that has no readers yet."""
    new = folder / "new"
    new.write_text(text_of(kind, version), encoding="utf-8")
    return new


def by_renaming(path: Path, version: int) -> None:
    """Replace the file by renaming a new one, as careful programs do."""
    write_new(path.parent, path.suffix[1:], version).replace(path)


def by_renaming_with_old_times(path: Path, version: int) -> None:
    """Replace the file by renaming, and keep its size and modification time."""
    new = write_new(path.parent, path.suffix[1:], version)
    os.utime(new, ns=(1, 1))
    new.replace(path)


def by_mounting(path: Path, version: int) -> None:
    """Replace the directory of the file, as Kubernetes does with a volume."""
    folder = path.parent
    new = folder / f"..{version}"
    new.mkdir()
    by_renaming(new / path.name, version)
    # A second file that belongs to the first.
    text = json.dumps({"versions": {NAMES[-1]: version}})
    (new / "stage.json").write_text(text, encoding="utf-8")
    data = folder / "..data"
    old = data.resolve() if data.is_symlink() else None
    (folder / "..link").symlink_to(new.name)
    (folder / "..link").replace(data)
    if old is None:
        for name in (path.name, "stage.json"):
            (folder / name).symlink_to(Path("..data", name))
    else:
        shutil.rmtree(old)


def by_deleting(path: Path, version: int) -> None:
    """Delete the file, and create the new one when its text is complete."""
    path.unlink(missing_ok=True)
    by_renaming(path, version)


def in_place(path: Path, version: int) -> None:
    """Truncate the file, write it in parts, and restore its timestamps."""
    with path.open("w", encoding="utf-8") as file:
        text = text_of(path.suffix[1:], version)
        for start in range(0, len(text), 100):
            file.write(text[start : start + 100])
            file.flush()
    os.utime(path, ns=(1, 1))


Way = Callable[[Path, int], None]


def read(path: Path) -> int:
    """Make an instance, and return the version that all of its fields have."""
    conf = ConfigVersions(None, path)
    values = {getattr(conf, name) for name in NAMES}
    if len(values) > 1:
        raise TornError(values)
    (version,) = values
    # The origins also belong to this version.
    line = version % 5 + 1
    assert conf.field_info(NAMES[0]).origin.line == line
    assert f"{path}:{line}" in conf.explain(NAMES[0])
    return int(version)


class TornError(Exception):
    """Raised when an instance has values of two versions."""


# The errors that a reader may get while a file is written in each way.
ALLOWED: dict[Way, tuple[type[Exception], ...]] = {
    by_renaming: (),
    by_renaming_with_old_times: (),
    by_mounting: (),
    by_deleting: (ConfigFileNotFoundError,),
    in_place: (ConfigError, TornError, AssertionError),
}


class Progress:
    """The state that a writer and its readers share, in one process or several."""

    def __init__(self, readers: int, make: Callable[[], Any]) -> None:
        self.begun = make()
        self.ended = make()
        self.failed = make()
        self.reads = [make() for _ in range(readers)]


def guarded(progress: Progress, function: Callable[..., Any], *arguments: Any) -> Any:
    """Run a function; if it fails, the other threads and processes stop waiting."""
    try:
        return function(*arguments, progress)
    except BaseException:
        progress.failed.value = 1
        raise


def write_all(way: Way, path: Path, progress: Progress) -> None:
    """Write the versions in order, each after every reader has read the file twice."""
    for version in range(FIRST + 1, LAST + 1):
        progress.begun.value = version
        way(path, version)
        progress.ended.value = version
        for reads in progress.reads if version < LAST else ():
            enough = reads.value + 2
            while reads.value < enough and not progress.failed.value:
                time.sleep(0.001)


def read_all(way: Way, path: Path, number: int, progress: Progress) -> int:
    """Read until the last version has been read twice.

    Returns the number of reads with an error that is allowed while a file is written.
    """
    met = seen = 0
    reads = progress.reads[number]
    last_reads = 0
    while last_reads < 2 and not progress.failed.value:
        oldest = progress.ended.value
        last_reads += oldest == LAST
        error: Exception | None = None
        try:
            seen, before = read(path), seen
            assert max(oldest, before) <= seen <= progress.begun.value
        except ALLOWED[way] as raised:
            error = raised
            met += 1
        if progress.begun.value == oldest:  # nothing was written meanwhile
            assert (seen, error) == (oldest, None)
        reads.value += 1
    return met


class Number:
    """Replaces `multiprocessing.Value` for threads."""

    value = 0


def among_threads(way: Way, path: Path, readers: int = 4) -> int:
    """Write in one thread and read in others; return the counts of allowed errors."""
    way(path, FIRST)
    progress = Progress(readers, Number)
    progress.begun.value = progress.ended.value = FIRST
    functions = [partial(read_all, way, path, number) for number in range(readers)]
    all_functions = [partial(write_all, way, path), *functions]
    _, *met = run_together(
        partial(guarded, progress, function) for function in all_functions
    )
    return sum(met)


def _reader(way: Way, path: Path, numbers: list[int], progress: Progress) -> None:
    run_together(
        partial(guarded, progress, read_all, way, path, number) for number in numbers
    )


def among_processes(way: Way, path: Path, method: str) -> None:
    """Write in this process, and read in two others with two threads each."""
    context = multiprocessing.get_context(method)
    way(path, FIRST)
    read(path)  # a forked child knows an old version
    progress = Progress(4, partial(context.Value, "i", 0))
    progress.begun.value = progress.ended.value = FIRST
    children = [
        context.Process(target=_reader, args=(way, path, numbers, progress))
        for numbers in ([0, 1], [2, 3])
    ]
    for child in children:
        child.start()
    guarded(progress, write_all, way, path)
    for child in children:
        child.join()
    sys.exit(sum(child.exitcode != 0 for child in children))


if __name__ == "__main__":
    by_name = {way.__name__: way for way in ALLOWED}
    among_processes(by_name[sys.argv[1]], Path(sys.argv[2]), sys.argv[3])
