"""Baselines as YAML."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from periderm.formats.baseline_files.reading import read
from periderm.formats.baseline_files.writing import write
from periderm.formats.plain_yaml import load
from periderm.model.baseline import Baseline, Decision, Entry, Evidence, ResourceUse, Source, Verdict
from periderm.model.behaviour import Aspect, Behaviour

_texts = st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=12)
_seconds = st.integers(0, 4_000_000_000)
_counts = st.dictionaries(_texts, st.integers(0, 10**9), max_size=2)
_behaviours = st.builds(Behaviour, st.sampled_from(Aspect), _texts, _texts)
_evidence = st.builds(
    Evidence,
    counts=_counts,
    replicas=st.integers(0, 2**64 - 1),
    first=_seconds,
    last=_seconds,
    hours=st.integers(0, 2**24 - 1),
    days=st.integers(0, 2**32 - 1),
    bursts=st.integers(0, 9),
    shortest=_seconds,
    longest=_seconds,
    sources=st.sets(st.sampled_from(Source), max_size=3).map(lambda found: tuple(sorted(found))),
    certainty=st.integers(0, 100),
    because=_texts,
    examples=st.sets(_texts.filter(bool), max_size=3).map(lambda found: tuple(sorted(found))),
)
_decisions = st.builds(
    Decision,
    id=_texts.filter(bool),
    verdict=st.sampled_from(Verdict),
    time=st.integers(0, 2**62),
    author=_texts,
    reason=_texts,
    behaviours=st.lists(_behaviours, max_size=2).map(tuple),
    undoes=_texts,
)
_use = st.builds(
    ResourceUse,
    aspect=st.sampled_from(Aspect),
    program=_texts,
    part=st.integers(0, 5),
    buckets=st.dictionaries(_texts, st.just(((1, 2), (3, 4))), max_size=2),
)


@st.composite
def baselines(draw: st.DrawFn) -> Baseline:
    """Any."""
    entries = draw(st.dictionaries(_behaviours, _evidence, max_size=8))
    decisions = {each.id: each for each in draw(st.lists(_decisions, max_size=2))}
    uses = {(use.program, use.aspect, use.part): use for use in draw(st.lists(_use, max_size=2))}
    return Baseline(
        workload_id=draw(_texts.filter(bool)),
        name=draw(_texts),
        entries=tuple(Entry(behaviour, entries[behaviour]) for behaviour in sorted(entries)),
        resources=tuple(uses[key] for key in sorted(uses)),
        decisions=tuple(sorted(decisions.values(), key=lambda each: (each.time, each.id))),
        images=draw(st.dictionaries(_texts, st.integers(1, 4_000_000_000), max_size=2)),
        observed=draw(_counts),
        since=draw(_seconds),
        settled=draw(_seconds),
        newest=draw(_seconds),
        pace=draw(_seconds),
        changed=draw(_seconds),
    )


@given(baselines())
def test_what_is_written_is_read_again(baseline: Baseline) -> None:
    """Every baseline comes back as it was, whatever its names are made of."""
    assert read(load(write(baseline, "two\nlines"))) == baseline


def test_it_is_readable() -> None:
    """By dimension and program, one line an entry, with its reason."""
    evidence = Evidence(sources=(Source.CONFIGURATION,), certainty=90, because="/etc/nginx/nginx.conf:3 listen 80")
    entry = Entry(Behaviour(Aspect.LISTEN, "/usr/sbin/nginx", "tcp/80"), evidence)
    text = write(Baseline(workload_id="wkl-1", name="web", entries=(entry,)), "What is normal.").decode()
    assert text.startswith("# What is normal.\nkind: periderm-baseline\n")
    wanted = (
        "  network:\n    - actor: /usr/sbin/nginx\n      listen:\n        - {value: tcp/80, sources: [configuration], "
        'certainty: 90, because: "/etc/nginx/nginx.conf:3 listen 80"}\n'
    )
    assert wanted in text
