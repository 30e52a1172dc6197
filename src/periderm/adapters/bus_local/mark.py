"""Up to which message a topic is on the medium, in a page of memory that all processes share. It is a hint for readers
while the writer lives; after a crash the writer finds the truth in the segments."""

from __future__ import annotations

import mmap
import os
from pathlib import Path

from periderm.adapters.bus_local import files
from periderm.model.errors import BusError

_SIZE = 4096
_ALL = 2**64 - 1


class Mark:
    """One number, readable while another process sets it."""

    def __init__(self, path: Path) -> None:
        with files.said("open the mark of a topic"):
            descriptor = files.open_file(path, os.O_RDWR | os.O_CREAT)
            try:
                there = os.fstat(descriptor).st_size
                if there < _SIZE:  # written, not only extended: a hole in a mapped file ends the process on a full disk
                    files.write_all(descriptor, [bytes(_SIZE - there)], there)
                self._map = mmap.mmap(descriptor, _SIZE)
            finally:
                os.close(descriptor)
        self._words = memoryview(self._map).cast("Q")

    def get(self) -> int:
        """The next message that will be published; 0 if nothing is known."""
        try:
            value, check = self._words[0], self._words[1]
        except ValueError as error:
            raise BusError("The bus was closed.", "Restart the process that uses it.") from error
        # The two are set one after the other; between that, or when one is damaged, the smaller is the safe one.
        return min(value, _ALL - check) if check else 0

    def set(self, value: int) -> None:
        """All before `value` is on the medium."""
        self._words[0] = value
        self._words[1] = _ALL - value

    def close(self) -> None:
        """Let go of the memory."""
        self._words.release()
        self._map.close()
