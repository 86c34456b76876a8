"""Files that change while threads and processes read them.

`test_staleness.py` tells what is seen between two instances of one thread. Here
writers and readers run at the same time: `changing.py` has them.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from pynenc_conf import ConfigFileError, ConfigRedis, ConfigTypeError
from tests import changing
from tests.changing import Way, among_threads

ROOT = Path(__file__).parent.parent


@pytest.mark.parametrize(
    ("way", "kind"),
    [
        (changing.by_renaming, "yaml"),
        (changing.by_renaming, "toml"),
        (changing.by_renaming_with_old_times, "json"),
        (changing.by_mounting, "json"),
    ],
)
def test_threads_read_one_version(tmp_path: Path, way: Way, kind: str) -> None:
    """Of a file that is replaced, an instance has the old content or the new."""
    assert among_threads(way, tmp_path / f"pynenc.{kind}") == 0


@pytest.mark.parametrize("way", [changing.by_deleting, changing.in_place])
def test_threads_read_what_is_written_carelessly(tmp_path: Path, way: Way) -> None:
    """A file that is missing or incomplete for a while is an error only for so long."""
    among_threads(way, tmp_path / "pynenc.json")


def test_threads_read_files_that_belong_together(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where a folder is replaced, all values are from the old one or from the new."""
    monkeypatch.setenv("PYNENC__FILEPATH", str(tmp_path / "stage.json"))
    assert among_threads(changing.by_mounting, tmp_path / "pynenc.json") == 0


@pytest.mark.parametrize("method", ["fork", "spawn"])
@pytest.mark.parametrize("way", [changing.by_mounting, changing.in_place])
def test_processes(tmp_path: Path, way: Way, method: str) -> None:
    """What holds for threads holds for processes, whatever they have read before."""
    arguments = [way.__name__, str(tmp_path / "pynenc.yaml"), method]
    command = [sys.executable, "-m", "tests.changing", *arguments]
    subprocess.run(command, cwd=ROOT, check=True, timeout=120)


TEXTS = {
    "yaml": ("redis:\n  redis_port: 7\n", "redis:\n  redis_port: six\n"),
    "toml": ("[redis]\nredis_port = 7\n", "[redis]\nredis_port = 'six'\n"),
    "json": ('{"redis":\n {"redis_port": 7}}', '{"redis":\n {"redis_port": "six"}}'),
}


@pytest.mark.parametrize("kind", TEXTS)
@pytest.mark.parametrize("later", ["", "\n\n\n{0}", "[{{", None])
def test_what_was_read_stays_as_it_was(kind: str, later: str | None) -> None:
    """Values, places and errors speak of the text that was read, whatever it is now."""
    path = Path(f"pynenc.{kind}")
    good, bad = TEXTS[kind]
    path.write_text(good, encoding="utf-8")
    conf = ConfigRedis(None, path)
    path.write_text(bad, encoding="utf-8")
    with pytest.raises(ConfigTypeError) as caught:
        ConfigRedis(None, path)
    if later is None:
        path.unlink()
    else:
        path.write_text(later.format(good), encoding="utf-8")
    for number in range(70):  # more files than are remembered
        Path(f"{number}.json").write_text("{}", encoding="utf-8")
        ConfigRedis(None, f"{number}.json")
    assert conf.redis_port == 7
    assert f"pynenc.{kind}:2" in conf.explain()
    assert "> 7  pynenc." in conf.explain("redis_port")
    assert f"--> pynenc.{kind}:2" in str(caught.value)
    assert conf.field_info("redis_port").origin.line == 2


@pytest.mark.parametrize("kind", TEXTS)
def test_a_broken_version_is_refused_until_it_is_mended(kind: str) -> None:
    """Each instance is refused; those that exist do not notice."""
    path = Path(f"pynenc.{kind}")
    good, bad = TEXTS[kind]
    path.write_text(good, encoding="utf-8")
    conf = ConfigRedis(None, path)
    before = (repr(conf), conf.explain())
    for text, error in (("{{[", ConfigFileError), (bad, ConfigTypeError)) * 2:
        path.write_text(text, encoding="utf-8")
        for _ in range(2):
            with pytest.raises(error, match=f"pynenc.{kind}"):
                ConfigRedis(None, path)
        assert (repr(conf), conf.explain()) == before
        path.write_text(good.replace("7", "8"), encoding="utf-8")
        assert ConfigRedis(None, path).redis_port == 8
    assert (repr(conf), conf.explain()) == before


@pytest.mark.parametrize("call", ["stat", "open"])
def test_a_folder_is_replaced_while_a_path_is_followed(call: str) -> None:
    """A file that is missing for a moment only is not missing.

    The system follows `..data` into a folder that Kubernetes removes before the
    system looks into it.
    """
    path = Path("pynenc.json")
    path.write_text('{"redis_port": 7}', encoding="utf-8")
    todo = [(f"c_exception {call}", lambda: Path("away").rename(path))]
    todo += [(f"c_call {call}", lambda: path.rename("away"))]

    def see(_: object, event: str, function: Any) -> None:
        name = getattr(function, "__name__", None)
        if todo and f"{event} {name}" == todo[-1][0]:
            todo.pop()[1]()

    before = sys.getprofile()
    sys.setprofile(see)
    try:
        conf = ConfigRedis(None, path)
    finally:
        sys.setprofile(before)
    assert todo == []
    assert conf.redis_port == 7


def test_files_that_never_hold_still() -> None:
    """After five attempts to have files together, an instance has what was read."""
    asked = 0

    class Restless(os.PathLike[str]):
        """A path; whenever it is asked for, another file changes."""

        def __fspath__(self) -> str:
            nonlocal asked
            asked += 1
            text = f"[tool.pynenc]\nredis_db = {asked}\n"
            Path("pyproject.toml").write_text(text, encoding="utf-8")
            return "pynenc.json"

    Path("pyproject.toml").write_text("", encoding="utf-8")
    Path("pynenc.json").write_text('{"redis_port": 7}', encoding="utf-8")
    conf = ConfigRedis(None, Restless())
    assert (asked, conf.redis_db, conf.redis_port) == (5, 4, 7)
    assert len(conf.field_info("redis_db").chain) == 2
