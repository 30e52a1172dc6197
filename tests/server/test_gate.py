"""What every request passes: host, origin, headers."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from periderm.server.gate import SECURITY_HEADERS, host_name
from tests.server.client import HOST, Client


@pytest.mark.parametrize(
    ("host", "name"),
    [
        ("127.0.0.1:8843", "127.0.0.1"), ("localhost", "localhost"), ("LOCALHOST:1", "localhost"), ("[::1]:8843", "::1"),
        ("[::1]", "::1"), ("::1", ""), ("a:b:1", ""), ("localhost:x", ""), ("[::1", ""), ("", ""),
        ("evil.test:8843", "evil.test"),
    ],
)  # fmt: skip
def test_host_names_are_read_strictly(host: str, name: str) -> None:
    """A name that is malformed is no name."""
    assert host_name(host) == name


@given(st.text(max_size=40))
def test_any_host_is_read(host: str) -> None:
    """Nothing raises, whatever is sent."""
    assert isinstance(host_name(host), str)


@pytest.mark.parametrize("host", ["evil.test", "evil.test:8843", "127.0.0.1.evil.test", "localhost.", "10.0.0.1:8843", ""])
def test_a_foreign_name_is_refused(stranger: Client, host: str) -> None:
    """DNS re-binding: a page of evil.test whose name now points at 127.0.0.1 reads nothing, not even public parts."""
    for path in ("/", "/api/v1/openapi.json", "/sign-in?token=x"):
        answer = stranger.get(path, host=host)
        assert answer.status == 421
        assert answer.headers["content-type"] == "application/problem+json"


def test_all_loopback_names_are_answered(stranger: Client) -> None:
    """Also with another port: people forward ports by ssh."""
    for host in ("127.0.0.1:8843", "localhost:9000", "[::1]:8843"):
        assert stranger.get("/sign-in", host=host).status == 200


@pytest.mark.parametrize("origin", ["", "null", "http://evil.test", "http://127.0.0.1:9999", f"http://{HOST}.evil.test"])
def test_a_forged_form_changes_nothing(told: object, person: Client, origin: str) -> None:
    """A cookie is not enough: the request must come from our own page."""
    for path in ("/incidents/state", "/incidents/inc-shop/respond", "/api/v1/responses", "/sign-out"):
        assert person.post(path, b"id=inc-shop&state=resolved", origin=origin).status == 403


def test_a_bearer_needs_no_origin(told: object, service: Client) -> None:
    """No browser adds it by itself."""
    assert service.post("/api/v1/internal/scans/take?worker=w").status == 204


def test_every_answer_has_the_security_headers(told: object, person: Client, stranger: Client) -> None:
    """Pages, problems, assets, refusals alike; no inline script or style is allowed."""
    answers = [person.get("/"), person.get("/nowhere"), stranger.get("/", host="evil.test"), stranger.get("/api/v1/alerts")]
    for answer in answers:
        for name, value in SECURITY_HEADERS.items():
            assert answer.headers[name.lower()] == value
        assert answer.headers["cache-control"] == "no-store"
    policy = SECURITY_HEADERS["Content-Security-Policy"]
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy


def test_an_endless_address_is_refused(stranger: Client) -> None:
    """8 KiB is enough for any filter."""
    assert stranger.get("/findings?text=" + "a" * 9000).status == 414
