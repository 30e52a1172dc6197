"""The one process that appends to a topic: finds the end after a crash, writes, syncs once for all who wait."""

from __future__ import annotations

import contextlib
import os
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from periderm.adapters.bus_local import files, frames
from periderm.adapters.bus_local.frames import SEGMENT
from periderm.adapters.bus_local.segments import Segment, listed, path_of
from periderm.model.errors import BusError, FullError


class _Ticket:
    """One publish on its way to the medium."""

    __slots__ = ("failure", "last", "messages")

    def __init__(self, messages: Sequence[bytes]) -> None:
        self.messages = messages
        self.last = -1
        self.failure: BusError | None = None


class Writer:
    """Appends to the segments in `folder`; `lock` is what `take_lock` gave, released with the writer. `floor` is the next
    number as far as others know it, so that none is used twice. `committed` is called with the next number each time
    more is durable, `full` when the cap is reached: it removes what nobody needs (with the active segment, by `retire`,
    if that is done too) and returns who is behind."""

    def __init__(
        self,
        folder: Path,
        lock: int,
        floor: int,
        segment_bytes: int,
        cap_bytes: int,
        *,
        committed: Callable[[int], None],
        full: Callable[[], str],
    ) -> None:
        self.next = floor
        self.torn_bytes = 0
        self._folder = folder
        self._segment_bytes = segment_bytes
        self._cap_bytes = cap_bytes
        self._committed = committed
        self._full = full
        self._ready = threading.Condition()
        self._queue: list[_Ticket] = []
        self._leading = False
        self._closed = False
        self._active: int | None = None  # descriptor of the segment that is written
        self._active_first = 0
        self._size = 0
        self._salt = b""
        self._lock = lock
        self._used = 0
        with contextlib.ExitStack() as undo:
            undo.callback(os.close, self._lock)
            with files.said("find the end of the topic"):
                self._recover()
            undo.pop_all()
        committed(self.next)

    def append(self, messages: Sequence[bytes]) -> int:
        """Returns the last message's number after all are durable. Raises BusError; then none is."""
        ticket = _Ticket(messages)
        with self._ready:
            if self._closed:
                raise BusError("The bus was closed.", "Restart the process that uses it.")
            self._queue.append(ticket)
            while self._leading and ticket.last < 0 and ticket.failure is None:
                self._ready.wait()
            batch: list[_Ticket] = []
            if ticket.last < 0 and ticket.failure is None:
                batch, self._queue, self._leading = self._queue, [], True
        if batch:
            self._lead(batch)
        if ticket.failure is not None:
            raise type(ticket.failure)(ticket.failure.what, ticket.failure.next_step)
        return ticket.last

    def retire(self) -> None:
        """Only from `full`: remove the active segment, because everything in it was read by all."""
        self._leave()
        path_of(self._folder, self._active_first).unlink(missing_ok=True)

    def close(self) -> None:
        """Wait for who publishes, then release the lock."""
        with self._ready:
            if self._closed:
                return
            self._closed = True
            while self._leading or self._queue:
                self._ready.wait()
            self._leave()
            os.close(self._lock)

    def _lead(self, batch: list[_Ticket]) -> None:
        try:
            self._commit(batch)
        finally:
            with self._ready:
                for ticket in batch:
                    if ticket.last < 0 and ticket.failure is None:
                        ticket.failure = BusError("Publishing was interrupted.", "Publish again.")
                self._leading = False
                self._ready.notify_all()

    def _commit(self, batch: list[_Ticket]) -> None:
        """All tickets, in as few writes as there are segments to fill. A failure is that of all that are left."""
        rest = batch
        try:
            while rest:
                with files.said("write a message"):
                    done = self._write_some(rest)
                rest = rest[done:]
        except BusError as error:
            for ticket in rest:
                ticket.failure = error
        finally:
            if rest:  # a failure or an interrupt: what was half written must not lie behind what comes next
                self._cut()

    def _write_some(self, tickets: list[_Ticket]) -> int:
        """Write and sync the first tickets, as many as fit into one segment; returns how many."""
        filled = self._size > SEGMENT.size and self._size + frames.size(tickets[0].messages) > self._segment_bytes
        if self._active is None or filled:
            self._begin_segment()
        parts: list[bytes] = []
        size, after = self._size, self.next
        ends: list[int] = []
        for ticket in tickets:
            part = frames.encode(self._salt, after, ticket.messages)
            if parts and size + len(part) > self._segment_bytes:
                break
            parts.append(part)
            size += len(part)
            after += len(ticket.messages)
            ends.append(after)
        if self._over_cap(size - self._size):
            return self._write_some(tickets)  # the active segment was removed: begin again in a new one
        assert self._active is not None  # noqa: S101 -- `_begin_segment` has just made it; for the type checker
        files.write_all(self._active, parts, self._size)
        os.fdatasync(self._active)
        self._used += size - self._size
        self._size, self.next = size, after
        self._committed(after)
        for ticket, end in zip(tickets, ends, strict=False):
            ticket.last = end - 1
        return len(parts)

    def _over_cap(self, more: int) -> bool:
        """Make room if the cap would be passed; True if the active segment went with it. Raises FullError if it is full."""
        if self._used + more <= self._cap_bytes:
            return False
        behind = self._full()
        self._used = _bytes_in(self._folder)
        if self._used + more > self._cap_bytes:
            raise FullError(
                f"The spool of topic {self._folder.name} is full: {self._cap_bytes} bytes wait{behind}.",
                "Start what reads it (is the server up?), or allow the spool more space.",
            )
        return self._active is None

    def _begin_segment(self) -> None:
        self._leave()
        path = path_of(self._folder, self.next)
        path.unlink(missing_ok=True)  # it can hold nothing that was ever committed: those have smaller numbers
        descriptor = files.open_file(path, os.O_RDWR | os.O_CREAT | os.O_EXCL)
        self._active, self._active_first = descriptor, self.next
        self._salt = os.urandom(frames.SALT_BYTES)
        header = frames.segment_header(self._salt, self.next)
        self._size = len(header)
        self._used += len(header)
        files.write_all(descriptor, [header], 0)
        os.fdatasync(descriptor)
        files.sync_folder(self._folder)

    def _cut(self) -> None:
        """After a failed write: the file is again as it was; if that fails too it is left, and a new one begun."""
        if self._active is None:
            return
        try:
            os.ftruncate(self._active, self._size)
            os.fsync(self._active)
        except OSError:
            self._leave()

    def _leave(self) -> None:
        if self._active is not None:
            os.close(self._active)
            self._active = None

    def _recover(self) -> None:
        """Find the last message in the last segment, cut what was being written when a process died, sync the rest."""
        self._used = _bytes_in(self._folder)
        segments = listed(self._folder)
        if not segments:
            return
        last = segments[-1]
        segment = Segment(self._folder, last)
        try:
            end, after = _last_frame(segment)
            size, whole, salt = segment.size(), segment.whole, segment.salt
        finally:
            segment.close()
        if after < self.next or not whole:
            # Something that was committed cannot be read: leave the file to the readers, which will say so.
            self.next = max(self.next, after)
            return
        descriptor = files.open_file(path_of(self._folder, last), os.O_RDWR)
        self._active, self._active_first, self._salt, self._size, self.next = descriptor, last, salt, end, after
        if size > end:
            os.ftruncate(descriptor, end)
            self.torn_bytes = size - end
        os.fsync(descriptor)


def _bytes_in(folder: Path) -> int:
    """Bytes of all segments."""
    total = 0
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.name.endswith(".seg"):
                with contextlib.suppress(FileNotFoundError):  # a reader has just removed it
                    total += entry.stat(follow_symlinks=False).st_size
    return total


def take_lock(folder: Path, seconds: float) -> int | None:
    """The descriptor of the writer's lock, None if another process holds it for all of `seconds`. Raises BusError."""
    deadline = time.monotonic() + seconds
    with files.said("lock the topic"):
        descriptor = files.open_file(folder / "lock", os.O_RDWR | os.O_CREAT)
    while not files.lock(descriptor):
        if time.monotonic() >= deadline:
            os.close(descriptor)
            return None
        time.sleep(0.01)
    return descriptor


def _last_frame(segment: Segment) -> tuple[int, int]:
    """Where the last right frame of a segment ends, and the next message's number."""
    end, after = SEGMENT.size, segment.first
    while True:
        frame = segment.frame(end)
        if frame is None or frame.first < after:
            frame = segment.search(end, after)
        if frame is None:
            return end, after
        end, after = frame.end, frame.after
