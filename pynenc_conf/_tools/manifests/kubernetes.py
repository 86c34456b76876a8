"""The variables in manifests of Kubernetes: ConfigMaps, Secrets and containers."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Mapping
from typing import TYPE_CHECKING

import click

from pynenc_conf._core.formats.yaml_scalar import Scalar
from pynenc_conf._core.problems import UnreadableFile
from pynenc_conf._tools.dialects.assignment import (
    Assignment,
    Budget,
    Replacement,
    Unresolved,
)
from pynenc_conf._tools.place import Place

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from pynenc_conf._tools.manifests.documents import Found, Node

    # The variables of each ConfigMap and Secret, by kind and name, and by namespace.
    Maps = dict[tuple[str, str], dict[str, dict[str, Found]]]

_POD = ("spec",)
_TEMPLATE = ("spec", "template", "spec")
_POD_PATHS = {
    "Pod": _POD,
    "CronJob": ("spec", "jobTemplate", *_TEMPLATE),
    **dict.fromkeys(
        ("Deployment", "StatefulSet", "DaemonSet", "ReplicaSet", "Job"), _TEMPLATE
    ),
}
_SOURCES = (("ConfigMap", "configMapRef"), ("Secret", "secretRef"))
_MAX_SOURCES = 100
_MAX_NAMES = 5
_MAX_VARIABLES = 100_000
_ADD_FILE = "add its manifest with --env-file"
_REFERENCE = re.compile(r"\$\$|\$\(([^)]*)\)")
_NAME = re.compile(r"[-._A-Za-z][-._A-Za-z0-9]*")
# What Kubernetes sets in each container for the services of its namespace.
_OF_SERVICES = re.compile(
    r"[A-Z_][A-Z0-9_]*_(?:SERVICE_HOST|SERVICE_PORT(?:_[A-Z0-9_]+)?"
    r"|PORT_\d+_(?:TCP|UDP|SCTP)(?:_(?:PROTO|PORT|ADDR))?)"
)


class Cluster:
    """The ConfigMaps, the Secrets, and the objects that create Pods, of all files."""

    def __init__(self) -> None:
        self._pods: list[Node] = []
        self._maps: Maps = {}
        self._paths: set[str] = set()
        self._has_variables = False
        self._objects: dict[tuple[str, str, str], Node] = {}
        self._replacements: list[Replacement] = []

    def add(self, document: Node) -> None:
        """Add an object, or the objects in a list."""
        self._paths.add(document.path)
        for node in _flatten([document]):
            kind = node.get("kind").text
            if kind in _POD_PATHS:
                self._pods.append(node)
            elif kind in {"ConfigMap", "Secret"}:
                self._add_map(kind, node)

    def _add_map(self, kind: str, node: Node) -> None:
        """Add a map, or replace that of the same name, as `kubectl apply` does."""
        # A map without a name cannot be referred to.
        given = node.get("metadata", "name")
        name = given.text or f"#{len(self._maps)}"
        namespace = _namespace_of(node)
        maps = self._maps.setdefault((kind, name), {})
        first = self._objects.get((kind, name, namespace))
        is_final = first is not None and _is_true(first.get("immutable"))
        if not is_final:
            maps[namespace] = found = _read_map(node, is_secret=kind == "Secret")
            self._has_variables |= bool(found)
            self._objects[kind, name, namespace] = node
        if first is not None:
            place = _place_of_name(first)
            message = (
                f"{kind} {name!r} replaces the one at {place}, whose values are ignored"
            )
            if is_final:
                message = (
                    f"the values of {kind} {name!r} are ignored, because it cannot "
                    f"replace the one at {place}, which is immutable"
                )
            self._replacements.append(
                Replacement(message, given.line, given.column, given.path)
            )

    def is_used(self, path: str) -> bool:
        """Whether a file has objects, and any file has a container or variables.

        A deployment has objects of other kinds too, which set no variables.
        """
        return path in self._paths and (bool(self._pods) or self._has_variables)

    def read(self, path: str, container: str | None) -> Iterator[Found]:
        """Yield the variables of one container if it is in a file.

        If no file has a container, yield those of the file's ConfigMaps and Secrets.
        Raises UsageError if a container must be chosen.
        """
        yield from (each for each in self._replacements if each.path == path)
        if not self._pods:
            for maps in self._maps.values():
                for found in maps.values():
                    yield from (e for e in found.values() if _path_of(e) == path)
        elif any(node.path == path for node in self._pods):
            pod, chosen = _choose(self._pods, container)
            if chosen.path == path:
                yield from _Container(chosen, _namespace_of(pod), self._maps).read()


def _place_of_name(node: Node) -> Place:
    name = node.get("metadata", "name")
    return Place(name.path, name.line, name.column)


def _path_of(found: Found) -> str:
    path: str = getattr(found, "path", "")
    return path


def _namespace_of(node: Node) -> str:
    return node.get("metadata", "namespace").text or ""


def _flatten(objects: Iterable[Node]) -> Iterator[Node]:
    """Yield objects, and those in lists."""
    for node in objects:
        if node.get("kind").value == "List":
            yield from _flatten(node.get("items").elements())
        else:
            yield node


def _choose(objects: Iterable[Node], name: str | None) -> tuple[Node, Node]:
    """Return the only container, or the one with a name: of the object or its own.

    With the object. Raises UsageError if there is none, or several.
    """
    found = [
        ((_name_of(node.get("metadata")), _name_of(each)), (node, each))
        for node in objects
        for group in ("containers", "initContainers")
        for each in node.get(*_POD_PATHS[str(node.get("kind").text)], group).elements()
    ]
    chosen = [
        (names, pair)
        for names, pair in found
        if name is None or name in {*names, "/".join(names)}
    ]
    if len(chosen) == 1:
        return chosen[0][1]
    options = ", ".join(dict.fromkeys("/".join(names) for names, _ in found))
    msg = f"choose a container of the manifest with --service: {options}"
    if len({names for names, _ in chosen}) == 1:
        same = "/".join(chosen[0][0])
        msg = f"the manifests have {len(chosen)} containers {same}; give one of them"
    elif not found:
        msg = "the manifest has no container"
    elif not chosen:
        msg = f"the manifest has no container {name!r}; it has: {options}"
    raise click.UsageError(msg)


def _name_of(node: Node) -> str:
    return node.get("name").text or "None"


class _Container:
    """A container in a namespace, and the ConfigMaps and Secrets of all files."""

    def __init__(self, node: Node, namespace: str, maps: Maps) -> None:
        self._node = node
        self._namespace = namespace
        self._maps = maps
        self._found: dict[str, Assignment] = {}
        self._unknown: set[str] = set()
        self._has_unknown_source = False
        self._budget = Budget()

    def read(self) -> Iterator[Found]:
        """Yield the variables, and the references that no file resolves."""
        found = self._found
        for key in ("envFrom", "env"):
            yield from _check_kind(self._node.get(key), key, list)
        yield from self._read_sources()
        for variable in self._node.get("env").elements():
            name = variable.get("name").value
            if not isinstance(name, str):
                yield variable.error("a variable requires a name, which is text")
                continue
            value = self._read_variable(name, variable)
            if isinstance(value, Assignment):
                found[name] = value
                self._unknown.discard(name)
            elif value is not None:
                found.pop(name, None)
                self._unknown.add(name)
                yield value
        yield from found.values()

    def _find_map(self, kind: str, name: str) -> dict[str, Found] | None:
        """Return the variables of a map in the namespace of the container.

        An object without a namespace may be in any: the command that creates it says.
        """
        maps = self._maps.get((kind, name), {})
        if not self._namespace and "" not in maps:
            return next(iter(maps.values())) if len(maps) == 1 else None
        return maps.get(self._namespace, maps.get(""))

    def _read_sources(self) -> Iterator[Found]:
        """Add the variables of `envFrom`, and yield the other entries."""
        found = self._found
        from_maps = self._node.get("envFrom")
        sources = list(from_maps.elements())
        if len(sources) > _MAX_SOURCES:
            yield from_maps.error(f"envFrom has more than {_MAX_SOURCES} sources")
            return
        for source in sources:
            # Each prefix gives the variables of one map other names.
            if len(found) > _MAX_VARIABLES:
                yield from_maps.error(f"envFrom sets more than {_MAX_VARIABLES} names")
                return
            for item in self._read_source(source):
                if isinstance(item, Assignment):
                    found[item.name] = item
                else:
                    yield item

    def _read_variable(self, name: str, variable: Node) -> Found | None:
        given = variable.get("valueFrom")
        if given.value is None:
            value = variable.get("value")
            if value.value is None or _is_null(value):
                return variable.assign(name, "")
            item = _read_text(name, value, is_secret=False)
            return self._expand(item) if isinstance(item, Assignment) else item
        for kind, key in (("ConfigMap", "configMapKeyRef"), ("Secret", "secretKeyRef")):
            if given.get(key).value is not None:
                return self._read_reference(name, kind, given.get(key))
        fields = ", ".join(key for key, _ in given.items())
        if not fields:
            return given.error(f"valueFrom of {name} must have a reference")
        message = f"{name} has a value that only the cluster knows ({fields})"
        return _unresolved(variable, name, message)

    def _read_source(self, source: Node) -> Iterator[Found]:
        """Yield the variables of an element of `envFrom`."""
        prefix = source.get("prefix").text or ""
        references = [(kind, key, source.get(key)) for kind, key in _SOURCES]
        if all(reference.value is None for *_, reference in references):
            yield source.error("a source requires a configMapRef or a secretRef")
        for kind, key, reference in references:
            if reference.value is None:
                continue
            name = reference.get("name").text
            if name is None:
                yield reference.error(f"{key} requires a name")
                continue
            found = self._find_map(kind, name)
            self._has_unknown_source |= found is None
            if found is None and not _is_optional(reference):
                message = f"the variables of {kind} {name!r} are unknown; {_ADD_FILE}"
                yield _unresolved(reference, "", message)
            for item in (found or {}).values():
                if isinstance(item, Assignment):
                    yield item._replace(name=f"{prefix}{item.name}")
                else:
                    yield item

    def _read_reference(self, name: str, kind: str, reference: Node) -> Found | None:
        """Return the variable that has the value of a key of a map."""
        map_name, key = reference.get("name").value, reference.get("key").value
        if not isinstance(map_name, str) or not isinstance(key, str):
            return reference.error(f"the reference of {name} requires a name and a key")
        found = self._find_map(kind, map_name)
        if found is not None and key in found:
            item = found[key]
            return item._replace(name=name) if isinstance(item, Assignment) else item
        if _is_optional(reference):
            return None
        if found is not None:
            message = f"{name} has no value: {kind} {map_name!r} has no key {key!r}"
            return _unresolved(reference, name, message)._replace(is_wrong=True)
        message = f"{name} is unknown: it is key {key!r} of {kind} {map_name!r}; "
        return _unresolved(reference, name, message + _ADD_FILE)

    def _expand(self, item: Assignment) -> Found:
        """Replace each `$(NAME)` of a variable that is defined before.

        As Kubernetes does, in pkg/kubelet and third_party/forked/golang/expansion: the
        name is all text up to the first `)`, `$$` is a dollar sign, and any other text
        stays, also a reference to a variable that is not defined.
        """
        is_secret = False
        unknown: set[str] = set()

        def replace(match: re.Match[str]) -> str:
            nonlocal is_secret
            if match[1] is None:
                return "$"
            defined = self._found.get(match[1])
            if defined is None:
                unknown.update([match[1]] * self._may_be_set(match[1]))
                return match[0]
            is_secret = is_secret or defined.is_secret
            self._budget.spend(defined.value)
            return defined.value

        # Searching the end of each reference that has none would take quadratic time.
        end = item.value.rfind(")") + 1
        rest = item.value[end:].replace("$$", "$")
        try:
            value = _REFERENCE.sub(replace, item.value[:end]) + rest
        except UnreadableFile as error:
            return UnreadableFile(error.message, item.line, item.column)
        if unknown:
            names = ", ".join(f"$({name})" for name in sorted(unknown)[:_MAX_NAMES])
            more = len(unknown) - _MAX_NAMES
            names += f" and {more} more" if more > 0 else ""
            message = f"{item.name} is unknown: it contains {names}"
            place = item.line, item.column, str(item.path)
            return Unresolved(item.name, message, *place)
        return item._replace(value=value, is_secret=is_secret)

    def _may_be_set(self, name: str) -> bool:
        """Whether a variable that is not defined here may have a value in a cluster."""
        is_of_source = self._has_unknown_source and _NAME.fullmatch(name) is not None
        is_of_service = _OF_SERVICES.fullmatch(name) is not None
        return name in self._unknown or is_of_source or is_of_service


def _is_optional(reference: Node) -> bool:
    return _is_true(reference.get("optional"))


def _is_true(node: Node) -> bool:
    value = node.value
    return isinstance(value, Scalar) and value.text.lower() in {"true", "yes", "on"}


def _unresolved(node: Node, name: str, message: str) -> Unresolved:
    """Return a reference at the position of a node."""
    return Unresolved(name, message, node.line, node.column, node.path)


def _read_map(document: Node, *, is_secret: bool) -> dict[str, Found]:
    """Return the variables of a ConfigMap or Secret, by name."""
    found: dict[str, Found] = {}
    for key in ("data", "stringData"):
        for error in _check_kind(document.get(key), key, Mapping):
            found[""] = error
    for name, node in document.get("data").items():
        found[name] = _read_data(name, node, is_secret=is_secret)
    for name, node in document.get("stringData").items() if is_secret else ():
        found[name] = _read_text(name, node, is_secret=True)
    return found


def _check_kind(node: Node, name: str, kind: type) -> Iterable[UnreadableFile]:
    """Return an error for a value of another kind; null counts as unset, as there."""
    return () if _is_null(node) else node.check_kind(name, kind)


def _is_null(node: Node) -> bool:
    return isinstance(node.value, Scalar) and node.value.tag == "null"


def _read_text(name: str, node: Node, *, is_secret: bool) -> Found:
    if not isinstance(node.value, str):
        return node.error(f"Kubernetes requires text as the value of {name}; quote it")
    return node.assign(name, node.value, is_secret=is_secret)


def _read_data(name: str, node: Node, *, is_secret: bool) -> Found:
    if not is_secret:
        return _read_text(name, node, is_secret=False)
    text = node.value.text if isinstance(node.value, Scalar) else node.value
    message = f"the value of {name} must be base64; use stringData for plain text"
    try:
        encoded = "".join(text.split()) if isinstance(text, str) else None
        if encoded is None:
            return node.error(message)
        decoded = base64.b64decode(encoded, validate=True).decode()
    except (binascii.Error, ValueError):
        return node.error(message)
    return node.assign(name, decoded, is_secret=True)
