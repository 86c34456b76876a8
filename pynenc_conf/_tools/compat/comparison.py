"""The files and variables of a deployment, read by pynenc and by pynenc_conf."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from pynenc_conf._core.declare.plan import plan_of
from pynenc_conf._tools.compat.files import FilePair
from pynenc_conf._tools.compat.findings import Finding
from pynenc_conf._tools.compat.values import compare_value
from pynenc_conf._tools.compat.variables import compare_class_files, compare_variable
from pynenc_conf._tools.config_files import KnownSettings
from pynenc_conf._tools.env_files import Environment
from pynenc_conf.origin import CONFIG_FILE, Origin

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pynenc_conf.config_base import ConfigBase


class Comparison:
    """Collects the differences for a number of classes.

    `findings` has each difference once; `values` counts the values compared.
    """

    def __init__(self, classes: Iterable[type[ConfigBase]]) -> None:
        self.classes = list(classes)
        self.findings: list[Finding] = []
        self.values = 0
        self._known = KnownSettings([plan_of(cls) for cls in self.classes])
        self._reported: set[tuple[str, str]] = set()
        self._compared_paths: set[str] = set()

    def compare_file(self, path: str, variable: str | None = None) -> None:
        """Compare the values in a file; `variable` is the variable that names it."""
        if path in self._compared_paths:
            return
        self._compared_paths.add(path)
        start = len(self.findings)
        pair = FilePair.read(path)
        self._add(pair.describe_rejection(variable))
        for setting, pynenc_raw, raw, keys in pair.values(self._known):
            origin = Origin(
                CONFIG_FILE, keys=keys, document=pair.document, variable=variable
            )
            self.values += 1
            self._add(compare_value(setting, pynenc_raw, raw, origin))
        self.findings[start:] = sorted(
            self.findings[start:], key=lambda finding: finding.position
        )

    def compare_environment_file(self, path: str) -> None:
        """Compare the variables in a file, and the values in files that they name."""
        environment = Environment(path, inherit=False)
        paths: dict[str, str] = {}
        for error in environment.unreadable:
            origin = Origin(CONFIG_FILE, path=path)
            origin.at(error.line, error.column)
            self._add(Finding("", origin, f"not compared: {error.message}"))
        for name, value in environment.values.items():
            origin = Origin(CONFIG_FILE, keys=[name], path=path)
            origin.at(environment.lines[name], None)
            if name.endswith("__FILEPATH"):
                paths[name] = value
            else:
                self._compare_variable(name, value, origin)
        for name, file in paths.items():
            # A path in a container often does not exist on this machine.
            if file and os.path.exists(file):
                self.compare_file(file, name)
        for cls in self.classes:
            for finding in compare_class_files(cls, paths):
                self._add(finding)

    def _compare_variable(self, name: str, value: str, origin: Origin) -> None:
        for cls in self.classes:
            for finding in compare_variable(cls, name, value, origin):
                self.values += 1
                self._add(finding)

    def _add(self, finding: Finding | None) -> None:
        """Add a finding once; one key or variable may set a field of many classes."""
        if finding is None:
            return
        identity = str(finding.origin), finding.message
        if identity not in self._reported:
            self._reported.add(identity)
            self.findings.append(finding)
