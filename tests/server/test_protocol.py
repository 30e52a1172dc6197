"""Every version of what agents and workers say is understood, and every answer is one that this version reads: its recorded
exchange (`record_protocol`) is played to this server, by the words and the types that it had itself."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import jsonschema  # type: ignore[import-untyped]  # it has no types
import msgspec
import pytest
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware

from periderm.app.application import Application
from periderm.flow.digest import Digest
from periderm.model.finding import Finding
from periderm.model.policy import DEFAULT_POLICY
from periderm.model.query import Query
from periderm.model.queue import JobState
from periderm.model.session import AnnouncedSession
from periderm.server.callers import Callers
from periderm.server.endpoints import http_problem, routes_for
from periderm.server.gate import Gate
from periderm.server.internal import INTERNAL
from tests.ports.plugs import effect
from tests.server.client import Answer, Client
from tests.server.conftest import TOKEN
from tests.server.record_protocol import DIGEST, NODE

RECORDINGS = sorted(Path(__file__).parents[1].joinpath("recordings").glob("agent-protocol-*.json"))
OLDEST = 1
WAITED = {"send": 202, "renew_scan": 200, "put_back_scan": 200, "take_scan": 200}


def plain(value: object) -> Any:
    """As JSON says it: bytes in base64."""
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    if isinstance(value, dict):
        return {str(name): plain(each) for name, each in value.items()}
    return [plain(each) for each in value] if isinstance(value, list) else value


class Played:
    """A recording and the server to which it is played."""

    def __init__(self, app: Application, client: Client, recording: Path) -> None:
        self.app, self.client = app, client
        self.asked: list[dict[str, Any]] = json.loads(recording.read_text())["asked"]

    def play(self) -> dict[str, Answer]:
        """All of it in order; what was sent is stored each time. The last answer to each question."""
        found: dict[str, Answer] = {}
        for asked in self.asked:
            headers = {name.lower().replace("-", "_"): value for name, value in asked["headers"].items()}
            body = base64.b64decode(asked["body"])
            path, mark, query = asked["path"].partition("?")  # as a server hands a path on: decoded
            found[asked["name"]] = answer = self.client.ask(asked["method"], unquote(path) + mark + query, body, headers)
            if asked["answer"] is not None and answer.status == 200:
                jsonschema.validate(plain(msgspec.msgpack.decode(answer.body)), asked["answer"])
            if asked["name"] == "send":
                assert self.app.bus is not None
                worker = Digest(self.app.bus, self.app.store, self.app.clock)
                while worker.step():
                    pass
        return found


@pytest.fixture(params=RECORDINGS, ids=lambda path: path.stem)
def played(request: pytest.FixtureRequest, empty: Application) -> Iterator[Played]:
    """A server where people decided something for the machine."""
    now = empty.clock.now()
    empty.store.put_policy(DEFAULT_POLICY)
    empty.store.put_announcement(
        AnnouncedSession(id="ses-1", author="ada", reason="r", container="web*", since=now - 1, until=now + 10**12)
    )
    order = effect()
    ordered = msgspec.structs.replace(order, effect=msgspec.structs.replace(order.effect, id="eff-new", node_id=NODE))
    empty.store.put_effect(ordered)
    server = Starlette(
        routes=routes_for(INTERNAL, empty, Callers(empty, TOKEN)),
        middleware=[Middleware(Gate)],
        exception_handlers={HTTPException: http_problem},
    )
    client = Client(server, authorization=f"Bearer {TOKEN}")
    yield Played(empty, client, request.param)
    client.close()


def test_there_is_a_recording_of_every_version_since_the_oldest() -> None:
    """A version that is no longer understood is taken out here and in docs/explanation/machines-and-server.md on purpose."""
    versions = [int(json.loads(path.read_text())["version"]) for path in RECORDINGS]
    assert versions == list(range(OLDEST, OLDEST + len(versions)))
    assert len(versions) >= 2


def test_each_question_is_answered_in_words_that_the_version_reads(played: Played) -> None:
    """Policies, sessions, orders, work; an image that was not scanned yet is not there yet."""
    found = played.play()
    for name, answer in found.items():
        wanted = 404 if name == "inventory" else WAITED.get(name, 200)
        assert (name, answer.status) == (name, wanted), answer.text[:500]
    assert [each["id"] for each in msgspec.msgpack.decode(found["policies"].body)] == [DEFAULT_POLICY.id]
    assert [each["id"] for each in msgspec.msgpack.decode(found["sessions"].body)] == ["ses-1"]
    orders = [each["id"] for each in msgspec.msgpack.decode(found["commands"].body)]
    assert "eff-new" in orders  # and the one that the recording itself tells of
    if "orders" in found:
        waiting = msgspec.msgpack.decode(found["orders"].body)
        assert "eff-new" in {each["id"] for each in waiting["effects"]}
        assert [each["id"] for each in waiting["policies"]] == [DEFAULT_POLICY.id]


def test_everything_that_it_says_is_stored_once_however_often_it_says_it(played: Played) -> None:
    """Machine, container, alert, gap, sign of life, scan; what the scan found is there to be asked for."""
    for _ in range(2):
        played.play()
        store = played.app.store
        assert store.alerts(Query(node_id=NODE)).total == 1
        assert store.asset(NODE) is not None
        assert "ctr-1" in {each.id for each in store.assets(Query(kind="container", limit=100)).items}
        assert [gap.count for gap in store.gaps(Query(asset_id=NODE, kind="events-lost")).items] == [1]
        assert [beat.version for beat in store.heartbeats() if beat.role == "agent"] == ["0.1.0"]
        findings: list[Finding] = list(store.findings(Query(limit=100)).items)
        assert [finding.id for finding in findings] == ["fnd-0001"]
        assert store.inventory(DIGEST) is not None
        job = store.scan_job(DIGEST)
        assert job is None or job.state is JobState.WAITING


def test_what_was_scanned_is_told_in_words_that_the_version_reads(played: Played) -> None:
    """The second time the inventory is there."""
    played.play()
    found = played.play()
    assert found["inventory"].status == 200
