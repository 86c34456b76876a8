"""The findings of `check`, and their output as text, data and annotations."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from pynenc_conf._core.problems import READABLE_FILE, MissingValue
from pynenc_conf._tools.output import (
    count,
    indent,
    labelled_text,
    limit_output,
    text,
)
from pynenc_conf._tools.place import Place
from pynenc_conf.origin import ENVIRONMENT, escape_line

if TYPE_CHECKING:
    from collections.abc import Iterable

    from rich.console import RenderableType

    from pynenc_conf._tools.env_files import Environment
    from pynenc_conf.exceptions import ConfigError, Problem
    from pynenc_conf.origin import Origin

ERROR = "error"
WARNING = "warning"
NOTE = "note"
SEVERITIES = (ERROR, WARNING, NOTE)
_CODES = {READABLE_FILE: "unreadable", "a known setting": "unknown"}


class Finding(NamedTuple):
    """One thing that `check` reports."""

    severity: str
    code: str
    message: str
    place: Place
    suggestion: str | None = None

    def __str__(self) -> str:
        hint = f"; did you mean {self.suggestion!r}?" if self.suggestion else ""
        return f"{self.message}{hint}"


class Findings:
    """Collects findings, each once, with the names of the classes that it affects."""

    def __init__(self, environment: Environment) -> None:
        self.environment = environment
        self._classes: dict[Finding, list[str]] = {}
        self._rejected: set[Place] = set()
        self._missing: list[tuple[MissingValue, Finding]] = []

    def add(self, finding: Finding, *classes: str) -> None:
        """Add a finding, or add classes to an equal finding."""
        if (finding.severity, finding.code) == (ERROR, "unknown"):
            self._rejected.add(finding.place._replace(line=None, column=None))
        affected = self._classes.setdefault(finding, [])
        affected += [name for name in classes if name not in affected]

    def warn(
        self, code: str, message: str, place: Place, suggestion: str | None = None
    ) -> None:
        """Add a warning, unless a strict class reports the unknown name as an error."""
        # The position of a section may be that of its key or of its content.
        if place._replace(line=None, column=None) not in self._rejected:
            self.add(Finding(WARNING, code, message, place, suggestion))

    def add_error(self, error: ConfigError, class_name: str) -> None:
        """Add all problems of an instance."""
        if not error.problems:  # the class itself cannot be used
            self.add(Finding(ERROR, "class", error.message, Place()), class_name)
        for problem in error.problems:
            finding = self._convert_problem(problem)
            if isinstance(problem, MissingValue):
                finding = self._merge_missing(problem, finding)
            self.add(finding, class_name)

    def _merge_missing(self, problem: MissingValue, finding: Finding) -> Finding:
        """Return the finding of an ancestor, whose ways to set a value are enough."""
        for other, found in self._missing:
            is_same = (other.field, found.place) == (problem.field, finding.place)
            if is_same and set(other.ways) <= set(problem.ways):
                return found
        self._missing.append((problem, finding))
        return finding

    def _convert_problem(self, problem: Problem) -> Finding:
        code = _CODES.get(problem.expected, "value")
        if isinstance(problem, MissingValue):
            code = "missing"
        field = f"{problem.field}: " if problem.field else ""
        origin = problem.origin
        place = Place() if origin is None else self.place_of_origin(origin)
        message = f"{field}{problem.message}"
        return Finding(ERROR, code, message, place, problem.suggestion)

    def place_of_origin(self, origin: Origin) -> Place:
        """Return the place of an origin; a variable can be set in a file."""
        if origin.source == ENVIRONMENT:
            return self.place_of_variable(str(origin.variable))
        # The variable that names a file says why the whole file is read.
        variable = origin.variable if origin.key is None else None
        return Place(origin.path, origin.line, origin.column, origin.key, variable)

    def place_of_variable(self, name: str) -> Place:
        """Return where a variable is set."""
        return self.environment.places.get(name, Place(variable=name))

    def count(self, severity: str) -> int:
        """Return the number of findings with a severity."""
        return sum(finding.severity == severity for finding in self._classes)

    @property
    def exit_code(self) -> int:
        """1 if there are errors or warnings; notes do not count."""
        return 1 if self.count(ERROR) + self.count(WARNING) else 0

    def summary(self) -> str:
        """Return the numbers of findings in words."""
        counts = [(self.count(severity), severity) for severity in SEVERITIES]
        words = [count(number, severity) for number, severity in counts if number]
        return ", ".join(words) or "no problems found"

    def as_text(self) -> Iterable[RenderableType]:
        """Yield the findings as text."""
        found, more = limit_output(
            (finding for finding, _ in self._sorted()), lambda each: each.severity
        )
        for finding in found:
            label = f"{finding.severity}[{finding.code}]"
            yield labelled_text(label, str(finding), finding.severity)
            if any(finding.place):
                yield indent(text(f"--> {finding.place}", "faint"))
        yield from more

    def as_dict(self) -> dict[str, Any]:
        """Return the findings as plain data."""
        findings = [
            {
                "severity": finding.severity,
                "code": finding.code,
                "message": finding.message,
                "suggestion": finding.suggestion,
                **finding.place._asdict(),
                "classes": classes,
            }
            for finding, classes in self._sorted()
        ]
        counts = {f"{name}s": self.count(name) for name in SEVERITIES}
        return {"findings": findings, **counts}

    def as_github_annotations(self) -> Iterable[str]:
        """Yield the findings as workflow commands of GitHub."""
        for finding, _ in self._sorted():
            place = finding.place
            properties = {
                "file": place.path,
                "line": place.line,
                "col": place.column,
                "title": f"pynenc-conf {finding.code}",
            }
            joined = ",".join(
                f"{name}={_escape_property(str(value))}"
                for name, value in properties.items()
                if value is not None
            )
            name = place.variable or place.key
            message = f"{finding} ({name})" if name else str(finding)
            level = "notice" if finding.severity == NOTE else finding.severity
            yield f"::{level} {joined}::{_escape(message)}"

    def _sorted(self) -> list[tuple[Finding, list[str]]]:
        """Return the findings in files first, then the others, ordered by place."""

        def order(item: tuple[Finding, list[str]]) -> tuple[Any, ...]:
            finding, place = item[0], item[0].place
            position = (place.path or "", place.line or 0, place.column or 0)
            name = (place.variable or "", place.key or "")
            return place.path is None, position, name, finding.message

        return sorted(self._classes.items(), key=order)


def _escape(message: str) -> str:
    return escape_line(message).replace("%", "%25")


def _escape_property(value: str) -> str:
    return _escape(value).replace(":", "%3A").replace(",", "%2C")
