"""One HTTP request of a notifier."""

from __future__ import annotations

import pytest

from periderm.adapters.notifier_net.http import LARGEST_ANSWER, Http, authorization, parts_of, retry_after
from periderm.model.errors import NotifierError
from tests.adapters.notifier_net.conftest import http
from tests.told import LOOPBACK, place


@pytest.mark.parametrize(
    ("status", "again"),
    [(400, False), (401, False), (403, False), (404, False), (410, False), (408, True), (429, True), (500, True), (503, True)],
)
def test_a_status_says_whether_it_may_pass(status: int, again: bool) -> None:
    """And what the other side said of it, in a line."""
    with (
        place(lambda _: (status, b"be\x1b[31m gone\n\nnow", {"Retry-After": "7"})) as there,
        pytest.raises(NotifierError) as refused,
    ):
        http(there).post("/hook", {})
    assert refused.value.again is again
    assert refused.value.wait == 7.0
    assert f"{status}: be [31m gone now" in refused.value.what


def test_no_redirect_is_followed() -> None:
    """It would lead where nobody allowed."""
    with place(lambda _: (302, b"", {"Location": "http://127.0.0.1/elsewhere"})) as there:
        with pytest.raises(NotifierError, match="sends elsewhere") as refused:
            http(there).post("/hook", {})
        assert not refused.value.again
        assert [a.path for a in there.asked] == ["/hook"]


def test_an_answer_is_bounded() -> None:
    """What is beyond is not read."""
    with place(lambda _: (200, b"x" * (LARGEST_ANSWER + 5))) as there:
        assert len(http(there).ask("GET", "/").body) == LARGEST_ANSWER


def test_what_is_no_http_is_said() -> None:
    """Not a traceback."""
    with place() as there:
        there.RequestHandlerClass.protocol_version = "HTTP/1.1"
        there.script = lambda _: (200, b"{")
        assert http(there).ask("GET", "/").json() is None


@pytest.mark.parametrize(
    "url",
    [
        "",
        "x",
        "ftp://a/b",
        "https://",
        "https://u:p@a.test/",
        "https://a:99999/",
        "https://a.test/\r\nX: y",
        "https://a.test/a b",
        "https://ä.test/",
    ],
)
def test_an_address_that_is_none_is_refused_without_being_told(url: str) -> None:
    """It may be a secret."""
    with pytest.raises(NotifierError) as refused:
        parts_of(url)
    assert "a.test" not in str(refused.value)
    assert not refused.value.again


def test_without_tls_only_where_it_was_allowed() -> None:
    """The address of a chat is a secret."""
    with pytest.raises(NotifierError, match="everybody on the way"):
        Http("http://127.0.0.1/")
    assert Http("http://127.0.0.1/x?y=1", LOOPBACK).path == "/x?y=1"


def test_secrets_become_headers() -> None:
    """And only if they can be ones."""
    assert authorization("") == {}
    assert authorization("u:p") == {"Authorization": "Basic dTpw"}
    assert authorization("tok") == {"Authorization": "Bearer tok"}
    for odd in ("a\r\nX: y", "ä"):
        with pytest.raises(NotifierError):
            authorization(odd)


@pytest.mark.parametrize(
    ("told", "seconds"), [("5", 5.0), ("", 0.0), ("Wed, 21 Oct 2026 07:28:00 GMT", 0.0), ("-1", 0.0), ("9" * 30, 0.0)]
)
def test_a_wish_to_wait_is_a_number(told: str, seconds: float) -> None:
    """What is none counts as nothing."""
    assert retry_after({"retry-after": told}) == seconds
