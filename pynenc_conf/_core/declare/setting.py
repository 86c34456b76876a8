"""One setting of a class: a field, or a member of a structure that a field holds."""

from __future__ import annotations

from pynenc_conf._core.declare.annotations import declared_type
from pynenc_conf._core.declare.checks import check_type
from pynenc_conf._core.declare.field import ConfigField
from pynenc_conf._core.declare.metaclass import ConfigMeta
from pynenc_conf._core.masking import type_name
from pynenc_conf._core.types.invalid import InvalidValue, describe_invalid_value
from pynenc_conf._core.types.unset import REQUIRED, UNSET

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from pynenc_conf._core.masking import Secrecy
    from pynenc_conf._core.types.scalars import Convert
    from pynenc_conf._core.types.structures import Structure
    from pynenc_conf.exceptions import Problem
    from pynenc_conf.origin import Origin

_SCALARS = {bool, int, float, str}


class Setting:
    """One field as one class has it, or a member of a structure, with its type.

    - `name`: the name of the field, or the dotted path of a member (`smtp.port`).
    - `owner`: the class of the most derived definition, or the structure's class.
    - `convert`: converts a raw value, or raises InvalidValue; `expected`: the declared
      type in words.
    - `takes_mapping`: whether a table is a value for it, and not a section.
    - `secret`: inherited, so that a redefinition does not show what an ancestor masks.
    - `structure`: the structure that it holds, if its members are settings too, which
      are `members`, by the names within the structure. `is_optional`: whether it may be
      None instead. `parent`: the setting that a member belongs to.
    """

    __slots__ = (
        "convert",
        "declared",
        "expected",
        "field",
        "is_optional",
        "members",
        "name",
        "owner",
        "parent",
        "secret",
        "structure",
        "takes_mapping",
    )

    def __init__(  # noqa: PLR0913 - each is one independent fact
        self,
        name: str,
        owner: type,
        *,
        field: ConfigField[Any],
        declared: Any,
        secret: Secrecy,
        parent: Setting | None = None,
    ) -> None:
        self.name: str = name
        self.owner: type = owner
        self.field: ConfigField[Any] = field
        self.secret: Secrecy = secret
        self.declared: Any = declared
        convert, expected = field.converter(declared)
        self.convert: Convert = convert
        self.expected: str = expected
        self.parent: Setting | None = parent
        self.takes_mapping: bool = False
        self.structure: Structure | None = None
        self.is_optional: bool = False
        self.members: dict[str, Setting] = {}
        if declared not in _SCALARS:
            self._add_members()

    @property
    def key(self) -> str:
        """The name of a member within its structure."""
        return self.name.rpartition(".")[2]

    def descendants(self) -> Iterator[Setting]:
        """Yield the members, and the members of their structures, in order."""
        for member in self.members.values():
            yield member
            yield from member.descendants()

    def member_of(self, value: Any, default: Any = UNSET) -> Any:
        """Return this member of the structure that is its parent's value."""
        structure = self.parent.structure if self.parent is not None else None
        if value is REQUIRED:
            return REQUIRED  # a structure that could not be built
        found = UNSET
        if structure is not None and value is not None and value is not UNSET:
            try:
                found = structure.get(value, self.key)
            except Exception:  # noqa: BLE001 - a property of the application's
                return default
        return default if found is UNSET else found

    def describe(
        self, error: Exception, raw: object, origin: Origin | None
    ) -> tuple[list[Problem], list[BaseException]]:
        """Return the problems of a raw value that `convert` rejected, and the causes.

        A cause is the exception of a mapper or of an application's own class, unless it
        may quote a secret.
        """
        invalid = error
        if not isinstance(invalid, InvalidValue):
            invalid = InvalidValue(self.expected, raw, cause=error)
        every = invalid.all()
        problems = [
            describe_invalid_value(
                each, field=self.name, secret=self.secret, origin=origin
            )
            for each in every
        ]
        causes = [each.cause for each in every if each.cause is not None]
        return problems, [] if self.secret else causes

    def _add_members(self) -> None:
        # Imported only for classes that declare types other than the simplest.
        from pynenc_conf._core.types.structures import optional_structure  # noqa: PLC0415
        from pynenc_conf._core.types.typing_forms import takes_mapping  # noqa: PLC0415

        self.takes_mapping = takes_mapping(self.declared)
        found = optional_structure(self.declared)
        if found is None or not self.field.converts_by_type:
            return
        structure, is_optional = found
        if structure.cls in self._classes_above():
            return
        if not all(map(str.isidentifier, structure.members)):
            return
        self.structure = structure
        self.is_optional = is_optional
        default = self.field.default_value
        whole = default if structure.is_dict or structure.holds(default) else None
        for name, member in structure.members.items():
            own = UNSET if whole is None else structure.get(whole, name)
            field = ConfigField(member.default if own is UNSET else own, doc=member.doc)
            self.members[name] = Setting(
                f"{self.name}.{name}",
                self.owner if own is not UNSET else structure.cls,
                field=field,
                declared=member.declared,
                secret=self.secret,
                parent=self,
            )

    def _classes_above(self) -> Iterator[type]:
        """Yield the structures that hold this one: a class may hold itself."""
        parent = self.parent
        while parent is not None and parent.structure is not None:
            yield parent.structure.cls
            parent = parent.parent


def field_setting(
    name: str, definitions: list[tuple[type, ConfigField[Any]]]
) -> Setting:
    """Return the setting of a field; its most derived definition comes first."""
    owner, field = definitions[0]
    levels = [each.secret for _, each in definitions]
    secret: Secrecy = "url" if "url" in levels else False
    if True in levels:
        secret = True
    with_types = (pair for pair in definitions if not pair[1].keeps_type)
    typed_by, typed = next(with_types, definitions[-1])
    declared = declared_type(typed_by, name, typed)
    if declared not in _SCALARS and field.mapper is None:
        # Members are known now; forward references to classes may be, too.
        from pynenc_conf._core.types.structures import member_types  # noqa: PLC0415

        check_type(f"{type_name(owner)}.{name}", declared, ConfigMeta, member_types)
    return Setting(name, owner, field=field, declared=declared, secret=secret)
