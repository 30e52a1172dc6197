"""Events of other machines are taken in beside everything else, and finished at the end."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from periderm.adapters.bus_local.bus import LocalBus
from periderm.adapters.history_parquet.history import ParquetHistory
from periderm.app.events import show_events
from periderm.app.gathering import gathering
from periderm.app.grants import grant_of
from periderm.app.scoped import scoped
from periderm.flow.gathering import TOPIC, Gathering
from periderm.flow.remember import Remembering
from periderm.model.account import principal_of
from periderm.model.asset import Ownership
from periderm.model.envelope import Envelope
from periderm.model.errors import UsageError
from periderm.model.event_query import EventQuery
from periderm.model.principal import LOCAL_ADMIN
from tests.flow.conftest import T0
from tests.flow.test_gathering import machine, seen
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


def test_gathered_rows_are_shown_to_whom_they_may_concern(tmp_path: Path) -> None:
    """Of the machines of one application only, to who answers for that one; all of them to who may see all."""
    bus, clock = LocalBus(str(tmp_path / "bus")), FixedClock(T0 + 60 * SECOND)
    past = ParquetHistory(tmp_path / "fleet")
    app = msgspec.structs.replace(application(tmp_path, clock, bus=bus), history=past)
    for number, owned in ((1, "shop"), (2, "bank")):
        asset = msgspec.structs.replace(machine(number)[0], ownership=Ownership(owner="ada", application=owned))
        app.store.put_assets([asset])
        envelope = Envelope(sender=f"node-{number}/agent", sequence=1, records=(seen(number),), node_id=f"node-{number}")
        bus.publish(TOPIC, [msgspec.msgpack.encode(envelope)])
    gather = Gathering(bus, app.store, clock, Remembering(past, clock))
    while gather.step():
        pass
    query = EventQuery(limit=100)
    nodes = {"shop": "node-1", "bank": "node-2"}
    for part, node in nodes.items():
        who = principal_of(f"user:{part}", (grant_of(f"viewer@application={part}"),))
        told = show_events(scoped(app, who), who, query).items
        assert {found.event.subject.id for found in told} & set(nodes.values()) == {node}
    nobody = principal_of("user:none", (grant_of("viewer@application=none"),))
    assert show_events(scoped(app, nobody), nobody, query).items == ()
    assert {found.event.subject.id for found in show_events(app, LOCAL_ADMIN, query).items} >= set(nodes.values())
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
