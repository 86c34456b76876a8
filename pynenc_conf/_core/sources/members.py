"""The members of structures in a source: each becomes a setting of its own."""

from __future__ import annotations

from pynenc_conf._core.resolve.layer import find_origin
from pynenc_conf._core.types.members import read_members, unknown_member
from pynenc_conf._core.types.typing_forms import is_null

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Any

    from pynenc_conf._core.declare.setting import Setting
    from pynenc_conf.origin import Origin

    FindOrigin = Callable[[str], Origin]
    # What reports the problems of a raw value: the setting, the error, and the value.
    Report = Callable[[Setting, Exception, object, FindOrigin], None]


def spread_members(
    settings: Mapping[str, Setting],
    raw: Mapping[str, Any],
    origin: FindOrigin,
    report: Report,
) -> tuple[dict[str, Any], FindOrigin]:
    """Replace the mappings of members in raw values by the members, by their paths.

    An instance of a structure, or None for one that may be None, stays as it is.
    Returns the origins of members too.
    """
    given = tuple(raw)
    spread: dict[str, Any] = {}

    def find(name: str) -> Origin:
        return find_origin(name, given, origin)

    def add(setting: Setting, item: Any) -> None:
        structure = setting.structure
        if structure is None:
            spread[setting.name] = item
            return
        # Blank text is empty text.
        item = item.strip() if type(item) is str else item
        try:
            is_whole = structure.holds(item) or (setting.is_optional and is_null(item))
            members = {}
            if not is_whole:
                members = read_members(structure, item, setting.expected)
            # `smtp: {}` sets no member, but there is a structure then.
            if is_whole or (setting.is_optional and not members):
                spread[setting.name] = item
                return
        except Exception as error:  # noqa: BLE001 - the value's own methods may raise
            report(setting, error, item, find)
            return
        for key, part in members.items():
            if key in setting.members:
                add(setting.members[key], part)
            else:
                report(setting, unknown_member(structure, key), key, find)

    for name, item in raw.items():
        add(settings[name], item)
    return spread, find
