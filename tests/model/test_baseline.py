"""Baselines that were learned apart become one, in whatever order they meet."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from periderm.model.baseline import (
    Baseline,
    Decision,
    Entry,
    Evidence,
    Phase,
    ResourceUse,
    Source,
    Verdict,
    digest,
    join,
    merge,
)
from periderm.model.behaviour import Aspect, Behaviour, Dimension

TIMES = st.integers(0, 2_000_000_000)
NODES = st.sampled_from([f"nod-{number:02}" for number in range(70)])
EVIDENCE = st.builds(
    Evidence,
    counts=st.dictionaries(NODES, st.integers(1, 9), max_size=40),
    replicas=st.integers(0, 2**64 - 1),
    first=TIMES,
    last=TIMES,
    hours=st.integers(0, 2**24 - 1),
    days=st.integers(0, 2**32 - 1),
    bursts=st.integers(0, 9),
    shortest=st.integers(0, 9),
    longest=st.integers(0, 9),
    sources=st.sets(st.sampled_from(list(Source))).map(lambda found: tuple(sorted(found))),
    certainty=st.integers(0, 100),
    because=st.sampled_from(["", "a", "b"]),
    examples=st.sets(st.sampled_from("abcdef"), max_size=3).map(lambda found: tuple(sorted(found))),
)
BEHAVIOURS = st.builds(Behaviour, st.sampled_from(list(Aspect)), st.sampled_from(["/a", "/b"]), st.sampled_from(["", "x"]))
USES = st.builds(
    ResourceUse,
    aspect=st.sampled_from([Aspect.CPU, Aspect.MEMORY]),
    program=st.sampled_from(["/a", "/b"]),
    part=st.integers(0, 5),
    buckets=st.dictionaries(
        NODES,
        st.dictionaries(st.integers(-5, 5), st.integers(1, 9), min_size=1).map(lambda found: tuple(sorted(found.items()))),
        max_size=3,
    ),
)
DECISIONS = st.integers(0, 9).map(
    lambda number: Decision(id=f"dec-{number}", verdict=Verdict.ACCEPT, time=number // 2, author="a", reason="r")
)
BASELINES = st.builds(
    Baseline,
    workload_id=st.just("wkl-1"),
    name=st.sampled_from(["", "web"]),
    entries=st.dictionaries(BEHAVIOURS, EVIDENCE, max_size=6).map(
        lambda found: tuple(Entry(behaviour, found[behaviour]) for behaviour in sorted(found))
    ),
    resources=st.lists(USES, max_size=3, unique_by=lambda use: (use.program, use.aspect, use.part)).map(
        lambda found: tuple(sorted(found, key=lambda use: (use.program, use.aspect, use.part)))
    ),
    decisions=st.lists(DECISIONS, max_size=4, unique_by=lambda each: each.id).map(
        lambda found: tuple(sorted(found, key=lambda each: (each.time, each.id)))
    ),
    images=st.dictionaries(st.sampled_from(["sha256:a", "sha256:b"]), TIMES),
    observed=st.dictionaries(NODES, st.integers(0, 9), max_size=3),
    since=TIMES,
    settled=TIMES,
    newest=TIMES,
    pace=TIMES,
    changed=TIMES,
)


@given(BASELINES, BASELINES, BASELINES)
def test_the_order_of_merging_does_not_matter(one: Baseline, two: Baseline, three: Baseline) -> None:
    """Associative, commutative, and the same again changes nothing."""
    assert merge(merge(one, two), three) == merge(one, merge(two, three))
    assert merge(one, two) == merge(two, one)
    assert merge(one, one) == one
    assert merge(merge(one, two), two) == merge(one, two)


@given(EVIDENCE, EVIDENCE, EVIDENCE)
def test_evidence_is_never_lost(one: Evidence, two: Evidence, three: Evidence) -> None:
    """Joining is associative too, beyond the number of nodes that are counted apart, and keeps the greatest of each."""
    assert join(join(one, two), three) == join(one, join(two, three))
    both = join(one, two)
    assert both.last == max(one.last, two.last)
    assert set(both.sources) == {*one.sources, *two.sources}
    assert both.replicas == one.replicas | two.replicas


@given(BASELINES)
def test_a_digest_is_of_the_value(one: Baseline) -> None:
    """Equal baselines have equal digests on every machine; one that learned has another."""
    assert digest(one) == digest(msgspec.msgpack.decode(msgspec.msgpack.encode(one), type=Baseline))
    assert digest(one) != digest(msgspec.structs.replace(one, changed=one.changed + 1))


def test_baselines_of_two_workloads_stay_apart() -> None:
    """Nothing of one workload becomes normal for another."""
    with pytest.raises(ValueError, match="wkl-2"):
        merge(Baseline(workload_id="wkl-1"), Baseline(workload_id="wkl-2"))


def test_the_phases() -> None:
    """Born, learning once it runs, alerting once it has settled, learning again when a person says so, until undone."""
    born = Baseline(workload_id="wkl-1")
    assert born.phase is Phase.BORN
    running = msgspec.structs.replace(born, observed={"nod-1": 5})
    assert running.phase is Phase.LEARNING
    settled = msgspec.structs.replace(running, settled=100)
    assert settled.phase is Phase.ALERTING
    again = Decision(id="dec-1", verdict=Verdict.RELEARN, time=200 * 10**9, author="a", reason="a new version")
    learning = msgspec.structs.replace(settled, decisions=(again,))
    assert learning.phase is Phase.LEARNING
    undo = Decision(id="dec-2", verdict=Verdict.UNDO, time=300 * 10**9, author="a", reason="a mistake", undoes="dec-1")
    assert merge(learning, Baseline(workload_id="wkl-1", decisions=(undo,))).phase is Phase.ALERTING


def test_the_decisions_that_hold() -> None:
    """Neither what was taken back nor what took it back; the last of a kind by its time."""
    accept, reject = (
        Decision(id=f"dec-{verdict}", verdict=verdict, time=time, author="a", reason="r")
        for verdict, time in ((Verdict.ACCEPT, 5), (Verdict.REJECT, 7))
    )
    undo = Decision(id="dec-undo", verdict=Verdict.UNDO, time=9, author="a", reason="r", undoes=reject.id)
    both = Baseline(workload_id="wkl-1", decisions=(accept, reject))
    assert both.in_force == (accept, reject)
    assert (both.last_of(Verdict.REJECT), both.last_of(Verdict.RELEARN)) == (7, 0)
    after = msgspec.structs.replace(both, decisions=(accept, reject, undo))
    assert after.in_force == (accept,)
    assert after.last_of(Verdict.REJECT) == 0


def test_every_aspect_has_its_dimension() -> None:
    """A behaviour knows what part of a baseline it belongs to; nothing observes APIs yet."""
    assert {Behaviour(aspect, "/a").dimension for aspect in Aspect} == set(Dimension) - {Dimension.API}
    assert Evidence(counts={"a": 2, "b": 3}, sources=(Source.OBSERVED,)).count == 5
    assert Evidence(sources=(Source.OBSERVED,)).observed
