"""Somebody whose rights hold for the shop walks every address of the server, and finds nothing of the other application."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator

import pytest
from starlette.applications import Starlette
from starlette.routing import Route

from periderm.app.accounts import add_account
from periderm.app.application import Application
from periderm.app.grants import grant_of
from periderm.app.sign_in import make_sign_in_link
from periderm.model.account import Account
from periderm.model.principal import LOCAL_ADMIN
from periderm.model.query import Query
from tests.others import IDS, OTHER_DIGEST, ZEBRA, tell_others
from tests.pdfs import said
from tests.server.client import HOST, Client
from tests.story import CONTAINER_ID, DIGEST, INCIDENT_ID, WORKLOAD_ID

MARKS = (ZEBRA, OTHER_DIGEST[7:], "2eb5" * 16)
SHOP = {
    "incident": INCIDENT_ID,
    "asset": CONTAINER_ID,
    "baseline": WORKLOAD_ID,
    "image": DIGEST,
}
JSON = {"content_type": "application/json"}
# What is of the whole installation is refused to whoever sees a part; that is right, and nothing else may be.
REFUSED: tuple[str, ...] = (
    "/registries",
    "/queue",
    "/api/v1/registr",
    "/api/v1/queue",
    "/api/v1/internal",
    "/metrics",
    "/api/v1/risk-days",
)
REFUSED += ("/api/v1/nodes", "/api/v1/join-tokens", "/machines", "/api/v1/machines", "/api/v1/authorities")
REFUSED += ("/owners", "/settings", "/api/v1/settings", "/api/v1/owner-tables", "/api/v1/owner-rules")
REFUSED += ("/notify", "/api/v1/destinations", "/api/v1/deliveries")
PEOPLE = ("/audit", "/people", "/sign-ins", "/api/v1/audit", "/api/v1/people", "/api/v1/groups", "/api/v1/sign-ins")

SignIn = Callable[..., Client]


@pytest.fixture
def sign_in(scanned: Application, server: Starlette) -> Iterator[SignIn]:
    """A browser of somebody new with these rights."""
    tell_others(scanned)
    clients: list[Client] = []

    def come_in(*grants: str) -> Client:
        name = f"user{len(clients)}"
        add_account(scanned, LOCAL_ADMIN, Account(name=name, grants=tuple(map(grant_of, grants))))
        client = Client(server, origin=f"http://{HOST}")
        link = make_sign_in_link(scanned, LOCAL_ADMIN, name)
        client.headers["cookie"] = client.get(link.removeprefix(scanned.settings.url)).cookies[0].partition(";")[0]
        clients.append(client)
        return client

    yield come_in
    for client in clients:
        client.close()


def addresses(server: Starlette) -> Iterator[str]:
    """Every address that can be read, with ids of the other application and of the shop in the places of its ids."""
    for route in server.routes:
        if not isinstance(route, Route) or "GET" not in (route.methods or ()):
            continue
        path = route.path
        if path in ("/static/{name}", "/api/v1/events", "/sign-in", "/readyz") or "{" not in path:
            if "{" not in path and path not in ("/api/v1/events", "/sign-in", "/readyz"):
                yield path
                yield f"{path}?text={ZEBRA}"
            continue
        for value in (*IDS.values(), *SHOP.values()):
            filled = path
            while "{" in filled:
                head, _, rest = filled.partition("{")
                filled = head + value + rest.partition("}")[2]
            yield filled


def test_a_part_shows_nothing_of_the_rest(sign_in: SignIn, server: Starlette) -> None:
    """By no list, by no id, by no search; and nothing breaks."""
    client = sign_in("responder@application=shop", "policy-author@application=shop")
    walked, wrong = 0, []
    for address in addresses(server):
        answer = client.get(address)
        walked += 1
        readable = said(answer.body) if answer.body.startswith(b"%PDF-") else answer.text
        told = readable if answer.status < 400 else ""
        for given in (address, *address.split("/")):  # what was asked for is said again
            told = told.replace(given, "") if ZEBRA in given or OTHER_DIGEST in given else told
        if "?text=" in address:  # the page shows the question again
            told = told.replace(f'value="{ZEBRA}"', "").replace(f"text={ZEBRA}", "")
        wrong += [(address, told[max(0, told.find(m) - 150) : told.find(m) + 80]) for m in MARKS if m in told]
        if answer.status >= 500 or (answer.status == 403 and not address.startswith(REFUSED + PEOPLE)):
            wrong.append((address, answer.text[:300]))
    assert not wrong, "\n".join(f"{address}: {text!r}" for address, text in wrong)
    assert walked > 200


def test_a_part_shows_all_that_is_in_it(sign_in: SignIn) -> None:
    """The shop's people see what the owner sees of the shop."""
    client = sign_in("viewer@application=shop,environment=production")
    for path in ("incidents", "alerts", "findings", "effects", "assets?kind=container", "baselines", "images", "packages"):
        answer = client.get(f"/api/v1/{path}")
        assert answer.status == 200, path
    assert [i["id"] for i in client.get("/api/v1/incidents").json()["items"]] == [INCIDENT_ID]
    assert client.get(f"/api/v1/incidents/{INCIDENT_ID}").json()["asset"]["id"] == CONTAINER_ID
    assert client.get("/api/v1/findings").json()["total"] > 0
    assert client.get("/api/v1/packages").json()["total"] > 0
    assert client.get("/api/v1/vulnerabilities").json()["total"] > 0
    shown = client.get("/api/v1/overview").json()
    assert shown["running"] == shown["assets"]["container"] > 0


def test_a_part_by_label(sign_in: SignIn) -> None:
    """Labels divide as applications do."""
    client = sign_in("viewer@label:app=zebra")
    assert {i["id"] for i in client.get("/api/v1/incidents").json()["items"]} == {"inc-zebra", "inc-zebra2"}
    none = sign_in("viewer@label:app=none")
    assert none.get("/api/v1/incidents").json()["total"] == 0
    assert none.get("/api/v1/assets").json()["total"] == 0
    assert none.get("/api/v1/packages").json()["total"] == 0


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/api/v1/incidents/inc-zebra/state", {"state": "resolved"}),
        ("/api/v1/responses", {"incident_id": "inc-zebra", "kind": "pause-container"}),
        ("/api/v1/responses/named", {"wish": {"kind": "pause", "container": "con-zebra", "reason": "x"}}),
        ("/api/v1/responses/named", {"wish": {"kind": "pause", "container": "zebra-web", "reason": "x"}}),
        ("/api/v1/effects/eff-zebra/undo", {"reason": "x"}),
        ("/api/v1/baselines/wrk-zebra/relearn", {"reason": "x"}),
        ("/api/v1/incidents/inc-zebra/false-alarm", {"reason": "x"}),
        ("/api/v1/incidents/inc-zebra/tickets", {"destination": "ops"}),
    ],
)
def test_a_part_changes_nothing_of_the_rest(sign_in: SignIn, scanned: Application, path: str, body: object) -> None:
    """What they do not see they cannot name, and what they name they must own."""
    client = sign_in("responder@application=shop", "policy-author@application=shop")
    before = (scanned.store.effects(Query()).total, scanned.store.incident("inc-zebra"), scanned.store.baseline("wrk-zebra"))
    answer = client.post(path, json.dumps(body).encode(), **JSON)
    assert answer.status in (403, 404), answer.text
    assert ZEBRA not in answer.text.replace("inc-zebra", "").replace("con-zebra", "").replace("zebra-web", "").replace(
        "eff-zebra", ""
    ).replace("wrk-zebra", "")
    after = (scanned.store.effects(Query()).total, scanned.store.incident("inc-zebra"), scanned.store.baseline("wrk-zebra"))
    assert after == before


def test_who_sees_all_may_still_act_on_a_part_only(sign_in: SignIn, scanned: Application) -> None:
    """Reading everywhere gives no right to answer everywhere."""
    client = sign_in("viewer", "responder@application=shop")
    assert client.get("/api/v1/incidents/inc-zebra").status == 200
    body = json.dumps({"state": "acknowledged"}).encode()
    assert client.post("/api/v1/incidents/inc-zebra/state", body, **JSON).status == 403
    assert client.post(f"/api/v1/incidents/{INCIDENT_ID}/state", body, **JSON).status == 200
    assert scanned.store.incident("inc-zebra").state.value == "new"  # type: ignore[union-attr]
