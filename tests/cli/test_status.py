"""`periderm status`: what runs, what was counted, what was not seen, and the way into the console."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from periderm.adapters.clock_system import SystemClock
from periderm.adapters.store_sql.store import SqlStore
from periderm.cli.status import ALIVE_SECONDS, alive
from periderm.model.envelope import Heartbeat
from periderm.model.settings import Settings
from tests.cli.conftest import Periderm


def test_processes_counters_and_gaps(periderm: Periderm, state: Path) -> None:
    """One screen answers: does it run, what did it see, what did it not see."""
    status, out, _ = periderm("status")
    assert status == 0
    for part in (
        "agent",
        "runs",
        "Seen by the sensor: events 12,345",
        "Not seen (1):",
        "Nobody is known to answer",
        "Label it.",
    ):
        assert part in out


def test_of_several_machines_each_line_says_of_which(periderm: Periderm, state: Path) -> None:
    """Of one machine nobody needs the name; of two, counters and processes without it would tell nothing."""
    assert "MACHINE" not in periderm("status")[1]
    store = SqlStore(Settings(state=str(state), cache=str(state)).database, SystemClock())
    try:
        now = SystemClock().now()
        store.put_heartbeat(Heartbeat(role="agent", node_id="node-2", pid=8, time=now, version="1", figures={"events": 3.0}))
    finally:
        store.close()
    out = periderm("status")[1]
    assert "MACHINE" in out
    assert "Seen by the sensor (node-2): events 3" in out


def test_a_link_is_made_only_when_asked(periderm: Periderm, state: Path) -> None:
    """Each link is new, and works once, so none is made by looking."""
    assert "sign-in" not in periderm("status")[1]
    first, second = (periderm("status", "--link")[1].splitlines()[-1] for _ in range(2))
    assert first.startswith("http://127.0.0.1:8843/sign-in?token=")
    assert first != second


def test_json_has_the_same(periderm: Periderm, state: Path) -> None:
    """For monitors."""
    told = json.loads(periderm("status", "--json")[1])
    assert told["alive"] is True
    assert told["gaps"]["total"] == 1
    assert told["processes"][0]["role"] == "agent"


def test_check_fails_when_a_process_is_silent(periderm: Periderm, state: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A monitor needs no parsing: the exit status says it."""
    assert periderm("status", "--check")[0] == 0
    monkeypatch.setattr("periderm.cli.status.ALIVE_SECONDS", -1)
    assert periderm("status", "--check")[0] == 1
    assert periderm("status")[0] == 0


def test_silence_is_told_after_a_minute() -> None:
    """The border itself, and a clock that jumped back."""
    beat = Heartbeat(role="agent", node_id="n", pid=1, time=1000, version="1")
    assert alive(beat, 1000 + ALIVE_SECONDS * 10**9 - 1)
    assert not alive(beat, 1000 + ALIVE_SECONDS * 10**9)
    assert alive(beat, 0)
