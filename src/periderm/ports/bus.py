"""Durable topics between processes. What `publish` returned from survives `kill -9` of any process."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import msgspec


class Message(msgspec.Struct, frozen=True):
    """`offset` grows by one within a topic and is never reused."""

    offset: int
    data: bytes


class Bus(Protocol):
    """Raises BusError. One process writes a topic at a time; any number of groups read, each with its own place.

    Promises: `publish` returns after the bytes are on the medium, for all of the messages given or, when it raises,
    for none that is ever read. `read` gives messages in order, the same again until `acknowledge`. A torn tail after
    a crash is cut, counted and never read. On a full medium `publish` raises with a clear sentence (FullError where the
    topic's own bound is reached), and what was acknowledged stays readable.
    """

    def publish(self, topic: str, messages: Sequence[bytes]) -> int:
        """Append all; returns the offset of the last."""
        ...

    def read(self, topic: str, group: str, limit: int = 100) -> Sequence[Message]:
        """The next messages after what the group acknowledged; empty if there is none. Does not wait."""
        ...

    def wait(self, topic: str, group: str, timeout: float) -> bool:
        """True as soon as `read` would return something, False after `timeout` seconds."""
        ...

    def acknowledge(self, topic: str, group: str, offset: int) -> None:
        """All up to and with `offset` are done for the group; durable. Segments that no group needs are removed."""
        ...

    def rewind(self, topic: str, group: str, offset: int) -> int:
        """The group reads from `offset` again, or from the oldest message after it that is still there; never forward. Gives
        the offset that it reads next."""
        ...

    def pending(self, topic: str, group: str) -> int:
        """How many messages wait for the group."""
        ...

    def close(self) -> None:
        """Release files and locks."""
        ...
