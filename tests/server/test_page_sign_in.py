"""Coming in by a link, once, or by a password; and leaving."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlencode

import pytest

from periderm.app import credentials
from periderm.app.application import Application
from periderm.app.sign_in import make_sign_in_link
from periderm.console import assets
from periderm.model.principal import LOCAL_ADMIN
from periderm.server.create import create_server
from tests.people import PHRASE, add, came_in, with_passwords
from tests.server.client import HOST, Answer, Client


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


def test_signing_out_ends_the_session(told: Application, person: Client) -> None:
    """Also for whoever has copied the cookie."""
    answer = person.post("/sign-out")
    assert (answer.status, answer.headers["location"]) == (303, "/sign-in")
    assert person.get("/").status == 401


@pytest.fixture
def browser(empty: Application, built: assets.Assets) -> Iterator[Client]:
    """A browser at a server where ada has a password."""
    app = with_passwords(empty)
    add(app, "ada", "viewer")
    credentials.set_password(app, came_in(app, "ada")[1], PHRASE)
    client = Client(create_server(app, "", built=built), origin=f"http://{HOST}")
    yield client
    client.close()


def enter(browser: Client, name: str = "ada", password: str = PHRASE, code: str = "", **headers: str) -> Answer:
    """Sends the form."""
    form = urlencode({"name": name, "password": password, "code": code})
    return browser.post("/sign-in", form.encode("utf-8", "surrogatepass"), **headers)


def test_a_password_signs_in(browser: Client) -> None:
    """With a cookie for the session, and one by which the browser is known the next time, both out of scripts' reach."""
    assert 'action="/sign-in"' in browser.get("/sign-in").text
    answer = enter(browser)
    assert (answer.status, answer.headers["location"]) == (303, "/")
    session, device = answer.cookies
    for cookie in (session, device):
        assert "HttpOnly" in cookie
        assert "samesite=strict" in cookie.lower()
    assert "path=/sign-in" in device.lower()
    shown = browser.get("/", cookie=session.partition(";")[0])
    assert shown.status == 200
    assert browser.get("/", cookie=device.partition(";")[0]).status == 401


def test_what_is_wrong_gives_no_cookie_and_tells_nothing(browser: Client) -> None:
    """A wrong password, an unknown name, none at all: the same page. What was typed comes back as text, a password never."""
    pages = {enter(browser, name, password).text for name, password in (("ada", "wrong wrong"), ("eve", PHRASE))}
    assert len({page.replace('value="ada"', "").replace('value="eve"', "") for page in pages}) == 1
    for name, password in (("ada", "wrong wrong"), ("", ""), ('"><script>alert(1)</script>', "x")):
        answer = enter(browser, name, password)
        assert answer.status in (403, 429)
        assert answer.cookies == []
        assert "<script>alert" not in answer.text
        assert "wrong wrong" not in answer.text


def test_who_guesses_waits(browser: Client) -> None:
    """With the time to wait, also in Chinese, and the way round it for who has the machine."""
    for _ in range(5):
        assert enter(browser, password="a guess").status == 403
    answer = enter(browser)
    assert answer.status == 429
    assert "Wait 15 minutes" in answer.text
    assert "请等待 15 分钟" in enter(browser, accept_language="zh").text
    assert "periderm status --link" in answer.text


def test_another_site_signs_nobody_in(browser: Client) -> None:
    """Neither with our form, nor with a form of its own; a body that is none is told as such."""
    assert enter(browser, origin="http://evil.test").status == 403
    assert enter(browser, origin="").status == 403
    assert browser.post("/sign-in", b"\xff\xfe").status == 400
    assert browser.post("/sign-in", b"name=" + b"x" * 70_000).status == 413


def test_where_one_says_again_who_one_is_opens_by_its_address(person: Client) -> None:
    """After a refusal the browser stands there; whoever is not signed in is asked to be first."""
    assert 'action="/sign-out"' in person.get("/confirm").text
    assert person.get("/confirm").status == 200
    assert person.get("/confirm", cookie="").status == 401
