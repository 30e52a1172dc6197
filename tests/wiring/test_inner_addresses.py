"""What people may name as an address to be told at, or to be read from, never makes the server speak to itself or to its own
networks: as everything is put together, with a socket that listens there and hears nothing."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator

import pytest

from periderm.model.errors import PeridermError
from periderm.model.notice import TICKETS, Channel, Destination
from periderm.model.owner_table import OwnerSource
from periderm.wiring.notifying import notifier_for, tickets_for
from periderm.wiring.owning import owner_documents
from tests.app.test_notify_check import GOOD
from tests.told import KEY, message

# Ways to write this machine, the machine's own networks, and the clouds' metadata; %d is the port that listens.
INNER = (
    "127.0.0.1:%d",
    "127.1:%d",
    "2130706433:%d",
    "0x7f000001:%d",
    "0177.0.0.1:%d",
    "localhost:%d",
    "LOCALHOST.:%d",
    "[::1]:%d",
    "[::ffff:127.0.0.1]:%d",
    "[::ffff:7f00:1]:%d",
    "[64:ff9b::7f00:1]:%d",
    "0.0.0.0:%d",
    "[::]:%d",
    "public.test@127.0.0.1:%d",
    "127.0.0.1:%d#public.test",
    "169.254.169.254:80",
)


CHATS = (Channel.SLACK, Channel.TEAMS, Channel.FEISHU, Channel.DINGTALK, Channel.WECOM)


def speak(destination: Destination) -> None:
    """Tells it something, or looks whether it could."""
    if destination.channel in TICKETS:
        tickets_for(destination).try_out()
    else:
        notifier_for(destination).deliver(message())


@pytest.fixture
def ear() -> Iterator[socket.socket]:
    """Listens on loopback; whoever connects is counted by the kernel's queue."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        listening.setblocking(False)
        yield listening


def heard(ear: socket.socket) -> bool:
    """Whether anybody connected."""
    try:
        connection, _ = ear.accept()
    except BlockingIOError:
        return False
    connection.close()
    return True


@pytest.mark.parametrize("channel", [c for c in Channel if c is not Channel.LINES])
def test_no_destination_leads_inside(ear: socket.socket, channel: Channel, monkeypatch: pytest.MonkeyPatch) -> None:
    """However the address is written; a network that was not named by whoever may name it is not spoken to."""
    port = ear.getsockname()[1]
    schemes = {Channel.MAIL: ("smtp", "smtps"), Channel.SYSLOG: ("tcp", "tls")}.get(channel, ("https", "http"))
    for name in "KTFSDWJG":
        monkeypatch.setenv(name, KEY)
    for scheme in schemes:
        for inner in INNER:
            address = f"{scheme}://{inner % port if '%d' in inner else inner}"
            given = {**GOOD[channel], "networks": ()}
            if channel in CHATS:  # their whole address is a secret
                monkeypatch.setenv("K", address)
                given["secret"] = "env:K"
            else:
                given["address"] = address
            with pytest.raises(PeridermError):
                speak(Destination(name="d", channel=channel, **given))
            assert not heard(ear), address


def test_no_table_of_owners_is_read_from_inside(ear: socket.socket) -> None:
    """The server fetches it by itself, so its address is looked at like a destination's."""
    port = ear.getsockname()[1]
    for scheme in ("https", "http"):
        for inner in INNER:
            address = f"{scheme}://{inner % port if '%d' in inner else inner}/owners.csv"
            with pytest.raises(PeridermError):
                owner_documents().fetch(OwnerSource(address=address))
            assert not heard(ear), address


def test_the_ear_hears(ear: socket.socket, monkeypatch: pytest.MonkeyPatch) -> None:
    """Else the tests above prove nothing: with the network allowed, the same address is spoken to."""
    monkeypatch.setenv("K", KEY)
    told: list[bool] = []

    def listen() -> None:
        ear.setblocking(True)
        ear.accept()[0].close()
        told.append(True)

    listening = threading.Thread(target=listen, daemon=True)
    listening.start()
    address = f"http://127.0.0.1:{ear.getsockname()[1]}"
    with pytest.raises(PeridermError):
        speak(Destination(name="d", channel=Channel.WEBHOOK, address=address, secret="env:K", networks=("127.0.0.0/8",)))
    listening.join(180)
    assert told
