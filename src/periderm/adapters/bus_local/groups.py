"""How far a group has read, durably, in two slots that are written in turn, so that a torn write leaves the other.

The file gets its size once and never grows, so that acknowledging works on a full disk.
"""

from __future__ import annotations

import contextlib
import os
import struct
import threading
import zlib
from pathlib import Path

from periderm.adapters.bus_local import files
from periderm.adapters.bus_local.frames import Frame
from periderm.adapters.bus_local.segments import Step
from periderm.model.errors import BusError

_SLOT = struct.Struct("<8sQQI")  # magic, how often it was written, next message to read, CRC-32 of what is before
_MAGIC = b"PDRMGRP1"
_APART = 4096  # a torn sector hurts one slot only


class Group:
    """The place of one group in one topic; one process at a time reads for a group."""

    def __init__(self, path: Path, begin: int) -> None:
        """Open, or register with `begin` as the next message to read. Raises BusError."""
        self.lock = threading.RLock()
        self.trail: list[Step] = []
        self.held: Frame | None = None
        self._name = path.name
        self._written = 0
        self.next = begin
        with files.said(f"open the place of group {self._name}"):
            files.make_folder(path.parent)
            self._descriptor = files.open_file(path, os.O_RDWR | os.O_CREAT)
        with contextlib.ExitStack() as undo:
            undo.callback(self.close)
            if not files.lock(self._descriptor):
                raise BusError(f"Another process reads for the group {self._name}.", "Stop it first, or use another group.")
            self._load(path)
            undo.pop_all()

    def move(self, after: int) -> None:
        """The next message to read is `after`; durable."""
        self._written += 1
        with files.said(f"store the place of group {self._name}"):
            head = _SLOT.pack(_MAGIC, self._written, after, 0)[:-4]
            files.write_all(self._descriptor, [head + zlib.crc32(head).to_bytes(4, "little")], self._written % 2 * _APART)
            os.fdatasync(self._descriptor)
        self.next = after

    def close(self) -> None:
        """Close the file; the lock ends. Using it after that raises BusError."""
        os.close(self._descriptor)
        self._descriptor = -1

    def _load(self, path: Path) -> None:
        with files.said(f"read the place of group {self._name}"):
            found = _best(os.pread(self._descriptor, _APART + _SLOT.size, 0))
            if found is not None:
                self._written, self.next = found
                return
            os.posix_fallocate(self._descriptor, 0, 2 * _APART)
            self.move(self.next)
            os.fsync(self._descriptor)
            files.sync_folder(path.parent)


def next_of(path: Path) -> int | None:
    """The next message to read of a group that another process may hold; None if it never stored one."""
    with files.said(f"read the place of group {path.name}"):
        try:
            descriptor = files.open_file(path, os.O_RDONLY)
        except FileNotFoundError:
            return None
        try:
            found = _best(os.pread(descriptor, _APART + _SLOT.size, 0))
        finally:
            os.close(descriptor)
    return None if found is None else found[1]


def _best(data: bytes) -> tuple[int, int] | None:
    """The newest slot that is right: how often written, next message."""
    slots = []
    for start in (0, _APART):
        if len(data) >= start + _SLOT.size:
            magic, written, after, check = _SLOT.unpack_from(data, start)
            if magic == _MAGIC and check == zlib.crc32(data[start : start + _SLOT.size - 4]):
                slots.append((written, after))
    return max(slots, default=None)
