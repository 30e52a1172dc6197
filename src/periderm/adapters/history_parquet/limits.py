"""How much history may be kept: by age, by its own size, and by what the file system must keep free."""

from __future__ import annotations

import dataclasses
from pathlib import Path

from periderm.adapters.history_parquet import files

MIB = 1 << 20
DAY_NS = 86_400 * 10**9
LARGEST_LOG = 32 * MIB


@dataclasses.dataclass(frozen=True, slots=True)
class Limits:
    """`days` of age, `quota` bytes of own size, `free` bytes that the file system keeps (at most a tenth of it).

    Shortage of the file system alone never shrinks history below what is `protected`: whoever can fill a disk must
    not be able to erase what was seen of it.
    """

    days: float = 30.0
    quota: int = 4096 * MIB
    free: int = 1024 * MIB

    def protected(self, place: Path) -> int:
        """Bytes that a full file system cannot drop; on a small one, an eighth of it."""
        return min(self.quota, files.free_bytes(place)[1] // 2) // 4

    def most_waiting(self, place: Path) -> int:
        """Bytes that logs may take: more means that nobody makes partitions of them."""
        return self.protected(place)

    def largest_log(self, place: Path) -> int:
        """Bytes of one log: making partitions of it takes about as much room again."""
        return min(LARGEST_LOG, self.most_waiting(place) // 4)

    def floor(self, place: Path) -> int:
        """Bytes that are to be free on the file system of `place`: below it the oldest is dropped."""
        return min(self.free, files.free_bytes(place)[1] // 10)

    def stop_below(self, place: Path) -> int:
        """Bytes free below which nothing more is written."""
        return self.floor(place) // 4

    def oldest(self, now: int) -> int:
        """The time before which rows are over age (Unix nanoseconds)."""
        return now - int(self.days * DAY_NS)


DEFAULTS = Limits()
