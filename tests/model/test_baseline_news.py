"""What others must know of a change."""

from __future__ import annotations

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from periderm.model.baseline import Baseline, Decision, Entry, Evidence, ResourceUse, Source, Verdict, merge
from periderm.model.baseline_news import novelty, without_alerts
from periderm.model.behaviour import Aspect, Behaviour


def entry(value: str, count: int = 1, certainty: int = 0) -> Entry:
    """A read of nginx."""
    evidence = Evidence(counts={"n": count}, sources=(Source.OBSERVED,), certainty=certainty)
    return Entry(Behaviour(Aspect.READ, "/usr/sbin/nginx", value), evidence)


def baseline(*entries: Entry, settled: int = 0, use: int = 0) -> Baseline:
    """Of the workload 'w'."""
    uses = (ResourceUse(aspect=Aspect.CPU, program="/a", part=0, buckets={"n": ((3, use),)}),) if use else ()
    key = lambda each: each.behaviour  # noqa: E731 -- a name for the sort below
    return Baseline(
        workload_id="w", entries=tuple(sorted(entries, key=key)), observed={"n": 1}, settled=settled, resources=uses
    )


def test_counts_alone_are_no_news() -> None:
    """Traffic follows novelty and not how often something happens."""
    old = baseline(entry("/a"), use=100)
    assert novelty(old, merge(old, baseline(entry("/a", 1_000), use=101))) is None


def test_what_is_news() -> None:
    """A new entry goes alone; a surer one, a decision, the end of learning, a resource measured twice as often too."""
    old = baseline(entry("/a"), use=100)
    told = novelty(old, merge(old, baseline(entry("/b"))))
    assert told is not None
    assert [each.behaviour.value for each in told.entries] == ["/b"]
    assert told.resources == ()
    assert novelty(old, merge(old, baseline(entry("/a", certainty=90)))) is not None
    assert novelty(old, merge(old, baseline(settled=5))) is not None
    assert novelty(old, merge(old, baseline(use=500))) is not None
    decision = Decision(id="d", verdict=Verdict.RELEARN, time=1, author="a", reason="r", alerts=("alt-1",))
    told = novelty(old, msgspec.structs.replace(old, decisions=(decision,)))
    assert told is not None
    assert told.decisions == (decision,)
    assert without_alerts(decision).alerts == ()
    assert novelty(None, old) == old


@given(st.lists(st.tuples(st.sampled_from("abcd"), st.integers(1, 9), st.integers(0, 2)), max_size=6))
def test_the_news_are_enough(steps: list[tuple[str, int, int]]) -> None:
    """Whoever merges all news judges by the same behaviours, sources and phase as whoever merged everything."""
    whole = baseline()
    told = whole
    for value, count, settled in steps:
        new = merge(whole, baseline(entry(value, count), settled=settled))
        news = novelty(whole, new)
        told = told if news is None else merge(told, news)
        whole = new
    assert [e.behaviour for e in told.entries] == [e.behaviour for e in whole.entries]
    assert told.phase == whole.phase
