"""Warnings about annotations that cannot be evaluated, which are otherwise ignored."""

from __future__ import annotations

from typing import TYPE_CHECKING
from warnings import warn
from weakref import WeakKeyDictionary

from pynenc_conf._core.frames import caller_level
from pynenc_conf._core.masking import type_name
from pynenc_conf.exceptions import Problem, UnresolvedAnnotationWarning

if TYPE_CHECKING:
    _Warned = WeakKeyDictionary[type, dict[str, object]]

# The classes that were warned about, and their fields.
_warned: _Warned = WeakKeyDictionary()


def warn_of_annotation(owner: type, name: str, reason: str, instead: str) -> None:
    """Warn once that the annotation of a field or member is ignored.

    `owner` is the class with the field, also for a member (`smtp.port`). `instead` says
    what decides the type.
    """
    mark = object()
    if _warned.setdefault(owner, {}).setdefault(name, mark) is not mark:
        return
    message = f"the annotation cannot be evaluated ({reason}); {instead}"
    problem = Problem(message, field=f"{type_name(owner)}.{name}")
    warn(UnresolvedAnnotationWarning(problem), stacklevel=caller_level())
