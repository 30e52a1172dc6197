"""How often someone may try a password: slows guessing down without giving anybody a way to lock someone else out.

Three counts of what failed in the last quarter of an hour: for a name from one network, for one network whatever the names,
and for a name from wherever. The last stops those who guess from many networks, and would lock out the name's owner too: so it
does not hold for a browser by which the account signed in before (OWASP, 'Device cookies'), which has a count of its own.
"""

from __future__ import annotations

import ipaddress
import threading
from collections import OrderedDict, deque

from periderm.model.errors import DeniedError

WINDOW_SECONDS = 900
FROM_NETWORK_FOR_NAME = 5
FROM_NETWORK = 30
FOR_NAME = 50
BY_DEVICE = 10
MOST_COUNTED = 20_000  # names and networks; the ones that failed longest ago are forgotten


class TooManyError(DeniedError):
    """Too many attempts failed; the right password would not be looked at either."""

    def __init__(self, seconds: int, *, first: bool = False) -> None:
        super().__init__(
            "Too many sign-ins failed.",
            f"Wait {max(1, -(-seconds // 60))} minutes, use a browser that has signed in here before, or a sign-in link.",
        )
        self.seconds = seconds
        self.first = first  # whether it is the first to be told so: the log is not to be filled by whoever guesses


class SignInLimits:
    """Counts in memory, for one server process. Any thread may use it; times are Unix nanoseconds."""

    def __init__(self) -> None:
        self._failed: OrderedDict[tuple[str, str, str], deque[int]] = OrderedDict()
        self._told: OrderedDict[tuple[str, str, str], int] = OrderedDict()
        self._lock = threading.Lock()

    def attempt(self, name: str, address: str, device: str, now: int) -> None:
        """Counts an attempt as failed until `passed` says otherwise, so that many at once count all. `device` is '' for a
        browser that is not known to be the account's. Raises TooManyError, and then counts nothing."""
        with self._lock:
            counts = self._counts(name, address, device)
            waits = [self._wait(key, most, now) for key, most in counts]
            if any(waits):
                reached = counts[waits.index(max(waits))][0]
                raise TooManyError(max(waits), first=self._first(reached, now))
            for key, _ in counts:
                self._failed.setdefault(key, deque()).append(now)
                self._failed.move_to_end(key)
            while len(self._failed) > MOST_COUNTED:
                self._failed.popitem(last=False)

    def passed(self, name: str, address: str, device: str) -> None:
        """The last attempt was right: it, and what failed before it for this name from here, count no more."""
        with self._lock:
            first, *others = [key for key, _ in self._counts(name, address, device)]
            self._failed.pop(first, None)
            for key in others:
                if self._failed.get(key):
                    self._failed[key].pop()

    def _first(self, key: tuple[str, str, str], now: int) -> bool:
        """Whether nobody was told of this count within the window; from now on somebody was."""
        told = self._told.pop(key, None)
        fresh = told is None or told <= now - WINDOW_SECONDS * 10**9
        self._told[key] = now if fresh or told is None else told
        while len(self._told) > MOST_COUNTED:
            self._told.popitem(last=False)
        return fresh

    def _counts(self, name: str, address: str, device: str) -> list[tuple[tuple[str, str, str], int]]:
        if device:
            return [(("device", name, device), BY_DEVICE)]
        network = network_of(address)
        return [
            (("name from network", name, network), FROM_NETWORK_FOR_NAME),
            (("network", "", network), FROM_NETWORK),
            (("name", name, ""), FOR_NAME),
        ]

    def _wait(self, key: tuple[str, str, str], most: int, now: int) -> int:
        """Seconds until one more is allowed, 0 for now."""
        times = self._failed.get(key)
        if times is None:
            return 0
        while times and times[0] <= now - WINDOW_SECONDS * 10**9:
            times.popleft()
        if not times:
            del self._failed[key]
            return 0
        return 0 if len(times) < most else max(1, (times[0] - now) // 10**9 + WINDOW_SECONDS)


def network_of(address: str) -> str:
    """Whoever has one address of an IPv6 /64 has all of them; an IPv4 address counts by itself."""
    try:
        found = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return address[:64]
    if isinstance(found, ipaddress.IPv4Address):
        return str(found)
    if found.ipv4_mapped is not None:
        return str(found.ipv4_mapped)
    return str(ipaddress.ip_network((found, 64), strict=False))
