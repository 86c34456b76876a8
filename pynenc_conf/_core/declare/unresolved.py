"""Warnings about annotations that cannot be evaluated, which are otherwise ignored."""

from __future__ import annotations

from typing import TYPE_CHECKING
from warnings import warn
from weakref import WeakKeyDictionary

from pynenc_conf._core.frames import caller_level
from pynenc_conf._core.masking import type_name
from pynenc_conf.exceptions import Problem, UnresolvedAnnotationWarning

if TYPE_CHECKING:
    # The class with the field, the setting, the reason, and what decides the type.
    UnresolvedAnnotation = tuple[type, str, str, str]

    _Warned = WeakKeyDictionary[type, dict[str, object]]

# The classes that were warned about, and their fields.
_warned: _Warned = WeakKeyDictionary()


def warn_of_annotation(annotation: UnresolvedAnnotation) -> None:
    """Warn once that the annotation of a field or member (`smtp.port`) is ignored."""
    owner, name, reason, instead = annotation
    mark = object()
    if _warned.setdefault(owner, {}).setdefault(name, mark) is not mark:
        return
    message = f"the annotation cannot be evaluated ({reason}); {instead}"
    problem = Problem(message, field=f"{type_name(owner)}.{name}")
    warn(UnresolvedAnnotationWarning(problem), stacklevel=caller_level())
