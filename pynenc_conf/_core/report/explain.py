"""What an operator asks: which values are in force, and where they come from."""

from __future__ import annotations

from pynenc_conf._core.masking import format_value, mask_value, sorted_elements
from pynenc_conf.origin import DEFAULT

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from pynenc_conf._core.declare.plan import Setting
    from pynenc_conf._core.masking import Secrecy
    from pynenc_conf._core.resolve.chain import Candidate
    from pynenc_conf.origin import Origin

_WIDEST_VALUE = 60
_WIDEST_NUMBER = 10**4000


class FieldInfo:
    """All that is known about one field of one instance.

    - `name`, `doc`, `expected` (the type in words), `default`, `owner` (the class
      that defines it).
    - `value`: the value in force, unmasked; `display_value`: its text as it may be
      shown. `is_secret` says whether the two differ.
    - `origin`: where the value was found; `source` the same as text. `is_default`
      says that nobody set it.
    - `chain`: every value given for the field, the one in force first; each a
      `Candidate` with `value`, `origin`, and `overridden`, the rule by which another
      value is in force instead (None for the value in force).
    """

    def __init__(self, setting: Setting, chain: Sequence[Candidate]) -> None:
        field = setting.field
        self.name = setting.name
        self.doc = field.doc
        self.expected = setting.expected
        self.default: Any = field.default_value
        self.owner = setting.owner.__name__
        self.secret: Secrecy = setting.secret
        self.is_secret = bool(setting.secret)
        self.chain = tuple(chain)
        self.value: Any = self.chain[0].value
        self.origin: Origin = self.chain[0].origin
        self.source = str(self.origin)
        self.is_default = self.origin.source == DEFAULT
        self.display_value = format_value(self.value, self.secret)

    def display(self, candidate: Candidate) -> str:
        """Return the text of a candidate's value, as it may be shown."""
        return format_value(candidate.value, self.secret)

    def as_dict(self) -> dict[str, Any]:
        """Return all of it as plain data for JSON, secrets masked."""
        return {
            "field": self.name,
            "value": to_json_value(mask_value(self.value, self.secret)),
            "default": to_json_value(mask_value(self.default, self.secret)),
            "type": self.expected,
            "doc": self.doc,
            "secret": self.is_secret,
            "chain": [
                {
                    "value": to_json_value(mask_value(candidate.value, self.secret)),
                    "overridden": candidate.overridden,
                    **_origin_dict(candidate.origin),
                }
                for candidate in self.chain
            ],
        }

    def __repr__(self) -> str:
        return f"<FieldInfo {self.name} = {self.display_value} from {self.source}>"


def explain_all(class_name: str, infos: Sequence[FieldInfo]) -> str:
    """Show one line for each field: name, value, origin."""
    rows = [(info.name, _cut(info.display_value), info.source) for info in infos]
    names = max((len(name) for name, _, _ in rows), default=0)
    values = max((len(value) for _, value, _ in rows), default=0)
    lines = [
        f"  {name:<{names}}  {value:<{values}}  {source}"
        for name, value, source in rows
    ]
    return "\n".join([class_name, *lines])


def explain_one(class_name: str, info: FieldInfo) -> str:
    """Show the chain of one field: the winner, then all that it shadows, and why."""
    lines = [f"{class_name}.{info.name} = {info.display_value}"]
    if info.doc:
        lines.append(f"  {info.doc}")
    for candidate in info.chain:
        mark = " " if candidate.overridden else ">"
        lines.append(f"  {mark} {info.display(candidate)}  {candidate.origin}")
        if candidate.overridden:
            lines.append(f"      overridden: {candidate.overridden}")
    return "\n".join(lines)


def _cut(text: str) -> str:
    return text if len(text) <= _WIDEST_VALUE else f"{text[: _WIDEST_VALUE - 3]}..."


def _origin_dict(origin: Origin) -> dict[str, Any]:
    names = ("source", "key", "path", "line", "column", "variable", "owner")
    return {"origin": str(origin)} | {name: getattr(origin, name) for name in names}


def to_json_value(value: Any) -> Any:
    """Reduce a value to what JSON can hold; the rest becomes its repr."""
    try:
        return _reduced(value)
    except Exception:  # noqa: BLE001 - a list in itself, or methods of a value's own
        return format_value(value, secret=False)


def _reduced(value: Any) -> Any:
    if isinstance(value, dict):
        return {str(key): _reduced(item) for key, item in value.items()}
    if isinstance(value, (list, tuple, set, frozenset)):
        return [_reduced(item) for item in sorted_elements(value)]
    if isinstance(value, str):
        return str.__str__(value)
    if value is None or isinstance(value, bool):
        return value
    # JSON has no infinity and no "not a number", and nobody writes longer integers.
    if isinstance(value, (int, float)) and abs(value) < _WIDEST_NUMBER:
        return value
    return repr(value)
