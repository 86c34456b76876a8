"""What calls near the recursion limit leave behind."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextvars import copy_context
from pathlib import Path
from types import FrameType, TracebackType

import pytest
import redis

import pynenc_conf
from pynenc_conf import (
    ConfigBase,
    ConfigField,
    ConfigRedis,
    ConfigTask,
    default_config_field_mapper,
)
from pynenc_conf.fleet import announce
from pynenc_conf.redis_client import connection_options

SECRET = "hunter-7305918246735"
PACKAGE = str(Path(pynenc_conf.__file__).parent)
# A call of the library nests fewer frames than this.
NESTED = 60

GOOD = {"redis_password": SECRET, "redis_url": f"redis://:{SECRET}@h"}


class ConfigVault(ConfigTask):
    """A task with a secret."""

    token = ConfigField("", secret=True)


CONF = ConfigRedis(GOOD)
CALLS: dict[str, Callable[[], object]] = {
    "construct": lambda: ConfigRedis({"redis_password": SECRET}),
    "construct a task": lambda: ConfigVault("a", {"token": SECRET}, None, {"x": 1}),
    "construct with an error": lambda: ConfigRedis({**GOOD, "redis_port": "x"}),
    "declare a field": lambda: ConfigField(SECRET, secret=True, choices=[SECRET]),
    "declare a class": lambda: type(ConfigBase)(
        "ConfigMade", (ConfigRedis,), {"redis_password": SECRET, "redis_port": "x"}
    ),
    "assign": lambda: setattr(CONF, "redis_password", SECRET),
    "assign with an error": lambda: setattr(CONF, "redis_password", [SECRET]),
    "assign to the class": lambda: setattr(
        type("ConfigMade", (ConfigRedis,), {}), "redis_password", SECRET
    ),
    "override": lambda: ConfigRedis.override(redis_password=SECRET).__enter__(),
    "explain": CONF.explain,
    "safe_dict": CONF.safe_dict,
    "field_info": lambda: CONF.field_info("redis_password"),
    "as_dict": CONF.field_info("redis_url").as_dict,
    "repr": lambda: repr(CONF),
    "eq": lambda: ConfigRedis(GOOD) == CONF,
    "hash": lambda: hash(CONF),
    "pickle": CONF.__getstate__,
    "options": lambda: connection_options(CONF),
    "options to JSON": lambda: ConfigVault(
        "a", None, None, {"token": SECRET}
    ).options_to_json(),
    "options from JSON": lambda: ConfigVault.options_from_json(f'{{"x": "{SECRET}"'),
    "snapshot": lambda: CONF.snapshot(SECRET.encode()),
    "fingerprint": lambda: CONF.fingerprint(SECRET.encode()),
    "announce": lambda: announce(
        redis.Redis(), CONF, app_id="shop", key=SECRET.encode()
    ),
    "mapper": lambda: default_config_field_mapper(SECRET, int),
}


def call_at(depth: int, call: Callable[[], object]) -> object:
    """Call a function from so many frames below this one."""
    return call_at(depth - 1, call) if depth else call()


def depth_of(frame: FrameType | None) -> int:
    """Return the number of frames on the stack."""
    count = 0
    while frame is not None:
        frame, count = frame.f_back, count + 1
    return count


def frames_of(error: BaseException | None) -> Iterator[FrameType]:
    """Yield the frames of an exception, its causes and its contexts."""
    pending = [error]
    while pending:
        each = pending.pop()
        if each is not None:
            pending += [each.__cause__, each.__context__]
            traceback: TracebackType | None = each.__traceback__
            while traceback is not None:
                yield traceback.tb_frame
                traceback = traceback.tb_next


@pytest.mark.parametrize("name", CALLS)
def test_no_frame_shows_a_value_near_the_recursion_limit(name: str) -> None:
    """No frame shows a secret if a call ends for want of stack, wherever it ends."""
    call = CALLS[name]
    room = sys.getrecursionlimit() - depth_of(sys._getframe())  # noqa: SLF001 - no other way
    kinds = set()
    for missing in range(NESTED):
        try:
            copy_context().run(call_at, room - missing, call)
        except Exception as error:  # noqa: BLE001 - all are searched
            kinds.add(type(error))
            for frame in frames_of(error):
                if frame.f_code.co_filename.startswith(PACKAGE):
                    assert SECRET not in repr(frame.f_locals), frame
    assert RecursionError in kinds


def test_an_override_that_is_not_entered_is_not_in_force() -> None:
    """An override has no effect if there was no room to make its instance."""
    room = sys.getrecursionlimit() - depth_of(sys._getframe())  # noqa: SLF001 - no other way
    for missing in range(NESTED):
        block = ConfigRedis.override(redis_host="overridden")
        try:
            call_at(room - missing, block.__enter__)
        except RecursionError:
            assert ConfigRedis().redis_host != "overridden"
        else:
            block.__exit__()
