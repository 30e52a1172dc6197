"""What a node keeps goes to its server too: packed, whole, bounded, and never waited for."""

from __future__ import annotations

import threading
from collections.abc import Sequence

import pytest

from periderm.flow import sharing as sharing_module
from periderm.flow.sharing import MOST_ROWS, MOST_WAITING, Sharing
from periderm.formats.recording import packed, unpacked
from periderm.model.envelope import Record, SeenEvents
from periderm.model.errors import LimitError
from periderm.model.event import EventBatch
from tests.flow.conftest import NODE
from tests.past import events, some


class Spool:
    """Takes records."""

    def __init__(self) -> None:
        self.records: list[Record] = []

    def put(self, records: Sequence[Record]) -> bool:
        self.records += records
        return True

    def batches(self) -> list[EventBatch]:
        return [unpacked(each.data, 1 << 24) for each in self.records if isinstance(each, SeenEvents)]


def test_rows_travel_whole() -> None:
    """Many batches become few records, and every row is as it was."""
    spool = Spool()
    sharing = Sharing(NODE.id, spool.put)
    given = [some(40, at=at) for at in range(5)]
    for batch in given:
        sharing.keep(batch)
    sharing.step()
    assert events(spool.batches()) == events(given)
    assert {each.node_id for each in spool.records if isinstance(each, SeenEvents)} == {NODE.id}
    sharing.step()
    assert (sharing.shared, sharing.unshared) == (200, 0)


def test_a_record_has_so_many_rows() -> None:
    """A long batch is cut: what a server takes at once is bounded."""
    spool = Spool()
    sharing = Sharing(NODE.id, spool.put)
    sharing.keep(some(MOST_ROWS + 1))
    sharing.step()
    assert [len(batch) for batch in spool.batches()] == [MOST_ROWS, 1]


def test_what_is_too_much_is_counted() -> None:
    """The watching thread waits for nothing."""
    spool = Spool()
    sharing = Sharing(NODE.id, spool.put)
    batch = some(1000)
    for _ in range(MOST_WAITING // 1000 + 3):
        sharing.keep(batch)
    assert sharing.unshared == 3000
    sharing.step()
    assert sharing.shared == MOST_WAITING
    sharing.keep(batch)
    assert sharing.unshared == 3000


def test_texts_that_are_too_huge_for_one_record_are_divided(monkeypatch: pytest.MonkeyPatch) -> None:
    """In halves, until it fits; a single row that does not is counted."""
    spool = Spool()

    def few(batch: EventBatch) -> bytes:
        if len(batch) > 3 or (len(batch) == 1 and batch.event(0).pid == 5):
            raise LimitError("too big")
        return packed(batch)

    monkeypatch.setattr(sharing_module, "packed", few)
    sharing = Sharing(NODE.id, spool.put)
    sharing.keep(some(8))
    sharing.step()
    assert sum(map(len, spool.batches())) == 8
    whole = some(8)
    sharing.keep(EventBatch(whole.rows[5:6], whole.strings, whole.subjects))
    sharing.step()
    assert (sharing.shared, sharing.unshared) == (8, 1)


def test_what_waits_at_the_end_is_packed() -> None:
    """The spool has it when the thread ends."""
    spool, stop = Spool(), threading.Event()
    sharing = Sharing(NODE.id, spool.put)
    sharing.keep(some(3))
    stop.set()
    sharing.run(stop)
    assert sharing.shared == 3
