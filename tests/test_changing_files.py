"""Files that change while threads and processes read them.

`test_staleness.py` tests changes between two instances in one thread. Here the
writers and readers of `changing.py` run at the same time.
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
    """An instance has either the old or the new content of a file that is replaced."""
    assert among_threads(way, tmp_path / f"pynenc.{kind}") == 0


@pytest.mark.parametrize("way", [changing.by_deleting, changing.in_place])
def test_threads_read_a_file_that_is_written_in_place(tmp_path: Path, way: Way) -> None:
    """A missing or incomplete file is an error only until it is complete."""
    among_threads(way, tmp_path / "pynenc.json")


def test_threads_read_files_that_belong_together(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """If a directory is replaced, all values are from one of its two versions."""
    monkeypatch.setenv("PYNENC__FILEPATH", str(tmp_path / "stage.json"))
    assert among_threads(changing.by_mounting, tmp_path / "pynenc.json") == 0


@pytest.mark.parametrize("method", ["fork", "spawn"])
@pytest.mark.parametrize("way", [changing.by_mounting, changing.in_place])
def test_processes(tmp_path: Path, way: Way, method: str) -> None:
    """Processes read one version like threads, whatever they have read before."""
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
def test_later_changes_do_not_affect_an_instance(kind: str, later: str | None) -> None:
    """Values, origins and errors refer to the text that was read, not to later text."""
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
    for number in range(70):  # more files than the cache holds
        Path(f"{number}.json").write_text("{}", encoding="utf-8")
        ConfigRedis(None, f"{number}.json")
    assert conf.redis_port == 7
    assert f"pynenc.{kind}:2" in conf.explain()
    assert "> 7  pynenc." in conf.explain("redis_port")
    assert f"--> pynenc.{kind}:2" in str(caught.value)
    assert conf.field_info("redis_port").origin.line == 2


@pytest.mark.parametrize("kind", TEXTS)
def test_an_invalid_file_is_rejected_until_it_is_fixed(kind: str) -> None:
    """An invalid file is an error for new instances; existing ones do not change."""
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
    """A file that is missing only for a moment is not reported as missing.

    The system follows `..data` into a directory that Kubernetes removes before the
    file in it is opened.
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


def test_files_that_keep_changing() -> None:
    """After five attempts to read files together, an instance has the last content."""
    asked = 0

    class ChangingPath(os.PathLike[str]):
        """A path whose every access changes another file."""

        def __fspath__(self) -> str:
            nonlocal asked
            asked += 1
            text = f"[tool.pynenc]\nredis_db = {asked}\n"
            Path("pyproject.toml").write_text(text, encoding="utf-8")
            return "pynenc.json"

    Path("pyproject.toml").write_text("", encoding="utf-8")
    Path("pynenc.json").write_text('{"redis_port": 7}', encoding="utf-8")
    conf = ConfigRedis(None, ChangingPath())
    assert (asked, conf.redis_db, conf.redis_port) == (5, 4, 7)
    assert len(conf.field_info("redis_db").chain) == 2
