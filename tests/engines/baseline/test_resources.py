"""What a program uses is learned by itself, in its rhythm; only what lasts and is far above all of it is told."""

from __future__ import annotations

import pytest

from periderm.engines.baseline.resources import MOST_PROGRAMS, Excess, Resources, part_of
from periderm.model.asset import Node
from periderm.model.baseline import Baseline, merge
from periderm.model.behaviour import Aspect
from periderm.model.resource_sample import ResourceSample

HOST = Node(id="node-1", name="n", hostname="n", machine_id="m", kernel="6", os_name="x", architecture="amd64")
START = 1_760_000_000 * 10**9
TEN = 10 * 10**9


def sample(cpu: float, number: int, program: str = "/usr/sbin/nginx", **more: int) -> ResourceSample:
    """The figures of one moment, ten seconds after the one before."""
    return ResourceSample(subject=HOST, program=program, time=START + number * TEN, cpu=cpu, **more)


def watched(cpus: list[float], resources: Resources | None = None, start: int = 0) -> list[list[Excess]]:
    """What each figure in turn says."""
    resources = resources or Resources("node-1")
    return [resources.feed(sample(cpu, start + number)) for number, cpu in enumerate(cpus)]


def test_a_miner() -> None:
    """A program that used little and then all of a core for a minute is told once that minute is over."""
    told = watched([3.0, 5.0, 4.0] * 40 + [99.0] * 8)
    assert not any(told[:125])
    (excess,) = told[125]
    assert excess.event_type == "01-01"
    assert excess.behaviour.aspect is Aspect.CPU
    assert excess.score >= 50
    assert "99 %" in excess.why.en


@pytest.mark.parametrize(
    "cpus",
    [
        [99.0] * 100,
        [5.0] * 10 + [99.0] * 50,
        [5.0] * 100 + [99.0] * 3 + [5.0] * 10,
        [5.0] * 100 + [30.0] * 20,
        [5.0, 90.0] * 60 + [110.0] * 20,
    ],
    ids=["always busy", "hardly known", "a short burst", "six times little", "always varied"],
)
def test_no_news(cpus: list[float]) -> None:
    """What was always so, what is not known yet, what passes, and what is little: nothing is told."""
    assert not any(watched(cpus))


def test_excess_is_not_learned() -> None:
    """An hour of mining does not become normal; accepted, it is, up to the figure."""
    resources = Resources("node-1")
    watched([5.0] * 100, resources)
    told = watched([99.0] * 360, resources, 100)
    (excess,) = told[-1]
    allowed = [(Aspect.CPU, excess.behaviour.value)]
    assert resources.feed(sample(99.0, 500), allowed=allowed) == []
    assert resources.feed(sample(99.0, 501), allowed=[(Aspect.CPU, "*")]) == []


def test_other_figures() -> None:
    """Memory, open files and children are told as 01-06."""
    resources = Resources("node-1")
    for number in range(100):
        assert resources.feed(sample(1.0, number, memory=200 << 20, files=20, children=1)) == []
    for number in range(10):
        told = resources.feed(sample(1.0, 100 + number, memory=2 << 30, files=9000, children=900))
    assert {(each.event_type, each.behaviour.aspect) for each in told} == {
        ("01-06", Aspect.MEMORY),
        ("01-06", Aspect.FILES),
        ("01-06", Aspect.CHILDREN),
    }


def test_daily_rhythm() -> None:
    """A job that is heavy every night is normal at night, and not at noon once noon is known."""
    resources = Resources("node-1")
    night = part_of(START)
    for number in range(2 * 8640):
        busy = part_of(sample(0.0, number).time) == night
        assert resources.feed(sample(95.0 if busy else 4.0, number)) == []
    later = range(2 * 8640, 3 * 8640)
    at_night = next(n for n in later if part_of(sample(0, n).time) == night)
    at_noon = next(n for n in later if part_of(sample(0, n).time) == (night + 3) % 6)
    assert not any(watched([95.0] * 20, resources, at_night))
    assert any(watched([95.0] * 20, resources, at_noon))


def test_not_settled() -> None:
    """While a workload is still learning a higher figure is learned and not told."""
    resources = Resources("node-1")
    watched([5.0] * 100, resources)
    for number in range(50):
        assert resources.feed(sample(99.0, 100 + number), settled=False) == []
    assert not any(watched([99.0] * 20, resources, 200))


def test_into_a_baseline_and_back() -> None:
    """What one node learned another knows; what is joined twice is as joined once."""
    one, other = Resources("node-1"), Resources("node-2")
    watched([5.0] * 100, one)
    other.load(one.uses())
    assert any(watched([99.0] * 10, other, 200))
    other.load(one.uses())
    learned = Baseline(workload_id="w", resources=other.uses())
    assert merge(learned, learned) == learned
    again = Resources("node-2")
    again.load(learned.resources)
    assert again.uses() == other.uses()


def test_what_changed() -> None:
    """A change sent alone holds only what changed."""
    resources = Resources("node-1")
    resources.feed(sample(5.0, 1))
    resources.feed(sample(5.0, 2, program="/b"))
    assert len(resources.uses(changed=True)) == 2
    resources.feed(sample(5.0, 3, program="/b"))
    assert [use.program for use in resources.uses(changed=True)] == ["/b"]
    assert resources.uses(changed=True) == ()


def test_bounded() -> None:
    """A workload that starts programs of ever other names does not fill the memory; figures that could not be read are none."""
    resources = Resources("node-1")
    for number in range(MOST_PROGRAMS + 50):
        resources.feed(sample(1.0, number, program=f"/p{number}"))
    resources.feed(ResourceSample(subject=HOST, program="/p0", time=START))
    assert len({use.program for use in resources.uses()}) == MOST_PROGRAMS
