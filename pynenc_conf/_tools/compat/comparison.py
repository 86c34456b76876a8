"""What a deployment has written, read the original's way and this library's."""

from __future__ import annotations

import contextlib
import os
import re
import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from pynenc_conf._core.declare.plan import plan_of
from pynenc_conf._core.formats.yaml_scalar import Scalar
from pynenc_conf._core.masking import MASK, format_value
from pynenc_conf._core.problems import UnreadableFile
from pynenc_conf._core.sources.documents import load
from pynenc_conf._core.sources.files import PYPROJECT_FILE
from pynenc_conf._core.types.invalid import (
    InvalidValue,
    as_invalid_value,
    describe_invalid_value,
    describe_nesting,
    describe_value,
)
from pynenc_conf._tools.compat import original
from pynenc_conf._tools.compat.differences import row_of, seen_in_file, seen_in_value
from pynenc_conf._tools.compat.differences.row import FileCase, ValueCase
from pynenc_conf.config_task import ConfigTask, exception_config_mapper
from pynenc_conf.constants import TOML_CONFIG_ID
from pynenc_conf.origin import CONFIG_FILE, Origin

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from pynenc_conf._core.declare.plan import Setting
    from pynenc_conf._core.sources.documents import Document
    from pynenc_conf.config_base import ConfigBase

    Settings = Mapping[str, Setting]

_ASSIGNMENT = re.compile(r"\s*(?:export\s+)?([A-Za-z_][\w#.]*)=(.*)")
_ABSENT = object()
_LONGEST = 60


class Finding(NamedTuple):
    """One thing that the two read differently.

    `id` is the row of the table of differences, "" for what no row describes.
    """

    id: str
    origin: Origin
    field: str | None
    message: str

    def __str__(self) -> str:
        name = f"  [{self.id}]" if self.id else ""
        return f"{self.message}\n  --> {self.origin}{name}"


class Comparison:
    """Collects what differs, for a number of classes.

    `findings` are the differences, each once; `read` counts the values compared.
    """

    def __init__(self, classes: Iterable[type[ConfigBase]]) -> None:
        self.classes = list(classes)
        self.findings: list[Finding] = []
        self.read = 0
        self._general: dict[str, Setting] = {}
        self._sections: dict[str, dict[str, Setting]] = {}
        self._task_sections: set[str] = set()
        self._seen: set[tuple[str, str]] = set()
        self._compared: set[str] = set()
        for cls in self.classes:
            plan = plan_of(cls)
            self._general = {**plan.settings, **self._general}
            for section in plan.sections:
                known = self._sections.get(section, {})
                self._sections[section] = {**plan.settings, **known}
                if issubclass(cls, ConfigTask):
                    self._task_sections.add(section)

    def file(self, path: str, variable: str | None = None) -> None:
        """Compare what is in a file; `variable` is the one that names it."""
        if path in self._compared:
            return
        self._compared.add(path)
        start = len(self.findings)
        self._file(path, variable)
        # In the order of the file.
        self.findings[start:] = sorted(self.findings[start:], key=_position)

    def _file(self, path: str, variable: str | None) -> None:
        there, failure = _as_the_original(path)
        document, refused = _as_we_do(path)
        if failure or refused is not None:
            origin = Origin(CONFIG_FILE, path=path, variable=variable)
            if refused is not None and refused.line is not None:
                origin.at(refused.line, refused.column)
            self._add_file(path, failure, refused, origin)
        elif document is not None:
            self._tables(there, document, variable)

    def variables(self, path: str) -> None:
        """Compare what is in a file of environment variables, and files they name."""
        named: dict[str, str] = {}
        for name, text, line in assignments(path):
            origin = Origin(CONFIG_FILE, keys=[name], path=path)
            origin.at(line, None)
            if name.endswith("__FILEPATH"):
                named[name] = text
            else:
                self._variable(name, text, origin)
        for name, text in named.items():
            # In a container it may be elsewhere: what is not here is not compared.
            if text and os.path.exists(text):
                self.file(text, name)
        self._class_files(named)

    def _add(
        self, name: str, origin: Origin, message: str, field: str | None = None
    ) -> None:
        # One place may set a field of many classes.
        if (str(origin), message) not in self._seen:
            self._seen.add((str(origin), message))
            self.findings.append(Finding(name, origin, field, message))

    def _add_file(
        self, path: str, failure: str, refused: UnreadableFile | None, origin: Origin
    ) -> None:
        data = b""
        if os.path.isfile(path) and os.access(path, os.R_OK):
            data = Path(path).read_bytes()
        words = refused.message if refused is not None else ""
        row = seen_in_file(FileCase(path, data, failure, words))
        if failure and words:
            self._add("", origin, f"neither of the two reads the file: {words}")
        elif failure:
            message = f"the original refuses the file ({failure}); here it is read"
            self._add(row.id if row else "", origin, message)
        else:
            message = f"the original reads the file; here it is refused: {words}"
            self._add(row.id if row else "", origin, message)

    def _tables(
        self, there: Mapping[str, Any], document: Document, variable: str | None
    ) -> None:
        """Compare the values of a file that both can read."""
        prefix = _prefix(document)
        here = _inner(document.root, prefix)
        for keys, settings in self._places(there, here):
            tables = [_inner(table, keys) for table in (there, here)]
            for field in settings:
                given, written = (table.get(field, _ABSENT) for table in tables)
                origin = Origin(
                    CONFIG_FILE,
                    keys=(*prefix, *keys, field),
                    document=document,
                    variable=variable,
                )
                if given is not _ABSENT and written is not _ABSENT:
                    self._value(settings[field], given, written, origin)
                elif given is not written:
                    self._one_sided(settings[field], given, written, origin)

    def _places(
        self, there: Mapping[str, Any], here: Any
    ) -> Iterator[tuple[tuple[str, ...], Settings]]:
        """Yield the paths of tables that settings are read from."""
        yield (), self._general
        for section, settings in self._sections.items():
            yield (section,), settings
            if section in self._task_sections:
                tables = _inner(there, (section,)), _inner(here, (section,))
                for task in dict.fromkeys(key for table in tables for key in table):
                    yield (section, str(task)), settings

    def _value(
        self, setting: Setting, given: Any, written: Any, origin: Origin
    ) -> None:
        self.read += 1
        there: Any
        try:
            there = original.read_value(setting, given)
        except Exception as error:  # noqa: BLE001 - it raises what comes
            there = error
        here, words = _our_value(setting, written, origin)
        if _same(there, here):
            return
        row = seen_in_value(ValueCase(setting, given, written, there, here))
        if origin.path is not None and _is_another_pyproject(origin.path):
            row = row_of("file-pyproject")
        read = written.text if isinstance(written, Scalar) else describe_value(given)
        if describe_nesting(given) and not isinstance(there, Exception):
            there = MASK
        message = _message(setting, read, there, here, words)
        self._add(row.id if row else "", origin, message, setting.name)

    def _one_sided(
        self, setting: Setting, given: Any, written: Any, origin: Origin
    ) -> None:
        """Report a value that is in the table that one of the two looks at."""
        self.read += 1
        value = given if written is _ABSENT else written
        value = MASK if describe_nesting(value) else value
        who = ("the original", "here it is not")
        if given is _ABSENT:
            who = ("this library", "the original does not")
        shown = format_value(value, setting.secret)
        message = f"`{setting.name}`: {who[0]} reads {shown}; {who[1]}"
        name = row_of("file-pyproject").id
        self._add(name, origin, message, setting.name)

    def _variable(self, name: str, text: str, origin: Origin) -> None:
        for cls in self.classes:
            plan = plan_of(cls)
            for variable in plan.variables:
                if variable.name != name:
                    continue
                setting = plan.settings[variable.field]
                if variable.holds_path:
                    message = (
                        f"`{setting.name}`: the original does not look at this "
                        f"variable; here the file that it names has the value"
                    )
                    self._add(row_of("secret-files").id, origin, message, setting.name)
                else:
                    self._value(setting, text, text, origin)
            if issubclass(cls, ConfigTask):
                self._task_variable(cls, name, text, origin)

    def _task_variable(
        self, cls: type[ConfigBase], name: str, text: str, origin: Origin
    ) -> None:
        """Compare a variable of one task: `PYNENC__CONFIGTASK__SHOP#PAY__FIELD`."""
        begin = cls.get_env_key("", cls)
        for field, setting in plan_of(cls).settings.items():
            end = f"__{field.upper()}"
            if not (name.startswith(begin) and name.endswith(end)):
                continue
            task = name[len(begin) : -len(end)]
            if "__" in task and "#" not in task:
                message = (
                    f"`{field}`: the original does not look at this variable; here it "
                    f"is for the task {task.replace('__', '.').lower()}"
                )
                self._add(row_of("task-variable").id, origin, message, field)
            elif task:
                self._value(setting, text, text, origin)

    def _class_files(self, named: Mapping[str, str]) -> None:
        """Report general keys that the files of two classes of a family have."""
        for cls in self.classes:
            plan = plan_of(cls)
            tables: list[tuple[str, Document]] = []
            for variable in plan.file_variables[1:]:
                document, _ = _as_we_do(named.get(variable.name, ""))
                if document is not None:
                    tables.append((variable.name, document))
            for field in plan.settings:
                holders = [item for item in tables if field in item[1].root]
                if len(holders) > 1:
                    (first, _), (last, document) = holders[0], holders[-1]
                    keys = (field,)
                    origin = Origin(
                        CONFIG_FILE, keys=keys, document=document, variable=last
                    )
                    message = (
                        f"`{field}` of {cls.__name__}: the original takes the value of "
                        f"the file that {first} names; here this one outranks it"
                    )
                    self._add(row_of("class-file-general").id, origin, message, field)


def assignments(path: str) -> Iterator[tuple[str, str, int]]:
    """Yield name, text and line of each variable in a file of `NAME=text` lines.

    As a shell and as containers have it: `export`, quotes and comments may be there.
    """
    text = Path(path).read_text(encoding="utf-8-sig", errors="replace")
    for number, line in enumerate(text.splitlines(), 1):
        found = _ASSIGNMENT.fullmatch(line)
        if found is None:
            continue
        name, value = found[1], found[2].strip()
        if value[:1] in {"'", '"'}:
            # A quote that is never closed is a part of the text.
            with contextlib.suppress(ValueError):
                value = "".join(shlex.split(value, comments=True)[:1])
        else:
            value = re.split(r"\s#", value, maxsplit=1)[0].rstrip()
        yield name, value, number


def _as_the_original(path: str) -> tuple[dict[str, Any], str]:
    try:
        return original.read_file(path), ""
    except Exception as error:  # noqa: BLE001 - it raises what comes
        return {}, _name_of(error)


def _name_of(error: Exception) -> str:
    # The original turns its parsers' errors into ValueErrors.
    plain = isinstance(error, ValueError) and not isinstance(error, UnicodeError)
    parsers = type(error).__module__.startswith("yaml")
    return "ValueError" if plain or parsers else type(error).__name__


def _as_we_do(path: str) -> tuple[Document | None, UnreadableFile | None]:
    try:
        document = load(path)
    except UnreadableFile as error:
        return None, error
    table: Any = document.root
    for key in _prefix(document):
        table = table.get(key, {}) if isinstance(table, dict) else None
    if not isinstance(table, dict):
        return None, UnreadableFile("expected a table of settings in [tool.pynenc]")
    return document, None


def _prefix(document: Document) -> tuple[str, ...]:
    is_pyproject = os.path.basename(document.path).lower() == PYPROJECT_FILE
    return ("tool", TOML_CONFIG_ID) if is_pyproject else ()


def _inner(table: Any, keys: Sequence[str]) -> Mapping[str, Any]:
    for key in keys:
        table = table.get(key) if isinstance(table, dict) else None
    return table if isinstance(table, dict) else {}


def _our_value(setting: Setting, written: Any, origin: Origin) -> tuple[Any, str]:
    """Return what we make of a raw value; a Refused, and its words, if it is that."""
    if setting.field.mapper is exception_config_mapper:
        # Reading names would import modules of the application, which may be elsewhere.
        if isinstance(written, str) and written.strip():
            return tuple(name.strip() for name in written.split(",")), ""
        return original.read_value(setting, written) if written == "" else written, ""
    try:
        return setting.convert(written), ""
    except Exception as error:  # noqa: BLE001 - also what own types raise
        invalid = as_invalid_value(error, written, setting.expected)
        problem = describe_invalid_value(
            invalid, field=setting.name, secret=setting.secret, origin=origin
        )
        return invalid, problem.message


def _same(there: Any, here: Any) -> bool:
    if isinstance(there, Exception) or isinstance(here, Exception):
        return isinstance(there, Exception) and isinstance(here, Exception)
    return type(there) is type(here) and there == here


def _message(setting: Setting, read: str, there: Any, here: Any, words: str) -> str:
    if isinstance(here, InvalidValue):
        then = f"here it is refused: {words}"
    elif setting.secret:
        return f"`{setting.name}`: a secret, not shown, has another value here"
    else:
        then = (
            f"here it is {describe_nesting(here) or format_value(here, secret=False)}"
        )
    if setting.secret:
        return f"`{setting.name}`: {then}"
    if isinstance(there, Exception):
        return f"`{setting.name}`: the original refuses {_cut(read)}; {then}"
    made = format_value(there, secret=False)
    return f"`{setting.name}`: the original reads {_cut(read)} as {made}; {then}"


def _cut(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 3]}..."


def _position(finding: Finding) -> tuple[int, int]:
    return finding.origin.line or 0, finding.origin.column or 0


def _is_another_pyproject(path: str) -> bool:
    """Whether the original alone takes a file for a `pyproject.toml`."""
    name = os.path.basename(path).lower()
    return PYPROJECT_FILE in path.lower() and name != PYPROJECT_FILE
