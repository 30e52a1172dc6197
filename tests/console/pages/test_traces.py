"""Flows, files and raw events of an incident as a page."""

from __future__ import annotations

import pytest

from periderm.app.application import Application
from periderm.console.pages import incident, traces
from tests.console.conftest import Asks
from tests.console.markup import texts
from tests.story import INCIDENT_ID

PARTS = {"id": INCIDENT_ID}


@pytest.mark.parametrize(("language", "words"), [("en", "connected to alert"), ("zh", "连接到 告警")])
def test_what_alerts_told_is_there_without_a_history(told: Application, ask: Asks, language: str, words: str) -> None:
    """In either language, and it says that no events are kept."""
    said = texts(traces.page(ask(language=language, parts=PARTS)))
    assert words in said
    assert "203.0.113.7:3333" in said
    assert "/etc/shadow" in said


def test_the_incident_leads_there(told: Application, ask: Asks) -> None:
    """By a link that a script replaces with the page's part."""
    html = incident.page(ask(f"/incidents/{INCIDENT_ID}", parts=PARTS))
    assert f'data-later="/incidents/{INCIDENT_ID}/traces"' in html
    assert 'id="later"' in traces.page(ask(parts=PARTS))
