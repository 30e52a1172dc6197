"""Folders of traces that a person names: one file a trace. Tells where they lie; `ports.documents` reads them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol


class TraceFolders(Protocol):
    """Raises NotFoundError, UsageError (no folder, no right to it)."""

    def below(self, folder: str) -> Sequence[str]:
        """The paths of all regular files in it and below, sorted; no hidden ones, and none behind a link to a folder."""
        ...
