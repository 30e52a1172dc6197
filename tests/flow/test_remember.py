"""Keeping history beside watching: nothing waits, nothing is lost in silence."""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from periderm.flow import remember
from periderm.flow.remember import Keeping, Remembering
from periderm.model.errors import ConnectError, HistoryError
from periderm.model.event_query import EventQuery
from periderm.ports.processes import Child
from tests.past import events, history, some
from tests.story import SECOND, FixedClock

PERIOD = remember.PERIOD_NS // SECOND


class Run:
    """A child that ends when the test says so."""

    def __init__(self) -> None:
        self.status: int | None = None
        self.ended: list[str] = []

    def pid(self) -> int:
        return 1

    def poll(self) -> int | None:
        return self.status

    def terminate(self) -> None:
        self.ended.append("terminate")

    def kill(self) -> None:
        self.ended.append("kill")

    def wait(self, timeout: float) -> int | None:
        return self.status


class Runs:
    """Starts children that do nothing."""

    def __init__(self, *, broken: bool = False) -> None:
        self.started: list[Run] = []
        self.broken = broken

    def start(self, role: str, arguments: Sequence[str], environment: Mapping[str, str], log: str) -> Child:
        assert (role, list(arguments), log) == ("events", ["keep"], "log")
        if self.broken:
            raise ConnectError("no")
        self.started.append(Run())
        return self.started[-1]


def test_rows_are_durable_after_a_step_and_at_the_end(tmp_path: Path) -> None:
    """Others read them; what came last is not lost at a stop."""
    past = history(tmp_path)
    kept = Remembering(past, FixedClock())
    kept.keep(some(3))
    kept.step()
    assert len(list(history(tmp_path).query(EventQuery()))) == 3
    kept.keep(some(2, at=1))
    stop = threading.Event()
    stop.set()
    kept.run(stop)
    assert list(history(tmp_path).query(EventQuery(newest=False))) == events([some(3), some(2, at=1)])
    assert kept.counts() == {"history-unwritten": 0, "history-shortened": 0, "history-unkept": 0}


def test_what_the_disk_cannot_take_is_counted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Memory is bounded while the disk stands still; a write that fails is told and the next is tried."""
    monkeypatch.setattr(remember, "MOST_WAITING", 10)
    past = history(tmp_path)
    kept = Remembering(past, FixedClock())
    for _ in range(4):
        kept.keep(some(4))
    assert kept.counts()["history-unwritten"] == 8
    kept.step()
    kept.keep(some(4))

    def full() -> None:
        raise HistoryError("The disk is full.", "Free some.")

    with monkeypatch.context() as patched:
        patched.setattr(past, "flush", full)
        kept.step()
    assert "disk is full" in kept.problem
    kept.step()
    assert kept.problem == ""
    assert len(list(past.query(EventQuery()))) == 12


def test_files_are_put_in_order_by_a_process_now_and_then(tmp_path: Path) -> None:
    """Soon after the start, then each period, never two at once."""
    clock, runs = FixedClock(), Runs()
    kept = Remembering(history(tmp_path), clock, Keeping(runs, "log"))
    kept.step()
    assert runs.started == []
    clock.sleep(31)
    for _ in range(3):
        kept.step()
        clock.sleep(PERIOD)
    assert len(runs.started) == 1
    runs.started[0].status = 0
    kept.step()
    assert len(runs.started) == 2
    runs.started[1].status = 5
    clock.sleep(PERIOD - 1)
    kept.step()
    assert len(runs.started) == 2
    assert kept.counts()["history-unkept"] == 1
    clock.sleep(1)
    kept.step()
    assert len(runs.started) == 3


def test_many_rows_are_put_in_order_earlier(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """But not all the time."""
    monkeypatch.setattr(remember, "MANY_ROWS", 10)
    clock, runs = FixedClock(), Runs()
    kept = Remembering(history(tmp_path), clock, Keeping(runs, "log"))
    for expected in (1, 1, 2):
        kept.keep(some(10))
        kept.step()
        assert len(runs.started) == expected
        runs.started[-1].status = 0
        clock.sleep(11)


def test_a_process_that_hangs_is_ended(tmp_path: Path) -> None:
    """After its time, and at the stop of the agent."""
    clock, runs = FixedClock(), Runs()
    kept = Remembering(history(tmp_path), clock, Keeping(runs, "log"))
    clock.sleep(31)
    kept.step()
    clock.sleep(1000)
    kept.step()
    assert runs.started[0].ended == ["kill"]
    stop = threading.Event()
    stop.set()
    kept.run(stop)
    assert runs.started[0].ended[-2:] == ["terminate", "kill"]


def test_a_process_that_cannot_be_started_is_counted(tmp_path: Path) -> None:
    """History is still written."""
    clock = FixedClock()
    kept = Remembering(history(tmp_path), clock, Keeping(Runs(broken=True), "log"))
    kept.keep(some(3))
    clock.sleep(31)
    kept.step()
    assert kept.counts()["history-unkept"] == 1
    assert len(list(history(tmp_path).query(EventQuery()))) == 3
