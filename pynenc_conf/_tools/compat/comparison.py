"""The files and variables of a deployment, read by pynenc and by pynenc_conf."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from pynenc_conf._core.declare.plan import plan_of
from pynenc_conf._tools.compat.files import compare_file
from pynenc_conf._tools.compat.findings import Finding
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
        if path not in self._compared_paths:
            self._compared_paths.add(path)
            findings = compare_file(path, variable, self._known)
            self._add(sorted(findings, key=_position))

    def compare_environment_file(self, path: str) -> None:
        """Compare the variables in a file, and the values in files that they name."""
        environment = Environment(path, inherit=False)
        paths: dict[str, str] = {}
        for error in environment.unreadable:
            origin = Origin(CONFIG_FILE, path=path)
            origin.at(error.line, error.column)
            self._add([Finding("", origin, f"not compared: {error.message}")])
        for name, value in environment.values.items():
            origin = Origin(CONFIG_FILE, keys=[name], path=path)
            origin.at(environment.lines[name], None)
            if name.endswith("__FILEPATH"):
                paths[name] = value
                continue
            for cls in self.classes:
                self._add(compare_variable(cls, name, value, origin))
        for name, file in paths.items():
            # A path in a container often does not exist on this machine.
            if file and os.path.exists(file):
                self.compare_file(file, name)
        for cls in self.classes:
            self._add(compare_class_files(cls, paths))

    def _add(self, findings: Iterable[Finding | None]) -> None:
        """Add findings, each once: one key may set a field of many classes.

        None stands for a value without a difference.
        """
        for finding in findings:
            self.values += finding is None or finding.field is not None
            if finding is None:
                continue
            identity = str(finding.origin), finding.message
            if identity not in self._reported:
                self._reported.add(identity)
                self.findings.append(finding)


def _position(finding: Finding | None) -> tuple[int, int]:
    if finding is None:
        return 0, 0
    return finding.origin.line or 0, finding.origin.column or 0
