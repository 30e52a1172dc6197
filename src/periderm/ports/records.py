"""Other programs' record files, read as bytes and never changed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol


class Records(Protocol):
    """Whoever owns the folder may be hostile: links in the last part, pipes, devices and files beyond the limit are not
    read. What is not there is empty, not an error."""

    def read(self, path: str) -> bytes:
        """The whole of a regular file, b'' if it is none, cannot be read, or is too large."""
        ...

    def names(self, path: str) -> Sequence[str]:
        """What is in a folder, sorted; () if it is none."""
        ...

    def stamp(self, path: str) -> tuple[int, ...]:
        """Changes when the file does; () if there is no regular file."""
        ...
