"""A certificate is kept young, and the server's absence is waited for."""

from __future__ import annotations

import threading

from periderm.flow.renewing import Renewing
from periderm.model.errors import ConnectError


class Place:
    """A machine's, whose server may be away."""

    def __init__(self) -> None:
        self.due = False
        self.away = False
        self.asked = 0
        self.done = threading.Event()

    def joined(self) -> bool:
        return True

    def join(self, token: str, node_id: str, name: str) -> None:
        raise AssertionError

    def renewal_due(self) -> bool:
        return self.due

    def renew(self) -> None:
        self.asked += 1
        if self.away:
            raise ConnectError("nobody answers")
        self.due = False
        self.done.set()


def test_it_renews_when_it_is_due() -> None:
    """And not before, nor twice."""
    place = Place()
    renewing = Renewing(place)
    assert renewing.step()
    assert place.asked == 0
    place.due = True
    assert renewing.step()
    assert renewing.step()
    assert (place.asked, renewing.renewed, renewing.problem) == (1, 1, "")


def test_a_failure_is_said_and_tried_again() -> None:
    """Until it works."""
    place = Place()
    place.due = place.away = True
    renewing = Renewing(place)
    assert not renewing.step()
    assert "nobody answers" in renewing.problem
    place.away = False
    assert renewing.step()
    assert renewing.problem == ""


def test_it_runs_until_it_is_stopped() -> None:
    """On a thread of its own."""
    place, stop = Place(), threading.Event()
    place.due = True
    thread = threading.Thread(target=Renewing(place, 0.01).run, args=(stop,))
    thread.start()
    assert place.done.wait(180)
    stop.set()
    thread.join(180)
    assert not thread.is_alive()
