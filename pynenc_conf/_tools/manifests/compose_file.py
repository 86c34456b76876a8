"""The variables of a service in a Compose file."""

from __future__ import annotations

import math
import os
import re
from collections.abc import Mapping
from decimal import Decimal
from itertools import chain
from typing import TYPE_CHECKING, Any

import click

from pynenc_conf._core.formats.yaml_scalar import Scalar
from pynenc_conf._core.problems import UnreadableFile
from pynenc_conf._core.sources.documents import read_text
from pynenc_conf._tools.dialects import compose, docker
from pynenc_conf._tools.dialects.assignment import Assignment, Budget
from pynenc_conf._tools.dialects.interpolation import interpolate

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from pynenc_conf._tools.dialects.assignment import Lookup
    from pynenc_conf._tools.manifests.documents import Found, Node

    Pair = tuple[str, Any, Node]

_MAX_FILES = 100
_MAX_DIGITS = 100
_FIRST_EXPONENT = 6  # from which Go prints a float with an exponent
_ZEROS = 4  # before the first other digit of a float that Go prints without one
_INTEGER = re.compile(
    r"[+-]?(?:0[xX]([0-9a-fA-F]+)|0[bB]([01]+)|(0[0-7]*)|([1-9][0-9]*))"
)
_DECIMAL = re.compile(r"[+-]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][+-]?[0-9]+)?")


class ComposeProject:
    """The Compose files of a deployment, each of which overrides those before it."""

    def __init__(self) -> None:
        self._files: list[Node] = []
        self._project: dict[str, str] = {}
        self._lookup: Lookup = self._project.get
        self._budget = Budget()

    def add(self, document: Node) -> None:
        """Add a Compose file."""
        self._files.append(document)

    def has(self, path: str) -> bool:
        """Whether a file is a Compose file."""
        return any(document.path == path for document in self._files)

    def read(self, path: str, name: str | None, lookup: Lookup) -> Iterator[Found]:
        """Yield the variables of one service if a file is the last Compose file.

        `lookup` has the variables that the files are interpolated with. Raises
        UsageError if a service must be chosen.
        """
        if not self._files or self._files[-1].path != path:
            return
        self._lookup = lookup
        self._budget = Budget()
        parts = self._choose(name)
        yield from self._read_project_file()
        for part in parts:
            if part.get("extends").value is not None:
                yield part.get("extends").error("'extends' is not supported")
            yield from _check_kinds(part)
        own, names = self._read_environments(parts)
        values = {item.name: item.value for item in own if isinstance(item, Assignment)}
        # As Compose does, also if a later file than that of the environment names it.
        for files in (part.get("env_file") for part in parts):
            try:
                for item in self._read_files(files, values):
                    if isinstance(item, Assignment):
                        # One file may be given many times.
                        self._budget.spend(item.value)
                    if not isinstance(item, Assignment) or item.name not in names:
                        yield item
            except UnreadableFile as error:
                yield files.error(error.message)
        yield from own

    def _choose(self, name: str | None) -> list[Node]:
        """Return the parts of the only service, or of that with a name."""
        parts: dict[str, list[Node]] = {}
        for document in self._files:
            for each, node in document.get("services").items():
                parts.setdefault(each, []).append(node)
        of_files = "Compose file has" if len(self._files) == 1 else "Compose files have"
        if not parts:
            msg = f"the {of_files} no services"
            raise click.UsageError(msg)
        names = ", ".join(parts)
        if name is None and len(parts) == 1:
            return next(iter(parts.values()))
        if name is None:
            msg = f"choose a service of the Compose file with --service: {names}"
            raise click.UsageError(msg)
        if name not in parts:
            has = "it has" if len(self._files) == 1 else "they have"
            msg = f"the {of_files} no service {name!r}; {has}: {names}"
            raise click.UsageError(msg)
        return parts[name]

    def _read_project_file(self) -> Iterator[UnreadableFile]:
        """Read `.env` beside the Compose file, which sets variables for the file."""
        path = os.path.join(self._folder, ".env")
        self._project = {}
        if not os.path.isfile(path):
            return
        for item in _read_file(path, compose.read, self._lookup):
            if isinstance(item, Assignment):
                self._project[item.name] = item.value
            else:
                yield UnreadableFile(f"{path}: {item.message}")

    @property
    def _folder(self) -> str:
        """The folder of the first file; paths in all files are relative to it."""
        return os.path.dirname(self._files[0].path)

    def _find(self, name: str) -> str | None:
        """Return the value of a variable that the Compose file refers to."""
        return self._budget.spend(self._resolve(name))

    def _resolve(self, name: str) -> str | None:
        value = self._lookup(name)
        return self._project.get(name) if value is None else value

    def _read_environments(self, parts: Sequence[Node]) -> tuple[list[Found], set[str]]:
        """Return the variables that `environment` sets, and the names in it.

        A name without a value removes the variable of a file.
        """
        found: list[list[Found]] = []
        names: set[str] = set()
        for part in reversed(parts):
            pairs = list(_environment_pairs(part.get("environment")))
            own = [
                item
                for item in self._read_environment(pairs)
                if not isinstance(item, Assignment) or item.name not in names
            ]
            found.append(own)
            names.update(name for name, *_ in pairs)
        return list(chain.from_iterable(reversed(found))), names

    def _read_environment(self, pairs: Iterable[Pair]) -> Iterator[Found]:
        for name, raw, node in pairs:
            try:
                value = self._convert(name, raw)
            except UnreadableFile as error:
                yield node.error(error.message)
            else:
                if value is not None:
                    yield node.assign(name, value)

    def _convert(self, name: str, raw: Any) -> str | None:
        """Return the value of a variable, None if it is unset."""
        if raw is None or (isinstance(raw, Scalar) and raw.tag == "null"):
            return self._find(name)
        if isinstance(raw, Scalar):
            return _format_scalar(raw)
        if isinstance(raw, str):
            return interpolate(raw, self._find)
        message = f"the value of {name} must be text or a number"
        raise UnreadableFile(message)

    def _read_files(self, files: Node, values: Mapping[str, str]) -> Iterator[Found]:
        """Yield the variables in the files that `env_file` names."""
        is_path = isinstance(files.value, str)
        nodes = [files] if is_path else list(files.elements())
        if len(nodes) > _MAX_FILES:
            yield files.error(f"env_file names more than {_MAX_FILES} files")
            return
        for node in nodes:
            entry = node.get("path") if isinstance(node.value, Mapping) else node
            if not isinstance(entry.value, str):
                yield node.error("env_file requires a path, which is text")
                continue
            read = docker.read if node.get("format").value == "raw" else compose.read

            def find(name: str) -> str | None:
                value = self._resolve(name)
                return values.get(name) if value is None else value

            try:
                name = interpolate(entry.value, self._find)
            except UnreadableFile as error:
                yield entry.error(error.message)
                continue
            path = os.path.join(self._folder, name)
            is_optional = (node.get("required").text or "").lower() == "false"
            if not is_optional or os.path.exists(path):
                yield from _read_referenced(path, read, find, entry)


def _check_kinds(service: Node) -> Iterator[UnreadableFile]:
    """Yield an error for each part of a service that Compose rejects."""
    yield from service.check_kind("a service", Mapping)
    environment = service.get("environment")
    yield from environment.check_kind("environment", Mapping, list)
    for node in environment.elements():
        if not isinstance(node.value, str):
            yield node.error("an element of environment must be NAME=value")
    yield from service.get("env_file").check_kind("env_file", str, list)


def _environment_pairs(environment: Node) -> Iterator[Pair]:
    """Yield name, value and node of a mapping, or of a list of `NAME=value`.

    Of several entries in a list for one name, the last counts.
    """
    for name, node in environment.items():
        yield name, node.value, node
    found: dict[str, Pair] = {}
    for node in environment.elements():
        if isinstance(node.value, str):
            name, equals, text = node.value.partition("=")
            found[name] = (name, text if equals else None, node)
    yield from found.values()


def _read_referenced(
    path: str, read: Any, lookup: Lookup, entry: Node
) -> Iterator[Found]:
    for item in _read_file(path, read, lookup):
        if isinstance(item, Assignment):
            yield item._replace(path=path)
        else:
            line = f":{item.line}" if item.line is not None else ""
            yield entry.error(f"{path}{line}: {item.message}")


def _read_file(path: str, read: Any, lookup: Lookup) -> Iterable[Found]:
    try:
        text = read_text(path)
    except UnreadableFile as error:
        return [error]
    found: Iterator[Found] = read(text, lookup)
    return found


def _format_scalar(scalar: Scalar) -> str:
    """Return the text of a number or flag as Compose writes it.

    Compose reads YAML as Go does, and writes the value: 010 is 8, 1000000.0 is 1e+06.
    """
    if scalar.tag == "bool" and scalar.text.lower() in {"true", "false"}:
        return scalar.text.lower()
    if scalar.tag not in {"int", "float"} or len(scalar.text) > _MAX_DIGITS:
        return scalar.text
    digits = scalar.text.replace("_", "")
    integer = _read_integer(digits)
    if integer is not None:
        return str(integer)
    if digits.lower().endswith((".inf", ".nan")):
        return {".nan": "NaN", "-.inf": "-Inf"}.get(digits.lower(), "+Inf")
    number = float(digits) if _DECIMAL.fullmatch(digits) else math.inf
    return _format_float(number) if math.isfinite(number) else scalar.text


def _read_integer(digits: str) -> int | None:
    """Return an integer of 64 bits; None if the text is none to Go."""
    match = _INTEGER.fullmatch(digits)
    if match is None:
        return None
    size = max(
        int(found, base)
        for found, base in zip(match.groups(), (16, 2, 8, 10), strict=True)
        if found
    )
    is_signed = digits[0] in "+-"
    number = -size if digits[0] == "-" else size
    is_small = -(2**63) <= number < (2**63 if is_signed else 2**64)
    return number if is_small else None


def _format_float(number: float) -> str:
    """Return the text of a float as Go prints it: with an exponent from 1e+06 on."""
    if number == 0:
        return f"{number:.0f}"
    exact = Decimal(repr(number)).normalize()
    exponent = exact.adjusted()
    if -_ZEROS <= exponent < _FIRST_EXPONENT:
        return f"{exact:f}"
    return f"{exact.scaleb(-exponent):f}e{exponent:+03d}"
