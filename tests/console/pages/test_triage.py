"""Who deals with what, in the console."""

from __future__ import annotations

import pytest

from periderm.app.application import Application
from periderm.app.handling import assign, handling_of, link_ticket
from periderm.console.pages.findings import one as finding_page
from periderm.console.pages.incident import page as incident_page
from periderm.console.pages.triage import HEIGHT, act_from, dated, drawn, page, trend_of
from periderm.model.errors import NotFoundError, UsageError
from periderm.model.handling import HandlingState, RiskDay
from periderm.model.principal import LOCAL_ADMIN
from tests.console.conftest import Asks
from tests.console.markup import all_of, texts
from tests.story import INCIDENT_ID

FINDING = "fnd-shell"


def test_an_incident_is_assigned_on_its_page(told: Application, ask: Asks) -> None:
    """The page says whose it is, until when, and what was said; its forms lead back to it."""
    before = incident_page(ask(f"/incidents/{INCIDENT_ID}", parts={"id": INCIDENT_ID}))
    assert "nobody’s" in texts(before)
    act_from(ask("/triage"), {"id": [INCIDENT_ID], "action": ["assign"], "text": ["ada"]})
    act_from(ask("/triage"), {"id": [INCIDENT_ID], "action": ["comment"], "text": ["<b>looks real</b>"]})
    after = incident_page(ask(f"/incidents/{INCIDENT_ID}", parts={"id": INCIDENT_ID}))
    assert "<b>looks real</b>" in texts(after)
    assert "/triage?assignee=ada" in {a.get("href") for a in all_of(after, "a")}
    backs = {i.get("value") for i in all_of(after, "input") if i.get("name") == "back"}
    assert f"/incidents/{INCIDENT_ID}#handling" in backs


def test_a_finding_is_dealt_with_in_all_images_of_its_repository(told: Application, ask: Asks) -> None:
    """Its page says which; a ticket is a link that tells its target nothing."""
    link_ticket(told, LOCAL_ADMIN, [FINDING], "https://tickets.test/7")
    text = finding_page(ask(f"/findings/{FINDING}", parts={"id": FINDING}))
    (link,) = [a for a in all_of(text, "a") if a.get("href") == "https://tickets.test/7"]
    assert "noreferrer" in (link.get("rel") or "")
    assert "ticketed" in texts(text)


def test_the_list(told: Application, ask: Asks) -> None:
    """Empty it teaches; then each row leads to what it is about; filters are in the address."""
    assert "Nobody deals with anything yet" in texts(page(ask("/triage")))
    assign(told, LOCAL_ADMIN, [INCIDENT_ID, FINDING], "ada")
    rows = {r.get("data-href") for r in all_of(page(ask("/triage")), "tr")}
    assert {f"/incidents/{INCIDENT_ID}", f"/findings/{FINDING}"} <= rows
    assert f"/findings/{FINDING}" not in page(ask("/triage", query={"kind": "incident"}))
    assert f"/incidents/{INCIDENT_ID}" not in page(ask("/triage", query={"assignee": "bo"}))
    with pytest.raises(UsageError):
        page(ask("/triage", query={"state": "unknown"}))


def test_many_are_closed_at_once(told: Application, ask: Asks) -> None:
    """Or none, if one of them is not there."""
    with pytest.raises(NotFoundError):
        act_from(ask("/triage"), {"id": [INCIDENT_ID, "fnd-none"], "action": ["close"]})
    act_from(ask("/triage"), {"id": [INCIDENT_ID, FINDING], "action": ["close"]})
    for name in (INCIDENT_ID, FINDING):
        assert handling_of(told, LOCAL_ADMIN, name).state is HandlingState.CLOSED


@pytest.mark.parametrize(
    "form",
    [
        {"action": ["explode"]},
        {},
        {"action": ["accept"], "text": ["known"]},
        {"action": ["due"], "until": ["soon"]},
        {"action": ["accept"], "text": ["known"], "until": ["9999-99-99"]},
    ],
)
def test_what_a_form_cannot_mean_is_told(told: Application, ask: Asks, form: dict[str, list[str]]) -> None:
    """And changes nothing."""
    with pytest.raises(UsageError):
        act_from(ask("/triage"), {"id": [INCIDENT_ID], **form})
    assert told.store.handling(INCIDENT_ID) is None


def test_bars_are_stacked() -> None:
    """What was there before below, what came above; an empty month divides by nothing."""
    bars = drawn(
        [RiskDay(day=0, existing=3, fresh=1, came=1, fixed=0), RiskDay(day=86400, existing=0, fresh=0, came=0, fixed=4)]
    )
    assert [(b.existing, b.fresh) for b in bars] == [(HEIGHT - 45, 0), (HEIGHT, HEIGHT)]
    assert drawn([RiskDay(day=0, existing=0, fresh=0, came=0, fixed=0)])[0].fresh == HEIGHT
    assert (dated(0), dated(86_400 * 10**9)) == ("", "1970-01-02")


def test_the_trends_take_times(told: Application, ask: Asks) -> None:
    """By the address; what is wrong with them is told, and thirty days are shown."""
    assert len(trend_of(ask("/triage")).bars) == 30
    week = trend_of(ask("/triage", query={"since": "7d"}))
    assert len(week.bars) == 7
    past = trend_of(ask("/", query={"since": "2026-01-05", "until": "2026-01-08T10:00"}))
    assert [dated(bar.day.day * 10**9) for bar in past.bars] == ["2026-01-05", "2026-01-06", "2026-01-07", "2026-01-08"]
    for given in ({"since": "nonsense"}, {"since": "9000d"}, {"since": "1h", "until": "2h"}):
        wrong = trend_of(ask("/triage", query=given))
        assert (len(wrong.bars), wrong.wrong is None) == (30, False)
        assert "alert" in {p.get("role") for p in all_of(page(ask("/triage", query=given)), "div")}
    assert 'value="ada"' in page(ask("/triage", query={"assignee": "ada", "since": "7d"})).partition("</section>")[0]
