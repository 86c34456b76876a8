"""Conversions to types that contain themselves: each part of a value once."""

from __future__ import annotations

from threading import local
from typing import TYPE_CHECKING, Any

from pynenc_conf._core.types.invalid import InvalidValue

if TYPE_CHECKING:
    from pynenc_conf._core.types.scalars import Convert

_INVALID = object()

_MAX_COPIES = 1_000
"""Maximum number of lists and dicts that are copied, of those that a value repeats."""


class _Progress(local):
    """What the running conversion of this thread knows about parts of its value.

    A type and a part lead to the part, which must stay alive, and its result.
    """

    def __init__(self) -> None:
        self.known: dict[tuple[object, object], tuple[object, object]] = {}


_progress = _Progress()


def once(declared: object, convert: Convert, expected: str) -> Convert:
    """Return a conversion that converts each part of a value at most once.

    A union tries several types, and each of them would convert the parts again: for
    nested values, 2 ** depth times. A part that is met again while it is converted can
    only be invalid: a list that contains itself, or text that is split to itself. So is
    a value that is nested deeper than Python can follow.
    """
    try:
        hash(declared)
    except TypeError:
        declared = object()  # one that stays alive, as no id of a tuple does

    def convert_once(raw: Any) -> Any:
        known = _progress.known
        is_text = isinstance(raw, str)
        part = (declared, str.__str__(raw) if is_text else id(raw))
        if part in known:
            found = known[part][1]
            if found is _INVALID:
                raise InvalidValue(expected, raw)
            return found
        is_outermost = not known
        known[part] = (raw, _INVALID)
        try:
            value = convert(_without_sharing(raw) if is_outermost else raw)
            known[part] = (raw, value)
        except RecursionError:
            if not is_outermost:
                raise
            too_deep = InvalidValue(f"{expected}, nested less deep", raw)
        else:
            return value
        finally:
            if is_outermost:
                known.clear()
            elif is_text:
                # Text may be valid elsewhere, and equal text is another value.
                known.pop(part, None)
        raise too_deep

    return convert_once


def _without_sharing(raw: Any) -> Any:
    """Return a value in which no two parts are one list or dict, as by a YAML alias.

    The results would be one object too. What contains itself stays so, and a value with
    more parts than _MAX_COPIES is shared after them.
    """
    remaining = _MAX_COPIES
    above: set[int] = set()

    def copy(part: Any) -> Any:
        nonlocal remaining
        if type(part) not in (dict, list) or id(part) in above or not remaining:
            return part
        remaining -= 1
        above.add(id(part))
        if type(part) is list:
            copied: Any = [copy(each) for each in part]
        else:
            copied = {key: copy(each) for key, each in part.items()}
        above.discard(id(part))
        return copied

    return copy(raw)
