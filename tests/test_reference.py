"""The generated reference: a page for each public module, a block for each field."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from enum import Enum
from html import unescape
from pathlib import Path
from typing import Any

import pytest

from pynenc_conf import ConfigBase, ConfigField, ConfigTask
from pynenc_conf._core.declare.plan import plan_of
from pynenc_conf._core.declare.setting import Setting
from pynenc_conf._tools.classes import catalogue
from tests.catalogue_data import CLASSES, ClassRow, FieldRow

ROOT = Path(__file__).parent.parent
ROWS = [row for row in CLASSES if row.fields]
ROOTS = {"ConfigBase", "ConfigPynencBase"}
DERIVED = [row.name for row in CLASSES if not ROOTS.issuperset(row.bases)]


@pytest.fixture
def reference(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """Import the generator, which does not need Sphinx."""
    monkeypatch.syspath_prepend(str(ROOT / "docs/_ext"))
    import config_reference.fields  # noqa: PLC0415
    import config_reference.modules  # noqa: PLC0415

    yield config_reference
    for name in [name for name in sys.modules if name.startswith("config_reference")]:
        del sys.modules[name]


def block_of(page: str, cls: str, field: str) -> str:
    """Return the block of a field in the description of its class."""
    described = page.partition(f".. py:class:: {cls}(")[2].partition("\n````")[0]
    start = f"   .. py:attribute:: {field}\n"
    return start + re.split(r"\n   (?=\S)", described.partition(start)[2])[0]


def fields(block: str) -> dict[str, str]:
    """Return the options and the named lines of a block."""
    return dict(re.findall(r"^ +:(\w+): (.*)$", block, re.MULTILINE))


def default_of(row: FieldRow) -> str:
    """Return the default of a field as its block shows it."""
    cases = {
        "retry_for": "(RetryError,)",
        "argument_print_mode": "ArgumentPrintMode.TRUNCATED",
        "running_concurrency": "ConcurrencyControlType.DISABLED",
        "registration_concurrency": "ConcurrencyControlType.DISABLED",
    }
    return cases.get(row.name, repr(row.default))


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_each_field_has_a_block(row: ClassRow, reference: Any) -> None:
    """Each field has a block with its type, default, meaning, keys and variables."""
    page = reference.modules.pages()[row.module]
    settings = plan_of(catalogue()[row.name]).settings
    name = row.name.removeprefix("Config")
    for field in row.fields:
        block = block_of(page, row.name, field.name)
        shown = fields(block)
        assert shown["type"] == field.type_name
        assert shown["value"] == default_of(field)
        text = settings[field.name].field.doc
        assert text
        assert text in block.replace("\\", "")
        assert f"``{name.lower()}.{field.name}``" in shown["Keys"]
        assert shown["Keys"].endswith(f", ``{field.name}``")
        own, general = (
            f"``PYNENC__{middle}{field.name.upper()}``"
            for middle in (f"{row.name.upper()}__", "")
        )
        assert shown["Variables"].index(own) < shown["Variables"].index(general)


def test_limits_and_choices_are_shown(reference: Any) -> None:
    """A block shows which values are accepted, and which field is a secret."""
    pages = reference.modules.pages()
    port = fields(block_of(pages["config_redis"], "ConfigRedis", "redis_port"))
    assert port["Values"] == "at least 1, at most 65535"
    interval = "redis_pool_health_check_interval"
    block = fields(block_of(pages["config_redis"], "ConfigRedis", interval))
    assert block["Values"] == "at least 0, may be infinite (``inf``)"
    mode = "running_concurrency"
    block = fields(block_of(pages["config_task"], "ConfigTask", mode))
    assert block["Values"].startswith("one of ``disabled``, ``task``,")
    page = pages["config_redis"]
    names = plan_of(catalogue()["ConfigRedis"]).settings
    blocks = {name: block_of(page, "ConfigRedis", name) for name in names}
    secrets = [name for name, block in blocks.items() if "Secret" in fields(block)]
    assert secrets == ["redis_password", "redis_url"]


def test_no_default_of_a_secret_is_shown(reference: Any) -> None:
    """The block of a secret does not show the default of the secret."""

    class ConfigVault(ConfigBase):
        """A class with a secret."""

        key = ConfigField("hunter2", secret=True, doc="A key.")

    text = "\n".join(reference.fields.describe_class(ConfigVault))
    assert "py:attribute:: key" in text
    assert "hunter2" not in text


@pytest.mark.parametrize("name", DERIVED)
def test_inherited_fields_are_linked(name: str, reference: Any) -> None:
    """The description of a class links to each field that the class inherits."""
    cls = catalogue()[name]
    text = "\n".join(reference.fields.describe_class(cls))
    inherited = [name for name in plan_of(cls).settings if name not in vars(cls)]
    for field in inherited:
        owner = plan_of(cls).settings[field].owner
        assert f":py:attr:`~{owner.__module__}.{owner.__name__}.{field}`" in text


@pytest.mark.parametrize("name", DERIVED)
def test_inherited_fields_have_keys_and_variables_of_one_form(
    name: str, reference: Any
) -> None:
    """The keys and variables of an inherited field are those of the example shown."""
    cls = catalogue()[name]

    def forms(setting: Setting) -> tuple[list[str], list[str]]:
        keys = reference.fields.keys_of(cls, setting)
        names = reference.fields.variables_of(cls, setting)
        return (
            [key.removesuffix(setting.name) for key in keys],
            [
                name.removesuffix(setting.name.upper())
                for name in names
                if not name.endswith("_FILE")
            ],
        )

    for _, settings in reference.fields.inherited(cls):
        assert all(forms(setting) == forms(settings[0]) for setting in settings)


def raw_value(setting: Setting) -> str:
    """Return text that a field accepts."""
    declared = setting.declared
    if isinstance(declared, type) and issubclass(declared, Enum):
        return str(next(iter(declared)).value)
    if setting.name == "redis_url":
        return "redis://localhost"
    if setting.name == "retry_for":
        return "builtins.ValueError"
    return {bool: "true", int: "1", float: "1", str: "text"}.get(declared, "")


def create(cls: Any, *arguments: Any) -> Any:
    """Return an instance of a class, of some task if it is that of tasks."""
    return cls("shop.pay", *arguments) if cls is ConfigTask else cls(*arguments)


@pytest.mark.parametrize("cls", catalogue().values(), ids=lambda cls: cls.__name__)
def test_keys_and_variables_set_the_field(
    cls: type[Any], reference: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The keys and variables of each field set it, the first shown with precedence."""
    for setting in plan_of(cls).settings.values():
        keys = reference.fields.keys_of(cls, setting)
        values: dict[str, Any] = {}
        for key in keys:
            section, _, name = key.rpartition(".")
            table = values.setdefault(section, {}) if section else values
            table[name] = raw_value(setting)
        names = reference.fields.variables_of(cls, setting)
        with monkeypatch.context() as patch:
            for variable in names:
                is_path = variable.endswith("_FILE")
                Path("secret").write_text(raw_value(setting), encoding="utf-8")
                patch.setenv(variable, "secret" if is_path else raw_value(setting))
            chain = create(cls, values).field_info(setting.name).chain
        origins = [candidate.origin for candidate in chain]
        assert [each.variable for each in origins if each.variable] == names
        assert [each.key for each in origins if each.key] == keys


def test_each_public_module_has_a_page(reference: Any) -> None:
    """The overview lists every public module once, and no private one."""
    pages = reference.modules.pages()
    listed = re.findall(r"^\[`\w+`\]\((\w+)\.md\)$", pages["index"], re.MULTILINE)
    files = [*(ROOT / "pynenc_conf").glob("*.py"), ROOT / "pynenc_conf/fleet"]
    expected = {path.stem for path in files if not path.stem.startswith("_")}
    assert sorted(listed) == sorted({*expected, "pynenc_conf"})
    assert pages.keys() == {*listed, "index"}


def test_constants_that_a_module_imports_are_not_listed(reference: Any) -> None:
    """A page describes what its module defines, and no imported name."""
    page = reference.modules.pages()["config_task"]
    assert "py:class:: ConfigTask(" in page
    for name in ("ENV_PREFIX", "ConfigTypeError", "Mapping", "Origin"):
        assert f"config_task.{name}" not in page


def article(path: Path) -> str:
    """Return the content of an HTML page without its navigation."""
    return path.read_text(encoding="utf-8").partition("<article")[2]


def test_built_pages(tmp_path: Path) -> None:
    """The HTML has an anchor for each field, types in signatures, no private names."""
    for name in ("furo", "myst_parser", "sphinx_copybutton"):
        pytest.importorskip(name, reason="the extra `docs` is not installed")
    ignored = shutil.ignore_patterns("_build", "api")
    shutil.copytree(ROOT / "docs", "docs", ignore=ignored)
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    command = [sys.executable, "-m", "sphinx", "-W", "-n", "-q", "docs", "html"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    folder = Path("html/reference/api")
    for row in CLASSES:
        page = article(folder / f"{row.module}.html")
        assert "config_values</span>" in page
        for field in row.fields:
            owner = f"pynenc_conf.{row.module}.{row.name}"
            assert f'id="{owner}.{field.name}"' in page
        assert "[source]" in page
    for path in folder.glob("*.html"):
        text = unescape(re.sub(r"<[^>]+>", "", article(path)))
        private = re.findall(r"\b_[a-z]\w+|_core\b", text.partition("Made with")[0])
        assert not private, path.name
        assert "<table" not in article(path)
    signature = re.sub(r"<[^>]+>", "", article(folder / "redis_client.html"))
    assert "get_redis_client(conf: ConfigRedis)" in unescape(signature)
