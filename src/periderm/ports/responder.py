"""Carries out what an Effect says, on this machine. Guards live in flow; a responder does just what it is told."""

from __future__ import annotations

from typing import Protocol

from periderm.model.effect import KillProcess, PauseContainer, ResumeContainer


class Responder(Protocol):
    """Each raises ResponderError with the reason when it could not be done. Doing it twice is as doing it once."""

    def kill_process(self, effect: KillProcess) -> None:
        """Kill by pidfd after the start time was compared, so that a reused pid is never hit."""
        ...

    def pause_container(self, effect: PauseContainer) -> None:
        """Freeze the container's cgroup."""
        ...

    def resume_container(self, effect: ResumeContainer) -> None:
        """Thaw it."""
        ...
