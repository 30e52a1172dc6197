"""How much of its events one machine may have kept at the server: a room that comes back over the days that events are kept,
and a rate. What is beyond is shed, counted and told: no machine pushes out what others did, or keeps them waiting.

It lives in the server's memory: after a restart each machine has its whole room again.
"""

from __future__ import annotations

import dataclasses
import threading
from collections.abc import Iterator, Mapping

from periderm.model.metric import Family, MetricKind, one
from periderm.ports.clock import Clock

ROW_BYTES = 128  # of a row as it is written first
UNPACKED_SHARE = 4  # rows and texts take about so many times less in the files that stay
BURST_SECONDS = 3600  # after an outage a machine may send so much of its rate at once
MOST_NODES = 20_000
DAY_SECONDS = 86_400


@dataclasses.dataclass(slots=True)
class _Account:
    """What a machine has left, when that was reckoned, and what was shed of it since when."""

    room: float
    rows: float
    at: int
    shed: int = 0
    since: int = 0


@dataclasses.dataclass(frozen=True, slots=True)
class Shed:
    """So many rows of a machine since a time (Unix nanoseconds)."""

    rows: int
    since: int


class Quota:
    """Any thread may ask. `room` bytes are there at once and come back over `days`, so that in so many days a machine keeps
    twice that at most; `rate` is in rows a second, an hour's at once. A machine of which nothing is known has all of it."""

    def __init__(self, clock: Clock, *, room: int, days: float, rate: int) -> None:
        self._clock = clock
        self._room = float(room)
        self._refill = room / (max(days, 1.0) * DAY_SECONDS)
        self._rate = float(rate)
        self._lock = threading.Lock()
        self._accounts: dict[str, _Account] = {}
        self._fresh: set[str] = set()
        self._rows = 0

    def take(self, node_id: str, size: int, rows: int) -> bool:
        """Whether a record of so many packed bytes and rows may be kept; if not, it is counted as shed."""
        cost = max(size, rows * ROW_BYTES // UNPACKED_SHARE)
        with self._lock:
            account = self._account(node_id)
            if account.room >= cost and account.rows >= rows:
                account.room -= cost
                account.rows -= rows
                return True
            self._count(node_id, account, rows)
            return False

    def texts(self, node_id: str, size: int, rows: int, texts: int) -> bool:
        """The same for a record that was taken already and turned out to hold so many bytes of texts: what its rows cost is
        paid, what the texts cost beyond that is not."""
        paid = max(size, rows * ROW_BYTES // UNPACKED_SHARE)
        more = max(0, (rows * ROW_BYTES + texts) // UNPACKED_SHARE - paid)
        with self._lock:
            account = self._account(node_id)
            if account.room >= more:
                account.room -= more
                return True
            self._count(node_id, account, rows)
            return False

    def told(self) -> Mapping[str, Shed]:
        """What was shed of each machine in all, of those of which more was since this was last asked."""
        with self._lock:
            fresh = {node: Shed(self._accounts[node].shed, self._accounts[node].since) for node in self._fresh}
            self._fresh.clear()
            return fresh

    def families(self) -> Iterator[Family]:
        """For a scraper."""
        told = "Rows of events that machines sent beyond their share of the history, and that were not kept."
        yield one("periderm_history_shed_rows_total", MetricKind.COUNTER, told, self._rows)

    def _account(self, node_id: str) -> _Account:
        now = self._clock.monotonic()
        account = self._accounts.get(node_id)
        if account is None:
            if len(self._accounts) >= MOST_NODES:
                gone = next(iter(self._accounts))
                del self._accounts[gone]
                self._fresh.discard(gone)
            account = self._accounts[node_id] = _Account(self._room, self._rate * BURST_SECONDS, now)
        passed = max(0, now - account.at) / 1e9
        account.at = now
        account.room = min(self._room, account.room + passed * self._refill)
        account.rows = min(self._rate * BURST_SECONDS, account.rows + passed * self._rate)
        return account

    def _count(self, node_id: str, account: _Account, rows: int) -> None:
        account.shed += rows
        account.since = account.since or self._clock.now()
        self._rows += rows
        self._fresh.add(node_id)
