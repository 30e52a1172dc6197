"""Events of other machines are taken in beside everything else, and finished at the end."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from periderm.adapters.bus_local.bus import LocalBus
from periderm.adapters.history_parquet.history import ParquetHistory
from periderm.app.gathering import gathering
from periderm.flow.gathering import TOPIC
from periderm.flow.remember import Remembering
from periderm.model.envelope import Envelope
from periderm.model.errors import UsageError
from periderm.model.event_query import EventQuery
from tests.flow.conftest import T0
from tests.flow.test_gathering import seen
from tests.story import SECOND, FixedClock, application


def test_what_arrived_is_written_at_the_end(tmp_path: Path) -> None:
    """However short the block is."""
    bus, clock = LocalBus(str(tmp_path / "bus")), FixedClock(T0 + 60 * SECOND)
    app = application(tmp_path, clock, bus=bus)
    envelope = Envelope(sender="node-1/agent", sequence=1, records=(seen(1),), node_id="node-1")
    bus.publish(TOPIC, [msgspec.msgpack.encode(envelope)])
    with gathering(app, Remembering(ParquetHistory(tmp_path / "fleet"), clock)):
        pass
    past = ParquetHistory(tmp_path / "fleet")
    assert len(list(past.query(EventQuery()))) == 3
    past.close()
    app.store.close()
    bus.close()


def test_it_needs_a_bus(tmp_path: Path) -> None:
    """Only the server process has one."""
    app = application(tmp_path)
    with (
        pytest.raises(UsageError),
        gathering(app, Remembering(ParquetHistory(tmp_path / "fleet"), app.clock)),
    ):
        pass
    app.store.close()
