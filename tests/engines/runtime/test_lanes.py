"""Lanes: each row goes to the lane of what it meets, and a row that an interest wants is never in another lane than the
interest's."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from periderm.engines.runtime.judging import Interest, Where
from periderm.engines.runtime.lanes import MOST_NEEDS, Lanes, needs_of
from periderm.engines.runtime.needs import NOT_ROOT, SUCCEEDED, Need
from periderm.engines.runtime.scene import HOST, SHOP, batch_of, row
from periderm.model.event import Event, EventFlag, EventKind

OPEN, CONNECT = EventKind.OPEN, EventKind.CONNECT
NEEDS = (
    Need("arg0", 0o100),
    Need("arg0", 2),
    Need("arg1", 0o111),
    Need("flags", int(EventFlag.FAILED)),
    Need("port", ports=(53, 443)),
    SUCCEEDED,
    NOT_ROOT,
)
INTERESTS = st.builds(
    Interest,
    kinds=st.lists(st.sampled_from([OPEN, CONNECT, EventKind.FORK]), min_size=1, max_size=3, unique=True).map(tuple),
    where=st.sampled_from(Where),
    writes=st.booleans(),
    needs=st.lists(st.sampled_from(NEEDS), max_size=3).map(tuple),
)
EVENTS = st.builds(
    lambda kind, on, arg0, arg1, flags, port: row(kind, 1, on=on, arg0=arg0, arg1=arg1, flags=flags, port=port),
    st.sampled_from([OPEN, CONNECT, EventKind.FORK, EventKind.EXEC]),
    st.sampled_from([HOST, SHOP]),
    st.sampled_from([0, 1, 2, 3, 0o100, 0o101, 0o1000]),
    st.sampled_from([0, 0o644, 0o755]),
    st.sampled_from([EventFlag(0), EventFlag.FAILED, EventFlag.UPPER, EventFlag.TTY | EventFlag.FAILED]),
    st.sampled_from([0, 53, 80]),
)


@given(st.lists(INTERESTS, min_size=1, max_size=4), st.lists(EVENTS, min_size=1, max_size=8))
def test_what_meets_all_needs_is_in_the_interests_lanes(interests: list[Interest], events: list[Event]) -> None:
    """However many interests there are: a row is in a lane of an interest if kind, place and all needs are right; and only then
    as long as no kind has more needs than are looked at."""
    batch, lanes = batch_of(tuple(events)), Lanes(interests)
    found = lanes.of(batch)
    for interest in interests:
        entered = set(lanes.entered(interest))
        for index in range(len(batch)):
            event = batch.event(index)
            here = Where.NODE if event.subject == HOST else Where.CONTAINER
            kind = event.kind in interest.kinds and bool(interest.where.value & here.value)
            needs = needs_of(interest, event.kind)
            right = kind and all(bool(need.met(batch.rows[index : index + 1])[0]) for need in needs)
            everything = {need for other in interests for need in needs_of(other, event.kind)}
            if right:
                assert int(found[index]) in entered
            elif len(everything) <= MOST_NEEDS:
                assert int(found[index]) not in entered


def test_writing_says_nothing_of_other_kinds() -> None:
    """An OPEN that reads is kept away, one that only empties the file is not, and a RENAME has no such thing."""
    interest = Interest(kinds=(OPEN, EventKind.RENAME), writes=True)
    lanes = Lanes((interest,))
    entered = set(lanes.entered(interest))
    events = (row(OPEN, 1), row(OPEN, 1, arg0=0o1000), row(OPEN, 1, arg0=1), row(OPEN, 1, arg0=2), row(EventKind.RENAME, 1))
    assert [n in entered for n in lanes.of(batch_of(events)).tolist()] == [False, True, True, True, True]


def test_kinds_nobody_asks_for() -> None:
    """They share the first lane, also kinds that a later sensor may send."""
    lanes = Lanes((Interest(kinds=(OPEN,)),))
    batch = batch_of((row(EventKind.EXEC, 1), row(OPEN, 1)))
    batch.rows["kind"][0] = 255
    assert lanes.of(batch).tolist()[0] == 0
    assert np.count_nonzero(lanes.of(batch)) == 1


def test_all_lanes_of_a_kind() -> None:
    """What only the process table can tell is asked of all of them."""
    interests = (Interest(kinds=(OPEN,), writes=True), Interest(kinds=(OPEN,), needs=(NEEDS[2],)), Interest(kinds=(CONNECT,)))
    lanes = Lanes(interests)
    every = set(lanes.of_kind(OPEN, contained=True)) | set(lanes.of_kind(OPEN, contained=False))
    assert set(lanes.entered(interests[0])) | set(lanes.entered(interests[1])) <= every
    assert len(every) == 8
