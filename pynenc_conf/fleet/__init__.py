"""The configurations of all workers of an application, compared through Redis.

Each worker announces its configuration in a Redis that it uses anyway. An operator
reads them all, and sees which worker differs. Redis only compares configurations: no
worker takes a value from it, secrets are never stored in it, and a worker does not
notice when it is down.
"""

from __future__ import annotations

from pynenc_conf.fleet._announcement import (
    Announcement,
    AsyncAnnouncement,
    announce,
    announce_async,
)
from pynenc_conf.fleet._member import Member, members
from pynenc_conf.fleet._report import ClassDifference, Group, Report, report

__all__ = [
    "Announcement",
    "AsyncAnnouncement",
    "ClassDifference",
    "Group",
    "Member",
    "Report",
    "announce",
    "announce_async",
    "members",
    "report",
]
