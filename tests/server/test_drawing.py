"""What all pages share: sessions, languages, forms, failures."""

from __future__ import annotations

import pytest

from periderm.app.application import Application
from periderm.console import assets
from periderm.server.page_table import PAGES
from tests.server.client import Client
from tests.server.test_page_table import address
from tests.story import INCIDENT_ID


def test_a_page_without_a_session_tells_nothing(told: Application, stranger: Client) -> None:
    """But how to sign in."""
    answer = stranger.get(f"/incidents/{INCIDENT_ID}")
    assert answer.status == 401
    assert "shop-web" not in answer.text
    assert "periderm status --link" in answer.text


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
