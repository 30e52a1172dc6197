"""A throwaway container in which exercises are done: no network but its own loopback, nothing of the host but its programs."""

from __future__ import annotations

from typing import Protocol

import msgspec

from periderm.model.exercise import Exercise


class Done(msgspec.Struct, frozen=True):
    """How a script ended: its exit status (negative: the signal), and the end of what it said (bounded, foreign text)."""

    status: int
    said: str


class Stage(Protocol):
    """Raises ContainerRuntimeError with what is missing. Bounded in time; touches only its own things."""

    def available(self) -> str:
        """'' if it can be made here, else one sentence what is missing and how to get it."""
        ...

    def start(self) -> str:
        """Makes and starts the container; returns the runtime's id (64 hex digits)."""
        ...

    def has(self, program: str) -> bool:
        """Whether the container has a program of this name."""
        ...

    def perform(self, exercise: Exercise) -> Done:
        """Does one exercise to its end; after ten seconds it is ended."""
        ...

    def stop(self) -> None:
        """Removes the container and all that was made for it, whatever state it is in."""
        ...
