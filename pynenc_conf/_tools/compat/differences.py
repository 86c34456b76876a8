"""The rows of the table in `docs/differences.md` that show in files and variables.

Each row has a condition, which holds for the values or files that the row explains.
The first row whose condition holds is the explanation.
"""

from __future__ import annotations

import math
from enum import Enum
from typing import TYPE_CHECKING, Any, NamedTuple

from pynenc_conf._core.formats.yaml_scalar import Scalar
from pynenc_conf.config_task import exception_config_mapper

if TYPE_CHECKING:
    from collections.abc import Callable

    from pynenc_conf._core.declare.plan import Setting

# Rows that the comparison itself recognizes.
CLASS_FILES = "class-file-general"
PYPROJECT_NAME = "file-pyproject"
SECRET_FILES = "secret-files"  # noqa: S105 - a row's name
TASK_VARIABLES = "task-variable"


class ValueCase(NamedTuple):
    """A value that pynenc and pynenc_conf read differently.

    `pynenc_raw` is the value from pynenc's parser and `raw` the value from this
    library's parser. `pynenc_value` and `value` are the results of conversion, or
    the exceptions that conversion raised.
    """

    setting: Setting
    pynenc_raw: Any
    raw: Any
    pynenc_value: Any
    value: Any

    @property
    def default_type(self) -> type:
        """The type of the field's default, which decides how pynenc converts."""
        return type(self.setting.field.default_value)

    @property
    def is_text(self) -> bool:
        """Whether pynenc's parser returns text."""
        return isinstance(self.pynenc_raw, str)

    @property
    def is_retry_for(self) -> bool:
        """Whether the field holds exception classes."""
        return self.setting.field.mapper is exception_config_mapper

    @property
    def is_container(self) -> bool:
        """Whether the field holds several values."""
        return issubclass(self.default_type, (tuple, list, set, frozenset, dict))

    @property
    def is_number(self) -> bool:
        """Whether the field is a number."""
        return self.default_type in {int, float}

    def is_float_that(self, condition: Callable[[float], bool]) -> bool:
        """Whether pynenc reads a float field as a number with this property."""
        read = self.pynenc_value
        return (
            self.default_type is float and isinstance(read, float) and condition(read)
        )

    def is_given_as(self, *types: type) -> bool:
        """Whether pynenc's parser returns a value of one of the types."""
        return isinstance(self.pynenc_raw, types)

    def is_rejected_by_pynenc_conf_only(self) -> bool:
        """Whether pynenc accepts the value, and pynenc_conf does not."""
        rejected = isinstance(self.value, Exception)
        return rejected and not isinstance(self.pynenc_value, Exception)


class FileCase(NamedTuple):
    """A file that pynenc or pynenc_conf rejects.

    `pynenc_error` is the class name of pynenc's exception and `problem` this
    library's message; "" stands for a file that can be read.
    """

    path: str
    data: bytes
    pynenc_error: str
    problem: str

    def has_suffix(self, *suffixes: str) -> bool:
        """Whether the file has one of the suffixes, in any case."""
        return self.path.lower().endswith(suffixes)


_VALUE_ROWS: dict[str, Callable[[ValueCase], bool]] = {
    "bool-text": lambda case: case.default_type is bool and case.is_text,
    "bool-other": lambda case: case.default_type is bool,
    "container-text": lambda case: (
        case.is_container and case.is_text and not case.is_retry_for
    ),
    "container-kind": lambda case: (
        case.is_container and not case.is_given_as(list, str)
    ),
    "container-elements": lambda case: case.is_container and case.is_given_as(list),
    "int-lossy": lambda case: (
        case.default_type is int
        and case.is_given_as(float)
        and math.isfinite(case.pynenc_raw)
    ),
    "int-infinite": lambda case: case.default_type is int and case.is_given_as(float),
    "number-bool": lambda case: case.is_number and case.is_given_as(bool),
    "number-bytes": lambda case: case.is_number and case.is_given_as(bytes),
    "float-nan": lambda case: case.is_float_that(math.isnan),
    "float-inf": lambda case: case.is_float_that(math.isinf),
    "str-none": lambda case: case.default_type is str and case.pynenc_raw is None,
    "str-bool": lambda case: case.default_type is str and isinstance(case.raw, bool),
    "str-container": lambda case: (
        case.default_type is str and case.is_given_as(list, dict, bytes)
    ),
    "yaml-text": lambda case: case.default_type is str and isinstance(case.raw, Scalar),
    "enum-text": lambda case: issubclass(case.default_type, Enum),
    "limits": lambda case: case.is_number and case.is_rejected_by_pynenc_conf_only(),
    "retry-for-text": lambda case: case.is_retry_for and case.is_text,
}

_FILE_ROWS: dict[str, Callable[[FileCase], bool]] = {
    "yaml-date": lambda case: (
        case.has_suffix(".yaml", ".yml")
        and not case.problem
        and case.pynenc_error == "ValueError"
    ),
    "file-top-level": lambda case: "top level" in case.problem,
    "file-empty-json": lambda case: case.has_suffix(".json") and not case.data.strip(),
    "file-duplicate-key": lambda case: "is already on line" in case.problem,
    "file-nesting": lambda case: (
        "levels deep" in case.problem or case.pynenc_error == "RecursionError"
    ),
    "file-limits": lambda case: (
        "larger than" in case.problem or "more than" in case.problem
    ),
    "file-encoding": lambda case: (
        "not UTF-8" in case.problem or case.pynenc_error == "UnicodeDecodeError"
    ),
    "file-bom": lambda case: case.data.startswith(b"\xef\xbb\xbf"),
}

FOUND_ROWS = frozenset((*_VALUE_ROWS, *_FILE_ROWS))
"""The rows that a value or a file can have as its explanation."""


def find_value_row(case: ValueCase) -> str:
    """Return the row that explains why a value is read differently, "" if none."""
    return next((row for row, holds in _VALUE_ROWS.items() if holds(case)), "")


def find_file_row(case: FileCase) -> str:
    """Return the row that explains why a file is rejected, "" if none."""
    return next((row for row, holds in _FILE_ROWS.items() if holds(case)), "")
