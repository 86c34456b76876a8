"""A class with structures of every kind, and with required settings."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple, NotRequired, TypedDict

import attrs

from pynenc_conf import ConfigBase, ConfigField

CANARY = "hunter2"


@dataclass(frozen=True)
class Retry:
    """A structure inside another one."""

    count: int = 3
    delays: tuple[float, ...] = (0.1, 0.5)


@dataclass
class Smtp:
    """A structure with a required member."""

    host: str
    port: int = field(default=25, metadata={"doc": "TCP port of the server."})
    retry: Retry = field(default_factory=Retry)
    sender: str | None = None


@dataclass
class Node:
    """A structure that contains itself."""

    value: int
    below: Node | None = None


class Point(NamedTuple):
    """A structure that is also a sequence."""

    x: int = 0
    y: int = 0


class Labels(TypedDict):
    """A structure that may leave out a member."""

    team: str
    color: NotRequired[str]


@attrs.frozen
class Token:
    """A structure for a secret field."""

    user: str = CANARY
    password: str = CANARY


class ConfigShop(ConfigBase):
    """Settings of a shop."""

    size: ConfigField[int] = ConfigField(1, ge=0, doc="Number of counters.")
    api_key: ConfigField[str] = ConfigField(secret=True, doc="Key of the interface.")
    smtp: ConfigField[Smtp] = ConfigField(Smtp("localhost"), doc="Mail server.")
    backup: ConfigField[Smtp | None] = ConfigField(None, doc="Second mail server.")
    relay: ConfigField[Smtp] = ConfigField(doc="Server of a provider.")
    mirrors: ConfigField[list[Smtp]] = ConfigField([Smtp("a", sender="b")])
    by_name: ConfigField[dict[str, Smtp]] = ConfigField({})
    either: ConfigField[int | Smtp] = ConfigField(5)
    tree: ConfigField[Node] = ConfigField(Node(1))
    position: ConfigField[Point] = ConfigField(Point())
    corners: ConfigField[list[Point]] = ConfigField([Point(1, 2)])
    labels: ConfigField[Labels] = ConfigField({"team": "a"})
    token: ConfigField[Token] = ConfigField(Token(), secret=True)


REQUIRED = {"api_key": "key", "relay": {"host": "relay.internal"}}
"""What has to be set."""
