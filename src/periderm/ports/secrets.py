"""Secrets that people type in the console: kept where only the server reads them, and named from then on by where they lie."""

from __future__ import annotations

from typing import Protocol


class Secrets(Protocol):
    """Any thread may call. A secret that was kept is never given back to a person."""

    def keep(self, name: str, secret: str) -> str:
        """Where it lies from now on ('file:/PATH'); `name` says what it is for. Raises UsageError for what is no secret,
        StoreError if it cannot be written."""
        ...

    def mine(self, reference: str) -> bool:
        """Whether it was kept here."""
        ...

    def forget(self, reference: str) -> None:
        """Removes one that was kept here; any other stays."""
        ...
