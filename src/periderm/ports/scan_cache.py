"""What scans keep: facts of layers and whole results, found again by name; and contents too large for memory.

What is kept can always be made again. A cache that is damaged, full or not there is a miss and never an error.
"""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import AbstractContextManager
from typing import Protocol


class ScanCache(Protocol):
    """`kind` is 'layer', 'pair' or 'result'; keys are text of any length. Threads may share one."""

    @property
    def engine(self) -> str:
        """What made the results that are kept: changes whenever the code does that reads images."""
        ...

    def get(self, kind: str, key: str) -> bytes | None:
        """What was put, whole and verified by its checksum; None for anything else."""
        ...

    def put(self, kind: str, key: str, data: bytes) -> None:
        """Keeps it, at once or not at all; the oldest unused go when there is too much."""
        ...

    def identity(self, path: str) -> str:
        """What a regular file is, without reading it: device, inode, size, times; '' for anything else."""
        ...

    def spool(self, chunks: Iterable[bytes]) -> AbstractContextManager[bytes]:
        """The content as one value that takes no memory of its own: it offers what `bytes` does for searching, slicing
        and `struct`, and no more. Held by a file without a name, gone at the end of the block."""
        ...
