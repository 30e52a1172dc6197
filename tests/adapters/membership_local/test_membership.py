"""Joining and renewing over real TLS: who is not the server gets nothing, and who is not the machine neither."""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from periderm.adapters.authority_local.authority import LocalAuthority
from periderm.adapters.membership_local.membership import place_of
from periderm.app.application import Application
from periderm.app.fleet import make_join_token, revoke_node
from periderm.model.errors import ConnectError, DeniedError, UsageError
from periderm.model.principal import LOCAL_ADMIN
from tests.fleets import HOUR, Machine, MovedClock, application, close, door


@pytest.fixture
def clock() -> MovedClock:
    """The server's."""
    return MovedClock()


@pytest.fixture
def app(tmp_path: Path, clock: MovedClock) -> Iterator[Application]:
    """The server's application."""
    made = application(tmp_path / "server", clock)
    yield made
    close(made)


def test_a_machine_joins_renews_and_is_shown_out(app: Application, clock: MovedClock, tmp_path: Path) -> None:
    """One connection is kept through the renewal of the certificate; a revoked machine is refused on it at once."""
    with door(app) as (url, _):
        machine = Machine(tmp_path, "web-1", url)
        assert not machine.membership.joined()
        machine.join(app)
        assert machine.membership.joined()
        assert list(machine.uplink.policies()) == []
        assert not machine.membership.renewal_due()
        machine.membership.renew()  # too early: nothing happens
        first = machine.membership.version()
        for each in (clock, machine.clock):
            each.sleep(13 * 3600)
        assert machine.membership.renewal_due()
        machine.membership.renew()
        assert machine.membership.version() != first
        assert list(machine.uplink.policies()) == []
        kept = app.store.certificates(machine.node.id)
        assert [bool(each.replaced) for each in kept] == [False, True]
        revoke_node(app, LOCAL_ADMIN, "web-1")
        with pytest.raises(DeniedError, match="was revoked"):
            machine.uplink.policies()
        for each in (clock, machine.clock):
            each.sleep(13 * 3600)
        with pytest.raises(DeniedError, match="was revoked"):
            machine.membership.renew()


def test_a_token_works_once(app: Application, tmp_path: Path) -> None:
    """Nobody joins by it a second time, whoever it is; and a wrong secret says nothing of the token."""
    with door(app) as (url, _):
        token = Machine(tmp_path, "web-1", url).join(app)
        second = Machine(tmp_path, "web-2", url)
        with pytest.raises(DeniedError, match="was used already"):
            second.membership.join(token, second.node.id, "web-2")
        parts = token.split(".")
        parts[2] = "0" * 64
        with pytest.raises(DeniedError, match="not known here"):
            second.membership.join(".".join(parts), second.node.id, "web-2")
        assert not second.membership.joined()
        with pytest.raises(UsageError, match="no join token"):
            second.membership.join("periderm-join.1.2", second.node.id, "web-2")


def test_the_first_contact_cannot_be_intercepted(app: Application, tmp_path: Path, clock: MovedClock) -> None:
    """Another server in its place, with an authority of its own, is not told the token's secret: it is as good as before."""
    foe = application(tmp_path / "foe", clock)
    try:
        with door(app) as (url, _), door(foe) as (foreign, _):
            token, _ = make_join_token(app, LOCAL_ADMIN)
            lost = Machine(tmp_path, "lost", foreign)
            with pytest.raises(ConnectError, match="not the server that the join token is of"):
                lost.membership.join(token, lost.node.id, "lost")
            assert foe.store.join_tokens() == []
            found = Machine(tmp_path, "found", url)
            found.membership.join(token, found.node.id, "found")
            # and one that joined does not speak to the other either
            assert isinstance(foe.authority, LocalAuthority)
            astray = Machine(tmp_path, "found", foreign)
            with pytest.raises(ConnectError, match="cannot be reached"):
                astray.uplink.policies()
    finally:
        close(foe)


def test_the_server_can_be_away_for_longer_than_a_certificate_lives(
    app: Application, tmp_path: Path, clock: MovedClock
) -> None:
    """After a weekend a machine is refused until it has renewed, which it may for a month; then it has to join again."""
    with door(app) as (url, _):
        machine = Machine(tmp_path, "web-1", url)
        machine.join(app)
        for each in (clock, machine.clock):
            each.sleep(72 * 3600)
        with pytest.raises(DeniedError, match="has ended"):
            machine.uplink.policies()
        machine.membership.renew()
        assert list(machine.uplink.policies()) == []
        for each in (clock, machine.clock):
            each.sleep(32 * 24 * 3600)
        with pytest.raises(DeniedError, match="has ended"):
            machine.membership.renew()


@pytest.mark.parametrize("off", [-HOUR, HOUR])
def test_a_clock_that_is_off_by_an_hour_does_no_harm(app: Application, tmp_path: Path, off: int) -> None:
    """It joins, asks, and does not renew too early."""
    with door(app) as (url, _):
        machine = Machine(tmp_path, "web-1", url, MovedClock(off))
        machine.join(app)
        assert list(machine.uplink.policies()) == []
        assert not machine.membership.renewal_due()
        machine.clock.sleep(12.1 * 3600)
        assert machine.membership.renewal_due()


def test_an_authority_is_replaced_while_machines_work(app: Application, tmp_path: Path, clock: MovedClock) -> None:
    """Before and after the roll, before and after renewal: they are let in, and let in nobody else."""
    assert app.authority is not None
    with door(app) as (url, tls):
        early, late = Machine(tmp_path, "early", url), Machine(tmp_path, "late", url)
        early.join(app)
        token, _ = make_join_token(app, LOCAL_ADMIN)  # of the older authority
        old = app.authority.known()[0].fingerprint
        app.authority.roll(clock.now())
        assert tls.refresh()
        late.membership.join(token, late.node.id, "late")
        for machine in (early, late):
            assert list(machine.uplink.policies()) == []
            machine.uplink.close()
            assert list(machine.uplink.policies()) == []  # by a new handshake
        for each in (clock, early.clock):
            each.sleep(13 * 3600)
        early.membership.renew()
        assert list(early.uplink.policies()) == []
        app.authority.retire(old)
        assert tls.refresh()
        early.uplink.close()
        assert list(early.uplink.policies()) == []


@pytest.mark.parametrize("url", ["http://s:1", "https://", "s:8844", "https://s:port", "https://[::1", ""])
def test_what_is_no_address_of_a_server(url: str) -> None:
    """Said before anything is sent; without TLS there is none."""
    with pytest.raises(UsageError, match="is no address of a server"):
        place_of(url)


def test_an_address_has_a_port_by_default() -> None:
    """8844."""
    assert place_of("https://server.example") == ("server.example", 8844)


def test_who_does_not_speak_tls_is_not_reached(tmp_path: Path) -> None:
    """In one sentence, and soon."""
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def answer() -> None:
            connection, _ = listener.accept()
            connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
            connection.close()

        threading.Thread(target=answer, daemon=True).start()
        machine = Machine(tmp_path, "web-1", f"https://127.0.0.1:{listener.getsockname()[1]}")
        with pytest.raises(ConnectError, match="cannot be reached"):
            machine.membership.join(f"periderm-join.a.b.{'0' * 64}", machine.node.id, "web-1")


def test_without_a_certificate_nothing_is_told(app: Application) -> None:
    """But who may have signed the server's, and the taking up of a token."""
    import http.client

    with door(app) as (url, _):
        port = int(url.rsplit(":", 1)[1])
        context = ssl._create_unverified_context()  # noqa: S323  # a stranger, who verifies nothing
        for method, path, status in (
            ("GET", "/api/v1/fleet/authorities", 200),
            ("POST", "/api/v1/fleet/renew", 403),
            ("GET", "/api/v1/internal/policies", 403),
            ("POST", "/api/v1/ingest", 403),
            ("GET", "/api/v1/incidents", 404),
            ("GET", "/", 404),
        ):
            connection = http.client.HTTPSConnection("127.0.0.1", port, context=context, timeout=180)
            connection.request(method, path)
            response = connection.getresponse()
            response.read()
            connection.close()
            assert response.status == status, path
