"""Keys and sections of a file that no class reads, with suggestions."""

from __future__ import annotations

from collections.abc import Mapping
from difflib import get_close_matches
from typing import TYPE_CHECKING

from pynenc_conf._core.declare.known_names import KnownNames
from pynenc_conf._core.declare.metaclass import section_name
from pynenc_conf._core.masking import is_plain_name
from pynenc_conf._core.report.suggestions import find_intended_name
from pynenc_conf._tools.check.tasks import check_task_sections, find_task_sections

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from pynenc_conf._core.declare.plan import Plan
    from pynenc_conf._tools.check.findings import Findings
    from pynenc_conf._tools.check.tasks import TaskIds
    from pynenc_conf._tools.config_files import SettingsTable

# Lower than the similarity that an instance requires before it warns.
_MIN_SIMILARITY = 0.7
_MAX_COMPARED = 60  # characters


def check_keys(
    table: SettingsTable,
    plans: Sequence[Plan],
    task_ids: TaskIds,
    findings: Findings,
) -> None:
    """Report the keys and sections of a file that no class reads."""
    of_tasks = check_task_sections(table, find_task_sections(plans), task_ids, findings)
    names = KnownNames(plan.leaf for plan in plans)
    owning_sections = {
        name: section_name(plan.leaf, setting.owner)
        for plan in plans
        for name, setting in plan.settings.items()
    }
    for keys, value in table.unknown_keys():
        if keys in of_tasks:
            continue
        section, name = keys[0], str(keys[-1])
        find_place = table.place_of
        if isinstance(value, Mapping):
            find_place = table.place_of_key
        place = find_place(*map(str, keys))
        is_section = len(keys) == 1 and isinstance(value, Mapping)
        if len(keys) > 1 and name in owning_sections:
            message = f"no class that reads section {section!r} has a field {name!r}"
            field = _name_with_section(name, owning_sections, table)
            findings.warn("unread", message, place, field)
        elif is_section and name in names.sections:
            message = (
                f"section {name!r} is ignored, because only section "
                f"{table.section!r} is read from this file"
            )
            findings.warn("unread", message, place)
        else:
            kind = "section" if is_section else "key"
            message = f"unknown {kind} {name!r}"
            if not is_plain_name(name.replace(".", "_")):
                message = f"unknown {kind} (not shown, because it may be a value)"
                place = place._replace(key=None)
            if is_section:
                suggestion = _suggest_section(name, names, table.sections)
                if suggestion is None:
                    message += "; --app names the module of a class that reads it"
            elif len(keys) == 1:
                suggestion = _suggest_name(name, table.fields)
            else:
                suggestion = _suggest_field(name, section, owning_sections, table)
            findings.warn("unknown", message, place, suggestion)
    _check_sections_are_tables(table, findings)


def _check_sections_are_tables(table: SettingsTable, findings: Findings) -> None:
    for name in table.invalid_sections():
        message = f"section {name!r} must be a table; ignored"
        findings.warn("unread", message, table.place_of(name))


def _suggest_section(
    name: str, names: KnownNames, sections: Collection[str]
) -> str | None:
    by_class = {cls.lower(): section for cls, section in names.classes.items()}
    found = by_class.get(name.lower())
    return found if found in sections else _suggest_name(name, sections)


def _suggest_field(
    name: str, section: str, owning_sections: Mapping[str, str], table: SettingsTable
) -> str | None:
    fields = table.sections[section]
    suggestion = find_intended_name(name, fields)
    if suggestion is None:
        field = find_intended_name(name, owning_sections)
        suggestion = field and _name_with_section(field, owning_sections, table)
    return suggestion or _find_similar_name(name, fields)


def _name_with_section(
    field: str, owning_sections: Mapping[str, str], table: SettingsTable
) -> str | None:
    """Return a field with its section, None if the file does not set it there."""
    section = owning_sections[field]
    is_read = field in table.sections.get(section, {})
    return f"{section}.{field}" if is_read else None


def _suggest_name(name: str, known: Collection[str]) -> str | None:
    return find_intended_name(name, known) or _find_similar_name(name, known)


def _find_similar_name(name: str, known: Collection[str]) -> str | None:
    text = name[:_MAX_COMPARED].lower()
    close = get_close_matches(text, known, 1, _MIN_SIMILARITY)
    return close[0] if close else None
