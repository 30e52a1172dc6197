"""How long to wait after a failure: longer each time, and never as long as the next machine does, so that many that lost the
same server do not come back in the same moment. Waits for nothing itself."""

from __future__ import annotations

import random
from collections.abc import Callable

FIRST_SECONDS = 0.1
LONGEST_SECONDS = 10.0


class Backoff:
    """One thread uses it. `share` gives numbers from 0 to 1, other ones in each process."""

    def __init__(
        self,
        first: float = FIRST_SECONDS,
        longest: float = LONGEST_SECONDS,
        share: Callable[[], float] = random.random,
    ) -> None:
        self._first = first
        self._longest = longest
        self._share = share
        self._bound = 0.0

    def failed(self) -> float:
        """Seconds to wait now: between a half and the whole of a bound that doubles with each failure, up to the longest. The
        spread grows with the bound: after a long outage it is as wide as half of the longest wait."""
        self._bound = min(self._longest, max(self._first, self._bound * 2))
        return self._bound * (0.5 + 0.5 * self._share())

    def well(self) -> None:
        """It works again: the next failure is the first."""
        self._bound = 0.0
