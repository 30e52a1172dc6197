"""Two histories are read as one: each row once, in one order, in pages of any size."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from periderm.adapters.history_parquet.together import OTHERS, TogetherHistory
from periderm.model.errors import HistoryError, UsageError
from periderm.model.event_query import EventQuery, Found
from tests.past import history, some


@pytest.fixture
def both(tmp_path: Path) -> TogetherHistory:
    """This machine's seven rows and nine of others, among them times that both have."""
    own, others = history(tmp_path / "own"), history(tmp_path / "others")
    own.append(some(7, at=0.0))
    others.append(some(9, at=0.03))
    own.flush()
    others.flush()
    return TogetherHistory(own, others)


@pytest.mark.parametrize("newest", [True, False])
def test_every_row_comes_once_in_order(both: TogetherHistory, newest: bool) -> None:
    """As a whole, and page by page, whatever row a page ends with."""
    whole = list(both.rows(EventQuery(newest=newest, limit=0)))
    assert len(whole) == 16
    assert sum(found.number >= OTHERS for found in whole) == 9
    keys = [(found.event.time, found.number) for found in whole]
    assert keys == sorted(keys, reverse=newest)
    for size in range(1, 17):
        query, paged = EventQuery(newest=newest, limit=size), list[Found]()
        while page := list(both.rows(query)):
            assert len(page) <= size
            paged += page
            query = msgspec.structs.replace(query, before=page[-1].place)
        assert [found.place for found in paged] == [found.place for found in whole]


def test_who_follows_or_judges_again_gets_the_own_rows(both: TogetherHistory) -> None:
    """Keys of processes are unique on one machine only."""
    assert sum(map(len, both.batches(EventQuery()))) == 7
    assert all(found.number < OTHERS for found in both.rows(EventQuery(after=1)))
    assert both.last() < OTHERS


def test_what_is_kept_is_the_sum(both: TogetherHistory) -> None:
    """Rows of both, and the ends of both."""
    info = both.info()
    assert (info.rows, info.waiting_rows, info.files) == (16, 16, 2)
    times = sorted(event.time for event in both.query(EventQuery(limit=0)))
    assert (info.oldest, info.newest) == (times[0], times[-1])


def test_nothing_is_written_here(both: TogetherHistory) -> None:
    """Each of the two has its own writer."""
    for write in (lambda: both.append(some(1)), both.flush, lambda: both.maintain(0)):
        with pytest.raises(HistoryError):
            write()
    assert both.dropped() == 0
    with pytest.raises(UsageError):
        list(both.rows(EventQuery(before="nowhere")))
    both.close()
