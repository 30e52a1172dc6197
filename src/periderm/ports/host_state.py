"""What a look at the machine itself shows: what it hides, what the kernel runs, and who keeps a processor busy."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import msgspec

from periderm.model.event import HostState
from periderm.model.text import Text


class HostFinding(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that should not be, or that nobody declared. `name` is what it is called, `details` words about it
    (a BPF program's type, `uid=N`, `orphan` if no process holds it), `number` a value that belongs to it (taint bits, pid)."""

    state: HostState
    name: str
    details: tuple[str, ...] = ()
    number: int = 0


class BusyProcess(msgspec.Struct, frozen=True, kw_only=True):
    """A process that used more than nine tenths of a core since the last look. `key` is that of its events; `percent` is of
    one core, `seconds` the time over which it was measured."""

    key: int
    pid: int
    percent: int
    seconds: int
    uid: int = 0
    executable: str = ""
    mount_namespace: int = 0


class HostLook(Protocol):
    """Reads; changes nothing, and takes bounded time. What cannot be read here is left out, and named by `blind`."""

    def look(self) -> Sequence[HostFinding]:
        """All that is there now; the caller remembers what it has told."""
        ...

    def busy(self) -> Sequence[BusyProcess]:
        """Since the call before; the first one finds nothing."""
        ...

    def blind(self) -> Sequence[Text]:
        """What cannot be looked at here, one sentence each."""
        ...
