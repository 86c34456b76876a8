"""Configuration files as parsed documents, read and parsed only after a change.

A document is reused while the signature of its file stays the same, once the signature
can be trusted: a file that has just been written may be written again within the same
tick of the file system's clock (git's rule for "racy" entries of its index). Until then
the file is read again, and parsed only if its bytes differ.
"""

from __future__ import annotations

import os
import stat
import time

from pynenc_conf._core.problems import UnreadableFile, find_closest_name
from pynenc_conf._core.sources.request import Search

PYPROJECT_FILE = "pyproject.toml"

MAX_FILE_BYTES = 8 * 1024 * 1024
"""Maximum size of a configuration file."""

MAX_CACHED_BYTES = 4 * MAX_FILE_BYTES
"""Maximum total size of the files whose documents are kept."""

_MAX_CACHED = 64
_RACY_NS = 2_000_000_000
_TICK_NS = 100_000_000
"""Longer than a tick of any clock that does not count in whole milliseconds."""
_MILLISECOND_NS = 1_000_000
_READ_ATTEMPTS = 5
_MIN_READ = 65_536
_BOM = b"\xef\xbb\xbf"
FORMATS = {".yaml": "yaml", ".yml": "yaml", ".toml": "toml", ".json": "json"}
_MAX_SUGGESTIONS = 500
# O_NONBLOCK: opening a fifo that has replaced the file must not block.
_OPEN_FLAGS = os.O_RDONLY
for _name in ("O_NONBLOCK", "O_CLOEXEC", "O_NOCTTY", "O_BINARY"):
    _OPEN_FLAGS |= getattr(os, _name, 0)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import ModuleType

    from pynenc_conf._core.formats.positions import Position

    Signature = tuple[int, int, int, int, int]

_cache: dict[str, Document] = {}
_parsers: dict[str, ModuleType] = {}


class Document:
    """The content of one file at one time; equal only to itself.

    - `signature`: that of the file, None if it cannot be trusted.
    - `is_pyproject`: whether the settings are in a table of a `pyproject.toml`.
    - `search`: limits the search for unknown names.
    """

    __slots__ = (
        "_places",
        "_seen",
        "data",
        "format",
        "is_pyproject",
        "path",
        "root",
        "search",
        "signature",
    )

    def __init__(self, path: str, format_name: str, data: bytes) -> None:
        """Parse the bytes. Raises UnreadableFile."""
        self.path = path
        self.format = format_name
        self.data = data
        self.signature: Signature | None = None
        # The signature when the file was read last, and since when it is known.
        self._seen: tuple[Signature | None, int] = (None, 0)
        self.is_pyproject: bool = os.path.basename(path).lower() == PYPROJECT_FILE
        self.search = Search()
        self._places: tuple[Position | None] | None = None
        self.root: dict[str, object] = _parser(format_name).parse(_decode(data))

    def __repr__(self) -> str:
        """Return the name of the file without the content, which may be secret."""
        return f"Document({self.path!r})"

    def fingerprint(self) -> tuple[str, int]:
        """Return a value that is equal for documents of equal path and bytes."""
        return self.path, hash(self.data)

    def update_trust(
        self, signature: Signature | None, *, age: int, started: int, ended: int
    ) -> None:
        """Trust the signature of a file that was read, if a later write changes it.

        Either the file is old enough by the clock of this machine, or the clock of its
        file system, which may lag, has ticked since the signature was first seen.

        `age` is the age of the file in ns, `started` and `ended` are when it was read,
        in ns of a clock that is never set.
        """
        known, since = self._seen
        if signature != known:
            known, since = self._seen = (signature, ended)
        has_ticked = started - since > _TICK_NS and not _is_coarse(signature)
        self.signature = signature if age > _RACY_NS or has_ticked else None

    def position(self, keys: tuple[str, ...]) -> tuple[int, int | None] | None:
        """Return the line and column, counted from 1, of the value at a path of keys.

        In TOML the line is that of the key, and there is no column. A path that leads
        into text, or to a missing key, has the position of what holds it; None if that
        is the whole document.
        """
        place = self._find(keys)
        return None if place is None else (place.line, place.column)

    def key_position(self, keys: tuple[str, ...]) -> tuple[int, int | None] | None:
        """Return the position of the key of a table, or else that of the value."""
        place = self._find(keys)
        return None if place is None else place.key or (place.line, place.column)

    def _find(self, keys: tuple[str, ...]) -> Position | None:
        if self._places is None:
            # Two threads may both do this, with equal results.
            self._places = (_parser(self.format).positions(_decode(self.data)),)
        root = place = self._places[0]
        for key in keys:
            if place is None or place.children is None or key not in place.children:
                break
            place = place.children[key]
        return None if keys and place is root else place


def load(path: str) -> Document:
    """Return the document at a path, as it is now. Raises UnreadableFile."""
    if path[:1] == "~":
        path = expand_home(path)
    document = _cache.get(path)
    if document is not None and document.signature is not None:
        try:
            if document.signature == _signature(os.stat(path)):
                return document
        except (OSError, ValueError):
            pass  # reading the file raises an error that says more
    started = time.monotonic_ns()
    data, signature, age = _read_stable(path, MAX_FILE_BYTES)
    ended = time.monotonic_ns()
    if document is None or document.data != data:
        format_name = _format(path)
        if format_name is None:
            message = "unsupported extension; use .yaml, .yml, .toml or .json"
            raise UnreadableFile(message)
        document = Document(path, format_name, data)
        _remember(path, document)
    document.update_trust(signature, age=age, started=started, ended=ended)
    return document


def is_current(document: Document) -> bool:
    """Whether the file of a document still has its content."""
    try:
        found = load(document.path)
    except UnreadableFile:
        return False
    return found is document or found.fingerprint() == document.fingerprint()


def read_regular_file(path: str, limit: int) -> bytes:
    """Read a regular file of at most `limit` bytes. Raises UnreadableFile.

    Never blocks on a fifo, and never opens a device.
    """
    return _read_stable(expand_home(path), limit)[0]


def read_text(path: str) -> str:
    """Read a regular file of UTF-8 text. Raises UnreadableFile."""
    return _decode(read_regular_file(path, MAX_FILE_BYTES))


def expand_home(path: str) -> str:
    """Replace `~` or `~user` at the beginning of a path, if there is such a home."""
    try:
        return os.path.expanduser(path)
    except ValueError:  # no name of a user: it holds a NUL or a broken character
        return path


def _signature(status: os.stat_result) -> Signature:
    """Identify a state of a file. ctime shows a write whose mtime was set back."""
    return (
        status.st_mtime_ns,
        status.st_ctime_ns,
        status.st_size,
        status.st_ino,
        status.st_dev,
    )


def _is_coarse(signature: Signature | None) -> bool:
    """Whether a file system may count its times in seconds or milliseconds."""
    return signature is None or not all(
        each % _MILLISECOND_NS for each in signature[:2]
    )


def _remember(path: str, document: Document) -> None:
    """Keep a document, and forget the oldest of too many or too large documents."""
    before = _cache.get(path)
    _cache[path] = document
    if before is not None and len(before.data) >= len(document.data):
        return  # not more than was kept already
    # list() is one step for other threads, iterating is not.
    kept = list(_cache.items())
    total = sum(len(each.data) for _, each in kept)
    for number, (oldest, each) in enumerate(kept):
        if len(kept) - number <= _MAX_CACHED and total <= MAX_CACHED_BYTES:
            break
        if each is not document:
            _cache.pop(oldest, None)
            total -= len(each.data)


def _format(path: str) -> str | None:
    return FORMATS.get(path[path.rfind(".") :].lower())


def _parser(format_name: str) -> ModuleType:
    # Imported when needed: most programs use one format, and importing is slow.
    if format_name not in _parsers:
        # Not importlib, which a program that has no other use for it would import too.
        name = f"pynenc_conf._core.formats.{format_name}"
        _parsers[format_name] = __import__(name, fromlist=("parse",))
    return _parsers[format_name]


def _decode(data: bytes) -> str:
    try:
        text = data.removeprefix(_BOM).decode()
    except UnicodeDecodeError as error:
        before = error.object[: error.start]
    else:
        before, zero, _ = data.partition(b"\0")
        if not zero:
            return text
    what = "holds a NUL byte" if b"\0" in data else "is not UTF-8 text"
    message = f"{what}; save the file as UTF-8"
    raise UnreadableFile(message, before.count(b"\n") + 1)


def _read_stable(path: str, limit: int) -> tuple[bytes, Signature | None, int]:
    """Read a file; return its signature too, None if it keeps changing, and its age."""
    attempts = _READ_ATTEMPTS
    while True:
        attempts -= 1
        try:
            before = os.stat(path)
            # Opening a device may have effects.
            _check_kind(before.st_mode)
            _check_size(before.st_size, limit)
            now = time.time_ns()
            data, after = _read(path, before.st_size, limit)
        except (OSError, ValueError) as error:
            # A link may have led into a folder that was just replaced.
            if attempts and isinstance(error, FileNotFoundError):
                continue
            problem = _describe_os_error(path, error)
            break
        signature = _signature(after)
        age = now - max(before.st_mtime_ns, before.st_ctime_ns)
        # Times and size: some systems show another inode and device for an open file.
        if signature[:3] == _signature(before)[:3]:
            return data, signature, age
        if not attempts:
            return data, None, age
    raise problem


def _read(path: str, size: int, limit: int) -> tuple[bytes, os.stat_result]:
    """Read a file of an expected size; return its content and its status after that."""
    descriptor = os.open(path, _OPEN_FLAGS)
    try:
        chunks = []
        total = 0
        # A file that is being written may report that it is empty.
        length = max(size + 1, _MIN_READ)
        while chunk := os.read(descriptor, length):
            chunks.append(chunk)
            total += len(chunk)
            # A read that was to return more than that has met the end.
            if total == size:
                break
            # Something else may have replaced the file before it was opened.
            _check_kind(os.fstat(descriptor).st_mode)
            _check_size(total, limit)
        after = os.fstat(descriptor)
        _check_kind(after.st_mode)
        return b"".join(chunks), after
    finally:
        os.close(descriptor)


def _check_kind(mode: int) -> None:
    if not stat.S_ISREG(mode):
        kind = "a directory" if stat.S_ISDIR(mode) else "a fifo, socket or device"
        message = f"is {kind}, not a regular file"
        raise UnreadableFile(message)


def _check_size(size: int, limit: int) -> None:
    if size > limit:
        message = f"is larger than {limit} bytes, the maximum"
        raise UnreadableFile(message)


def _describe_os_error(path: str, error: OSError | ValueError) -> UnreadableFile:
    if isinstance(error, FileNotFoundError):
        if os.path.islink(path):
            message = "is a symbolic link to a file that does not exist"
            return UnreadableFile(message, missing=True)
        return UnreadableFile(f"no such file{_explain_missing(path)}", missing=True)
    if isinstance(error, NotADirectoryError):
        message = "no such file: a part of the path is not a directory"
        return UnreadableFile(message, missing=True)
    if isinstance(error, PermissionError):
        message = "permission denied; make the file readable for this user"
    elif isinstance(error, IsADirectoryError):
        message = "is a directory, not a regular file"
    elif isinstance(error, OSError):
        reason = os.strerror(error.errno) if error.errno else "system error"
        message = f"cannot be read: {reason}"
    else:
        message = "is not a possible path: it holds a NUL or a broken character"
    return UnreadableFile(message)


def _explain_missing(path: str) -> str:
    if path.startswith("~"):
        return ": the home of this user is unknown; write the whole path"
    suggestion = _suggest_name(path)
    if suggestion or os.path.isabs(path):
        return suggestion
    try:
        return f" in {os.getcwd()}"
    except OSError:
        return ": the working directory does not exist"


def _suggest_name(path: str) -> str:
    """Suggest a configuration file with a similar name in the same folder."""
    folder, name = os.path.split(path)
    try:
        siblings = sorted(os.listdir(folder or "."))
    except OSError:
        return ""
    stem, extension = os.path.splitext(name)
    # All names have one of few extensions, which say nothing about their resemblance.
    # Of files with the same name, one with this extension is meant, or of this format.
    siblings.sort(
        key=lambda each: (
            os.path.splitext(each)[1] != extension,
            _format(each) != _format(name),
        )
    )
    names: dict[str, str] = {}
    for sibling in filter(_format, siblings):
        names.setdefault(os.path.splitext(sibling)[0], sibling)
    # Of names that differ only in case, the last one is suggested.
    close = find_closest_name(stem, list(names)[_MAX_SUGGESTIONS - 1 :: -1])
    return f"; did you mean {names[close]!r}?" if close else ""
