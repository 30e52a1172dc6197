"""Bytes of files that processes executed or wrote, taken from where those processes see them."""

from __future__ import annotations

from typing import Protocol

from periderm.model.content import Payload, Suspect


class Payloads(Protocol):
    """Whoever owns the files may be hostile: links stay inside the root, pipes and devices are not read, what is gone or
    may not be read is said in `Payload.missing`."""

    def read(self, suspect: Suspect, limit: int) -> Payload:
        """The first `limit` bytes of the file, with its size, and its SHA-256 if all of it was read."""
        ...
