"""Since when something waits: remembers when numbers that grow were put, and forgets those that are passed. Keeps nothing on
disk."""

from __future__ import annotations

import threading
from collections import deque

MOST = 4_096


class WaitingTimes:
    """Any thread may call. Times are Unix nanoseconds."""

    def __init__(self) -> None:
        self._marks: deque[tuple[int, int]] = deque()
        self._lock = threading.Lock()

    def put(self, number: int, now: int) -> None:
        """This number begins to wait. Of very many every other one is remembered, the oldest always."""
        with self._lock:
            if len(self._marks) >= MOST:
                self._marks = deque(list(self._marks)[::2])
            self._marks.append((number, now))

    def before(self, number: int, since: int) -> None:
        """This number waited already, before any was put here."""
        with self._lock:
            if not self._marks or number < self._marks[0][0]:
                last = self._marks[0][0] - 1 if self._marks else number
                self._marks.appendleft((last, since))

    def passed(self, number: int) -> None:
        """All up to this number wait no longer."""
        with self._lock:
            while self._marks and self._marks[0][0] <= number:
                self._marks.popleft()

    def oldest(self) -> int:
        """When the oldest that waits was put; 0 if nothing waits."""
        with self._lock:
            return self._marks[0][1] if self._marks else 0
