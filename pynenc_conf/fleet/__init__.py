"""The configurations of all workers of an application, compared through Redis.

Each worker announces its configuration in a Redis that it uses anyway. An operator
reads them all, and sees which worker differs. Redis only compares configurations: no
worker takes a value from it, secrets are never stored in it, and a worker does not
notice when it is down.
"""

from __future__ import annotations

from pynenc_conf.fleet.announcement import Announcement, announce, announce_async
from pynenc_conf.fleet.member import Member, members
from pynenc_conf.fleet.report import Group, Report, report

__all__ = [
    "Announcement",
    "Group",
    "Member",
    "Report",
    "announce",
    "announce_async",
    "members",
    "report",
]
