"""Figures of what programs use."""

from __future__ import annotations

from periderm.engines.baseline.following import Following
from periderm.engines.baseline.sampling import actor_of
from periderm.model.resource_sample import ResourceSample
from tests.behaving import HOST, NGINX, SECOND, SHOP, START, batch, learned, start


def sample(seconds: int, cpu: float, process: int = 2) -> ResourceSample:
    """The shop's nginx."""
    return ResourceSample(
        subject=SHOP, program=NGINX, time=START + seconds * SECOND, pid=1000 + process, process=process, cpu=cpu
    )


def test_a_process_that_was_not_seen_stands_for_itself() -> None:
    """One that was is what it is."""
    following = Following(lambda _: ())
    following.follow(batch(*start()))
    assert actor_of(sample(1, 1.0), following).above == "runtime"
    stranger = actor_of(sample(1, 1.0, process=77), following)
    assert (stranger.workload, stranger.program) == (SHOP.workload_id, NGINX)
    host = ResourceSample(subject=HOST, program="/usr/bin/x", time=START)
    assert actor_of(host, following).workload == ""


def test_far_more_than_ever_for_long_is_told_once() -> None:
    """Not a peak, and not what it always uses."""
    engine = learned()
    assert engine.sample([sample(2_000 + 10 * n, 3.0 + n % 3) for n in range(60)]) == []
    assert engine.sample([sample(2_700, 99.0), sample(2_710, 4.0)]) == []
    found = engine.sample([sample(2_800 + 10 * n, 99.0) for n in range(12)])
    assert {alert.detector for alert in found} == {"BASE-01-01"}
    assert len({alert.id for alert in found}) == 1
    baseline = engine.baseline(SHOP.workload_id)
    assert baseline is not None
    assert baseline.resources
