"""What refuses a call before it happens, beside the sensor's own kill at exec: fanotify, or BPF LSM where the kernel has it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import msgspec

from periderm.model.event import EventKind


class GuardPolicy(msgspec.Struct, frozen=True, kw_only=True):
    """What is refused for one container. `pid` is its first process; inodes are (device, inode). Without `enforce` nothing is
    refused, only told. A guard does what it can
    of it."""

    subject_id: str
    pid: int
    mount_namespace: int
    overlay_upper: str = ""
    enforce: bool = False
    drift: bool = False
    memory: bool = False
    exec_inodes: tuple[tuple[int, int], ...] = ()
    open_inodes: tuple[tuple[int, int], ...] = ()
    paths: tuple[str, ...] = ()  # of these files, inside the container
    modules: bool = False
    ptrace: bool = False
    mount: bool = False


class Refusal(msgspec.Struct, frozen=True, kw_only=True):
    """A call that was refused, or would have been. `time` is Unix nanoseconds, `cause` 'drift', 'memory', 'list', 'open',
    'module', 'ptrace' or 'mount'."""

    kind: EventKind
    subject_id: str
    time: int
    pid: int
    cause: str
    refused: bool
    path: str = ""
    inode: int = 0
    device: int = 0


class GuardNews(msgspec.Struct, frozen=True, kw_only=True):
    """What happened since it was asked last. `problems` are sentences: what is not guarded now, and why."""

    refusals: tuple[Refusal, ...] = ()
    problems: tuple[str, ...] = ()


class Guard(Protocol):
    """One mechanism. Fails open: a guard that hangs or dies lets everything pass, within a second, and says so."""

    def name(self) -> str:
        """'fanotify' or 'lsm'."""
        ...

    def missing(self) -> str:
        """'' or one sentence why it does not work here."""
        ...

    def program(self, policies: Sequence[GuardPolicy]) -> None:
        """Replaces all that was guarded."""
        ...

    def heartbeat(self) -> None:
        """The agent lives: without this a guard that is in the kernel lets everything pass after the documented time."""
        ...

    def news(self) -> GuardNews:
        """Does not wait."""
        ...

    def close(self) -> None:
        """Ends it; nothing is refused any more."""
        ...
