"""Announcing sessions."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from periderm.adapters.clock_system import SystemClock
from periderm.adapters.store_sql.store import SqlStore
from periderm.app.announce import announce, end_announcement, list_announcements
from periderm.app.application import Application
from periderm.app.serve_fleet import sessions_in_force
from periderm.model.errors import DeniedError, NotFoundError, UsageError
from periderm.model.principal import LOCAL_ADMIN, Permission, Principal
from periderm.model.settings import Settings

READER = Principal("user:reader", frozenset({Permission.READ}))
AGENT = Principal("agent", frozenset({Permission.INGEST}))


@pytest.fixture
def app(tmp_path: Path) -> Iterator[Application]:
    """An application over a store of its own."""
    settings = Settings(state=str(tmp_path), cache=str(tmp_path / "cache"))
    store = SqlStore(settings.database, SystemClock())
    yield Application(store=store, clock=SystemClock(), settings=settings)
    store.close()


def test_announce_and_end(app: Application) -> None:
    """Agents hear of it until it is ended; it stays on record with who announced it."""
    session = announce(app, LOCAL_ADMIN, "shop-*", " a full disk ", 600)
    assert (session.author, session.reason) == (LOCAL_ADMIN.name, "a full disk")
    assert session.until - session.since == 600 * 10**9
    assert sessions_in_force(app, AGENT) == [session]
    ended = end_announcement(app, LOCAL_ADMIN, session.id)
    assert end_announcement(app, LOCAL_ADMIN, session.id) == ended
    assert list_announcements(app, READER) == []
    assert list_announcements(app, READER, past=True) == [ended]


def test_who_may_not(app: Application) -> None:
    """A reader could otherwise explain away what an intruder does."""
    with pytest.raises(DeniedError):
        announce(app, READER, "shop", "r", 60)
    with pytest.raises(DeniedError):
        end_announcement(app, READER, "ses-1")


@pytest.mark.parametrize(
    ("container", "reason", "seconds"),
    [("shop", " ", 60), ("", "r", 60), ("shop", "r", 0), ("shop", "r", 86_401), ("shop", "r" * 501, 60), ("s" * 501, "r", 60)],
)
def test_what_is_asked_for(app: Application, container: str, reason: str, seconds: int) -> None:
    """A reason, a name, and an end within a day."""
    with pytest.raises(UsageError):
        announce(app, LOCAL_ADMIN, container, reason, seconds)
    assert list_announcements(app, LOCAL_ADMIN, past=True) == []


def test_an_unknown_one(app: Application) -> None:
    """It is said, with where to look."""
    with pytest.raises(NotFoundError):
        end_announcement(app, LOCAL_ADMIN, "ses-none")
