"""Of a log, what an answer needs and nothing else."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from periderm.adapters.history_parquet.log import TEXTS, LogRead
from periderm.adapters.history_parquet.logged import pick
from periderm.adapters.history_parquet.selecting import Selection
from periderm.model.event import EventBatch
from periderm.model.event_query import EventQuery
from tests.past import batches, passes, queries, some

NUMBER = 3 << 24


@given(batches(most=1), queries(), st.integers(0, 4))
def test_what_is_picked_is_what_passes(drawn: list[EventBatch], query: EventQuery, limit: int) -> None:
    """With its number; with a limit, those that come first in the answer."""
    (batch,) = drawn
    asked = EventQuery(**{**{name: getattr(query, name) for name in query.__struct_fields__}, "limit": limit})
    right = [(event.time, NUMBER + n, event) for n in range(len(batch)) if passes(asked, event := batch.event(n))]
    right.sort(key=lambda each: each[:2], reverse=asked.newest)
    found = pick(LogRead(batch, NUMBER, ""), Selection(asked))
    got = (
        []
        if found is None
        else [(e.time, int(found.numbers[n]), e) for n, e in enumerate(map(found.batch.event, range(len(found.batch))))]
    )
    got.sort(key=lambda each: each[:2], reverse=asked.newest)
    assert got == (right[:limit] if limit else right)


def test_texts_of_other_rows_are_let_go() -> None:
    """One row of a thousand keeps neither their rows nor their texts, and not the memory of them."""
    batch = some(1000)
    found = pick(LogRead(batch, NUMBER, ""), Selection(EventQuery(text="/etc/3", limit=1)))
    assert found is not None
    assert len(found.batch) == len(found.numbers) == 1
    of_row = {batch.strings[int(batch.rows[3][name])] for name in TEXTS}
    assert set(found.batch.strings) == of_row
    assert len(of_row) < len(batch.strings)
    assert found.batch.rows.base is None or found.batch.rows.base.nbytes < batch.rows.nbytes / 100
