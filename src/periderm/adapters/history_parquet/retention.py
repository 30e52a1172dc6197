"""What goes, and when: first what is over age, then the oldest while the history is over its quota or the disk too full.

Damaged files go before any good one. Whatever went is counted.
"""

from __future__ import annotations

import contextlib
import os
from pathlib import Path
from typing import NamedTuple

import msgspec

from periderm.adapters.history_parquet import files, names
from periderm.adapters.history_parquet.limits import Limits
from periderm.adapters.history_parquet.sums import Sums


class _Thing(NamedTuple):
    """A file that can be dropped; `rank` orders them, the first to go first."""

    rank: tuple[int, int]
    path: str
    size: int
    rows: int
    last: int


class Retention:
    """One run over a history's files. Raises OSError if the folder cannot be read."""

    def __init__(self, places: names.Places, limits: Limits, now: int) -> None:
        self._places = places
        self._limits = limits
        self._oldest = limits.oldest(now)

    def run(self, sums: Sums) -> Sums:
        """Drops; the sums with what was dropped."""
        things = sorted(self._things())
        size = sum(thing.size for thing in things) + sum(map(files.size_of, names.logs(self._places).values()))
        for thing in things:
            aged = 0 < thing.last < self._oldest
            if not aged and not self._short(size):
                continue
            os.unlink(thing.path)
            size -= thing.size
            if not thing.rows:
                continue
            expired = msgspec.structs.replace(sums, expired_rows=sums.expired_rows + thing.rows)
            sums = expired if aged else _dropped(sums, thing)
        self._empty_folders()
        return sums

    def make_room(self, sums: Sums, need: int) -> Sums:
        """Drops the oldest until so many bytes are free: a history on a full disk goes on with what is new."""
        for thing in sorted(self._things()):
            if files.free_bytes(self._places.root)[0] >= need:
                break
            os.unlink(thing.path)
            if thing.rows:
                sums = _dropped(sums, thing)
        return sums

    def _short(self, size: int) -> bool:
        if size > self._limits.quota:
            return True
        if size <= self._limits.protected(self._places.root):
            return False
        return files.free_bytes(self._places.root)[0] < self._limits.floor(self._places.root)

    def _things(self) -> list[_Thing]:
        good, superseded = names.counting(names.parts(self._places), names.logs(self._places))
        things = [_Thing((1, part.last), part.path, files.size_of(part.path), part.rows, part.last) for part in good]
        # What was compacted goes with its rows uncounted: they are in the larger file.
        things += [_Thing((0, 0), part.path, files.size_of(part.path), 0, 0) for part in superseded]
        with contextlib.suppress(FileNotFoundError):
            for name in os.listdir(self._places.damaged):
                path = str(self._places.damaged / name)
                things.append(_Thing((0, 1), path, files.size_of(path), 0, os.stat(path).st_mtime_ns))
        return things

    def _empty_folders(self) -> None:
        with contextlib.suppress(FileNotFoundError):
            for name in os.listdir(self._places.parts):
                with contextlib.suppress(OSError):  # not empty
                    Path(self._places.parts, name).rmdir()


def _dropped(sums: Sums, thing: _Thing) -> Sums:
    return msgspec.structs.replace(
        sums, dropped_rows=sums.dropped_rows + thing.rows, dropped_until=max(sums.dropped_until, thing.last)
    )
