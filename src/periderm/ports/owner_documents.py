"""Tables of owners that lie elsewhere."""

from __future__ import annotations

from typing import Protocol

import msgspec

from periderm.model.owner_table import OwnerSource


class OwnerDocument(msgspec.Struct, frozen=True):
    """What an address answered, and what it calls that state of it ('' for nothing)."""

    data: bytes
    etag: str = ""


class OwnerDocuments(Protocol):
    """Raises PeridermError: ConnectError, DeniedError, LimitError, UsageError."""

    def fetch(self, source: OwnerSource) -> OwnerDocument | None:
        """None if it is as it was when it was `source.etag`."""
        ...
