"""Destinations, deliveries and tickets through the API."""

from __future__ import annotations

from pathlib import Path

import msgspec

from periderm.adapters.kept_secrets import KeptSecrets
from periderm.app.application import Application
from periderm.app.sign_in import make_sign_in_link
from periderm.console import assets
from periderm.model.notice import Channel, Delivery, DeliveryState, Destination, Ticket, Told
from periderm.model.principal import LOCAL_ADMIN
from periderm.model.severity import Severity
from periderm.server.create import create_server
from tests.server.client import HOST, Client
from tests.story import INCIDENT_ID
from tests.told import notice


def body(value: object) -> bytes:
    """JSON."""
    return msgspec.json.encode(value)


def test_list_pause_remove(told: Application, person: Client) -> None:
    """What was added at the command line is there for everybody, with its secret only by name."""
    told.store.put_destination(Destination(name="t", channel=Channel.SLACK, secret="env:HOOK"))
    assert person.get("/api/v1/destinations").json()[0]["destination"]["secret"] == "env:HOOK"
    assert person.get("/api/v1/destinations/t").json()["waiting"] == 0
    assert person.post("/api/v1/destinations/t/pause", body({"paused": True})).json()["paused"] is True
    assert person.ask("DELETE", "/api/v1/destinations/t").json() == []
    assert person.get("/api/v1/destinations/t").status == 404


def test_what_is_refused(told: Application, person: Client) -> None:
    """Naming a secret of the server from afar; an unknown field; a test where nobody can be told."""
    named = {"name": "t", "channel": "slack", "secret": "env:X"}
    assert person.post("/api/v1/destinations", body(named)).status == 403
    assert person.post("/api/v1/destinations", body(named | {"adress": "x"})).status == 400
    told.store.put_destination(Destination(name="t", channel=Channel.SLACK, secret="env:X"))
    assert person.post("/api/v1/destinations/t/test").status == 400
    assert person.post("/api/v1/destinations/none/test").status == 404


def test_one_is_added_by_who_proved_it(told: Application, built: assets.Assets, tmp_path: Path) -> None:
    """Its secret is typed, kept, and never told; a quarter of an hour later the proof is over."""
    app = msgspec.structs.replace(told, secrets=KeptSecrets(str(tmp_path / "kept")))
    client = Client(create_server(app, "token", built=built), origin=f"http://{HOST}")
    link = make_sign_in_link(app, LOCAL_ADMIN).removeprefix(app.settings.url)
    client.headers["cookie"] = client.get(link).cookies[0].partition(";")[0]
    new = {"name": "t", "channel": "slack", "typed": {"": "https://hooks.test/x"}}
    answer = client.post("/api/v1/destinations", body(new))
    assert answer.status == 201
    assert answer.json()["secret"].startswith(f"file:{tmp_path}/kept/notify-t.")
    assert "hooks.test" not in client.get("/api/v1/destinations/t").text
    assert client.post("/api/v1/destinations", body(new | {"secret": "env:X", "typed": {}})).status == 403
    told.clock.sleep(3600)
    refused = client.post("/api/v1/destinations", body(new))
    assert (refused.status, "say again who you are" in refused.json()["detail"]) == (403, True)
    client.close()


def test_what_was_given_up_is_tried_again(told: Application, person: Client) -> None:
    """And listed by its state."""
    told.store.put_destination(Destination(name="t", channel=Channel.SLACK, secret="env:X"))
    told.store.put_deliveries([Delivery(id="dlv-1", destination="t", notices=(notice(),), state=DeliveryState.DEAD)])
    assert person.get("/api/v1/deliveries?state=dead&kind=t").json()["total"] == 1
    assert person.post("/api/v1/deliveries/dlv-1/retry").status == 202
    assert person.get("/api/v1/deliveries?state=dead").json()["total"] == 0
    assert person.post("/api/v1/deliveries/none/retry").status == 404


def test_all_that_was_given_up_is_tried_again(told: Application, person: Client) -> None:
    """By the API and by the console's button; what was sent stays so."""
    told.store.put_destination(Destination(name="t", channel=Channel.SLACK, secret="env:X"))
    for ask, status, place in (("/api/v1/deliveries/retry", 202, ""), ("/deliveries/retry-all", 303, "/notify")):
        dead = [
            Delivery(id=f"dlv-{n}", destination="t", notices=(notice(),), state=state)
            for n, state in enumerate((DeliveryState.DEAD, DeliveryState.DEAD, DeliveryState.SENT))
        ]
        told.store.put_deliveries(dead)
        answer = person.post(ask)
        assert (answer.status, answer.headers.get("location", "")) == (status, place)
        listed = person.get("/api/v1/deliveries?kind=t").json()["items"]
        assert sorted(each["state"] for each in listed) == ["sent", "waiting", "waiting"]
    assert person.post("/api/v1/deliveries/retry").json() == {"again": 0}


def test_an_incident_has_tickets(told: Application, person: Client) -> None:
    """Ordered by a person; shown with their state."""
    told.store.put_destination(Destination(name="ops", channel=Channel.JIRA, secret="env:X"))
    path = f"/api/v1/incidents/{INCIDENT_ID}/tickets"
    assert person.post(path, body({"destination": "ops"})).status == 202
    assert person.get(path).json() == []
    known = told.store.told_of(INCIDENT_ID)[0]
    told.store.put_told([msgspec.structs.replace(known, ticket=Ticket(key="OPS-1", open=False, status="Done"))])
    assert person.get(path).json()[0]["ticket"]["status"] == "Done"
    assert person.post(path, body({"destination": "nobody"})).status == 404
    assert isinstance(known, Told)
    assert known.severity in set(Severity)


def test_a_finding_has_tickets_too(told: Application, person: Client) -> None:
    """At its own address."""
    told.store.put_destination(Destination(name="ops", channel=Channel.JIRA, secret="env:X"))
    path = "/api/v1/findings/fnd-shell/tickets"
    assert person.post(path, body({"destination": "ops"})).status == 202
    assert person.get(path).json() == []
    assert person.get("/api/v1/findings/fnd-none/tickets").status == 404
