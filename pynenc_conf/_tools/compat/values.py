"""One value, read by pynenc and by pynenc_conf."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pynenc_conf._core.formats.yaml_scalar import Scalar
from pynenc_conf._core.masking import MASK, type_name
from pynenc_conf._core.report.syntax import show_value
from pynenc_conf._core.sources.files import PYPROJECT_FILE
from pynenc_conf._core.types.invalid import (
    describe_nesting,
    describe_value,
)
from pynenc_conf._core.types.unset import REQUIRED
from pynenc_conf._tools.compat import original
from pynenc_conf._tools.compat.differences import (
    PYPROJECT_NAME,
    first_row,
    value_rows,
)
from pynenc_conf._tools.compat.findings import Finding
from pynenc_conf._tools.config_files import is_pyproject
from pynenc_conf.config_task import exception_config_mapper

if TYPE_CHECKING:
    from pynenc_conf._core.declare.setting import Setting
    from pynenc_conf.origin import Origin

_MAX_TEXT = 60


def compare_value(
    setting: Setting, pynenc_raw: Any, raw: Any, origin: Origin
) -> Finding | None:
    """Return how pynenc and pynenc_conf read a value differently, None if alike.

    `pynenc_raw` is the value from pynenc's parser and `raw` the value from this
    library's parser.
    """
    finding = describe_new_feature(setting, origin)
    if finding is not None:
        return finding
    pynenc_value = read_as_pynenc(setting, pynenc_raw)
    value = read_as_pynenc_conf(setting, raw)
    if is_same(pynenc_value, value):
        return None
    row = first_row(value_rows(setting, pynenc_raw, raw, pynenc_value, value))
    if is_pyproject_for_pynenc_only(origin):
        row = PYPROJECT_NAME
    theirs = _describe_pynenc_reading(pynenc_raw, raw, pynenc_value)
    ours = describe_reading(setting, raw, value, origin)
    message = f"{theirs}; {ours}"
    if ours.removeprefix("pynenc_conf reads ") == theirs.rpartition(" as ")[2]:
        kinds = [type_name(type(each)) for each in (value, pynenc_value)]
        message += f" ({kinds[0]} instead of {kinds[1]})"
    if setting.secret:
        different = "pynenc and pynenc_conf read different values (a secret, not shown)"
        message = ours if isinstance(value, Exception) else different
    return Finding(row, origin, message, setting.name)


def describe_new_feature(setting: Setting, origin: Origin) -> Finding | None:
    """Return the finding about a setting that pynenc cannot have, None if it can."""
    if setting.parent is not None:
        message = "pynenc ignores this variable; pynenc_conf reads the member"
    elif setting.members:
        message = "not compared, because pynenc has no settings with members"
    elif setting.field.default_value is REQUIRED:
        message = "not compared, because pynenc has no required settings"
    else:
        return None
    return Finding("", origin, message, setting.name)


def describe_reading(setting: Setting, raw: Any, value: Any, origin: Origin) -> str:
    """Return what this library reads, or why it rejects a raw value, in words."""
    if isinstance(value, Exception):
        problems, _ = setting.describe(value, raw, origin)
        messages = "; ".join(problem.message for problem in problems)
        return f"pynenc_conf rejects the value: {messages}"
    shown = describe_nesting(value) or show_value(value, setting.secret)
    return f"pynenc_conf reads {shown}"


def read_as_pynenc(setting: Setting, raw: Any) -> Any:
    """Return pynenc's value, or the exception that pynenc raises."""
    if _is_list_of_exceptions(setting, raw):
        return raw
    try:
        return original.read_value(setting, raw)
    except Exception as error:  # noqa: BLE001 - pynenc catches nothing either
        return error


def read_as_pynenc_conf(setting: Setting, raw: Any) -> Any:
    """Return this library's value, or the exception that the conversion raises."""
    if _is_list_of_exceptions(setting, raw):
        return raw
    if setting.field.mapper is exception_config_mapper and isinstance(raw, str):
        return tuple(name.strip() for name in raw.split(",") if raw.strip())
    try:
        return setting.convert(raw)
    except Exception as error:  # noqa: BLE001 - an application's types raise anything
        return error


def _is_list_of_exceptions(setting: Setting, raw: Any) -> bool:
    """Whether both libraries would import the exceptions in a list.

    The application, which defines them, may not be here.
    """
    is_list = isinstance(raw, (list, tuple))
    return setting.field.mapper is exception_config_mapper and is_list


def is_same(pynenc_value: Any, value: Any) -> bool:
    """Whether two values are equal and have the same type, or are both exceptions."""
    if isinstance(pynenc_value, Exception) or isinstance(value, Exception):
        return isinstance(pynenc_value, Exception) and isinstance(value, Exception)
    try:
        return type(pynenc_value) is type(value) and bool(pynenc_value == value)
    except Exception:  # noqa: BLE001 - the values' own method raises
        return False


def describe_pynenc_value(setting: Setting, raw: Any, value: Any) -> str:
    """Return the text of a value that pynenc reads, masked if it may be a secret."""
    return show_value(MASK if describe_nesting(raw) else value, setting.secret)


def _describe_pynenc_reading(pynenc_raw: Any, raw: Any, pynenc_value: Any) -> str:
    text = raw.text if isinstance(raw, Scalar) else describe_value(pynenc_raw)
    if len(text) > _MAX_TEXT:
        text = f"{text[: _MAX_TEXT - 3]}..."
    if isinstance(pynenc_value, Exception):
        return f"pynenc rejects {text}"
    # A nested value may hold a secret that belongs to another setting.
    shown = MASK if describe_nesting(pynenc_raw) else pynenc_value
    return f"pynenc reads {text} as {show_value(shown, secret=False)}"


def is_pyproject_for_pynenc_only(origin: Origin) -> bool:
    """Whether only pynenc reads `[tool.pynenc]` of the file of a value."""
    path = origin.path or ""
    return PYPROJECT_FILE in path.lower() and not is_pyproject(path)
