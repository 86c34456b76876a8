"""The variables in the manifests of a deployment, of any kind."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from pynenc_conf._core.problems import UnreadableFile
from pynenc_conf._tools.manifests.compose_file import ComposeProject
from pynenc_conf._tools.manifests.documents import read_documents
from pynenc_conf._tools.manifests.kubernetes import Cluster

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pynenc_conf._tools.dialects.assignment import Lookup
    from pynenc_conf._tools.manifests.documents import Found


class Manifests:
    """All manifests of a deployment: one may refer to the objects of another."""

    def __init__(self, service: str | None) -> None:
        """Take the service of Compose files, or the container, that is asked for."""
        self._service = service
        self._compose = ComposeProject()
        self._errors: dict[str, list[Found]] = {}
        self._cluster = Cluster()

    def add(self, path: str, text: str) -> None:
        """Add the documents of a file."""
        self._errors[path] = []
        for document in read_documents(path, text):
            if isinstance(document, UnreadableFile):
                self._errors[path].append(document)
            elif isinstance(document.value.get("services"), Mapping):
                self._compose.add(document)
            elif "kind" in document.value:
                self._cluster.add(document)

    def read(self, path: str, lookup: Lookup) -> Iterator[Found]:
        """Yield the variables and the errors of a file that was added.

        Raises UsageError if a service or container must be chosen.
        """
        found = list(self._errors[path])
        found += self._compose.read(path, self._service, lookup)
        found += self._cluster.read(path, self._service)
        if not (found or self._compose.has(path) or self._cluster.is_used(path)):
            message = "contains no service, ConfigMap or Secret that sets variables"
            found.append(UnreadableFile(message))
        yield from found
