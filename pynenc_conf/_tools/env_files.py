"""The environment of a deployment: variables of this process and of files."""

from __future__ import annotations

import os
import re
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING

from pynenc_conf._core.masking import MASK
from pynenc_conf._core.problems import UnreadableFile
from pynenc_conf._core.sources.documents import read_text
from pynenc_conf._core.sources.environment import describe_unread
from pynenc_conf._tools.dialects.assignment import (
    Replacement,
    UnreadableEntry,
    Unresolved,
)
from pynenc_conf._tools.place import Place
from pynenc_conf.origin import ENVIRONMENT

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping

    from pynenc_conf._tools.dialects.assignment import Assignment
    from pynenc_conf._tools.dialects.differences import Difference
    from pynenc_conf._tools.manifests.read import Manifests
    from pynenc_conf.origin import Origin

# The path of a mounted secret. Other text may be a secret in the wrong variable.
_MOUNTED = re.compile(r"(?:/[\w.@-]+){2,}", re.ASCII)


class Environment:
    """The variables of a deployment, and the places in files that set them.

    - `paths`: the files; `is_inherited`: whether this process's variables are included.
    - `values`: name to value; `places`: name to place, for those that a file sets.
    - `secrets`: the names that a file declares to be secret.
    - `unreadable`: the places and messages of the errors in the files.
    - `repeated`: name, first place and later place of each variable that one file sets
      again.
    - `unresolved`: the references of manifests to objects that are not in the files.
    - `replacements`: the objects of manifests that replace others of the same name.
    - `differences`: the variables that programs read differently, with their places,
      if no dialect is given.
    """

    def __init__(
        self,
        *paths: str,
        inherit: bool = True,
        dialect: str | None = None,
        service: str | None = None,
    ) -> None:
        """Read files in turn, on top of this process's variables if inherited.

        Raises UsageError if a service of a Compose file must be chosen.
        """
        self.paths = paths
        self.is_inherited = inherit
        self.places: dict[str, Place] = {}
        self.secrets: set[str] = set()
        self.unreadable: list[tuple[Place, str]] = []
        self.repeated: list[tuple[str, Place, Place]] = []
        self.unresolved: list[Unresolved] = []
        self.replacements: list[Replacement] = []
        self.differences: list[tuple[Place, Difference]] = []
        self._inherited: dict[str, str] = dict(os.environ) if inherit else {}
        self.values: dict[str, str] = dict(self._inherited)
        self._dialect = dialect
        texts = dict(self._read_texts(paths))
        manifests = _read_manifests(texts, service)
        for path in filter(texts.__contains__, paths):
            self._read(path, texts[path], manifests)
        # One text: a search for each of many settings among many names takes long.
        self._secret_lines = "".join(f"{each.upper()}\n" for each in self.secrets)

    @property
    def is_of_container(self) -> bool:
        """Whether the variables are those of a container, not of a process here."""
        return not self.is_inherited and bool(self.paths)

    @contextmanager
    def use(self, without: Collection[str] = ()) -> Iterator[None]:
        """Make the variables those of this process while the block runs.

        `without` are the variables to leave out. The files of a container that hold
        secrets are not read.
        """
        values = {n: v for n, v in self.values.items() if n not in without}
        with ExitStack() as stack:
            stack.enter_context(use_environment(values))
            if self.is_of_container:
                token = describe_unread.set(self.describe_secret)
                stack.callback(describe_unread.reset, token)
            yield

    def describe_secret(self, name: str, path: str) -> str:
        """Return the text for a secret in a file of the container."""
        return f"{MASK} ({self.describe_file(name, path)})"

    def describe_file(self, name: str, path: str) -> str:
        """Return a file of the container that a variable names, in words."""
        if name in self.secrets or not _MOUNTED.fullmatch(path):
            return "a file of the container"
        return f"the file {path} of the container"

    def locate(self, origin: Origin | None) -> None:
        """Add the place in a file to the origin of a variable that the file sets."""
        if origin is None or origin.source != ENVIRONMENT or origin.path is not None:
            return
        place = self.places.get(str(origin.variable))
        if place is not None:
            origin.path = place.path
            origin.at(place.line, place.column)

    def declares_secret(self, name: str) -> bool:
        """Whether a file declares a variable with this end as a secret."""
        return f"{name.upper()}\n" in self._secret_lines

    def _read_texts(self, paths: Collection[str]) -> Iterator[tuple[str, str]]:
        for path in dict.fromkeys(paths):
            try:
                yield path, read_text(path)
            except UnreadableFile as error:
                self._add_error(path, error)

    def _read(self, path: str, text: str, manifests: Manifests | None) -> None:
        # Docker's client does not read a file for another one. Values of Secrets must
        # not become a part of other variables.
        is_docker = self._dialect == "docker" or is_manifest(path)
        given = self._inherited if is_docker else self.values
        lookup = {n: v for n, v in given.items() if n not in self.secrets}.get
        found: Iterable[Assignment | UnreadableFile | Unresolved | Replacement]
        if manifests is not None and is_manifest(path):
            found = manifests.read(path, lookup)
        else:
            # Imported only for a file, because compiling their patterns takes time.
            from pynenc_conf._tools.dialects import differences  # noqa: PLC0415

            found = differences.read_lines(self._dialect, text, lookup)
            if self._dialect is None:
                self.differences += [
                    (Place(path, each.line, 1, variable=each.name), each)
                    for each in differences.find_differences(text, lookup)
                ]
        seen: dict[str, Place] = {}
        for item in found:
            if isinstance(item, UnreadableFile):
                self._add_error(path, item)
            elif isinstance(item, Unresolved):
                # Its value is unknown, also if another source sets the variable.
                self.values.pop(item.name, None)
                self.unresolved.append(item)
            elif isinstance(item, Replacement):
                self.replacements.append(item)
            else:
                self._add(path, item, seen)

    def _add_error(self, path: str, error: UnreadableFile) -> None:
        path = error.path if isinstance(error, UnreadableEntry) else path
        self.unreadable.append((Place(path, error.line, error.column), error.message))

    def _add(self, path: str, item: Assignment, seen: dict[str, Place]) -> None:
        name = item.name
        if not name or "=" in name or "\0" in name + item.value:
            message = "is not a possible variable: it has a NUL, or '=' in its name"
            self._add_error(path, UnreadableFile(message, item.line, item.column))
            return
        place = Place(item.path or path, item.line, item.column, variable=name)
        if name in seen and seen[name].path == place.path:
            self.repeated.append((name, seen[name], place))
        seen[name] = self.places[name] = place
        self.values[name] = item.value
        (self.secrets.add if item.is_secret else self.secrets.discard)(name)


def _read_manifests(texts: Mapping[str, str], service: str | None) -> Manifests | None:
    """Return the manifests among files, which may refer to each other."""
    paths = [path for path in texts if is_manifest(path)]
    if not paths:
        return None
    # Importing the parser of YAML takes time that other commands save.
    from pynenc_conf._tools.manifests.read import Manifests  # noqa: PLC0415

    manifests = Manifests(service)
    for path in paths:
        manifests.add(path, texts[path])
    return manifests


def is_manifest(path: str) -> bool:
    """Whether a file is a manifest, and not a file of NAME=value lines."""
    return path.lower().endswith((".yaml", ".yml", ".json"))


@contextmanager
def use_environment(values: Mapping[str, str]) -> Iterator[None]:
    """Replace this process's environment variables while the block runs."""
    before = os.environ
    os.environ = values  # type: ignore[assignment] # noqa: B003 - not the process's own
    try:
        yield
    finally:
        os.environ = before  # noqa: B003
