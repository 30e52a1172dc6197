"""What lies where in the history's folder: partitions tell in their names what they hold, so none is opened in vain.

    log/000000000007.log                                  rows not yet partitioned; the number grows for ever
    parts/2026-11-22T08/process-FIRST-LAST-ROWS-LO-HI.parquet   times in Unix nanoseconds, LO to HI the logs it came of
    damaged/                                              files that could not be read
    kept.json                                             sums that the files themselves cannot tell

The names alone say which files count: a partition of a log that is still there is not finished, and one whose logs
another partition of the same hour and group covers was compacted. So a crash at any moment leaves nothing to repair.
"""

from __future__ import annotations

import contextlib
import datetime
import os
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from periderm.model.event import EventKind

HOUR_NS = 3600 * 10**9
ROW_BITS = 24  # a row's number is its log's number and its place in it
MOST_LOG_ROWS = 1 << 17
GROUPS = ("process", "file", "network", "system")
_PROCESS = (EventKind.EXEC, EventKind.EXIT, EventKind.FORK, EventKind.ENVIRONMENT, EventKind.LIBRARY, EventKind.PROCESS_NAME)
_FILE = (
    *(EventKind.OPEN, EventKind.CHMOD, EventKind.RENAME, EventKind.UNLINK, EventKind.LINK, EventKind.SYMLINK),
    *(EventKind.MKDIR, EventKind.UTIME, EventKind.FILE_FLAGS, EventKind.TRUNCATE, EventKind.CHOWN, EventKind.CONTENT),
)
_NETWORK = (
    *(EventKind.CONNECT, EventKind.ACCEPT, EventKind.BIND, EventKind.LISTEN, EventKind.DUP, EventKind.SOCKET),
    EventKind.DNS,
)
_PART = re.compile(r"(process|file|network|system)-(\d{19})-(\d{19})-(\d{1,10})-(\d{12})-(\d{12})\.parquet", re.ASCII)
_LOG = re.compile(r"(\d{12})\.log", re.ASCII)


def group_of(kind: int) -> int:
    """Index into GROUPS; kinds that a later version brings are 'system' until it says otherwise."""
    return 0 if kind in _PROCESS else 1 if kind in _FILE else 2 if kind in _NETWORK else 3


class Part(NamedTuple):
    """A partition, as its name tells it. `first` and `last` are its rows' times, never below 0."""

    path: str
    hour: str
    group: str
    first: int
    last: int
    rows: int
    low: int
    high: int


class Places(NamedTuple):
    """The folders of a history."""

    root: Path

    @property
    def log(self) -> Path:
        """Rows not yet partitioned."""
        return self.root / "log"

    @property
    def parts(self) -> Path:
        """Partitions, a folder for each hour."""
        return self.root / "parts"

    @property
    def damaged(self) -> Path:
        """What could not be read."""
        return self.root / "damaged"

    @property
    def work(self) -> Path:
        """Files that are being written."""
        return self.root / "work"

    @property
    def kept(self) -> Path:
        """Sums."""
        return self.root / "kept.json"


def hour_name(hour: int) -> str:
    """'2026-11-22T08' for the number of an hour since 1970 in UTC."""
    moment = datetime.datetime(1970, 1, 1, tzinfo=datetime.UTC) + datetime.timedelta(hours=hour)
    return moment.strftime("%Y-%m-%dT%H")


def hour_end(name: str) -> int:
    """Unix nanoseconds at which the hour of a folder ends; 0 for a folder that is none."""
    try:
        start = datetime.datetime.strptime(name, "%Y-%m-%dT%H").replace(tzinfo=datetime.UTC)
    except ValueError:
        return 0
    return (int(start.timestamp()) + 3600) * 10**9


def part_name(group: str, times: tuple[int, int], rows: int, of: tuple[int, int]) -> str:
    """The name of a partition: its first and last time, how many rows, its lowest and highest log."""
    first, last = times
    return f"{group}-{max(first, 0):019d}-{max(last, 0):019d}-{rows}-{of[0]:012d}-{of[1]:012d}.parquet"


def log_name(number: int) -> str:
    """The name of a log."""
    return f"{number:012d}.log"


def logs(places: Places) -> dict[int, Path]:
    """All logs by number, in order."""
    found: dict[int, Path] = {}
    with contextlib.suppress(FileNotFoundError, NotADirectoryError):
        for name in os.listdir(places.log):
            if matched := _LOG.fullmatch(name):
                found[int(matched[1])] = places.log / name
    return dict(sorted(found.items()))


def parts(places: Places) -> list[Part]:
    """All partitions whose names are right, in no order; those that do not count too."""
    return list(_parts(places))


def _parts(places: Places) -> Iterator[Part]:
    try:
        hours = os.listdir(places.parts)
    except (FileNotFoundError, NotADirectoryError):
        return
    for hour in hours:
        folder = f"{places.parts}/{hour}"
        try:
            names = os.listdir(folder)
        except (FileNotFoundError, NotADirectoryError):  # it emptied and went, or is no folder
            continue
        for name in names:
            if matched := _PART.fullmatch(name):
                group, *numbers = matched.groups()
                yield Part(f"{folder}/{name}", hour, group, *map(int, numbers))


def counting(found: Iterable[Part], unfinished: Iterable[int]) -> tuple[list[Part], list[Part]]:
    """(those that count, those that do not): see above. `unfinished` are the numbers of the logs that are there."""
    waiting = set(unfinished)
    good: list[Part] = []
    bad: list[Part] = []
    widest: dict[tuple[str, str], tuple[int, int]] = {}
    for part in sorted(found, key=lambda p: (p.hour, p.group, p.low, -p.high, p.path)):
        place = (part.hour, part.group)
        low, high = widest.get(place, (0, -1))
        # Partitions of the very same logs stand beside each other: a log with huge texts became several.
        covered = part.high <= high and (part.low, part.high) != (low, high)
        if covered or (part.low == part.high and part.low in waiting):
            bad.append(part)
            continue
        widest[place] = (part.low, part.high)
        good.append(part)
    return good, bad
