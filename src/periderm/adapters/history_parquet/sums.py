"""What the files of a history cannot tell of themselves: what was dropped, and what was found wrong. A small JSON file."""

from __future__ import annotations

import msgspec

from periderm.adapters.history_parquet import files
from periderm.adapters.history_parquet.names import Places

MOST_NOTES = 20


class Sums(msgspec.Struct, frozen=True, kw_only=True):
    """`last` is the highest number of a log that was ever partitioned; rows dropped for want of room and for their age;
    the newest time that was dropped; when it was last maintained; what was found wrong, the newest last."""

    last: int = 0
    dropped_rows: int = 0
    dropped_until: int = 0
    expired_rows: int = 0
    maintained: int = 0
    damaged: int = 0
    notes: tuple[str, ...] = ()


def read_sums(places: Places) -> Sums:
    """Zeros where there are none or they cannot be read: they only inform."""
    try:
        return msgspec.json.decode(places.kept.read_bytes(), type=Sums)
    except (OSError, msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return Sums()


def write_sums(places: Places, sums: Sums) -> None:
    """Durably. Raises OSError."""
    files.replace_file(places.kept, msgspec.json.encode(msgspec.structs.replace(sums, notes=sums.notes[-MOST_NOTES:])))
