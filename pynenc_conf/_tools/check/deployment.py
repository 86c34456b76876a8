"""What `check` looks for in a deployment, class by class and file by file."""

from __future__ import annotations

import os
import stat
from collections.abc import Mapping
from typing import TYPE_CHECKING

from pynenc_conf._core.declare.plan import Plan, plan_of
from pynenc_conf._core.formats.yaml_scalar import KeyText, Scalar
from pynenc_conf._core.masking import mask_value
from pynenc_conf._core.sources.files import PYPROJECT_FILE
from pynenc_conf._tools.check.files import readings, tasks_of
from pynenc_conf._tools.check.findings import ERROR, WARNING, Finding, Findings, Place
from pynenc_conf._tools.check.names import check_keys, check_variables
from pynenc_conf._tools.check.overridden import Uses
from pynenc_conf._tools.env_files import Environment, in_force
from pynenc_conf._tools.examples import concrete, no_warnings, sample
from pynenc_conf.exceptions import ConfigError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from pynenc_conf._core.masking import Secrecy
    from pynenc_conf._tools.check.files import Reading
    from pynenc_conf.config_base import ConfigBase


def check(
    paths: Sequence[str], classes: Sequence[type[ConfigBase]], environment: Environment
) -> Findings:
    """Return all that is wrong for these classes, each file being the config file.

    Without a file it is the environment, and `./pyproject.toml`, that is checked.
    """
    findings = Findings(environment)
    _check_environment_file(environment, findings)
    plans = _plans(classes, findings)
    with in_force(environment.values), no_warnings():
        found = readings(paths, plans, environment.values)
        uses = Uses()
        # Instances read `./pyproject.toml` by themselves.
        given_paths = [None if path == PYPROJECT_FILE else path for path in paths]
        for given in given_paths or [None]:
            for plan in plans:
                for task in tasks_of(plan, found, environment.values):
                    _check_class(plan, given, task, findings, uses)
    for reading in found:
        check_keys(reading, plans, findings)
        _check_file_mode(reading, findings)
    check_variables(plans, findings)
    _check_secret_variables(plans, findings)
    uses.report(findings)
    return findings


def _plans(classes: Sequence[type[ConfigBase]], findings: Findings) -> list[Plan]:
    plans = []
    for cls in concrete(classes):
        try:
            plans.append(plan_of(cls))
        except ConfigError as error:
            findings.add_error(error, cls.__name__)
    return plans


def _check_class(
    plan: Plan, path: str | None, task: str | None, findings: Findings, uses: Uses
) -> None:
    try:
        config = sample(plan.leaf, path, task)
    except ConfigError as error:
        findings.add_error(error, plan.leaf.__name__)
        uses.add_failed(plan)
    else:
        uses.add(config)


def _check_environment_file(environment: Environment, findings: Findings) -> None:
    path = environment.path
    for error in environment.broken:
        place = Place(path, error.line, error.column)
        findings.add(Finding(ERROR, "unreadable", error.message, place))
    for name, first, line in environment.repeated:
        message = (
            f"{name} on line {line} is already on line {first}; the last one counts"
        )
        place = Place(path, line, 1, None, name)
        findings.add(Finding(WARNING, "duplicate", message, place))


def _check_file_mode(reading: Reading, findings: Findings) -> None:
    """Report a file with secrets that everybody on the machine may read."""
    path = reading.document.path
    if not _is_public(path):
        return
    for keys, name, value in reading.secret_values():
        if _holds_secret(value, reading.secrets[name]):
            findings.add(_public(path, name, reading.place(*keys)))


def _check_secret_variables(plans: Sequence[Plan], findings: Findings) -> None:
    """Report files of secrets, and of variables with secrets, in the same way."""
    environment = findings.environment
    public = environment.path is not None and _is_public(environment.path)
    for name, field, secret, holds_path in _secret_variables(plans):
        value = environment.values.get(name, "")
        if holds_path and value and _is_public(value):
            findings.add(_public(value, field, findings.variable(name)))
        in_file = public and name in environment.lines
        if not holds_path and in_file and _holds_secret(value, secret):
            path = str(environment.path)
            findings.add(_public(path, field, findings.variable(name)))


def _secret_variables(
    plans: Sequence[Plan],
) -> Iterator[tuple[str, str, Secrecy, bool]]:
    for plan in plans:
        for variable in plan.variables:
            secret = plan.settings[variable.field].secret
            if secret:
                yield variable.name, variable.field, secret, variable.holds_path


def _public(path: str, name: str, place: Place) -> Finding:
    message = f"{path} holds a secret ({name}) and everybody may read it; chmod o-r"
    return Finding(WARNING, "world-readable", message, place)


def _is_public(path: str) -> bool:
    if os.name != "posix":
        return False
    try:
        return bool(os.stat(path).st_mode & stat.S_IROTH)
    except (OSError, ValueError):
        return False


def _holds_secret(raw: object, secret: Secrecy) -> bool:
    if isinstance(raw, (Scalar, KeyText)):
        value: object = None if getattr(raw, "tag", "") == "null" else str(raw)
    else:
        value = raw
    return not isinstance(raw, Mapping) and mask_value(value, secret) != value
