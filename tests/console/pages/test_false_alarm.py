"""The page on which a false alarm is said."""

from __future__ import annotations

import msgspec
import pytest

from periderm.app.application import Application
from periderm.console.pages import false_alarm
from periderm.model.errors import UsageError
from periderm.model.incident import IncidentState
from periderm.model.principal import Permission, Principal
from tests.console.conftest import Asks
from tests.story import INCIDENT_ID

PARTS = {"id": INCIDENT_ID}


@pytest.mark.parametrize(("language", "words"), [("en", "it would have hidden one alert (1 high"), ("zh", "会隐藏 1 条告警")])
def test_it_tells_first_what_would_be_hidden(told: Application, ask: Asks, language: str, words: str) -> None:
    """In either language, with nothing chosen yet."""
    html = false_alarm.page(ask(language=language, parts=PARTS))
    assert words in html
    assert "checked" not in html
    assert told.store.exemptions() == []


def test_who_may_not_decide_is_told(told: Application, ask: Asks) -> None:
    """The choices are shown, and not theirs."""
    who = Principal("user:r", frozenset({Permission.READ, Permission.RESPOND}))
    html = false_alarm.page(msgspec.structs.replace(ask(parts=PARTS), who=who))
    assert "disabled" in html
    assert "those who may make policies" in html


def test_the_form_says_it(told: Application, ask: Asks) -> None:
    """And leads back to the incident; a day that is none is refused."""
    given = ask(parts=PARTS)
    with pytest.raises(UsageError):
        false_alarm.say_from(given, {"reason": ["ours"], "until": ["soon"]})
    assert false_alarm.say_from(given, {"reason": ["ours"]}) == f"/incidents/{INCIDENT_ID}"
    changed = told.store.incident(INCIDENT_ID)
    assert changed is not None
    assert changed.state is IncidentState.FALSE_ALARM
