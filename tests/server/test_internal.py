"""What agents and workers use."""

from __future__ import annotations

import threading

import msgspec
import pytest

from periderm.app.application import Application
from periderm.app.receive import TOPIC
from periderm.app.respond import order
from periderm.flow import board
from periderm.model.baseline import Baseline
from periderm.model.baseline_news import BaselineNews
from periderm.model.effect import Effect
from periderm.model.envelope import Envelope, Heartbeat, ScanRequest
from periderm.model.errors import BusError
from periderm.model.image import ImageInventory
from periderm.model.orders import Known, Orders, Place
from periderm.model.policy import Policy
from periderm.model.principal import LOCAL_ADMIN
from periderm.server.create import create_server
from periderm.server.internal import INGEST_BODY
from tests.server.client import Client
from tests.server.conftest import TOKEN
from tests.story import DIGEST, INCIDENT_ID, NODE_ID

MSGPACK = {"accept": "application/msgpack"}


def envelopes(count: int) -> bytes:
    """A request's body."""
    beat = Heartbeat(role="agent", node_id=NODE_ID, pid=7, time=5, version="0.1.0")
    return msgspec.msgpack.encode([Envelope(sender="agent-1", sequence=i, records=(beat,)) for i in range(count)])


def test_taken_means_on_the_spool(empty: Application, service: Client) -> None:
    """202 only after the bus has it."""
    assert empty.bus is not None
    empty.bus.read(TOPIC, "test")
    answer = service.post("/api/v1/ingest", envelopes(3))
    assert answer.status == 202
    assert answer.json() == {"envelopes": 3}
    assert empty.bus.pending(TOPIC, "test") == 3


def test_people_cannot_send(empty: Application, person: Client, stranger: Client) -> None:
    """A session is not enough, and nobody without anything."""
    assert person.post("/api/v1/ingest", envelopes(1)).status == 403
    assert stranger.post("/api/v1/ingest", envelopes(1), origin="http://127.0.0.1:8843").status == 401


def test_malformed_and_too_large_are_refused(service: Client) -> None:
    """Nothing of it is kept."""
    assert service.post("/api/v1/ingest", b"\xc1garbage").status == 400
    assert service.post("/api/v1/ingest", b"x", content_length=str(INGEST_BODY + 1)).status == 413


def test_a_bus_that_cannot_write_is_not_hidden(told: Application, built: object) -> None:
    """503 with the time to try again: the sender keeps what it has."""

    class Full:
        def publish(self, topic: str, messages: object) -> int:
            raise BusError("The spool's disk is full.", "Make room.") from OSError(28, "No space left on device")

    app = Application(told.store, told.clock, told.settings, Full())  # type: ignore[arg-type]  # only publish is called
    client = Client(create_server(app, TOKEN, built=built), authorization=f"Bearer {TOKEN}")  # type: ignore[arg-type]
    answer = client.post("/api/v1/ingest", envelopes(1))
    client.close()
    assert answer.status == 507
    assert answer.headers["retry-after"]
    assert answer.json()["next_step"] == "Make room."


def test_the_fleet_reads_what_it_needs(told: Application, service: Client) -> None:
    """Policies, an inventory, orders for a node."""
    policies = msgspec.msgpack.decode(service.get("/api/v1/internal/policies", **MSGPACK).body, type=list[Policy])
    assert {p.id for p in policies} == {"pol-default", "pol-shop"}
    found = service.get(f"/api/v1/internal/inventories/{DIGEST}", **MSGPACK)
    assert msgspec.msgpack.decode(found.body, type=ImageInventory).digest == DIGEST
    assert service.get("/api/v1/internal/inventories/sha256:00").status == 404
    record = order(told, LOCAL_ADMIN, INCIDENT_ID, "pause-container")
    orders = msgspec.msgpack.decode(service.get(f"/api/v1/internal/commands?node={NODE_ID}", **MSGPACK).body, type=list[Effect])
    assert orders == [record.effect]
    assert service.get("/api/v1/internal/commands").status == 400


def test_work_is_taken_once(empty: Application, service: Client) -> None:
    """204 when nothing waits."""
    request = ScanRequest(image_digest="sha256:aa", source="podman:aa", reference="a", node_id="n", requested=1)
    empty.store.put_scan_request(request)
    taken = service.post("/api/v1/internal/scans/take?worker=w1", **MSGPACK)
    assert msgspec.msgpack.decode(taken.body, type=ScanRequest) == request
    again = service.post("/api/v1/internal/scans/take?worker=w2", **MSGPACK)
    assert (again.status, again.body) == (204, b"")


def test_a_node_asks_for_what_is_new_of_baselines(service: Client, told: Application) -> None:
    """Whole at first, nothing when it has the version; what is no map is refused."""
    told.store.put_baselines([Baseline(workload_id="w", name="web")])
    answer = service.post("/api/v1/internal/baselines", msgspec.msgpack.encode({"w": ""}), **MSGPACK)
    (news,) = msgspec.msgpack.decode(answer.body, type=list[BaselineNews])
    assert (news.baseline.name, news.whole) == ("web", True)
    answer = service.post("/api/v1/internal/baselines", msgspec.msgpack.encode({"w": news.version}), **MSGPACK)
    assert msgspec.msgpack.decode(answer.body) == []
    assert service.post("/api/v1/internal/baselines", b"x", **MSGPACK).status == 400


def test_a_question_waits_until_there_is_an_answer(told: Application, service: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    """At once if something is new; else when an order comes, or when the time that the node gives is over."""
    monkeypatch.setattr(board, "FRESH_NS", 0)  # the clock of the story stands still
    known = Known(node_id=NODE_ID)

    def ask(known: Known) -> Orders:
        answer = service.post("/api/v1/internal/orders", msgspec.msgpack.encode(known), **MSGPACK)
        assert answer.status == 200
        return msgspec.msgpack.decode(answer.body, type=Orders)

    first = ask(known)
    assert {policy.id for policy in first.policies or ()} == {"pol-default", "pol-shop"}
    known = msgspec.structs.replace(
        known,
        policies=first.policies_version,
        sessions=first.sessions_version,
        taken=tuple(effect.id for effect in first.effects),
    )
    assert not ask(msgspec.structs.replace(known, wait=0.01)).news
    record = threading.Timer(0.0, order, (told, LOCAL_ADMIN, INCIDENT_ID, "pause-container"))
    record.start()
    found = ask(msgspec.structs.replace(known, wait=20.0))
    record.join()
    assert [type(effect).__name__ for effect in found.effects] == ["PauseContainer"]
    assert service.post("/api/v1/internal/orders", b"\xc1").status == 400


def test_a_worker_waits_until_an_image_is_put_in(empty: Application, service: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    """And not for what agents are told."""
    monkeypatch.setattr(board, "FRESH_NS", 0)  # the clock of the story stands still

    def ask(known: Known) -> Orders:
        answer = service.post("/api/v1/internal/orders", msgspec.msgpack.encode(known), **MSGPACK)
        assert answer.status == 200
        return msgspec.msgpack.decode(answer.body, type=Orders)

    first = ask(Known(scans=0))
    assert first.policies is None
    assert not ask(Known(scans=first.scans, wait=0.01)).queued
    request = ScanRequest(image_digest="sha256:aa", source="podman:aa", reference="a", node_id="n", requested=1)
    later = threading.Timer(0.0, empty.store.put_scan_request, (request,))
    later.start()
    found = ask(Known(scans=first.scans, wait=20.0))
    later.join()
    assert found.queued


def test_how_far_the_server_is(service: Client) -> None:
    """By sender; what is no list of names is refused."""
    answer = service.post("/api/v1/internal/place", msgspec.msgpack.encode(["agent:none"]), **MSGPACK)
    assert msgspec.msgpack.decode(answer.body, type=Place).seen == {"agent:none": -1}
    assert service.post("/api/v1/internal/place", b"\xc1").status == 400
