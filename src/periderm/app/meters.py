"""Counts the work of one process as it is done. Knows no format, and reads no store."""

from __future__ import annotations

import threading
from bisect import bisect_left
from collections.abc import Callable, Iterable

from periderm.model.metric import Family, Labels, MetricKind, Sample

# Seconds; the last bucket is everything.
BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
MOST_SERIES = 2000  # of one family: labels that a caller could choose must not fill the memory
_KNOWN: dict[str, tuple[MetricKind, str]] = {
    "periderm_http_requests_total": (MetricKind.COUNTER, "Requests that were answered, by method, route and status code."),
    "periderm_http_request_duration_seconds": (MetricKind.HISTOGRAM, "How long answers took, by method and route."),
    "periderm_digest_messages_total": (MetricKind.COUNTER, "Messages of agents and workers that were stored and correlated."),
    "periderm_digest_duration_seconds": (MetricKind.HISTOGRAM, "How long a batch of messages took to store and correlate."),
    "periderm_order_duration_seconds": (
        MetricKind.HISTOGRAM,
        "From the arrival of an order that a person gave until what became of it is on disk.",
    ),
    "periderm_config_reloads_total": (MetricKind.COUNTER, "How often the settings' file was read again, by outcome."),
}


class Meters:
    """Any thread may count. `probes` are asked when figures are read."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._sums: dict[str, dict[Labels, float]] = {}
        self._times: dict[str, dict[Labels, list[float]]] = {}  # buckets, then the sum
        self._probes: list[Callable[[], Iterable[Family]]] = []

    def count(self, name: str, amount: float = 1.0, **labels: str) -> None:
        """Adds to a counter."""
        key = tuple(labels.items())
        with self._lock:
            series = self._sums.setdefault(name, {})
            if key in series or len(series) < MOST_SERIES:
                series[key] = series.get(key, 0.0) + amount

    def observe(self, name: str, seconds: float, **labels: str) -> None:
        """Adds a time to a histogram."""
        key = tuple(labels.items())
        with self._lock:
            series = self._times.setdefault(name, {})
            if key not in series and len(series) >= MOST_SERIES // 10:
                return
            slots = series.setdefault(key, [0.0] * (len(BUCKETS) + 2))
            slots[bisect_left(BUCKETS, seconds)] += 1
            slots[-1] += seconds

    def probe(self, ask: Callable[[], Iterable[Family]]) -> None:
        """Figures that somebody else knows are asked of them."""
        self._probes.append(ask)

    def families(self) -> list[Family]:
        """Everything, as it is now."""
        with self._lock:
            found = [
                self._family(name, tuple(Sample(value, labels) for labels, value in series.items()))
                for name, series in self._sums.items()
            ]
            for name, times in self._times.items():
                found.append(self._family(name, tuple(s for labels, slots in times.items() for s in _histogram(labels, slots))))
        return found + [family for ask in self._probes for family in ask()]

    def _family(self, name: str, samples: tuple[Sample, ...]) -> Family:
        kind, meaning = _KNOWN.get(name, (MetricKind.COUNTER, name))
        return Family(name=name, kind=kind, meaning=meaning, samples=samples)


def _histogram(labels: Labels, slots: list[float]) -> Iterable[Sample]:
    total = 0.0
    for limit, found in zip((*(str(b) for b in BUCKETS), "+Inf"), slots, strict=False):
        total += found
        yield Sample(total, (*labels, ("le", limit)), "_bucket")
    yield Sample(slots[-1], labels, "_sum")
    yield Sample(total, labels, "_count")
