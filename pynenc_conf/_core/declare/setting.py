"""One setting of a class: a field, or a member of a structure that a field holds."""

from __future__ import annotations

from pynenc_conf._core.declare.annotations import Declarations
from pynenc_conf._core.declare.checks import check_type
from pynenc_conf._core.declare.field import ConfigField
from pynenc_conf._core.declare.metaclass import ConfigMeta
from pynenc_conf._core.masking import type_name
from pynenc_conf._core.types.invalid import InvalidValue, describe_invalid_value
from pynenc_conf._core.types.unset import REQUIRED, UNSET

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from typing import Any

    from pynenc_conf._core.declare.unresolved import UnresolvedAnnotation
    from pynenc_conf._core.masking import Secrecy
    from pynenc_conf._core.types.scalars import Convert
    from pynenc_conf._core.types.structures import Member, Structure
    from pynenc_conf.exceptions import Problem
    from pynenc_conf.origin import Origin

_SCALARS = {bool, int, float, str}

_MAX_MEMBERS = 1000
"""Classes that hold each other have more members at each level, without end."""


def is_scalar(declared: object) -> bool:
    """Whether a type is one of the simplest; a typing form may have no hash."""
    return isinstance(declared, type) and declared in _SCALARS


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
      None instead.
    - `parent`: the setting that a member belongs to. `class_default`: the default that
      the structure's class gives it; `is_stored`: whether an instance has it.
    - `unresolved`: the annotations that are ignored, of it and of its members.
    """

    __slots__ = (
        "class_default",
        "convert",
        "declared",
        "expected",
        "field",
        "is_optional",
        "is_stored",
        "members",
        "name",
        "owner",
        "parent",
        "secret",
        "structure",
        "takes_mapping",
        "unresolved",
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
        member: Member | None = None,
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
        self.class_default: Any = UNSET if member is None else member.default
        self.is_stored: bool = member is None or member.is_stored
        self.takes_mapping: bool = False
        self.structure: Structure | None = None
        self.is_optional: bool = False
        self.members: dict[str, Setting] = {}
        self.unresolved: Sequence[UnresolvedAnnotation] = ()
        if parent is None and not is_scalar(declared):
            self._add_all_members()

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
        if structure is None or value is None or value is UNSET:
            return default
        found = structure.get(value, self.key)
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

    def _add_all_members(self) -> None:
        """Add the members, then their members; of classes in each other, not all."""
        pending = [self]
        count = 0
        while pending and count <= _MAX_MEMBERS:
            found = [s for s in pending if not is_scalar(s.declared)]
            pending = []
            for setting in found:
                if count <= _MAX_MEMBERS:
                    setting._add_members()  # noqa: SLF001 - of this class
                    pending += setting.members.values()
                    count += len(setting.members)

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
        given = self.field.default_value
        whole = given if structure.is_dict or structure.holds(given) else None
        for name, member in structure.members.items():
            own = UNSET if whole is None else structure.get(whole, name)
            default = member.default if own is UNSET else own
            if default is REQUIRED and not member.is_stored and whole is not None:
                default = UNSET  # passed to the class, which does not store it
            field = ConfigField(default, doc=member.doc)
            self.members[name] = Setting(
                f"{self.name}.{name}",
                self.owner if own is not UNSET else structure.cls,
                field=field,
                declared=member.declared,
                secret=self.secret,
                parent=self,
                member=member,
            )

    def _classes_above(self) -> Iterator[type]:
        """Yield the structures that hold this one: a class may hold itself."""
        parent = self.parent
        while parent is not None and parent.structure is not None:
            yield parent.structure.cls
            parent = parent.parent


def field_setting(
    name: str,
    definitions: list[tuple[type, ConfigField[Any]]],
    known: dict[type, Declarations],
) -> Setting:
    """Return the setting of a field; its most derived definition comes first.

    `known` has the declarations of the classes that were read before.
    """
    owner, field = definitions[0]
    levels = [each.secret for _, each in definitions]
    secret: Secrecy = "url" if "url" in levels else False
    if True in levels:
        secret = True
    with_types = (pair for pair in definitions if not pair[1].keeps_type)
    typed_by, typed = next(with_types, definitions[-1])
    if typed_by not in known:
        known[typed_by] = Declarations(typed_by)
    declared, reason = known[typed_by].declared_type(name, typed)
    unresolved: Sequence[UnresolvedAnnotation] = ()
    if reason is not None or not is_scalar(declared):
        unresolved = _find_unresolved(typed_by, name, declared, reason)
    if not is_scalar(declared) and field.mapper is None:
        # Members are known now; forward references to classes may be, too.
        from pynenc_conf._core.types.structures import member_types  # noqa: PLC0415

        check_type(f"{type_name(owner)}.{name}", declared, ConfigMeta, member_types)
    setting = Setting(name, owner, field=field, declared=declared, secret=secret)
    setting.unresolved = unresolved
    return setting


def _find_unresolved(
    owner: type, name: str, declared: Any, reason: str | None
) -> list[UnresolvedAnnotation]:
    """Return a field's annotation if it is ignored, or those of its members that are.

    To be called before the first conversion: it makes the names around the class known
    to the structures in the field.
    """
    if reason is not None:
        return [(owner, name, reason, "the type of the default applies")]
    if declared is object:
        return []
    from pynenc_conf._core.types.structures import find_unknown_members  # noqa: PLC0415

    local_names = vars(owner).get("_local_names", {})
    return [
        (owner, f"{name}.{member}", why, "any value is accepted")
        for member, why in find_unknown_members(declared, local_names)
    ]
