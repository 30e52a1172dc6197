"""The order of rare calls in each process: any three after one another, as Aspect.CALLS writes them. Judges nothing.

Rare are calls by which programs change who they are, where they are and what runs in them; a start of a program closes such a
run of calls. The same kind again and again counts once, and a child goes on where its parent was. Rows of these kinds must
always arrive (`watched`): where the kernel counted some of them, the order of the others would be another.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import msgspec
import numpy as np
import numpy.typing as npt

from periderm.model.errors import FormatError
from periderm.model.event import EventBatch, EventFlag, EventKind

RUN = 3
MOST_PROCESSES = 65_536  # of whom calls are remembered; the longest quiet are forgotten
RARE = frozenset(
    {
        EventKind.SETNS, EventKind.UNSHARE, EventKind.MOUNT, EventKind.UMOUNT, EventKind.PIVOT_ROOT, EventKind.CHROOT,
        EventKind.PTRACE, EventKind.PROCESS_VM, EventKind.BPF, EventKind.MODULE, EventKind.MEMFD, EventKind.EXEC_MEMORY,
        EventKind.SETUID, EventKind.SETGID, EventKind.CAPSET, EventKind.CREDENTIALS, EventKind.DUP, EventKind.BIND,
        EventKind.LISTEN, EventKind.SYSCALL32, EventKind.IO_URING, EventKind.USERFAULTFD, EventKind.KEYCTL,
        EventKind.TTY_INJECT,
    }
)  # fmt: skip
_FAILED = int(EventFlag.FAILED)
_LOOKED_AT: npt.NDArray[np.bool_] = np.zeros(256, np.bool_)
_LOOKED_AT[[*map(int, RARE), EventKind.EXEC, EventKind.FORK, EventKind.EXIT]] = True
_RARE: npt.NDArray[np.bool_] = np.zeros(256, np.bool_)
_RARE[[*map(int, RARE)]] = True
_DECODER = msgspec.msgpack.Decoder(dict[int, tuple[int, ...]])
_COLUMNS = ("kind", "process", "parent", "flags")


class CallRun(NamedTuple):
    """Three rare calls ended at this row of the batch; `value` is as Aspect.CALLS writes it: 'SOCKET > DUP > EXEC'."""

    row: int
    value: str


def watched(batch: EventBatch) -> npt.NDArray[np.bool_]:
    """Rows that the kernel must go on sending, however well they are known."""
    return np.asarray(_RARE[batch.rows["kind"]], np.bool_)


class RareCalls:
    """What each process called lately. Not thread-safe."""

    def __init__(self) -> None:
        self._lately: dict[int, tuple[int, ...]] = {}

    def follow(self, batch: EventBatch) -> Iterator[CallRun]:
        """The runs that end in this batch, in the order of its rows. Consume it wholly before the next batch."""
        rows = batch.rows
        chosen = np.flatnonzero(_LOOKED_AT[rows["kind"]])
        if not chosen.size:
            return
        picked = rows[chosen]
        columns = [picked[name].tolist() for name in _COLUMNS]
        for index, kind, process, parent, flags in zip(chosen.tolist(), *columns, strict=True):
            if kind == EventKind.EXIT:
                self._lately.pop(process, None)
            elif kind == EventKind.FORK:
                if (before := self._lately.get(parent)) is not None:
                    self._keep(process, before)
            elif not flags & _FAILED and (run := self._call(process, kind)) is not None:
                yield CallRun(index, " > ".join(EventKind(each).name for each in run))

    def dump(self) -> bytes:
        """All of it, as `decode` takes it."""
        return msgspec.msgpack.encode(self._lately)

    @staticmethod
    def decode(data: bytes) -> dict[int, tuple[int, ...]]:
        """What `dump` gave. Raises FormatError if the bytes are damaged."""
        try:
            lately = _DECODER.decode(data)
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
            raise FormatError("The rare calls in the engine's state are damaged.", "Start without the state.") from error
        kinds = {int(kind) for kind in (*RARE, EventKind.EXEC)}
        if any(len(run) > RUN or not kinds.issuperset(run) for run in lately.values()):
            raise FormatError("The rare calls in the engine's state are damaged.", "Start without the state.")
        return lately

    def load(self, lately: dict[int, tuple[int, ...]]) -> None:
        """Replaces all of it."""
        self._lately = lately

    def _call(self, process: int, kind: int) -> tuple[int, ...] | None:
        before = self._lately.get(process, ())
        if kind == EventKind.EXEC and (not before or before[-1] == EventKind.EXEC):
            return None  # programs that start programs are told by Aspect.CHAIN
        if before and before[-1] == kind:
            return None
        run = (*before, kind)[-RUN:]
        self._keep(process, run)
        return run if len(run) == RUN else None

    def _keep(self, process: int, run: tuple[int, ...]) -> None:
        self._lately.pop(process, None)
        self._lately[process] = run
        if len(self._lately) > MOST_PROCESSES:
            del self._lately[next(iter(self._lately))]
