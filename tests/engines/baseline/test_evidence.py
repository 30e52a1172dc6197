"""Counters of one node, and jobs that come back."""

from __future__ import annotations

from periderm.engines.baseline.evidence import SECOND_NS, Touch, regular, replica_bit
from periderm.model.baseline import Source


def test_a_touch_counts_when_where_and_how_far_apart() -> None:
    """First and last, hours, days, replicas, and pauses between bursts."""
    touch = Touch()
    for moment in (3600, 3601, 7200, 10_801):
        touch.see(2, moment * SECOND_NS, replica_bit("a"))
    evidence = touch.evidence("n1", base=5)
    assert evidence.counts == {"n1": 13}
    assert (evidence.first, evidence.last) == (3600, 10_801)
    assert (evidence.bursts, evidence.shortest, evidence.longest) == (3, 3599, 3601)
    assert evidence.hours == 0b1110
    assert evidence.sources == (Source.OBSERVED,)
    assert regular(evidence)


def test_what_comes_now_and_then_is_not_regular() -> None:
    """Pauses that are unlike."""
    touch = Touch()
    for moment in (1000, 2000, 9000):
        touch.see(1, moment * SECOND_NS, 1)
    assert not regular(touch.evidence("n"))


def test_a_replica_has_one_bit_of_64_everywhere() -> None:
    """The same for the same id."""
    bits = {replica_bit(f"ctr-{number}") for number in range(200)}
    assert all(bit.bit_count() == 1 and bit < 1 << 64 for bit in bits)
    assert len(bits) > 32
