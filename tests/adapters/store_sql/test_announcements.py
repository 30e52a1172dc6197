"""Announced sessions in their table."""

from __future__ import annotations

import msgspec

from periderm.adapters.store_sql.store import SqlStore
from periderm.model.session import AnnouncedSession

SESSION = AnnouncedSession(id="ses-1", author="ada", reason="a full disk", container="shop-*", since=100, until=200)


def test_a_session_comes_back_whole_until_it_is_over(store: SqlStore) -> None:
    """Agents are told of those that are not over; all stay on record."""
    later = msgspec.structs.replace(SESSION, id="ses-2", since=50, until=300)
    store.put_announcement(SESSION)
    store.put_announcement(later)
    assert store.announcement("ses-1") == SESSION
    assert store.announcement("ses-9") is None
    assert store.announcements(150) == [later, SESSION]
    assert store.announcements(200) == [later]
    assert store.announcements(0) == [later, SESSION]


def test_an_ended_one_is_over(store: SqlStore) -> None:
    """Ending replaces what is kept."""
    store.put_announcement(SESSION)
    store.put_announcement(msgspec.structs.replace(SESSION, ended=120))
    assert store.announcements(130) == []
    assert [session.ended for session in store.announcements(0)] == [120]
