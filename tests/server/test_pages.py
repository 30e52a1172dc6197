"""The console's addresses: who comes in, which language, forms, failures."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.applications import Starlette

from periderm.app.application import Application
from periderm.app.sign_in import make_sign_in_link
from periderm.console import assets
from periderm.model.effect import EffectState, IsolateContainer
from periderm.model.incident import IncidentState
from periderm.model.principal import LOCAL_ADMIN
from periderm.model.query import Query
from periderm.server.create import create_server
from periderm.server.pages import PAGES, own_address
from tests.scanned import digest
from tests.server.client import HOST, Client
from tests.story import INCIDENT_ID

IDS = {
    "/incidents": INCIDENT_ID,
    "/findings": "fnd-shell",
    "/assets": "con-web1",
    "/images": digest(0),
    "/vulnerabilities": "CVE-2099-1001",
    "/detectors": "RUN-002",
    "/responses": "eff-kill",
}


def address(path: str) -> str:
    """A page's address with an id of the story."""
    for prefix, name in IDS.items():
        if path.startswith(prefix):
            path = path.replace("{id}", name)
    if path == "/exceptions/preview":
        return f"{path}?findings=CVE-2099-1001&reason=checked&owner=ada&expires=2027-06-30"
    return path + ("?kind=pause-container" if path.endswith("/respond") else "")


@pytest.mark.parametrize("path", [p for p, _ in PAGES])
@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_page_is_drawn_in_both_languages(scanned: Application, person: Client, path: str, language: str) -> None:
    """With the language named for screen readers, and nothing left untranslated."""
    answer = person.get(address(path), accept_language=language)
    assert answer.status == 200
    assert f'<html lang="{"zh-Hans" if language == "zh" else "en"}"' in answer.text
    assert answer.headers["content-type"] == "text/html; charset=utf-8"


LISTS = (
    *("/", "/incidents", "/findings", "/assets", "/gaps", "/responses"),
    *("/images", "/vulnerabilities", "/packages", "/exceptions"),
    *("/coverage", "/events", "/sessions"),
)


@pytest.mark.parametrize("path", LISTS)
def test_an_empty_store_teaches(empty: Application, person: Client, path: str) -> None:
    """An empty page says what is so, or the command that fills it."""
    text = person.get(path).text
    assert 'class="empty"' in text or "Nothing needs you now." in text


def test_a_link_signs_in_once(told: Application, stranger: Client) -> None:
    """The second time explains how to get a new one, and gives no cookie."""
    path = make_sign_in_link(told, LOCAL_ADMIN).removeprefix(told.settings.url)
    first, second = stranger.get(path), stranger.get(path)
    assert (first.status, first.headers["location"]) == (303, "/")
    assert "HttpOnly" in first.cookies[0]
    assert "samesite=strict" in first.cookies[0].lower()
    assert second.status == 403
    assert "periderm status --link" in second.text
    assert second.cookies == []


def test_looking_ahead_uses_no_link_up(told: Application, stranger: Client) -> None:
    """Browsers prerender what is typed, and chat programs ask for HEAD."""
    path = make_sign_in_link(told, LOCAL_ADMIN).removeprefix(told.settings.url)
    for answer in (stranger.ask("HEAD", path), stranger.get(path, sec_purpose="prefetch;prerender")):
        assert (answer.status, answer.cookies) == (204, [])
    assert stranger.get(path).status == 303


def test_a_page_without_a_session_tells_nothing(told: Application, stranger: Client) -> None:
    """But how to sign in."""
    answer = stranger.get(f"/incidents/{INCIDENT_ID}")
    assert answer.status == 401
    assert "shop-web" not in answer.text
    assert "periderm status --link" in answer.text


def test_signing_out_ends_the_session(told: Application, person: Client) -> None:
    """Also for whoever has copied the cookie."""
    answer = person.post("/sign-out")
    assert (answer.status, answer.headers["location"]) == (303, "/sign-in")
    assert person.get("/").status == 401


def test_language_and_theme_are_kept(told: Application, person: Client) -> None:
    """Chosen in the address, then by cookie; nonsense is ignored."""
    answer = person.get("/?lang=zh&theme=dark")
    names = {c.split("=")[0] for c in answer.cookies}
    assert names == {"periderm_lang", "periderm_theme"}
    assert 'data-theme="dark"' in answer.text
    session = person.headers["cookie"]
    assert 'lang="zh-Hans"' in person.get("/", cookie=f"{session}; periderm_lang=zh", accept_language="en").text
    odd = person.get('/?lang="><script>&theme=x')
    assert odd.cookies == []
    assert "<script>" not in odd.text


def test_states_of_many_are_changed_by_one_form(told: Application, person: Client) -> None:
    """And the browser goes back to where it was."""
    answer = person.post("/incidents/state", f"id={INCIDENT_ID}&state=acknowledged&back=/incidents?state=new".encode())
    assert (answer.status, answer.headers["location"]) == (303, "/incidents?state=new")
    changed = told.store.incident(INCIDENT_ID)
    assert changed is not None
    assert changed.state is IncidentState.ACKNOWLEDGED
    assert person.post("/incidents/state", f"id={INCIDENT_ID}&state=odd".encode()).status == 400
    assert person.post("/incidents/state", b"id=inc-none&state=new").status == 404


def test_a_response_is_ordered_by_its_form(told: Application, person: Client) -> None:
    """After which the incident shows it."""
    path = f"/incidents/{INCIDENT_ID}/respond"
    assert "2 other containers" in person.get(f"{path}?kind=pause-container").text
    assert told.store.effects(Query(kind="pause-container")).total == 0
    assert person.post(path, b"kind=pause-container&process=0").status == 400  # without a reason
    answer = person.post(path, b"kind=pause-container&process=0&reason=it+is+attacked")
    assert (answer.status, answer.headers["location"]) == (303, f"/incidents/{INCIDENT_ID}#responses")
    assert told.store.effects(Query(kind="pause-container")).items[0].effect.decided_by == "user:ada"
    for bad in ("kind=rm", "kind=kill-process&process=x", "kind=kill-process&process=99"):
        assert person.get(f"{path}?{bad}").status in (400, 404)
        assert person.post(path, bad.encode()).status in (400, 404)


def test_other_responses_have_a_time_a_reason_and_a_way_back(told: Application, person: Client) -> None:
    """An isolation that was done is taken back by its own page."""
    path = f"/incidents/{INCIDENT_ID}/respond"
    form = b"kind=isolate-container&seconds=900&keep=10.0.0.7,+10.1.0.0/16&reason=it+is+attacked"
    assert person.post(path, form).status == 303
    record = told.store.effects(Query(kind="isolate-container")).items[0]
    assert isinstance(record.effect, IsolateContainer)
    assert (record.effect.lasts, record.effect.keep) == (900 * 10**9, ("10.0.0.7", "10.1.0.0/16"))
    assert (record.effect.reason.en, record.effect.incident_id) == ("it is attacked", INCIDENT_ID)
    told.store.put_effect(msgspec.structs.replace(record, state=EffectState.APPLIED, time=record.time + 1))
    own = f"/responses/{record.effect.id}"
    assert "Reconnect it now" in person.get(own).text
    assert person.post(f"{own}/undo", b"reason=").status == 400
    assert person.post(f"{own}/undo", b"reason=it+was+a+test").headers["location"].startswith("/responses/")
    assert told.store.effects(Query(kind="reconnect-container")).total == 1


def test_sessions_are_announced_and_ended_by_forms(told: Application, person: Client) -> None:
    """With who and why; a form without them is refused."""
    assert person.post("/sessions", b"container=shop*&reason=&seconds=900").status == 400
    assert person.post("/sessions", b"container=shop*&reason=x&seconds=soon").status == 400
    assert person.post("/sessions", b"container=shop*&reason=look+at+logs&seconds=900").status == 303
    (session,) = told.store.announcements(0)
    assert (session.author, session.reason, session.until - session.since) == ("user:ada", "look at logs", 900 * 10**9)
    assert "look at logs" in person.get("/sessions").text
    assert person.post(f"/sessions/{session.id}/end").status == 303
    assert person.post("/sessions/ses-none/end").status == 404
    assert told.store.announcements(0)[0].ended > 0


def test_an_exception_is_previewed_added_and_removed(scanned: Application, person: Client) -> None:
    """First what it would hide; then it holds and names who made it; then it is gone."""
    fields = "findings=CVE-2099-1001&reason=Behind+a+proxy&owner=ada&expires=2027-06-30"
    shown = person.get(f"/exceptions/preview?{fields}").text
    assert "It would hide 3 findings" in shown
    assert len(scanned.store.exemptions()) == 1
    answer = person.post("/exceptions", fields.encode())
    assert answer.status == 303
    added = next(e for e in scanned.store.exemptions() if e.owner == "ada")
    assert (added.reason, added.created_by, added.source) == ("Behind a proxy", "user:ada", "store")
    assert answer.headers["location"] == f"/exceptions#{added.id}"
    assert "Behind a proxy" in person.get(f"/images/{digest(0)}").text
    assert person.post(f"/exceptions/{added.id}/remove").headers["location"] == "/exceptions"
    assert [e.id for e in scanned.store.exemptions()] == ["exc-perl"]
    assert person.post(f"/exceptions/{added.id}/remove").status == 404


@pytest.mark.parametrize(
    "fields",
    [
        "findings=CVE-1&reason=x&owner=y&expires=2020-01-01", "findings=CVE-1&reason=x&owner=y&expires=x",
        "findings=CVE-1&reason=x&owner=y", "reason=x&owner=y&expires=2027-06-30", "findings=CVE-1&owner=y&expires=2027-06-30",
        "findings=CVE-1&reason=x&owner=y&expires=9999-12-31", "",
    ],
)  # fmt: skip
def test_an_exception_without_reason_owner_scope_or_end_is_refused(told: Application, person: Client, fields: str) -> None:
    """By the preview and by the form alike."""
    assert person.get(f"/exceptions/preview?{fields}").status == 400
    assert person.post("/exceptions", fields.encode()).status == 400
    assert told.store.exemptions() == []


@pytest.mark.parametrize("body", [b"\xff\xfe", b"a=1&" * 2000, b"=", b"&&&"])
def test_malformed_forms_are_told(told: Application, person: Client, body: bytes) -> None:
    """Never a traceback."""
    assert person.post("/incidents/state", body).status == 400


@pytest.mark.parametrize(
    "path", ["/findings?severity=worst", "/incidents?cursor=%00", "/assets?text=" + "a" * 600, "/gaps?kind=x%ff"]
)
def test_bad_filters_are_told_or_match_nothing(told: Application, person: Client, path: str) -> None:
    """In a page, with a way back."""
    answer = person.get(path)
    assert answer.status in (200, 400)
    assert "</html>" in answer.text


def test_a_failing_store_says_what_still_works(told: Application, built: assets.Assets, person: Client) -> None:
    """Every page, also for somebody who is signed in."""
    told.store.close()
    for path, _ in PAGES:
        answer = person.get(address(path))
        assert answer.status == 503
        assert "The sensor keeps watching" in answer.text
        assert "Traceback" not in answer.text
    assert built.addresses


def test_assets_are_immutable_and_compressed(person: Client, built: assets.Assets) -> None:
    """Their names tell their content."""
    path = built.addresses["console.css"]
    plain, small = person.get(path), person.get(path, accept_encoding="gzip, br")
    assert plain.headers["content-type"] == "text/css; charset=utf-8"
    assert "immutable" in plain.headers["cache-control"]
    assert small.headers["content-encoding"] == "gzip"
    assert len(small.body) < len(plain.body)
    assert person.get("/static/..%2f..%2fpyproject.toml").status == 404
    assert person.get("/favicon.ico").headers["location"] == built.addresses["mark.svg"]


@given(st.text(max_size=60))
def test_a_form_leads_nowhere_else(back: str) -> None:
    """No open redirect, no header injection."""
    address_ = own_address(back)
    assert address_.startswith("/")
    assert not address_.startswith(("//", "/\\"))
    assert address_.isprintable()


def test_foreign_addresses_become_the_start_page() -> None:
    """The usual tricks."""
    for back in ("//evil.test", "/\\evil.test", "http://evil.test", "javascript:alert(1)", "", "/a\r\nSet-Cookie: x=1"):
        assert own_address(back) == "/"
    assert own_address("/incidents?state=new") == "/incidents?state=new"


def test_a_session_of_another_server_is_none(server: Starlette, told: Application) -> None:
    """A made-up cookie."""
    client = Client(create_server(told, "t", built=assets.Assets({"console.css": "", "console.js": "", "mark.svg": ""}, {})))
    assert client.get("/", cookie="periderm_8843=guess", host=HOST).status == 401
    client.close()
