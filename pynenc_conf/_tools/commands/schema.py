"""`pynenc-conf schema`: one JSON Schema for a whole configuration file."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from pynenc_conf._core.declare.metaclass import section_name
from pynenc_conf._core.declare.plan import plan_of
from pynenc_conf._core.report.explain import to_json_value
from pynenc_conf._tools import options
from pynenc_conf._tools.described import (
    default_of,
    shows_default,
    summary,
    type_words,
    with_ancestors,
)
from pynenc_conf._tools.output import print_json
from pynenc_conf._tools.schema.types import schema_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from pynenc_conf._core.declare.plan import Plan, Setting
    from pynenc_conf._tools.schema.types import Schema
    from pynenc_conf.config_base import ConfigBase

_DIALECT = "https://json-schema.org/draft/2020-12/schema"


@click.command()
@options.classes_argument
@options.app_option
@options.json_option
def schema(
    classes: Sequence[type[ConfigBase]],
    apps: Sequence[str],
    as_json: bool,  # noqa: FBT001 - click passes it by name
) -> None:
    """Print the JSON Schema (2020-12) of a configuration file, for editors.

    It has the settings of every known class, or of each CLASS and its ancestors. It
    accepts a file that these classes accept; names that none of them knows may be
    another's. With --json it prints the same.

    \b
    Examples:
      pynenc-conf schema > pynenc.schema.json
      pynenc-conf schema --app shop.settings > shop.schema.json
    """  # noqa: D301 - click reads the backspace
    del as_json
    print_json(schema_for(with_ancestors(classes or options.all_classes(apps))))


def schema_for(classes: Sequence[type[ConfigBase]]) -> Schema:
    """Return the schema of a file that all of these classes read."""
    document = _Document()
    plans = [plan_of(cls) for cls in classes]
    for plan in plans:
        document.add(plan)
    return document.schema({section_name(plan.leaf, plan.leaf): plan for plan in plans})


class _Places:
    """The settings that the keys of one table mean, to the classes that read it."""

    def __init__(self) -> None:
        self.settings: dict[str, list[Setting]] = {}

    def add(self, settings: Iterable[Setting]) -> None:
        for setting in settings:
            same = self.settings.setdefault(setting.name, [])
            if setting not in same:
                same.append(setting)


class _Document:
    """Collects what the classes read, and writes it as one schema."""

    def __init__(self) -> None:
        self.general = _Places()
        self.sections: dict[str, _Places] = {}
        self.with_tasks: set[str] = set()
        # Names that are a section to some class which also has such a field.
        self.ambiguous: set[str] = set()
        self.definitions: dict[str, Schema] = {}
        self.names: dict[tuple[type, str], str] = {}

    def add(self, plan: Plan) -> None:
        """Add what a class reads."""
        settings = plan.settings.values()
        self.general.add(settings)
        for section in plan.sections:
            self.sections.setdefault(section, _Places()).add(settings)
            if section in plan.settings and not plan.settings[section].takes_mapping:
                self.ambiguous.add(section)
        if plan.has_qualifiers:
            self.with_tasks.update(plan.sections)

    def schema(self, leaves: dict[str, Plan]) -> Schema:
        """Return the whole; `leaves` has the class of each section, if there is one."""
        properties = {
            name: self._table(name, places, leaves.get(name))
            for name, places in self.sections.items()
        }
        for name, settings in self.general.settings.items():
            said = self._property(settings, None)
            if name in self.ambiguous:
                said = {"anyOf": [{"type": "object"}, said]}
            table = properties.get(name)
            properties[name] = said if table is None else {"allOf": [table, said]}
        return {
            "$schema": _DIALECT,
            "title": "Configuration",
            "type": "object",
            "properties": properties,
            "$defs": self.definitions,
        }

    def _table(self, name: str, places: _Places, plan: Plan | None) -> Schema:
        """Describe a section. What is no table is none, and is ignored."""
        inside = {
            field: self._property(settings, plan)
            for field, settings in places.settings.items()
        }
        table: Schema = {"properties": inside}
        if plan is not None:
            words = f"{plan.leaf.__name__}: {summary(plan.leaf)}"
            table = {"description": words} | table
        if name in self.with_tasks:
            task = {"description": "Settings of one task.", "properties": inside}
            table["additionalProperties"] = task
        return table

    def _property(self, settings: list[Setting], plan: Plan | None) -> Schema:
        """Describe a key that is read as these settings, foremost as the plan's own."""
        own = plan.settings.get(settings[0].name) if plan is not None else None
        first = own or settings[0]
        said: Schema = {"$ref": f"#/$defs/{self._name(first)}"}
        others = [item for item in settings if schema_of(item) != schema_of(first)]
        if others:
            refs = [{"$ref": f"#/$defs/{self._name(item)}"} for item in others]
            said = {"allOf": [said, *refs]}
        meant = [own] if own is not None else settings
        if all(map(shows_default, meant)) and not any(item.secret for item in meant):
            values = [to_json_value(default_of(item)) for item in meant]
            if all(value == values[0] for value in values):
                said["default"] = values[0]
        return said

    def _name(self, setting: Setting) -> str:
        """Return the name under which a setting is defined, once for all places."""
        key = setting.owner, setting.name
        if key not in self.names:
            name = f"{setting.owner.__name__}.{setting.name}"
            if name in self.definitions:
                name = f"{setting.owner.__module__}.{name}"
            self.names[key] = name
            self.definitions[name] = _definition(setting)
        return self.names[key]


def _definition(setting: Setting) -> Schema:
    words = [setting.field.doc, f"{type_words(setting)}."]
    said: dict[str, Any] = {"description": " ".join(filter(None, words))}
    if setting.secret:
        said["writeOnly"] = True  # how a schema says that a value is not to be shown
    return said | schema_of(setting)
