"""The configurations of all workers of an application, compared through Redis.

Each worker announces its configuration in a Redis that it uses anyway. An operator
reads the configurations of all workers, and sees which worker differs. No worker takes
a value from Redis, no secret is stored in Redis, and a worker runs even if Redis does
not.
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
