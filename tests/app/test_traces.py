"""What the processes of an incident did besides."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from periderm.app import traces as t
from periderm.app.application import Application
from periderm.model.errors import NotFoundError
from periderm.model.event import EventFlag, EventKind
from periderm.model.principal import LOCAL_ADMIN
from tests.flow.conftest import T0
from tests.flow.rows import batch
from tests.past import history
from tests.story import INCIDENT_ID, SECOND, container, node


@pytest.fixture
def past(told: Application, tmp_path: Path) -> Iterator[Application]:
    """The incident's shell (process 3) spoke, wrote and deleted; process 99 is somebody else's."""
    now = told.clock.now()
    begin = (now - 40 * SECOND - T0) / SECOND
    kept = history(tmp_path)
    shell = {"subject": 1, "process": 3, "exe": "/usr/bin/dash"}
    kept.append(
        batch(
            {**shell, "at": begin, "kind": EventKind.CONNECT, "text": "203.0.113.9", "port": 443, "family": 2},
            {**shell, "at": begin + 1, "kind": EventKind.CONNECT, "text": "203.0.113.9", "port": 443, "family": 2, "count": 4},
            {**shell, "at": begin + 2, "kind": EventKind.CONNECT, "text": "/run/socket", "family": 1},
            {**shell, "at": begin + 3, "kind": EventKind.DNS, "text": "evil.test"},
            {**shell, "at": begin + 4, "kind": EventKind.OPEN, "text": "/tmp/kworkerds", "arg0": 0o101},
            {**shell, "at": begin + 5, "kind": EventKind.OPEN, "text": "/tmp/kworkerds", "arg0": 0},
            {**shell, "at": begin + 6, "kind": EventKind.UNLINK, "text": "/var/log/x", "flags": EventFlag.FAILED, "ret": -1},
            {**shell, "at": begin + 7, "kind": EventKind.OPEN, "text": "/etc/hosts", "arg0": 0},
            {**shell, "at": begin + 8, "kind": EventKind.OPEN, "text": "/not/ours", "process": 99},
            {**shell, "at": begin + 9999, "kind": EventKind.OPEN, "text": "/later"},
            subjects=(node(now), container(1, now)),
        )
    )
    kept.flush()
    yield msgspec.structs.replace(told, history=kept)
    kept.close()


def test_flows_are_told_by_peer(past: Application) -> None:
    """Counted together; a Unix socket is none; what an alert is about comes first."""
    found = t.traces(past, LOCAL_ADMIN, INCIDENT_ID)
    told = [(f.way, f.peer, f.port, f.count) for f in found.flows]
    assert told == [
        ("connect", "203.0.113.7", 3333, 0),
        ("connect", "203.0.113.9", 443, 5),
        ("resolve", "evil.test", 0, 1),
    ]
    assert found.flows[0].alerts == ("alt-miner",)
    assert found.flows[1].last - found.flows[1].first == SECOND
    assert (found.kept, found.whole, found.looked_at) == (True, True, 9)


def test_files_are_told_by_what_was_done(past: Application) -> None:
    """Alerts first, then what was changed, then what was only read; what did not succeed says so."""
    found = t.traces(past, LOCAL_ADMIN, INCIDENT_ID)
    told = {f.path: f for f in found.files}
    assert set(told) == {"/usr/sbin/lighttpd", "/etc/shadow", "/tmp/kworkerds", "/var/log/x", "/etc/hosts"}
    mine = [f for f in found.files if f.process_key == 3 and not f.alerts]
    assert [(f.path, f.ways, f.refused) for f in mine] == [
        ("/tmp/kworkerds", ("create", "read"), False),
        ("/var/log/x", ("delete",), True),
        ("/etc/hosts", ("read",), False),
    ]
    assert told["/etc/shadow"].alerts == ("alt-shadow",)
    assert [e.event.kind for e in found.events][:2] == [EventKind.CONNECT, EventKind.CONNECT]


def test_what_is_left_out_is_said(past: Application, monkeypatch: pytest.MonkeyPatch) -> None:
    """Rows that were not looked at, and what found no room."""
    monkeypatch.setattr(t, "MOST_LOOKED_AT", 3)
    assert not t.traces(past, LOCAL_ADMIN, INCIDENT_ID).whole
    monkeypatch.setattr(t, "MOST_LOOKED_AT", 1000)
    monkeypatch.setattr(t, "MOST_FILES", 2)
    found = t.traces(past, LOCAL_ADMIN, INCIDENT_ID)
    assert (len(found.files), found.whole) == (2, False)


def test_without_a_history_the_alerts_tell(told: Application) -> None:
    """As of another node; an incident that is not there is told."""
    found = t.traces(told, LOCAL_ADMIN, INCIDENT_ID)
    assert not found.kept
    assert [f.peer for f in found.flows] == ["203.0.113.7"]
    assert {f.path for f in found.files} == {"/usr/sbin/lighttpd", "/tmp/kworkerds", "/etc/shadow"}
    with pytest.raises(NotFoundError):
        t.traces(told, LOCAL_ADMIN, "inc-none")
