"""A batch is placed as its alerts one by one would be, whatever comes in whatever order."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from unittest.mock import patch

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from periderm.adapters.bus_local.bus import LocalBus
from periderm.adapters.clock_system import SystemClock
from periderm.adapters.store_sql.store import SqlStore
from periderm.flow import digest as digesting
from periderm.flow.digest import TOPIC, Digest
from periderm.flow.placing import Placing
from periderm.model.alert import Alert, ProcessRecord
from periderm.model.envelope import Envelope
from periderm.model.incident import Incident
from periderm.model.query import Query
from periderm.model.severity import Maturity, Severity
from tests.flow.conftest import CONTAINER, IMAGE, NODE, T0, alert

REPLICA = msgspec.structs.replace(CONTAINER, id="ctr-2", name="web-2", container_id="d" * 64)
MINUTE = 60 * 10**9
# Parents and children, on the host too: sshd is the parent of sessions that have nothing to do with each other.
TREE = {1: ("/usr/sbin/lighttpd", 0), 2: ("/bin/sh", 1), 3: ("/tmp/x", 2), 4: ("/usr/sbin/sshd", 0), 5: ("/bin/bash", 4)}
TREE |= {6: ("/usr/bin/id", 5), 7: ("/bin/dash", 4), 8: ("/usr/bin/nc", 7)}
PLACES: tuple[dict[str, str], ...] = (
    {},
    {"asset_id": REPLICA.id, "container_id": REPLICA.container_id, "container_name": REPLICA.name},
    {"asset_id": NODE.id, "container_id": "", "container_name": "", "workload_id": "", "image_digest": ""},
)


def record(key: int) -> ProcessRecord:
    """A process of the tree."""
    exe, parent = TREE[key]
    return ProcessRecord(key=key, parent=parent, pid=4000 + key, exe=exe, started=T0 + key)


@st.composite
def alerts(draw: st.DrawFn) -> list[Alert]:
    """Of two replicas and the host, over three hours, grave and quiet; some are told of again with a greater count."""
    made: list[Alert] = []
    for number in range(draw(st.integers(1, 7))):
        key = draw(st.sampled_from(sorted(TREE)))
        line: list[ProcessRecord] = []
        while key:
            line.append(record(key))
            key = TREE[key][1]
        values: dict[str, Any] = dict(draw(st.sampled_from(PLACES)))
        at = T0 + draw(st.integers(0, 12)) * 15 * MINUTE
        values |= {"id": f"alt-{number}", "process": line[0], "lineage": tuple(line)}
        values |= {"severity": draw(st.sampled_from((Severity.INFORMATIONAL, Severity.MEDIUM, Severity.HIGH)))}
        values |= {"maturity": draw(st.sampled_from((Maturity.STABLE, Maturity.EXPERIMENTAL)))}
        one = alert(draw(st.sampled_from(("RUN-002", "RUN-005", "RUN-031"))), at=at, **values)
        made.append(one)
        later = draw(st.lists(st.integers(0, 3), max_size=2))
        made += [
            msgspec.structs.replace(one, count=count, last_time=at + wait * 20 * MINUTE) for count, wait in enumerate(later, 2)
        ]
    return draw(st.permutations(made))


@functools.cache
def empty() -> bytes:
    """A store that holds the assets only: made once, since making one takes longer than what is asked of it."""
    with TemporaryDirectory() as folder:
        store = SqlStore(str(Path(folder, "db")), SystemClock())
        store.put_assets([NODE, IMAGE, CONTAINER, REPLICA])
        store.close()
        return Path(folder, "db").read_bytes()


def digested(folder: Path, sent: Sequence[Alert], at_once: int) -> tuple[dict[str, Alert], dict[str, Incident]]:
    """What is stored once all are digested, so many messages of one alert at once; revisions, which count, are left out."""
    folder.mkdir()
    (folder / "db").write_bytes(empty())
    bus, store = LocalBus(str(folder / "spool")), SqlStore(str(folder / "db"), SystemClock())
    try:
        for number, one in enumerate(sent):
            bus.publish(TOPIC, [msgspec.msgpack.encode(Envelope(sender="agent:x", sequence=number, records=(one,)))])
        digest = Digest(bus, store, SystemClock())
        with patch.object(digesting, "BATCH", at_once):
            while digest.step():
                pass
        incidents = store.incidents(Query(limit=1000)).items
        return (
            {one.id: one for one in store.alerts(Query(limit=1000)).items},
            {one.id: msgspec.structs.replace(one, revision=0) for one in incidents},
        )
    finally:
        bus.close()
        store.close()


@settings(max_examples=20)
@given(alerts(), st.integers(2, 9))
def test_a_batch_is_what_its_alerts_are_one_by_one(sent: list[Alert], some: int) -> None:
    """All at once, and some at once: the same alerts in the same incidents, and the same incidents."""
    with TemporaryDirectory() as folder:
        alone = digested(Path(folder, "alone"), sent, 1)
        assert digested(Path(folder, "all"), sent, 1000) == alone
        assert digested(Path(folder, "some"), sent, some) == alone


def test_a_quiet_alert_of_the_same_batch_is_adopted(store: SqlStore) -> None:
    """As one that was stored before."""
    quiet = alert("RUN-031", severity=Severity.INFORMATIONAL)
    placed = Placing(store, T0, {}).place([quiet, alert("RUN-002", at=T0 + 10**9)])
    assert len({one.incident_id for one in placed.values()} - {""}) == 1
    assert all(one.incident_id for one in placed.values())


def test_an_incident_grows_within_a_batch(store: SqlStore) -> None:
    """Each alert lies within the window of the one before, the last far from the first: one incident."""
    chain = [alert(id=f"alt-{n}", at=T0 + n * 25 * MINUTE) for n in range(6)]
    placed = Placing(store, T0, {}).place(chain)
    assert len({one.incident_id for one in placed.values()}) == 1


def test_what_is_stored_is_asked_for_once(store: SqlStore, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of a flood from one container its open incidents are read once."""
    asked: list[str] = []
    whole = store.open_incidents

    def counting(asset_id: str) -> Sequence[Incident]:
        asked.append(asset_id)
        return whole(asset_id)

    monkeypatch.setattr(store, "open_incidents", counting)
    placed = Placing(store, T0, {}).place([alert(id=f"alt-{n}", at=T0 + n) for n in range(300)])
    assert asked == [CONTAINER.id]
    assert len({one.incident_id for one in placed.values()}) == 1
