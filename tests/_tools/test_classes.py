"""The classes that the commands find."""

from __future__ import annotations

import gc
import importlib
import sys
import warnings
import zipfile
from importlib.machinery import PathFinder
from importlib.metadata import PathDistribution, entry_points
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterable

from pynenc_conf._tools.classes import (
    PLUGINS,
    UnknownClassError,
    find_class,
    known_classes,
)
from pynenc_conf._tools.entry_points import find_entry_points
from tests._tools.running import run

MODULE = """
from pynenc_conf import ConfigBase, ConfigField, ConfigRedis

class ConfigPlugged{0}(ConfigBase):
    size = ConfigField(1)
"""


def plug(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    """Install a plug-in with the name "mine" in the working directory."""
    write_metadata(Path("mine-1.0.dist-info"), value)
    monkeypatch.syspath_prepend(str(Path.cwd()))


def write_metadata(folder: Path, value: str) -> None:
    """Write what an installer writes about a plug-in."""
    folder.mkdir()
    (folder / "METADATA").write_text("Name: mine\nVersion: 1.0\n", encoding="utf-8")
    text = f"[{PLUGINS}]\nmine = {value}\n"
    (folder / "entry_points.txt").write_text(text, encoding="utf-8")


@pytest.mark.parametrize(
    ("number", "attribute"), [(1, ":ConfigPlugged1"), (2, "")], ids=["class", "module"]
)
def test_plugins(number: int, attribute: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A plug-in names a class or a module; its classes are found by name."""
    Path(f"plugged{number}.py").write_text(MODULE.format(number), encoding="utf-8")
    plug(monkeypatch, f"plugged{number}{attribute}")
    name = f"ConfigPlugged{number}"
    assert name in {cls.__name__ for cls in known_classes()}
    assert find_class(f"plugged{number}").__name__ == name
    assert run("explain", name).output == f"{name}\n  size  1  default of {name}\n"


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ("no_such_module_of_test", "cannot load plug-in 'mine'"),
        ("json:dumps", "is not a config class"),
    ],
)
def test_broken_plugins(
    value: str, message: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A broken plug-in is an error with its name; the catalogue still works."""
    plug(monkeypatch, value)
    with pytest.raises(UnknownClassError, match=message):
        known_classes()
    assert run("check").exit_code == 2
    assert run("explain", "redis").exit_code == 0


class OtherFinder(PathFinder):
    """A finder of an environment that keeps its distributions elsewhere."""

    @classmethod
    def find_distributions(cls, context: object = None) -> Iterable[PathDistribution]:
        """Return the distribution in the folder "elsewhere"."""
        del context
        return [PathDistribution(Path("elsewhere", "mine-1.0.dist-info"))]


@pytest.mark.parametrize("place", ["folder", "info", "egg", "zip", "finder", "none"])
def test_places_of_plugins(place: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A plug-in is found wherever Python looks for distributions."""
    folder = Path("elsewhere").absolute()
    folder.mkdir()
    names = {"info": "Mine.EGG-INFO", "egg": "mine.egg/EGG-INFO"}
    if place == "egg":
        (folder / "mine.egg").mkdir()
    if place != "none":
        write_metadata(folder / names.get(place, "mine-1.0.dist-info"), "json")
    path = folder / "mine.egg" if place == "egg" else folder
    if place == "zip":
        path = Path("mine.zip").absolute()
        with zipfile.ZipFile(path, "w") as archive:
            for file in folder.rglob("*"):
                archive.write(file, file.relative_to(folder))
    if place == "finder":
        monkeypatch.setattr(sys, "meta_path", [*sys.meta_path, OtherFinder])
    else:
        monkeypatch.syspath_prepend(str(path))
    expected = list(entry_points(group=PLUGINS))
    assert list(find_entry_points(PLUGINS)) == expected
    assert [entry.name for entry in expected] == ["mine"] * (place != "none")
    # The standard library leaves the archive open, and warns when it is collected.
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)
        del expected
        importlib.invalidate_caches()
        gc.collect()


def test_application_package() -> None:
    """--app adds the classes of the module, and of imported modules of its package."""
    package = Path("package_of_test")
    package.mkdir()
    (package / "__init__.py").write_text("from . import inner\n", encoding="utf-8")
    (package / "inner.py").write_text(MODULE.format(3), encoding="utf-8")
    names = [cls.__name__ for cls in known_classes(["package_of_test"])]
    assert "ConfigPlugged3" in names
    assert names.count("ConfigRedis") == 1
    assert "ConfigBase" not in names
