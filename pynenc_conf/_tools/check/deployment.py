"""Checks all classes with each file of a deployment."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING

from pynenc_conf._core.declare.checks import LAYERS
from pynenc_conf._core.declare.plan import Plan, plan_of
from pynenc_conf._core.imports import not_imported
from pynenc_conf._core.masking import UnreadSecret, type_name
from pynenc_conf._core.sources.files import PYPROJECT_FILE
from pynenc_conf._tools.check.dialects import check_dialects
from pynenc_conf._tools.check.findings import (
    ERROR,
    NOTE,
    WARNING,
    Finding,
    Findings,
)
from pynenc_conf._tools.check.keys import check_keys
from pynenc_conf._tools.check.overridden import ValueUsage
from pynenc_conf._tools.check.permissions import (
    check_file_permissions,
    check_variable_permissions,
)
from pynenc_conf._tools.check.tasks import TaskIds
from pynenc_conf._tools.check.text import check_texts
from pynenc_conf._tools.check.variables import check_variables
from pynenc_conf._tools.config_files import ValuesTable, read_settings_tables
from pynenc_conf._tools.container import (
    find_missing_files,
    find_unread_secrets,
    find_unseen,
)
from pynenc_conf._tools.instances import (
    concrete_classes,
    create_incomplete_instance,
    find_layers,
    ignore_unknown_settings,
)
from pynenc_conf._tools.progress import track
from pynenc_conf._tools.sources import mask_declared_secrets
from pynenc_conf._tools.tasks import find_tasks
from pynenc_conf.config_redis import ConfigRedis
from pynenc_conf.exceptions import ConfigError, ConfigTypeError
from pynenc_conf.redis_url import find_address_problems

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pynenc_conf._tools.env_files import Environment
    from pynenc_conf._tools.sources import Sources
    from pynenc_conf.config_base import ConfigBase


def check_deployment(sources: Sources, classes: Sequence[type[ConfigBase]]) -> Findings:
    """Return all problems of these classes, with each file as the config file.

    Without files, the environment and `./pyproject.toml` are checked.
    """
    paths, environment = sources.files, sources.environment
    findings = Findings(environment)
    mask_declared_secrets(environment, classes)
    _check_environment_file(environment, findings)
    plans = _make_plans(classes, findings)
    _check_container(environment, plans, findings)
    variables = environment.values
    missing = find_missing_files(environment, plans)
    with environment.use(without=missing), ignore_unknown_settings():
        tables = read_settings_tables(paths, plans, variables)
        given = ValuesTable(sources.values, plans)
        checks = _InstanceChecks(sources, findings)
        tasks = {plan: find_tasks(plan, [*tables, given], variables) for plan in plans}
        # Every instance reads `./pyproject.toml` without being given the path.
        config_paths = [None if path == PYPROJECT_FILE else path for path in paths]
        for path in config_paths or [None]:
            for plan in plans:
                for task in track(tasks[plan], f"checking {type_name(plan.leaf)}"):
                    checks.check(plan, path, task)
    task_ids = TaskIds(dict.fromkeys(filter(None, chain(*tasks.values()))))
    check_keys(given, plans, task_ids, findings)
    for table in tables:
        check_keys(table, plans, task_ids, findings)
        check_file_permissions(table, findings)
    check_variables(plans, task_ids, findings)
    check_dialects(plans, findings)
    check_variable_permissions(plans, findings)
    checks.usage.report(findings)
    return findings


def _make_plans(classes: Sequence[type[ConfigBase]], findings: Findings) -> list[Plan]:
    plans = []
    for cls in concrete_classes(classes):
        try:
            plans.append(plan_of(cls))
        except ConfigError as error:
            findings.add_error(error, type_name(cls))
    return plans


def _check_container(
    environment: Environment, plans: Sequence[Plan], findings: Findings
) -> None:
    """Report what a container reads, and cannot be seen here."""
    unread = find_unread_secrets(environment, plans)
    for item in chain(find_unseen(environment, plans), unread):
        severity = WARNING if item.is_wrong else NOTE
        findings.add(Finding(severity, item.code, item.message, item.place))


class _InstanceChecks:
    """Checks instances, and records which values they use."""

    def __init__(self, sources: Sources, findings: Findings) -> None:
        self.usage = ValueUsage()
        self._values = sources.values
        self._findings = findings

    def check(self, plan: Plan, path: str | None, task: str | None) -> None:
        """Report the problems of one instance."""
        arguments = plan.leaf, path, task, self._values
        name = type_name(plan.leaf)
        try:
            config, missing = create_incomplete_instance(*arguments)
        except ConfigError as error:
            self._findings.add_error(error, name)
            self.usage.add_invalid_class(plan)
            if error.problems:
                check_texts(plan, find_layers(*arguments), self._findings)
            return
        self.usage.add_instance(config)
        check_texts(plan, vars(config)[LAYERS], self._findings)
        _note_unimported(config, self._findings)
        if missing is not None:
            self._findings.add_error(missing, name)
        has_url = type(vars(config).get("redis_url")) is not UnreadSecret
        if isinstance(config, ConfigRedis) and has_url:
            problems = find_address_problems(config)
            if problems:
                self._findings.add_error(ConfigTypeError("", problems), name)


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
    for place, message in environment.unreadable:
        findings.add(Finding(ERROR, "unreadable", message, place))
    for name, first, place in environment.repeated:
        message = (
            f"{name} is set on line {first.line} and again on line {place.line}; "
            f"the last value is used"
        )
        findings.warn("duplicate", message, place)
