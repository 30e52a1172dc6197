"""A worker that has nothing to do waits at the server, and at one of before asks once a second."""

from __future__ import annotations

import threading

import pytest

from periderm.flow.awaiting import OLDER_NS, POLL_SECONDS, Awaiting
from periderm.model.errors import ConnectError, PeridermError, RefusedError
from periderm.model.orders import Known, Orders
from tests.flow.test_control import Clock
from tests.flow.test_outbox import Server


class Uplink(Server):
    """Answers what the test says, and remembers what it was asked."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[Known] = []
        self.answers: list[Orders | PeridermError] = []

    def orders(self, known: Known) -> Orders:
        self.asked.append(known)
        answer = self.answers.pop(0)
        if isinstance(answer, PeridermError):
            raise answer
        return answer


class Pauses(threading.Event):
    """Time passes at once, and is counted."""

    def __init__(self, clock: Clock) -> None:
        super().__init__()
        self.clock = clock
        self.paused: list[float] = []

    def wait(self, timeout: float | None = None) -> bool:
        """As long as the test's clock says."""
        self.paused.append(round(timeout or 0.0, 3))
        self.clock.sleep(timeout or 0.0)
        return self.is_set()


class Lab:
    """A worker's wait, whose clock the test moves."""

    def __init__(self, *answers: Orders | PeridermError) -> None:
        self.clock, self.uplink = Clock(), Uplink()
        self.clock.sleep(1000)
        self.uplink.answers = list(answers)
        self.stop = Pauses(self.clock)
        self.awaiting = Awaiting(self.uplink, "node-1", self.clock)

    def news(self, times: int = 1) -> None:
        """Waits so many times."""
        for _ in range(times):
            self.awaiting.news(self.stop, 10.0)


def test_what_is_put_in_ends_the_wait_at_once() -> None:
    """Each question says up to where the queue is known; none but the first is answered without a wait."""
    lab = Lab(Orders(scans=7, queued=True), Orders(scans=7), Orders(scans=9, queued=True))
    lab.news()
    for _ in range(2):
        lab.clock.sleep(10)
        lab.news()
    assert [(known.scans, known.wait, known.node_id) for known in lab.uplink.asked] == [
        (0, 10.0, "node-1"),
        (7, 10.0, "node-1"),
        (7, 10.0, "node-1"),
    ]
    assert lab.stop.paused == []


def test_a_queue_that_moves_for_others_is_looked_at_once_a_second() -> None:
    """However often it moves: a fleet of workers must not ask more than before."""
    lab = Lab(*(Orders(scans=n, queued=True) for n in range(1, 6)))
    lab.news(5)
    assert lab.stop.paused == [POLL_SECONDS] * 4


@pytest.mark.parametrize("answer", [Orders(pause=1.0), RefusedError("400")])
def test_a_server_of_before_is_polled_and_asked_again_when_it_may_be_newer(answer: Orders | PeridermError) -> None:
    """It has no such question, or answers it as an agent's: not every poll costs it that answer."""
    lab = Lab(answer, Orders(scans=3, queued=True), Orders(scans=3))
    lab.news(5)
    assert len(lab.uplink.asked) == 1
    assert lab.stop.paused == [POLL_SECONDS] * 5
    lab.clock.sleep(OLDER_NS / 1e9)
    lab.news(2)
    assert [known.scans for known in lab.uplink.asked] == [0, 0, 3]


def test_whoever_answers_after_an_outage_is_asked_anew() -> None:
    """Another store counts otherwise; the outage is the caller's to wait out."""
    lab = Lab(Orders(scans=7, queued=True), ConnectError("away"), Orders(scans=7, queued=True))
    lab.news()
    with pytest.raises(ConnectError):
        lab.news()
    lab.news()
    assert [known.scans for known in lab.uplink.asked] == [0, 7, 0]


def test_the_end_interrupts_its_own_way_only() -> None:
    """What waits at the server returns."""
    lab = Lab()
    lab.awaiting.end()
    assert lab.uplink.away
    lab.awaiting.close()
