"""What an agent or a worker says of itself: figures with Prometheus' names, and whether it lives and can do its work."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from pathlib import Path

import pytest

from periderm.adapters.bus_local.bus import LocalBus
from periderm.app.meters import Meters
from periderm.app.own_state import OK, STALE_NS, OwnState
from periderm.flow.outbox import Outbox
from periderm.model.envelope import Heartbeat
from periderm.model.errors import BusError
from tests.flow.conftest import NODE
from tests.flow.test_control import Clock
from tests.flow.test_outbox import Server

BEAT = Heartbeat(role="agent", node_id=NODE.id, pid=1, time=0, version="1")


class Lab:
    """A process with a spool, whose clock the test moves."""

    def __init__(self, folder: Path) -> None:
        self.clock, self.server = Clock(), Server()
        self.clock.sleep(1000)
        self.bus = LocalBus(str(folder / "spool"))
        self.outbox = Outbox(self.bus, self.server, "agent:x", now=self.clock.now)
        self.turned = self.clock.monotonic()
        self.ends = self.clock.now() + 10**9
        self.state = OwnState(
            clock=self.clock,
            meters=Meters(),
            outbox=self.outbox,
            bus=self.bus,
            said=lambda: {"events": 7.0, "lost": 2.0, "made-up": 1.0},
            turned=lambda: self.turned,
            dropped=lambda: {"ring": 2, "history-unwritten": 0},
            ends=lambda: self.ends,
            spool_bytes=lambda: 4096,
        )

    def samples(self) -> dict[str, float]:
        """By name and labels as they are written."""
        lines = self.state.figures().decode().splitlines()
        return {line.rpartition(" ")[0]: float(line.rpartition(" ")[2]) for line in lines if not line.startswith("#")}


@pytest.fixture
def lab(tmp_path: Path) -> Iterator[Lab]:
    """Its spool is closed at the end."""
    made = Lab(tmp_path)
    yield made
    made.bus.close()


def test_what_waits_and_since_when(lab: Lab) -> None:
    """Until the server took it; an alert and detail apart."""
    begun = lab.clock.now()
    lab.outbox.put([NODE, BEAT])
    lab.clock.sleep(60)
    found = lab.samples()
    assert found['periderm_spool_messages{kind="matters"}'] == 1
    assert found['periderm_spool_messages{kind="detail"}'] == 1
    assert found["periderm_spool_oldest_timestamp_seconds"] == begun / 1e9
    assert found["periderm_server_reached"] == 0
    assert found["periderm_server_acknowledged_timestamp_seconds"] == 0
    assert lab.outbox.send_some() == 2
    found = lab.samples()
    assert found["periderm_spool_oldest_timestamp_seconds"] == 0
    assert found["periderm_server_reached"] == 1
    assert found["periderm_server_acknowledged_timestamp_seconds"] == lab.clock.now() / 1e9


def test_what_it_read_and_dropped(lab: Lab) -> None:
    """By the names under which the server tells it too; what has no name there has none here."""
    found = lab.samples()
    assert found["periderm_agent_events_total"] == 7
    assert found["periderm_sensor_lost_total"] == 2
    assert found['periderm_dropped_total{cause="ring"}'] == 2
    assert found['periderm_spool_shed_records{kind="detail"}'] == 0
    assert found["periderm_spool_size_bytes"] == 4096
    assert found["periderm_certificate_end_timestamp_seconds"] == lab.ends / 1e9
    assert any(name.startswith("periderm_build_info") for name in found)
    assert not any("made" in name for name in found)


def test_a_server_that_is_away_is_no_reason_to_be_unready(lab: Lab) -> None:
    """It is said; detection goes on."""
    assert lab.state.readiness().ready
    wanted = {"loop": OK, "spool": OK, "certificate": OK, "background": OK, "server": "does not answer"}
    assert lab.state.readiness().checks == wanted


@pytest.mark.parametrize("what", ["loop", "spool", "certificate"])
def test_what_cannot_go_on_is_unready(lab: Lab, what: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A loop that hangs, a disk that refuses, a certificate that has ended."""
    if what == "loop":
        lab.clock.sleep(STALE_NS / 1e9)
        lab.ends = lab.clock.now() + 1
    elif what == "spool":

        def full(topic: str, messages: object) -> int:
            raise BusError("The spool's disk is full.")

        monkeypatch.setattr(lab.bus, "publish", full)
        assert not lab.outbox.put([NODE])
    else:
        lab.ends = lab.clock.now()
    found = lab.state.readiness()
    assert not found.ready
    assert [name for name, said in found.checks.items() if said != OK] == [what, "server"]
    assert lab.state.lives() is (what != "loop")


def test_while_it_comes_up_it_lives_and_is_not_ready(lab: Lab) -> None:
    """So that a probe does not end it before it began; a process without a certificate is asked for none."""
    lab.turned = lab.ends = 0
    assert lab.state.lives()
    found = lab.state.readiness()
    assert (found.ready, found.checks["loop"], "certificate" in found.checks) == (False, "starting", False)


def test_a_spool_that_does_not_answer_is_said(lab: Lab) -> None:
    """And the other figures are told all the same."""

    class Gone:
        def pending(self, topic: str, group: str) -> int:
            raise BusError("gone")

    state = dataclasses.replace(lab.state, bus=Gone())  # type: ignore[arg-type]  # only `pending` is asked
    assert state.readiness().checks["spool"] == "does not answer"
    assert b"periderm_build_info" in state.figures()
