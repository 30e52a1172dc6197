"""Tables of owners that were imported."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from periderm.model.owner_table import OwnerHead, OwnerTable


class OwnerTableStore(Protocol):
    """By name. Raises StoreError."""

    def put_owner_table(self, table: OwnerTable) -> None: ...
    def remove_owner_table(self, name: str) -> bool:
        """Whether it was there."""
        ...

    def owner_table(self, name: str) -> OwnerTable | None:
        """The one of that name, with its rows."""
        ...

    def owner_heads(self) -> Sequence[OwnerHead]:
        """All without their rows, by their names: for who only wants to know what is due."""
        ...

    def owner_tables(self) -> Sequence[OwnerTable]:
        """All, by their names."""
        ...
