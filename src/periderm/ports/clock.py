"""The time of day and a clock that never goes back. Only flow and app ask; engines get time from observations."""

from __future__ import annotations

from typing import Protocol


class Clock(Protocol):
    """Both in nanoseconds."""

    def now(self) -> int:
        """Unix time. May jump."""
        ...

    def monotonic(self) -> int:
        """Never goes back; only differences mean something."""
        ...

    def sleep(self, seconds: float) -> None:
        """Wait."""
        ...
