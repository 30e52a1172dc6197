"""Where what was set in the console is kept, beside the file that a person writes."""

from __future__ import annotations

from typing import Protocol


class ConsoleSettings(Protocol):
    """Any thread may call. Whoever reads sees one whole state, before or after a change."""

    def read(self) -> bytes | None:
        """As it was written last; None if nothing was. Raises DeniedError where somebody else could have written it."""
        ...

    def write(self, data: bytes) -> None:
        """In place of what was there; durable on return. Raises StoreError, and then all is as before."""
        ...
