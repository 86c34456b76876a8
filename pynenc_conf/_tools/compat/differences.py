"""The documented differences that show in files and variables, called rows here.

The documentation is `docs/reference/differences.md`.
"""

from __future__ import annotations

import math
from enum import Enum
from typing import TYPE_CHECKING, Any

from pynenc_conf._core.formats.yaml_scalar import Scalar
from pynenc_conf._core.types.scalars import is_rounded_to_zero
from pynenc_conf.config_task import exception_config_mapper

if TYPE_CHECKING:
    from pynenc_conf._core.declare.setting import Setting

# Rows that the comparison itself recognizes.
CLASS_FILES = "class-file-general"
CLASS_FILE_SECTIONS = "class-file-section"
OVERRIDDEN_VARIABLES = "variable-overridden"
PYPROJECT_NAME = "file-pyproject"
SECRET_FILES = "secret-files"  # noqa: S105 - a row's name
SECTION_NAMES = "section-named-field"
TASK_VARIABLES = "task-variable"
UNKNOWN_NAMES = "unknown-names"


def first_row(rows: dict[str, bool]) -> str:
    """Return the first row whose condition holds, "" if there is none."""
    return next((row for row, holds in rows.items() if holds), "")


def value_rows(
    setting: Setting, pynenc_raw: Any, raw: Any, pynenc_value: Any, value: Any
) -> dict[str, bool]:
    """Return the rows about values, each with whether it explains a difference.

    `pynenc_raw` is the value from pynenc's parser and `raw` the value from this
    library's parser. `pynenc_value` and `value` are the results of conversion, or
    the exceptions that conversion raised.
    """
    # The type of the default decides how pynenc converts.
    of_type = type(setting.field.default_value)
    is_int, is_float, is_str = (of_type is other for other in (int, float, str))
    is_container = issubclass(of_type, (tuple, list, set, frozenset, dict))
    is_retry_for = setting.field.mapper is exception_config_mapper
    is_number = is_int or is_float
    from_text = isinstance(pynenc_raw, str)
    raw_float = pynenc_raw if isinstance(pynenc_raw, float) else None
    read_float = 0.0
    if is_float and isinstance(pynenc_value, float):
        read_float = pynenc_value
    is_rejected = isinstance(value, Exception) and not isinstance(
        pynenc_value, Exception
    )
    return {
        "retry-for-text": is_retry_for and from_text,
        "bool-text": of_type is bool and from_text,
        "bool-other": of_type is bool,
        "container-text": is_container and from_text,
        "container-elements": is_container and isinstance(pynenc_raw, list),
        "container-kind": is_container,
        "int-lossy": is_int and raw_float is not None and math.isfinite(raw_float),
        "int-infinite": is_int and raw_float is not None,
        "number-bool": is_number and isinstance(pynenc_raw, bool),
        "number-bytes": is_number and isinstance(pynenc_raw, bytes),
        "float-nan": math.isnan(read_float),
        "float-inf": math.isinf(read_float),
        "float-zero": (
            is_float and is_rejected and not read_float and is_rounded_to_zero(raw)
        ),
        "str-none": is_str and pynenc_raw is None,
        "str-bool": is_str and isinstance(raw, bool),
        "str-container": is_str and isinstance(pynenc_raw, (list, dict, bytes)),
        "yaml-text": is_str and isinstance(raw, Scalar),
        "enum-text": issubclass(of_type, Enum),
        "limits": is_number and is_rejected,
    }


def file_rows(
    path: str, data: bytes, pynenc_error: str, problem: str
) -> dict[str, bool]:
    """Return the rows about files, each with whether it explains a rejected file.

    `pynenc_error` is the class name of pynenc's exception and `problem` this
    library's message; "" stands for a file that can be read.
    """
    is_yaml = path.lower().endswith((".yaml", ".yml"))
    is_json = path.lower().endswith(".json")
    return {
        "yaml-date": is_yaml and not problem and pynenc_error == "ValueError",
        "file-top-level": "top level" in problem,
        "file-empty-json": is_json and not data.strip(),
        "file-duplicate-key": "is already on line" in problem,
        "file-nesting": "levels deep" in problem or pynenc_error == "RecursionError",
        "file-limits": "larger than" in problem or "more than" in problem,
        "file-encoding": (
            "not UTF-8" in problem or pynenc_error == "UnicodeDecodeError"
        ),
        "file-bom": data.startswith(b"\xef\xbb\xbf"),
    }
