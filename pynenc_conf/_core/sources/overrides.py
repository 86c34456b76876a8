"""Values above every source, for a while and in one context."""

from __future__ import annotations

from contextvars import ContextVar

from pynenc_conf._core.declare.plan import plan_of
from pynenc_conf._core.problems import find_closest_name
from pynenc_conf.exceptions import UnknownFieldError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any, Generic, TypeVar

    from pynenc_conf._core.base import ConfigBase

    C = TypeVar("C", bound="ConfigBase")
    Overrides = tuple[tuple[type[ConfigBase], Mapping[str, Any]], ...]

    class _Of(Generic[C]):
        """Makes Override generic for type checkers."""

else:
    C = object

    class _Of:
        """Makes `Override[C]` work without importing typing."""

        __class_getitem__ = classmethod(type(list[int]))


# A context variable, so that threads and asyncio tasks do not disturb each other.
_active: ContextVar[Overrides] = ContextVar("pynenc_conf_overrides", default=())


def active_overrides() -> Overrides:
    """Return the overrides of this context, outermost first."""
    return _active.get()


class Override(_Of[C]):
    """What `ConfigBase.override` returns: a context manager, usable again and nested.

    Entering makes an instance, so a value that does not fit raises there.
    """

    def __init__(self, cls: type[C], values: dict[str, Any]) -> None:
        settings = plan_of(cls).settings
        unknown = [name for name in values if name not in settings]
        if unknown:
            values.clear()  # a traceback with locals must not show a secret
            raise unknown_field(cls, unknown[0], settings)
        self._cls = cls
        self._values = values

    def __enter__(self) -> C:
        _active.set((*_active.get(), (self._cls, self._values)))
        try:
            return self._cls._make_example()  # noqa: SLF001 - for this caller alone
        except BaseException:
            self.__exit__()
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
    near = find_closest_name(name, names)
    hint = f"; did you mean {near!r}?" if near else ""
    return UnknownFieldError(f"{cls.__name__} has no field {name!r}{hint}")
