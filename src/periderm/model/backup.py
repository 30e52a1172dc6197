"""What a copy of the state says of itself. Values only."""

from __future__ import annotations

import msgspec

FORM = 1  # of the archive; a reader refuses what is newer
MANIFEST = "manifest.json"
STATE = "state"  # the folder in the archive


class KeptFile(msgspec.Struct, frozen=True):
    """One file of it: its path below the state, bytes, and SHA-256 in hex."""

    path: str
    size: int
    sha256: str


class BackupManifest(msgspec.Struct, frozen=True, kw_only=True):
    """`schema` is the revision of the store, `time` Unix nanoseconds. What was left out on purpose is named."""

    form: int = FORM
    version: str
    schema: str
    time: int
    files: tuple[KeptFile, ...]
    left_out: tuple[str, ...] = ()


class BackupChoice(msgspec.Struct, frozen=True, kw_only=True):
    """What goes into a copy besides the store and what people wrote."""

    keys: bool = True
    history: bool = False
    advisories: bool = False
