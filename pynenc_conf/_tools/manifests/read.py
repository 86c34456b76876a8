"""The variables in a manifest of any kind."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from pynenc_conf._core.problems import UnreadableFile
from pynenc_conf._tools.manifests.compose_file import ComposeFile
from pynenc_conf._tools.manifests.documents import read_documents
from pynenc_conf._tools.manifests.kubernetes import read_objects

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pynenc_conf._tools.dialects.assignment import Lookup
    from pynenc_conf._tools.manifests.documents import Found


def read_manifest(
    path: str, text: str, lookup: Lookup, service: str | None
) -> Iterator[Found]:
    """Yield the variables and the errors of a manifest.

    Raises UsageError if a service or container must be chosen.
    """
    found: list[Found] = []
    objects = []
    is_compose = False
    for document in read_documents(text):
        if isinstance(document, UnreadableFile):
            found.append(document)
        elif isinstance(document.value.get("services"), Mapping):
            is_compose = True
            found += ComposeFile(path, lookup, document).read(service)
        elif "kind" in document.value:
            objects.append(document)
    found += read_objects(objects, service)
    if not found and not is_compose:
        message = "contains no service, ConfigMap or Secret that sets variables"
        found.append(UnreadableFile(message))
    yield from found
