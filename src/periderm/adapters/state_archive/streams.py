"""Bytes on their way into a file and out of one: sealed in chunks, where there is a seal, and never more than they may be."""

from __future__ import annotations

import io
from typing import BinaryIO

from periderm.algorithms.sealing import CHUNK, TAG, Seal
from periderm.model.errors import FormatError, LimitError


class Sealing(io.RawIOBase):
    """Writes what it is given into `file`, sealed. Not whole until it was closed."""

    def __init__(self, file: BinaryIO, seal: Seal) -> None:
        super().__init__()
        self._file = file
        self._seal = seal
        self._held = bytearray()

    def writable(self) -> bool:
        """It is."""
        return True

    def write(self, data: bytes) -> int:  # type: ignore[override]  # bytes are all that is ever given
        """Holds back up to one chunk, since only the end tells which is the last."""
        self._held += data
        while len(self._held) > CHUNK:
            self._file.write(self._seal.close(bytes(self._held[:CHUNK]), last=False))
            del self._held[:CHUNK]
        return len(data)

    def close(self) -> None:
        """The last chunk, empty if need be."""
        if not self.closed:
            self._file.write(self._seal.close(bytes(self._held), last=True))
        super().close()


class Opening(io.RawIOBase):
    """Reads what was sealed. Raises SignatureError for what was not sealed so."""

    def __init__(self, file: BinaryIO, seal: Seal) -> None:
        super().__init__()
        self._file = file
        self._seal = seal
        self._plain = b""
        self._next = file.read(CHUNK + TAG)
        self._over = False

    def readable(self) -> bool:
        """It is."""
        return True

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]  # what BufferedReader gives
        """The next bytes; 0 behind the last chunk."""
        while not self._plain and not self._over:
            sealed, self._next = self._next, self._file.read(CHUNK + TAG)
            self._over = not self._next
            self._plain = self._seal.open(sealed, last=self._over)
        count = min(len(buffer), len(self._plain))
        buffer[:count] = self._plain[:count]
        self._plain = self._plain[count:]
        return count


class Bounded:
    """Reads at most so many bytes; more is an attack or a mistake."""

    def __init__(self, file: io.BufferedIOBase | io.RawIOBase | BinaryIO, most: int) -> None:
        self._file = file
        self._left = most

    def read(self, size: int = -1) -> bytes:
        """As a file's. Raises LimitError, FormatError."""
        if size < 0:
            raise FormatError("The archive is read in pieces only.")
        data = self._file.read(size) or b""
        self._left -= len(data)
        if self._left < 0:
            raise LimitError("The archive holds more than it may.", "Take another copy, or say --most-gib.")
        return data
