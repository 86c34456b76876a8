"""A deployment, read by pynenc and by pynenc_conf."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from pynenc_conf._core.masking import type_name
from pynenc_conf._core.sources.files import PYPROJECT_FILE
from pynenc_conf._tools.compat import original
from pynenc_conf._tools.compat.deployment import (
    Deployment,
    make_plans,
    read_as_pynenc_conf,
)
from pynenc_conf._tools.compat.files import compare_file
from pynenc_conf._tools.compat.findings import Finding
from pynenc_conf._tools.compat.instances import InstanceComparison
from pynenc_conf._tools.instances import concrete_classes
from pynenc_conf._tools.progress import track
from pynenc_conf._tools.sources import mask_declared_secrets
from pynenc_conf.origin import CONFIG_FILE, ENVIRONMENT, Origin

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from pynenc_conf._core.declare.plan import Plan
    from pynenc_conf._tools.compat.instances import Key
    from pynenc_conf._tools.sources import Sources
    from pynenc_conf.config_base import ConfigBase


class Comparison:
    """Compares the instances of classes that both libraries make in a deployment.

    `findings` has each difference once; `keys` has the values compared.
    """

    def __init__(self, classes: Sequence[type[ConfigBase]], sources: Sources) -> None:
        self.findings: list[Finding] = []
        self.keys: set[Key] = set()
        self._plans = list(make_plans(concrete_classes(classes)))
        mask_declared_secrets(sources.environment, classes)
        self._sources = sources
        self._variables = sources.environment.values
        self._reported: set[tuple[str, str | None, str]] = set()

    def compare(self) -> None:
        """Compare all instances, with each file as the configuration file."""
        paths = self._sources.files
        for place, message in self._sources.environment.unreadable:
            origin = Origin(CONFIG_FILE, path=place.path)
            origin.at(place.line, place.column)
            self._add(Finding("", origin, f"not compared: {message}"))
        deployment = self._create_deployment(paths)
        # Every instance reads `./pyproject.toml` without being given the path.
        config_paths = [
            None if path == PYPROJECT_FILE or path in deployment.rejected else path
            for path in dict.fromkeys(paths)
        ]
        found: list[Finding] = []
        for path in dict.fromkeys(config_paths or [None]):
            for plan in self._plans:
                given = [path] if path else []
                tasks = deployment.find_tasks(plan, given, self._sources.values)
                for task in track(tasks, f"comparing {type_name(plan.leaf)}"):
                    found += self._compare_instance(plan, task, path, deployment)
        names = {name: index for index, name in enumerate(self._variables)}
        found.sort(key=lambda finding: _position(finding.origin, names))
        for finding in found:
            self._add(self._locate(finding))

    def _create_deployment(self, paths: Sequence[str]) -> Deployment:
        """Return the files and variables, and report the files that are rejected."""
        rejected: set[str] = set()
        deployment = Deployment(self._variables, rejected)
        # A path in a container often does not exist on this machine.
        deployment.ignore_missing_files(self._plans)
        pyproject = [PYPROJECT_FILE] if os.path.isfile(PYPROJECT_FILE) else []
        named = deployment.list_paths(self._plans)
        files: dict[str, str | None] = dict.fromkeys([*pyproject, *paths])
        for path, variable in (files | named).items():
            finding = compare_file(path, variable)
            if finding is not None:
                rejected.add(path)
                self._add(finding)
        return deployment

    def _compare_instance(
        self, plan: Plan, task: str | None, path: str | None, deployment: Deployment
    ) -> Iterable[Finding]:
        values = self._sources.values
        theirs = original.read_sources(plan, task, path, values, deployment)
        ours, problems = read_as_pynenc_conf(plan, task, path, values, deployment)
        comparison = InstanceComparison(plan, theirs, ours, problems)
        self.keys |= comparison.keys
        return comparison.find()

    def _locate(self, finding: Finding) -> Finding:
        """Return a finding with the line of its variable, if a file sets it."""
        origin = finding.origin
        place = self._sources.environment.places.get(str(origin.variable))
        if origin.source == ENVIRONMENT and place is not None:
            located = Origin(CONFIG_FILE, keys=[str(origin.variable)], path=place.path)
            located.at(place.line, None)
            return finding._replace(origin=located)
        return finding

    def _add(self, finding: Finding) -> None:
        """Add a finding once: one value may set a field of many classes."""
        identity = str(finding.origin), finding.field, finding.message
        if identity not in self._reported:
            self._reported.add(identity)
            self.findings.append(finding)


def _position(origin: Origin, names: Mapping[str, int]) -> tuple[int, str, int, int]:
    """Return a key that orders the places in files first, then the variables."""
    if origin.source == ENVIRONMENT:
        return names[str(origin.variable)], "", 0, 0
    return -1, origin.path or "", origin.line or 0, origin.column or 0
