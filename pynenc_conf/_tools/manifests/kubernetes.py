"""The variables in manifests of Kubernetes: ConfigMaps, Secrets and containers."""

from __future__ import annotations

import base64
import binascii
import re
from typing import TYPE_CHECKING

import click

from pynenc_conf._core.formats.yaml_scalar import Scalar
from pynenc_conf._core.problems import UnreadableFile
from pynenc_conf._tools.dialects.assignment import Assignment, Budget

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from pynenc_conf._tools.manifests.documents import Found, Node

_POD = ("spec",)
_TEMPLATE = ("spec", "template", "spec")
_POD_PATHS = {
    "Pod": _POD,
    "CronJob": ("spec", "jobTemplate", *_TEMPLATE),
    **dict.fromkeys(
        ("Deployment", "StatefulSet", "DaemonSet", "ReplicaSet", "Job"), _TEMPLATE
    ),
}
_MAX_SOURCES = 100
_MAX_VARIABLES = 100_000
_REFERENCE = re.compile(r"\$\$|\$\(([^()]*)\)")


def read_objects(objects: Iterable[Node], container: str | None) -> Iterator[Found]:
    """Yield the variables of one container, or else of all ConfigMaps and Secrets.

    Raises UsageError if a container must be chosen.
    """
    pods: list[Node] = []
    maps: dict[tuple[str, str], dict[str, Found]] = {}
    for number, node in enumerate(_flatten(objects)):
        kind = str(node.get("kind").value)
        if kind in _POD_PATHS:
            pods.append(node)
        elif kind in {"ConfigMap", "Secret"}:
            name = node.get("metadata", "name").value
            # A map without a name cannot be referred to.
            key = kind, name if isinstance(name, str) else f"#{number}"
            maps.setdefault(key, {}).update(_read_map(node, is_secret=kind == "Secret"))
    if pods:
        yield from _Container(_choose(pods, container), maps).read()
        return
    for found in maps.values():
        yield from found.values()


def _flatten(objects: Iterable[Node]) -> Iterator[Node]:
    """Yield objects, and those in lists."""
    for node in objects:
        if node.get("kind").value == "List":
            yield from _flatten(node.get("items").elements())
        else:
            yield node


def _choose(objects: Iterable[Node], name: str | None) -> Node:
    """Return the only container, or the one with a name: of the object or its own."""
    found = {
        (str(node.get("metadata", "name").value), str(each.get("name").value)): each
        for node in objects
        for group in ("containers", "initContainers")
        for each in node.get(*_POD_PATHS[str(node.get("kind").value)], group).elements()
    }
    chosen = [
        each
        for names, each in found.items()
        if name is None or name in {*names, "/".join(names)}
    ]
    if len(chosen) == 1:
        return chosen[0]
    options = ", ".join("/".join(names) for names in found) or "there is none"
    msg = f"choose a container of the manifest with --service: {options}"
    raise click.UsageError(msg)


class _Container:
    """A container, and the ConfigMaps and Secrets of the same file."""

    def __init__(
        self, node: Node, maps: dict[tuple[str, str], dict[str, Found]]
    ) -> None:
        self._node = node
        self._maps = maps
        self._defined: dict[str, Assignment] = {}
        self._budget = Budget()

    def read(self) -> Iterator[Found]:
        """Yield the variables; a reference to another file is left out."""
        found: dict[str, Found] = {}
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
            prefix = source.get("prefix").value or ""
            for kind, key in (("ConfigMap", "configMapRef"), ("Secret", "secretRef")):
                name = str(source.get(key, "name").value)
                for item in self._maps.get((kind, name), {}).values():
                    if isinstance(item, Assignment):
                        renamed = item._replace(name=f"{prefix}{item.name}")
                        found[renamed.name] = renamed
                    else:
                        yield item
        for variable in self._node.get("env").elements():
            name = str(variable.get("name").value)
            value = self._read_variable(name, variable)
            if isinstance(value, Assignment):
                self._defined[name] = found[name] = value
            elif value is not None:
                yield value
        yield from found.values()

    def _read_variable(self, name: str, variable: Node) -> Found | None:
        if variable.get("valueFrom").value is None:
            value = variable.get("value")
            if value.value is None:
                return variable.assign(name, "")
            item = _read_text(name, value, is_secret=False)
            return self._expand(item) if isinstance(item, Assignment) else item
        for kind, key in (("ConfigMap", "configMapKeyRef"), ("Secret", "secretKeyRef")):
            reference = variable.get("valueFrom", key)
            found = self._maps.get((kind, str(reference.get("name").value)), {})
            referenced = found.get(str(reference.get("key").value))
            if isinstance(referenced, Assignment):
                return referenced._replace(name=name)
        return None

    def _expand(self, item: Assignment) -> Found:
        """Replace each `$(NAME)` of a variable that is defined before."""
        is_secret = False

        def replace(match: re.Match[str]) -> str:
            nonlocal is_secret
            if match[1] is None:
                return "$"
            defined = self._defined.get(match[1])
            if defined is None:
                return match[0]
            is_secret = is_secret or defined.is_secret
            self._budget.spend(defined.value)
            return defined.value

        try:
            value = _REFERENCE.sub(replace, item.value)
        except UnreadableFile as error:
            return UnreadableFile(error.message, item.line, item.column)
        return item._replace(value=value, is_secret=is_secret)


def _read_map(document: Node, *, is_secret: bool) -> dict[str, Found]:
    """Return the variables of a ConfigMap or Secret, by name."""
    found: dict[str, Found] = {}
    for name, node in document.get("data").items():
        found[name] = _read_data(name, node, is_secret=is_secret)
    for name, node in document.get("stringData").items() if is_secret else ():
        found[name] = _read_text(name, node, is_secret=True)
    return found


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
