"""What the kernel side is told to be normal: which behaviours of which workload, and which of them go when room is short.

It does not decide what is normal. A behaviour that went is told again and may come back; nothing else is lost.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import numpy.typing as npt

from periderm.adapters.sensor_ebpf.libbpf import Map
from periderm.model.errors import SensorError

LEARNED: np.dtype[np.void] = np.dtype([("count", "<u8"), ("told", "<u8"), ("since", "<u8")])  # struct learned of bpf/record.h
MOST = 200_000  # of the map's 262,144: it is never full
KEPT = 0.75  # of that, when room is made
Keys = npt.NDArray[np.uint64]
_NONE: Keys = np.zeros(0, np.uint64)


class Learned:
    """Sorted numbers for each workload. What an agent before this one loaded is taken out: nobody knows whose it was."""

    def __init__(self, table: Map, most: int = MOST) -> None:
        self._table = table
        self._most = most
        self._keys: dict[str, Keys] = {}
        self._counts: dict[int, int] = {}  # as they were when room was made last
        self._remove(np.frombuffer(table.get_all()[0], np.uint64))

    def __len__(self) -> int:
        return sum(map(len, list(self._keys.values())))  # another thread may ask

    def add(self, workload: str, keys: Keys) -> None:
        """Those that are new are known from now on. Of more than may be there at once the first ones."""
        have = self._keys.get(workload, _NONE)
        new: Keys = np.setdiff1d(keys, have)[: int(self._most * (1 - KEPT))]
        if not len(new):
            return
        if len(self) + len(new) > self._most:
            self._make_room()
            have = self._keys.get(workload, _NONE)
        try:
            self._table.put_batch(new.tobytes(), np.zeros(len(new), LEARNED).tobytes(), len(new))
        except SensorError:  # the kernel is short of memory: they are told as before, and may be learned the next time
            self._remove(new, but=self._keys.values())
            return
        self._keys[workload] = np.union1d(have, new)

    def forget(self, workload: str) -> None:
        """Everything of one workload is told again."""
        self._remove(self._keys.pop(workload, _NONE), but=self._keys.values())

    def clear(self) -> None:
        """Everything is told again."""
        for workload in list(self._keys):
            self.forget(workload)
        self._counts.clear()

    def _make_room(self) -> None:
        """Those that happened least since the last time go."""
        raw, values = self._table.get_all()
        keys = np.frombuffer(raw, np.uint64)
        counts = np.frombuffer(values, LEARNED)["count"].astype(np.int64)
        before = np.fromiter((self._counts.get(key, 0) for key in keys.tolist()), np.int64, len(keys))
        order = np.argsort(counts - before, kind="stable")
        gone = keys[order[: max(0, len(keys) - int(self._most * KEPT))]]
        self._remove(gone)
        self._counts = dict(zip(keys.tolist(), counts.tolist(), strict=True))
        self._keys = {workload: np.setdiff1d(own, gone) for workload, own in self._keys.items()}

    def _remove(self, keys: Keys, but: Iterable[Keys] = ()) -> None:
        for other in but:  # one number may be of two workloads where subjects share a namespace
            keys = np.setdiff1d(keys, other)
        if len(keys):
            self._table.remove_batch(np.ascontiguousarray(keys).tobytes(), len(keys))
