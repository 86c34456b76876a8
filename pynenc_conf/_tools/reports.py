"""The reports that running workers append to a file."""

from __future__ import annotations

import json
import os
import re
import stat
from functools import partial
from itertools import islice
from typing import TYPE_CHECKING, Any, NamedTuple

import click

from pynenc_conf._core.masking import MASK
from pynenc_conf._core.report.explain import MISSING
from pynenc_conf._core.report.syntax import to_text
from pynenc_conf._tools.output import count, labelled_text, show
from pynenc_conf.origin import DEFAULT, escape_line

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from io import BufferedReader

_START = re.compile(rb'\{"time": ')
_MAX_LINE_BYTES = 16 * 1024 * 1024
_MAX_STARTS = 20
"""Places of one line at which a report may begin; each is read to the line's end."""


class Candidate(NamedTuple):
    """One value given for a reported field."""

    value: Any
    origin: str
    overridden: str | None


class ReportedField:
    """One field of a report, with the attributes that `FieldInfo` has for it.

    `data` is the field as it is in the file.
    """

    def __init__(self, data: dict[str, Any]) -> None:
        """Raise KeyError or TypeError if the data is not that of a field."""
        self.data = data
        self.name = str(data["field"])
        self.doc = str(data["doc"])
        self.value = data["value"]
        self.chain = [
            Candidate(item["value"], str(item["origin"]), item["overridden"])
            for item in data["chain"]
        ]
        self.members = [ReportedField(member) for member in data.get("members", ())]
        self.source = self.chain[0].origin if self.chain else ""
        self.is_default = bool(self.chain) and data["chain"][0]["source"] == DEFAULT
        self.is_missing = not self.chain
        self._is_secret = bool(data["secret"])
        self.display_value = MISSING if self.is_missing else self._display(self.value)

    def display(self, candidate: Candidate) -> str:
        """Return the text of a candidate's value, secrets masked."""
        return self._display(candidate.value)

    def settings(self) -> list[ReportedField]:
        """Return the settings with a value: the members of a structure, or itself."""
        if not self.members or self.value is None:
            return [self]
        return [each for member in self.members for each in member.settings()]

    def with_members(self) -> Iterator[ReportedField]:
        """Yield the field, its members, and the members of their structures."""
        yield self
        for member in self.members:
            yield from member.with_members()

    def _display(self, value: Any) -> str:
        if self._is_secret and value == MASK:
            return MASK
        try:
            return to_text(value)
        except RecursionError:
            return "..."


def list_fields(data: dict[str, Any]) -> list[ReportedField]:
    """Return the fields of a class. Raises KeyError, TypeError or AttributeError."""
    return list(map(ReportedField, data["fields"]))


class Report:
    """The result of one class, or of one task, in one process.

    `data` is the report as it is in the file.
    """

    def __init__(self, data: Any) -> None:
        """Raise KeyError, TypeError or ValueError if the data is not a report."""
        self.data: dict[str, Any] = data
        self.time = escape_line(str(data["time"]))
        self.host = escape_line(str(data["host"]))
        self.pid = int(data["pid"])
        self.class_name, self.task = str(data["class"]), data["task"]
        self.fields = list_fields(data)

    @property
    def name(self) -> str:
        """The class, with the task if any."""
        return f"{self.class_name} {self.task}" if self.task else self.class_name

    @property
    def worker(self) -> str:
        """The process in words."""
        return f"process {self.pid} on {self.host}"


def read_reports(path: str) -> list[Report]:
    """Return the newest report of each class and task in each process.

    Prints a warning about lines that are not reports. Raises UsageError if the file
    cannot be read, or has no reports.
    """
    newest: dict[tuple[object, ...], Report] = {}
    damaged: list[int] = []
    try:
        with _open_regular_file(path) as file:
            read_line = partial(file.readline, _MAX_LINE_BYTES)
            for number, line in enumerate(iter(read_line, b""), 1):
                report, is_damaged = _parse(line)
                if is_damaged:
                    damaged.append(number)
                if report is not None:
                    newest[report.host, report.pid, report.name] = report
    except OSError as error:
        msg = f"cannot read {path}: {error.strerror or error}"
        raise click.UsageError(msg) from error
    if not newest:
        lines = f" ({count(len(damaged), 'damaged line')})" if damaged else ""
        msg = (
            f"{path} has no reports{lines}; a worker writes them with "
            f"PYNENC_CONF_REPORT"
        )
        raise click.UsageError(msg)
    if damaged:
        _warn(path, damaged)
    return list(newest.values())


def _warn(path: str, damaged: Sequence[int]) -> None:
    """Print on stderr how many lines of a file are damaged, and the first of them."""
    first = f"line {damaged[0]}"
    if len(damaged) > 1:
        first = f"{len(damaged)} lines, the first is {first}"
    sentence = f"{path}: damaged, and left out: {first}"
    show(labelled_text("warning", sentence, "warning"), stderr=True)


def _open_regular_file(path: str) -> BufferedReader:
    """Open a file; a pipe or a device could block. Raises OSError."""
    descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0))
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        message = "not a regular file"
        raise OSError(message)
    return os.fdopen(descriptor, "rb")


def _parse(line: bytes) -> tuple[Report | None, bool]:
    """Return the report in a line, None if there is none, and if the line is damaged.

    If a disk was full, a line may begin with a part of another one.
    """
    for start in islice(_START.finditer(line), _MAX_STARTS):
        try:
            report = Report(json.loads(line[start.start() :]))
            return report, start.start() > 0
        except (
            *(ArithmeticError, AttributeError, KeyError, RecursionError, TypeError),
            ValueError,
        ):
            continue
    return None, bool(line.strip())
