"""The public API over a real store."""

from __future__ import annotations

import msgspec
import pytest

from periderm.app.accounts import add_account
from periderm.app.application import Application
from periderm.app.incidents import IncidentStory
from periderm.app.owners import import_owners
from periderm.model.account import Account
from periderm.model.effect import EffectRecord, EffectState
from periderm.model.incident import Incident, IncidentState
from periderm.model.notice import Channel, Destination
from periderm.model.principal import LOCAL_ADMIN
from periderm.server.api import PUBLIC
from periderm.server.filters import PAGING
from tests.baseline_story import SHOP, WEB, tell_baselines
from tests.scanned import digest
from tests.server.client import Client
from tests.story import INCIDENT_ID

# What lies on the machine and not in the store: this application has none of it, and each has tests of its own.
OF_THE_MACHINE = ("/api/v1/history", "/api/v1/rules")
READ = [e for e in PUBLIC if e.method == "GET" and not e.path.startswith(OF_THE_MACHINE) and not e.answer_media]
LISTS = [e.path for e in READ if PAGING[0] in e.parameters]


@pytest.mark.parametrize("path", LISTS)
def test_lists_are_walked_page_by_page(scanned: Application, service: Client, person: Client, path: str) -> None:
    """Pages of one give the same as one page, in the same order, and end."""
    asks = person if path.endswith("/audit") else service  # what people do is no process's business
    whole = asks.get(path).json()
    walked, cursor = [], ""
    for _ in range(whole["total"]):
        page = asks.get(f"{path}?limit=1&cursor={cursor}").json()
        assert page["total"] == whole["total"]
        walked += page["items"]
        cursor = page["next_cursor"]
    assert cursor == ""
    assert walked == whole["items"]


@pytest.mark.parametrize("endpoint", READ, ids=lambda e: e.path)
def test_every_entry_answers_in_its_promised_form(scanned: Application, person: Client, endpoint: object) -> None:
    """The answer decodes as the type that the OpenAPI document names."""
    ids = {
        "incidents": INCIDENT_ID,
        "handlings": INCIDENT_ID,
        "alerts": "alt-shell",
        "findings": "fnd-shell",
        "assets": "con-web1",
        "effects": "eff-kill",
        "images": digest(0),
        "vulnerabilities": "CVE-2099-1001",
        "registries": "shop",
        "queue": digest(5),
        "baselines": WEB,
        "destinations": "ops",
        "people": "bo",
        "owner-tables": "cmdb",
    }
    tell_baselines(scanned)
    scanned.store.put_destination(Destination(name="ops", channel=Channel.SLACK, secret="env:HOOK"))
    add_account(scanned, LOCAL_ADMIN, Account(name="bo"))
    import_owners(scanned, LOCAL_ADMIN, "cmdb", (), source="cmdb.csv")
    path = endpoint.path.replace("{id}", ids.get(endpoint.path.split("/")[3], "eff-kill"))
    answer = person.get(path + (f"?with={SHOP}" if path.endswith("/difference") else ""))
    assert answer.status == 200
    msgspec.json.decode(answer.body, type=endpoint.answer)


def test_an_incident_comes_with_its_story(told: Application, person: Client) -> None:
    """One request is enough to draw it."""
    story = msgspec.json.decode(person.get(f"/api/v1/incidents/{INCIDENT_ID}").body, type=IncidentStory)
    assert len(story.alerts) == 4
    assert story.effects[0].effect.id == "eff-kill"


def test_filters_reach_the_store(told: Application, service: Client) -> None:
    """Severity, kind, text."""
    assert service.get("/api/v1/findings?severity_at_least=high").json()["total"] == 1
    assert service.get("/api/v1/findings?kind=secret").json()["total"] == 1
    assert service.get("/api/v1/alerts?text=SHADOW").json()["total"] == 1
    assert service.get("/api/v1/assets?kind=node").json()["items"][0]["type"] == "node"


def test_a_response_is_dry_run_then_ordered(told: Application, person: Client) -> None:
    """The dry run leaves nothing behind; the order is recorded with the person's name."""
    body = {"incident_id": INCIDENT_ID, "kind": "pause-container", "dry_run": True}
    dry = msgspec.json.decode(person.post("/api/v1/responses", msgspec.json.encode(body)).body, type=EffectRecord)
    assert dry.state is EffectState.DRY_RUN
    assert told.store.effect(dry.effect.id) is None
    answer = person.post("/api/v1/responses", msgspec.json.encode({**body, "dry_run": False}))
    assert answer.status == 202
    ordered = msgspec.json.decode(answer.body, type=EffectRecord)
    assert ordered.state is EffectState.ORDERED
    assert ordered.effect.decided_by == "user:ada"
    assert told.store.effect(ordered.effect.id) == ordered


def test_a_state_is_changed(told: Application, person: Client) -> None:
    """And an unknown one refused."""
    path = f"/api/v1/incidents/{INCIDENT_ID}/state"
    changed = msgspec.json.decode(person.post(path, b'{"state":"resolved"}').body, type=Incident)
    assert changed.state is IncidentState.RESOLVED
    assert person.post(path, b'{"state":"gone"}').status == 400
    assert person.post(path, b'{"state":"new","more":1}').status == 400


def test_what_does_not_exist_is_told(told: Application, person: Client) -> None:
    """404 with the name."""
    for name in ("incidents", "alerts", "findings", "assets", "effects", "images", "vulnerabilities"):
        answer = person.get(f"/api/v1/{name}/no-such-thing")
        assert answer.status == 404
        assert "no-such-thing" in answer.json()["detail"]
