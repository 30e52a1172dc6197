"""When a workload has been learned: by its own pace, never by a fixed clock.

What counts as news is only what would have been told if learning had been over. Learning ends once there was no such news for
twice the longest pause between two of them, at least four minutes, while the workload was at work; one that does nothing
is waited for longer.
"""

from __future__ import annotations

import msgspec

LEAST_SECONDS = 240
TIMES_PACE = 2
TIMES_IDLE = 6
LONGEST_SECONDS = 24 * 3600  # a pace that somebody stretches on purpose does not keep it learning for ever
ACTIVE_ROWS = 20


class Pace(msgspec.Struct, array_like=True):
    """Unix seconds and seconds, as Baseline has them. `rows` is how often explained behaviour was seen since the last news."""

    since: int = 0
    newest: int = 0
    pace: int = 0
    settled: int = 0
    rows: int = 0

    def begin(self, now: int) -> None:
        """The workload was seen; learning begins unless it had begun."""
        if not self.since:
            self.since = now
        if not self.newest:
            self.newest = now

    def news(self, now: int) -> None:
        """Something that would be told was learned. Before learning began it was read from /proc: it may be hours old, and how
        long it lies back is no pause between two pieces of news."""
        if not self.since:
            return
        self.pace = max(self.pace, min(now - self.newest, LONGEST_SECONDS))
        self.newest, self.rows = max(self.newest, now), 0

    def settle(self, now: int) -> bool:
        """Whether learning has ended by now; `settled` says when it did."""
        wait = min(LONGEST_SECONDS, max(LEAST_SECONDS, TIMES_PACE * self.pace))
        quiet = now - self.newest
        if quiet < wait or (self.rows < ACTIVE_ROWS and quiet < TIMES_IDLE * wait):
            return False
        self.settled = self.newest + wait
        return True
