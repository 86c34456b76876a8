"""Checks all classes with each file of a deployment."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pynenc_conf._core.declare.plan import Plan, plan_of
from pynenc_conf._core.imports import not_imported
from pynenc_conf._core.masking import type_name
from pynenc_conf._core.sources.files import PYPROJECT_FILE
from pynenc_conf._tools.check.findings import ERROR, NOTE, Finding, Findings
from pynenc_conf._tools.check.keys import check_keys
from pynenc_conf._tools.check.overridden import ValueUsage
from pynenc_conf._tools.check.permissions import (
    check_file_permissions,
    check_variable_permissions,
)
from pynenc_conf._tools.check.variables import check_variables
from pynenc_conf._tools.config_files import read_settings_tables
from pynenc_conf._tools.env_files import Environment, use_environment
from pynenc_conf._tools.instances import (
    concrete_classes,
    create_incomplete_instance,
    ignore_unknown_settings,
)
from pynenc_conf._tools.place import Place
from pynenc_conf._tools.tasks import find_tasks
from pynenc_conf.config_redis import ConfigRedis
from pynenc_conf.exceptions import ConfigError, ConfigTypeError
from pynenc_conf.redis_url import find_address_problems

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pynenc_conf.config_base import ConfigBase


def check_deployment(
    paths: Sequence[str], classes: Sequence[type[ConfigBase]], environment: Environment
) -> Findings:
    """Return all problems of these classes, with each file as the config file.

    Without files, the environment and `./pyproject.toml` are checked.
    """
    findings = Findings(environment)
    _check_environment_file(environment, findings)
    plans = _make_plans(classes, findings)
    variables = environment.values
    with use_environment(variables), ignore_unknown_settings():
        tables = read_settings_tables(paths, plans, variables)
        usage = ValueUsage()
        # Every instance reads `./pyproject.toml` without being given the path.
        config_paths = [None if path == PYPROJECT_FILE else path for path in paths]
        for path in config_paths or [None]:
            for plan in plans:
                for task in find_tasks(plan, tables, variables):
                    _check_class(plan, path, task, findings, usage)
    for table in tables:
        check_keys(table, plans, findings)
        check_file_permissions(table, findings)
    check_variables(plans, findings)
    check_variable_permissions(plans, findings)
    usage.report(findings)
    return findings


def _make_plans(classes: Sequence[type[ConfigBase]], findings: Findings) -> list[Plan]:
    plans = []
    for cls in concrete_classes(classes):
        try:
            plans.append(plan_of(cls))
        except ConfigError as error:
            findings.add_error(error, type_name(cls))
    return plans


def _check_class(
    plan: Plan,
    path: str | None,
    task: str | None,
    findings: Findings,
    usage: ValueUsage,
) -> None:
    try:
        config, missing = create_incomplete_instance(plan.leaf, path, task)
    except ConfigError as error:
        findings.add_error(error, type_name(plan.leaf))
        usage.add_invalid_class(plan)
    else:
        usage.add_instance(config)
        _note_unimported(config, findings)
        if missing is not None:
            findings.add_error(missing, type_name(plan.leaf))
        if isinstance(config, ConfigRedis):
            problems = find_address_problems(config)
            if problems:
                findings.add_error(ConfigTypeError("", problems), type_name(plan.leaf))


def _note_unimported(config: ConfigBase, findings: Findings) -> None:
    """Report the exception classes that were not looked at."""
    for info in map(config.field_info, config.all_fields):
        for candidate in info.chain:
            for name in not_imported(candidate.value):
                message = (
                    f"{info.name}: {name} is not imported, so it may not exist; "
                    f"--import imports it"
                )
                place = findings.place_of_origin(candidate.origin)
                findings.add(Finding(NOTE, "unimported", message, place))


def _check_environment_file(environment: Environment, findings: Findings) -> None:
    path = environment.path
    for error in environment.unreadable:
        place = Place(path, error.line, error.column)
        findings.add(Finding(ERROR, "unreadable", error.message, place))
    for name, first, line in environment.repeated:
        message = (
            f"{name} is set on line {first} and again on line {line}; "
            f"the last value is used"
        )
        findings.warn("duplicate", message, Place(path, line, 1, None, name))
