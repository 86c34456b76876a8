"""Values above every source, temporarily and in one context: `override(...)`."""

from __future__ import annotations

from contextvars import ContextVar

from pynenc_conf._core.declare.plan import plan_of
from pynenc_conf._core.frames import clear_frames
from pynenc_conf._core.masking import type_name
from pynenc_conf._core.problems import find_closest_name
from pynenc_conf._core.resolve.precedence import override_rank
from pynenc_conf.exceptions import UnknownFieldError
from pynenc_conf.origin import OVERRIDE, Origin

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Any

    from pynenc_conf._core.declare.plan import Plan
    from pynenc_conf._core.resolve.layer import Layer
    from pynenc_conf._core.sources.request import Request

    Overrides = tuple[tuple[type[Any], Mapping[str, Any]], ...]

# A context variable, so that threads and asyncio tasks do not disturb each other.
_active: ContextVar[Overrides] = ContextVar("pynenc_conf_overrides", default=())


class OverrideSource:
    """Reads the overrides of this context that are for the class or an ancestor."""

    names = (OVERRIDE,)

    def __init__(self, plan: Plan) -> None:
        self._plan = plan

    def layers(self, request: Request) -> Sequence[Layer]:
        """Return a layer for each override, the outermost first."""
        active = _active.get()
        if not active:
            return ()
        layers: list[Layer] = []
        for depth, (cls, values) in enumerate(active):
            if cls in self._plan.leaf.__mro__:
                origin = Origin(OVERRIDE, owner=type_name(cls))
                rank = override_rank(len(self._plan.scopes), depth)
                origins = dict.fromkeys(values, origin)
                layers += request.convert(rank, values, origins.__getitem__)
        return layers


class Override:
    """What `ConfigBase.override` returns: a context manager that can be used again.

    Entering makes an instance, so an invalid value raises there. Blocks nest.
    """

    def __init__(self, cls: type[Any], values: dict[str, Any]) -> None:
        settings = plan_of(cls).settings
        unknown = [name for name in values if name not in settings]
        if unknown:
            raise unknown_field(cls, unknown[0], settings)
        self._cls = cls
        self._values = values

    def __enter__(self) -> Any:
        cls = self._cls
        before = _active.set((*_active.get(), (cls, self._values)))
        try:
            return cls._make_example()
        except BaseException as error:
            _active.reset(before)
            clear_frames(error)
            raise

    def __exit__(self, *_: object) -> None:
        # No token is kept: one Override may be entered by several threads at once.
        active = list(_active.get())
        for index in reversed(range(len(active))):
            if active[index][1] is self._values:
                del active[index]
                break
        _active.set(tuple(active))


def unknown_field(cls: type, name: object, names: Mapping[str, Any]) -> Exception:
    """Return the error for a field that a class does not have."""
    closest = find_closest_name(name, names)
    hint = f"; did you mean {closest!r}?" if closest else ""
    return UnknownFieldError(f"{type_name(cls)} has no field {name!r}{hint}")
