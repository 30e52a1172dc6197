"""A file that looks like a ring, so that its readers are tested without a kernel."""

from __future__ import annotations

import mmap
import os
import struct
from pathlib import Path

SIZE = 1 << 13
PAGE = mmap.PAGESIZE


class PaperRing:
    """A file with a consumer page, a producer page and the data; the second copy of the data is written by hand."""

    def __init__(self, path: Path) -> None:
        path.write_bytes(bytes(2 * PAGE + 2 * SIZE))
        self.file = os.open(path, os.O_RDWR)

    def put(self, position: int, header: int, mark: int) -> None:
        """Writes a slot at a position, in both copies."""
        slot = struct.pack("<II", header, 0) + bytes([mark]) * 248
        for copy in (0, SIZE):
            os.pwrite(self.file, slot, 2 * PAGE + copy + position % SIZE)
        os.pwrite(self.file, struct.pack("<Q", position + 256), PAGE)
