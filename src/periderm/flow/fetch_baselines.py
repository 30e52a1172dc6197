"""Keeps a node's baselines as new as the server's: asks for what came after the versions it has, and hands that on to be
merged. What the node itself learned goes the other way, through the outbox."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from periderm.model.baseline import Baseline
from periderm.model.errors import PeridermError
from periderm.ports.uplink import Uplink

PERIOD_NS = 5 * 10**9
AT_ONCE = 50  # of those that the node has nothing of, which come whole


class FetchBaselines:
    """One thread uses it, and another may call `moved`. `give` takes a baseline that is to be merged with what is there."""

    def __init__(self, uplink: Uplink, give: Callable[[Baseline], None], period: int = PERIOD_NS) -> None:
        self._uplink = uplink
        self._give = give
        self._period = period
        self._known: dict[str, str] = {}
        self._asked = 0
        self._moved = False

    def moved(self) -> None:
        """The server says that there is something new: the next step asks. Any thread may call it."""
        self._moved = True

    def step(self, workloads: Iterable[str], now: int) -> None:
        """Now and then, and at once for a workload that has just come or when something moved. `now` is monotonic, in
        nanoseconds. What left the node is forgotten: when it comes again, the whole is asked for. Raises ConnectError,
        DeniedError."""
        wanted = set(workloads)
        fresh = sorted(wanted - self._known.keys())
        if not fresh and (not wanted or (now - self._asked < self._period and not self._moved)):
            return
        moved, self._moved = self._moved, False
        self._known = {name: version for name, version in self._known.items() if name in wanted}
        versions = self._known | dict.fromkeys(fresh[:AT_ONCE], "")
        try:
            for news in self._uplink.baselines(versions):
                self._give(news.baseline)
                versions[news.baseline.workload_id] = news.version
        except PeridermError:
            self._moved |= moved
            raise
        self._known = versions
        self._asked = now
