"""A scan is held as long as its worker renews, and not a second longer."""

from __future__ import annotations

import threading

import pytest

from periderm.flow.hold import MARGIN_NS, Hold, ScanEndedError
from periderm.flow.queue import LEASE_NS
from periderm.model.errors import ConnectError
from tests.flow.test_outbox import Server


class Watchful(Server):
    """A server that notes what it is told of a hold."""

    def __init__(self) -> None:
        super().__init__()
        self.held = True
        self.told: list[tuple[str, float, bool]] = []
        self.renewed = threading.Event()
        self.back: list[str] = []

    def renew_scan(self, worker: str, image_digest: str, doing: str, done: float, *, sending: bool = False) -> bool:
        self.told.append((doing, done, sending))
        self.renewed.set()
        if self.away:
            raise ConnectError("nobody answers")
        return self.held

    def put_back_scan(self, worker: str, image_digest: str) -> None:
        if self.away:
            raise ConnectError("nobody answers")
        self.back.append(image_digest)


class Hands:
    """A clock that is set by hand."""

    def __init__(self) -> None:
        self.at = 0

    def now(self) -> int:
        return self.at

    def monotonic(self) -> int:
        return self.at

    def sleep(self, seconds: float) -> None:
        self.at += int(seconds * 1e9)


def test_progress_is_told_and_the_lease_renewed() -> None:
    """From before the question on; so the time that the answer took does not count for us."""
    server, clock = Watchful(), Hands()
    with Hold(server, "w", "sha256:1", clock, taken=0, every=0.01) as hold:
        hold.progress("layer 1", 0.25)
        server.renewed.clear()
        assert server.renewed.wait(180)
        while ("layer 1", 0.25, False) not in server.told:
            assert server.renewed.wait(180)
        hold.finished()
    assert server.told[-1] == ("layer 1", 0.25, True)


def test_a_server_that_says_no_ends_the_scan() -> None:
    """Another worker has it, or a person took it out of the queue; it is then not given back."""
    server = Watchful()
    server.held = False
    with Hold(server, "w", "sha256:1", Hands(), taken=0, every=0.01) as hold:
        assert server.renewed.wait(180)
        while not hold.lost:
            pass
        with pytest.raises(ScanEndedError):
            hold.check()
        with pytest.raises(ScanEndedError):
            hold.progress("on", None)
        hold.give_back()
    assert server.back == []


def test_a_cut_network_ends_the_scan_before_the_lease_ends() -> None:
    """The server hands the image on when the lease is over: we stop some seconds earlier."""
    server, clock = Watchful(), Hands()
    server.away = True
    with Hold(server, "w", "sha256:1", clock, taken=0, every=0.01) as hold:
        assert server.renewed.wait(180)
        clock.at = LEASE_NS - MARGIN_NS
        hold.check()
        clock.at += 1
        with pytest.raises(ScanEndedError):
            hold.check()
        hold.give_back()


def test_a_renewal_under_way_says_nothing_after_the_end() -> None:
    """What the server takes last is that the result is on its way, also where it took long over a renewal."""
    inside, go_on = threading.Event(), threading.Event()

    class Slow(Watchful):
        def renew_scan(self, worker: str, image_digest: str, doing: str, done: float, *, sending: bool = False) -> bool:
            if not sending:
                inside.set()
                assert go_on.wait(180)
            return super().renew_scan(worker, image_digest, doing, done, sending=sending)

    server = Slow()
    with Hold(server, "w", "sha256:1", Hands(), taken=0, every=0.01) as hold:
        assert inside.wait(180)
        ending = threading.Thread(target=hold.finished)
        ending.start()
        ending.join(0.1)
        go_on.set()
        ending.join(180)
    assert [sending for _, _, sending in server.told] == [False, True]


def test_what_is_given_back_waits_again() -> None:
    """And a server that is away is no reason to fail."""
    server = Watchful()
    with Hold(server, "w", "sha256:1", Hands(), taken=0, every=60) as hold:
        hold.give_back()
    assert server.back == ["sha256:1"]
    server.away = True
    with Hold(server, "w", "sha256:1", Hands(), taken=0, every=60) as hold:
        hold.give_back()
        hold.finished()
