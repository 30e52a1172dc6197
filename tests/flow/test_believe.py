"""What is taken of envelopes of one batch, and what is told of them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from periderm.adapters.store_sql.store import SqlStore
from periderm.correlate.coverage import gap_id
from periderm.flow.believe import Believe
from periderm.model.envelope import Envelope, Heartbeat
from periderm.model.gap import GapKind
from tests.fleets import HOUR, Machine, MovedClock

BEAT = Heartbeat(role="agent", node_id="node-other", pid=1, time=10 * HOUR, version="1")


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqlStore]:
    """Empty."""
    made = SqlStore(str(tmp_path / "db"), MovedClock())
    yield made
    made.close()


def test_a_process_of_the_servers_machine_is_believed(store: SqlStore) -> None:
    """It may speak of all."""
    believe = Believe(store, MovedClock())
    assert believe.records(Envelope(sender="agent:x", sequence=1, records=(BEAT,))) == (BEAT,)
    believe.tell()


def test_what_is_refused_and_a_clock_that_is_off_are_told(store: SqlStore, tmp_path: Path) -> None:
    """Once for a node; a clock that is right again is told no more."""
    machine = Machine(tmp_path, "a", "https://s:1")
    node = machine.node.id
    beat = msgspec.structs.replace(BEAT, node_id=node)
    sent = Envelope(sender=f"{node}/x", sequence=1, records=(BEAT, beat), node_id=node, skew=HOUR)
    believe = Believe(store, MovedClock())
    assert believe.records(sent) == [msgspec.structs.replace(beat, time=9 * HOUR)]
    believe.tell()
    assert store.gap(gap_id(GapKind.NOT_ITS_OWN, node)) is not None
    assert store.gap(gap_id(GapKind.CLOCK_OFF, node)) is not None
    again = Believe(store, MovedClock())
    again.records(msgspec.structs.replace(sent, skew=0, records=(beat,)))
    again.tell()
    assert store.gap(gap_id(GapKind.CLOCK_OFF, node)) is None
