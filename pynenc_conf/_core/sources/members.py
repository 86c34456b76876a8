"""The members of structures in a source: each becomes a setting of its own."""

from __future__ import annotations

from pynenc_conf._core.resolve.layer import find_origin
from pynenc_conf._core.types.invalid import InvalidValue
from pynenc_conf._core.types.members import read_members, unknown_member
from pynenc_conf._core.types.typing_forms import is_null

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Any

    from pynenc_conf._core.declare.setting import Setting
    from pynenc_conf._core.sources.request import Request
    from pynenc_conf.origin import Origin

    FindOrigin = Callable[[str], Origin]


def spread_members(
    request: Request, raw: Mapping[str, Any], origin: FindOrigin
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
        if setting.structure is None or _is_whole(setting, item):
            spread[setting.name] = item
            return
        try:
            members = read_members(setting.structure, item, setting.expected)
        except InvalidValue as invalid:
            request.report(setting, invalid, item, find)
            return
        for key, part in members.items():
            if key in setting.members:
                add(setting.members[key], part)
            else:
                unknown = unknown_member(setting.structure, key)
                request.report(setting, unknown, key, find)

    for name, item in raw.items():
        add(request.plan.all_settings[name], item)
    return spread, find


def _is_whole(setting: Setting, raw: object) -> bool:
    """Whether a raw value is one for the whole structure."""
    if setting.structure is None or setting.structure.holds(raw):
        return True
    # `smtp: {}` sets no member, but there is a structure then.
    return setting.is_optional and (is_null(raw) or raw == {})
