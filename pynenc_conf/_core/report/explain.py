"""Explanations: which values are in force, and where they come from."""

from __future__ import annotations

from pynenc_conf._core.frames import clearing
from pynenc_conf._core.masking import mask_value, type_name
from pynenc_conf._core.report.syntax import show_value, to_json_value
from pynenc_conf._core.types.unset import REQUIRED, UNSET, Mark
from pynenc_conf.origin import DEFAULT, escape_line

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from pynenc_conf._core.declare.setting import Setting
    from pynenc_conf._core.masking import Secrecy
    from pynenc_conf._core.resolve.chain import Candidate
    from pynenc_conf.origin import Origin

NOT_SET = "not set"
"""The text of a member that has no value: a key that a TypedDict leaves out."""
MISSING = "missing"
"""The text of a required setting that no source sets."""
_MAX_WIDTH = 60


class FieldInfo:
    """One field of one instance: its definition, value and chain.

    - `name`, `doc`, `expected` (the type in words), `default` (None if it has none),
      `is_required` (it has none, and must be set), `owner` (the class that defines it).
    - `members`: the same information about each member, if the field is a structure.
    - `value`: the value in force, not masked, None if there is none; `display_value`:
      its text, masked if `is_secret`, or "not set".
    - `origin`: where the value was found; `source`: the origin as text; `is_default`:
      whether no source set the value.
    - `chain`: every value given for the field, the value in force first; each a
      `Candidate` with `value`, `origin`, and `overridden`, the rule by which another
      value is in force instead (None for the value in force).
    """

    def __init__(
        self,
        setting: Setting,
        chain: Sequence[Candidate],
        value: Any,
        members: Sequence[FieldInfo] = (),
    ) -> None:
        field = setting.field
        self.name: str = setting.name
        self.doc: str = field.doc
        self.expected: str = setting.expected
        default = self._default = field.default_value
        self.default: Any = None if type(default) is Mark else default
        self.is_required: bool = default is REQUIRED
        self.members: tuple[FieldInfo, ...] = tuple(members)
        self.owner: str = type_name(setting.owner)
        self.secret: Secrecy = setting.secret
        self.is_secret: bool = bool(setting.secret)
        self.chain: tuple[Candidate, ...] = tuple(chain)
        self.value: Any = self.chain[0].value
        self.origin: Origin = self.chain[0].origin
        self.source: str = str(self.origin)
        self.is_default: bool = self.origin.source == DEFAULT
        self._absent: str = ""
        if value is UNSET:
            self._absent = NOT_SET
        elif value is REQUIRED and self.is_default and type(default) is Mark:
            self._absent = MISSING if self.is_required else NOT_SET
        if self.is_missing:
            self.source = f"required by {self.owner}"
        self.display_value: str = self.display(self.chain[0])

    @property
    def default_text(self) -> str:
        """The text of the default, secrets masked; empty if there is none."""
        if self._default is REQUIRED or self._default is UNSET:
            return ""
        return show_value(self._default, self.secret)

    @property
    def is_absent(self) -> bool:
        """Whether a member has no value, not even None."""
        return bool(self._absent)

    @property
    def is_missing(self) -> bool:
        """Whether the field is required and not set, as only the commands show it."""
        return self._absent == MISSING

    def settings(self) -> list[FieldInfo]:
        """Return the settings with a value: the members of a structure, or itself."""
        if not self.members or (self.value is None and not self.is_missing):
            return [self]
        return [each for member in self.members for each in member.settings()]

    def display(self, candidate: Candidate) -> str:
        """Return the text of a candidate's value, secrets masked."""
        if self._absent and not candidate.overridden:
            return self._absent
        return show_value(candidate.value, self.secret)

    def as_dict(self) -> dict[str, Any]:
        """Return this information as plain data for JSON, secrets masked."""
        with clearing:
            return self._as_dict()

    def _as_dict(self) -> dict[str, Any]:
        members = [member.as_dict() for member in self.members]
        value = to_json_value(mask_value(self.value, self.secret))
        if members and self.value is not None and not self.is_secret:
            pairs = zip(self.members, members, strict=True)
            value = {
                member.name.rpartition(".")[2]: data["value"]
                for member, data in pairs
                if not member.is_absent
            }
        return {
            "field": self.name,
            "value": value,
            "default": to_json_value(mask_value(self.default, self.secret)),
            "type": self.expected,
            "doc": self.doc,
            "secret": self.is_secret,
            "required": self.is_required,
            "chain": [
                {
                    "value": to_json_value(mask_value(candidate.value, self.secret)),
                    "overridden": candidate.overridden,
                    **_origin_dict(candidate.origin),
                }
                for candidate in self.chain
                if not self.is_missing
            ],
            **({"members": members} if members else {}),
        }

    def __repr__(self) -> str:
        return f"<FieldInfo {self.name} = {self.display_value} from {self.source}>"


def explain_all(class_name: str, infos: Sequence[FieldInfo]) -> str:
    """Return the text of all fields, one line each: name, value, origin."""
    return _join([class_name, *_lines(infos)])


def _lines(infos: Sequence[FieldInfo]) -> list[str]:
    """Return one line for each field, or for each member of a structure."""
    shown = [each for info in infos for each in info.settings()]
    rows = [(info.name, _shorten(info.display_value), info.source) for info in shown]
    names = max((len(name) for name, _, _ in rows), default=0)
    values = max((len(value) for _, value, _ in rows), default=0)
    return [
        f"  {name:<{names}}  {value:<{values}}  {source}"
        for name, value, source in rows
    ]


def explain_one(class_name: str, info: FieldInfo) -> str:
    """Return the text of one field: its value and chain."""
    lines = [f"{class_name}.{info.name} = {info.display_value}"]
    if info.doc:
        lines.append(f"  {' '.join(info.doc.split())}")
    if info.settings() != [info]:
        return _join([*lines, *_lines([info])])
    for candidate in info.chain:
        mark = " " if candidate.overridden else ">"
        origin = candidate.origin if candidate.overridden else info.source
        lines.append(f"  {mark} {info.display(candidate)}  {origin}")
        if candidate.overridden:
            lines.append(f"      overridden: {candidate.overridden}")
    return _join(lines)


def _join(lines: Sequence[str]) -> str:
    return "\n".join(map(escape_line, lines))


def _shorten(text: str) -> str:
    return text if len(text) <= _MAX_WIDTH else f"{text[: _MAX_WIDTH - 3]}..."


def _origin_dict(origin: Origin) -> dict[str, Any]:
    names = ("source", "key", "path", "line", "column", "variable", "owner")
    return {"origin": str(origin)} | {name: getattr(origin, name) for name in names}
