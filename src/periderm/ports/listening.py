"""What listens in a container's network: the sockets of the namespace that a process lives in."""

from __future__ import annotations

from typing import Protocol


class Listening(Protocol):
    """Reads; changes nothing."""

    def listening(self, pid: int) -> frozenset[str] | None:
        """'ADDRESS:PORT' of each TCP socket that listens in the network namespace of this process; None if it is gone or
        may not be read."""
        ...
