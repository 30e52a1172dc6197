"""The server digests while it runs, and finishes what it took in."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from periderm.adapters.bus_local.bus import LocalBus
from periderm.adapters.clock_system import SystemClock
from periderm.adapters.store_sql.store import SqlStore
from periderm.app.application import Application
from periderm.app.digesting import digesting
from periderm.app.receive import receive
from periderm.model.envelope import Envelope
from periderm.model.errors import UsageError
from periderm.model.policy import DEFAULT_POLICY
from periderm.model.principal import LOCAL_ADMIN
from periderm.model.settings import Settings
from tests.flow.conftest import NODE


def test_what_was_received_is_stored_when_it_ends(tmp_path: Path) -> None:
    """Everything that was acknowledged before the end is in the store after it; the default policy is there."""
    settings = Settings(state=str(tmp_path), cache=str(tmp_path / "cache"))
    store, bus = SqlStore(settings.database, SystemClock()), LocalBus(settings.spool)
    app = Application(store=store, clock=SystemClock(), settings=settings, bus=bus)
    with digesting(app):
        for n in range(30):
            envelope = Envelope(sender="agent:x", sequence=n, records=(NODE,))
            assert receive(app, LOCAL_ADMIN, msgspec.msgpack.encode([envelope])) == 1
    assert store.seen("agent:x") == 29
    assert store.asset(NODE.id) is not None
    assert list(store.policies()) == [DEFAULT_POLICY]
    bus.close()
    store.close()


def test_a_process_without_a_bus_cannot_digest(tmp_path: Path) -> None:
    """Only the server digests; another process is told so."""
    settings = Settings(state=str(tmp_path), cache=str(tmp_path / "cache"))
    store = SqlStore(settings.database, SystemClock())
    app = Application(store=store, clock=SystemClock(), settings=settings)
    with pytest.raises(UsageError), digesting(app):
        raise AssertionError("not reached")
    store.close()
