"""The entry points of installed plug-ins."""

from __future__ import annotations

import os
import sys
from importlib.machinery import PathFinder
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable
    from importlib.metadata import EntryPoint

_METADATA = ("-info", ".egg")


def find_entry_points(group: str) -> Iterable[EntryPoint]:
    """Return the entry points of a group, of all distributions on `sys.path`."""
    if not _may_exist(group):
        return ()
    from importlib import metadata  # noqa: PLC0415 - see _may_exist

    return metadata.entry_points(group=group)


def _may_exist(group: str) -> bool:
    """Whether `importlib.metadata` may find an entry point of a group.

    To import it and to let it read all metadata takes a quarter of the time of a
    command, and plug-ins are rare. True if distributions may be elsewhere than in
    folders.
    """
    if any(
        hasattr(finder, "find_distributions") and finder is not PathFinder
        for finder in sys.meta_path
    ):
        return True
    wanted = group.encode()
    for path in sys.path:
        try:
            names = os.listdir(path or os.curdir)
        except NotADirectoryError:  # an archive
            return True
        except OSError:
            continue
        for name in names:
            if name.lower().endswith(_METADATA) and _contains(
                os.path.join(path, name, "entry_points.txt"), wanted
            ):
                return True
    return False


def _contains(path: str, wanted: bytes) -> bool:
    try:
        with open(path, "rb") as file:
            return wanted in file.read()
    except OSError:
        return False
