"""Keeps room in the ring while its reader is busy: a thread copies out what waits, and the reader gets it in order.

A reader that starts, judges a full batch or waits for a core reads nothing for seconds. The ring holds 32,768 rows; what comes
after that is lost. It decodes nothing, and gives up nothing but at its limit, where the ring fills as it would without.
"""

from __future__ import annotations

import collections
import contextlib
import mmap
import threading
from collections.abc import Iterator

import numpy as np

from periderm.adapters.sensor_ebpf.ring import Ring
from periderm.formats.bpf_records import SLOT_BYTES, SLOT_DTYPE, Slots

LOOK_SECONDS = 0.1
FULLER = 8  # a ring of which more than one part in so many waits is read ahead
MOST_BYTES = 48 << 20  # beside the ring; given back as soon as it is read
PIECE = 8192  # slots that are copied at once: the reader does not wait long for the lock


class ReadAhead:
    """A ring and what was copied out of it. One thread reads; the other one is this class's own."""

    def __init__(self, ring: Ring, most_bytes: int = MOST_BYTES) -> None:
        self._ring = ring
        self._most = most_bytes
        self._lock = threading.Lock()
        self._pieces: collections.deque[Slots] = collections.deque()
        self._held = 0
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None
        self.copied = 0  # slots, since the beginning

    def waiting(self) -> int:
        """Bytes that nobody has been given yet."""
        return self._held + self._ring.waiting()

    @contextlib.contextmanager
    def take(self, limit: int) -> Iterator[Slots]:
        """Up to `limit` slots, oldest first, as a view that is valid in the block; they are gone after it."""
        with self._lock:
            if not self._pieces:
                try:
                    yield self._ring.take(limit)
                finally:
                    self._ring.release()
                return
            piece = self._pieces.popleft()
            if len(piece) > limit:
                self._pieces.appendleft(piece[limit:])
            given = piece[:limit]
            self._held -= len(given) * SLOT_BYTES
        yield given

    def relieve(self) -> int:
        """Copies out what waits if it is much; the number of slots."""
        copied = 0
        while self._ring.waiting() > self._ring.size // FULLER:
            with self._lock:
                room = (self._most - self._held) // SLOT_BYTES
                slots = self._ring.take(min(PIECE, max(room, 0)))
                if not len(slots):
                    break
                self._pieces.append(_copy(slots))
                self._held += len(slots) * SLOT_BYTES
                copied += len(slots)
                del slots
                self._ring.release()
        self.copied += copied
        return copied

    def start(self) -> None:
        """From now on the thread looks after the ring."""
        self._thread = threading.Thread(target=self._run, name="read-ahead", daemon=True)
        self._thread.start()

    def _run(self) -> None:
        while not self._stop.wait(LOOK_SECONDS):
            self.relieve()

    def close(self) -> None:
        """Ends the thread; the ring may then be unmapped."""
        self._stop.set()
        if self._thread is not None:
            self._thread.join()
        self._pieces.clear()
        self._held = 0


def _copy(slots: Slots) -> Slots:
    """The same in pages of its own, which go back to the system at once when nobody holds them."""
    pages = np.frombuffer(mmap.mmap(-1, slots.nbytes), np.uint8)
    pages[:] = slots.view(np.uint8)
    return pages.view(SLOT_DTYPE)
