"""A progress bar for work that takes longer than a second."""

from __future__ import annotations

from contextlib import ExitStack
from time import monotonic
from typing import TYPE_CHECKING, TypeVar

from pynenc_conf._tools.output import create_console, is_terminal

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

T = TypeVar("T")

PATIENCE_SEC = 1.0
"""Time before the bar is shown, in seconds."""


def track(items: Sequence[T], verb: str) -> Iterator[T]:
    """Yield items; if that takes long, show on a terminal how many are done.

    The bar is on stderr, and disappears at the end.
    """
    show_from = monotonic() + PATIENCE_SEC
    update: Callable[[int], object] | None = None
    with ExitStack() as stack:
        for done, item in enumerate(items):
            if update is not None:
                update(done)
            elif done and monotonic() >= show_from and is_terminal(stderr=True):
                update = _start_bar(stack, verb, len(items))
            yield item


def _start_bar(stack: ExitStack, verb: str, total: int) -> Callable[[int], object]:
    """Show a bar until the stack is closed; return the function that moves it."""
    # Imported only if it is shown, because the import takes time.
    from rich.progress import (  # noqa: PLC0415
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
    )

    columns = (TextColumn(verb), BarColumn(), MofNCompleteColumn())
    console = create_console(stderr=True)
    bar = stack.enter_context(Progress(*columns, console=console, transient=True))
    task = bar.add_task(verb, total=total)
    return lambda done: bar.update(task, completed=done)
