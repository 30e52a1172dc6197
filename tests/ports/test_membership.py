"""Every way of being a member keeps what its port promises."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from periderm.app.application import Application
from periderm.app.fleet import make_join_token
from periderm.model.errors import ConnectError, DeniedError
from periderm.model.principal import LOCAL_ADMIN
from periderm.ports.membership import Membership
from tests.fleets import Machine, MovedClock, application, close, door


@pytest.fixture
def app(tmp_path: Path) -> Iterator[Application]:
    """The server's application."""
    made = application(tmp_path / "server", MovedClock())
    yield made
    close(made)


def test_joining_and_renewing(app: Application, tmp_path: Path) -> None:
    """What `join` returned from is on disk; a renewal is due at half of the certificate's life, and is not after it."""
    with door(app) as (url, _):
        machine = Machine(tmp_path, "web-1", url)
        place: Membership = machine.membership
        token, _ = make_join_token(app, LOCAL_ADMIN)
        place.join(token, machine.node.id, "web-1")
        assert Machine(tmp_path, "web-1", url).membership.joined()
        machine.clock.sleep(13 * 3600)
        assert place.renewal_due()
        place.renew()
        assert not place.renewal_due()
        with pytest.raises(DeniedError):
            place.join(token, machine.node.id, "web-1")


def test_a_server_that_is_away(app: Application, tmp_path: Path) -> None:
    """Is a ConnectError, and what was there stays."""
    with door(app) as (url, _):
        machine = Machine(tmp_path, "web-1", url)
        machine.join(app)
    machine.clock.sleep(13 * 3600)
    with pytest.raises(ConnectError):
        machine.membership.renew()
    assert machine.membership.joined()
    assert machine.membership.renewal_due()
