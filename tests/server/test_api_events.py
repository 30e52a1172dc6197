"""The history through the API."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlencode

import msgspec
import pytest

from periderm.app.application import Application
from periderm.console.assets import Assets
from periderm.model.errors import UsageError
from periderm.model.event import EventKind
from periderm.model.event_query import EventQuery
from periderm.server.api_events import query_from
from periderm.server.create import create_server
from tests.past import history, some
from tests.server.client import Client
from tests.server.conftest import TOKEN


@pytest.fixture
def client(empty: Application, built: Assets, tmp_path: Path) -> Iterator[Client]:
    """The service, asking a server whose machine keeps events."""
    past = history(tmp_path)
    past.append(some(25, exe="/bin/cat"))
    past.append(some(5, at=9, kind=1, subject=1, text="/bin/sh"))
    past.flush()
    app = Application(store=empty.store, clock=empty.clock, settings=empty.settings, bus=empty.bus, history=past)
    made = Client(create_server(app, TOKEN, built=built), authorization=f"Bearer {TOKEN}")
    yield made
    made.close()
    past.close()


def ask(client: Client, **parameters: object) -> msgspec.Raw:
    """The body of a page."""
    answer = client.get(f"/api/v1/history?{urlencode(parameters)}")
    assert answer.status == 200, answer.text
    return msgspec.Raw(answer.body)


def test_pages(client: Client) -> None:
    """The newest first, page by page, to the end."""
    seen: list[str] = []
    cursor = ""
    for _ in range(4):
        page = msgspec.json.decode(ask(client, limit=12, cursor=cursor))
        seen += [item["metadata"]["uid"] for item in page["items"]]
        cursor = page["next_cursor"]
        if not cursor:
            break
    assert len(seen) == len(set(seen)) == 30


def test_filters(client: Client) -> None:
    """The same as on the command line."""
    for parameters, count in (
        ({"kinds": "exec,bpf"}, 5),
        ({"container": "w*"}, 5),
        ({"text": "CAT", "limit": 1000}, 25),
        ({"where": 'kind == "exec" && contained'}, 5),
        ({"process": "18446744073709551615"}, 0),
    ):
        assert len(msgspec.json.decode(ask(client, **parameters))["items"]) == count


def test_what_is_kept(client: Client) -> None:
    """Rows and ends."""
    assert client.get("/api/v1/history/info").json()["rows"] == 30


@pytest.mark.parametrize(
    "question",
    [
        "kinds=exce",
        "process=x",
        "process=18446744073709551616",
        "limit=0",
        "since=x",
        "cursor=x",
        "order=up",
        "what=1",
        "where=(",
    ],
)
def test_what_is_malformed_is_told(client: Client, question: str) -> None:
    """400 with words, never an error of ours."""
    assert client.get(f"/api/v1/history?{question}").status == 400


def test_a_server_without_history_says_so(empty: Application, built: Assets) -> None:
    """404, and where events are kept."""
    made = Client(create_server(empty, TOKEN, built=built), authorization=f"Bearer {TOKEN}")
    answer = made.get("/api/v1/history")
    made.close()
    assert answer.status == 404
    assert "each node its own" in answer.text


def test_a_question_from_an_address() -> None:
    """All parts of it."""
    given = {"since": "1", "until": "2", "kinds": "exec", "asset_id": "a", "container": "c*", "text": "t", "order": "oldest"}
    assert query_from({**given, "process": "7", "limit": "9", "cursor": "1.2", "where": "x"}) == EventQuery(
        since=1,
        until=2,
        kinds=(EventKind.EXEC,),
        subjects=("a",),
        container="c*",
        process=7,
        text="t",
        where="x",
        limit=9,
        newest=False,
        before="1.2",
    )
    with pytest.raises(UsageError):
        query_from({"process": "-1"})
