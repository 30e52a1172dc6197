"""Keeping passwords so that whoever takes the store does not have them."""

from __future__ import annotations

from typing import Protocol


class Passwords(Protocol):
    """A slow, salted hash that says itself how it was made. Blocks for some tens of milliseconds; bounded in memory however
    many ask at once."""

    def hash(self, password: str) -> str: ...
    def verify(self, hashed: str, password: str) -> bool:
        """False also for a hash that is none. For '' it takes as long and is False, so that a name that does not exist answers
        no sooner."""
        ...

    def stale(self, hashed: str) -> bool:
        """Whether it was made with weaker parameters than today's: then it is made anew at the next sign-in."""
        ...
