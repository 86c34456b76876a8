"""What `check` finds, and the three forms in which it says so."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from rich.padding import Padding

from pynenc_conf._tools.output import clean, counted, hanging, text
from pynenc_conf.exceptions import ConfigMultiInheritanceError
from pynenc_conf.origin import ENVIRONMENT

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


class Place(NamedTuple):
    """Where a finding is: in a file, at a key of it, or a variable."""

    path: str | None = None
    line: int | None = None
    column: int | None = None
    key: str | None = None
    variable: str | None = None

    def __str__(self) -> str:
        parts = [str(part) for part in self[:3] if part is not None]
        place = ":".join(parts)
        if self.variable is not None:
            variable = f"variable {self.variable}"
            return f"{place}  {variable}" if place else variable
        return f"{place}  {self.key}" if self.key else place


class Finding(NamedTuple):
    """One thing that `check` has to say; the same of several classes is said once."""

    severity: str
    code: str
    message: str
    place: Place
    suggestion: str | None = None

    def __str__(self) -> str:
        hint = f"; did you mean {self.suggestion!r}?" if self.suggestion else ""
        return f"{self.message}{hint}"


class Findings:
    """All findings, each once, with the classes that it is about."""

    def __init__(self, environment: Environment) -> None:
        self.environment = environment
        self.found: dict[Finding, list[str]] = {}

    def add(self, finding: Finding, *classes: str) -> None:
        """Add a finding, or more classes to one that there is."""
        about = self.found.setdefault(finding, [])
        about += [name for name in classes if name not in about]

    def add_error(self, error: ConfigError, class_name: str) -> None:
        """Add all that an instance complained of."""
        if isinstance(error, ConfigMultiInheritanceError):
            self.add(Finding(ERROR, "class", error.message, Place()), class_name)
        for problem in error.problems:
            self.add(self._finding(problem), class_name)

    def _finding(self, problem: Problem) -> Finding:
        code = "unreadable" if problem.expected == "a readable file" else "value"
        field = f"{problem.field}: " if problem.field else ""
        place = Place() if problem.origin is None else self.place(problem.origin)
        message = f"{field}{problem.message}"
        return Finding(ERROR, code, message, place, problem.suggestion)

    def place(self, origin: Origin) -> Place:
        """Return where an origin is; a variable may stand in a file too."""
        if origin.source == ENVIRONMENT:
            return self.variable(str(origin.variable))
        return Place(origin.path, origin.line, origin.column, origin.key)

    def variable(self, name: str) -> Place:
        """Return where a variable is set."""
        line = self.environment.lines.get(name)
        path = self.environment.path if line is not None else None
        return Place(path, line, 1 if line is not None else None, None, name)

    def sorted(self) -> list[tuple[Finding, list[str]]]:
        """Return the findings in the order of their places."""

        def order(item: tuple[Finding, list[str]]) -> tuple[Any, ...]:
            finding, place = item[0], item[0].place
            in_file = (place.path or "", place.line or 0, place.column or 0)
            named = (place.variable or "", place.key or "")
            # Files first, then what is set in no file.
            return place.path is None, in_file, named, finding.message

        return sorted(self.found.items(), key=order)

    def count(self, severity: str) -> int:
        """Return how many findings have a severity."""
        return sum(finding.severity == severity for finding in self.found)

    @property
    def exit_code(self) -> int:
        """1 if something is to be put right; a note alone is not."""
        return 1 if self.count(ERROR) + self.count(WARNING) else 0

    def summary(self) -> str:
        """Return the numbers of findings in words."""
        counts = [(self.count(severity), severity) for severity in SEVERITIES]
        said = [counted(number, severity) for number, severity in counts if number]
        return ", ".join(said) or "nothing to report"

    def lines(self) -> Iterable[RenderableType]:
        """Yield the findings for people."""
        for finding, _ in self.sorted():
            label = f"{finding.severity}[{finding.code}]"
            yield hanging(label, str(finding), finding.severity)
            where = str(finding.place)
            if where:
                yield Padding(text(f"--> {where}", "faint"), (0, 0, 0, 2))

    def as_dict(self) -> dict[str, Any]:
        """Return the findings for programs."""
        findings = [
            {
                "severity": finding.severity,
                "code": finding.code,
                "message": finding.message,
                "suggestion": finding.suggestion,
                **finding.place._asdict(),
                "classes": classes,
            }
            for finding, classes in self.sorted()
        ]
        counts = {f"{name}s": self.count(name) for name in SEVERITIES}
        return {"findings": findings, **counts}

    def annotations(self) -> Iterable[str]:
        """Yield the findings as GitHub's workflow commands."""
        for finding, _ in self.sorted():
            place = finding.place
            known = {"file": place.path, "line": place.line, "col": place.column}
            told = {name: value for name, value in known.items() if value is not None}
            told["title"] = f"pynenc-conf {finding.code}"
            properties = ",".join(f"{k}={_property(str(v))}" for k, v in told.items())
            where = place.variable or place.key
            message = f"{finding} ({where})" if where else str(finding)
            level = "notice" if finding.severity == NOTE else finding.severity
            yield f"::{level} {properties}::{_escaped(clean(message))}"


def _escaped(words: str) -> str:
    return words.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(words: str) -> str:
    return _escaped(clean(words)).replace(":", "%3A").replace(",", "%2C")
