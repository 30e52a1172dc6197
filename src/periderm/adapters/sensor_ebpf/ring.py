"""The ring's memory as an array of slots, read without copying: `take` gives a view, `release` gives the room back.

On x86-64 loads and stores keep their order (TSO), so a slot whose header is seen done is done. Not for other machines.
"""

from __future__ import annotations

import contextlib
import mmap

import numpy as np
import numpy.typing as npt

from periderm.formats.bpf_records import BUSY, SLOT_BYTES, SLOT_DTYPE, Slots
from periderm.model.errors import SensorError


class Ring:
    """Reader of a BPF ring buffer whose records all have one slot of 256 bytes."""

    def __init__(self, descriptor: int, size: int) -> None:
        page = mmap.PAGESIZE
        try:
            self._consumer_page = mmap.mmap(descriptor, page, mmap.MAP_SHARED, mmap.PROT_READ | mmap.PROT_WRITE, offset=0)
            self._data_pages = mmap.mmap(descriptor, page + 2 * size, mmap.MAP_SHARED, mmap.PROT_READ, offset=page)
        except OSError as error:
            raise SensorError(f"The ring cannot be mapped: {error.strerror}.", "Run as root.") from error
        self.size = size
        self._consumer: npt.NDArray[np.uint64] = np.frombuffer(self._consumer_page, np.uint64, 1)
        self._producer: npt.NDArray[np.uint64] = np.frombuffer(self._data_pages, np.uint64, 1)
        self._slots: Slots = np.frombuffer(self._data_pages, SLOT_DTYPE, 2 * size // SLOT_BYTES, offset=page)
        self._taken = 0

    def waiting(self) -> int:
        """Bytes that are written and not yet released."""
        return int(self._producer[0]) - int(self._consumer[0])

    def take(self, limit: int) -> Slots:
        """Up to `limit` finished slots, as a view that is valid until `release`. Stops before one still being written."""
        begin = int(self._consumer[0])
        count = min((int(self._producer[0]) - begin) // SLOT_BYTES, limit)
        first = (begin & (self.size - 1)) // SLOT_BYTES
        slots = self._slots[first : first + count]
        busy = np.nonzero(slots["header"] & BUSY)[0]
        if len(busy):
            slots = slots[: int(busy[0])]
        self._taken = len(slots)
        return slots

    def release(self) -> None:
        """Gives the slots of the last `take` back to the kernel."""
        self._consumer[0] += np.uint64(self._taken * SLOT_BYTES)
        self._taken = 0

    def close(self) -> None:
        """Unmaps; a view that somebody still holds keeps its memory until it goes."""
        del self._consumer, self._producer, self._slots
        for pages in (self._consumer_page, self._data_pages):
            with contextlib.suppress(BufferError):
                pages.close()
