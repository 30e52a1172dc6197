"""Files that a person names: bills of materials, VEX statements, exceptions, policies; and where a report is put."""

from __future__ import annotations

from typing import Protocol


class Documents(Protocol):
    """Raises NotFoundError, LimitError (larger than `most` bytes), UsageError (a folder, a device, no right to it)."""

    def read(self, path: str, most: int) -> bytes:
        """A regular file, or standard input for '-'."""
        ...

    def write(self, path: str, data: bytes) -> None:
        """Puts it there, whole or not at all: a file that was there before stays until then."""
        ...

    def exists(self, path: str) -> bool:
        """Whether a regular file lies there."""
        ...
