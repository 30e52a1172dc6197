"""What the store keeps of telling others: destinations, deliveries, what was told of what, and how far changes were read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Protocol

from periderm.model.notice import Delivery, Destination, DestinationState, Told
from periderm.model.query import Page, Query


class NotificationStore(Protocol):
    """Destinations by name, deliveries by id. Raises StoreError."""

    def put_destination(self, destination: Destination) -> None:
        """Store or replace; how telling goes stays known."""
        ...

    def remove_destination(self, name: str) -> bool:
        """With what waits for it and what it was told. False if there was none."""
        ...

    def destinations(self) -> Sequence[tuple[Destination, DestinationState]]:
        """All, by name."""
        ...

    def put_destination_state(self, name: str, state: DestinationState) -> None:
        """Nothing if it does not exist any more."""
        ...

    def put_deliveries(self, deliveries: Iterable[Delivery]) -> None:
        """Store or replace; those of a destination that does not exist are dropped."""
        ...

    def delivery(self, delivery_id: str) -> Delivery | None: ...
    def deliveries(self, query: Query) -> Page[Delivery]:
        """Newest first. `query.kind` is a destination, `query.state` a DeliveryState."""
        ...

    def due(self, destination: str, now: int, limit: int = 1) -> Sequence[Delivery]:
        """Waiting ones whose time has come, the oldest first."""
        ...

    def waiting(self) -> Mapping[str, int]:
        """How many wait, by destination."""
        ...

    def collecting(self, destination: str, key: str, now: int) -> Delivery | None:
        """One that still waits for more of the same key, and was never tried."""
        ...

    def trim_deliveries(self, keep: int = 500) -> None:
        """Forgets sent ones but the latest of each destination."""
        ...

    def put_told(self, told: Iterable[Told]) -> None: ...
    def told(self, destination: str, subject_ids: Iterable[str]) -> Mapping[str, Told]:
        """By subject, those that exist."""
        ...

    def told_of(self, subject_id: str) -> Sequence[Told]:
        """By all destinations."""
        ...

    def told_open(self, destination: str, limit: int = 1000) -> Sequence[Told]:
        """What it was told that goes on, longest not looked at first."""
        ...

    def forget_told(self, before: int) -> None:
        """Those that are over since before that time, and have no ticket."""
        ...

    def notified(self) -> int:
        """The number of the last change that was read, -1 if none ever was."""
        ...

    def mark_notified(self, sequence: int) -> None: ...
