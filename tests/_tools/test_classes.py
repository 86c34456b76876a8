"""The classes that the commands find."""

from __future__ import annotations

from importlib.metadata import EntryPoint
from pathlib import Path

import pytest

from pynenc_conf._tools import classes
from pynenc_conf._tools.classes import UnknownClassError, find_class, known_classes
from tests._tools.running import run

MODULE = """
from pynenc_conf import ConfigBase, ConfigField, ConfigRedis

class ConfigPlugged{0}(ConfigBase):
    size = ConfigField(1)
"""


def plug(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    """Pretend that one plug-in is installed."""
    entry = EntryPoint(name, value, classes.PLUGINS)
    monkeypatch.setattr(classes, "entry_points", lambda **_: [entry])


@pytest.mark.parametrize(
    ("number", "attribute"), [(1, ":ConfigPlugged1"), (2, "")], ids=["class", "module"]
)
def test_plugins(number: int, attribute: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A plug-in names a class or a module; its classes are found by name."""
    Path(f"plugged{number}.py").write_text(MODULE.format(number), encoding="utf-8")
    monkeypatch.syspath_prepend(str(Path.cwd()))
    plug(monkeypatch, "mine", f"plugged{number}{attribute}")
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
    plug(monkeypatch, "mine", value)
    with pytest.raises(UnknownClassError, match=message):
        known_classes()
    assert run("check").exit_code == 2
    assert run("explain", "redis").exit_code == 0


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
