"""A table of settings, from a mapping or a file: its keys, sections and origins."""

from __future__ import annotations

# collections.abc would load collections.
from _collections_abc import Mapping

from pynenc_conf._core.masking import type_name
from pynenc_conf._core.resolve.precedence import (
    GENERAL_KEY,
    QUALIFIED_SECTION,
    SECTION,
    SOURCES,
)
from pynenc_conf._core.sources.request import UnknownName, first_names, names_of_hook
from pynenc_conf.exceptions import Problem
from pynenc_conf.origin import Origin

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import (
        Callable,
        Collection,
        Container,
        Iterable,
        Iterator,
        Sequence,
    )
    from typing import Any

    from typing_extensions import TypeIs

    from pynenc_conf._core.declare.plan import Plan
    from pynenc_conf._core.declare.scopes import Scope
    from pynenc_conf._core.declare.setting import Setting
    from pynenc_conf._core.resolve.layer import Layer
    from pynenc_conf._core.resolve.precedence import Rank
    from pynenc_conf._core.sources.documents import Document
    from pynenc_conf._core.sources.request import Keys, Request

    Data = Mapping[str, Any]
    Sections = list[tuple[Scope, Data]]

_ABSENT = object()


class Table:
    """One mapping or file as a class reads it.

    - `kind`: one of SOURCES. `variable`: the variable that named the file.
    - `scope`: for the file of one class, the class whose section alone counts.
    - `document`: the parsed file, None for a mapping. `prefix`: the path of keys to
      the table inside the file.
    """

    __slots__ = (
        "document",
        "general_rank",
        "kind",
        "order",
        "prefix",
        "scope",
        "variable",
    )

    def __init__(
        self,
        kind: str,
        variable: str | None = None,
        scope: Scope | None = None,
        document: Document | None = None,
        prefix: Keys = (),
    ) -> None:
        self.kind = kind
        self.order = SOURCES.index(kind)
        self.variable = variable
        self.scope = scope
        self.document = document
        self.prefix = prefix
        # General keys are addressed to the first ancestor, in all instances.
        first = scope.index if scope is not None else 0
        self.general_rank: Rank = (first, self.order, GENERAL_KEY)

    def __call__(self, name: str) -> Origin:
        """Return the origin of a general key.

        A layer of these keys has the table itself, because each instance may keep one.
        """
        return self.origin(name)

    def origin(self, *keys: str) -> Origin:
        """Return the origin of the value at a path of keys."""
        return Origin(
            self.kind,
            keys=(*self.prefix, *keys),
            document=self.document,
            variable=self.variable,
        )

    def origin_in(self, *sections: str) -> Callable[[str], Origin]:
        """Return a function that makes the origin of a field inside these sections."""
        return lambda name: self.origin(*sections, name)

    def layers(self, request: Request, data: Data, sections: Sections) -> list[Layer]:
        """Return the layers of the general keys and of these sections."""
        plan = request.plan
        general = select_fields(plan, data)
        for name in plan.section_fields:
            # A table with a section's name is the section, unless the field takes one.
            if isinstance(general.get(name), Mapping):
                part = _part_for_field(plan, plan.settings[name], general[name])
                if part is None:
                    del general[name]
                else:
                    general[name] = part
        layers: list[Layer] = []
        if plan.own_fields is None:
            layers += request.convert(self.general_rank, general, self)
        else:
            addressed = self._addressed(plan.own_fields, general)
            for index, found in addressed.items():
                rank = (index, self.order, GENERAL_KEY)
                layers += request.convert(rank, found, self)
        for scope, inner in sections:
            found = select_fields(plan, inner)
            if plan.own_fields is not None:
                own = plan.own_fields[scope.index]
                found = {name: raw for name, raw in found.items() if name in own}
            if found:
                rank = (scope.index, self.order, SECTION)
                layers += request.convert(rank, found, self.origin_in(scope.section))
        return layers

    def _addressed(
        self, own_fields: Sequence[Collection[str]], general: Data
    ) -> dict[int, dict[str, Any]]:
        """Return general keys by the first scope that has the field."""
        scopes: Iterable[int] = range(len(own_fields))
        if self.scope is not None:
            scopes = [self.scope.index]
        addressed: dict[int, dict[str, Any]] = {}
        for name, raw in general.items():
            index = next((i for i in scopes if name in own_fields[i]), None)
            if index is not None:
                addressed.setdefault(index, {})[name] = raw
        return addressed

    def qualified_layers(self, request: Request, sections: Sections) -> list[Layer]:
        """Return the layers of the sections in these sections that a hook names."""
        layers = []
        for scope, inner in sections:
            names: Any = request.hooks.get_extra_qualifiers(scope.cls)
            if type(names) is not list:
                names = names_of_hook(names)
            for depth, name in enumerate(names, QUALIFIED_SECTION):
                try:
                    innermost = inner.get(name)
                    if not is_mapping(innermost):
                        continue
                    found = select_fields(request.plan, innermost)
                except Exception as error:  # noqa: BLE001 - a mapping of the application's
                    origin = self.origin(scope.section, name)
                    report_broken_mapping(request, error, origin)
                    continue
                rank = (scope.index, self.order, depth)
                origin_in = self.origin_in(scope.section, name)
                layers += request.convert(rank, found, origin_in)
        return layers

    def select_sections(self, plan: Plan, data: Data) -> Sections:
        """Return the sections that count, each with its scope and table."""
        if type(data) is dict and data.keys().isdisjoint(plan.sections):
            return []
        scopes = plan.sections.values() if self.scope is None else (self.scope,)
        tables = [(scope, data.get(scope.section)) for scope in scopes]
        return [(scope, inner) for scope, inner in tables if is_mapping(inner)]

    def find_unknown(
        self, plan: Plan, data: Data, sections: Sections
    ) -> list[UnknownName]:
        """Return the names that no setting has, in the table and in these sections.

        Names that another class reads are left out, except in the class's own section.
        """
        if not sections and plan.known_names.issuperset(data):
            return []
        searched = {scope.section: plan.settings for scope, _ in sections}
        nested = searched if plan.has_qualifiers else ()
        found = find_unknown_keys(data, plan.known_names, searched, nested)
        unknown = self._unknown_names(plan, found)
        if self.document is None or plan.is_strict:
            return first_names(unknown)
        size = sum(map(len, (data, *(inner for _, inner in sections))))
        return self.document.search.first_names(unknown, size)

    def _unknown_names(
        self, plan: Plan, found: Iterable[tuple[Keys, object]]
    ) -> Iterator[UnknownName]:
        own_section = plan.scopes[-1].section
        names = None
        for keys, value in found:
            if keys[0] != own_section:
                if names is None:
                    from pynenc_conf._core.declare import known_names  # noqa: PLC0415

                    names = known_names.names_of_all(plan.leaf)
                if names.has_key(keys[-1]):
                    continue
            yield self._unknown_name(plan, keys, value)

    def _unknown_name(self, plan: Plan, keys: Keys, value: object) -> UnknownName:
        is_table = isinstance(value, Mapping)
        keys = tuple(map(_text_of_key, keys))
        section, *inner = keys
        if not is_table:
            known = plan.field_names
        elif inner:
            known = plan.tables_in_section
        elif self.scope is None:
            known = plan.table_names
        else:  # only one section of this file is read
            known = plan.tables_in_section | {self.scope.section}
        return UnknownName(
            keys,
            self.origin(*keys),
            known,
            is_own=section == plan.scopes[-1].section
            # A field of the same name may take the table, with any keys.
            and section not in plan.tables_in_section
            and bool(inner)
            and not (plan.has_qualifiers and len(inner) == 1 and self._is_null(value)),
            is_table=is_table,
            content=self.document.fingerprint() if self.document is not None else None,
        )

    def _is_null(self, value: object) -> bool:
        """Whether a value is null, as an empty section is in YAML."""
        in_file = self.document is not None
        return value is None or (in_file and getattr(value, "tag", None) == "null")


def is_mapping(value: object) -> TypeIs[Mapping[str, Any]]:
    """Whether a value is a mapping. For a dict or None, in a tenth of the time."""
    return type(value) is dict or (value is not None and isinstance(value, Mapping))


def _text_of_key(key: object) -> str:
    """Return a key itself if it is text, otherwise its type, which is no valid name."""
    return key if isinstance(key, str) else f"<{type_name(type(key))}>"


def select_fields(plan: Plan, data: Data) -> dict[str, Any]:
    """Return the fields of the class in a table, iterating over the shorter one."""
    settings = plan.settings
    if len(data) < len(settings):
        # A copy is one step: another thread may change the caller's own mapping.
        return {name: raw for name, raw in dict(data).items() if name in settings}
    return {
        name: raw
        for name in settings
        if (raw := data.get(name, _ABSENT)) is not _ABSENT
    }


def _part_for_field(plan: Plan, setting: Setting, table: Data) -> Data | None:
    """Return the part of a table that a field takes, if a section has its name too.

    A structure takes its members, and what is unknown in the section too.
    """
    if not setting.takes_mapping:
        return None
    if not setting.members:
        return table
    fields = plan.settings.keys() - setting.members
    own = {key: item for key, item in dict(table).items() if key not in fields}
    return own if own or not table else None


def report_broken_mapping(request: Request, error: Exception, origin: Origin) -> None:
    """Add the problem of a mapping whose own methods raise."""
    request.problems.append(describe_broken_mapping(error, origin))
    request.causes.append(error)


def describe_broken_mapping(error: Exception, origin: Origin) -> Problem:
    """Return the problem of a mapping whose own methods raise."""
    kind = type_name(type(error))
    message = f"expected a mapping of settings, got one that raises {kind}"
    return Problem(message, origin=origin, expected="mapping")


def find_unknown_keys(
    table: Data,
    fields: Container[object],
    sections: Mapping[str, Container[object]],
    nested: Container[object],
) -> Iterator[tuple[Keys, Any]]:
    """Yield the path and value of each key that is neither a section nor a field.

    `sections` has the fields that each section sets; `nested` are the sections that
    may hold sections of their own, such as one for each task.
    """
    for key, value in dict(table).items():
        if key not in sections:
            if key not in fields:
                yield (key,), value
        elif isinstance(value, Mapping):
            inner_fields = sections[key]
            for name, item in dict(value).items():
                if name in inner_fields:
                    continue
                if key in nested and isinstance(item, Mapping):
                    for last, innermost in dict(item).items():
                        if last not in inner_fields:
                            yield (key, name, last), innermost
                else:
                    yield (key, name), item
