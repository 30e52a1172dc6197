"""What running processes use of the machine, at one moment. Judges nothing."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import msgspec


class ProcessUse(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One process. `key` as in events; `program` its file as its own container names it. `cpu` in percent of one core since the
    look before, `memory` resident bytes, `files` open descriptors, `children` processes of its that began in the last minute
    and still ran at the look. A figure that could not be read, or needs a look before this one, is -1."""

    pid: int
    key: int
    program: str
    user: int = 0
    mount_namespace: int = 0
    cpu: float = -1.0
    memory: int = -1
    files: int = -1
    children: int = -1


class ResourceLook(Protocol):
    """Reads; changes nothing. Not thread-safe: it remembers the look before."""

    def look(self) -> Sequence[ProcessUse]:
        """All processes that have a program, within a bound. Those that end meanwhile are left out."""
        ...
