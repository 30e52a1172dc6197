"""Starts and watches child processes of the product itself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol


class Child(Protocol):
    """A running child."""

    def pid(self) -> int: ...
    def poll(self) -> int | None:
        """Its exit status (negative for a signal), None while it runs."""
        ...

    def terminate(self) -> None:
        """Ask it to stop (SIGTERM)."""
        ...

    def kill(self) -> None: ...
    def wait(self, timeout: float) -> int | None:
        """Its exit status, None after `timeout` seconds."""
        ...


class Processes(Protocol):
    """`python -m periderm ROLE …`, with standard output and error going to a log file."""

    def start(self, role: str, arguments: Sequence[str], environment: Mapping[str, str], log: str) -> Child: ...
