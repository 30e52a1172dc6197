"""Announced sessions."""

from __future__ import annotations

import msgspec
import pytest

from periderm.app.announce import announce, end_announcement
from periderm.app.application import Application
from periderm.console.pages.incident import page as incident_page
from periderm.console.pages.sessions import announce_from, end_from, page
from periderm.model.errors import UsageError
from periderm.model.principal import LOCAL_ADMIN
from tests.console.conftest import Asks
from tests.console.markup import all_of, texts
from tests.story import INCIDENT_ID, FixedClock, alerts


def test_what_holds_can_be_ended_and_what_is_over_stays(empty: Application, ask: Asks) -> None:
    """By who, why, how long."""
    session = announce(empty, LOCAL_ADMIN, "shop*", "look at the logs", 900)
    text = page(ask("/sessions"))
    assert "look at the logs" in texts(text)
    assert f"/sessions/{session.id}/end" in {f.get("action") for f in all_of(text, "form")}
    end_announcement(empty, LOCAL_ADMIN, session.id)
    after = page(ask("/sessions"))
    assert "No session is announced." in texts(after)
    assert session.id in {r.get("id") for r in all_of(after, "tr")}


def test_the_time_ends_it_too(empty: Application, ask: Asks, clock: FixedClock) -> None:
    """Without anybody's doing."""
    announce(empty, LOCAL_ADMIN, "shop*", "look", 60)
    clock.sleep(61)
    assert "No session is announced." in texts(page(ask("/sessions")))


def test_an_alert_below_one_says_so(told: Application, ask: Asks) -> None:
    """With its reason and a link; it stays an alert."""
    session = announce(told, LOCAL_ADMIN, "shop*", "look at the logs", 900)
    first = alerts(told.clock.now() - 40 * 10**9)[0]
    told.store.put_alerts([msgspec.structs.replace(first, id="alt-told", session=session.id)])
    text = incident_page(ask("/incidents/x", parts={"id": INCIDENT_ID}))
    assert "announced session: look at the logs" in texts(text)
    assert f"/sessions#{session.id}" in {a.get("href") for a in all_of(text, "a")}


def test_forms(empty: Application, ask: Asks) -> None:
    """What they make, and what they refuse."""
    made = announce_from(ask("/sessions"), {"container": "shop*", "reason": "look", "seconds": "900"})
    assert end_from(ask("/sessions/x/end", parts={"id": made})) == made
    with pytest.raises(UsageError):
        announce_from(ask("/sessions"), {"container": "shop*", "reason": "look", "seconds": "x"})
