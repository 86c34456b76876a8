"""The names in `config_values` that no class reads."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pynenc_conf._core.masking import NAME_HIDDEN, is_plain_name
from pynenc_conf._core.report.suggestions import find_intended_name
from pynenc_conf._tools.config_files import ValuesTable
from pynenc_conf.origin import CONFIG_VALUES, join_keys

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from pynenc_conf._core.declare.plan import Plan


def find_unknown(
    values: Mapping[str, Any], plans: Sequence[Plan]
) -> list[tuple[str, str]]:
    """Return a sentence and a place for each name that no class reads."""
    table = ValuesTable(values, plans)
    found = [_describe_unknown(table, keys) for keys, _ in table.unknown_keys()]
    for name in table.invalid_sections():
        message = f"section {name!r} must be a table; ignored"
        found.append((message, f"{CONFIG_VALUES} {name}"))
    return found


def _describe_unknown(table: ValuesTable, keys: tuple[str, ...]) -> tuple[str, str]:
    if not all(is_plain_name(key.replace(".", "_")) for key in keys):
        return f"unknown setting {NAME_HIDDEN}", CONFIG_VALUES
    *sections, name = keys
    known = table.sections[sections[0]] if sections else table.fields | table.sections
    intended = find_intended_name(name, known)
    hint = "" if sections else "; --app names the module of a class that reads it"
    if intended is not None:
        hint = f"; did you mean {join_keys([*sections, intended])!r}?"
    message = f"unknown setting {join_keys(keys)!r}{hint}"
    return message, f"{CONFIG_VALUES} {join_keys(keys)}"
