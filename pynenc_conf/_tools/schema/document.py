"""The schema of a whole file: general keys, sections and the sections of tasks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pynenc_conf._core.declare.metaclass import section_name
from pynenc_conf._core.declare.plan import plan_of
from pynenc_conf._core.masking import type_name
from pynenc_conf._core.report.syntax import to_json_value
from pynenc_conf._tools.schema.types import (
    Definitions,
    create_value_schema,
    describe_setting,
)
from pynenc_conf._tools.settings import (
    default_data,
    has_printable_default,
    section_settings,
    summarize,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from pynenc_conf._core.declare.plan import Plan
    from pynenc_conf._core.declare.setting import Setting
    from pynenc_conf._tools.schema.types import Schema
    from pynenc_conf.config_base import ConfigBase

    # The settings that each key of a table sets, in the classes that read the table.
    TableSettings = dict[str, list[Setting]]

_DIALECT = "https://json-schema.org/draft/2020-12/schema"


def create_schema(classes: Sequence[type[ConfigBase]]) -> Schema:
    """Return the schema of a file that all of these classes read."""
    document = _Document()
    plans = {section_name(cls, cls): plan_of(cls) for cls in classes}
    for cls in classes:
        document.add(plan_of(cls))
    return document.create_schema(plans)


class _Document:
    """Collects the settings that classes read, and creates one schema."""

    def __init__(self) -> None:
        self.general: TableSettings = {}
        self.sections: dict[str, TableSettings] = {}
        self.task_sections: set[str] = set()
        # Sections that have the name of a field, unless every table is its value.
        self.ambiguous: set[str] = set()
        self.definitions = Definitions()

    def add(self, plan: Plan) -> None:
        """Add the settings that a class reads."""
        _add_settings(self.general, plan.settings.values())
        for section, settings in section_settings(plan).items():
            table = self.sections.setdefault(section, {})
            _add_settings(table, settings.values())
            field = plan.settings.get(section)
            if field is not None and (field.members or not field.takes_mapping):
                self.ambiguous.add(section)
        if plan.has_qualifiers:
            self.task_sections.update(plan.sections)

    def create_schema(self, plans: dict[str, Plan]) -> Schema:
        """Return the schema; `plans` has the class of each section, if it has one."""
        properties = {
            name: self._create_section(name, settings, plans.get(name))
            for name, settings in self.sections.items()
        }
        for name, settings in self.general.items():
            schema = self._create_property(settings, None)
            if name in self.ambiguous:
                schema = {"anyOf": [{"type": "object"}, schema]}
            if name in properties:
                schema = {"allOf": [properties[name], schema]}
            properties[name] = schema
        return {
            "$schema": _DIALECT,
            "title": "Configuration",
            "type": "object",
            "properties": properties,
            "$defs": self.definitions.schemas,
        }

    def _create_section(
        self, name: str, settings: TableSettings, plan: Plan | None
    ) -> Schema:
        """Return the schema of a section; the loader ignores all but tables."""
        properties = {
            field: self._create_property(candidates, plan)
            for field, candidates in settings.items()
        }
        schema: Schema = {"properties": properties}
        if plan is not None:
            description = f"{type_name(plan.leaf)}: {summarize(plan.leaf)}"
            schema = {"description": description} | schema
        if name in self.task_sections:
            task = {"description": "Settings of one task.", "properties": properties}
            schema["additionalProperties"] = task
        return schema

    def _create_property(self, settings: list[Setting], plan: Plan | None) -> Schema:
        """Return the schema of a key; the setting of `plan` takes precedence."""
        own = plan.settings.get(settings[0].name) if plan is not None else None
        first = own or settings[0]
        schema: Schema = self._reference(first)
        first_schema = create_value_schema(first, self.definitions)
        others = [
            self._reference(setting)
            for setting in settings
            if create_value_schema(setting, self.definitions) != first_schema
        ]
        if others:
            schema = {"allOf": [schema, *others]}
        shown = [own] if own is not None else settings
        if all(has_printable_default(item) and not item.secret for item in shown):
            default, *rest = [to_json_value(default_data(item)) for item in shown]
            if all(value == default for value in rest):
                schema["default"] = default
        return schema

    def _reference(self, setting: Setting) -> Schema:
        """Return a reference to the definition of a setting, which is created once."""
        owner, name = setting.owner, setting.name

        def create() -> Schema:
            value_schema = create_value_schema(setting, self.definitions)
            return describe_setting(setting) | value_schema

        return self.definitions.reference((owner, name), owner, f".{name}", create)


def _add_settings(table: TableSettings, settings: Iterable[Setting]) -> None:
    for setting in settings:
        same_name = table.setdefault(setting.name, [])
        if setting not in same_name:
            same_name.append(setting)
