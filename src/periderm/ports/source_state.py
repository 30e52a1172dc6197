"""Which version of a source folder lies there, as its version control knows."""

from __future__ import annotations

from typing import Protocol

import msgspec


class SourceState(msgspec.Struct, frozen=True, kw_only=True):
    """`commit` and `ref` as version control names them, '' where nothing is known; `address` is where it was cloned from,
    without a password; `dirty`: files are changed or added that no commit has."""

    commit: str = ""
    ref: str = ""
    address: str = ""
    dirty: bool = False


class SourceStates(Protocol):
    """Runs nothing that the folder brings."""

    def look(self, folder: str) -> SourceState:
        """Never raises: what cannot be told is empty."""
        ...
