"""The types that a function defines for the text annotations of a class inside it.

Code in an annotation knows the names around it. Text does not: when the text is
evaluated, the function has returned.
"""

from __future__ import annotations

import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from types import FrameType
    from typing import Any

_LOCALS = ".<locals>."
# list[int], int | None and modules, without importing `types`.
_FORMS = (type(list[int]), type(int | None), type(sys))
_FORM_MODULES = {"typing", "typing_extensions"}


def find_local_names(
    module: object, qualname: str, annotations: Iterable[object]
) -> Mapping[str, Any]:
    """Return the types among the names of the functions around a class.

    Only classes, other types and modules: no other value is kept alive. Empty if the
    class is not in a function, or if none of its annotations contains text.
    """
    *functions, _ = qualname.split(_LOCALS)
    if not functions or not any(map(_has_text, annotations)):
        return {}
    wanted = {_LOCALS.join(functions[:count]) for count in range(1, len(functions) + 1)}
    found: dict[str, Any] = {}
    frame: FrameType | None = sys._getframe(1)  # noqa: SLF001 - the only way to the names
    while frame is not None and wanted:
        name = frame.f_code.co_qualname
        if name in wanted and frame.f_globals.get("__name__") == module:
            wanted.remove(name)
            # The innermost function comes first, and its names count.
            found = {**frame.f_locals, **found}
        frame = frame.f_back
    return {name: value for name, value in found.items() if _is_type(value)}


def _has_text(annotation: object) -> bool:
    return any(map(is_text, type_parts(annotation)))


def is_text(annotation: object) -> bool:
    """Whether an annotation is text, also text that typing has wrapped."""
    return isinstance(annotation, str) or hasattr(annotation, "__forward_arg__")


def type_parts(annotation: object) -> Iterator[Any]:
    """Yield a type and the types in it, each once, however often they occur."""
    pending = [annotation]
    seen: dict[int, object] = {}
    while pending:
        part = pending.pop()
        if id(part) in seen:
            continue
        seen[id(part)] = part
        yield part
        arguments = getattr(part, "__args__", ())
        pending += arguments if isinstance(arguments, tuple) else ()


def _is_type(value: object) -> bool:
    is_form = type(value).__module__ in _FORM_MODULES
    return is_form or isinstance(value, (type, *_FORMS))
