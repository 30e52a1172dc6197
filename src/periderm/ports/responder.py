"""Carries out what an Effect says, on this machine. Guards live in flow; a responder does just what it is told."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from periderm.model.effect import (
    CaptureForensics,
    Effect,
    IsolateContainer,
    KillContainer,
    KillProcess,
    KillTree,
    PauseContainer,
    QuarantineFile,
    ReconnectContainer,
    RestoreFile,
    ResumeContainer,
    Target,
)
from periderm.model.text import Text


class Responder(Protocol):
    """Each raises ResponderError with the reason when it could not be done. Doing it twice is as doing it once. A text says
    what came of it."""

    def targets(self, effect: Effect) -> Sequence[Target]:
        """The processes that would be hit first, as they are now; changes nothing. Empty where none is or can be known."""
        ...

    def kill_process(self, effect: KillProcess) -> None:
        """Kill by pidfd after the start time was compared, so that a reused pid is never hit."""
        ...

    def pause_container(self, effect: PauseContainer) -> None:
        """Freeze the container's cgroup."""
        ...

    def resume_container(self, effect: ResumeContainer) -> None:
        """Thaw it."""
        ...

    def kill_tree(self, effect: KillTree) -> Text:
        """Kill the process and all that descend from it, until none is left."""
        ...

    def kill_container(self, effect: KillContainer) -> Text:
        """Kill all of the container at once."""
        ...

    def isolate_container(self, effect: IsolateContainer) -> Text:
        """Cut it off the network; open connections end too."""
        ...

    def reconnect_container(self, effect: ReconnectContainer) -> Text:
        """Take that back."""
        ...

    def quarantine_file(self, effect: QuarantineFile) -> Text:
        """Move a file into the vault, following no link."""
        ...

    def restore_file(self, effect: RestoreFile) -> Text:
        """Put it back where it was."""
        ...

    def capture_forensics(self, effect: CaptureForensics, events: bytes) -> Text:
        """Write an archive; `events` are the last events as JSON lines."""
        ...
