"""Installing this library as the configuration of pynenc, and uninstalling it.

In this process: `uninstall()` undoes it after each test.
"""

from __future__ import annotations

import copy
import importlib
import pickle
import pkgutil
import subprocess
import sys
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError
from multiprocessing import spawn
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

import pynenc_conf
from pynenc_conf import ConfigField, ConfigRedis, ConfigTask, dropin
from pynenc_conf._core.declare.plan import plan_of
from pynenc_conf._tools.classes import CATALOGUE, catalogue
from tests.threads import run_together

MODULES = ("constants", "config_base", *CATALOGUE)
OWN_ERROR = pynenc_conf.RetryError


def imported() -> dict[str, ModuleType]:
    """Return the imported modules of pynenc and of its engine."""
    packages = {"pynenc", "cistell"}
    found = dict(sys.modules).items()
    return {name: item for name, item in found if name.partition(".")[0] in packages}


@pytest.fixture(autouse=True)
def _not_imported() -> Iterator[None]:
    """Start without pynenc, and restore the modules of other tests afterwards."""
    before = imported()
    for name in before:
        del sys.modules[name]
    yield
    dropin.uninstall()
    for name in imported():
        del sys.modules[name]
    sys.modules.update(before)


# What is replaced


@pytest.mark.parametrize("name", MODULES)
def test_modules(name: str) -> None:
    """A module of `pynenc.conf` is the module of this library with the same name."""
    dropin.install()
    ours = importlib.import_module(f"pynenc_conf.{name}")
    assert importlib.import_module(f"pynenc.conf.{name}") is ours
    conf: Any = importlib.import_module("pynenc.conf")
    assert getattr(conf, name) is ours
    assert ours.__spec__ is not None
    assert ours.__spec__.name == ours.__name__ == f"pynenc_conf.{name}"


def test_every_module_of_the_original_has_a_counterpart() -> None:
    """No module of the original is used any more."""
    import pynenc.conf  # noqa: PLC0415 - the original, here

    names = {module.name for module in pkgutil.iter_modules(pynenc.conf.__path__)}
    assert names == set(MODULES)


def test_classes_in_pynenc() -> None:
    """pynenc itself uses the classes of this library."""
    dropin.install()
    app: Any = importlib.import_module("pynenc.app")
    task: Any = importlib.import_module("pynenc.task")
    assert app.ConfigPynenc is pynenc_conf.ConfigPynenc
    assert task.ConfigTask is ConfigTask
    top: Any = importlib.import_module("pynenc")
    assert top.ConcurrencyControlType is pynenc_conf.ConcurrencyControlType


def test_engine() -> None:
    """The names of the engine are replaced too, for plug-ins and other classes."""
    dropin.install()
    import cistell  # noqa: PLC0415 - ours, from here on
    from cistell.base import ConfigBase  # noqa: PLC0415
    from cistell.exceptions import (  # noqa: PLC0415
        ConfigError,
        ConfigMultiInheritanceError,
    )
    from cistell.field import (  # noqa: PLC0415
        ConfigField,
        default_config_field_mapper,
    )
    from cistell.root import ConfigRoot  # noqa: PLC0415

    assert cistell.ConfigBase is ConfigBase is ConfigRoot is pynenc_conf.ConfigBase
    assert cistell.ConfigField is ConfigField is pynenc_conf.ConfigField
    assert default_config_field_mapper is pynenc_conf.default_config_field_mapper
    assert ConfigError is pynenc_conf.ConfigError
    assert ConfigMultiInheritanceError is pynenc_conf.ConfigMultiInheritanceError


def test_the_engine_alone() -> None:
    """`import cistell` provides its submodules, as the original does."""
    dropin.install()
    for name in imported():
        if name.startswith("cistell"):
            del sys.modules[name]
    import cistell  # noqa: PLC0415 - ours

    engine: Any = cistell
    assert engine.exceptions.ConfigError is pynenc_conf.ConfigError
    assert engine.field.ConfigField is pynenc_conf.ConfigField
    assert engine.root.ConfigRoot is engine.base.ConfigBase is pynenc_conf.ConfigBase


def test_names_without_a_counterpart() -> None:
    """Other names of a replaced module are those of the installed engine."""
    dropin.install()
    from cistell.field import ConfigFieldMapper, ConfigLoader  # noqa: PLC0415

    assert "Callable" in repr(ConfigFieldMapper)
    assert "Callable" in repr(ConfigLoader)
    root: Any = importlib.import_module("cistell.root")
    assert callable(root.avoid_multi_inheritance_field_conflict)
    with pytest.raises(AttributeError, match="nothing"):
        _ = root.nothing
    with pytest.raises(ImportError, match="nothing"):
        exec("from cistell import nothing", {})  # noqa: S102 - as an application does


def test_rest_of_the_engine() -> None:
    """Modules without a replacement are those of the installed engine."""
    dropin.install()
    util: Any = importlib.import_module("cistell.util_files")
    Path("a.yaml").write_text("b: 1\n", encoding="utf-8")
    assert util.load_file("config", "a.yaml") == {"b": 1}
    with pytest.raises(ModuleNotFoundError, match=r"cistell\.nothing"):
        importlib.import_module("cistell.nothing")
    with pytest.raises(ModuleNotFoundError, match=r"pynenc\.conf\.nothing"):
        importlib.import_module("pynenc.conf.nothing")


def test_own_classes() -> None:
    """A class that uses names of the engine and of pynenc is a config class."""
    dropin.install()
    names: dict[str, Any] = {"__name__": "plugin"}
    code = (
        "from cistell import ConfigField\n"
        "from pynenc.conf.config_base import ConfigPynencBase\n"
        "class ConfigPlugin(ConfigPynencBase):\n"
        "    enabled = ConfigField(True)\n"
    )
    exec(code, names)  # noqa: S102 - as a plug-in is written
    conf = names["ConfigPlugin"]({"plugin": {"enabled": "false"}})
    assert conf.enabled is False
    assert isinstance(conf, pynenc_conf.ConfigBase)


# Pickles


def renamed(data: bytes, old: str, new: str) -> bytes:
    """Replace the name of a module in a pickle of protocol 0."""
    assert old.encode() in data
    return data.replace(old.encode(), new.encode())


@pytest.mark.parametrize("name", sorted(set(catalogue()) - {"ConfigTask"}))
def test_pickles_load_by_either_name(name: str) -> None:
    """A pickle made under either module name loads under the other."""
    dropin.install()
    cls = catalogue()[name]
    data = pickle.dumps(cls({"redis_host": "db", "app_id": "shop"}), protocol=0)
    theirs = renamed(data, cls.__module__, f"pynenc.conf.{cls.__module__[12:]}")
    assert pickle.loads(theirs) == pickle.loads(data)


def test_pickles_of_the_original_load() -> None:
    """What the original has pickled loads; its values were lost when it was made."""
    from pynenc.conf.config_redis import (  # noqa: PLC0415 - the original, here
        ConfigRedis as Original,
    )

    data = pickle.dumps(Original({"redis_host": "db"}))
    for name in imported():
        del sys.modules[name]
    dropin.install()
    conf = pickle.loads(data)
    assert type(conf) is ConfigRedis
    assert conf == copy.copy(conf) == ConfigRedis()


# Exceptions


def test_one_retry_error() -> None:
    """The libraries share one RetryError, the default of `retry_for`."""
    dropin.install()
    theirs: Any = importlib.import_module("pynenc.exceptions")
    assert pynenc_conf.RetryError is theirs.RetryError
    assert pynenc_conf.exceptions.RetryError is theirs.RetryError
    assert ConfigTask.retry_for == (theirs.RetryError,)
    assert ConfigTask("shop.pay").retry_for == (theirs.RetryError,)
    assert issubclass(theirs.ConcurrencyRetryError, pynenc_conf.RetryError)
    text = ConfigTask("shop.pay", None, None, {"retry_for": (theirs.RetryError,)})
    assert ConfigTask.options_from_json(text.options_to_json()) == text.task_options


def test_config_errors_agree() -> None:
    """`except pynenc.exceptions.ConfigError` catches the errors of this library."""
    dropin.install()
    theirs: Any = importlib.import_module("pynenc.exceptions")
    with pytest.raises(theirs.ConfigError):
        ConfigRedis({"redis_port": "six"})
    ours = pynenc_conf.ConfigMultiInheritanceError
    assert theirs.ConfigMultiInheritanceError is ours


# Errors


@pytest.mark.parametrize("name", ["pynenc", "cistell", "pynenc.exceptions"])
def test_install_after_import(name: str) -> None:
    """Installing after an import of pynenc or its engine is an error with advice."""
    importlib.import_module(name)
    with pytest.raises(dropin.DropInError) as caught:
        dropin.install()
    assert str(caught.value).startswith(f"{name.partition('.')[0]} was imported before")
    assert "python -m pynenc_conf.dropin" in str(caught.value)
    assert isinstance(caught.value, ImportError)


@pytest.mark.parametrize(
    ("versions", "words"),
    [
        ({"pynenc": "0.0.20"}, "pynenc 0.0.20 is not supported"),
        ({"pynenc": "0.0.25"}, "pynenc 0.0.25 is not supported"),
        ({"pynenc": "0.5.0", "cistell": "0.2"}, "pynenc 0.5.0 with cistell 0.2 is not"),
        ({"pynenc": "0.5.0"}, "cistell is not installed"),
        ({"pynenc": "unknown"}, "pynenc unknown is not supported"),
        ({}, "pynenc is not installed"),
    ],
)
def test_unsupported_versions(
    versions: dict[str, str], words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An unsupported version is an error that names the supported ones."""

    def version(package: str) -> str:
        if package not in versions:
            raise PackageNotFoundError(package)
        return versions[package]

    monkeypatch.setattr(dropin, "version", version)
    with pytest.raises(dropin.DropInError, match=words) as caught:
        dropin.install()
    assert "pynenc 0.0.21 to 0.0.24" in str(caught.value)
    assert "pynenc" not in sys.modules


@pytest.mark.parametrize("version", ["0.0.21", "0.0.22", "0.0.23", "0.0.24.post1"])
def test_supported_versions(version: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """All versions with the same catalogue are accepted."""
    monkeypatch.setattr(dropin, "version", lambda _: version)
    dropin.install()
    assert importlib.import_module("pynenc.conf") is pynenc_conf


def test_nothing_stays_after_a_failure(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """If the import of pynenc fails, its error is raised and nothing is replaced."""
    broken = tmp_path / "broken" / "pynenc"
    broken.mkdir(parents=True)
    text = "import cistell\n1 / 0\n"
    (broken / "__init__.py").write_text(text, encoding="utf-8")
    with monkeypatch.context() as patch:
        patch.syspath_prepend(str(broken.parent))
        with pytest.raises(ZeroDivisionError):
            dropin.install()
    assert not imported()
    importlib.invalidate_caches()
    dropin.install()
    assert importlib.import_module("pynenc.conf") is pynenc_conf


# Installing twice, and uninstalling


def test_twice() -> None:
    """Installing again does nothing, so several modules can do it."""
    dropin.install()
    before = imported(), list(sys.meta_path)
    dropin.install()
    assert (imported(), list(sys.meta_path)) == before


def test_by_many_threads() -> None:
    """Threads that install at once install one finder."""
    finders = list(sys.meta_path)
    run_together([dropin.install] * 8)
    assert len(sys.meta_path) == len(finders) + 1
    conf: Any = importlib.import_module("pynenc.conf.config_redis")
    assert conf.ConfigRedis is ConfigRedis
    dropin.uninstall()
    assert sys.meta_path == finders


def test_reloading_the_module_keeps_its_state() -> None:
    """After a reload the library is installed, and can be uninstalled."""
    finders = list(sys.meta_path)
    prepare = spawn.get_preparation_data
    dropin.install()
    importlib.reload(dropin)
    dropin.install()
    assert len(sys.meta_path) == len(finders) + 1
    dropin.uninstall()
    assert sys.meta_path == finders
    assert spawn.get_preparation_data is prepare
    assert not imported()


def test_uninstall() -> None:
    """`uninstall()` restores the modules of pynenc and the RetryError."""
    finders = list(sys.meta_path)
    dropin.install()
    dropin.uninstall()
    assert sys.meta_path == finders
    assert not imported()
    theirs: Any = importlib.import_module("pynenc.conf.config_redis")
    assert theirs.ConfigRedis.__module__ == "pynenc.conf.config_redis"
    assert theirs.ConfigRedis is not ConfigRedis
    assert pynenc_conf.RetryError is OWN_ERROR
    assert ConfigTask("shop.pay").retry_for == (OWN_ERROR,)
    engine: Any = importlib.import_module("cistell")
    assert engine.ConfigField is not pynenc_conf.ConfigField


def test_uninstall_without_install() -> None:
    """`uninstall()` without `install()` does nothing."""
    before = list(sys.meta_path)
    dropin.uninstall()
    assert list(sys.meta_path) == before


def test_import_of_the_library_installs_nothing() -> None:
    """`import pynenc_conf` does not import the drop-in."""
    code = (
        "import sys; from pynenc_conf import ConfigTask; "
        "assert not {'pynenc', 'cistell', 'pynenc_conf.dropin'} & set(sys.modules)"
    )
    root = str(Path(pynenc_conf.__file__).parent.parent)
    env = {"PYTHONPATH": root}
    subprocess.run([sys.executable, "-c", code], check=True, env=env)


# Secrets of pynenc 0.1 and later


def test_secrets_of_the_catalogue() -> None:
    """The names of secrets are those of the catalogue, with the same masks."""
    secrets = {
        name: setting.secret
        for cls in catalogue().values()
        for name, setting in plan_of(cls).settings.items()
        if setting.secret
    }
    assert secrets == dropin._SECRETS  # noqa: SLF001


class ConfigEngineRedis(dropin.EngineBase):
    """A class as pynenc 0.1 defines it, which marks no secrets."""

    redis_host = ConfigField("localhost")
    redis_password = ConfigField("")
    redis_url = ConfigField("")


class ConfigEngineBroker(ConfigEngineRedis):
    """A class that defines a secret again."""

    redis_password = ConfigField("hunter1")


@pytest.mark.parametrize("cls", [ConfigEngineRedis, ConfigEngineBroker])
def test_secrets_are_masked(cls: type[Any]) -> None:
    """A password in a class of pynenc is masked in every text."""
    password = "hunter2"
    conf = cls({"redis_password": password, "redis_url": f"redis://:{password}@h"})
    assert conf.redis_password == password
    with pytest.raises(pynenc_conf.ConfigTypeError) as caught:
        cls({"redis_password": [password]})
    texts = (repr(conf), conf.explain(), str(conf.safe_dict()), str(caught.value))
    for text in texts:
        assert "hunter" not in text
    assert "redis_url='redis://:***@h'" in repr(conf)
    assert "redis_host='localhost'" in repr(conf)


def test_secrets_are_read_from_files(monkeypatch: pytest.MonkeyPatch) -> None:
    """A password in a class of pynenc can be read from a file."""
    Path("password").write_text("hunter2\n", encoding="utf-8")
    monkeypatch.setenv("CONFIG__REDIS_PASSWORD_FILE", "password")
    assert ConfigEngineBroker().redis_password == "hunter2"
