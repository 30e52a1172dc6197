"""What every history promises (see `periderm/ports/history.py`)."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from periderm.model.errors import UsageError
from periderm.model.event import EventBatch, EventKind
from periderm.model.event_query import EventQuery
from periderm.ports.history import History
from tests.flow.conftest import CONTAINER, NODE, T0
from tests.flow.rows import batch
from tests.past import OTHER, batches, events, expected, history, queries, some

PLUGS: tuple[Callable[[Path], History], ...] = (history,)
LATER = T0 + 10**15
EVERYTHING = EventQuery(limit=0, newest=False)


@pytest.fixture(params=PLUGS)
def past(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[History]:
    """An empty history."""
    opened = request.param(tmp_path)
    yield opened
    opened.close()


@pytest.mark.parametrize("plug", PLUGS)
@settings(max_examples=20, deadline=None)
@given(drawn=batches(), asked=st.lists(queries(), min_size=3, max_size=6), kept=st.integers(0, 4), settled=st.booleans())
def test_every_question_is_answered_as_if_all_rows_were_looked_at(
    plug: Callable[[Path], History], drawn: list[EventBatch], asked: list[EventQuery], kept: int, settled: bool
) -> None:
    """Whatever rows hold and whatever is asked, whether rows wait in the log, are partitioned or compacted; as rows and as
    whole batches."""
    with tempfile.TemporaryDirectory() as folder:
        opened = plug(Path(folder))
        for number, each in enumerate(drawn):
            opened.append(each)
            if number == kept:
                opened.close()
                opened.maintain(LATER if settled else T0)
                opened = plug(Path(folder))
            opened.flush()
        for query in asked:
            assert list(opened.query(query)) == expected(query, drawn)
            whole = msgspec.structs.replace(query, limit=0, newest=False)
            answered = [e for part in opened.batches(query) for e in (part.event(i) for i in range(len(part)))]
            assert answered == expected(whole, drawn)
        opened.close()


def test_pages_follow_on_each_other(past: History) -> None:
    """In both directions, over log and partitions, with several rows in one moment."""
    past.append(batch(*({"at": i // 3, "pid": i} for i in range(20))))
    past.close()
    past.maintain(T0)
    past.append(batch(*({"at": 5 + i // 3, "pid": 20 + i} for i in range(20))))
    past.flush()
    for newest in (True, False):
        whole = [found.event.pid for found in past.rows(EventQuery(newest=newest))]
        assert len(whole) == 40
        paged: list[int] = []
        place = ""
        while page := list(past.rows(EventQuery(newest=newest, before=place, limit=7))):
            paged += [found.event.pid for found in page]
            place = page[-1].place
        assert paged == whole


def test_followers_get_each_row_once(past: History) -> None:
    """In the order of writing, whatever the rows' times are and whenever files are put in order."""
    seen: list[int] = []
    after = past.last()
    for number in range(6):
        past.append(batch({"at": -number * 5000, "pid": number}))
        past.flush()
        if number == 3:
            past.close()
            past.maintain(LATER)
        fresh = list(past.rows(EventQuery(after=after, newest=False)))
        seen += [found.event.pid for found in fresh]
        after = max([after, *(found.number for found in fresh)])
    assert seen == list(range(6))


def test_numbers_grow_and_stay(past: History) -> None:
    """A row has the same number in the log, in a partition and after compaction."""
    for number in range(10):
        past.append(some(2, at=number))
        past.flush()
    before = [found.number for found in past.rows(EVERYTHING)]
    assert before == sorted(set(before))
    past.close()
    for at in (T0, LATER, LATER):
        past.maintain(at)
        assert [found.number for found in past.rows(EVERYTHING)] == before


def test_subjects_are_as_they_were(past: History) -> None:
    """All their facts; facts that changed since do not change the past."""
    renamed = msgspec.structs.replace(CONTAINER, name="renamed", labels={"a": "b"})
    for subject in (CONTAINER, renamed):
        past.append(batch({"subject": 1}, {"subject": 0}, subjects=(NODE, subject)))
    past.flush()
    for _ in range(2):
        assert [event.subject for event in past.query(EVERYTHING)] == [CONTAINER, NODE, renamed, NODE]
        past.close()
        past.maintain(LATER)
    assert [e.subject.id for e in past.query(EventQuery(container="ren*"))] == [CONTAINER.id]
    assert len(list(past.query(EventQuery(subjects=(CONTAINER.id,))))) == 2


def test_batches_can_be_given_to_an_engine(past: History) -> None:
    """The node is subject 0, string 0 is empty, and equal strings have one number within a generation."""
    for number in range(3):
        past.append(batch({"at": number, "text": "a", "exe": "b", "subject": 1}, subjects=(NODE, OTHER)))
        past.close()
        past.maintain(T0)
    found = list(past.batches(EventQuery()))
    assert events(found) == list(past.query(EVERYTHING))
    for each in found:
        assert each.subjects[0] == NODE
        assert each.strings[0] == ""
        assert {each.generation for each in found} == {found[0].generation}
    assert {int(each.rows["text"][i]) for each in found for i in range(len(each))} == {found[0].rows["text"][0]}


def test_what_is_kept_is_told(past: History) -> None:
    """Rows, ends and groups, before and after partitioning."""
    past.append(some(3))
    past.append(some(2, at=9, kind=EventKind.EXEC))
    past.flush()
    info = past.info()
    assert (info.rows, info.waiting_rows, info.oldest, info.newest) == (5, 5, T0, T0 + 9_010_000_000)
    past.close()
    past.maintain(T0)
    info = past.info()
    assert (info.rows, info.waiting_rows, info.by_kind) == (5, 0, {"process": 2, "file": 3})
    assert (info.oldest, info.newest, info.dropped_rows, info.maintained) == (T0, T0 + 9_010_000_000, 0, T0)
    assert 0 < info.size < info.quota


def test_a_malformed_question_is_refused(past: History) -> None:
    """With words."""
    past.append(some(1))
    past.flush()
    with pytest.raises(UsageError):
        list(past.rows(EventQuery(before="x")))


def test_strange_questions_are_answered(past: History) -> None:
    """Numbers at their ends, globs that are none, text that looks like a statement."""
    past.append(some(2, process=2**64 - 1))
    past.close()
    past.maintain(T0)
    for query in (
        EventQuery(since=-(2**63), until=2**63 - 1),
        EventQuery(process=2**64 - 1),
        EventQuery(limit=10**12),
    ):
        assert len(list(past.query(query))) == 2
    for query in (
        EventQuery(container="[!"),
        EventQuery(text="'); DROP TABLE rows; --"),
        EventQuery(text="$text"),
        EventQuery(since=2**63 - 2),
        EventQuery(subjects=("'",)),
        EventQuery(after=2**62),
    ):
        assert list(past.query(query)) == []
