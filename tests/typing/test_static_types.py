"""The types that mypy and pyright see; the tests also run as ordinary tests."""

from __future__ import annotations

from dataclasses import dataclass
from typing import assert_type

import pytest

from pynenc_conf import (
    ArgumentPrintMode,
    Candidate,
    ConcurrencyControlType,
    ConfigBase,
    ConfigError,
    ConfigField,
    ConfigPynenc,
    ConfigTask,
    FieldInfo,
    Origin,
)
from pynenc_conf.config_orchestrator import ConfigOrchestratorRedis
from pynenc_conf.config_redis import ConfigRedis


class ConfigShapes(ConfigBase):
    """Fields whose type is annotated or inferred."""

    name = ConfigField("x")
    tags: ConfigField[tuple[str, ...]] = ConfigField(())
    limit: ConfigField[int | None] = ConfigField(None)
    ratio = ConfigField(0.5, ge=0, le=1)


@dataclass
class Server:
    """A structure."""

    host: str
    port: int = 80


class ConfigRequired(ConfigBase):
    """A required field, and structures."""

    key: ConfigField[str] = ConfigField()
    secret: ConfigField[int | None] = ConfigField(secret=True, ge=1)
    server: ConfigField[Server] = ConfigField(Server("h"))
    others: ConfigField[list[Server]] = ConfigField([])


def test_instance_access_has_the_declared_type() -> None:
    """Type checkers see the type of a value, without a plugin."""
    conf = ConfigOrchestratorRedis({"redis_port": 1}, None)
    assert_type(conf.redis_host, str)
    assert_type(conf.redis_port, int)
    assert_type(conf.socket_timeout, float)
    assert_type(conf.cycle_control, bool)
    assert_type(ConfigPynenc().argument_print_mode, ArgumentPrintMode)
    task = ConfigTask("module.task")
    assert_type(task.running_concurrency, ConcurrencyControlType)
    assert_type(task.key_arguments, tuple[str, ...])
    assert_type(task.retry_for, tuple[type[Exception], ...])
    shapes = ConfigShapes()
    assert_type(shapes.name, str)
    assert_type(shapes.tags, tuple[str, ...])
    assert_type(shapes.limit, int | None)
    assert_type(shapes.ratio, float)
    assert isinstance(conf.redis_port, int)


def test_required_fields_and_structures_have_the_declared_type() -> None:
    """Type checkers see the type of a required field, and of a member."""
    conf = ConfigRequired({"key": "k", "secret": 1})
    assert_type(conf.key, str)
    assert_type(conf.secret, int | None)
    assert_type(conf.server, Server)
    assert_type(conf.server.port, int)
    assert_type(conf.others, list[Server])
    assert conf.key == "k"


def test_class_access_has_the_type_of_the_default() -> None:
    """Type checkers see the default's type on the class."""
    assert_type(ConfigRedis.redis_port, int)
    assert ConfigRedis.redis_port == 6379


def test_override_gives_the_class_it_was_called_on() -> None:
    """Type checkers know what `with Class.override()` binds."""
    with ConfigOrchestratorRedis.override(redis_port=1) as conf:
        assert_type(conf, ConfigOrchestratorRedis)
        assert conf.redis_port == 1


def test_provenance_has_public_types() -> None:
    """Type checkers know the types of all parts of `field_info`."""
    info = ConfigRedis().field_info("redis_port")
    assert_type(info, FieldInfo)
    assert_type(info.chain, tuple[Candidate, ...])
    assert_type(info.chain[0].overridden, str | None)
    assert_type(info.origin, Origin)
    assert_type(info.origin.path, str | None)
    assert info.is_default


def test_problems_have_typed_origins() -> None:
    """Type checkers know the parts of a problem and of its origin."""
    with pytest.raises(ConfigError) as caught:
        ConfigRedis({"redis_port": "six"})
    (problem,) = caught.value.problems
    assert_type(problem.field, str | None)
    assert problem.origin is not None
    assert_type(problem.origin.line, int | None)
    assert problem.origin.key == "redis_port"


def test_assignment_is_checked() -> None:
    """Type checkers accept values of the declared type only."""
    conf = ConfigRedis()
    conf.redis_port = 5
    assert conf.redis_port == 5


def never_run(conf: ConfigRedis) -> None:
    """Statements that type checkers must reject; an unused ignore is an error."""
    conf.redis_port = object()  # type: ignore[assignment] # pyright: ignore[reportAttributeAccessIssue]
    conf.redis_port = "text"  # type: ignore[assignment] # pyright: ignore[reportAttributeAccessIssue]
    conf.redis_prot = 5  # type: ignore[attr-defined] # pyright: ignore[reportAttributeAccessIssue]
    ConfigRedis.redis_prot = 5  # type: ignore[attr-defined] # pyright: ignore[reportAttributeAccessIssue]
    conf.no_such_setting  # type: ignore[attr-defined] # noqa: B018 # pyright: ignore[reportAttributeAccessIssue, reportUnusedExpression]
