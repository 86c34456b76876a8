"""The stack frames of this library: which they are, and what they must not keep.

Some tools print a traceback with the local variables of its frames, and a local
variable may be a secret. Every public function that gets values of the application
therefore calls `clear_frames` with an exception that leaves it, and then drops its own
arguments: the frame of a running function cannot be cleared.
"""

from __future__ import annotations

import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import FrameType
    from typing import Any

_PACKAGE = __name__.partition(".")[0]
# What this library calls; its frames below this library's hold the same values.
_CALLED = sys.stdlib_module_names | {_PACKAGE, "redis", "tomli", "yaml"}


def clear_frames(
    error: object, raised: BaseException | None = None, *_: object
) -> None:
    """Remove the local variables of this library's frames from an exception.

    Also those of its causes and contexts, and of the standard library and the
    dependencies where this library called them. An application's own frames stay as
    they are, and so do frames that are still running.

    A `with` block passes the class of an exception and the exception, or None.
    """
    leaving: Any = error if raised is None else raised
    pending: list[Any] = [leaving]
    # In one function: near the recursion limit there may be no room for a second one.
    try:
        seen: set[int] = set()
        while pending:
            each = pending.pop()
            if not isinstance(each, BaseException) or id(each) in seen:
                continue
            seen.add(id(each))
            # BaseException's own attributes: a subclass may define them in its own way.
            pending += [_CAUSE.__get__(each), _CONTEXT.__get__(each)]
            if isinstance(each, BaseExceptionGroup):
                pending += _PARTS.__get__(each)
            traceback = _TRACEBACK.__get__(each)
            # Only the first frame can be a suspended generator, which clearing would
            # end: the exception has left all others.
            is_below = False
            while traceback is not None:
                frame, traceback = traceback.tb_frame, traceback.tb_next
                # Code that is executed by exec() has the namespace that it is given.
                name = dict.get(frame.f_globals, "__name__")
                module = str.partition(name, ".")[0] if isinstance(name, str) else ""
                is_below = is_below or module == _PACKAGE
                if is_below and module in _CALLED:
                    try:
                        frame.clear()
                    except RecursionError:
                        raise
                    except RuntimeError:
                        continue  # it is running
    except RecursionError:
        # Up to Python 3.11, functions of the interpreter count too.
        leaving.__cause__ = leaving.__context__ = leaving.__traceback__ = None


class _Clearing:
    """Clears the frames of an exception that leaves a `with` block."""

    def __enter__(self) -> None:
        """Begin the block."""

    __exit__ = staticmethod(clear_frames)


clearing = _Clearing()
"""For functions without arguments or variables that may be secret."""


def is_own_frame(frame: FrameType) -> bool:
    """Whether a frame runs code of this library."""
    return _top_module(frame) == _PACKAGE


def _top_module(frame: FrameType) -> str:
    """Return the name of the top-level module of a frame; "" if it has none."""
    # Code that is executed by exec() has the namespace that it is given.
    name = dict.get(frame.f_globals, "__name__")
    return str.partition(name, ".")[0] if isinstance(name, str) else ""


_PARTS = vars(BaseExceptionGroup)["exceptions"]
_TRACEBACK = vars(BaseException)["__traceback__"]
_CAUSE = vars(BaseException)["__cause__"]
_CONTEXT = vars(BaseException)["__context__"]


def caller_level() -> int:
    """Return the stack level of the code that uses this library, for a warning.

    Level 1 is the function that calls this one.
    """
    frame = sys._getframe(1)  # noqa: SLF001 - what warnings itself counts
    level = 1
    while frame.f_back is not None and is_own_frame(frame):
        frame, level = frame.f_back, level + 1
    return level
