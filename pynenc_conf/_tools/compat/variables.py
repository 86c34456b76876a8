"""Environment variables, read by pynenc and by pynenc_conf."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pynenc_conf._core.declare.plan import plan_of
from pynenc_conf._core.masking import type_name
from pynenc_conf._core.problems import UnreadableFile
from pynenc_conf._tools.compat.differences import (
    CLASS_FILES,
    SECRET_FILES,
    TASK_VARIABLES,
)
from pynenc_conf._tools.compat.files import load_document
from pynenc_conf._tools.compat.findings import Finding
from pynenc_conf._tools.compat.values import compare_value
from pynenc_conf.config_task import ConfigTask
from pynenc_conf.origin import CONFIG_FILE, Origin

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from pynenc_conf._core.sources.documents import Document
    from pynenc_conf.config_base import ConfigBase


def compare_variable(
    cls: type[ConfigBase], name: str, value: str, origin: Origin
) -> Iterator[Finding | None]:
    """Yield a finding, or None, for each setting of a class that a variable sets."""
    plan = plan_of(cls)
    for variable in plan.variables:
        if variable.name != name:
            continue
        setting = plan.all_settings[variable.field]
        if setting.parent is not None:
            message = (
                f"`{setting.name}`: pynenc ignores this variable; pynenc_conf reads "
                f"the member"
            )
            yield Finding("", origin, message, setting.name)
        elif variable.holds_path:
            message = (
                f"`{setting.name}`: pynenc ignores this variable; pynenc_conf reads "
                f"the value from the file that the variable names"
            )
            yield Finding(SECRET_FILES, origin, message, setting.name)
        else:
            yield compare_value(setting, value, value, origin)
    if issubclass(cls, ConfigTask):
        yield from _compare_task_variable(cls, name, value, origin)


def _compare_task_variable(
    cls: type[ConfigBase], name: str, value: str, origin: Origin
) -> Iterator[Finding | None]:
    """Compare a variable of one task: `PYNENC__CONFIGTASK__SHOP#PAY__FIELD`."""
    prefix = cls.get_env_key("", cls)
    for field, setting in plan_of(cls).settings.items():
        suffix = f"__{field.upper()}"
        if not (name.startswith(prefix) and name.endswith(suffix)):
            continue
        task = name[len(prefix) : -len(suffix)]
        if "__" in task and "#" not in task:
            task_id = task.replace("__", ".").lower()
            message = (
                f"`{field}`: pynenc ignores this variable; pynenc_conf reads the "
                f"value for task {task_id}"
            )
            yield Finding(TASK_VARIABLES, origin, message, field)
        elif task:
            yield compare_value(setting, value, value, origin)


def compare_class_files(
    cls: type[ConfigBase], paths: Mapping[str, str]
) -> Iterator[Finding]:
    """Yield general keys in the files of both a class and its ancestor.

    `paths` maps names of variables to the files that they name.
    """
    plan = plan_of(cls)
    documents: list[tuple[str, Document]] = []
    for variable in plan.file_variables[1:]:
        try:
            document = load_document(paths.get(variable.name, ""))
        except UnreadableFile:
            continue
        documents.append((variable.name, document))
    for field in plan.settings:
        holders = [item for item in documents if field in item[1].root]
        if len(holders) > 1:
            (first, _), (last, document) = holders[0], holders[-1]
            origin = Origin(
                CONFIG_FILE, keys=(field,), document=document, variable=last
            )
            message = (
                f"`{field}` of {type_name(cls)}: pynenc reads the value in the file "
                f"named by {first}; pynenc_conf reads this value"
            )
            yield Finding(CLASS_FILES, origin, message, field)
