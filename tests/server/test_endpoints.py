"""How an entry of the API is called."""

from __future__ import annotations

import anyio
import msgspec
import pytest
from starlette.requests import Request

from periderm.model.errors import FormatError, LimitError
from periderm.model.incident import Incident
from periderm.model.query import Page
from periderm.server.endpoints import SMALL_BODY, read_body
from tests.server.client import Client
from tests.story import INCIDENT_ID


def request(parts: list[bytes], headers: dict[str, str] | None = None, *, stall: bool = False) -> Request:
    """A request whose body comes in parts; with `stall` it never ends."""

    async def receive() -> dict[str, object]:
        if parts:
            return {"type": "http.request", "body": parts.pop(0), "more_body": bool(parts) or stall}
        if stall:
            await anyio.sleep_forever()
        return {"type": "http.disconnect"}

    raw = [(k.encode(), v.encode()) for k, v in (headers or {}).items()]
    return Request({"type": "http", "method": "POST", "headers": raw}, receive)


def test_a_body_is_read_whole_up_to_its_limit() -> None:
    """One byte more is too much, whatever was declared."""
    assert anyio.run(read_body, request([b"ab", b"cd"]), 4) == b"abcd"
    with pytest.raises(LimitError):
        anyio.run(read_body, request([b"ab", b"cde"]), 4)
    with pytest.raises(LimitError):
        anyio.run(read_body, request([b"a"], {"content-length": "99999999999999999999999"}), 4)


def test_a_body_that_does_not_end_is_cut_off() -> None:
    """A caller who sends a byte now and then holds nothing for long."""
    with pytest.raises(FormatError, match="did not arrive"):
        anyio.run(read_body, request([b"a"], stall=True), 100, 0.05)


def test_a_caller_who_goes_away_is_no_failure_of_ours() -> None:
    """The connection breaks within the body."""
    parts = [b"a", b"b"]
    asked = request(parts)
    asked._receive = _breaks()  # the way Starlette itself replaces it in tests
    with pytest.raises(FormatError, match="went away"):
        anyio.run(read_body, asked, 100)


def _breaks() -> object:
    async def receive() -> dict[str, object]:
        return {"type": "http.disconnect"}

    return receive


def test_answers_come_as_asked(told: object, service: Client) -> None:
    """JSON, or msgpack for our own processes: the same value."""
    as_json = service.get("/api/v1/incidents")
    as_msgpack = service.get("/api/v1/incidents", accept="application/msgpack")
    assert as_msgpack.headers["content-type"] == "application/msgpack"
    page = msgspec.msgpack.decode(as_msgpack.body, type=Page[Incident])
    assert page == msgspec.json.decode(as_json.body, type=Page[Incident])
    assert page.items[0].id == INCIDENT_ID


def test_refusals_are_problems(told: object, service: Client, person: Client, stranger: Client) -> None:
    """No caller, no address, wrong method, too large, malformed: all in one form."""
    asked = [
        (stranger.get("/api/v1/incidents"), 401),
        (service.get("/api/v1/nothing"), 404),
        (service.ask("DELETE", "/api/v1/incidents"), 405),
        (service.get("/api/v1/incidents?limit=0"), 400),
        (service.get("/api/v1/incidents?cursor=@@@"), 400),
        (person.post("/api/v1/responses", b"{" * (SMALL_BODY + 1)), 413),
        (person.post("/api/v1/responses", b"\xff"), 400),
        (person.post("/api/v1/responses", b'{"kind":"pause-container"}'), 400),
        (service.post("/api/v1/responses", b'{"incident_id":"inc-shop","kind":"pause-container"}'), 403),
    ]
    for answer, status in asked:
        assert answer.status == status
        assert answer.headers["content-type"] == "application/problem+json"
        body = answer.json()
        assert body["status"] == status
        assert body["title"]
        assert body["detail"]
