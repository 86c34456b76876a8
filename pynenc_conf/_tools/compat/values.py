"""One value, read by pynenc and by pynenc_conf."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any

from pynenc_conf._core.formats.yaml_scalar import Scalar, to_plain
from pynenc_conf._core.masking import MASK, format_value
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

ABSENT = object()
"""The raw value of a key that only the other library finds."""

_MAX_TEXT = 60


def compare_value(
    setting: Setting, pynenc_raw: Any, raw: Any, origin: Origin
) -> Finding | None:
    """Return how pynenc and pynenc_conf read a value differently, None if alike.

    `pynenc_raw` is the value from pynenc's parser and `raw` the value from this
    library's parser; ABSENT if that library does not read the table of the key.
    """
    feature = _find_new_feature(setting)
    if feature:
        message = f"`{setting.name}`: not compared, because pynenc has no {feature}"
        return Finding("", origin, message, setting.name)
    if pynenc_raw is ABSENT or raw is ABSENT:
        return _describe_ignored(setting, pynenc_raw, raw, origin)
    pynenc_value = _read_as_pynenc(setting, pynenc_raw)
    value, problem = _read_as_pynenc_conf(setting, raw, origin)
    if _is_same(pynenc_value, value):
        return None
    row = first_row(value_rows(setting, pynenc_raw, raw, pynenc_value, value))
    if origin.path is not None and _is_pyproject_for_pynenc_only(origin.path):
        row = PYPROJECT_NAME
    theirs = _describe_pynenc_reading(pynenc_raw, raw, pynenc_value)
    if problem:
        ours = f"pynenc_conf rejects the value: {problem}"
    else:
        shown = describe_nesting(value) or format_value(value, secret=False)
        ours = f"pynenc_conf reads {shown}"
    message = f"{theirs}; {ours}"
    if setting.secret:
        different = "pynenc and pynenc_conf read different values (a secret, not shown)"
        message = ours if problem else different
    return Finding(row, origin, f"`{setting.name}`: {message}", setting.name)


def _find_new_feature(setting: Setting) -> str:
    """Return what a setting uses that pynenc does not have, "" if nothing."""
    if setting.members:
        return "settings with members"
    return "required settings" if setting.field.default_value is REQUIRED else ""


def _describe_ignored(
    setting: Setting, pynenc_raw: Any, raw: Any, origin: Origin
) -> Finding:
    """Describe a value that only one of the libraries reads."""
    value, reader, other = pynenc_raw, "pynenc", "pynenc_conf"
    if pynenc_raw is ABSENT:
        value, reader, other = raw, "pynenc_conf", "pynenc"
    with suppress(ValueError):  # an impossible date is shown as it is stored
        value = to_plain(value)
    value = MASK if describe_nesting(value) else value
    shown = format_value(value, setting.secret)
    message = f"`{setting.name}`: {reader} reads {shown}; {other} ignores the key"
    return Finding(PYPROJECT_NAME, origin, message, setting.name)


def _read_as_pynenc(setting: Setting, raw: Any) -> Any:
    """Return pynenc's value, or the exception that pynenc raises."""
    try:
        return original.read_value(setting, raw)
    except Exception as error:  # noqa: BLE001 - pynenc catches nothing either
        return error


def _read_as_pynenc_conf(setting: Setting, raw: Any, origin: Origin) -> tuple[Any, str]:
    """Return this library's value and "", or its exception and message."""
    if setting.field.mapper is exception_config_mapper:
        # Converting the names would import the application, which may not be here.
        if isinstance(raw, str):
            return tuple(name.strip() for name in raw.split(",") if raw.strip()), ""
        return raw, ""
    try:
        return setting.convert(raw), ""
    except Exception as error:  # noqa: BLE001 - an application's types raise anything
        problems, _ = setting.describe(error, raw, origin)
        return error, "; ".join(problem.message for problem in problems)


def _is_same(pynenc_value: Any, value: Any) -> bool:
    if isinstance(pynenc_value, Exception) or isinstance(value, Exception):
        return isinstance(pynenc_value, Exception) and isinstance(value, Exception)
    return type(pynenc_value) is type(value) and pynenc_value == value


def _describe_pynenc_reading(pynenc_raw: Any, raw: Any, pynenc_value: Any) -> str:
    text = raw.text if isinstance(raw, Scalar) else describe_value(pynenc_raw)
    if len(text) > _MAX_TEXT:
        text = f"{text[: _MAX_TEXT - 3]}..."
    if isinstance(pynenc_value, Exception):
        return f"pynenc rejects {text}"
    # A nested value may hold a secret that belongs to another setting.
    shown = MASK if describe_nesting(pynenc_raw) else pynenc_value
    return f"pynenc reads {text} as {format_value(shown, secret=False)}"


def _is_pyproject_for_pynenc_only(path: str) -> bool:
    return PYPROJECT_FILE in path.lower() and not is_pyproject(path)
