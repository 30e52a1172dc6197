"""One's own account through the API: what one may, password, codes, saying again who one is."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec
import pytest
from starlette.applications import Starlette

from periderm.app import totp
from periderm.app.application import Application
from periderm.app.sign_in import make_sign_in_link
from periderm.app.tokens import new_token
from periderm.console import assets
from periderm.model.principal import LOCAL_ADMIN, Permission
from periderm.server.create import create_server
from tests.people import PHRASE, add, with_passwords
from tests.server.client import HOST, Client


@pytest.fixture
def known(empty: Application) -> Application:
    """Where passwords are kept, and ada has an account."""
    app = with_passwords(empty)
    add(app, "ada", "responder@application=shop", "viewer")
    return app


@pytest.fixture
def ada(known: Application, built: assets.Assets) -> Iterator[Client]:
    """Signed in by a link."""
    server: Starlette = create_server(known, "token", built=built)
    client = Client(server, origin=f"http://{HOST}")
    link = make_sign_in_link(known, LOCAL_ADMIN, "ada").removeprefix(known.settings.url)
    client.headers["cookie"] = client.get(link).cookies[0].partition(";")[0]
    yield client
    client.close()


def body(**fields: str) -> bytes:
    """JSON."""
    return msgspec.json.encode(fields)


def test_a_way_in_is_made(known: Application, ada: Client) -> None:
    """Password, codes, recovery codes; then all three are proof, and codes end by the password."""
    shown = ada.get("/api/v1/account").json()
    assert (shown["name"], shown["confirmed"], shown["account"]["has_password"]) == ("user:ada", False, False)
    assert {"permission": "respond", "part": "application=shop"} in shown["rights"]
    assert ada.post("/api/v1/account/confirm", body(password=PHRASE)).status == 403
    assert ada.post("/api/v1/account/password", body(new="short")).status == 400
    assert ada.post("/api/v1/account/password", body(new=PHRASE)).status == 204
    assert ada.post("/api/v1/account/confirm", body(password="guess")).status == 403
    assert ada.post("/api/v1/account/confirm", body(password=PHRASE)).status == 204
    assert ada.get("/api/v1/account").json()["confirmed"] is True
    codes = ada.post("/api/v1/account/codes").json()
    assert codes["address"].startswith("otpauth://totp/")
    step = known.clock.now() // 10**9 // 30
    code = totp.code_at(codes["secret"].replace(" ", ""), step)
    assert ada.post("/api/v1/account/codes/confirm", body(code="x")).status == 400
    recovery = ada.post("/api/v1/account/codes/confirm", body(code=code)).json()["recovery"]
    assert len(recovery) == totp.RECOVERY_CODES
    assert ada.post("/api/v1/account/confirm", body(password=PHRASE)).status == 403
    assert ada.post("/api/v1/account/confirm", body(password=PHRASE, code=recovery[0])).status == 204
    assert ada.post("/api/v1/account/codes/end", body(password="x")).status == 403
    assert ada.post("/api/v1/account/codes/end", body(password=PHRASE)).status == 204
    assert ada.get("/api/v1/account").json()["account"]["has_codes"] is False


def test_a_token_sees_what_it_may_and_changes_nothing(known: Application, ada: Client) -> None:
    """Whoever finds one cannot make it last."""
    secret, _ = new_token(known, LOCAL_ADMIN, "ada", "ci", [Permission.READ], days=1)
    token = Client(ada.app, authorization=f"Bearer {secret}")
    shown = token.get("/api/v1/account").json()
    assert (shown["account"], shown["rights"]) == (
        None,
        [{"permission": "read", "part": "application=shop"}, {"permission": "read", "part": ""}],
    )
    for path, given in (("password", body(new=PHRASE)), ("codes", b""), ("confirm", body(password=PHRASE))):
        assert token.post(f"/api/v1/account/{path}", given).status == 403
    token.close()


def test_a_session_makes_a_token_once_it_said_again_who_it_is(known: Application, ada: Client) -> None:
    """By API and by page; a token makes none, by the API's word for it."""
    assert ada.post("/api/v1/account/password", body(new=PHRASE)).status == 204
    asked = body(account="ada", name="laptop")
    refused = ada.post("/api/v1/tokens", asked)
    assert (refused.status, "/api/v1/account/confirm" in refused.json()["next_step"]) == (403, True)
    page = ada.post("/account/tokens", b"name=laptop&may=read&days=30")
    assert (page.status, 'action="/confirm"' in page.text, 'value="/account"' in page.text) == (403, True, True)
    assert known.store.tokens() == []
    assert ada.post("/api/v1/account/confirm", body(password=PHRASE)).status == 204
    secret = ada.post("/api/v1/tokens", asked).json()["secret"]
    assert ada.post("/account/tokens", b"name=desk&may=read&days=30").status == 200
    program = Client(ada.app, authorization=f"Bearer {secret}")
    assert program.post("/api/v1/tokens", asked).status == 403
    program.close()
    assert sorted(t.name for t in known.store.tokens()) == ["desk", "laptop"]


def test_a_page_asks_again_and_leads_back(known: Application, ada: Client) -> None:
    """To a page of this console and nowhere else; a wrong one says so."""
    assert ada.post("/api/v1/account/password", body(new=PHRASE)).status == 204
    said = ada.post("/confirm", b"password=wrong&back=/notify")
    assert (said.status, "wrong" in said.text, 'value="/notify"' in said.text) == (403, True, True)
    phrase = PHRASE.replace(" ", "+").encode()
    answer = ada.post("/confirm", b"password=" + phrase + b"&back=//evil.test")
    assert (answer.status, answer.headers["location"]) == (303, "/")
    assert ada.post("/confirm", b"password=" + phrase + b"&back=/notify").headers["location"] == "/notify"
