"""Views that people keep, and the names that searches are completed with."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from periderm.model.principal import Reach
from periderm.model.saved_view import SavedView


class SavedViewStore(Protocol):
    """By id. Raises StoreError."""

    def put_view(self, view: SavedView) -> None: ...
    def remove_view(self, view_id: str) -> bool:
        """Whether it was there."""
        ...

    def view(self, view_id: str) -> SavedView | None: ...
    def views(self, author: str, page: str = "") -> Sequence[SavedView]:
        """Those of an author and all that are shared, by name; at most 1,000."""
        ...

    def names_like(self, field: str, beginning: str, most: int, within: tuple[Reach, ...] | None = None) -> Sequence[str]:
        """Values of a field of searches that begin so, without regard to case, each once, in their order: of assets, or (with
        `cve`, `package`, `assignee`) ids of vulnerabilities, names of packages, of who deals with something."""
        ...
