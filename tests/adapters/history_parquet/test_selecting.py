"""A question as conditions: nothing of it becomes part of a statement, and no name prunes a row that passes."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given

from periderm.adapters.history_parquet import names
from periderm.adapters.history_parquet.names import Part
from periderm.adapters.history_parquet.selecting import Selection, lowered, place_of
from periderm.model.errors import UsageError
from periderm.model.event import EventBatch, EventKind
from periderm.model.event_query import EventQuery
from tests.past import batches, events, passes, queries

HOSTILE = "'; DROP TABLE x; -- $text"


@given(batches(most=1), queries())
def test_a_partition_that_holds_a_wanted_row_is_opened(drawn: list[EventBatch], query: EventQuery) -> None:
    """Pruning by name never drops a row that passes."""
    selection = Selection(query)
    for event in events(drawn):
        if passes(query, event):
            group = names.GROUPS[names.group_of(event.kind)]
            assert selection.may_hold(Part("", "", group, event.time, event.time, 1, 1, 1))


@given(batches(most=1), queries())
def test_rows_of_the_log_pass_as_said(drawn: list[EventBatch], query: EventQuery) -> None:
    """The mask says what the words of the question say."""
    (batch,) = drawn
    mask = Selection(query).mask(batch, np.arange(len(batch), dtype=np.int64))
    assert mask.tolist() == [passes(query, batch.event(i)) for i in range(len(batch))]


def test_what_others_write_is_only_a_parameter() -> None:
    """Text and container never stand in the condition."""
    query = EventQuery(text=HOSTILE, container=HOSTILE, subjects=(HOSTILE,), kinds=(EventKind.OPEN,), process=5)
    condition, values = Selection(query).conditions([7], 1, 2)
    assert "DROP" not in condition
    assert values["text"] == HOSTILE.lower()
    assert set(values) == {"since", "until", "kinds", "keys", "process", "text"}


def test_letters_become_small_as_the_database_makes_them() -> None:
    """Each letter that there is, and a sigma wherever it stands: else a row would be found in a log and not in a partition."""
    import duckdb

    letters = "".join(chr(number) for number in range(1, 0x110000) if not 0xD800 <= number < 0xE000)
    words = [letters[start : start + 4096] for start in range(0, len(letters), 4096)] + ["ΑΣ", "ΑΣ ΒΣ", "İX", "STRASSE", "ẞ"]
    with duckdb.connect() as opened:
        small = opened.execute("SELECT lower(unnest($words::VARCHAR[]))", {"words": words}).fetchall()
    assert [each for (each,) in small] == [lowered(word) for word in words]


def test_partitions_that_cannot_hold_it_are_not_opened() -> None:
    """By group, by time, by the number that a follower has seen."""
    part = Part("", "", "file", 100, 200, 1, 5, 5)
    assert Selection(EventQuery(since=200, until=201)).may_hold(part)
    assert not Selection(EventQuery(since=201)).may_hold(part)
    assert not Selection(EventQuery(until=100)).may_hold(part)
    assert not Selection(EventQuery(kinds=(EventKind.EXEC,))).may_hold(part)
    assert not Selection(EventQuery(after=6 << names.ROW_BITS)).may_hold(part)


@pytest.mark.parametrize(
    "place", ["", ".", "1", "1.", ".1", "1.2.3", "x.1", "1.x", "1.-2", "9" * 19 + "9.1", "²1.1", "1." + "9" * 50]
)
def test_a_place_that_no_answer_gave_is_refused(place: str) -> None:
    """With words, not with a traceback."""
    with pytest.raises(UsageError, match="place"):
        place_of(place)


def test_places() -> None:
    """As answers give them."""
    assert place_of("-5.7") == (-5, 7)


def test_what_is_searched_for_has_a_size() -> None:
    """A thousand characters."""
    with pytest.raises(UsageError, match="too long"):
        Selection(EventQuery(text="x" * 1001))
    with pytest.raises(UsageError, match="too long"):
        Selection(EventQuery(container="x" * 1001))
