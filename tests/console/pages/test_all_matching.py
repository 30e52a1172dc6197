"""Doing something to all that match."""

from __future__ import annotations

import msgspec
import pytest

from periderm.console.pages import all_matching, findings, incidents
from periderm.console.render import Ask
from periderm.model.errors import DeniedError, UsageError
from periderm.model.incident import IncidentState
from periderm.model.principal import Permission, Principal
from periderm.model.query import Query
from tests.console.conftest import Asks
from tests.console.markup import all_of, texts
from tests.story import INCIDENT_ID


def asked(ask: Asks, path: str, language: str = "en", **query: str) -> Ask:
    """The machine's owner asks."""
    return msgspec.structs.replace(ask(path, language), query=query)


def hidden(page: str) -> dict[str, list[str]]:
    """What the form carries."""
    fields = [field for field in all_of(page, "input") if field.get("type") == "hidden"]
    return {name: [field.get("value") or ""] for field in fields if (name := field.get("name"))}


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.usefixtures("told")
def test_the_number_is_shown_and_then_it_is_done(ask: Asks, language: str) -> None:
    """From the list's own address, wherever its page was; the log has the search."""
    one = asked(ask, "/incidents", language, severity="low", skip="100", cursor="x" if language == "never" else "")
    listed = incidents.page(asked(ask, "/incidents", language, severity="low"))
    assert "/incidents/all?severity=low" in {link.get("href") for link in all_of(listed, "a")}
    page = all_matching.incidents_page(one)
    assert "severity=low" in texts(page)
    carried = hidden(page)
    assert carried == {"search": ["severity=low"], "expected": ["1"]}
    assert (
        all_matching.incidents_from(asked(ask, "/incidents/all"), carried | {"state": ["resolved"]})
        == "/incidents?severity=low"
    )
    found = one.app.store.incident(INCIDENT_ID)
    assert found is not None
    assert found.state is IncidentState.RESOLVED
    (entry,) = one.app.store.audit_after(0)
    assert "severity=low" in entry.detail


@pytest.mark.usefixtures("told")
def test_all_findings_of_a_search(ask: Asks) -> None:
    """By the language of searches, too."""
    listed = findings.page(asked(ask, "/findings", q="severity>=low"))
    assert any((link.get("href") or "").startswith("/findings/all?q=") for link in all_of(listed, "a"))
    one = asked(ask, "/findings/all", q="severity>=low")
    carried = hidden(all_matching.findings_page(one))
    total = one.app.store.findings(Query(limit=1)).total
    assert carried["expected"] == [str(total)]
    done = all_matching.findings_from(asked(ask, "/findings/all"), carried | {"action": ["assign"], "text": ["eve"]})
    assert done == "/findings?q=severity%3E%3Dlow"
    assert one.app.store.handlings(Query(limit=1), assignee="eve").total > 0


@pytest.mark.usefixtures("told")
@pytest.mark.parametrize(
    "form",
    [
        {"state": ["king"], "search": [""], "expected": ["9"]},
        {"state": ["resolved"], "search": ["severity=worst"], "expected": ["9"]},
        {"state": ["resolved"], "search": ["q=(("], "expected": ["9"]},
        {"state": ["resolved"], "search": ["a=1&" * 100], "expected": ["9"]},
        {"state": ["resolved"], "search": [""], "expected": ["-1"]},
        {"state": ["resolved"], "search": [""]},
        {"state": ["resolved"], "search": ["state=resolved"], "expected": ["9"]},
        {},
    ],
)
def test_what_is_not_understood_changes_nothing(ask: Asks, form: dict[str, list[str]]) -> None:
    """A search with a mistake in it is not taken for one that matches everything."""
    one = asked(ask, "/incidents/all")
    with pytest.raises(UsageError) as told:
        all_matching.incidents_from(one, form)
    assert told.value.next_step
    assert list(one.app.store.audit_after(0)) == []


@pytest.mark.usefixtures("told")
def test_who_may_not_is_not_led_there(ask: Asks) -> None:
    """Neither by the list, nor by the address."""
    reader = Principal("user:eve", frozenset({Permission.READ}))
    one = msgspec.structs.replace(asked(ask, "/incidents"), who=reader)
    assert not any((link.get("href") or "").startswith("/incidents/all") for link in all_of(incidents.page(one), "a"))
    with pytest.raises(DeniedError):
        all_matching.incidents_page(one)


def test_nothing_is_offered_where_nothing_or_no_search_is(ask: Asks) -> None:
    """An empty list has no form; everything is said to be everything."""
    page = all_matching.findings_page(asked(ask, "/findings/all", text="nowhere"))
    assert hidden(page) == {}
    assert "everything" in texts(all_matching.findings_page(asked(ask, "/findings/all")))
