"""The settings whose values differ between two configurations."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Any, NamedTuple

from pynenc_conf._core.report.snapshot import Snapshot

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from typing import Protocol

    from pynenc_conf._core.report.snapshot import SettingSnapshot

    class _Config(Protocol):
        """An instance of a config class."""

        def snapshot(self, key: bytes | None = None) -> Snapshot:
            """Return the snapshot of the instance."""
            raise NotImplementedError


class Difference(NamedTuple):
    """A setting whose values in two configurations differ.

    - `name`: the name of the field, or the dotted path of a member.
    - `a`, `b`: each a `SettingSnapshot` with value and origin, or None if the
      configuration does not have the setting.
    """

    name: str
    a: SettingSnapshot | None
    b: SettingSnapshot | None

    def as_dict(self) -> dict[str, Any]:
        """Return the difference as plain data for JSON."""
        sides = {"a": self.a, "b": self.b}
        return {
            "name": self.name,
            **{side: each and each.as_dict() for side, each in sides.items()},
        }


def diff(a: _Config | Snapshot, b: _Config | Snapshot) -> list[Difference]:
    """Return the settings whose values differ between two configurations.

    Members of a structure are compared one by one, if both configurations have it.
    Secrets of two instances are compared but not shown. Those of snapshots can be
    compared only if both have the digests of one key, and otherwise count as equal if
    both are set.
    """
    # Digests of another key could not be compared with those of a snapshot.
    key = None
    if not isinstance(a, Snapshot) and not isinstance(b, Snapshot):
        key = secrets.token_bytes(32)
    sides = [
        each if isinstance(each, Snapshot) else each.snapshot(key) for each in (a, b)
    ]
    return list(find_differences(sides[0].settings, sides[1].settings))


def find_differences(
    a: Iterable[SettingSnapshot], b: Iterable[SettingSnapshot]
) -> Iterator[Difference]:
    """Yield the differences between the settings of two snapshots."""
    a_settings, b_settings = ({each.name: each for each in side} for side in (a, b))
    compared: set[str] = set()
    for name in dict.fromkeys([*a_settings, *b_settings]):
        first, second = a_settings.get(name), b_settings.get(name)
        holder = name.rpartition(".")[0]
        if holder in compared:
            compared.add(name)  # as a part of the whole structure
            continue
        if first and second and first.has_members and second.has_members:
            continue
        compared.add(name)
        if first is None or second is None or not is_same(first, second):
            yield Difference(name, first, second)


def is_same(a: SettingSnapshot, b: SettingSnapshot) -> bool:
    """Whether two settings have the same value, as far as that of a secret is known."""
    if a.digest is not None and b.digest is not None:
        return a.digest == b.digest
    return a.json == b.json
