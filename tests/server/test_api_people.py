"""People, tokens, sessions and the log through the API."""

from __future__ import annotations

import json

import pytest
from starlette.applications import Starlette

from periderm.app.application import Application
from periderm.app.tokens import new_token
from periderm.model.principal import LOCAL_ADMIN, Permission
from tests.people import add
from tests.server.client import Client

JSON = {"content_type": "application/json"}


def as_token(server: Starlette, app: Application, *roles: str, may: tuple[str, ...] = ("read",)) -> Client:
    """A program."""
    name = f"ci{len(app.store.accounts())}"
    add(app, name, *roles, service=True)
    secret, _ = new_token(app, LOCAL_ADMIN, name, "x", [Permission(m) for m in may], days=1)
    return Client(server, authorization=f"Bearer {secret}")


def test_an_administrator_sees_to_people(empty: Application, person: Client) -> None:
    """Adds, changes, invites, removes; and the log tells it."""
    body = json.dumps({"name": "eve", "roles": ["responder@application=shop"]}).encode()
    assert person.post("/api/v1/people", body, **JSON).status == 201
    assert person.get("/api/v1/people/eve").json()["rights"] == ["responder@application=shop"]
    changed = person.ask("PATCH", "/api/v1/people/eve", json.dumps({"roles": ["viewer"]}).encode(), JSON)
    assert changed.json()["rights"] == ["viewer"]
    assert "/sign-in?token=" in person.post("/api/v1/people/eve/link").json()["link"]
    assert person.post("/api/v1/groups", json.dumps({"name": "web", "roles": ["viewer"]}).encode(), **JSON).status == 201
    assert [g["name"] for g in person.get("/api/v1/groups").json()] == ["web"]
    assert person.ask("DELETE", "/api/v1/groups/web").status == 204
    assert person.ask("DELETE", "/api/v1/people/eve").status == 204
    assert person.get("/api/v1/people/eve").status == 404
    log = person.get("/api/v1/audit?kind=account.").json()
    assert [e["action"] for e in log["items"]] == ["account.remove", "account.change", "account.add"]
    assert {e["who"] for e in log["items"]} == {"user:ada"}
    checked = person.get("/api/v1/audit-check").json()
    assert checked["check"]["problem"] == ""
    assert person.get(f"/api/v1/audit-check?expect={checked['anchor']}").json()["check"]["problem"] == ""
    assert person.get("/api/v1/audit-check?expect=1").status == 400


def test_a_token_asks_as_its_account_and_no_more(empty: Application, server: Starlette) -> None:
    """Without a cookie or an origin; what it may not is refused, and a wrong one is nobody."""
    reader = as_token(server, empty, "admin")
    assert reader.get("/api/v1/incidents").status == 200
    assert reader.post("/api/v1/announced-sessions", b'{"container":"a","reason":"b","seconds":60}', **JSON).status == 403
    for path in ("/api/v1/people", "/api/v1/audit", "/api/v1/tokens?every=yes", "/api/v1/sign-ins?every=yes"):
        assert reader.get(path).status == 403, path
    admin = as_token(server, empty, "admin", may=("read", "admin"))
    assert admin.get("/api/v1/people").status == 200
    assert admin.post("/api/v1/ingest", b"\x90", content_type="application/msgpack").status == 403
    wrong = Client(server, authorization=admin.headers["authorization"] + "x")
    assert wrong.get("/api/v1/incidents").status == 401
    for client in (reader, admin, wrong):
        client.close()


def test_a_token_opens_no_page_and_changes_no_password(empty: Application, server: Starlette) -> None:
    """The console is for sessions."""
    admin = as_token(server, empty, "admin", may=("read", "admin"))
    for path in ("/", "/account", "/people"):
        assert admin.get(path).status == 401
    assert admin.post("/account/password", b"new=a+long+sentence+of+mine&again=a+long+sentence+of+mine").status == 401
    admin.close()


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("POST", "people", {"name": "X"}, 400),
        ("POST", "people", {"name": "eve", "roles": ["king"]}, 400),
        ("POST", "people", {"name": "eve", "password": "x"}, 400),
        ("PATCH", "people/none", {}, 404),
        ("DELETE", "people/none", None, 404),
        ("POST", "tokens", {"account": "none", "name": "x"}, 404),
        ("POST", "tokens", {"account": "ada", "name": "x", "may": ["ingest"]}, 400),
        ("DELETE", "tokens/none", None, 404),
        ("DELETE", "sign-ins/none", None, 404),
        ("GET", "sign-ins?every=maybe", None, 400),
    ],
)
def test_what_is_not_possible(person: Client, method: str, path: str, body: object, status: int) -> None:
    """Told, with the next step."""
    answer = person.ask(method, f"/api/v1/{path}", json.dumps(body).encode() if body is not None else b"", JSON)
    assert answer.status == status
    assert answer.json()["detail"]


def test_a_token_is_made_shown_once_and_taken_back(empty: Application, person: Client) -> None:
    """Its secret is in one answer only."""
    add(empty, "ci", "viewer", service=True)
    made = person.post("/api/v1/tokens", b'{"account":"ci","name":"gate"}', **JSON).json()
    listed = person.get("/api/v1/tokens?every=yes")
    assert made["secret"] not in listed.text
    assert [t["id"] for t in listed.json()] == [made["token"]["id"]]
    assert person.get("/api/v1/tokens").json() == []
    assert person.ask("DELETE", f"/api/v1/tokens/{made['token']['id']}").status == 204


def test_sessions_are_listed_and_ended(person: Client) -> None:
    """Also the one that asks: it is over at once."""
    (mine,) = person.get("/api/v1/sign-ins").json()
    assert (mine["name"], mine["how"], mine["address"]) == ("ada", "link", "127.0.0.1")
    assert person.ask("DELETE", f"/api/v1/sign-ins/{mine['id']}").status == 204
    assert person.get("/api/v1/sign-ins").status == 401
