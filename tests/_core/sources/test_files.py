"""The source of files: files that belong together, and cached content."""

from __future__ import annotations

import gc
from pathlib import Path

import pytest

from pynenc_conf import ConfigBase, ConfigField, ConfigRedis, UnknownSettingWarning
from pynenc_conf._core.sources import documents, files
from pynenc_conf._core.sources.collect import sources_of
from pynenc_conf._core.sources.documents import Document


def test_files_that_belong_together(monkeypatch: pytest.MonkeyPatch) -> None:
    """If a file is replaced while several are read, all of them are read again."""
    fields = {
        "a.json": "redis_port",
        "b.json": "redis_db",
        "c.json": "socket_timeout",
    }

    def write(number: int, *, but: str = "") -> None:
        for name, field in fields.items():
            if name != but:
                Path(name).write_text(f'{{"{field}": {number}}}', encoding="utf-8")

    def made() -> set[float]:
        conf = ConfigRedis(None, "a.json")
        return {getattr(conf, field) for field in fields.values()}

    monkeypatch.setenv("PYNENC__FILEPATH", "b.json")
    monkeypatch.setenv("PYNENC__CONFIGREDIS__FILEPATH", "c.json")
    real = documents.load
    loaded: list[str] = []

    def load(path: str) -> documents.Document:
        document = real(path)
        loaded.append(path)
        if len(loaded) in changes:
            write(len(loaded), but=kept)
        return document

    monkeypatch.setattr(files, "load", load)
    kept = ""
    for changes, number in (((), 50), ((1,), 1), ((2,), 2), ((1, 5), 5)):
        write(50)
        loaded.clear()
        assert made() == {number}
        assert len(loaded) == 3 * (len(changes) + 1)
    # The first file may be unchanged while the others change.
    kept, changes = "a.json", (2,)
    write(50)
    loaded.clear()
    conf = ConfigRedis(None, "a.json")
    assert (conf.redis_port, conf.redis_db, conf.socket_timeout) == (50, 2, 2)
    kept = ""
    # If files keep changing, the content of the fifth read counts.
    changes = tuple(range(1, 100, 3))
    loaded.clear()
    assert made() == {10, 13}
    assert len(loaded) == 15


def test_only_the_newest_of_a_file_is_kept() -> None:
    """The cache keeps only the latest content of a file."""

    class ConfigOnce(ConfigBase):
        size = ConfigField(1)

    for size in range(5):
        text = f'{{"size": {size}, "sizee": 1}}'
        Path("rewritten.json").write_text(text, encoding="utf-8")
        with pytest.warns(UnknownSettingWarning, match="did you mean 'size'"):
            assert ConfigOnce(None, "rewritten.json").size == size
    _, source, *_ = sources_of(ConfigOnce).all
    assert len(source._converted) == 1  # type: ignore[attr-defined]  # noqa: SLF001
    objects = gc.get_objects()
    kept = [item for item in objects if type(item) is Document]
    assert [item.path for item in kept].count("rewritten.json") == 1
