"""Counting our own work."""

from __future__ import annotations

import threading

from periderm.app.meters import BUCKETS, MOST_SERIES, Meters
from periderm.model.metric import Family, MetricKind, one


def family(meters: Meters, name: str) -> Family:
    """One of them."""
    return next(found for found in meters.families() if found.name == name)


def test_many_threads_count_right() -> None:
    """None is lost, and each set of labels has its own sum."""
    meters = Meters()

    def work() -> None:
        for _ in range(500):
            meters.count("x_total", code="1")
            meters.count("x_total", 2, code="2")

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {sample.labels[0][1]: sample.value for sample in family(meters, "x_total").samples} == {"1": 2000, "2": 4000}


def test_a_time_is_in_its_bucket_and_all_above() -> None:
    """The limit itself belongs to the bucket; the last one holds all."""
    meters = Meters()
    for seconds in (0.005, 0.006, 100.0):
        meters.observe("t_seconds", seconds)
    samples = family(meters, "t_seconds").samples
    buckets = [sample.value for sample in samples if sample.suffix == "_bucket"]
    assert buckets == [1.0] + [2.0] * (len(BUCKETS) - 1) + [3.0]
    assert {s.suffix: s.value for s in samples if s.suffix != "_bucket"} == {"_sum": 100.011, "_count": 3.0}


def test_labels_cannot_fill_the_memory() -> None:
    """Series beyond the bound are not begun; those that are there go on."""
    meters = Meters()
    for number in range(MOST_SERIES + 50):
        meters.count("x_total", path=str(number))
        meters.observe("t_seconds", 1, path=str(number))
    meters.count("x_total", path="0")
    assert len(family(meters, "x_total").samples) == MOST_SERIES
    assert family(meters, "x_total").samples[0].value == 2


def test_others_are_asked() -> None:
    """When figures are read."""
    meters = Meters()
    meters.probe(lambda: [one("y", MetricKind.GAUGE, "", 1)])
    assert family(meters, "y").samples[0].value == 1
