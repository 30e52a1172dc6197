"""What every uplink promises (see `periderm/ports/uplink.py`), against a server that speaks its protocol."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from periderm.adapters.uplink_http import HttpUplink
from periderm.model.envelope import Envelope
from periderm.model.errors import ConnectError
from periderm.model.policy import DEFAULT_POLICY
from periderm.ports.uplink import Uplink
from tests.adapters.test_uplink_http import REQUEST, SESSION, TOKEN, Server
from tests.ports.plugs import alert, effect, inventory

PLUGS: dict[str, Callable[[str, Path], Uplink]] = {"http": lambda url, token: HttpUplink(url, str(token))}


@pytest.fixture
def server() -> Iterator[Server]:
    """A server on loopback."""
    made = Server()
    thread = threading.Thread(target=made.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield made
    made.shutdown()
    thread.join()
    made.server_close()


@pytest.fixture(params=PLUGS)
def uplink(request: pytest.FixtureRequest, server: Server, tmp_path: Path) -> Iterator[Uplink]:
    """Each plug, connected to the server."""
    (tmp_path / "token").write_text(TOKEN)
    made = PLUGS[request.param](server.url, tmp_path / "token")
    yield made
    made.close()


def test_what_is_sent_arrives_whole(uplink: Uplink, server: Server) -> None:
    """In order, and sending again is harmless: the receiver knows each by its sender and sequence."""
    given = [Envelope(sender="agent", sequence=n, records=(alert(n), effect(n))) for n in range(3)]
    uplink.send(given)
    uplink.send(given)
    assert server.taken == given * 2


def test_what_is_asked_for(uplink: Uplink) -> None:
    """Values of the model; None for what is not there yet, each scan to one worker."""
    assert list(uplink.policies()) == [DEFAULT_POLICY]
    assert list(uplink.sessions()) == [SESSION]
    assert uplink.inventory("sha256:1") == inventory()
    assert uplink.inventory("sha256:2") is None
    assert list(uplink.commands("nod 1&x")) == [effect().effect]
    assert list(uplink.commands("nod-2")) == []
    assert [n.baseline.workload_id for n in uplink.baselines({"wkl-1": "", "wkl-2": "v1"})] == ["wkl-1"]
    assert [uplink.take_scan("worker:1"), uplink.take_scan("worker:1")] == [REQUEST, None]


def test_a_scan_that_is_held(uplink: Uplink) -> None:
    """Is renewed as long as it is ours; putting back what is not is harmless."""
    assert uplink.renew_scan("worker:1", "sha256:1", "layer 2", 0.5) is True
    assert uplink.renew_scan("worker:1", "sha256:2", "", -1.0, sending=True) is False
    uplink.put_back_scan("worker:1", "sha256:1")
    uplink.put_back_scan("worker:1", "sha256:2")


def test_a_closed_connection_is_made_again(uplink: Uplink) -> None:
    """By the next call; closing twice is harmless."""
    uplink.policies()
    uplink.close()
    uplink.close()
    assert list(uplink.policies()) == [DEFAULT_POLICY]


def test_a_server_that_does_not_answer(uplink: Uplink, server: Server) -> None:
    """ConnectError with the next step for every call; and it goes on when the server is back."""
    calls: list[Callable[[], object]] = [
        lambda: uplink.send([]),
        uplink.policies,
        uplink.sessions,
        lambda: uplink.inventory("sha256:1"),
        lambda: uplink.commands("nod-1"),
        lambda: uplink.baselines({}),
        lambda: uplink.take_scan("worker:1"),
        lambda: uplink.renew_scan("worker:1", "sha256:1", "", -1.0),
        lambda: uplink.put_back_scan("worker:1", "sha256:1"),
    ]
    for call in calls:
        uplink.close()
        server.hang_up = 2
        with pytest.raises(ConnectError) as caught:
            call()
        assert caught.value.next_step
    server.hang_up = 0
    assert list(uplink.policies()) == [DEFAULT_POLICY]
