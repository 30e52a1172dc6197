"""One topic: its writer if this process is the one, its groups, and reading between them."""

from __future__ import annotations

import contextlib
import itertools
import threading
import time
from collections.abc import Generator, Sequence
from pathlib import Path

from periderm.adapters.bus_local import files, frames
from periderm.adapters.bus_local.groups import Group, next_of
from periderm.adapters.bus_local.mark import Mark
from periderm.adapters.bus_local.segments import Damage, Step, Walk, listed, path_of
from periderm.adapters.bus_local.writer import Writer, take_lock
from periderm.model.errors import BusError
from periderm.ports.bus import Message

_READ_BYTES = 16 << 20  # one read gives no more than this, but always one message
_POLL_SECONDS = 0.05  # for topics that another process writes
_LOCK_SECONDS = 1.0  # another process may hold the lock for a moment, only to look after a crash
_NOWHERE = Step(0, -1, 0)


class Topic:
    """A folder with segments, the writer's lock, the shared mark and the groups' places. Any thread may call."""

    def __init__(self, folder: Path, segment_bytes: int, cap_bytes: int) -> None:
        self.damaged_messages = 0
        self.torn_bytes = 0
        self._folder = folder
        self._segment_bytes = segment_bytes
        self._cap_bytes = cap_bytes
        self._lock = threading.RLock()
        self._arrived = threading.Condition()
        self._writer: Writer | None = None
        self._groups: dict[str, Group] = {}
        with files.said("make its folder"):
            files.make_folder(folder)
            files.make_folder(folder / "groups")
        self._mark = Mark(folder / "mark")
        with contextlib.ExitStack() as undo:
            undo.callback(self._mark.close)
            self._settle()
            undo.pop_all()

    def publish(self, messages: Sequence[bytes]) -> int:
        """See the port."""
        if not messages:
            return self._mark.get() - 1
        frames.fits(messages)
        with self._lock:
            if self._writer is None:
                self._writer = self._become_writer()
            writer = self._writer
        return writer.append(messages)

    def read(self, name: str, limit: int) -> Sequence[Message]:
        """See the port. A range that is damaged raises BusError once, and the next read goes on behind it."""
        group = self._group(name)
        with group.lock:
            until = self._mark.get()
            if group.next >= until or limit < 1:
                return []
            found: list[Message] = []
            size = 0
            with contextlib.closing(self._parts(group, until)) as parts:
                for part in parts:
                    if isinstance(part, Damage):
                        if not found:
                            self._lose(group, part)
                        break
                    for message in part:
                        found.append(message)
                        size += len(message.data)
                        if len(found) >= limit or size >= _READ_BYTES:
                            return found
            return found

    def wait(self, name: str, timeout: float) -> bool:
        """See the port."""
        group = self._group(name)
        deadline = time.monotonic() + timeout
        with self._arrived:
            while group.next >= self._mark.get():
                left = deadline - time.monotonic()
                if left <= 0:
                    return False
                self._arrived.wait(left if self._writer is not None else min(left, _POLL_SECONDS))
        return True

    def acknowledge(self, name: str, offset: int) -> None:
        """See the port."""
        group = self._group(name)
        with group.lock:
            if offset < group.next:
                return
            if offset >= self._mark.get():
                raise BusError(f"Message {offset} was not published yet.", "Acknowledge what was read.")
            self._move(group, offset + 1)

    def rewind(self, name: str, offset: int) -> int:
        """See the port."""
        group = self._group(name)
        with group.lock:
            place = max(0, offset, self._begin())
            if place < group.next:
                group.held, group.trail = None, []
                group.move(place)
            return group.next

    def pending(self, name: str) -> int:
        """See the port. Registers no group, and asks for no lock."""
        group = self._groups.get(name)
        place = group.next if group is not None else next_of(self._folder / "groups" / name)
        return max(0, self._mark.get() - (self._begin() if place is None else place))

    def close(self) -> None:
        """Wait for who publishes; release everything."""
        with self._lock:
            if self._writer is not None:
                self._writer.close()
            for group in self._groups.values():
                with group.lock:
                    group.close()
            self._groups.clear()
            self._mark.close()
        with self._arrived:
            self._arrived.notify_all()

    def _settle(self) -> None:
        """After a crash the mark may be behind: look at the segments once, unless another process writes."""
        lock = take_lock(self._folder, 0.0)
        if lock is not None:
            self._open_writer(lock).close()

    def _become_writer(self) -> Writer:
        lock = take_lock(self._folder, _LOCK_SECONDS)
        if lock is None:
            raise BusError(
                f"Another process writes the topic {self._folder.name}.", "Stop it first: is Periderm running twice?"
            )
        return self._open_writer(lock)

    def _open_writer(self, lock: int) -> Writer:
        floor = max([self._mark.get(), *self._places().values()])
        writer = Writer(
            self._folder, lock, floor, self._segment_bytes, self._cap_bytes, committed=self._commit, full=self._make_room
        )
        self.torn_bytes += writer.torn_bytes
        return writer

    def _commit(self, after: int) -> None:
        self._mark.set(after)
        with self._arrived:
            self._arrived.notify_all()

    def _group(self, name: str) -> Group:
        with self._lock:
            if name not in self._groups:
                self._groups[name] = Group(self._folder / "groups" / name, self._begin())
            return self._groups[name]

    def _begin(self) -> int:
        """The oldest message that still exists."""
        with files.said("list its segments"):
            return min(listed(self._folder), default=self._mark.get())

    def _parts(self, group: Group, until: int) -> Generator[Sequence[Message] | Damage, None, None]:
        """What comes after the group's place, frame by frame."""
        at = group.next
        held = group.held
        if held is not None and held.first <= at < held.after:
            yield _messages(held, at)
            at = held.after
        start = max((step for step in group.trail if step.first <= at), key=lambda step: step.first, default=_NOWHERE)
        with files.said("read"):
            walk = Walk(self._folder, listed(self._folder), start, until)
            try:
                for part in walk.frames(at):
                    if isinstance(part, Damage):
                        yield part
                    else:
                        group.held = part
                        yield _messages(part, at)
            finally:
                group.trail = group.trail[-1:] + walk.steps
                walk.close()

    def _lose(self, group: Group, damage: Damage) -> None:
        """Go past what cannot be read, count it, and say so."""
        self.damaged_messages += damage.after - damage.first
        self._move(group, damage.after)
        raise BusError(
            f"Messages {damage.first} to {damage.after - 1} of topic {self._folder.name} were damaged on disk and are lost.",
            "Check the disk; what comes after them is read next.",
        )

    def _move(self, group: Group, after: int) -> None:
        group.move(after)
        segments = listed(self._folder)
        if len(segments) > 1 and segments[1] <= after:
            self._remove_read(segments)

    def _places(self) -> dict[str, int]:
        """Each group's next message; one that is just being registered counts as needing everything."""
        with files.said("list its groups"):
            names = [path.name for path in (self._folder / "groups").iterdir()]
        places = {}
        for name in names:
            group = self._groups.get(name)
            place = group.next if group is not None else next_of(self._folder / "groups" / name)
            places[name] = 0 if place is None else place
        return places

    def _remove_read(self, segments: list[int]) -> int:
        """Remove segments that all groups are past; returns the place of the last group."""
        needed = min(self._places().values(), default=0)
        with files.said("remove what was read"):
            for first, following in itertools.pairwise(segments):
                if following <= needed:
                    path_of(self._folder, first).unlink(missing_ok=True)
        return needed

    def _make_room(self) -> str:
        """For the writer, when the cap is reached."""
        needed = self._remove_read(listed(self._folder))
        writer = self._writer
        if writer is not None and needed >= writer.next and self._places():
            writer.retire()
        slowest = min(self._places().items(), key=lambda item: item[1], default=None)
        if slowest is None:
            return " and no group reads it"
        return f", {self._mark.get() - slowest[1]} messages for the group {slowest[0]}"


def _messages(frame: frames.Frame, at: int) -> list[Message]:
    return [Message(number, data) for number, data in enumerate(frame.messages, frame.first) if number >= at]
