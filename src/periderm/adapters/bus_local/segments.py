"""The segment files of one topic: their names, what is in them, and how a reader walks through them past damage."""

from __future__ import annotations

import os
import re
from bisect import bisect_right
from collections.abc import Iterator
from pathlib import Path

import msgspec

from periderm.adapters.bus_local import frames
from periderm.adapters.bus_local.files import open_file
from periderm.adapters.bus_local.frames import FRAME, SEGMENT, Frame

_NAME = re.compile(r"(\d{20})\.seg")
_CHUNK = 256 << 10


class Damage(msgspec.Struct, frozen=True):
    """Messages `first` to `after` (not included) that were on disk and cannot be read any more."""

    first: int
    after: int


class Step(msgspec.Struct, frozen=True):
    """A place to go on from: a segment and a position in it, where the frame with message `first` begins."""

    first: int
    segment: int
    position: int


class Segment:
    """One open segment, for reading. `first` is from its name; the salt from its header or, should that be damaged,
    from its first frame."""

    def __init__(self, folder: Path, first: int) -> None:
        self.first = first
        self._descriptor = open_file(path_of(folder, first), os.O_RDONLY)
        head = os.pread(self._descriptor, SEGMENT.size + frames.SALT_BYTES, 0)
        found = frames.read_segment_header(head)
        self.whole = found is not None and found[1] == first
        self.salt = found[0] if found is not None else head[SEGMENT.size :]
        self._chunk = b""
        self._chunk_at = 0

    def size(self) -> int:
        """Bytes of the file now."""
        return os.fstat(self._descriptor).st_size

    def frame(self, position: int) -> Frame | None:
        """The whole and right frame at this position, or None."""
        start = self._load(position, FRAME.size)
        size = frames.length(self._chunk, start, self.salt)
        if size is None:
            return None
        start = self._load(position, size)
        return frames.decode(self._chunk, start, position, self.salt)

    def search(self, position: int, expected: int) -> Frame | None:
        """The next right frame behind damage, with messages from `expected` on."""
        if len(self.salt) < frames.SALT_BYTES or self.size() == 0:
            return None
        data = os.pread(self._descriptor, self.size(), 0)  # not mapped: the writer may cut the file meanwhile
        while (position := data.find(self.salt, position)) >= 0:
            found = frames.decode(data, position, position, self.salt)
            if found is not None and found.after > expected:
                return found
            position += 1
        return None

    def close(self) -> None:
        """Close the file."""
        os.close(self._descriptor)

    def _load(self, position: int, wanted: int) -> int:
        """Have `wanted` bytes from `position` in the chunk, if the file has them; returns where they begin in it."""
        start = position - self._chunk_at
        if start < 0 or start + wanted > len(self._chunk):
            self._chunk = os.pread(self._descriptor, max(wanted, _CHUNK), position)
            self._chunk_at = position
            start = 0
        return start


def path_of(folder: Path, first: int) -> Path:
    """The file of the segment that begins with message `first`."""
    return folder / f"{first:020d}.seg"


def listed(folder: Path) -> list[int]:
    """First offsets of the segments that exist, in order."""
    return sorted(int(found[1]) for name in os.listdir(folder) if (found := _NAME.fullmatch(name)))


class Walk:
    """Goes through the frames of a topic from a step on. Iterating gives frames with messages from `wanted` up to
    `until` (not included), and a Damage for each range that is lost, in order. Close it after use."""

    def __init__(self, folder: Path, segments: list[int], start: Step, until: int) -> None:
        self._folder = folder
        self._segments = segments
        self._start = start
        self._until = until
        self._open: Segment | None = None
        self.steps: list[Step] = []

    def frames(self, wanted: int) -> Iterator[Frame | Damage]:
        """See the class."""
        at, place = wanted, self._start
        while at < self._until:
            segment = self._segment_for(at)
            if segment is None:  # the oldest files are gone although somebody still needed them
                lost = min([first for first in self._segments if first > at], default=self._until)
                yield Damage(at, lost)
                at = lost
                continue
            position = place.position if place.segment == segment.first else SEGMENT.size
            end = self._end_of(segment)
            frame = self._frame_at(segment, position, at)
            if frame is None or frame.first >= end:
                yield Damage(at, end)
                at = end
                continue
            if frame.first > at:
                yield Damage(at, frame.first)
                at = frame.first
            place = Step(frame.after, segment.first, frame.end)
            if frame.after > at:
                self.steps.append(Step(frame.first, segment.first, frame.position))
                yield frame
                at = frame.after

    def close(self) -> None:
        """Close the segment that is open."""
        if self._open is not None:
            self._open.close()
            self._open = None

    def _frame_at(self, segment: Segment, position: int, at: int) -> Frame | None:
        frame = segment.frame(position)
        if frame is None or frame.first < segment.first:
            return segment.search(position, at)
        return frame

    def _end_of(self, segment: Segment) -> int:
        """Where the next segment begins, or the end of all."""
        place = bisect_right(self._segments, segment.first)
        return min(self._segments[place], self._until) if place < len(self._segments) else self._until

    def _segment_for(self, at: int) -> Segment | None:
        place = bisect_right(self._segments, at) - 1
        if place < 0:
            return None
        first = self._segments[place]
        if self._open is None or self._open.first != first:
            self.close()
            try:
                self._open = Segment(self._folder, first)
            except FileNotFoundError:
                self._segments = [other for other in self._segments if other != first]
                return self._segment_for(at) if self._segments and self._segments[0] <= at else None
        return self._open
