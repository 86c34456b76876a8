"""The record of one worker in Redis: its key, and the fields of the hash.

Everything in a record is text that any client of the server can have written, so
nothing is taken for granted when it is read.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, unquote

from pynenc_conf import SettingSnapshot, Snapshot

if TYPE_CHECKING:
    from collections.abc import Mapping

_PREFIX = "pynenc_conf:fleet:"
_CLASS = "class:"
_MAX_JSON = 1_000
"""Characters of a value; a longer one is stored as its digest."""
_MAX_TEXT = 10_000
"""Characters of each text in a record that was read; a longer one is not of ours."""


def record_key(app_id: str, worker: str) -> str:
    """Return the key of a worker's record."""
    return f"{_PREFIX}{_quote(app_id)}:{_quote(worker)}"


ALL_KEYS = f"{_PREFIX}*:*"
"""The pattern of the keys of all workers of all applications."""


def key_pattern(app_id: str) -> str:
    """Return the pattern of the keys of all workers of an application."""
    # Quoted names contain no character that has a meaning in a pattern.
    return f"{_PREFIX}{_quote(app_id)}:*"


def worker_of(key: str) -> str:
    """Return the name of the worker that a key belongs to."""
    return unquote(key.rpartition(":")[2], errors="replace")


def app_of(key: str) -> str:
    """Return the application that a key belongs to."""
    app_id = key.removeprefix(_PREFIX).partition(":")[0]
    return unquote(app_id, errors="replace")


def _quote(name: str) -> str:
    return quote(name, safe="", errors="surrogatepass")


def encode_snapshot(snapshot: Snapshot) -> tuple[str, str]:
    """Return the hash field of a snapshot, with the settings not at their defaults."""
    settings = [
        [s.name, _shorten(s), s.text, s.default_text, s.origin, s.is_secret, s.digest]
        for s in snapshot.settings
        if not s.is_default and not s.has_members
    ]
    prints = [snapshot.version, snapshot.fingerprint, snapshot.default_fingerprint]
    return f"{_CLASS}{snapshot.class_name}", json.dumps([*prints, settings])


def decode_snapshots(fields: Mapping[str, str]) -> list[Snapshot]:
    """Return the snapshots in a record, by class name. Raises ValueError."""
    names = sorted(name for name in fields if name.startswith(_CLASS))
    try:
        return [_decode(name.removeprefix(_CLASS), fields[name]) for name in names]
    except (TypeError, RecursionError):
        raise ValueError from None


def _decode(class_name: str, text: str) -> Snapshot:
    version, fingerprint, default_fingerprint, settings = json.loads(text)
    return Snapshot(
        class_name=_text(class_name),
        version=_text(version),
        fingerprint=_text(fingerprint),
        default_fingerprint=_text(default_fingerprint),
        settings=tuple(_decode_setting(*setting) for setting in settings),
    )


def _decode_setting(  # noqa: PLR0913, PLR0917 - the elements of the record, in order
    name: Any,
    value: Any,
    text: Any,
    default_text: Any,
    origin: Any,
    is_secret: Any,
    digest: Any,
) -> SettingSnapshot:
    # Raises ValueError, also for NaN and 1e999, which JSON cannot have in a report.
    json.dumps(json.loads(_text(value, _MAX_JSON)), allow_nan=False)
    return SettingSnapshot(
        name=_text(name),
        text=_text(text),
        json=_text(value),
        default_text=_text(default_text),
        origin=_text(origin),
        is_secret=is_secret is True,
        digest=None if digest is None else _text(digest),
    )


def _text(item: Any, longest: int = _MAX_TEXT) -> str:
    if not isinstance(item, str) or len(item) > longest:
        raise TypeError
    return item


def _shorten(setting: SettingSnapshot) -> str:
    if len(setting.json) <= _MAX_JSON:
        return setting.json
    from hashlib import sha256  # noqa: PLC0415 - rare

    return json.dumps(f"sha256:{sha256(setting.json.encode()).hexdigest()}")
