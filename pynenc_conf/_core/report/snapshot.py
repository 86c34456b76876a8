"""Snapshots: what is in force in one instance, as data that other machines can compare.

A snapshot has no secrets, and equal configurations have equal fingerprints, whatever
the machine, the Python version or the hash seed.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from pynenc_conf._core.masking import mask_value, type_name
from pynenc_conf._core.report.syntax import PLAIN_TYPES, to_json_value
from pynenc_conf.exceptions import ConfigTypeError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from pynenc_conf._core.report.explain import FieldInfo

# Imported already, and above this module.
_PACKAGE = sys.modules["pynenc_conf"]
_FORMAT = 1
"""Part of every fingerprint; a change of the rules changes the number."""
_DIGITS = 16


class SettingSnapshot(NamedTuple):
    """One setting of a snapshot: a field, or a member of a structure.

    - `name`: the name of the field, or the dotted path of the member.
    - `text`: the value in the syntax of configuration files, on one line; `json`: the
      value as JSON text. Both are masked if `is_secret`.
    - `default_text`: the default, like `text`; empty if there is none.
    - `origin`: where the value was found, as text; `is_default`: whether no source set
      it, and it has not changed in place.
    - `digest`: of a secret, made with the key of the snapshot; None without a key, and
      for a setting that is not secret.
    - `has_members`: whether this is a structure, and the next settings its members.
    """

    name: str
    text: str
    json: str
    default_text: str
    origin: str
    is_default: bool = False
    is_secret: bool = False
    digest: str | None = None
    has_members: bool = False

    @property
    def value(self) -> Any:
        """The value as plain data, masked if it is secret."""
        return json.loads(self.json)

    def as_dict(self) -> dict[str, Any]:
        """Return the setting as plain data for JSON."""
        return {
            "name": self.name,
            "value": self.value,
            "origin": self.origin,
            "default": self.is_default,
            "secret": self.is_secret,
            **({"digest": self.digest} if self.digest is not None else {}),
        }


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The values and origins of one instance at one moment; immutable.

    - `class_name`: the name of the class; `version`: the version of this library.
    - `settings`: the fields in order of declaration, each followed by its members if it
      is a structure.
    - `fingerprint`: 16 hexadecimal digits, equal for equal classes and values;
      `default_fingerprint`: the same for the defaults of the class.
    """

    class_name: str
    version: str
    fingerprint: str
    default_fingerprint: str
    settings: tuple[SettingSnapshot, ...]

    def as_dict(self) -> dict[str, Any]:
        """Return the snapshot as plain data for JSON."""
        return {
            "class": self.class_name,
            "version": self.version,
            "fingerprint": self.fingerprint,
            "default_fingerprint": self.default_fingerprint,
            "settings": [setting.as_dict() for setting in self.settings],
        }

    def __repr__(self) -> str:
        return f"<Snapshot {self.class_name} {self.fingerprint}>"


def create_snapshot(cls: type, infos: Sequence[FieldInfo], key: Any) -> Snapshot:
    """Return the snapshot of an instance with these fields. Raises ConfigTypeError."""
    if key is not None and not (isinstance(key, bytes) and key):
        msg = "the key of a snapshot must be bytes, and not empty"
        raise ConfigTypeError(msg)
    name = type_name(cls)
    settings = tuple(each for info in infos for each in _settings(info, key))
    fields = {info.name for info in infos}
    values = [[s.name, s.json, s.digest] for s in settings if s.name in fields]
    defaults = [
        [info.name, to_json_text(mask_value(info.default, info.secret))]
        for info in infos
    ]
    return Snapshot(
        class_name=name,
        version=_PACKAGE.__version__,
        fingerprint=_fingerprint([name, sorted(values)]),
        default_fingerprint=_fingerprint([name, sorted(defaults)]),
        settings=settings,
    )


def _settings(info: FieldInfo, key: bytes | None) -> Iterator[SettingSnapshot]:
    """Yield the snapshots of a field and of its members."""
    digest = None
    if info.is_secret and key is not None:
        digest = digest_of(info.name, info.value, key)
    has_members = bool(info.members) and info.value is not None
    value = to_json_text(mask_value(info.value, info.secret))
    is_default = info.is_default
    if is_default and type(info.value) not in PLAIN_TYPES:
        # A list, say, may have changed in place.
        is_default = value == to_json_text(mask_value(info.default, info.secret))
    yield SettingSnapshot(
        name=info.name,
        text=info.display_value,
        json=value,
        default_text=info.default_text,
        origin=info.source,
        is_default=is_default,
        is_secret=info.is_secret,
        digest=digest,
        has_members=has_members,
    )
    if has_members:
        for member in info.members:
            yield from _settings(member, key)


def digest_of(name: str, value: Any, key: bytes) -> str:
    """Return the digest of a setting's value, which only the key can reproduce."""
    text = json.dumps([name, to_json_text(value)])
    return hmac.new(key, text.encode(), hashlib.sha256).hexdigest()[:_DIGITS]


def to_json_text(value: Any) -> str:
    """Return JSON text for a value: the same for equal values, in every process."""
    return json.dumps(to_json_value(value), sort_keys=True)


def _fingerprint(data: Any) -> str:
    text = json.dumps([_FORMAT, data])
    return hashlib.sha256(text.encode()).hexdigest()[:_DIGITS]
