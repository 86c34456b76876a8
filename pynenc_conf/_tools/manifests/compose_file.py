"""The variables of a service in a Compose file."""

from __future__ import annotations

import os
from collections.abc import Mapping
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import click

from pynenc_conf._core.formats.yaml_scalar import Scalar
from pynenc_conf._core.problems import UnreadableFile
from pynenc_conf._core.sources.documents import read_text
from pynenc_conf._tools.dialects import compose, docker
from pynenc_conf._tools.dialects.assignment import Assignment, Budget
from pynenc_conf._tools.dialects.interpolation import interpolate

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from pynenc_conf._tools.dialects.assignment import Lookup
    from pynenc_conf._tools.manifests.documents import Found, Node

    Pair = tuple[str, Any, Node]

_MAX_FILES = 100
_MAX_DIGITS = 100
_MAX_WHOLE = 1e21  # Go writes larger numbers with an exponent


class ComposeFile:
    """A Compose file, and the variables that it is interpolated with."""

    def __init__(self, path: str, lookup: Lookup, document: Node) -> None:
        self._folder = os.path.dirname(path)
        self._lookup = lookup
        self._services = dict(document.get("services").items())
        self._project: dict[str, str] = {}
        self._budget = Budget()

    def read(self, name: str | None) -> Iterator[Found]:
        """Yield the variables of one service. Raises UsageError."""
        service = self._choose(name)
        yield from self._read_project_file()
        if service.get("extends").value is not None:
            yield service.get("extends").error("'extends' is not supported")
        yield from _check_kinds(service)
        pairs = list(_environment_pairs(service.get("environment")))
        own = list(self._read_environment(pairs))
        values = {item.name: item.value for item in own if isinstance(item, Assignment)}
        # A name without a value removes the variable of a file.
        names = {name for name, *_ in pairs}
        files = service.get("env_file")
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

    def _choose(self, name: str | None) -> Node:
        if not self._services:
            msg = "the Compose file has no services"
            raise click.UsageError(msg)
        names = ", ".join(self._services)
        if name is None and len(self._services) == 1:
            return next(iter(self._services.values()))
        if name is None:
            msg = f"choose a service of the Compose file with --service: {names}"
            raise click.UsageError(msg)
        if name not in self._services:
            msg = f"the Compose file has no service {name!r}; it has: {names}"
            raise click.UsageError(msg)
        return self._services[name]

    def _read_project_file(self) -> Iterator[UnreadableFile]:
        """Read `.env` beside the Compose file, which sets variables for the file."""
        path = os.path.join(self._folder, ".env")
        if not os.path.isfile(path):
            return
        for item in _read_file(path, compose.read, self._lookup):
            if isinstance(item, Assignment):
                self._project[item.name] = item.value
            else:
                yield UnreadableFile(f"{path}: {item.message}")

    def _find(self, name: str) -> str | None:
        """Return the value of a variable that the Compose file refers to."""
        return self._budget.spend(self._resolve(name))

    def _resolve(self, name: str) -> str | None:
        value = self._lookup(name)
        return self._project.get(name) if value is None else value

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
    """Yield name, value and node of a mapping, or of a list of `NAME=value`."""
    for name, node in environment.items():
        yield name, node.value, node
    for node in environment.elements():
        if isinstance(node.value, str):
            name, equals, text = node.value.partition("=")
            yield name, text if equals else None, node


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
    """Return the text of a number or flag as Compose writes it."""
    if scalar.tag == "bool" and scalar.text.lower() in {"true", "false"}:
        return scalar.text.lower()
    if scalar.tag in {"int", "float"} and len(scalar.text) <= _MAX_DIGITS:
        with suppress(ValueError):
            if scalar.tag == "int":
                return str(int(scalar.text))
            number = float(scalar.text)
            is_whole = number.is_integer() and abs(number) < _MAX_WHOLE
            return str(int(number)) if is_whole else repr(number)
    return scalar.text
